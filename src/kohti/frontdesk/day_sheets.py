"""The day on paper: who is expected when, with room to tick off, for a desk whose network failed."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import actor as actors
from kohti.kernel import clock, documents, history, words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Made, Table, Text
from kohti.people.attachments.letters import sender_of

from . import queries
from .glance import whom_to_ask


def made(actor: Actor, day: date) -> Made:
    """The sheet of a day at the actor's centre, in the language in use; whose names it holds is in the history."""
    actors.must(actor, "arrivals.see")
    lines = queries.arrivals(actor.centre, day)
    persons = sorted({line.person_id for line in lines if line.person_id})
    history.record("day.printed", "centre", actor.centre, persons=persons, detail={"day": day.isoformat()})
    when = words.clock_time(clock.now(), actor.zone)
    count = ngettext("%(number)s person", "%(number)s people", len(lines)) % {
        "number": words.number(len(lines))
    }
    as_of = _("%(count)s, as of %(time)s. Tick off who comes; check them in when the network is back.") % {
        "count": count,
        "time": when,
    }
    rows = [
        (
            "☐" if line.state == "expected" else line.ticket,
            words.clock_time(line.at, actor.zone),
            line.name or whom_to_ask(line.ask) or _("No name given"),
            line.kind_title,
            line.staff,
            "",
        )
        for line in lines
    ]
    columns = [_("Here"), _("Time"), _("Name"), _("For"), _("With"), _("Note")]
    return documents.make(
        "sheet",
        sender=sender_of(actor),
        title=_("Arrivals"),
        date=words.day_long(day),
        blocks=[
            Text(as_of),
            Table(columns, rows, widths=(0, 0, 4, 3, 3, 4)) if rows else Text(_("Nobody is expected today")),
        ],
        foot=_("Names of people: keep this sheet at the desk and shred it in the evening."),
    )
