"""What somebody's way tells of their time here: contacts, plan, stages, what was reached, and in whose hands it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import words
from kohti.kernel.actor import Actor
from kohti.people import fields as life
from kohti.people.timeline import Arm, Line, Part, Row, note_said, note_told

from . import rules, said

CHANNEL_ICONS = {"here": "people", "phone": "phone", "video": "call", "chat": "message"}
ANSWERS = {
    "yes": lambda: _("It lasts"),
    "no": lambda: _("It does not last"),
    "unknown": lambda: _("Not known"),
}


def _day(text: str) -> str:
    return words.day_short(date.fromisoformat(text[:10]))


def _contact(actor: Actor, row: Row) -> Line:
    told = row.told
    note: dict[str, Any] = {}
    if told["note"] and not told["note"]["away"]:
        note = note_said(actor, told["note"], row.whom)
    return Line(
        icon=CHANNEL_ICONS.get(told["channel"], "place"),
        word=said.chosen(said.CHANNELS, told["channel"]),
        tag="" if told["came"] else _("Did not come"),
        **note,
    )


def _plan(actor: Actor, row: Row) -> Line:
    told = row.told
    changes = tuple(said.change(one["kind"], one["values"]) for one in told["changes"])
    return Line(
        icon="list",
        word=_("Plan"),
        what=changes[0],
        items=changes if len(changes) > 1 else (),
        tag=_("Agreed") if told["agreed"] else "",
    )


def _begun(actor: Actor, row: Row) -> Line:
    return Line(icon="flag", word=_("Their way began"), text=row.told["why"])


def _ended(actor: Actor, row: Row) -> Line:
    return Line(icon="flag", word=_("Their way ended"), text=row.told["with"])


def _stage(actor: Actor, row: Row) -> Line:
    return Line(
        icon="go",
        word=_("Stage"),
        what=rules.named(rules.stages(actor), row.told["stage"]),
        text=row.told["why"],
    )


def _pause(actor: Actor, row: Row) -> Line:
    return Line(
        icon="wait",
        word=_("Pause"),
        what=_("until %(day)s") % {"day": _day(row.told["until"])},
        text=row.told["why"],
    )


def _extension(actor: Actor, row: Row) -> Line:
    days = row.told["days"]
    return Line(
        icon="add",
        word=_("More time"),
        what=ngettext("%(num)s day", "%(num)s days", days) % {"num": days},
        text=row.told["why"],
    )


def _owning(actor: Actor, row: Row) -> Line:
    return Line(icon="person", word=_("Their coach"), what=row.whom)


def _cover(actor: Actor, row: Row) -> Line:
    return Line(
        icon="people",
        word=_("Stands in"),
        what=f"{row.whom} ({_('until %(day)s') % {'day': _day(row.told['until'])}})",
    )


def _asked(actor: Actor, row: Row) -> Line:
    state = {"accepted": _("Taken over"), "declined": _("Not taken over")}.get(row.told["state"], "")
    return Line(
        icon="refer",
        word=_("Asked to take over"),
        what=row.whom,
        tag=state,
        text=row.told["words"],
        items=(row.told["answer"],) if row.told["answer"] else (),
    )


def _outcome(actor: Actor, row: Row) -> Line:
    told = row.told
    return Line(
        icon="success",
        word=rules.named(rules.outcomes(actor), told["kind"]),
        what=told["words"],
        text=told["evidence"],
        tag=_("Verified by %(name)s") % {"name": row.whom} if row.whom else "",
    )


def _check(actor: Actor, row: Row) -> Line:
    told = row.told
    week = _("week %(week)s") % {"week": told["week"]}
    return Line(
        icon="check",
        word=rules.named(rules.outcomes(actor), told["kind"]),
        what=f"{said.chosen(ANSWERS, told['answer'])} ({week})",
        text=told["words"],
    )


def _needs(actor: Actor, row: Row) -> Line:
    known = life.fields_of_life(actor)
    views = {"own": _("They say"), "coach": _("Coach")}
    items = tuple(
        f"{life.title_of(known, one['field'])}: {rules.scale(actor, one['field'])[one['level']]}"
        f" ({views[one['view']]})"
        for one in row.told["said"]
    )
    return Line(icon="helps", word=_("How it goes"), what=items[0], items=items if len(items) > 1 else ())


SAY = {
    "contact": _contact,
    "plan": _plan,
    "begun": _begun,
    "ended": _ended,
    "stage": _stage,
    "pause": _pause,
    "extension": _extension,
    "owning": _owning,
    "cover": _cover,
    "asked": _asked,
    "outcome": _outcome,
    "check": _check,
    "needs": _needs,
}


def _say(actor: Actor, row: Row) -> Line:
    return SAY[row.arm](actor, row)


def _local(day: str) -> str:
    """The beginning of a day in the service's own time, as SQL."""
    return f"(({day})::timestamp at time zone %(zone)s)"


def _arm(name: str, kind: str, table: str, told: str, **more: Any) -> Arm:
    how: Mapping[str, Any] = {
        "of": "journey",
        "at": "t.at",
        "table": table if " " in table else f"journeys_{table}",
    } | more
    return Arm(name=name, kind=kind, told=f"jsonb_build_object({told})", **how)


BY_MEMBER = {"by_member": "t.by_member"}
# A version with what of it the reader may see; one that is sealed to them throughout is not there.
VERSIONS = (
    "(select v.*, c.* from journeys_planversion v cross join lateral (select jsonb_agg(jsonb_build_object("
    "'kind', c.kind, 'values', c.values) order by c.position) as changes,"
    " coalesce(array_agg(c.sealed::text) filter (where c.sealed <> ''), '{}') as seals"
    " from journeys_planchange c where c.plan_version_id = v.id) c where c.changes is not null)"
)
# What was said at once of how it goes; what of it is sealed stands apart, for those who hold its keys.
NEEDS = (
    "(select n.journey_id, n.at, n.by_member, (array_agg(n.id order by n.id))[1] as id,"
    " array_agg(distinct n.field::text) as fields, n.sealed <> '' as sealed,"
    " jsonb_agg(jsonb_build_object('field', n.field, 'view', n.view, 'level', n.level)"
    " order by n.field, n.view desc) as said"
    " from journeys_need n group by n.journey_id, n.at, n.by_member, n.sealed <> '')"
)

PART = Part(
    arms=(
        _arm(
            "contact",
            "contact",
            "contact",
            f"'channel', t.channel, 'came', t.came, 'note', case when n.id is not null then {note_told('n')} end",
            by_staff="t.by_staff_id",
            whom_staff="n.changed_by_id",
            join="left join people_note n on n.id = t.note_id and n.person_id = t.person_id",
            fields="coalesce((select f.fields::text[] from people_note f where f.id = t.note_id"
            " and f.person_id = t.person_id), '{}')",
            fields_told="coalesce(n.fields::text[], '{}')",
            sealed="coalesce(n.sealed <> '{}', false)",
        ),
        _arm(
            "plan",
            "plan",
            VERSIONS,
            "'agreed', t.agreed_at is not null, 'changes', t.changes",
            order="t.number desc",
            fields="t.seals",
            sealed="t.seals <> '{}'",
            **BY_MEMBER,
        ),
        _arm("needs", "needs", NEEDS, "'said', t.said", fields="t.fields", sealed="t.sealed", **BY_MEMBER),
        Arm(
            name="begun",
            kind="stage",
            of="way",
            table="ways",
            at="t.opened_at",
            told="jsonb_build_object('why', t.why_here)",
        ),
        Arm(
            name="ended",
            kind="stage",
            of="way",
            table="ways",
            at="t.closed_at",
            where="t.closed_at is not null",
            told="jsonb_build_object('with', t.closed_with)",
        ),
        _arm(
            "stage",
            "stage",
            "stagespell",
            "'stage', t.stage, 'why', t.why",
            at="t.since",
            where="t.stage <> ''",
            **BY_MEMBER,
        ),
        _arm(
            "pause",
            "stage",
            "pause",
            "'until', t.until, 'why', t.why",
            at=_local("t.since"),
            where=f"{_local('t.since')} <= (select kohti.now())",
            hour="false",
            **BY_MEMBER,
        ),
        _arm("extension", "stage", "extension", "'days', t.days, 'why', t.why", **BY_MEMBER),
        _arm(
            "owning",
            "coach",
            "owning",
            "",
            at="t.since",
            where="t.since <= (select kohti.now())",
            whom_member="t.member_id",
        ),
        _arm(
            "cover",
            "coach",
            "cover",
            "'until', t.ends",
            at="t.starts",
            where="t.starts <= (select kohti.now())",
            whom_member="t.member_id",
            **BY_MEMBER,
        ),
        _arm(
            "asked",
            "coach",
            "handover",
            "'state', t.state, 'words', t.words, 'answer', t.answer",
            by_member="t.from_member_id",
            whom_member="t.to_member_id",
        ),
        _arm(
            "outcome",
            "outcome",
            "outcome",
            "'kind', t.kind, 'words', t.words, 'evidence', t.evidence",
            whom_staff="t.verified_by_id",
            **BY_MEMBER,
            at=_local("t.on"),
            where="t.withdrawn_at is null",
            hour="false",
        ),
        _arm(
            "check",
            "outcome",
            "lastingcheck",
            "'kind', o.kind, 'week', t.week, 'answer', t.answer, 'words', t.words",
            at="t.answered_at",
            where="t.answered_at is not null and exists (select 1 from journeys_outcome x"
            " where x.id = t.outcome_id and x.withdrawn_at is null)",
            join="join journeys_outcome o on o.id = t.outcome_id",
            **BY_MEMBER,
        ),
    ),
    kinds={
        "contact": lambda: _("Contacts"),
        "plan": lambda: _("Plan"),
        "needs": lambda: _("How it goes"),
        "stage": lambda: _("Stages and time"),
        "coach": lambda: _("Coaches"),
        "outcome": lambda: _("Reached"),
    },
    say=_say,
    instead={
        # What was said in a contact is told with it; the rest of a person's notes stand alone.
        "note": "not exists (select 1 from journeys_contact c where c.note_id = t.id"
        " and c.person_id = t.person_id offset 0)"
    },
)
