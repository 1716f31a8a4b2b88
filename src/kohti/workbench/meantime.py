"""Two people write about the same way: what the other saved meanwhile is told field by field, and both stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from kohti.journeys import queries, rules, said
from kohti.journeys.models import Journey, Step
from kohti.journeys.writing import Other
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import KohtiError


class Meantime(KohtiError):
    """Somebody saved here since the form was opened: in a sentence, and by field."""

    def __init__(self, text: str, fields: dict[str, str]) -> None:
        self.text, self.fields = text, fields
        super().__init__(text)


def mark(way: Journey) -> str:
    """What a form remembers of a way to know later whether somebody wrote meanwhile."""
    return way.last_contact_at.isoformat() if way.last_contact_at else "-"


def when(actor: Actor, at: datetime) -> str:
    """An instant as people say it: the time today, else day and time."""
    time = words.clock_time(at, actor.zone)
    day = at.astimezone(actor.zone).date()
    return time if day == clock.today(actor.zone) else f"{words.day_short(day)} {time}"


def others(actor: Actor, writing: Sequence[Other]) -> list[str]:
    """Who else is writing about the same way, and since when, in words."""
    return [
        _("%(name)s is writing here too, since %(time)s. Both of you can save; nothing is overwritten.")
        % {"name": one.name, "time": when(actor, one.began)}
        for one in writing
    ]


def written_since(actor: Actor, way: Journey, seen: str) -> str:
    """That a contact was saved since a form remembered `seen` of a way; empty where none was."""
    if not seen or seen == mark(way):
        return ""
    last = next(iter(queries.last_contacts(way.id)), None)
    if last is None:
        return ""
    return _("%(name)s saved a contact here at %(time)s, while you were writing.") % {
        "name": last.who or _("A colleague"),
        "time": when(actor, last.at),
    }


def look(actor: Actor, way: Journey, steps: Sequence[Step], typed: QueryDict) -> None:
    """Raises Meantime where somebody changed, since the form was opened, what is to be saved now.

    Asks the database only where that is so.
    """
    fields: dict[str, str] = {}
    for step in steps:
        chosen = typed.get(f"step-{step.id}", "")
        version = typed.get(f"v-{step.id}", "")
        if chosen in ("", step.state):
            continue
        if version.isdigit() and int(version) != step.version:
            fields[f"step-{step.id}"] = _("Meanwhile: %(state)s. You had chosen: %(yours)s.") % {
                "state": said.chosen(said.STATES, step.state),
                "yours": said.chosen(said.CHOSEN, chosen),
            }
    was = typed.get("stage-was", way.stage)
    if typed.get("stage", "") not in ("", way.stage) and was != way.stage:
        fields["stage"] = _("Meanwhile they were moved to: %(stage)s.") % {
            "stage": rules.named(rules.stages(actor), way.stage)
        }
    told = written_since(actor, way, typed.get("seen", ""))
    if told or fields:
        ends = _("Nothing of yours is lost. Look at it, and save again to keep both.")
        raise Meantime(f"{told} {ends}".strip(), fields)
