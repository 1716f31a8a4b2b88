"""What comes in from the page that hands somebody over: three steps, typed or half typed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.forms import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from kohti.design.fields import DayField
from kohti.kernel import clock, ids
from kohti.kernel.actor import Actor
from kohti.people.sharing.models import HELPS, REACH
from kohti.people.sharing.wording import GROUNDS

from . import actions, states
from .actions import Wanted
from .models import Referral

KINDS = ("listing", "partner", "organisation")


@dataclass(slots=True)
class Typed:
    """The form as it was typed. `to`: `listing:…`, `partner:…` or `organisation:…`; `wrong`: what is not right, by field."""

    to: str = ""
    member: str = ""
    name: str = ""
    address: str = ""
    how: str = Referral.How.WALK
    about: str = ""
    fields: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    until: Any = None
    basis: str = "public-task"
    consent_how: str = ""
    q: str = ""
    key: str = ""
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What was chosen: an offer, a partner, an organisation; empty: nothing yet."""
        kind = self.to.partition(":")[0]
        return kind if kind in KINDS and self.to_id else ""

    @property
    def to_id(self) -> uuid.UUID | None:
        """Which one."""
        return ids.typed(self.to.partition(":")[2])


def begun(actor: Actor, *, to: str = "") -> Typed:
    """The empty form, with the day until which something is shared unless another is said."""
    days = actions.rules(actor).share_days
    return Typed(
        to=to,
        fields=[REACH, HELPS],
        until=clock.today(actor.zone) + timedelta(days=days),
        key=str(ids.new_id()),
    )


def of(one: Referral) -> Typed:
    """A draft, to go on with."""
    kinds = (
        ("listing", one.to_listing_id),
        ("partner", one.to_partner_id),
        ("organisation", one.to_organisation_id),
    )
    return Typed(
        to=next((f"{kind}:{found}" for kind, found in kinds if found), ""),
        member=str(one.to_member_id or ""),
        name=one.to_name,
        address=one.to_address,
        how=one.how,
        about=one.about,
        fields=list(one.fields),
        why=dict(one.why),
        until=one.until,
        basis=one.basis,
        consent_how=one.consent_how,
        key=str(ids.new_id()),
    )


def typed(given: QueryDict) -> Typed:
    """What was sent, whether or not it can be so."""
    one = Typed(
        to=given.get("to", "")[:60],
        member=given.get("member", "")[:40],
        name=given.get("name", "")[:200],
        address=given.get("address", "").strip()[:254],
        how=given.get("how", ""),
        about=given.get("about", "")[: actions.WORDS_AT_MOST],
        fields=given.getlist("field")[:60],
        basis=given.get("basis", ""),
        consent_how=given.get("consent-how", "")[:300],
        until=[given.get(f"until_{part}", "")[:10] for part in range(3)],
        q=given.get("q", "")[:200].replace("\x00", " ").strip(),
        key=given.get("key", "")[:60] or str(ids.new_id()),
    )
    one.why = {code: given.get(f"why-{code}", "")[:300] for code in one.fields}
    return one


def wanted(one: Typed) -> Wanted | None:
    """What was typed as `actions.write` takes it; None, and `wrong` says why, where something cannot be so."""
    wrong: dict[str, str] = {}
    if not one.kind:
        wrong["to"] = _("Choose to whom.")
    if one.how not in states.HOWS:
        wrong["how"] = _("Choose one of these.")
    if not one.about.strip():
        wrong["about"] = _("Say what it is about.")
    if not one.fields:
        wrong["fields"] = _("Choose what is shared.")
    if one.basis not in GROUNDS:
        wrong["basis"] = _("Choose one of these.")
    elif one.basis == "consent" and not one.consent_how.strip():
        wrong["consent-how"] = _("Say how they agreed.")
    until: date | None = None
    try:
        until = one.until if isinstance(one.until, date) else DayField(label="").clean(one.until)
    except ValidationError as trouble:
        wrong["until"] = " ".join(trouble.messages)
    one.wrong = wrong
    if wrong or until is None:
        return None
    return Wanted(
        listing_id=one.to_id if one.kind == "listing" else None,
        partner_id=one.to_id if one.kind == "partner" else None,
        organisation_id=one.to_id if one.kind == "organisation" else None,
        member_id=ids.typed(one.member),
        name=one.name,
        address=one.address,
        how=one.how,
        about=one.about,
        fields=one.why,
        basis=one.basis,
        consent_how=one.consent_how if one.basis == "consent" else "",
        until=until,
    )
