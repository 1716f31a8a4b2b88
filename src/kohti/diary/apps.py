"""The room, as Django loads it."""

from __future__ import annotations

from django.apps import AppConfig


class Diary(AppConfig):
    """Adds a person's next appointment to the pages about them."""

    name = "kohti.diary"

    def ready(self) -> None:
        """Say it from now on."""
        from kohti.people import beside

        from .beside import PART

        beside.add(PART)
