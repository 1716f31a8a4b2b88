"""Two records of one person that became one, and what it takes to go back."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs


def _belongs(to: str, *, null: bool = False) -> Any:
    return belongs(to, null=null, related_name="+")


class Merge(models.Model):
    """A record went into another: `gone` leads to `kept` until it is undone. Written by the database alone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs("team.Service")
    centre = _belongs("team.Centre")
    kept = _belongs("people.Person")
    gone = _belongs("people.Person")
    by_member = models.UUIDField(null=True)
    by_staff = _belongs("team.Staff", null=True)
    at = models.DateTimeField()
    restricted = models.BooleanField(default=False, help_text="whether the merged record is")
    totals = models.JSONField(default=dict, help_text="by table: how many rows the merged record had")
    undone_at = models.DateTimeField(null=True)
    undone_by_staff = _belongs("team.Staff", null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
            models.UniqueConstraint("gone", condition=Q(undone_at=None), name="merged_once"),
            models.UniqueConstraint("service", "id", name="merge_in_service"),
        )
        indexes = (models.Index(F("kept"), F("at").desc(), name="merges_of_a_person"),)


class MergedRow(models.Model):
    """A row that a merge touched: what it said before and after, of the columns that changed; or one it made.

    Nobody but the database and the service's housekeeping reads it. Emptied when the merge is undone.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs("team.Service")
    merge = _belongs("people.Merge")
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    made = models.BooleanField(default=False)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index("merge", "table_name", name="rows_of_a_merge"),
            models.Index("row_id", name="merged_rows_by_row"),
        )


class Apart(models.Model):
    """Somebody looked: these two are not one person. They stand on the list of likely ones no more."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = _belongs("team.Service")
    person = _belongs("people.Person")
    other = _belongs("people.Person")
    by_member = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(person=F("other")), name="apart_are_two"),
            models.UniqueConstraint("person", "other", name="apart_once"),
        )
        indexes = (models.Index("other", name="apart_from_the_other"),)
