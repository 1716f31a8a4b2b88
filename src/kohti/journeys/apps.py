"""The room, as Django loads it."""

from __future__ import annotations

from django.apps import AppConfig


class Journeys(AppConfig):
    """Adds in whose hands a person is, and what comes next, to the pages about them."""

    name = "kohti.journeys"

    def ready(self) -> None:
        """Say it from now on."""
        from kohti.people import beside

        from .beside import PART

        beside.add(PART)
