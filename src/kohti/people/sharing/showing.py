"""Shares as pages show them."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import ngettext

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, may

from . import queries
from .models import last_day
from .queries import HiddenShare, ShareLine
from .wording import ground, titles


def looked(actor: Actor, one: ShareLine | HiddenShare) -> str:
    """How often they looked while it held, and when last; empty for never."""
    if not one.looks:
        return ""
    told = ngettext(
        "They looked %(num)s time, on %(day)s.", "They looked %(num)s times, last on %(day)s.", one.looks
    )
    return told % {"num": one.looks, "day": words.day_of(one.looked_at, actor.zone)}


def over(actor: Actor, one: ShareLine | HiddenShare) -> str:
    """The last day of one that is over."""
    if one.ended_at is not None and one.ended_at < one.ends:
        return words.day_of(one.ended_at, actor.zone)
    return words.day_short(last_day(one.ends, actor.zone))


def line(actor: Actor, one: ShareLine) -> dict[str, Any]:
    """A share for a page, in words."""
    now = clock.now()
    holds = one.holds(now)
    return {
        "id": one.id,
        "who": one.organisation,
        "people": one.people,
        "what": titles(actor, one.fields),
        "what_for": one.what_for,
        "basis": one.basis,
        "ground": ground(one.basis),
        "told": one.told,
        "since": words.day_of(one.starts, actor.zone),
        "until": words.day_short(last_day(one.ends, actor.zone)),
        "review": words.day_short(one.review_on),
        "due": holds and one.review_on <= clock.today(actor.zone),
        "by": one.by,
        "holds": holds,
        "over": "" if holds else over(actor, one),
        "why": one.ended_why,
        "objects": one.objection if one.objected_at and not one.answer and holds else "",
        "objected": one.objection,
        "answer": one.answer,
        "looked": looked(actor, one),
    }


def hidden_line(actor: Actor, one: HiddenShare) -> dict[str, Any]:
    """A share with an organisation whose name the actor may not know, in neutral words."""
    holds = one.holds(clock.now())
    return {
        "who": one.organisation,
        "since": words.day_of(one.starts, actor.zone),
        "until": words.day_short(last_day(one.ends, actor.zone)),
        "by": one.by,
        "holds": holds,
        "over": "" if holds else over(actor, one),
        "looked": looked(actor, one),
    }


def shares_shown(actor: Actor, person_id: uuid.UUID) -> dict[str, Any]:
    """What is and was shared of a person, for their page; the caller has opened them. Two statements."""
    lines, hidden = queries.shares_of(person_id)
    shown = [line(actor, one) for one in lines]
    neutral = [hidden_line(actor, one) for one in hidden]
    return {
        "shares": [one for one in shown if one["holds"]],
        "shares_ended": [one for one in shown if not one["holds"]],
        "shares_hidden": [one for one in neutral if one["holds"]],
        "shares_hidden_ended": [one for one in neutral if not one["holds"]],
        "may_write_shares": may(actor, "shares.write"),
    }
