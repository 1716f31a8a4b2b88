"""What was reached, as the plan shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kohti.journeys import rules, said
from kohti.journeys.models import LastingCheck, Outcome
from kohti.kernel import words
from kohti.kernel.actor import Actor, may


def shown(
    actor: Actor, outcomes: Sequence[Outcome], checks: Sequence[LastingCheck], today: date
) -> dict[str, Any]:
    """The outcomes with what was answered of each, and the questions that are to be asked now."""
    kinds = rules.outcomes(actor)
    return {
        "outcomes": [
            outcome_line(actor, one, kinds)
            | {"lasts": [check_line(c, kinds) for c in checks if _told(c, one)]}
            for one in outcomes
        ],
        "checks": [
            check_line(one, kinds) for one in checks if one.answered_at is None and one.due_on <= today
        ],
    }


def _told(check: LastingCheck, outcome: Outcome) -> bool:
    return check.outcome_id == outcome.id and check.answered_at is not None


def outcome_line(actor: Actor, one: Outcome, kinds: list[rules.Named]) -> dict[str, Any]:
    """Something reached, for a page."""
    return {
        "id": one.id,
        "what": rules.named(kinds, one.kind),
        "on": words.day_short(one.on),
        "words": one.words,
        "evidence": one.evidence,
        "paper": one.paper_id if one.paper_id and may(actor, "documents.read") else None,
        "verified": one.verified_by.full_name if one.verified_by else "",
        "may_verify": one.verified_at is None and one.by_member != actor.member_id,
    }


def check_line(one: LastingCheck, kinds: list[rules.Named]) -> dict[str, Any]:
    """A question whether something lasts, with its answer where there is one."""
    return {
        "id": one.id,
        "what": rules.named(kinds, one.outcome.kind),
        "week": one.week,
        "due": words.day_short(one.due_on),
        "answer": said.chosen(said.LASTS, one.answer) if one.answer else "",
        "words": one.words,
        "ended": words.day_short(one.ended_on) if one.ended_on else "",
    }
