"""A colleague's calendar feed: the secret address under which their calendar program reads when they are booked."""

from __future__ import annotations

from django.db import models

from kohti.kernel.ids import new_id
from kohti.team.models import Membership, Service


class Feed(models.Model):
    """One address of one membership. Of the token in it only a digest (SHA-256, hex) is kept.

    `stamp` is a digest of what the feed said last, `stamped_at` since when it says so; `read_at` is when a calendar
    program last read it, to the hour.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    member = models.ForeignKey(Membership, models.PROTECT, db_constraint=False, db_index=False)
    token_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stamp = models.CharField(max_length=32, blank=True)
    stamped_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("token_hash", name="feed_token"),
            models.UniqueConstraint("member", condition=models.Q(ended_at=None), name="feed_one_at_a_time"),
        )
