"""Reads of referrals: one with its conversation, the board of an organisation, a person's, and what Today says of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import history, reading, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import KohtiError, NotThere
from kohti.people.actions.sight import asked

from . import actions
from .models import Referral
from .states import IN_HAND, MINE, called

A_PAGE = 50


class Over(KohtiError):
    """A referral to the actor that is over, or whose sharing has ended: they are told that, and nothing else of it."""

    code = "over"

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(
            _("What was shared with you has ended.")
            if state == "ended"
            else _("This is over: %(state)s.") % {"state": called(state)}
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said or happened: by whom, of which side, into which state."""

    id: uuid.UUID
    at: datetime
    here: bool
    by: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """The link that holds: since when, until when, when it was opened and whether another was asked for."""

    made_at: datetime
    expires: datetime
    opened_at: datetime | None
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Card:
    """What whoever was asked reads of a person, by field of life, and how it goes there."""

    reach: list[tuple[str, str, str]] | None = None
    helps: list[str] | None = None
    needs: list[tuple[str, str, int | None, str]] = field(default_factory=list)
    aims: list[tuple[str, str, list[tuple[str, str | None]]]] = field(default_factory=list)
    notes: list[tuple[list[str], str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """A referral, whole, for one of its two sides (`here`: the one that hands over).

    `offer`, `partner` and `organisation` are names, empty where there is none or where the actor may not know it;
    `offered`: the directory still has it; `left`: the named colleague no longer works here.
    """

    one: Referral
    here: bool
    name: str
    offer: str
    partner: str
    organisation: str
    to: str
    by: str
    by_organisation: str
    offered: bool
    left: bool
    turns: list[Turn]
    link: Link | None
    climbed_to: str

    @property
    def state(self) -> str:
        """Its state, as it was before this reading changed it from sent to seen."""
        return self.one.state

    @property
    def to_whom(self) -> str:
        """Whom it is for, in one line."""
        where = self.offer or self.organisation or self.partner
        return ", ".join(part for part in (self.to, where) if part)


NAMED = """
    case when {o}.tells = '' or {o}.id = (select kohti.organisation())
              or {r}.person_id::text || ':' || {o}.tells = any((select kohti.my_keys())::text[])
              or {r}.from_member_id = (select kohti.member())
         then {o}.name else '' end"""
"""An organisation's name in connection with a person; empty for whoever may not know it."""

PAGE = f"""
select r.id, coalesce(nullif(p.called, ''), p.full_name, '') as name,
    coalesce(l.name, '') as offer, coalesce(d.name, '') as partner,
    coalesce({NAMED.format(o="o", r="r")}, '') as organisation,
    coalesce(ts.full_name, r.to_name) as "to", coalesce(fs.full_name, '') as by,
    coalesce({NAMED.format(o="f", r="r")}, '') as by_organisation, f.neutral as by_neutral,
    (d.id is null or (d.gone_since is null and (l.id is null or (l.gone_since is null
        and l.status in ('active', 'temporarily closed'))))) as offered,
    coalesce(tm.ends <= kohti.now(), false) as gone, coalesce(cs.full_name, '') as climbed_to
from partners_referral r
left join people_person p on p.id = r.person_id
left join partners_listing l on l.id = r.to_listing_id left join partners_partner d on d.id = r.to_partner_id
left join team_organisation o on o.id = r.to_organisation_id left join team_organisation f on f.id = r.from_organisation_id
left join team_membership tm on tm.id = r.to_member_id left join team_staff ts on ts.id = tm.staff_id
left join team_membership fm on fm.id = r.from_member_id left join team_staff fs on fs.id = fm.staff_id
left join team_membership cm on cm.id = r.climbed_to_id left join team_staff cs on cs.id = cm.staff_id
where r.id = %(id)s
"""
TURNS = """
select t.id, t.at, t.here, coalesce(s.full_name, t.name), t.state, t.words
from partners_referralturn t
left join team_membership m on m.id = t.by_member left join team_staff s on s.id = m.staff_id
where t.referral_id = %(id)s order by t.at, t.id limit 500
"""
LINK = """
select made_at, expires, opened_at, asked_at from partners_referrallink
where referral_id = %(id)s and ended_at is null order by made_at desc limit 1
"""


def page(actor: Actor, referral_id: uuid.UUID) -> Page:
    """A referral with its conversation; it is in the history, and whoever was asked has seen it from now on.

    Raises NotThere, and Over for whoever was asked and may read it no longer. Six statements and the history's, at most.
    """
    if actor.kind != "guest" and not actors.may(actor, "referrals.answer"):
        actors.must(actor, "referrals.write")
    one = Referral.objects.filter(id=referral_id).first()
    if one is None:
        became = asked("what_became_of", referral_id) if actor.kind == "member" else None
        if became:
            raise Over(str(became))
        raise NotThere("no such referral")
    actions.opened(actor, one)
    here = actions.is_here(actor, one)
    if not here and one.state == Referral.State.SENT:
        one.state = Referral.State.SEEN
    values = {"id": referral_id}
    with connection.cursor() as cursor:
        cursor.execute(PAGE, values)
        columns = [column.name for column in cursor.description or ()]
        row = dict(zip(columns, cursor.fetchone() or (), strict=True))
        cursor.execute(TURNS, values)
        turns = [Turn(*each) for each in cursor.fetchall()]
        link = None
        if here and one.to_organisation_id is None:
            cursor.execute(LINK, values)
            found = cursor.fetchone()
            link = Link(*found) if found else None
    name = row["name"] or (names([one.id]).get(one.id, "") if not here else "")
    return Page(
        one,
        here,
        name,
        row["offer"],
        row["partner"],
        row["organisation"],
        row["to"],
        row["by"],
        row["by_organisation"] or neutral(row["by_neutral"]),
        row["offered"],
        row["gone"],
        turns,
        link,
        row["climbed_to"],
    )


def conversation(referral_id: uuid.UUID) -> tuple[list[Turn], str]:
    """What was said in a referral, in order, and its state now. Two statements. Raises NotThere."""
    state = Referral.objects.filter(id=referral_id).values_list("state", flat=True).first()
    if state is None:
        raise NotThere("no such referral")
    with connection.cursor() as cursor:
        cursor.execute(TURNS, {"id": referral_id})
        return [Turn(*each) for each in cursor.fetchall()], state


def neutral(titles: Any, text: str = "") -> str:
    """What an organisation is called to whoever may not know its name."""
    found = json.loads(titles) if isinstance(titles, str) else titles
    return (words.title(found) if found else "") or text or _("Another organisation")


def names(referrals: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Whom those referrals that were made to the actor are about. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select id, name from kohti.referred(%s)", [list(referrals)])
        return dict(cursor.fetchall())


def card(person_id: uuid.UUID, fields: Sequence[str]) -> Card:
    """What is read of a person by these fields, as far as the actor may read it. One statement.

    The caller has opened the person or the referral.
    """
    return _card(asked("shown_card", person_id, list(fields)))


def partners_card() -> tuple[Card, dict[str, Any]]:
    """The card of the referral whose link the actor holds, and who the person is. One statement. Raises NotThere."""
    found = asked("partners_card")
    if not found:
        raise NotThere("no such referral")
    made = json.loads(found)
    return _card(made), made


def _card(found: Any) -> Card:
    made = json.loads(found) if isinstance(found, str) else found
    return Card(*(made[name] for name in ("reach", "helps", "needs", "aims", "notes")))


@dataclass(frozen=True, slots=True)
class Line:
    """A referral in a list. `to` and `by` are names; `unread`: the other side wrote since this side looked."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    to: str
    by: str
    about: str
    state: str
    at: datetime
    since: datetime
    reply_by: date | None
    unread: bool


LINES = f"""
select r.id, r.person_id, {{name}} as name,
    coalesce(nullif(concat_ws(', ', nullif(coalesce(ts.full_name, r.to_name), ''),
        coalesce(l.name, nullif({NAMED.format(o="o", r="r")}, ''), d.name)), ''), '') as "to",
    coalesce(fs.full_name, '') as by, r.about, r.state, r.at, r.since, r.reply_by,
    coalesce(r.theirs_at > coalesce(r.read_at, '-infinity'), false) as for_us,
    coalesce(r.ours_at > coalesce(r.read_there_at, '-infinity'), false) as for_them
from ({{rows}}) r
left join people_person p on p.id = r.person_id
left join partners_listing l on l.id = r.to_listing_id left join partners_partner d on d.id = r.to_partner_id
left join team_organisation o on o.id = r.to_organisation_id
left join team_membership tm on tm.id = r.to_member_id left join team_staff ts on ts.id = tm.staff_id
left join team_membership fm on fm.id = r.from_member_id left join team_staff fs on fs.id = fm.staff_id
order by r.at, r.id
"""
NAME = "coalesce(nullif(p.called, ''), p.full_name, '')"
TOLD = f"coalesce(nullif({NAME}, ''), (select q.name from kohti.referred(array[r.id]) q), '')"
"""A name as the person's own row has it; and for whoever reads by a share alone, as they are told it."""
LAST = "order by r.at, r.id limit %(most)s"
BOARD = {
    # each half by its own index, in order
    "out": f"""select r.* from (
    (select r.* from partners_referral r where r.closed_at is null
     and r.from_member_id = (select kohti.member()) {{more}} {LAST})
    union all
    (select r.* from partners_referral r where r.closed_at is null
     and r.from_member_id is distinct from (select kohti.member()) and r.person_id = any({IN_HAND})
     {{more}} {LAST})) r {LAST}""",
    "centre": f"""select r.* from partners_referral r where r.closed_at is null
    and r.centre_id = (select kohti.whole_centre()) and (select kohti.may('referrals.write')) {{more}} {LAST}""",
    "in": f"""select r.* from partners_referral r where r.closed_at is null and r.sent_at is not null
    and r.to_organisation_id = (select kohti.organisation())
    and (r.to_member_id is null or r.to_member_id = (select kohti.member())) and r.ends > (select kohti.now())
    {{more}} {LAST}""",
}


@dataclass(frozen=True, slots=True)
class Board:
    """Open referrals of one direction, the oldest first; `more`: there are others after them."""

    lines: list[Line]
    more: bool


def board(
    actor: Actor, side: str, *, state: str = "", after: tuple[datetime, uuid.UUID] | None = None
) -> Board:
    """Open referrals `in` to the actor's organisation, `out` from their hands, or of the whole `centre`, oldest first.

    At most 50, after the key of the last one shown; those of one state where given. It is in the history whom one saw. Two
    statements, or three. Raises NotAllowed.
    """
    actors.must(actor, "referrals.answer" if side == "in" else "referrals.write")
    more = ""
    values: dict[str, Any] = {"most": A_PAGE + 1}
    if state:
        more += " and r.state = %(state)s"
        values["state"] = state
    if after:
        more += " and (r.at, r.id) > (%(at)s, %(id)s)"
        values |= {"at": after[0], "id": after[1]}
    with connection.cursor() as cursor:
        cursor.execute(LINES.format(name=NAME, rows=BOARD[side].format(more=more)), values)
        rows = cursor.fetchall()
    lines = [_line(row, here=side != "in") for row in rows[:A_PAGE]]
    if side == "in":
        known = names([one.id for one in lines])
        lines = [replace(one, name=known.get(one.id, "")) for one in lines]
    if lines:
        history.record("person.listed", "person", None, persons=[one.person_id for one in lines])
    return Board(lines, len(rows) > A_PAGE)


def _line(row: tuple[Any, ...], *, here: bool) -> Line:
    values = [*row[:10], row[10] if here else row[11]]
    return Line(*values)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A referral of a person to an organisation whose name the actor may not know: neutral words and days."""

    id: uuid.UUID
    to: str
    state: str
    at: datetime
    since: datetime


def of_person(actor: Actor, person_id: uuid.UUID) -> tuple[list[Line], list[Hidden]]:
    """A person's referrals, newest first, and those of which the actor reads neutral words. Two statements.

    The caller has opened the person.
    """
    asks = "select r.* from partners_referral r where r.person_id = %(person)s order by r.at desc, r.id limit 200"
    with connection.cursor() as cursor:
        cursor.execute(LINES.format(name=NAME, rows=asks), {"person": person_id})
        lines = [_line(row, here=True) for row in cursor.fetchall()]
        cursor.execute(
            "select id, state, at, since, neutral, neutral_text from kohti.referrals_hidden(%s)", [person_id]
        )
        hidden = [
            Hidden(row[0], neutral(row[4], row[5] or ""), row[1], row[2], row[3]) for row in cursor.fetchall()
        ]
    return sorted(lines, key=lambda one: (one.at, one.id), reverse=True), hidden


TODAY = f"""
select r.* from partners_referral r where (
    (select kohti.may('referrals.write')) and (
        ({MINE} and (r.theirs_at > coalesce(r.read_at, '-infinity')
            or (r.closed_at is null and (r.reply_by < %(today)s
                or (r.sent_at is not null and r.ends <= kohti.now())))))
        or (r.closed_at is null and r.climbed_to_id = (select kohti.member()))))
order by r.at, r.id limit 50
"""
INCOMING = """
select r.* from partners_referral r where r.closed_at is null and r.sent_at is not null and r.ends > (select kohti.now())
    and r.to_organisation_id = (select kohti.organisation())
    and (r.to_member_id is null or r.to_member_id = (select kohti.member()))
    and (r.state in ('sent', 'seen') or r.ours_at > coalesce(r.read_there_at, '-infinity'))
order by r.at, r.id limit 20
"""


def _today(unread: str) -> Callable[[reading.Row], Line]:
    def line(row: reading.Row) -> Line:
        return Line(
            uuid.UUID(row["id"]),
            uuid.UUID(row["person_id"]),
            name=row["name"],
            to=row["to"],
            by=row["by"],
            about=row["about"],
            state=row["state"],
            at=datetime.fromisoformat(row["at"]),
            since=datetime.fromisoformat(row["since"]),
            reply_by=reading.day(row["reply_by"]),
            unread=row[unread],
        )

    return line


REPLIES = reading.Part(LINES.format(name=NAME, rows=TODAY), _today("for_us"))
REFERRED = reading.Part(LINES.format(name=TOLD, rows=INCOMING), _today("for_them"))
"""What waits for a colleague on a day (`today`): replies from partners and answers that are late, 50 at most; and who was
handed over to them, 20. Oldest first; whoever shows them writes into the history whom one saw."""
