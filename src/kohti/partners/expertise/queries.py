"""Who knows what: the colleagues who fit what is asked, and what one of them says of themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.kernel.names import fold

from .. import finding
from ..actions.deriving import sayings
from ..queries import Asked, search_words
from .models import Expertise

A_FEW = 5
"""So many colleagues stand above what was found in the directory."""
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague in a list: who they are, and what they say they know. `role` is a title by language."""

    staff_id: uuid.UUID
    name: str
    role: Any
    organisation: str
    centre: str
    fields: tuple[str, ...]
    languages: tuple[str, ...]
    known: str
    reached: str


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Colleagues who fit; whether there are more."""

    lines: tuple[Colleague, ...] = ()
    more: bool = False


_FROM = """
select s.id, s.full_name, coalesce(r.title, '{}'), coalesce(o.name, ''), coalesce(c.name, ''),
    coalesce(e.fields, '{}'), coalesce(e.languages, '{}'), coalesce(e.known, ''), coalesce(e.reached, '')
from team_staff s
left join (select distinct on (m.staff_id) m.staff_id, m.role_id, m.organisation_id, m.centre_id from team_membership m
      where m.service_id = %(service)s and m.starts <= %(now)s and (m.ends is null or m.ends > %(now)s)
      order by m.staff_id, m.starts desc, m.id) m on m.staff_id = s.id
left join team_role r on r.id = m.role_id
left join team_centre c on c.id = m.centre_id
left join team_organisation o on o.id = m.organisation_id
"""
# Whoever has no place in the service now is in no list.
_SAYS = "m.staff_id is not null and (e.fields <> '{}' or e.languages <> '{}' or e.known <> '')"
KNOWING = f"""
with q as (
    select to_tsquery(%(speech)s::regconfig, %(all)s) || to_tsquery('simple', %(all_plain)s) as every,
           to_tsquery(%(speech)s::regconfig, %(any)s) || to_tsquery('simple', %(any_plain)s) as several)
{_FROM}
join partners_expertise e on e.staff_id = s.id cross join q
where e.service_id = %(service)s and {_SAYS}
  and (%(fields)s::text[] = '{{}}' or e.fields && %(fields)s::text[])
  and (%(languages)s::text[] = '{{}}' or e.languages && %(languages)s::text[])
  and (%(all)s = '' or e.found_by @@ q.every or e.fields && %(said)s::text[]
       or (%(asks)s and e.found_by @@ q.several))
order by (e.found_by @@ q.every) desc, ts_rank(e.found_by, q.several) desc,
    (s.centre_id = %(centre)s) desc, s.sort_key, s.id
limit %(most)s
"""
ALL = f"""
{_FROM}
join partners_expertise e on e.staff_id = s.id
where e.service_id = %(service)s and {_SAYS}
  and (%(after)s::uuid is null
       or (s.sort_key, s.id) > (select t.sort_key, t.id from team_staff t where t.id = %(after)s))
order by s.sort_key, s.id limit %(most)s
"""
ONE = f"{_FROM} left join partners_expertise e on e.staff_id = s.id where s.id = %(staff)s"


def knowing(actor: Actor, wanted: Asked) -> Colleagues:
    """The few colleagues who know best about what is looked for, as `understood`; none where nothing is.

    They know every word of it, or a field of life that it speaks of; where the words ask for somebody who knows ("who
    here knows about debts"), any of it. One statement, or none.
    """
    actors.must(actor, "directory.see")
    if not (wanted.text or wanted.fields or wanted.languages):
        return Colleagues()
    phrases = {code: [fold(phrase) for phrase in said] for code, said in sayings(actor).items()}
    return _found(
        actor,
        KNOWING,
        A_FEW,
        {
            "fields": list(wanted.fields),
            "languages": list(wanted.languages),
            "said": finding.fields_said(wanted.text, phrases),
            "asks": wanted.who,
            **search_words(actor, wanted.text),
        },
    )


def colleagues(actor: Actor, *, after: uuid.UUID | None = None) -> Colleagues:
    """A page of all who say what they know, by name; `after`: whoever the last page ended with. One statement."""
    actors.must(actor, "directory.see")
    return _found(actor, ALL, A_PAGE, {"after": after})


def colleague(actor: Actor, staff_id: uuid.UUID) -> Colleague:
    """A colleague with what they say they know, if anything. One statement. Raises NotThere."""
    actors.must(actor, "directory.see")
    found = _found(actor, ONE, 1, {"staff": staff_id}).lines
    if not found:
        raise NotThere("no such colleague")
    return found[0]


def _found(actor: Actor, query: str, most: int, values: dict[str, Any]) -> Colleagues:
    about = {"service": actor.service, "centre": actor.centre_id, "now": clock.now(), "most": most + 1}
    with connection.cursor() as cursor:
        cursor.execute(query, {**about, **values})
        lines = tuple(Colleague(*row[:5], *map(tuple, row[5:7]), *row[7:]) for row in cursor.fetchall())
    return Colleagues(lines[:most], len(lines) > most)


def own(actor: Actor, staff_id: uuid.UUID) -> Expertise | None:
    """What is written of a colleague, to be changed. One statement."""
    return Expertise.objects.filter(service_id=actor.service, staff_id=staff_id).first()
