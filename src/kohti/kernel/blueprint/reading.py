"""A blueprint read from its file: every fault with its line, what was expected, and the nearest word."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError

from kohti.design import theme
from kohti.kernel import words
from kohti.kernel.errors import KohtiError
from kohti.kernel.may import VERBS

from .parts import CODED, Blueprint, Code, Colour, Part, Titles

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a blueprint, and where."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return (
            f"line {self.line}: {self.where}: {self.message}"
            if self.where
            else f"line {self.line}: {self.message}"
        )


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
        raise BadBlueprint(name, (Fault(line, "", f"not TOML: {trouble}"),)) from trouble
    try:
        plan = Blueprint.model_validate(data)
    except ValidationError as trouble:
        # A list whose entries have faults is called empty as well: that is no news.
        errors = [one for one in trouble.errors() if not (one["type"] == "too_short" and one["input"])]
        said = [(_where(error["loc"]), _in_words(error), error.get("input")) for error in errors]
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


def _of_the_service(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    if plan.service.timezone not in available_timezones():
        expected = "expected a time zone such as Europe/Helsinki"
        yield ("service", "timezone"), expected + _nearest(plan.service.timezone, available_timezones())
    for language in plan.words:
        if language not in plan.service.languages:
            yield (
                ("words", language),
                f"{language} is not a language of this service; its languages are"
                f" {', '.join(plan.service.languages)}",
            )
    for fault in theme.check(theme.Theme.of(plan.service.code, plan.theme.model_dump())):
        where = "light" if fault.where == "accent" else fault.where
        yield ("theme", "accent", where), fault.message
    for index, role in enumerate(plan.roles):
        for n, verb in enumerate(role.verbs):
            if verb not in VERBS:
                near = _nearest(verb, VERBS) or f"; known are {', '.join(sorted(VERBS))}"
                yield ("roles", index, "verbs", n), f"there is no verb “{verb}”{near}"


def _of_codes(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    """Codes are unique in their list, and what points to a code finds it."""
    codes = {name: [part.code for part in getattr(plan, name)] for name in CODED}
    for name, found in codes.items():
        for code, times in Counter(found).items():
            if times > 1:
                last = len(found) - 1 - found[::-1].index(code)
                yield (name, last, "code"), f"{name}: the code {code} stands twice"

    def lost(path: Path, name: str, code: str) -> Iterator[tuple[Path, str]]:
        if code not in codes[name]:
            near = _nearest(code, codes[name]) or f"; there are {', '.join(codes[name]) or 'none'}"
            yield path, f"“{code}” is not one of the {name}{near}"

    for index, reason in enumerate(plan.reasons):
        yield from lost(("reasons", index, "stream"), "streams", reason.stream)
    for name, parts in (
        ("opening", [one.centres for one in plan.opening]),
        ("closures", [one.centres for one in plan.closures]),
    ):
        for index, centres in enumerate(parts):
            for n, code in enumerate(centres):
                yield from lost((name, index, "centres", n), "centres", code)
    for n, code in enumerate(plan.plan.aims_in):
        yield from lost(("plan", "aims_in", n), "fields", code)
    for name, moves in plan.mapping.items():
        for old, new in moves.items():
            yield from lost(("mapping", name, old), name, new)
            if old in codes[name]:
                yield ("mapping", name, old), f"{old} is still one of the {name}, so that nothing moves"


def _of_the_floor(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    booked = [index for index, stream in enumerate(plan.streams) if stream.of_appointments]
    if len(booked) != 1:
        yield (
            ("streams", booked[1] if booked else 0, *(["of_appointments"] if booked else [])),
            f"exactly one of the streams is of_appointments; here {len(booked)} are",
        )
    letters = [stream.letter for stream in plan.streams]
    for index, letter in enumerate(letters):
        if letter in letters[:index]:
            other = plan.streams[letters.index(letter)].code
            yield ("streams", index, "letter"), f"two streams share a letter: {letter} is that of {other} too"
    opened = {code for part in plan.opening for code in part.centres or [one.code for one in plan.centres]}
    for index, centre in enumerate(plan.centres):
        if centre.code not in opened:
            yield ("centres", index), f"{centre.code} never opens; expected an [[opening]] for it"
    if plan.stages and all(stage.ends for stage in plan.stages):
        yield ("stages", 0), "each of the stages ends; expected one that somebody can be in"


def _of_titles(plan: Blueprint) -> Iterator[tuple[Path, str]]:
    for name in (*CODED, "closures"):
        for index, part in enumerate(getattr(plan, name)):
            missing = set(plan.service.languages) - set(getattr(part, "title", plan.service.languages))
            if missing:
                listed = ", ".join(sorted(missing))
                yield (name, index, "title"), f"has no title in {listed}, which the service speaks"


# ---------------------------------------------------------------- faults in words


def _where(path: Path) -> Path:
    """The place of a fault without what pydantic adds: which member of a union, that it was a key."""
    kept = [part for part in path if part not in ("[key]", "str") and not str(part).startswith("tuple[")]
    return tuple(kept)


def _in_words(error: Any) -> str:
    """What pydantic found, as one colleague tells another."""
    kind, path, given = error["type"], _where(error["loc"]), error.get("input")
    expected = _expected(path)
    if kind == "missing":
        return f"is missing; expected {expected}"
    if kind == "extra_forbidden":
        known = _keys(path[:-1])
        near = _nearest(str(path[-1]), known) or f"; known are {', '.join(known)}"
        return f"“{path[-1]}” is not known here{near}"
    if kind == "literal_error":
        one_of = error["ctx"]["expected"]
        return f"expected one of {one_of}" + _nearest(str(given), re.findall(r"'([^']*)'", one_of))
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in ("greater_than", "less_than_equal"):
        return f"expected {error['msg'].removeprefix('Input should be ')}, not {given}"
    if kind == "too_short":
        return f"is empty; expected at least one of {expected}"
    shown = f", not {json.dumps(given, ensure_ascii=False, default=str)}" if _is_plain(given) else ""
    return f"expected {expected}{shown}"


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | date | time)


def _nearest(word: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(word, sorted(known), 1, 0.6)
    return f"; did you mean “{found[0]}”?" if found else ""


SHAPES: dict[Any, str] = {
    Titles: 'a title in each language of the service, such as { en = "Front desk" }',
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    date: "a day such as 2026-03-11",
    time: "a time such as 09:00:00",
}


def _expected(path: Path) -> str:
    """What should stand at a place of the file, in words."""
    shape = _shape(path)
    if get_origin(shape) in (Union, UnionType):
        shape = next(one for one in get_args(shape) if one is not type(None))
    if get_origin(shape) is tuple:
        inner = get_args(shape)[0]
        if isinstance(inner, type) and issubclass(inner, Part):
            return f"[[{path[-1]}]] tables"
        return f"a list of {_described(inner, path)}"
    if isinstance(shape, type) and issubclass(shape, Part):
        return f"a table with {', '.join(_fields(shape))}"
    return _described(shape, path)


def _described(shape: Any, path: Path) -> str:
    if shape is Code or (path and path[-1] in ("code", "stream")):
        return "a code of small letters, figures and hyphens, such as front-desk"
    if shape is Colour or (len(path) > 1 and path[-2] == "accent"):
        return "a colour such as #15705c"
    if path and path[-1] == "letter":
        return "one capital letter"
    if path and path[-1] == "logo":
        return "the name of an .svg or .png file beside the blueprint"
    if get_origin(shape) is Literal:
        return f"one of {', '.join(map(repr, get_args(shape)))}"
    if get_origin(shape) is dict:
        return SHAPES[Titles] if path and path[-1] == "title" else "a table"
    return SHAPES.get(shape, "something else")


def _shape(path: Path) -> Any:
    """The type that stands at a place of the file."""
    at: Any = Blueprint
    for part in path:
        if isinstance(part, int):
            at = get_args(at)[0]
        elif isinstance(at, type) and issubclass(at, BaseModel):
            fields = _fields(at)
            if part not in fields:
                return None
            at = fields[part]
        elif get_origin(at) is dict:
            at = get_args(at)[1]
        else:
            return at
        if get_origin(at) is Annotated:
            at = get_args(at)[0]
    return at


def _fields(part: type[BaseModel]) -> dict[str, Any]:
    """The keys of a table as the file writes them, each with its type."""
    return {field.alias or name: field.annotation for name, field in part.model_fields.items()}


def _keys(path: Path) -> list[str]:
    shape = _shape(path)
    return list(_fields(shape)) if isinstance(shape, type) and issubclass(shape, BaseModel) else []


# ---------------------------------------------------------------- lines


def line_of(text: str, path: Path, *, value: object = None) -> int:
    """The line of a place in a TOML text, as near as it can be found: its table, its key, its value."""
    lines = text.splitlines()
    named = [part for part in path if isinstance(part, str)]
    index = next((part for part in path[1:2] if isinstance(part, int)), 0)
    at, rest = _head(lines, named, index)
    for key in rest:
        at = _key(lines, at, key)
    if path and isinstance(path[-1], int) and isinstance(value, str):
        at = next((i for i in _block(lines, at) if f'"{value}"' in lines[i]), at)
    return at + 1


def _head(lines: list[str], named: list[str], index: int) -> tuple[int, list[str]]:
    """The line of the nearest table around a place, and the keys that are left to find in it."""
    for depth in range(len(named), 0, -1):
        name = r"\s*\.\s*".join(rf'"?{re.escape(one)}"?' for one in named[:depth])
        heads = [i for i, line in enumerate(lines) if re.match(rf"\s*\[+\s*{name}\s*\]", line)]
        if heads:
            return heads[min(index, len(heads) - 1)], named[depth:]
    return 0, named


def _block(lines: list[str], at: int) -> Iterator[int]:
    """The lines from here to the next table."""
    for i in range(at, len(lines)):
        if i > at and re.match(r"\s*\[+\s*[\w\"]", lines[i]) and not re.match(r"\s*\[+\s*\"[^]]*$", lines[i]):
            return
        yield i


def _key(lines: list[str], at: int, key: str) -> int:
    written = "|".join(map(re.escape, (key, json.dumps(key, ensure_ascii=False), f"'{key}'")))
    for pattern in (rf"\s*(?:{written})\s*[=.]", rf".*[{{,]\s*(?:{written})\s*="):
        for i in _block(lines, at):
            if re.match(pattern, lines[i]):
                return i
    return at


def _value(data: Any, path: Path) -> Any:
    """What stands at a place of the file, if anything."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
