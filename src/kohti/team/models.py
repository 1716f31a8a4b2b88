"""Services, their organisations and centres, and the people who work there."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from kohti.kernel.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Finds users by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this sign-in name, whatever its case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who can sign in. What they may see comes from their memberships, never from here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=80, unique=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Service(models.Model):
    """One service with its own words, people and rules. Nothing points from one to another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=40, unique=True)
    name = models.TextField()
    country = models.CharField(max_length=2)
    timezone = models.TextField()
    languages = models.JSONField()
    theme = models.JSONField(default=dict, help_text="accent, host and logo, as the blueprint's [theme]")
    picture = models.CharField(max_length=40, default="", help_text="the logo's own name, changes with it")
    logo = models.BinaryField(default=b"")
    chosen = models.JSONField(
        default=dict, help_text="what an administrator chose instead: accent, and picture, empty for no logo"
    )
    chosen_logo = models.BinaryField(default=b"", help_text="the logo an administrator chose")
    version = models.IntegerField(default=0, help_text="of the blueprint in force")


class BlueprintVersion(models.Model):
    """A blueprint as it was applied, kept for good."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT)
    number = models.IntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField()
    plan = models.JSONField(default=dict, help_text="the text as read: kernel.blueprint.Blueprint.as_json")
    applied_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("service", "number", name="blueprint_versions_count"),)


class Organisation(models.Model):
    """An organisation whose people work in the service."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT)
    code = models.CharField(max_length=40)
    name = models.TextField()
    kind = models.CharField(max_length=20, default="")
    tells = models.CharField(
        max_length=40,
        default="",
        db_default="",
        help_text="the field of life that its very name tells of somebody",
    )
    neutral = models.JSONField(
        default=dict, db_default={}, help_text="what it is called to whoever may not know that, by language"
    )
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="organisation_code"),
            models.UniqueConstraint("service", "id", name="organisation_in_service"),
        )


class Centre(models.Model):
    """A place with a front door."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT)
    code = models.CharField(max_length=40)
    name = models.TextField()
    address = models.TextField(blank=True)
    phone = models.TextField(blank=True, default="", db_default="", help_text="as people dial it")
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="centre_code"),
            models.UniqueConstraint("service", "id", name="centre_in_service"),
        )


class Role(models.Model):
    """A role of the service: its titles, whose rows it sees (scope), what it may do (verbs).

    `second_factor`: whoever works in it gives more than a password.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT)
    code = models.CharField(max_length=40)
    title = models.JSONField()
    scope = models.CharField(max_length=20)
    verbs = models.JSONField()
    second_factor = models.BooleanField(default=False)
    idle_minutes = models.SmallIntegerField(
        null=True, help_text="of nothing being done, after which whoever works in it is signed out"
    )
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "code", name="role_code"),
            models.UniqueConstraint("service", "id", name="role_in_service"),
            models.CheckConstraint(
                condition=models.Q(scope__in=("none", "day", "centre", "service", "administration")),
                name="role_scope",
            ),
        )


class Staff(models.Model):
    """A colleague as diaries know them. Until confirmed, only a name found in a file."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    full_name = models.TextField()
    folded = models.TextField()
    sort_key = models.TextField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("centre", "folded", name="staff_name_once_a_centre"),
            models.UniqueConstraint("service", "id", name="staff_in_service"),
        )
        indexes = (models.Index("centre", "sort_key", name="staff_in_order"),)


class Membership(models.Model):
    """A user's right to work in a service, in one role, at one centre: dated, only ever ended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)
    staff = models.ForeignKey(Staff, models.PROTECT, db_constraint=False, db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    role = models.ForeignKey(Role, models.PROTECT, db_constraint=False, db_index=False)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    because = models.CharField(
        max_length=10, blank=True, default="", help_text="why it ended: a word of ENDED"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gt=models.F("starts")),
                name="membership_ends_after_it_starts",
            ),
            models.UniqueConstraint("service", "id", name="membership_in_service"),
        )


class Invitation(models.Model):
    """A place to work that waits for somebody: whoever has its link takes it, once.

    Of the link's secret only a digest (SHA-256, hex) is kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False)
    full_name = models.TextField()
    folded = models.TextField()
    sort_key = models.TextField()
    email = models.EmailField(blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    role = models.ForeignKey(Role, models.PROTECT, db_constraint=False, db_index=False)
    starts = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="invited"
    )
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="accepted"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(ended_at=None), name="invitation_used_or_ended"
            ),
        )


class Device(models.Model):
    """A kiosk or a board that stands at a centre. It signs in with a token of its own, and sees nobody.

    Of its token, and of the code it is set up with (good for once and a quarter of an hour), only digests
    (SHA-256, hex) are kept.
    """

    class Kind(models.TextChoices):
        KIOSK = "kiosk"
        BOARD = "board"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.TextField(help_text="where it stands")
    settings = models.JSONField(default=dict, help_text="sound, languages")
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    made_at = models.DateTimeField()
    paired_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="within ten minutes")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=("kiosk", "board")), name="device_kind"),
            models.UniqueConstraint("token_hash", condition=~models.Q(token_hash=""), name="device_token"),
            models.UniqueConstraint("code_hash", condition=~models.Q(code_hash=""), name="device_code"),
        )


from .signing_in import AtCounter as AtCounter  # noqa: E402 - these point to the tables above
from .signing_in import Counter as Counter  # noqa: E402
from .signing_in import Pin as Pin  # noqa: E402
from .signing_in import Session as Session  # noqa: E402
from .signing_in import WayBack as WayBack  # noqa: E402
