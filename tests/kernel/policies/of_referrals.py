"""Referrals: the side that hands over, the side that was asked, and the partner who holds a link to one."""

from __future__ import annotations

from datetime import datetime

from tests.kernel.policies.of_people import a_kept_person, of_a_seen_person, with_its_keys
from tests.kernel.policies.rules import about, both, either, may, my_own
from tests.kernel.policies.who import LATE, Row, Rule, Who, World


def sent_by_me(who: Who, row: Row, world: World) -> bool:
    """Whoever handed over."""
    return bool(who.member) and row["from_member_id"] == who.member


handed_over_by_us = both(may("referrals.write"), either(sent_by_me, both(of_a_seen_person, with_its_keys)))
"""Whoever sees the person whole, and holds the key of what the organisation's name tells."""
a_referral_to_write = both(handed_over_by_us, sent_by_me, about(a_kept_person))


def handed_to_us(who: Who, row: Row, world: World) -> bool:
    """The one who is named, else whoever of that organisation answers; while it is open, what was agreed holds, and the
    record is not open to named people only."""
    person = world.of("people_person", row["person_id"])
    if person is None or person["restricted"]:
        return False
    open_now = row["closed_at"] is None and row["sent_at"] is not None
    if not (who.may("referrals.answer") and open_now and datetime.fromisoformat(row["ends"]) > LATE):
        return False
    if row["to_member_id"] is not None:
        return bool(row["to_member_id"] == who.member)
    return bool(who.organisation) and row["to_organisation_id"] == who.organisation


def the_partners_own(who: Who, row: Row, world: World) -> bool:
    """A partner without an account is known by one referral."""
    return bool(who.referral) and row["id"] == who.referral


a_referral = either(handed_over_by_us, handed_to_us, the_partners_own)


def of_its_referral(rule: Rule) -> Rule:
    """What hangs on a referral is seen by whoever sees that."""

    def of_the_referral(who: Who, row: Row, world: World) -> bool:
        referral = world.of("partners_referral", row["referral_id"])
        return referral is not None and rule(who, referral, world)

    return of_the_referral


def said_by_the_partner(who: Who, row: Row, world: World) -> bool:
    """Who holds the link speaks for their own side, and as nobody's colleague."""
    own = bool(who.referral) and row["referral_id"] == who.referral
    return own and row["by_member"] is None and not row["here"]


a_turn_to_say = both(of_its_referral(a_referral), either(my_own, said_by_the_partner))
a_link = both(may("referrals.write"), of_its_referral(a_referral))


def made_by_me(who: Who, row: Row, world: World) -> bool:
    """A link is made by oneself."""
    return bool(who.member) and row["made_by"] == who.member
