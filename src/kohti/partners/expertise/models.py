"""What colleagues know about."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.team.models import Service, Staff


class Expertise(models.Model):
    """What a colleague knows about and how they are reached, as they or whoever keeps the directory say it.

    fields, languages  fields of life, and what they speak (ISO 639)
    known, reached     in words of their own: what else they know; how colleagues reach them
    words, speech      what they are found by, and in which language's stems; folded: the same, plain
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    staff = belongs(Staff)
    fields = ArrayField(models.TextField(), default=list, db_default=[])
    languages = ArrayField(models.TextField(), default=list, db_default=[])
    known = models.TextField(blank=True, default="")
    reached = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")
    folded = models.TextField(blank=True, default="")
    speech = models.CharField(max_length=20, default="simple")
    found_by = SearchVectorField(null=True)
    kept_at = models.DateTimeField()
    kept_by = belongs(Staff, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint("service", "staff", name="expertise_once_a_colleague"),)
