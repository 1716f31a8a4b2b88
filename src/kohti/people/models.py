"""The people it is about: who they are, how to reach them, and who may see them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest, Least

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.team.models import Centre, Membership, Organisation, Service, Staff


class Person(models.Model):
    """A person in one service. They can be here without a name."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    reference = models.CharField(max_length=16, help_text="read aloud and typed; never a key to anything")
    full_name = models.TextField(blank=True)
    called = models.TextField(blank=True, help_text="what to call them, when not by the full name")
    folded = models.TextField(blank=True, help_text="the name as search compares it")
    sort_key = models.TextField(blank=True)
    date_of_birth = models.DateField(null=True)
    sounds = ArrayField(models.TextField(), default=list, help_text="how each word of the name sounds")
    languages = ArrayField(models.CharField(max_length=3), default=list)
    interpreter = models.CharField(
        max_length=40, blank=True, help_text="the language to interpret; empty: none"
    )
    safe_contact = models.TextField(blank=True, help_text="how and when to reach them")
    not_by = models.TextField(blank=True, help_text="how they must not be reached")
    no_messages = models.BooleanField(default=False, help_text="never leave a message")
    address_hidden = models.BooleanField(
        default=False, help_text="an address is held that nearly nobody sees"
    )
    restricted = models.BooleanField(default=False, help_text="open to named people only")
    died_on = models.DateField(null=True)
    died_said = models.TextField(blank=True, default="", help_text="who said that they have died")
    heed = models.JSONField(
        null=True, editable=False, help_text="unsealed marks that hold, kept by the database"
    )
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="an empty record that leads to this one",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "reference", name="person_reference"),
            models.UniqueConstraint("service", "id", name="person_in_service"),
        )
        indexes = (
            models.Index("centre", "sort_key", "id", name="people_in_order"),
            models.Index("centre", "folded", name="people_by_name"),
            models.Index("service", "date_of_birth", name="people_by_birth"),
            models.Index("merged_into", name="people_merged", condition=models.Q(merged_into__isnull=False)),
            GinIndex(fields=("folded",), opclasses=("gin_trgm_ops",), name="people_by_letters"),
            GinIndex(F("sounds"), name="people_by_sound"),
        )


class Contact(models.Model):
    """A way to reach a person."""

    class Kind(models.TextChoices):
        PHONE = "phone"
        EMAIL = "email"
        POST = "post"
        THROUGH = "through"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=7, choices=Kind)
    value = models.TextField()
    plain = models.TextField(blank=True, help_text="what two spellings of it have in common")
    note = models.TextField(blank=True, help_text="whose it is, when it works")
    preferred = models.BooleanField(default=False)
    sealed = models.TextField(blank=True, help_text="who may see it: empty, or the key `address`")
    fails_since = models.DateTimeField(null=True, help_text="what is sent there comes back")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index("person", name="contacts_of_a_person"),
            models.Index("service", "plain", name="contacts_by_value"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("phone", "email", "post", "through")), name="contact_kind"
            ),
            models.CheckConstraint(condition=models.Q(sealed__in=("", "address")), name="contact_sealed"),
        )


class Grant(models.Model):
    """The one answer to who may see whom: a person, to somebody, for something, from and until.

    To a member, an organisation, or the floor of a centre (every role that sees its day, or one of them).
    Never edited, only ended.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    to_member = models.ForeignKey(Membership, models.PROTECT, null=True, db_constraint=False, db_index=False)
    to_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    to_centre = models.ForeignKey(Centre, models.PROTECT, null=True, db_constraint=False, db_index=False)
    to_role = models.CharField(max_length=40, blank=True, help_text="with a centre; empty: every role there")
    field = models.CharField(max_length=40, blank=True, help_text="field of life; empty: who they are")
    purpose = models.CharField(max_length=40)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    because_kind = models.CharField(max_length=40)
    because_id = models.UUIDField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_member__isnull=False, to_organisation=None, to_centre=None)
                | models.Q(to_member=None, to_organisation__isnull=False, to_centre=None)
                | models.Q(to_member=None, to_organisation=None, to_centre__isnull=False),
                name="grant_is_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("starts")), name="grant_ends_after_it_starts"
            ),
        )
        indexes = (
            models.Index("to_centre", "ends", "starts", name="grants_to_a_floor"),
            models.Index("to_member", "ends", name="grants_of_a_member"),
            models.Index(
                "to_organisation",
                "ends",
                name="grants_of_an_organisation",
                condition=models.Q(to_organisation__isnull=False),
            ),
            models.Index("because_id", name="grants_because"),
            models.Index("person", name="grants_on_a_person"),
        )


class Mark(models.Model):
    """What a colleague should know of somebody for a while: what helps, what makes them vulnerable, a danger.

    Never for life: each says when it is looked at again or when it ends. One with `sealed` is seen with a grant
    for that field of life only.
    """

    class Kind(models.TextChoices):
        HELPS = "helps"
        VULNERABLE = "vulnerable"
        DANGER = "danger"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=40, blank=True, help_text="childcare, disability, transport, ...")
    sealed = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    by_member = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    starts_on = models.DateField(null=True, help_text="empty: from the beginning")
    review_on = models.DateField()
    ends_on = models.DateField(null=True)
    promises = ArrayField(
        models.CharField(max_length=11), default=list, db_default=[], help_text="quiet, face, companion, ..."
    )
    face = belongs(Staff, null=True, related_name="+", help_text="the known face that was promised")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("helps", "vulnerable", "danger")), name="mark_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="danger") | models.Q(ends_on__isnull=False), name="danger_ends"
            ),
        )
        indexes = (
            models.Index("person", name="marks_that_hold", condition=models.Q(ended_at=None)),
            models.Index("by_member", "review_on", name="marks_to_review", condition=models.Q(ended_at=None)),
        )


class Why(models.Model):
    """The reason of a danger note or of a restriction: told apart from it, because fewer may know it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    about_id = models.UUIDField()
    sealed = models.CharField(max_length=40)
    words = models.TextField()
    by_member = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index("person", name="whys_of_a_person"),)


class Representative(models.Model):
    """A guardian or somebody else who may speak for a person: in what, from when, until when."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    full_name = models.TextField()
    reach = models.TextField(blank=True)
    what_for = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    paper = models.TextField(blank=True, help_text="the paper that says so; empty: none was seen")
    paper_seen_on = models.DateField(null=True)
    by_member = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index("person", name="representatives_of_a_person"),)


class Household(models.Model):
    """Two people who belong together, seen from both: one row says it for the two."""

    class Kind(models.TextChoices):
        PARTNER = "partner"
        PARENT = "parent"
        SIBLING = "sibling"
        HOUSEHOLD = "household"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person, related_name="+")
    other = belongs(Person, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind, help_text="what person is to other")
    starts_on = models.DateField()
    by_member = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("partner", "parent", "sibling", "household")),
                name="household_kind",
            ),
            models.CheckConstraint(condition=~models.Q(person=F("other")), name="household_of_two"),
            models.UniqueConstraint(
                Least("person", "other"),
                Greatest("person", "other"),
                condition=models.Q(ended_at=None),
                name="household_once",
            ),
        )
        indexes = (
            models.Index("person", name="household_of_a_person"),
            models.Index("other", name="household_of_the_other"),
        )


class Note(models.Model):
    """What a colleague wrote about somebody, as it reads now. Seen with grants for all of its sealed fields.

    The database keeps every earlier reading as a `NoteBefore`. Where a note was moved away, a line without
    words stays (`moved_away`).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    at = models.DateTimeField(help_text="when it was written first")
    fields = ArrayField(models.CharField(max_length=40), default=list)
    sealed = ArrayField(
        models.CharField(max_length=40), default=list, help_text="those of its fields that are sealed"
    )
    text = models.TextField(blank=True)
    by_member = models.UUIDField(null=True)
    by_staff = belongs(Staff, null=True)
    version = models.IntegerField(default=1)
    moved_away = models.BooleanField(default=False)
    changed_at = models.DateTimeField(null=True)
    changed_by = belongs(Staff, null=True, related_name="+")
    changed_how = models.CharField(max_length=9, blank=True, help_text="moved or corrected")
    changed_why = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(changed_how__in=("", "moved", "corrected")), name="note_change"
            ),
        )
        indexes = (models.Index(F("person"), F("at").desc(), F("id").desc(), name="notes_of_a_person"),)


class NoteBefore(models.Model):
    """How a note read before it was moved or corrected. Written by the database, never by us."""

    id = models.UUIDField(primary_key=True)
    service = belongs(Service)
    person = belongs(Person)
    note_id = models.UUIDField()
    version = models.IntegerField()
    sealed = ArrayField(models.CharField(max_length=40), default=list)
    text = models.TextField()
    until = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index("person", name="notes_before_of_a_person"),
            models.Index("note_id", name="notes_before_of_a_note"),
        )


class Restriction(models.Model):
    """A record is open to named people only; everybody in the service may know whom to ask."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    ask_staff = belongs(Staff)
    starts = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("person", condition=models.Q(ended_at=None), name="restricted_once"),
        )


class Transfer(models.Model):
    """A person's home centre changes from a day on. Both centres' leaders see it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    person = belongs(Person)
    from_centre = belongs(Centre, related_name="+")
    to_centre = belongs(Centre, related_name="+")
    from_day = models.DateField()
    reason = models.TextField()
    keep_member = belongs(Membership, null=True, help_text="the former coach, who may read for a month more")
    by_member = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("person", condition=models.Q(done_at=None), name="one_transfer_to_come"),
        )
        indexes = (
            models.Index("service", "from_day", name="transfers_due", condition=models.Q(done_at=None)),
        )


class Alert(models.Model):
    """Something about people that the leader of a centre is to look at."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency"
        MATCH = "match"
        TRANSFER = "transfer"

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    centre = belongs(Centre)
    kind = models.CharField(max_length=9, choices=Kind)
    person = belongs(Person, null=True)
    by_member = models.UUIDField(null=True)
    by_staff = belongs(Staff, null=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("emergency", "match", "transfer")), name="alert_kind"
            ),
        )
        indexes = (
            models.Index(F("centre"), F("at").desc(), name="alerts_of_a_centre"),
            models.Index("by_member", "at", name="alerts_by_a_member"),
        )


from .attachments.models import Attachment  # noqa: E402, F401 - Django looks for tables here
from .merges import Apart, Merge, MergedRow  # noqa: E402, F401
from .sharing.models import Share  # noqa: E402, F401
