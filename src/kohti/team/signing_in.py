"""What signing in keeps: sessions, shared counters, who signed in there today, PINs, ways back.

Everything here is by real time, whatever the product's clock says, and is asked at the door alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from kohti.kernel.ids import new_id


class Session(AbstractBaseSession):
    """A browser that talks to us, and who is signed in there.

    It ends at `expire_date`: some hours after it began, or after it was last used some minutes ago, whichever
    comes first. Where it `locks` it does not end by being left alone: it locks.
    """

    user = models.ForeignKey("team.User", models.CASCADE, null=True)
    device = models.CharField(max_length=80, blank=True)
    began = models.DateTimeField()
    last_used = models.DateTimeField()
    idle_s = models.IntegerField()
    locks = models.BooleanField(default=False)
    objects: ClassVar[BaseSessionManager[Session]] = BaseSessionManager()  # type: ignore[assignment]

    @classmethod
    def get_session_store_class(cls) -> type:
        """Nobody asks for it: our session store knows its table."""
        raise NotImplementedError


class Counter(models.Model):
    """A device that colleagues of a service share, known by a digest of its cookie.

    Only where staff said so of a device do names of colleagues stand on its locked screen.
    """

    id = models.UUIDField(primary_key=True)
    service = models.ForeignKey("team.Service", models.PROTECT)
    name = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()


class AtCounter(models.Model):
    """A colleague who signed in fully at a shared counter, and until when a PIN is enough for them there."""

    id = models.UUIDField(primary_key=True, default=new_id)
    counter = models.ForeignKey(Counter, models.CASCADE)
    user = models.ForeignKey("team.User", models.CASCADE)
    member_id = models.UUIDField()
    name = models.TextField()
    until = models.DateTimeField()
    strong = models.BooleanField(default=False, help_text="a second factor was given")
    wrong_pins = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint("counter", "user", name="at_a_counter_once"),)


class Pin(models.Model):
    """A colleague's PIN for shared counters, hashed as passwords are."""

    user = models.OneToOneField("team.User", models.CASCADE, primary_key=True)
    hash = models.CharField(max_length=256)
    set_at = models.DateTimeField()


class WayBack(models.Model):
    """A code, good once and for a short time, for a colleague who lost every way to sign in."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey("team.Service", models.PROTECT)
    user = models.ForeignKey("team.User", models.CASCADE)
    digest = models.CharField(max_length=64)
    given_by = models.TextField()
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="when the colleague was told that it was given")

    class Meta:
        indexes = (models.Index("user", "given_at", name="ways_back_of_a_user"),)
