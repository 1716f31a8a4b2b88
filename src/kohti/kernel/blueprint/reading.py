"""A blueprint read from its file: every fault with its line, what was expected, and the nearest word."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from pydantic import ValidationError

from kohti.design import theme
from kohti.kernel import words
from kohti.kernel.errors import KohtiError
from kohti.kernel.may import VERBS

from .lines import Path, line_of
from .parts import CODED, NO_FIELD, Blueprint, Language
from .telling import in_words, near, not_toml, where


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a blueprint, and where."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        at = _("line %(line)s") % {"line": self.line}
        return ": ".join(part for part in (at, self.where, self.message) if part)


class BadBlueprint(KohtiError):
    """The file is not a blueprint; `faults` say where and why."""

    code = "bad-blueprint"

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{name}, {fault}" for fault in faults))
        self.faults = faults


def read(text: str, *, name: str = "blueprint") -> Blueprint:
    """The blueprint in a TOML text. Raises BadBlueprint, naming every fault with its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        found = re.search(r"line (\d+)", str(trouble))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise BadBlueprint(name, (Fault(line, "", not_toml(str(trouble))),)) from trouble
    try:
        plan = Blueprint.model_validate(data)
    except ValidationError as trouble:
        # A list whose entries have faults is called empty as well: that is no news.
        errors = [one for one in trouble.errors() if not (one["type"] == "too_short" and one["input"])]
        said = [(where(error["loc"]), in_words(error), error.get("input")) for error in errors]
    else:
        said = [(path, message, _value(data, path)) for path, message in _misfits(plan)]
    if said:
        faults = (
            Fault(line_of(text, path, value=value), ".".join(map(str, path)), message)
            for path, message, value in said
        )
        raise BadBlueprint(name, tuple(dict.fromkeys(faults)))
    return plan


def digest(text: str) -> str:
    """What tells one version of a blueprint from another."""
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- what does not fit together


def _misfits(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    """What each part could say by itself, but not together."""
    yield from _of_the_service(plan)
    yield from _of_codes(plan)
    yield from _of_the_floor(plan)
    yield from _of_titles(plan)
    for language, own in plan.words.items():
        for message, reason in words.misfits(language, own):
            yield ("words", language, message), reason


@cache
def _zones() -> set[str]:
    """Hundreds of files: they are looked for once."""
    return available_timezones()


def _of_the_service(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    if plan.service.timezone not in _zones():
        expected = _("expected a time zone such as Europe/Helsinki")
        yield ("service", "timezone"), near(expected, plan.service.timezone, _zones())
    for language in plan.words:
        if language not in plan.service.languages:
            yield (
                ("words", language),
                _("%(code)s is not a language of this service; its languages are %(list)s")
                % {"code": language, "list": ", ".join(plan.service.languages)},
            )
    for one in theme.check(theme.Theme.of(plan.service.code, plan.theme.model_dump())):
        yield ("theme", "accent", "light" if one.where == "accent" else one.where), one.message
    for index, role in enumerate(plan.roles):
        for n, verb in enumerate(role.verbs):
            if verb not in VERBS:
                fault = _("there is no verb “%(verb)s”") % {"verb": verb}
                yield ("roles", index, "verbs", n), near(fault, verb, sorted(VERBS), list_them=True)


def _of_codes(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    """Codes are unique in their list, and what points to a code finds it."""
    codes = {name: [part.code for part in getattr(plan, name)] for name in CODED}
    for name, found in codes.items():
        for code, times in Counter(found).items():
            if times > 1:
                last = len(found) - 1 - found[::-1].index(code)
                fault = _("%(list)s: the code %(code)s stands twice") % {"list": name, "code": code}
                yield (name, last, "code"), fault

    def lost(path: Path, name: str, code: str) -> Iterator[tuple[Path, str]]:
        if code not in codes[name]:
            fault = _("“%(code)s” is not one of the %(list)s") % {"code": code, "list": name}
            yield path, near(fault, code, codes[name], list_them=True)

    for index, reason in enumerate(plan.reasons):
        yield from lost(("reasons", index, "stream"), "streams", reason.stream)
    for name, parts in (
        ("opening", [one.centres for one in plan.opening]),
        ("closures", [one.centres for one in plan.closures]),
        ("drop_ins", [one.centres for one in plan.drop_ins]),
        ("helps_now", [one.centres for one in plan.helps_now]),
        ("rooms", [one.centres for one in plan.rooms]),
    ):
        for index, centres in enumerate(parts):
            for n, code in enumerate(centres):
                yield from lost((name, index, "centres", n), "centres", code)
    for index, session in enumerate(plan.drop_ins):
        for name, held in (
            ("organisations", session.organisation),
            ("streams", session.stream),
            ("rooms", session.room),
        ):
            if held is not None:
                yield from lost(("drop_ins", index, name[:-1]), name, held)
        for n, code in enumerate(session.reasons):
            yield from lost(("drop_ins", index, "reasons", n), "reasons", code)
    for index, organisation in enumerate(plan.organisations):
        if organisation.tells:
            yield from lost(("organisations", index, "tells"), "fields", organisation.tells)
            if not organisation.neutral:
                fault = _("expected a neutral name for those who may not know: neutral")
                yield ("organisations", index, "tells"), fault
    for index, field in enumerate(plan.fields):
        if field.code in NO_FIELD:
            yield (
                ("fields", index, "code"),
                _("“%(code)s” is a word of the product's own") % {"code": field.code},
            )
    for index, way in enumerate(plan.travel):
        for n, code in enumerate(way.between):
            yield from lost(("travel", index, "between", n), "centres", code)
        if way.between[0] == way.between[1]:
            yield ("travel", index, "between"), _("expected two different centres")
    for index, place in enumerate(plan.helps_now):
        for n, code in enumerate(place.reasons):
            yield from lost(("helps_now", index, "reasons", n), "reasons", code)
    for n, code in enumerate(plan.crisis.roles):
        yield from lost(("crisis", "roles", n), "roles", code)
    for n, code in enumerate(plan.crisis.organisations):
        yield from lost(("crisis", "organisations", n), "organisations", code)
    for n, code in enumerate(plan.plan.aims_in):
        yield from lost(("plan", "aims_in", n), "fields", code)
    out = plan.outreach
    for word, name, code in (("kind", "kinds", out.kind), ("coached_from", "stages", out.coached_from)):
        if code is not None:
            yield from lost(("outreach", word), name, code)
    for index, role in enumerate(plan.roles):
        if "outreach.go" in role.verbs and out.kind is None:
            fault = _("expected a kind of appointment in [outreach], for the rounds of those who go out")
            yield ("roles", index, "verbs"), fault
    for name in ("spots", "given", "next"):
        found = [one.code for one in getattr(out, name)]
        for index, code in enumerate(found):
            if code in found[:index]:
                fault = _("%(list)s: the code %(code)s stands twice") % {"list": name, "code": code}
                yield ("outreach", name, index, "code"), fault
    claimed: dict[str, str] = {}
    for index, part in enumerate(plan.fields):
        for n, item in enumerate(part.items):
            if claimed.setdefault(item, part.code) != part.code:
                fault = _("“%(item)s” belongs to the field %(code)s already") % {
                    "item": item,
                    "code": claimed[item],
                }
                yield ("fields", index, "items", n), fault
    for name, moves in plan.mapping.items():
        for old, new in moves.items():
            yield from lost(("mapping", name, old), name, new)
            if old in codes[name]:
                fault = _("%(code)s is still one of the %(list)s, so that nothing moves")
                yield ("mapping", name, old), fault % {"code": old, "list": name}


def _of_the_floor(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    booked = [index for index, stream in enumerate(plan.streams) if stream.of_appointments]
    if len(booked) != 1:
        yield (
            ("streams", booked[1] if booked else 0, *(["of_appointments"] if booked else [])),
            _("exactly one of the streams is of_appointments; here %(number)s are") % {"number": len(booked)},
        )
    if plan.waiting_list.offer and not (plan.online.links and plan.reminders.channels):
        fault = _(
            "expected links = true in [online] and a channel in [reminders]: an offer is a message with a link"
        )
        yield ("waiting_list", "offer"), fault
    letters = [stream.letter for stream in plan.streams]
    for index, letter in enumerate(letters):
        if letter in letters[:index]:
            other = plan.streams[letters.index(letter)].code
            fault = _("two streams share a letter: %(letter)s is that of %(code)s too")
            yield ("streams", index, "letter"), fault % {"letter": letter, "code": other}
    opened = {code for part in plan.opening for code in part.centres or [one.code for one in plan.centres]}
    for index, centre in enumerate(plan.centres):
        if centre.code not in opened:
            fault = _("%(code)s never opens; expected an [[opening]] for it") % {"code": centre.code}
            yield ("centres", index), fault
    taken: set[tuple[str, str]] = set()
    for index, room in enumerate(plan.rooms):
        theirs = {(code, room.name) for code in room.centres or [one.code for one in plan.centres]}
        if theirs & taken:
            fault = _("two rooms of a centre share a name: %(name)s")
            yield ("rooms", index, "name"), fault % {"name": room.name}
        taken |= theirs
    if plan.stages and all(stage.ends for stage in plan.stages):
        yield ("stages", 0), _("each of the stages ends; expected one that somebody can be in")


def _of_titles(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    for name in (*CODED, "closures"):
        for index, part in enumerate(getattr(plan, name)):
            missing = set(plan.service.languages) - set(getattr(part, "title", plan.service.languages))
            if missing:
                fault = _("has no title in %(languages)s, which the service speaks")
                yield (name, index, "title"), fault % {"languages": ", ".join(sorted(missing))}
    for name in ("spots", "given", "next"):
        for index, part in enumerate(getattr(plan.outreach, name)):
            if missing := set(plan.service.languages) - set(part.title):
                fault = _("has no title in %(languages)s, which the service speaks")
                yield (
                    ("outreach", name, index, "title"),
                    fault % {"languages": ", ".join(sorted(missing))},
                )
    scales: list[tuple[Path, tuple[dict[Language, str], ...]]] = [(("scale", "levels"), plan.scale.levels)]
    scales += [(("fields", index, "levels"), one.levels) for index, one in enumerate(plan.fields)]
    for path, levels in scales:
        for n, titles in enumerate(levels):
            missing = set(plan.service.languages) - set(titles)
            if missing:
                fault = _("has no title in %(languages)s, which the service speaks")
                yield (*path, n), fault % {"languages": ", ".join(sorted(missing))}


def _value(data: Any, path: Path) -> Any:
    """What stands at a place of the file, if anything."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
