"""A service described in a file: its words, looks, roles, centres, hours, streams, plans and targets.

`read` checks a TOML text and returns the `Blueprint`, or raises `BadBlueprint` with every fault, each with
its line and what was expected. Rooms load what is theirs from it; the whole of it is kept as JSON with its
version (`as_json`, `from_json`), for rooms that read it where they need it.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kohti.design import theme

from . import words
from .errors import KohtiError
from .may import VERBS

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Language = Literal["en", "fi", "da", "nl", "pl"]
Titles = dict[Language, Annotated[str, Field(min_length=1, max_length=80)]]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Replacement = Annotated[str, Field(min_length=1)] | tuple[Annotated[str, Field(min_length=1)], ...]
"""What a message becomes: one text, or one for each plural form of the language."""


class Part(BaseModel):
    """A part of a blueprint: nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServicePart(Part):
    """The service itself."""

    code: Code
    name: str
    country: Literal["GB", "FI", "DK", "BE", "PL", "NL", "IE", "SE"]
    timezone: str
    languages: tuple[Language, ...] = Field(min_length=1)


class AccentPart(Part):
    """The one accent colour, as #rrggbb, on light pages, and on dark ones where it is not made from that."""

    light: Colour
    dark: Colour | None = None


class ThemePart(Part):
    """How the service looks.

    `host` is the name of the organisation that runs it, shown before everything else; `logo` a file beside
    the blueprint.
    """

    accent: AccentPart = AccentPart(light="#15705c")
    host: Annotated[str, Field(max_length=80)] = ""
    logo: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.(svg|png)$")] | None = None


class OrganisationPart(Part):
    """An organisation whose people work in the service, and what it brings."""

    code: Code
    name: str
    kind: Literal[
        "host", "authority", "municipality", "provider", "employer", "education", "youth", "social", "health",
        "addiction", "housing", "advice", "newcomers", "prison", "police", "library", "community",
    ]  # fmt: skip


class CentrePart(Part):
    """A place with a front door."""

    code: Code
    name: str
    address: str = ""


class OpenPart(Part):
    """Opening hours of some weekdays, in local wall time."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: time
    closes: time
    centres: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def opens_before_it_closes(self) -> Self:
        """A day opens before it closes."""
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class ClosedPart(Part):
    """A day on which centres stay closed."""

    day: date
    title: Titles
    centres: tuple[Code, ...] = ()


class RolePart(Part):
    """A role: its title, whose rows it sees, what it may do, whether a password alone lets it in."""

    code: Code
    title: Titles
    scope: Literal["none", "day", "centre", "service", "administration"]
    verbs: tuple[str, ...]
    second_factor: bool = False

    @model_validator(mode="after")
    def verbs_are_known(self) -> Self:
        """Every verb is one of the product's."""
        unknown = sorted(set(self.verbs) - set(VERBS))
        if unknown:
            raise ValueError(f"unknown verbs {', '.join(unknown)}; known are {', '.join(sorted(VERBS))}")
        return self


class KindPart(Part):
    """A kind of appointment. `in_files`: how diaries write it."""

    code: Code
    title: Titles
    minutes: int = Field(gt=0, le=480)
    in_files: tuple[str, ...] = ()


class StreamPart(Part):
    """A line people wait in.

    `letter` starts its tickets; `of_appointments` marks the one for the booked; `everybody` a line that any
    colleague's "call next" takes from (others are called by name of the stream only).
    """

    code: Code
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    title: Titles
    of_appointments: bool = False
    everybody: bool = False


class ReasonPart(Part):
    """Why somebody walks in: which line they join and how urgent it is (0 none, 1 soon, 2 crisis)."""

    code: Code
    title: Titles
    stream: Code
    urgency: Literal[0, 1, 2] = 0
    in_files: tuple[str, ...] = ()


class StagePart(Part):
    """A stage of a person's way through the service, in order. `ends`: whoever is there has left."""

    code: Code
    title: Titles
    ends: bool = False


class FieldPart(Part):
    """A field of life that needs, aims and notes belong to. `sealed`: open to named people only."""

    code: Code
    title: Titles
    sealed: bool = False


class OutcomePart(Part):
    """What somebody reached, or why they left. `positive`: it counts as a success."""

    code: Code
    title: Titles
    positive: bool


class PlanPart(Part):
    """Rules of a plan: how long at most, how often a contact and a review, which fields need an aim."""

    most_months: int | None = Field(default=None, gt=0, le=120)
    contact_days: int | None = Field(default=None, gt=0, le=366)
    review_days: int | None = Field(default=None, gt=0, le=366)
    aims_in: tuple[Code, ...] = ()


class TargetPart(Part):
    """A number to be reached between two days, both included, and what it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    code: Code
    title: Titles
    number: int = Field(gt=0)
    counts: Literal["reached", "started", "coached", "moved-on", "positive-outcomes", "moved-up", "finished"]
    starts: date = Field(alias="from")
    until: date

    @model_validator(mode="after")
    def begins_before_it_ends(self) -> Self:
        """A target begins before it ends."""
        if self.starts > self.until:
            raise ValueError("from must not be after until")
        return self


class FactorPart(Part):
    """One thing a centre's monthly review looks at."""

    code: Code
    title: Titles


CODED = (
    "organisations", "centres", "roles", "kinds", "streams", "reasons",
    "stages", "fields", "outcomes", "targets", "factors",
)  # fmt: skip
"""The lists whose entries are known by a code."""


class Blueprint(Part):
    """A whole service."""

    service: ServicePart
    theme: ThemePart = ThemePart()
    words: dict[Language, dict[str, Replacement]] = {}
    organisations: tuple[OrganisationPart, ...] = Field(min_length=1)
    centres: tuple[CentrePart, ...] = Field(min_length=1)
    opening: tuple[OpenPart, ...] = Field(min_length=1)
    closures: tuple[ClosedPart, ...] = ()
    roles: tuple[RolePart, ...] = Field(min_length=1)
    kinds: tuple[KindPart, ...] = Field(min_length=1)
    streams: tuple[StreamPart, ...] = Field(min_length=1)
    reasons: tuple[ReasonPart, ...] = Field(min_length=1)
    stages: tuple[StagePart, ...] = ()
    fields: tuple[FieldPart, ...] = ()
    outcomes: tuple[OutcomePart, ...] = ()
    plan: PlanPart = PlanPart()
    targets: tuple[TargetPart, ...] = ()
    factors: tuple[FactorPart, ...] = ()

    @model_validator(mode="after")
    def codes_are_unique_and_known(self) -> Self:
        """Codes are unique in their list, and what points to a code finds it."""
        for name in CODED:
            codes = [part.code for part in getattr(self, name)]
            twice = sorted({code for code in codes if codes.count(code) > 1})
            if twice:
                raise ValueError(f"{name}: the code {', '.join(twice)} stands twice")
        streams = {stream.code for stream in self.streams}
        for reason in self.reasons:
            if reason.stream not in streams:
                raise ValueError(
                    f"reasons: {reason.code} names the stream {reason.stream}, which is not there"
                )
        if sum(stream.of_appointments for stream in self.streams) != 1:
            raise ValueError("streams: exactly one is of_appointments")
        letters = [stream.letter for stream in self.streams]
        if len(set(letters)) != len(letters):
            raise ValueError("streams: two streams share a letter")
        centres = {centre.code for centre in self.centres}
        for named in (*(one.centres for one in self.opening), *(one.centres for one in self.closures)):
            lost = sorted(set(named) - centres)
            if lost:
                raise ValueError(f"opening and closures: no centre {', '.join(lost)}")
        lost = sorted(set(self.plan.aims_in) - {one.code for one in self.fields})
        if lost:
            raise ValueError(f"plan: aims_in names {', '.join(lost)}, which is not one of the fields")
        if self.stages and all(stage.ends for stage in self.stages):
            raise ValueError("stages: somebody must be able to be in one, yet each of them ends")
        strange = sorted(set(self.words) - set(self.service.languages))
        if strange:
            raise ValueError(f"words: {', '.join(strange)} is not a language of this service")
        return self

    def as_json(self) -> dict[str, Any]:
        """The whole of it as plain values."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        return cls.model_validate(value)


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


def _line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The line of a value: the n-th [[table]] of the path's name, then its key, as far as found."""
    lines = text.splitlines()
    at = 0
    if path and isinstance(path[0], str):
        index = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
        heads = [i for i, line in enumerate(lines) if re.match(rf"\s*\[+{re.escape(path[0])}\b", line)]
        if heads:
            at = heads[min(index, len(heads) - 1)]
        for part in path[1:]:
            if isinstance(part, str):
                for i in range(at + 1, len(lines)):
                    if re.match(r"\s*\[", lines[i]):
                        break
                    if re.match(rf"\s*{re.escape(part)}\s*=", lines[i]):
                        at = i
                        break
    return at + 1


def read(text: str, *, name: str = "blueprint") -> Blueprint:
    """The blueprint in a TOML text. Raises BadBlueprint, naming every fault with its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        found = re.search(r"line (\d+)", str(trouble))
        line = int(found.group(1)) if found else 1
        raise BadBlueprint(name, (Fault(line, "", str(trouble)),)) from trouble
    try:
        plan = Blueprint.model_validate(data)
    except ValidationError as trouble:
        faults = tuple(
            Fault(
                _line_of(text, tuple(error["loc"])),
                ".".join(str(part) for part in error["loc"]),
                error["msg"].removeprefix("Value error, "),
            )
            for error in trouble.errors()
        )
        raise BadBlueprint(name, faults) from trouble
    misfits = tuple(
        Fault(_line_of_message(text, language, message), f"words.{language}: “{message}”", reason)
        for language, own in plan.words.items()
        for message, reason in words.misfits(language, own)
    )
    unreadable = tuple(
        Fault(_line_of(text, ("theme", "accent")), "theme.accent", fault.message)
        for fault in theme.check(theme.Theme.of(plan.service.code, plan.theme.model_dump()))
    )
    if misfits or unreadable:
        raise BadBlueprint(name, misfits + unreadable)
    return plan


def _line_of_message(text: str, language: str, message: str) -> int:
    """The line of a service's own message, below the head of its language."""
    head, at = _line_of(text, ("words",)), f"[words.{language}]"
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if line.strip() == at:
            head = number
            keys = (json.dumps(message, ensure_ascii=False), f"'{message}'", message)
            found = (n for n in range(number, len(lines)) if lines[n].lstrip().startswith(keys))
            return next(found, head - 1) + 1
    return head


def digest(text: str) -> str:
    """What tells one version of a blueprint from another."""
    return hashlib.sha256(text.encode()).hexdigest()
