"""What outreach tells of a person's time here: where they were met before and since they became one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kohti.kernel.actor import Actor
from kohti.people.timeline import Arm, Line, Part, Row

from . import named


def _say(actor: Actor, row: Row) -> Line:
    known = named.words_of(actor)
    told = row.told
    return Line(
        icon="place",
        word=_("Met out there"),
        what=told["spot"] or "",
        text=told["text"],
        items=tuple(
            one
            for one in (
                named.all_of(known.given, told["given"]),
                named.all_of(known.next, [told["next"]] if told["next"] else []),
            )
            if one
        ),
    )


PART = Part(
    arms=(
        Arm(
            name="encounter",
            kind="encounter",
            table="outreach_encounter",
            at="t.at",
            where="t.withdrawn_at is null",
            by_staff="t.by_staff_id",
            join="left join outreach_spot p on p.id = t.spot_id",
            fields="t.about::text[]",
            sealed="t.sealed <> '{}'",
            told="jsonb_build_object('spot', p.name, 'text', t.text, 'given', t.given, 'next', t.next)",
        ),
    ),
    kinds={"encounter": lambda: _("Met out there")},
    say=_say,
)
