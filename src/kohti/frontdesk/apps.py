"""The room, as Django loads it."""

from __future__ import annotations

from django.apps import AppConfig


class FrontDesk(AppConfig):
    """Makes the lines of drop-ins that are added by hand."""

    name = "kohti.frontdesk"

    def ready(self) -> None:
        """Make them from now on."""
        from kohti.diary import own_lines

        from .line_hours import line_of_its_own

        own_lines.made_by(line_of_its_own)
