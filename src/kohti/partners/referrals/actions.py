"""Referrals written, sent, answered, talked about and ended; who was asked answers with the same words, link or account."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import ReferralsPart
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.people.actions.sight import asked, kept
from kohti.people.sharing import actions as sharing
from kohti.people.sharing.models import PARTS, Share
from kohti.team import queries as team
from kohti.team.models import Membership, Organisation

from ..models import Listing, Partner
from .models import Referral, ReferralTurn
from .states import CLOSED, MINE, OURS, UNANSWERED, WITH_WORDS, called, may_follow

State = Referral.State
LONGEST = timedelta(days=366)
WORDS_AT_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody is handed over for, to whom, how, and what is seen of them until when.

    Of `listing_id`, `partner_id` and `organisation_id` the first that is given says to whom; `fields` is what is seen,
    each with why.
    """

    listing_id: uuid.UUID | None = None
    partner_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    member_id: uuid.UUID | None = None
    name: str = ""
    address: str = ""
    how: str
    about: str
    fields: Mapping[str, str] = field(default_factory=dict)
    basis: str = "public-task"
    consent_how: str = ""
    until: date


@dataclass(frozen=True, slots=True)
class _To:
    listing: Listing | None
    partner: Partner | None
    organisation: Organisation | None
    member: Membership | None

    @property
    def sealed(self) -> str:
        """The field of life that the name of whoever is asked tells."""
        return (self.organisation.tells if self.organisation else "") or (
            self.partner.tells if self.partner else ""
        )


def rules(actor: Actor) -> ReferralsPart:
    """What the blueprint says of referrals: how soon an answer is due, how long a link holds."""
    try:
        return team.blueprint(actor).referrals
    except NotThere:
        return ReferralsPart()


def write(
    actor: Actor, person_id: uuid.UUID, wanted: Wanted, *, key: str, referral_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Write a referral down without sending it, or change one that was not sent; its id. The same key writes once.

    Raises NotThere for whoever is not seen, and Refused where something does not fit: no words, nobody to hand over to,
    a day too far away.
    """
    actors.must(actor, "referrals.write")
    person = kept(person_id)
    made = referral_id or new_id()
    before = once.first_time("referrals.write", key, made)
    if before is not None:
        return before
    if person.died_on:
        raise Refused(_("This person has died."), code="died")
    to = _to(actor, wanted)
    today = clock.today(actor.zone)
    about = wanted.about.strip()
    if not about:
        raise Refused(_("Say what it is about."), code="about")
    if wanted.how not in Referral.How.values or wanted.basis not in Share.Basis.values:
        raise Refused(_("Choose one of these."), code="choice")
    if not today <= wanted.until <= today + LONGEST:
        raise Refused(_("Share until a day from today, at most a year away."), code="days")
    known = life.fields_of_life(actor)
    if any(code not in known and code not in PARTS for code in wanted.fields):
        raise NotThere("no such field of life")
    values = {
        "to_listing": to.listing,
        "to_partner": to.partner,
        "to_organisation": to.organisation,
        "to_member": to.member,
        "to_name": "" if to.member else wanted.name.strip()[:200],
        "to_address": "" if to.organisation else wanted.address.strip()[:254],
        "how": wanted.how,
        "about": about[:WORDS_AT_MOST],
        "fields": sorted(wanted.fields),
        "why": {code: why.strip()[:300] for code, why in wanted.fields.items()},
        "basis": wanted.basis,
        "consent_how": wanted.consent_how.strip()[:300],
        "until": wanted.until,
        "ends": datetime.combine(wanted.until + timedelta(days=1), time(), actor.zone),
        "sealed": to.sealed,
    }
    if referral_id is None:
        now = clock.now()
        Referral.objects.create(
            id=made,
            service_id=actor.service,
            person_id=person_id,
            centre_id=person.centre_id,
            from_member_id=actor.member_id,
            from_organisation_id=actor.organisation_id,
            at=now,
            since=now,
            **values,
        )
        history.record("referral.written", "referral", made, persons=[person_id])
        return made
    draft = _held(referral_id)
    if draft.state != State.DRAFT or draft.person_id != person_id:
        raise Refused(_("This was sent already. Withdraw it and write a new one."), code="sent")
    Referral.objects.filter(id=referral_id).update(**values)
    history.record("referral.changed", "referral", referral_id, persons=[person_id])
    return referral_id


def _to(actor: Actor, wanted: Wanted) -> _To:
    """Whom it is for, as the directory and the team have them now. Raises NotThere and Refused."""
    listing = partner = organisation = member = None
    if wanted.listing_id:
        listing = Listing.objects.filter(id=wanted.listing_id).select_related("partner__organisation").first()
        if listing is None:
            raise NotThere("no such offer")
        partner = listing.partner
        if listing.status not in ("active", "temporarily closed") or listing.gone_since or partner.gone_since:
            raise Refused(_("This is no longer offered. Look for another."), code="gone")
    elif wanted.partner_id:
        partner = Partner.objects.filter(id=wanted.partner_id).select_related("organisation").first()
        if partner is None:
            raise NotThere("no such partner")
        if partner.gone_since:
            raise Refused(_("This is no longer offered. Look for another."), code="gone")
    if partner is not None:
        organisation = partner.organisation
    elif wanted.organisation_id:
        organisation = Organisation.objects.filter(
            id=wanted.organisation_id, service_id=actor.service
        ).first()
        if organisation is None:
            raise NotThere("no such organisation")
    else:
        raise Refused(_("Choose to whom."), code="nobody")
    if organisation is not None:
        if organisation.retired:
            raise Refused(_("This organisation no longer works here."), code="gone")
        if organisation.id == actor.organisation_id:
            raise Refused(
                _("This is your own organisation: its people see a person by working with them."), code="own"
            )
        if wanted.member_id:
            member = Membership.objects.filter(id=wanted.member_id, organisation=organisation).first()
            if member is None:
                raise Refused(_("They do not work for this organisation."), code="left")
            if member.ends is not None and member.ends <= clock.now():
                raise Refused(_("They no longer work here. Choose somebody else."), code="left")
    return _To(listing, partner, organisation, member)


def send(actor: Actor, referral_id: uuid.UUID, *, key: str) -> None:
    """Send what was written: who was asked sees it, and what was agreed of the person, from now on.

    Where its people work here a share is written; another gets a link (`links.py`). Raises NotThere, and Refused where
    whoever was asked has left meanwhile, nothing is shown, or the ground is consent and nobody said how it was given.
    """
    actors.must(actor, "referrals.write")
    if once.first_time("referrals.send", key, referral_id) is not None:
        return
    one = _held(referral_id)
    _must_follow(one, State.SENT)
    person = kept(one.person_id)
    if person.died_on:
        raise Refused(_("This person has died."), code="died")
    if person.restricted:
        raise Refused(
            _("This record is open to named people only. Name whoever is to see it."), code="restricted"
        )
    if one.until < clock.today(actor.zone):
        raise Refused(_("Share until a day from today, at most a year away."), code="days")
    to = _to(
        actor,
        Wanted(
            listing_id=one.to_listing_id,
            partner_id=one.to_partner_id,
            organisation_id=one.to_organisation_id,
            member_id=one.to_member_id,
            how=one.how,
            about=one.about,
            until=one.until,
        ),
    )
    if not one.fields:
        raise Refused(_("Choose what is shared."), code="nothing")
    if one.basis == "consent" and not one.consent_how:
        raise Refused(_("Say how they agreed."), code="not-told")
    with_its_keys(actor, one)
    found, today = rules(actor), clock.today(actor.zone)
    changes: dict[str, object] = {
        "sent_at": clock.now(),
        "reply_by": today + timedelta(days=found.reply_days),
        "leader_on": today + timedelta(days=found.reply_days + found.leader_days),
        "to_organisation": to.organisation,
        "sealed": to.sealed,
    }
    if to.organisation is not None:
        changes["share_id"] = sharing.share(
            actor,
            one.person_id,
            organisation_id=to.organisation.id,
            members=[to.member.id] if to.member else [],
            fields=one.fields,
            what_for=one.about,
            basis=one.basis,
            until=one.until,
            told=one.consent_how,
            because=("referral", one.id),
            key=f"referral:{one.id}",
        )
    _write(actor, one, State.SENT, "", changes, here=True)


def with_its_keys(actor: Actor, one: Referral) -> None:
    """That the actor holds the key of everything sealed that it shows. Raises Refused."""
    known = life.fields_of_life(actor)
    for code in one.fields:
        if code in known and known[code][1] and not asked("take_key", one.person_id, code):
            raise Refused(
                _("“%(field)s” is sealed, and you do not hold its key.") % {"field": known[code][0]},
                code="sealed",
            )


def withdraw(actor: Actor, referral_id: uuid.UUID, *, why: str, key: str) -> None:
    """Take it back: what was shared because of it ends, links too. Raises NotThere, and Refused for one that is over."""
    actors.must(actor, "referrals.write")
    if once.first_time("referrals.withdraw", key, referral_id) is not None:
        return
    one = _held(referral_id)
    _must_follow(one, State.WITHDRAWN)
    _write(actor, one, State.WITHDRAWN, why, {"reply_by": None, "leader_on": None}, here=True)


def answer(
    actor: Actor, referral_id: uuid.UUID, *, state: str, words: str = "", name: str = "", key: str
) -> None:
    """What whoever was asked says: seen, accepted, declined, on the waiting list, started, done.

    For them, with an account or by their link; where they have neither, for whoever handed over and writes down what they
    were told. `name`: who says it, of a guest. Raises NotThere, and Refused where it does not follow, or is declined or
    done without a word.
    """
    one = _asked(actor, referral_id)
    if once.first_time(f"referrals.answer.{state}", key, referral_id) is not None:
        return
    if state in OURS or state not in State.values:
        raise NotAllowed("only who handed over says so")
    _must_follow(one, state)
    if state in WITH_WORDS and not words.strip():
        raise Refused(_("Say why.") if state == State.DECLINED else _("Say what came of it."), code="words")
    due: date | None = None
    if state == State.ACCEPTED:
        due = clock.today(actor.zone) + timedelta(days=rules(actor).reply_days)
    elif state == State.SEEN:
        due = one.reply_by
    leader = due + timedelta(days=rules(actor).leader_days) if due else None
    if _here(actor, one):
        _write(actor, one, state, words, {"reply_by": due, "leader_on": leader}, here=True, name=name)
        return
    _said(actor, one, here=False, state=state, words=words, name=name)
    _changed(actor, one, state)
    if not asked("answer_referral", one.id, state, due, leader):
        raise Refused(_("This is over: nothing can be said to it any more."), code="over")


def say(actor: Actor, referral_id: uuid.UUID, *, words: str, name: str = "", key: str) -> None:
    """A message to the other side. Raises NotThere, and Refused without words or where it is over."""
    one = _asked(actor, referral_id, either=True)
    if once.first_time("referrals.say", key, referral_id) is not None:
        return
    if not words.strip():
        raise Refused(_("Write something."), code="words")
    if one.state in CLOSED:
        raise Refused(_("This is over: nothing can be said to it any more."), code="over")
    here = _here(actor, one, either=True)
    _said(actor, one, here=here, words=words, name=name)
    history.record("referral.said", "referral", one.id, persons=[one.person_id], tell=one.id)
    if here:
        Referral.objects.filter(id=one.id).update(ours_at=clock.now())
    elif not asked("answer_referral", one.id, "", None, None):
        raise Refused(_("This is over: nothing can be said to it any more."), code="over")


def opened(actor: Actor, one: Referral) -> None:
    """Somebody reads it: who was asked has seen it, and what was unread is read; it is in the person's history."""
    history.record("referral.opened", "referral", one.id, persons=[one.person_id])
    if _here(actor, one, either=True):
        if one.theirs_at is not None and (one.read_at is None or one.read_at < one.theirs_at):
            _read_by_whoever_follows(one.id)
        return
    if one.state == State.SENT:
        try:
            with once.all_or_nothing():
                answer(actor, one.id, state=State.SEEN, key=f"seen:{one.id}")
        except Refused:
            one.refresh_from_db(fields=["state"])  # somebody answered meanwhile
    if one.ours_at is not None and (one.read_there_at is None or one.read_there_at < one.ours_at):
        asked("read_referral", one.id)


def _read_by_whoever_follows(referral_id: uuid.UUID) -> None:
    """A reply is read by those in whose hands it is: a colleague's glance does not take it off their Today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update partners_referral r set read_at = kohti.now() where r.id = %s and "
            f"({MINE} or r.climbed_to_id = (select kohti.member()))",
            [referral_id],
        )


def is_here(actor: Actor, one: Referral) -> bool:
    """Whether the actor speaks for the side that hands over."""
    return _here(actor, one, either=True)


def _held(referral_id: uuid.UUID) -> Referral:
    """One of the actor's side, held until the end of the transaction. Raises NotThere."""
    one = Referral.objects.filter(id=referral_id).select_for_update(of=("self",), no_key=True).first()
    if one is None:
        raise NotThere("no such referral")
    return one


def _asked(actor: Actor, referral_id: uuid.UUID, *, either: bool = False) -> Referral:
    """One that the actor answers. Raises NotThere, NotAllowed."""
    if actor.kind == "guest":
        if actor.facts.get("referral") != str(referral_id):
            raise NotThere("no such referral")
    elif not actors.may(actor, "referrals.answer"):
        actors.must(actor, "referrals.write")
    one = Referral.objects.filter(id=referral_id).first()
    if one is None:
        raise NotThere("no such referral")
    if either or not _here(actor, one) or one.to_organisation_id is None:
        return one
    raise NotAllowed("only who was asked answers")


def _here(actor: Actor, one: Referral, *, either: bool = False) -> bool:
    """Whether the actor is of the side that hands over; where both are one's own, the other side is.

    `either`: in a conversation, whoever sent it speaks for the side that hands over.
    """
    if actor.kind == "guest":
        return False
    if either and one.from_member_id == actor.member_id:
        return True
    if one.to_organisation_id is None:
        return True
    theirs = one.to_member_id == actor.member_id or (
        one.to_member_id is None and one.to_organisation_id == actor.organisation_id
    )
    return not (theirs and actors.may(actor, "referrals.answer"))


def _must_follow(one: Referral, state: str) -> None:
    if may_follow(one.state, state):
        return
    if one.state in CLOSED:
        raise Refused(_("This is over: %(state)s.") % {"state": called(one.state)}, code="over")
    raise Refused(
        _("It is “%(state)s” now, so this is not possible.") % {"state": called(one.state)}, code="state"
    )


def _write(
    actor: Actor,
    one: Referral,
    state: str,
    words: str,
    changes: dict[str, object],
    *,
    here: bool,
    name: str = "",
) -> None:
    """A new state, from the side that hands over."""
    Referral.objects.filter(id=one.id).update(
        state=state, ours_at=clock.now(), climbed_at=None, climbed_to=None, **changes
    )
    _said(actor, one, here=here, state=state, words=words, name=name)
    _changed(actor, one, state)


def _said(
    actor: Actor, one: Referral, *, here: bool, state: str = "", words: str = "", name: str = ""
) -> None:
    if state == State.SEEN and one.state not in UNANSWERED:
        return
    ReferralTurn.objects.create(
        service_id=actor.service,
        person_id=one.person_id,
        referral_id=one.id,
        at=clock.now(),
        here=here,
        by_member=actor.member_id,
        # a partner by link reads who of us said it, and sees no colleagues
        name=name.strip()[:120] or str(actor.facts.get("name", "")),
        state=state,
        words=words.strip()[:WORDS_AT_MOST],
    )


def _changed(actor: Actor, one: Referral, state: str) -> None:
    history.record(
        f"referral.{state}",
        "referral",
        one.id,
        persons=[one.person_id],
        detail={"was": one.state, "is": state},
        tell=one.id,
    )
