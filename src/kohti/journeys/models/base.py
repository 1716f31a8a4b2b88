"""What the tables of a way share: references, choices, stretches of time."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


def one_of(name: str, field: str, *values: str) -> models.CheckConstraint:
    """A text of these alone, also for whoever writes past the application."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Ranges(models.Field):  # type: ignore[type-arg]
    """Stretches of time that do not overlap (`tstzmultirange`)."""

    def db_type(self, connection: Any) -> str:
        """PostgreSQL's type for it."""
        return "tstzmultirange"
