"""What the diary tells of a person's time here: the appointments that have been, or were to be."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kohti.kernel.actor import Actor
from kohti.kernel.words import title
from kohti.people.timeline import Arm, Line, Part, Row

STATES = {"missed": lambda: _("Did not come"), "cancelled": lambda: _("Cancelled")}


def _say(actor: Actor, row: Row) -> Line:
    state = STATES.get(row.told["state"])
    return Line(
        icon="calendar",
        word=_("Appointment"),
        what=" · ".join((title(row.told["title"]), row.told["centre"])),
        tag=state() if state else "",
    )


PART = Part(
    arms=(
        Arm(
            name="booking",
            kind="appointment",
            table="diary_booking",
            at="t.starts",
            where="t.starts <= (select kohti.now())",
            by_staff="t.staff_id",
            join="join diary_kind k on k.id = t.kind_id join team_centre c on c.id = t.centre_id",
            told="jsonb_build_object('title', k.title, 'state', t.state, 'centre', c.name)",
        ),
    ),
    kinds={"appointment": lambda: _("Appointments")},
    say=_say,
)
