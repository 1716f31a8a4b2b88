"""The directory kept by hand: partners and offers written here, and what is said of those from elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import fields as life

from .. import finding
from ..hsds.records import Record
from ..models import ListedAt, Listing, Partner, Place
from .deriving import derive
from .showing import show

CONFIRM_DAYS = 180
"""After so many days an offer that somebody confirmed is asked for again."""
MOST_NAME = 200
MOST_WORDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerWords:
    """What is written of a partner by hand.

    `tells`: the field of life that their very name tells of somebody; `neutral`: what they are called to whoever may not know.
    """

    name: str
    description: str = ""
    email: str = ""
    website: str = ""
    phone: str = ""
    tells: str = ""
    neutral: str = ""
    public: bool = True
    organisation_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """Where an offer is to be had, and when: on these weekdays (0 Monday) between two local wall times."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    weekdays: Sequence[int] = ()
    opens: time | None = None
    closes: time | None = None
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWords:
    """What is written of an offer by hand. `languages` are codes (ISO 639); `fields` fields of life."""

    name: str
    description: str = ""
    for_whom: str = ""
    how: str = ""
    cost: str = ""
    free: bool = False
    email: str = ""
    website: str = ""
    phone: str = ""
    languages: Sequence[str] = ()
    fields: Sequence[str] = ()
    public: bool = True
    place: PlaceWords = field(default_factory=PlaceWords)


def add_partner(actor: Actor, wanted: PartnerWords, *, key: str) -> uuid.UUID:
    """Write a partner into the directory; its id. Again with the same key changes nothing. Raises Refused."""
    actors.must(actor, "directory.keep")
    made = new_id()
    if (before := once.first_time("partner.added", key, made)) is not None:
        return before
    row = Partner(id=made, service_id=actor.service, hsds_id=made, changed_at=clock.now())
    _say_partner(actor, row, wanted)
    row.save(force_insert=True)
    history.record("partner.added", "partner", made, detail={"name": row.name})
    return made


def change_partner(actor: Actor, partner_id: uuid.UUID, wanted: PartnerWords) -> None:
    """Write a partner's words anew. What came from elsewhere keeps its words; only what was added here changes.

    Raises NotThere, Refused.
    """
    actors.must(actor, "directory.keep")
    row = _mine(Partner.objects.filter(service_id=actor.service, id=partner_id))
    before, was_public = row.name, row.public
    if row.source:
        row.neutral, row.public = names.tidy(wanted.neutral)[:MOST_NAME], wanted.public
        row.tells = _field(actor, wanted.tells)
        row.organisation_id = wanted.organisation_id
    else:
        _say_partner(actor, row, wanted)
    row.changed_at = clock.now()
    row.save()
    history.record("partner.changed", "partner", partner_id, detail=_changes(before, was_public, row))
    derive(actor, touched=[partner_id])


def _changes(name: str, public: bool, row: Partner | Listing) -> dict[str, Any]:
    shown = {} if public == row.public else {"public": row.public}
    return {"was": name, "is": row.name, **shown}


def _field(actor: Actor, code: str) -> str:
    """A field of life that the service has; empty for anything else."""
    return code if code in life.fields_of_life(actor) else ""


def _say_partner(actor: Actor, row: Partner, wanted: PartnerWords) -> None:
    row.name = names.tidy(wanted.name)[:MOST_NAME]
    if not row.name:
        raise Refused(_("Give it a name."), code="no-name")
    row.neutral, row.public = names.tidy(wanted.neutral)[:MOST_NAME], wanted.public
    row.tells = _field(actor, wanted.tells)
    row.organisation_id = wanted.organisation_id
    row.record = _without_empty(
        {
            **row.record,
            "id": str(row.hsds_id),
            "name": row.name,
            "email": wanted.email,
            "website": wanted.website,
            "phones": _phones(row.record, wanted.phone),
        }
    ) | {"description": wanted.description[:MOST_WORDS]}


def add_listing(actor: Actor, partner_id: uuid.UUID, wanted: ListingWords, *, key: str) -> uuid.UUID:
    """Write what a partner offers; its id. It counts as confirmed today. Again with the same key changes nothing.

    Raises NotThere, Refused.
    """
    actors.must(actor, "directory.keep")
    made = new_id()
    if (before := once.first_time("listing.added", key, made)) is not None:
        return before
    partner = _mine(Partner.objects.filter(service_id=actor.service, id=partner_id))
    row = Listing(id=made, service_id=actor.service, hsds_id=made, partner=partner, changed_at=clock.now())
    _say_listing(row, partner, wanted)
    _confirmed(actor, row)
    row.save(force_insert=True)
    _put(actor, row, wanted.place)
    history.record("listing.added", "offer", made, detail={"name": row.name})
    derive(actor, touched=[made])
    return made


def change_listing(actor: Actor, listing_id: uuid.UUID, wanted: ListingWords) -> None:
    """Write an offer's words anew. Of one from elsewhere only its fields of life, and whether it is public, change.

    Raises NotThere, Refused.
    """
    actors.must(actor, "directory.keep")
    row = _mine(Listing.objects.filter(service_id=actor.service, id=listing_id))
    before, was_public = row.name, row.public
    if row.source:
        _choose(row, wanted)
    else:
        _say_listing(row, row.partner, wanted)
    row.changed_at = clock.now()
    row.save()
    if not row.source:
        _put(actor, row, wanted.place)
    if row.public != was_public:
        show(row)
    history.record("listing.changed", "offer", listing_id, detail=_changes(before, was_public, row))
    derive(actor, touched=[listing_id])


def confirm_listing(actor: Actor, listing_id: uuid.UUID) -> None:
    """Say that an offer is right as it stands; it is asked again in half a year. Raises NotThere."""
    actors.must(actor, "directory.confirm")
    row = _mine(Listing.objects.filter(service_id=actor.service, id=listing_id))
    _confirmed(actor, row)
    row.save(update_fields=["confirmed_at", "confirmed_by", "confirm_by"])
    history.record("listing.confirmed", "offer", listing_id)


def offer_no_more(actor: Actor, listing_id: uuid.UUID) -> None:
    """An offer is no longer to be had: it stays readable, and is found no more. Raises NotThere.

    Of one from elsewhere this holds until its source says otherwise than it did before.
    """
    _set_status(actor, listing_id, "defunct", "listing.ended")


def offer_again(actor: Actor, listing_id: uuid.UUID) -> None:
    """An offer is to be had again. Raises NotThere."""
    _set_status(actor, listing_id, "active", "listing.again")


def _set_status(actor: Actor, listing_id: uuid.UUID, status: str, verb: str) -> None:
    actors.must(actor, "directory.keep")
    row = _mine(Listing.objects.filter(service_id=actor.service, id=listing_id))
    if row.status == status:
        return
    row.status, row.changed_at = status, clock.now()
    if not row.source:
        row.record["status"] = status
    row.save(update_fields=["status", "record", "changed_at"])
    history.record(verb, "offer", listing_id)


def _mine(rows: Any) -> Any:
    found = rows.select_for_update(no_key=True).first()
    if found is None:
        raise NotThere("no such entry")
    return found


def _confirmed(actor: Actor, row: Listing) -> None:
    row.confirmed_at, row.confirmed_by_id = clock.now(), actor.staff_id
    row.confirm_by = clock.today(actor.zone) + timedelta(days=CONFIRM_DAYS)


def _say_listing(row: Listing, partner: Partner, wanted: ListingWords) -> None:
    row.name = names.tidy(wanted.name)[:MOST_NAME]
    if not row.name:
        raise Refused(_("Give it a name."), code="no-name")
    _choose(row, wanted)
    row.record = _without_empty(
        {
            **row.record,
            "id": str(row.hsds_id),
            "organization_id": str(partner.hsds_id),
            "name": row.name,
            "status": row.status,
            "description": wanted.description[:MOST_WORDS],
            "eligibility_description": wanted.for_whom[:MOST_WORDS],
            "application_process": wanted.how[:MOST_WORDS],
            "fees_description": wanted.cost[:MOST_WORDS],
            "email": wanted.email,
            "url": wanted.website,
            "phones": _phones(row.record, wanted.phone),
            "languages": _languages(row.record, wanted.languages),
            "cost_options": [{"id": _kept(row.record, "cost_options"), "amount": 0}] if wanted.free else [],
        }
    )


def _choose(row: Listing, wanted: ListingWords) -> None:
    """Fields of life count as chosen where they are others than those that its words told."""
    row.public = wanted.public
    if sorted(set(wanted.fields)) != sorted(row.fields):
        row.chosen_fields = sorted(set(wanted.fields))


def _put(actor: Actor, row: Listing, wanted: PlaceWords) -> None:
    """Where an offer written here is to be had: one place, made or changed with it."""
    there = ListedAt.objects.filter(listing=row, source="").select_related("place").order_by("id").first()
    now = clock.now()
    place = there.place if there else Place(id=new_id(), service_id=actor.service, partner_id=row.partner_id)
    if there is None:
        place.hsds_id = place.id
    address = {
        "id": _kept(place.record, "addresses"),
        "address_1": names.tidy(wanted.street)[:MOST_NAME],
        "city": names.tidy(wanted.town)[:MOST_NAME],
        "state_province": "",
        "postal_code": names.tidy(wanted.postcode)[:20],
        "country": str(actor.facts.get("country", "")),
        "address_type": "physical",
    }
    place.name = names.tidy(wanted.name)[:MOST_NAME]
    place.record = _without_empty(
        {"id": str(place.hsds_id), "location_type": "physical", "name": place.name, "addresses": [address]}
    )
    place.address, place.town = finding.town_of(place.record)
    place.changed_at, place.public = now, row.public
    if not (place.name or place.address or wanted.weekdays or wanted.hours):
        if there is not None:
            there.gone_since = now
            there.save(update_fields=["gone_since"])
            if not ListedAt.objects.filter(place=place, gone_since=None).exists():
                Place.objects.filter(id=place.id).update(gone_since=now)
        return
    place.gone_since = None
    place.save()
    at = there or ListedAt(id=new_id(), service_id=actor.service, listing=row, place=place)
    if there is None:
        at.hsds_id = at.id
    days = ",".join(finding.WEEKDAYS[day] for day in sorted(set(wanted.weekdays)))
    schedule = _without_empty(
        {
            "id": _kept(at.record, "schedules"),
            "freq": "WEEKLY" if days else "",
            "byday": days,
            "opens_at": f"{wanted.opens:%H:%M}" if wanted.opens else "",
            "closes_at": f"{wanted.closes:%H:%M}" if wanted.closes else "",
            "description": wanted.hours[:MOST_WORDS],
        }
    )
    at.record = {
        "id": str(at.hsds_id),
        "service_id": str(row.hsds_id),
        "location_id": str(place.hsds_id),
        "schedules": [schedule] if len(schedule) > 1 else [],
    }
    at.changed_at, at.gone_since, at.public = now, None, row.public
    at.save()


def _kept(record: Record, key: str) -> str:
    """The identifier of the first record under a key, so that it stays the same one; else a new one."""
    first = next(iter(record.get(key, ())), None)
    return first["id"] if first else str(new_id())


def _phones(record: Record, number: str) -> list[Record]:
    number = names.tidy(number)[:40]
    return [{"id": _kept(record, "phones"), "number": number}] if number else []


def _languages(record: Record, codes: Sequence[str]) -> list[Record]:
    before = {one.get("code", ""): one for one in record.get("languages", ())}
    return [before.get(code) or {"id": str(new_id()), "code": code} for code in dict.fromkeys(codes) if code]


def _without_empty(record: Record) -> Record:
    return {key: value for key, value in record.items() if value not in ("", None, [])}
