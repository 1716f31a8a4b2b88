"""Rotas when a blueprint changes: those of an organisation that becomes part of another, and those that hold one."""

from __future__ import annotations

import uuid

from django.db import connection
from django.db.models import Q

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint, Held
from kohti.kernel.ids import new_id
from kohti.team.models import Organisation

from ..models import Rota, RotaLine


def move(actor: Actor, plan: Blueprint) -> None:
    """Give the rotas of organisations that go to those the mapping names.

    A rota is never edited: another with the same lines begins today, where the new organisation has none of its own.
    """
    actors.must(actor, "blueprint.apply")
    mapping = plan.mapping.get("organisations", {})
    if not mapping:
        return
    of = {one.code: one.id for one in Organisation.objects.filter(service_id=actor.service)}
    for old, new in mapping.items():
        if old in of and new in of:
            _give(actor, of[old], of[new])


def _give(actor: Actor, old: uuid.UUID, new: uuid.UUID) -> None:
    today = clock.today(actor.zone)
    lasting = Q(ends=None) | Q(ends__gt=today)
    taken = set(Rota.objects.filter(lasting, organisation_id=new).values_list("centre_id", flat=True))
    for rota in Rota.objects.filter(lasting, organisation_id=old).exclude(centre_id__in=taken).order_by("id"):
        if rota.ends == rota.starts:
            continue
        lines = list(RotaLine.objects.filter(rota_id=rota.id).order_by("id"))
        made, starts = new_id(), max(today, rota.starts)
        Rota.objects.create(
            id=made,
            service_id=actor.service,
            centre_id=rota.centre_id,
            organisation_id=new,
            starts=starts,
            ends=rota.ends,
            at=clock.now(),
        )
        for line in lines:
            line.id, line.rota_id = new_id(), made
        RotaLine.objects.bulk_create(lines)
        rota.ends = starts
        rota.save(update_fields=["ends"])
        history.record("rota.made", "rota", made, detail={"from": rota.id}, tell=rota.centre_id)


def held(actor: Actor) -> list[Held]:
    """Retired organisations and centres with a rota that holds or will."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with lasting as (select r.organisation_id, r.centre_id from diary_rota r where r.service_id = %(service)s"
            " and (r.ends is null or (r.ends > %(today)s and r.ends > r.starts)))"
            " select 'organisations', o.code, 'rotas in force', count(*) from lasting l"
            " join team_organisation o on o.id = l.organisation_id where o.retired group by o.code"
            " union all select 'centres', c.code, 'rotas in force', count(*) from lasting l"
            " join team_centre c on c.id = l.centre_id where c.retired group by c.code",
            {"service": actor.service, "today": clock.today(actor.zone)},
        )
        return [Held(*row) for row in cursor.fetchall()]
