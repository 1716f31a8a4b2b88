"""What offers are found by, written down anew once something they are found by has changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q

from kohti.kernel.actor import Actor
from kohti.kernel.names import fold
from kohti.team import queries as team

from .. import finding
from ..hsds.records import Record
from ..models import ListedAt, Listing, Partner, Term

A_BATCH = 1000
DERIVED = (
    "fields",
    "terms",
    "languages",
    "weekdays",
    "towns",
    "in_towns",
    "free",
    "words",
    "folded",
    "speech",
)


def sayings(actor: Actor) -> dict[str, list[str]]:
    """By field of life: what it is called and how people say it, in each of the service's languages."""
    return {
        part.code: list(
            dict.fromkeys(
                text
                for text in (
                    *part.title.values(),
                    *(one for several in part.said.values() for one in several),
                )
            )
        )
        for part in team.blueprint(actor).fields
    }


def derive(actor: Actor, *, touched: Iterable[uuid.UUID] | None = None) -> None:
    """Work out what offers are found by: of all, or of those that `touched` records belong to or are."""
    said = sayings(actor)
    speech = finding.SPEECH.get(actor.first_language, "simple")
    of_service = Listing.objects.filter(service_id=actor.service)
    if touched is not None:
        changed = list(touched)
        of_service = of_service.filter(
            Q(id__in=changed)
            | Q(partner_id__in=changed)
            | Q(
                id__in=ListedAt.objects.filter(Q(id__in=changed) | Q(place_id__in=changed)).values(
                    "listing_id"
                )
            )
            | Q(
                terms__overlap=list(
                    Term.objects.filter(id__in=changed).order_by("id").values_list("hsds_id", flat=True)
                )
            )
        )
    terms = {
        str(hsds_id): (name, field)
        for hsds_id, name, field in Term.objects.filter(service_id=actor.service)
        .order_by("hsds_id")
        .values_list("hsds_id", "name", "field")
    }
    ids = list(of_service.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), A_BATCH):
        offers = list(Listing.objects.filter(id__in=ids[start : start + A_BATCH]).order_by("id"))
        partners = dict(
            Partner.objects.filter(id__in={one.partner_id for one in offers})
            .order_by("id")
            .values_list("id", "record")
        )
        places: dict[uuid.UUID, list[tuple[str, str, Record, Record]]] = defaultdict(list)
        for listing_id, name, town, own, there in (
            ListedAt.objects.filter(
                listing_id__in=[one.id for one in offers], gone_since=None, place__gone_since=None
            )
            .order_by("listing_id", "place__name", "id")
            .values_list("listing_id", "place__name", "place__town", "record", "place__record")
        ):
            places[listing_id].append((name, town, own, there))
        for one in offers:
            _derive(one, partners[one.partner_id], places[one.id], terms, said)
            one.speech = speech
        Listing.objects.bulk_update(offers, DERIVED, batch_size=200)


def _derive(
    offer: Listing,
    partner: Record,
    places: list[tuple[str, str, Record, Record]],
    terms: Mapping[str, tuple[str, str]],
    said: Mapping[str, list[str]],
) -> None:
    record = offer.record
    used = [
        one["taxonomy_term_id"]
        for one in record.get("attributes", ())
        if one.get("taxonomy_term_id") in terms
    ]
    of_terms = {terms[one][1] for one in used} - {""}
    spoken_of = finding.fields_said(
        " . ".join([record["name"], record.get("alternate_name", ""), *(terms[one][0] for one in used)]),
        {code: [fold(phrase) for phrase in phrases] for code, phrases in said.items()},
    )
    offer.fields = sorted({*of_terms, *spoken_of} if offer.chosen_fields is None else offer.chosen_fields)
    offer.terms = [uuid.UUID(one) for one in dict.fromkeys(used)]
    offer.languages = finding.languages(record.get("languages", ()))
    offer.weekdays = finding.weekdays(
        [
            *record.get("schedules", ()),
            *(schedule for _n, _t, own, _r in places for schedule in own.get("schedules", ())),
        ]
    )
    towns = {fold(town): town for _n, town, _o, _r in reversed(places) if town}
    offer.towns = sorted(towns)
    offer.in_towns = [towns[one] for one in offer.towns]
    offer.free = finding.free(record)
    offer.words = finding.words(
        record,
        partner,
        terms=[terms[one][0] for one in used],
        places=[(name, town) for name, town, _o, _r in places],
        sayings=dict.fromkeys(
            form for code in offer.fields for phrase in said.get(code, ()) for form in (phrase, fold(phrase))
        ),
    )
    offer.folded = fold(f"{record['name']} {record.get('alternate_name', '')} {partner.get('name', '')}")
