"""What a new version of the blueprint asks of people's records: sight follows a place, homes must be somewhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint, Held
from kohti.kernel.ids import new_id
from kohti.people.fields import ALWAYS_SEALED
from kohti.people.sharing.models import Share

ADDRESS = "address"
"""The seal of a hidden address, which is no field of life."""


def follow(actor: Actor, plan: Blueprint, members: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Let the sight of people follow members to their new place, and roles and organisations to their new code.

    Grants are never edited: each that holds ends as one with the same end begins.
    """
    actors.must(actor, "blueprint.apply")
    moves = [("to_member_id", str(old), str(new)) for old, new in members.items()]
    moves += [("to_role", old, new) for old, new in plan.mapping.get("roles", {}).items()]
    for column, old, new in moves:
        _follow(actor, column, old, new)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, code from team_organisation where service_id = %s order by code", [actor.service]
        )
        named = {code: id_ for id_, code in cursor.fetchall()}
    for old, new in plan.mapping.get("organisations", {}).items():
        if old in named:
            _follow(actor, "to_organisation_id", str(named[old]), str(named[new]))
            Share.objects.filter(to_organisation_id=named[old], ended_at=None).update(
                to_organisation_id=named[new]
            )


def _follow(actor: Actor, column: str, old: str, new: str) -> None:
    targets = ("to_member_id", "to_role", "to_organisation_id")
    values: dict[str, Any] = {"service": actor.service, "now": clock.now(), "old": old, "new": new}
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, person_id from people_grant where service_id = %(service)s and {column} = %(old)s"
            " and ends > %(now)s order by id",
            values,
        )
        holding = cursor.fetchall()
        for grant_id, person_id in holding:
            made = new_id()
            columns = ", ".join("%(new)s" if one == column else one for one in targets)
            others = "service_id, person_id, to_centre_id, field, purpose, ends, because_kind, because_id"
            cursor.execute(
                f"insert into people_grant (id, starts, {', '.join(targets)}, {others})"
                f" select %(made)s, greatest(starts, %(now)s), {columns}, {others}"
                " from people_grant where id = %(grant)s",
                {**values, "made": made, "grant": grant_id},
            )
            cursor.execute(
                "update people_grant set ends = greatest(starts, %(now)s) where id = %(grant)s",
                {**values, "grant": grant_id},
            )
            history.record("grant.followed", "grant", made, persons=[person_id], detail={"from": grant_id})


HELD = """
select 'centres', c.code, 'people whose centre it is', count(*)
from people_person p join team_centre c on c.id = p.centre_id
where c.service_id = %(service)s and c.retired group by c.code
union all select 'centres', c.code, 'transfers to come', count(*)
from people_transfer t join team_centre c on c.id = t.to_centre_id
where c.service_id = %(service)s and c.retired and t.done_at is null group by c.code
union all select 'fields', field, 'notes, marks and papers under its seal', count(*) from (
    select unnest(sealed) from people_note where service_id = %(service)s and sealed <> '{}'
    union all select sealed from people_mark
    where service_id = %(service)s and sealed <> '' and ended_at is null
    union all select sealed from people_attachment
    where service_id = %(service)s and sealed <> '' and ended_at is null) under (field)
where not field = any(%(sealed)s) group by field
"""


def held(actor: Actor, plan: Blueprint) -> list[Held]:
    """Retired centres that somebody's home is or will be, and fields no longer sealed that seal something.

    Keys are given to fields that the blueprint seals: without it nobody new could ever read what is under the seal.
    """
    sealed = [*ALWAYS_SEALED, ADDRESS, *(field.code for field in plan.fields if field.sealed)]
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"service": actor.service, "sealed": sealed})
        return [Held(*row) for row in cursor.fetchall()]
