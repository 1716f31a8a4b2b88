"""In whose hands a person is, at which stage, until when they are held, and what comes next: on the pages about them."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, may
from kohti.people.beside import Beside, Row, Said

from . import rules, said

WAY = """
select j.person_id, j.stage, j.held_until, j.lapse, j.last_contact_at,
    coalesce(j.alone @> (select kohti.now()), false) as alone, s.full_name as owner, n.words as next, n.due_on,
    p.died_on is not null as died
from journeys_journey j join people_person p on p.id = j.person_id
left join team_membership m on m.id = j.owner_id left join team_staff s on s.id = m.staff_id
left join lateral (select words, due_on from journeys_step where journey_id = j.id
    and state in ('offered', 'doing', 'stuck') order by due_on nulls last, id limit 1) n on true
where j.person_id = %(person)s and j.closed_at is null
"""


def _day(actor: Actor, at: str | None) -> str:
    return words.day_of(datetime.fromisoformat(at), actor.zone) if at else ""


def _say(actor: Actor, row: Row) -> Said:
    stage = rules.named(rules.stages(actor), row["stage"]) if row["stage"] else ""
    owner = row["owner"] or _("Nobody")
    listed = row["alone"] or (
        row["held_until"] is not None and datetime.fromisoformat(row["held_until"]) <= clock.now()
    )
    held = (
        said.chosen(said.BROKEN, "away" if row["alone"] else row["lapse"])
        if listed
        else _day(actor, row["held_until"])
    )
    due = f" ({words.day_short(date.fromisoformat(row['due_on']))})" if row["due_on"] else ""
    plan = reverse("plan", args=[row["person_id"]])
    last = ""
    if may(actor, "people.note"):
        last = reverse("person_timeline", args=[row["person_id"]]) + "?kind=contact"
    open_still = _("Still open. End it in your own time; thank you for what you did together.")
    facts = (
        (_("Their way"), open_still if row["died"] else "", plan),
        (_("Coach"), owner, plan),
        (_("Stage"), stage, ""),
        (_("On the list") if listed else _("Held until"), held, ""),
        (_("Next step"), f"{row['next']}{due}" if row["next"] else "", plan),
        (_("Last contact"), _day(actor, row["last_contact_at"]), last),
    )
    return Said(
        bar={"owner": owner, "stage": stage, "held_until": "" if listed else held},
        facts=tuple(fact for fact in facts if fact[1]),
    )


PART = Beside(1, WAY, _say)
