"""To whom somebody can be handed over: organisations whose people work here, what the directory offers, and named people."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.team.models import Organisation

from .. import queries as directory
from ..models import Partner
from ..queries import Asked

NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Choice:
    """One that can be chosen: its code in the form, its name, and what else tells it apart."""

    code: str
    name: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom was chosen: an organisation whose people work here, with them by membership, or one that has no account.

    `address`: where the directory says it can be written to; `gone`: it is no longer offered.
    """

    code: str
    name: str
    organisation_id: uuid.UUID | None = None
    people: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    gone: bool = False


def choices(actor: Actor, text: str) -> list[Choice]:
    """What fits some words in the directory; without words whose people work here. At most three statements."""
    if text:
        found = directory.find(actor, Asked(text=text)).lines
        return [Choice(f"listing:{one.id}", one.name, one.partner) for one in found[:10]]
    rows = Organisation.objects.filter(service_id=actor.service, retired=False).exclude(
        id=actor.organisation_id or NOBODY
    )
    return [Choice(f"organisation:{one.id}", one.name) for one in rows.order_by("name", "id")[:30]]


def chosen(actor: Actor, kind: str, to_id: uuid.UUID | None) -> Chosen | None:
    """The one that was chosen, and who can be named there. Two statements at most. None where it is not there."""
    if to_id is None:
        return None
    if kind == "organisation":
        one = Organisation.objects.filter(id=to_id, service_id=actor.service).first()
        return _of(actor, f"organisation:{to_id}", one.name, one, "", one.retired) if one else None
    if kind == "partner":
        partner = Partner.objects.filter(id=to_id).select_related("organisation").first()
        if partner is None:
            return None
        return _of(
            actor,
            f"partner:{to_id}",
            partner.name,
            partner.organisation,
            str(partner.record.get("email") or ""),
            partner.gone_since is not None,
        )
    listing = directory.offer(to_id)
    if listing is None:
        return None
    partner = listing.partner
    return _of(
        actor,
        f"listing:{to_id}",
        f"{listing.name}, {partner.name}",
        partner.organisation,
        str(listing.record.get("email") or partner.record.get("email") or ""),
        listing.status not in ("active", "temporarily closed")
        or listing.gone_since is not None
        or partner.gone_since is not None,
    )


def _of(
    actor: Actor, code: str, name: str, organisation: Organisation | None, address: str, gone: bool
) -> Chosen:
    if organisation is None:
        return Chosen(code, name, address=address, gone=gone)
    people = [(str(found[0]), found[1]) for found in people_of(actor, organisation.id)]
    return Chosen(code, name, organisation.id, people, "", gone or organisation.retired)


PEOPLE = """
select m.id, t.full_name || ', ' || c.name from team_membership m
join team_staff t on t.id = m.staff_id join team_centre c on c.id = m.centre_id join team_role r on r.id = m.role_id
where m.service_id = %s and m.organisation_id = %s and m.starts <= %s and (m.ends is null or m.ends > %s)
  and r.verbs ? 'referrals.answer'
order by t.sort_key, m.id limit 100
"""


def people_of(actor: Actor, organisation_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """The colleagues of an organisation who answer referrals, by name. One statement."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [actor.service, organisation_id, now, now])
        return [(row[0], row[1]) for row in cursor.fetchall()]
