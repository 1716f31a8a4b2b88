"""What this room carries about a person."""

from __future__ import annotations

from kohti.kernel.carried import Carried

CARRIED: tuple[Carried, ...] = (
    Carried(table="partners_referral", sealed="one"),
    Carried(table="partners_ruling", hangs_on=("journey_id", "journeys_journey")),
    Carried(table="partners_referralturn", hangs_on=("referral_id", "partners_referral")),
    Carried(table="partners_referrallink", hangs_on=("referral_id", "partners_referral")),
)

STAYS: dict[tuple[str, str], str] = {}
"""Columns about people that stay as they are, and why."""
