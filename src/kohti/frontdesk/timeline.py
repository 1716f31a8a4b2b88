"""What the front desk tells of a person's time here: when they came, what for, and what became of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kohti.kernel.actor import Actor
from kohti.kernel.words import title
from kohti.people.timeline import Arm, Line, Part, Row

ENDS = {"absent": lambda: _("Did not come"), "left": lambda: _("Left")}


def _say(actor: Actor, row: Row) -> Line:
    ended = ENDS.get(row.told["state"])
    return Line(
        icon="door",
        word=_("Visit"),
        what=" · ".join((title(row.told["title"]), row.told["ticket"], row.told["centre"])),
        tag=ended() if ended else "",
    )


PART = Part(
    arms=(
        Arm(
            name="visit",
            kind="visit",
            table="frontdesk_visit",
            at="t.arrived_at",
            where="t.counts",
            by_staff="t.with_staff_id",
            join="join team_centre c on c.id = t.centre_id",
            told="jsonb_build_object('title', t.title, 'ticket', t.letter || t.number, 'state', t.state,"
            " 'centre', c.name)",
        ),
    ),
    kinds={"visit": lambda: _("Visits")},
    say=_say,
    instead={
        # An appointment somebody came to is told as the visit it was.
        "booking": "not exists (select 1 from frontdesk_visit v where v.booking_id = t.id and v.counts offset 0)"
    },
)
