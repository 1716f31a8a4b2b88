"""What happened: written with the change, sealed behind it, checked by anyone.

`record` is called by every action and every read of a person. Events are insert-only; their values stand in
side rows that can be forgotten, while the chain keeps salted digests (SHA-256). `seal` closes what can no
longer be joined by a late commit into a batch, whose hash covers the batch before.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from . import live
from .ids import new_id
from .languages import gettext_noop


def record(
    verb: str,
    subject_kind: str,
    subject_id: uuid.UUID | None,
    *,
    persons: Sequence[uuid.UUID] = (),
    detail: Mapping[str, Any] | None = None,
    tell: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write one event as the current actor, in the current transaction; returns its id.

    `detail` (JSON-able) may hold personal values; nothing else may. `tell` names the centre whose open
    screens hear, once this commits, that the subject changed (`live.tell` in the same statement).
    """
    page = _one_page.get()
    if page is not None and verb in LISTS and detail is None and tell is None:
        page.persons.update(dict.fromkeys(persons))
        return page.event_id
    event_id = new_id()
    body = None if detail is None else json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    # As PostgreSQL writes an array: a page that names four hundred waits for it.
    named = f"{{{','.join(map(str, persons))}}}"
    event = (event_id, verb, subject_kind, subject_id, named, body)
    with connection.cursor() as cursor:
        if tell is None or subject_id is None:
            cursor.execute(RECORD, event)
        else:
            note = live.as_note(tell, subject_kind, subject_id)
            cursor.execute(f"{RECORD}, pg_notify(%s, %s)", (*event, *note))
    return event_id


@dataclass(frozen=True, slots=True)
class Event:
    """One event of many that are written together."""

    verb: str
    subject_kind: str
    subject_id: uuid.UUID | None
    persons: Sequence[uuid.UUID] = ()
    detail: Mapping[str, Any] | None = None


def record_each(events: Sequence[Event]) -> None:
    """Write many events as `record` writes one, in a statement."""
    if events:
        with connection.cursor() as cursor:
            cursor.execute(RECORD_EACH, [as_rows(events)])


def as_rows(events: Sequence[Event]) -> str:
    """Events as `RECORD_EACH` takes them, each with an id of its own."""
    rows = [
        {
            "id": new_id(),
            "verb": one.verb,
            "kind": one.subject_kind,
            "subject": one.subject_id,
            "persons": list(one.persons),
            "detail": None
            if one.detail is None
            else json.dumps(one.detail, ensure_ascii=False, sort_keys=True, default=str),
        }
        for one in events
    ]
    return json.dumps(rows, ensure_ascii=False, default=str)


RECORD_EACH = """
select count(kohti.record(e.id, e.verb, e.kind, e.subject, e.persons, e.detail)::text)
from jsonb_to_recordset(%s::jsonb)
    as e (id uuid, verb text, kind text, subject uuid, persons uuid[], detail text)
"""


@dataclass(slots=True)
class _Page:
    """Whom the lists of one page showed."""

    event_id: uuid.UUID = field(default_factory=new_id)
    persons: dict[uuid.UUID, None] = field(default_factory=dict)


LISTS = ("person.listed", "person.found")
_one_page: ContextVar[_Page | None] = ContextVar("one_page", default=None)


@contextmanager
def as_one_page() -> Iterator[None]:
    """What is listed of people in this block is one event at its end, that names everybody once: one page was read.

    What somebody looked for by typing stays an event of its own.
    """
    page = _Page()
    token = _one_page.set(page)
    try:
        yield
    finally:
        _one_page.reset(token)
    if page.persons:
        with connection.cursor() as cursor:
            cursor.execute(RECORD, (page.event_id, LISTS[0], "person", None, list(page.persons), None))


RECORD = "select kohti.record(%s, %s, %s, %s, %s::uuid[], %s)"


def seal(*, most: int = 10_000) -> int:
    """Seal what is waiting, in batches of about `most` events; returns how many events were sealed.

    Worker's role only.
    """
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("select kohti.seal_history(%s)", [most])
            row = cursor.fetchone()
        sealed = int(row[0]) if row else 0
        total += sealed
        if sealed < most:
            return total


FORGOTTEN = "person.forgotten"


def forget(person_id: uuid.UUID) -> int:
    """Erase the values of every event about a person; returns how many. The chain still verifies.

    That they were forgotten is itself an event: values erased without one count as a fault.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kohti.forget_in_history(%s)", [person_id])
        row = cursor.fetchone()
    record(FORGOTTEN, "person", person_id, persons=[person_id])
    return int(row[0]) if row else 0


@dataclass(slots=True)
class Verdict:
    """What verification found. `faults` name the batch or event and what is wrong with it."""

    events: int = 0
    sealed: int = 0
    seals: int = 0
    erased: int = 0
    head: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


SEAL_HASH = """
select s.n, s.events, encode(s.hash, 'hex'),
  s.hash = sha256(coalesce(p.hash, ''::bytea) || s.digest
      || convert_to(concat(s.n, '|', s.era, '|', s.after_xid, '|', s.before_xid, '|', s.events), 'UTF8'))
    and s.previous = coalesce(p.hash, ''::bytea)
    and s.after_xid = case when p.era = s.era then p.before_xid else 0 end as chained,
  b.events = s.events and b.digest = s.digest as batch_holds,
  b.bad_events
from kernel_historyseal s
left join kernel_historyseal p on p.n = s.n - 1
cross join lateral (
  select count(*)::integer as events,
    sha256(coalesce(string_agg(e.digest, ''::bytea order by e.xid, e.id), ''::bytea)) as digest,
    array_agg(e.id) filter (where e.digest <> kohti.event_digest(e)) as bad_events
  from kernel_historyevent e where e.era = s.era and e.xid >= s.after_xid and e.xid < s.before_xid
) b
where s.n between %s and %s order by s.n
"""

OF_VALUES = (
    gettext_noop("its values are gone"),
    gettext_noop("its values were altered"),
    gettext_noop("its values were erased, but nobody of it was forgotten"),
)
DETAILS = """
select e.id, case when d.event_id is null then 0 when d.erased_at is null then 1 else 2 end
from kernel_historyevent e left join kernel_historydetail d on d.event_id = e.id
where e.detail_digest is not null
  and (d.event_id is null
       or (d.erased_at is null
           and e.detail_digest is distinct from sha256(d.salt || convert_to(d.body, 'UTF8')))
       or (d.erased_at is not null
           and (d.salt is not null or d.body is not null
                or not exists (select 1 from kernel_historyevent f
                               where f.verb = 'person.forgotten' and f.service_id = e.service_id
                                 and f.person_ids && e.person_ids))))
limit 100
"""

UNSEALED = """
select e.id from kernel_historyevent e
where e.digest <> kohti.event_digest(e)
  and e.xid >= coalesce((select before_xid from kernel_historyseal s
                         where s.era = e.era order by n desc limit 1), 0)
limit 100
"""


def verify(owner: psycopg.Connection[Any], *, batches: int = 50, expect: str = "") -> Iterator[Verdict]:
    """Check the whole history as the owner, yielding the growing verdict after every few batches.

    Recomputes each event's digest, each batch's digest, the chain of hashes, and each side row that has
    not been forgotten. `expect` is the head of an earlier verdict, kept elsewhere: whoever cut off the end of
    the chain since is found by it. The last verdict yielded is the result.
    """
    verdict = Verdict()
    row = owner.execute("select count(*) from kernel_historyevent").fetchone()
    verdict.events = int(row[0]) if row else 0
    row = owner.execute("select count(*), coalesce(max(n), 0) from kernel_historyseal").fetchone()
    assert row is not None
    count, highest = int(row[0]), int(row[1])
    if count != highest:
        verdict.faults.append(
            _("seals are missing: %(count)s of %(all)s are there") % {"count": count, "all": highest}
        )
    if (
        expect
        and not owner.execute(
            "select 1 from kernel_historyseal where encode(hash, 'hex') = %s", (expect,)
        ).fetchone()
    ):
        verdict.faults.append(
            _("no seal has the head %(head)s: the end was cut off or sealed anew") % {"head": expect}
        )
    for first in range(1, highest + 1, batches):
        for n, events, head, chained, holds, bad in owner.execute(SEAL_HASH, (first, first + batches - 1)):
            verdict.seals += 1
            verdict.sealed += events
            verdict.head = head
            if not chained:
                verdict.faults.append(
                    _("seal %(number)s: does not follow from the one before") % {"number": n}
                )
            for event in bad or ():
                verdict.faults.append(
                    _("event %(event)s: was altered (seal %(number)s)") % {"event": event, "number": n}
                )
            if not holds and not bad:
                verdict.faults.append(
                    _("seal %(number)s: events were altered, added or removed") % {"number": n}
                )
        yield verdict
    for event, what in owner.execute(DETAILS):
        verdict.faults.append(_("event %(event)s: %(what)s") % {"event": event, "what": _(OF_VALUES[what])})
    for (event,) in owner.execute(UNSEALED):
        verdict.faults.append(_("event %(event)s: was altered (not yet sealed)") % {"event": event})
    row = owner.execute("select count(*) from kernel_historydetail where erased_at is not null").fetchone()
    verdict.erased = int(row[0]) if row else 0
    yield verdict
