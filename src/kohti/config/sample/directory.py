"""Who helps round the sample's centres, and who of each team knows what; in the words of the place (`directories/*.toml`)."""

from __future__ import annotations

import tomllib
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Any

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.partners import actions
from kohti.partners.actions import ListingWords, PartnerWords, PlaceWords
from kohti.partners.expertise import actions as expertise
from kohti.partners.expertise.actions import Knows
from kohti.team.models import Organisation, Staff

from .places import Sampled

FILES = resources.files("kohti.config") / "sample" / "directories"
CONFIRMED = 30
"""So many days ago an offer was confirmed, unless it says how long ago (`asked`)."""


def known_round(service: str) -> dict[str, Any]:
    """Partners with their offers, and colleagues with what they know."""
    return tomllib.loads((FILES / f"{service}.toml").read_text("utf-8"))


def fill(leader: Actor, here: Sampled, *, today: datetime) -> None:
    """Write a service's directory and what its colleagues know, as its leader.

    Each was confirmed some days before `today`: those longest ago are asked for again.
    """
    known = known_round(here.service)
    with as_actor(leader):
        organisations = dict(
            Organisation.objects.filter(service_id=leader.service).order_by("code").values_list("code", "id")
        )
        colleagues = dict(
            Staff.objects.filter(centre_id=leader.centre).order_by("id").values_list("full_name", "id")
        )
    for number, one in enumerate(known["partners"]):
        with clock.held_at(today - timedelta(days=CONFIRMED)), as_actor(leader):
            partner = actions.add_partner(
                leader,
                PartnerWords(
                    name=one["name"],
                    phone=one.get("phone", ""),
                    neutral=one.get("neutral", ""),
                    organisation_id=organisations.get(one.get("organisation", "")),
                ),
                key=f"sample:partner:{number}",
            )
        for which, offer in enumerate(one["offers"]):
            asked = timedelta(days=offer.pop("asked", CONFIRMED))
            place = offer.pop("place")
            words = ListingWords(
                **{key: value for key, value in offer.items() if key != "asked"},
                place=PlaceWords(
                    name=place.get("name", ""),
                    street=place.get("street", ""),
                    town=place["town"],
                    weekdays=place["days"],
                    opens=_hour(place, "opens"),
                    closes=_hour(place, "closes"),
                ),
            )
            with clock.held_at(today - asked), as_actor(leader):
                actions.add_listing(leader, partner, words, key=f"sample:offer:{number}:{which}")
    with clock.held_at(today - timedelta(days=CONFIRMED)):
        for one in known["knows"]:
            knows = Knows(**{key: value for key, value in one.items() if key != "who"})
            with as_actor(leader):
                expertise.keep_expertise(
                    leader, colleagues[one["who"]], knows, key=f"sample:knows:{one['who']}"
                )


def _hour(place: dict[str, Any], key: str) -> time | None:
    hour = place.get(key)
    return hour if isinstance(hour, time) else None
