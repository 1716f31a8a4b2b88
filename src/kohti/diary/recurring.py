"""What comes again every week: drop-ins of partners and of our own, open access hours, and the ways between centres."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kohti.kernel.ids import new_id
from kohti.team.models import Centre, Organisation, Service, Staff

from .models import Room


class DropIn(models.Model):
    """A weekly session of a centre to which people come as they are, in local wall time.

    Its times are never kept as instants: `kohti.drop_ins_between` works them out for the days that are asked for, so
    that half past nine stays half past nine when the clock changes. It takes the colleague's time and the room.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    centre = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False)
    code = models.CharField(max_length=40, blank=True, help_text="of the blueprint; none when added by hand")
    title = models.JSONField()
    open_access = models.BooleanField(default=False, help_text="computers, not advice")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False, db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, null=True, db_constraint=False, db_index=False)
    stream = models.CharField(max_length=40, blank=True, help_text="the line its visitors wait in, by code")
    weekday = models.SmallIntegerField(help_text="0 Monday")
    opens = models.TimeField()
    closes = models.TimeField()
    first = models.DateField()
    last = models.DateField(null=True)
    except_days = ArrayField(models.DateField(), default=list)
    skipped_days = ArrayField(models.DateField(), default=list, help_text="taken out here, by hand")
    version = models.IntegerField(db_default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint("centre", "code", "weekday", condition=~Q(code=""), name="drop_in_code"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="drop_in_opens_first"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="drop_in_weekday"),
        )
        indexes = (models.Index("centre", "weekday", name="drop_ins_of_a_centre"),)


class Travel(models.Model):
    """How many minutes a colleague needs from one centre to another, both ways; from the blueprint."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.ForeignKey(Service, models.PROTECT, db_constraint=False, db_index=False)
    one = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    other = models.ForeignKey(Centre, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    minutes = models.SmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint("one", "other", name="travel_once"),)
