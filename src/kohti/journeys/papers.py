"""A person's plan on one page of paper, in their language: what changed, what is to be done, and a line to agree on.

Nothing sealed stands on it, whoever prints it: paper lies about.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kohti.diary import letters as diary
from kohti.kernel import actor as actors
from kohti.kernel import clock, documents, history, words
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Block, Facts, Heading, Lines, Made, Table, Text
from kohti.people.attachments import letters
from kohti.people.attachments.letters import language_for, sender_of
from kohti.people.queries import PersonCard

from . import queries, rules, said
from .models import Aim, Ending, Journey, Step
from .queries import Done, OnPaper

MOST_IN_LARGE = 8
"""With more steps and changes than these the page is set smaller, so that it stays one."""
MOST_CHANGES, MOST_STEPS = 8, 18
LINE = "_" * 28


def plan_on_paper(actor: Actor, person: PersonCard, way: Journey) -> Made:
    """The plan of an open way for its person to keep; that it was printed is in the history."""
    actors.must(actor, "journeys.see")
    found = queries.plan_on_paper(way.id)
    coming = next(iter(diary.to_come(person.id)), None)
    history.record("plan.printed", "journey", way.id, persons=[person.id])
    language = language_for(person)
    size = len(found.steps) + len(found.changes) + 2 * len(found.aims)
    with words.spoken(language, actor=actor):
        owner = way.owner.staff.full_name if way.owner else ""
        facts: list[tuple[str, str]] = [(_("Your coach"), owner)]
        if coming is not None:
            where = ", ".join(part for part in (coming.centre, coming.address) if part)
            facts.append((_("Your next appointment"), f"{coming.when(actor.zone)}, {where}"))
        if way.ends_on is not None:
            facts.append((_("Until"), words.day_short(way.ends_on)))
        return documents.make(
            "letter" if size <= MOST_IN_LARGE else "sheet",
            sender=sender_of(actor),
            title=_("Your plan"),
            date=words.day_short(clock.today(actor.zone)),
            to=[person.full_name],
            blocks=[
                *([Text(person.full_name)] if size > MOST_IN_LARGE else []),
                Facts(facts),
                *_changes(actor, found),
                *_steps(found, owner),
                *_agreed(actor, found),
            ],
            language=language,
        )


def _changes(actor: Actor, found: OnPaper) -> list[Block]:
    if found.at is None or not found.changes:
        return []
    day = words.day_long(found.at.astimezone(actor.zone).date())
    told = [said.change(kind, values) for kind, values in found.changes[:MOST_CHANGES]]
    return [Heading(_("What changed on %(day)s") % {"day": day}), Lines(told)]


def _steps(found: OnPaper, owner: str) -> list[Block]:
    blocks: list[Block] = []
    named = {one.id for one in found.aims}
    left = MOST_STEPS
    for aim_id, text in [*((one.id, one.words) for one in found.aims), (None, _("Steps"))]:
        steps = [one for one in found.steps if (one.aim_id if one.aim_id in named else None) == aim_id]
        if aim_id is None and not steps:
            continue
        blocks.append(Heading(text))
        shown, left = steps[:left], max(0, left - len(steps))
        if shown:
            rows = [(one.words, _who(one, owner), _due(one.due_on)) for one in shown]
            blocks.append(Table([_("What"), _("Who does it"), _("By when")], rows, widths=(8, 4, 5)))
    if len(found.steps) > MOST_STEPS:
        blocks.append(Text(_("There are more steps. Your coach shows them to you.")))
    return blocks


def _due(day: date | None) -> str:
    return words.day_short(day) if day else ""


def _who(step: Step, owner: str) -> str:
    if step.who_words:
        return step.who_words
    known: dict[str, Any] = {Step.Who.PERSON: _("You"), Step.Who.COACH: owner or _("Your coach")}
    return str(known.get(step.who) or said.chosen(said.WHO, step.who))


def _agreed(actor: Actor, found: OnPaper) -> list[Block]:
    if found.agreed_at is not None:
        day = words.day_of(found.agreed_at, actor.zone)
        return [Text(_("Agreed on %(day)s") % {"day": day})]
    agree, day = _("I agree"), _("Day")
    return [
        Text(_("This plan is yours. It can be changed at any time.")),
        Text(f"{agree}: {LINE}     {day}: {LINE[:14]}"),
    ]


def thanks(actor: Actor, person: PersonCard, done: Done) -> str:
    """What a coach may say at the end of a way, in the person's language, to be changed before it is said.

    Names what was reached and nothing that is sealed.
    """
    with words.spoken(language_for(person), actor=actor):
        kinds = rules.outcomes(actor)
        reached = [
            *(one.words for one in done.aims if one.state == Aim.State.REACHED and not one.sealed),
            *(rules.named(kinds, one.kind) for one in done.outcomes),
        ]
        lines = [_("Dear %(name)s,") % {"name": words.apart(person.called or person.full_name)}, ""]
        lines.append(_("Thank you for the way we have gone together."))
        if reached:
            lines.append(_("You have reached: %(what)s.") % {"what": words.all_of(reached)})
        lines.append(_("What is still open remains yours. Come back whenever you need us."))
        return "\n".join(lines)


def closing_letter(actor: Actor, person: PersonCard, ending: Ending, *, language: str) -> uuid.UUID:
    """The letter that thanks somebody at the end of their way, kept with their papers; the same one when asked again.

    It says what the coach wrote at the end, and when we ask how it goes. Its paper's id.
    """
    with words.spoken(language, actor=actor):
        title = _("Thank you")
        blocks: list[Block] = [Text(ending.words)]
        if ending.follow_up_on is not None:
            who = ending.member.staff.full_name if ending.member else str(actor.facts.get("service", ""))
            blocks.append(
                Text(
                    _("%(name)s asks you on %(day)s how it goes.")
                    % {"name": words.apart(who), "day": words.day_short(ending.follow_up_on)}
                )
            )
        blocks.append(Text(f"{_('Kind regards')}\n{actor.facts.get('name', '')}"))
    return letters.write(
        actor, person, title=title, blocks=blocks, language=language, key=f"closing letter:{ending.id}"
    )
