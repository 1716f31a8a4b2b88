"""A person's timeline, told in parts: how a room tells its own, and the people's room's part of it.

A room names arms, one for each kind of thing it knows of a person with a time to it; the page that stands over all
rooms asks them in one statement, each arm for no more rows than a page shows, from an index in the order of time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import links, words
from kohti.kernel.actor import Actor, may

NO_FIELDS = "'{}'::text[]"
NOBODY = "null::uuid"
MOST_READ = 4_000
"""How much of a text stands on the timeline; the rest is read on a page of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """Something that happened, as an arm found it. `hour`: whether its time of day is known.

    `who` did it; `whom` it names besides; `told`: the rest.
    """

    arm: str
    at: datetime
    hour: bool
    id: uuid.UUID
    who: str
    whom: str
    fields: tuple[str, ...]
    sealed: bool
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What stands on the timeline of it: a sign, the kind in a word, what; and what shows when it is opened."""

    icon: str
    word: str
    what: str = ""
    text: str = ""
    items: tuple[str, ...] = ()
    tag: str = ""
    href: str = ""
    href_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One kind of thing with a time to it. Its rows are `t` of `table`; what they are joined with may be used too.

    `of`: how a row is the person's, "person", "journey" (then by the ways of the person, an index of each), or "way":
    then the rows are these ways themselves, read once for all arms. `at`
    and `order` say how they are ordered, `where` which of them count, `fields` of which fields of life they are (an
    expression of text[]; empty: of none), `fields_told` the same by what is joined. Colleagues are given by the id of
    their place or of their name in diaries
    (`by_*`: who did it; `whom_*`: whom it names besides), and named once for the whole page. `told`: jsonb.
    """

    name: str
    kind: str
    table: str
    at: str
    of: str = "person"
    order: str = ""
    where: str = ""
    join: str = ""
    hour: str = "true"
    by_member: str = NOBODY
    by_staff: str = NOBODY
    whom_member: str = NOBODY
    whom_staff: str = NOBODY
    fields: str = ""
    fields_told: str = ""
    sealed: str = "false"
    told: str = "'{}'::jsonb"

    def statement(
        self, most: int, *, instead: Sequence[str] = (), after: bool = False, of_field: bool = False
    ) -> str:
        """Its select: the newest of `person`, older than (`at`, `key`), of the field of life `field`."""
        conditions = [one for one in (self.where, *instead) if one]
        if after:
            conditions.append(f"({self.at}, t.id) < (%(at)s::timestamptz, %(key)s::uuid)")
        if of_field:
            conditions.append(f"array[%(field)s::text] <@ ({self.fields})")
        whose = {"journey": "t.journey_id = ways.id", "way": "true"}.get(self.of, "t.person_id = %(person)s")
        chosen = (
            f"(select t.* from {self.table} t where {' and '.join([whose, *conditions])}"
            f" order by {self.order or f'{self.at} desc, t.id desc'} limit {most}) t"
        )
        source = f"ways cross join lateral {chosen}" if self.of == "journey" else chosen
        return (
            f"(select '{self.name}' as arm, {self.at} as at, {self.hour} as hour, t.id as key,"
            f" {self.by_member} as by_member, {self.by_staff} as by_staff, {self.whom_member} as whom_member,"
            f" {self.whom_staff} as whom_staff, {self.fields_told or self.fields or NO_FIELDS} as fields,"
            f" {self.sealed} as sealed, {self.told} as told from {source} {self.join})"
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What a room tells: its arms, the words of its kinds (for the chips), and how a row is said.

    `instead`: by a lower room's arm, which of its rows (`t`) remain beside what this room tells in their place.
    """

    arms: tuple[Arm, ...]
    kinds: Mapping[str, Callable[[], str]]
    say: Callable[[Actor, Row], Line]
    instead: Mapping[str, str] = field(default_factory=dict)


def note_told(alias: str) -> str:
    """What is told of a note, as SQL: whose words it shows, and how it came to read so."""
    return (
        f"jsonb_build_object('text', left({alias}.text, {MOST_READ + 1}), 'note', {alias}.id,"
        f" 'mine', {alias}.by_member = (select kohti.member()), 'away', {alias}.moved_away,"
        f" 'how', {alias}.changed_how, 'why', {alias}.changed_why, 'changed', {alias}.changed_at)"
    )


def note_said(actor: Actor, told: Mapping[str, Any], by: str) -> dict[str, Any]:
    """The words of a note for a `Line`: its text, how `by` changed it, and the way to correct or move it."""
    changed = {
        "moved": _("Moved here by %(name)s on %(day)s: %(why)s"),
        "corrected": _("Corrected by %(name)s on %(day)s: %(why)s"),
    }.get(told["how"] or "")
    items = []
    if changed and not told["away"]:
        day = words.day_of(datetime.fromisoformat(told["changed"]), actor.zone)
        items.append(changed % {"name": by, "day": day, "why": told["why"]})
    text = told["text"] or ""
    long = len(text) > MOST_READ
    may_change = not told["away"] and (told["mine"] or may(actor, "people.keep"))
    there = links.to("note", uuid.UUID(told["note"])) if long or may_change else ""
    return {
        "text": text[:MOST_READ] + " …" if long else text,
        "items": tuple(items),
        "href": there,
        "href_text": _("Correct or move") if may_change else _("Read all of it"),
    }


def _say(actor: Actor, row: Row) -> Line:
    told = row.told
    if row.arm == "paper":
        made = told["source"] == "made"
        return Line(
            icon="document",
            word=_("Letter") if made else _("Paper"),
            what=told["title"] or told["name"],
            tag=_("Ended") if told["ended"] else "",
            href="" if told["ended"] else links.to("person_documents", uuid.UUID(told["person"])),
            href_text=_("Documents"),
        )
    if told["away"]:
        return Line(icon="undo", word=_("A note was moved away."))
    return Line(icon="edit", word=_("Note"), **note_said(actor, told, row.whom))


PART = Part(
    arms=(
        Arm(
            name="note",
            kind="note",
            table="people_note",
            at="t.at",
            by_staff="t.by_staff_id",
            whom_staff="t.changed_by_id",
            fields="t.fields::text[]",
            sealed="t.sealed <> '{}'",
            told=note_told("t"),
        ),
        Arm(
            name="paper",
            kind="paper",
            table="people_attachment",
            at="t.at",
            by_staff="t.by_staff_id",
            fields="array_remove(array[t.sealed::text], '')",
            sealed="t.sealed <> ''",
            told="jsonb_build_object('source', t.source, 'title', t.title, 'name', t.name, 'ended',"
            " t.ended_at is not null, 'person', t.person_id)",
        ),
    ),
    kinds={"note": lambda: _("Notes"), "paper": lambda: _("Papers")},
    say=_say,
)
