"""One record of HSDS as it comes from outside: what can be read is taken, what cannot is named by record and field."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from . import shapes
from .shapes import SHAPES, Shape

Record = dict[str, Any]
"""A record that was read: every value of its shape's type, lists of records within it the same."""

LONGEST = 20_000
"""Characters of one text."""
DEEPEST = 8
"""Records within records."""
NOTHING_WITHOUT = frozenset(("id", "name", "number", "identifier", "identifier_type"))
"""Texts without which a record is left out. Any other text that is required is taken as empty, and said."""

FIRST_YEAR = 1900
"""Days before are slips of the pen."""

_web = URLValidator(schemes=("http", "https"))
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


FAULTS = (
    "missing", "no-record", "not-id", "not-text", "not-number", "not-day", "not-moment", "not-email", "not-web",
    "not-allowed", "long", "order", "same-id", "not-there", "same-identifier", "not-yours",
    "not-json", "not-csv", "not-zip", "too-big", "not-utf8", "not-all",
)  # fmt: skip
"""Why something could not be read, each in a code; said in words by `kohti import hsds`.

Of a file (its name stands for the record): not-json, not-csv, not-zip, too-big, not-utf8 (read as Windows-1252). Of all:
not-all, one page of several or a file unread, so that what is not named is not gone.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read: of which kind of record, which one (as far as it says), which field, and why.

    `code`: one of FAULTS. `lost`: the whole record is left out, not the field alone.
    """

    kind: str
    record: str
    field: str
    code: str
    lost: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "kind": self.kind,
            "record": self.record,
            "field": self.field,
            "code": self.code,
            "lost": self.lost,
        }


def plain(text: str) -> str:
    """A text that can be stored: without NUL, and with a question mark for half of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


class _Unfit(ValueError):
    """A value that is not of its type; the argument is the fault's code."""


def read(shape: Shape, found: Any, faults: list[Fault], *, deep: int = 0) -> Record | None:
    """A record of a shape out of JSON or of a row, or None where it is nothing; faults are added to the list.

    Whatever the shape does not know is kept as it is: profiles of the specification add fields of their own.
    """
    if not isinstance(found, Mapping) or deep > DEEPEST:
        faults.append(Fault(shape.name, "", "", "no-record", lost=True))
        return None
    who = found.get("id")
    named = plain(who)[:60] if isinstance(who, str) else ""
    kept: Record = {}
    said: set[str] = set()
    for name, value in found.items():
        if not isinstance(name, str) or value is None or value == []:
            continue
        key = plain(name)
        if isinstance(value, str) and not plain(value).strip():
            if key in shape.required and not _is_nothing_without(shape, key):
                kept[key] = ""
            continue
        try:
            if key in shape.lists:
                kept[key] = _several(SHAPES[shape.lists[key]], value, faults, deep)
            elif key in shape.one:
                within = read(SHAPES[shape.one[key]], value, faults, deep=deep + 1)
                if within is not None:
                    kept[key] = within
            elif key in shape.fields:
                kept[key] = _value(shape.fields[key], value)
            else:
                kept[key] = _of_their_own(value)
        except _Unfit as unfit:
            said.add(key)
            faults.append(
                Fault(shape.name, named, key[:60], str(unfit), lost=_is_nothing_without(shape, key))
            )
    for key in shape.required:
        if key in kept:
            continue
        lost = _is_nothing_without(shape, key)
        if key not in said:
            faults.append(Fault(shape.name, named, key, "missing", lost=lost))
        if lost:
            return None
        kept[key] = ""
    if shape.name == "service" and kept.get("minimum_age", 0) > kept.get("maximum_age", math.inf):
        faults.append(Fault(shape.name, named, "maximum_age", "order"))
        del kept["maximum_age"]
    return kept


def _is_nothing_without(shape: Shape, key: str) -> bool:
    return key in shape.required and (key in NOTHING_WITHOUT or shape.fields[key] != shapes.TEXT)


def _several(shape: Shape, found: Any, faults: list[Fault], deep: int) -> list[Record]:
    if not isinstance(found, list):
        raise _Unfit("no-record")
    read_ones = (read(shape, one, faults, deep=deep + 1) for one in found)
    return [one for one in read_ones if one is not None]


def _value(kind: str | tuple[str, ...], value: Any) -> Any:
    """A value in its type; raises _Unfit."""
    if isinstance(kind, tuple):
        word = value.strip() if isinstance(value, str) else ""
        match = next((one for one in kind if one.casefold() == word.casefold()), None)
        if match is None:
            raise _Unfit("not-allowed")
        return match
    if kind == shapes.NUMBER:
        return _number(value)
    if not isinstance(value, str):
        if isinstance(value, bool | list | dict):
            raise _Unfit("not-text")
        value = str(value)
    text = plain(value)
    if len(text) > LONGEST:
        raise _Unfit("long")
    check = _CHECKS.get(kind)
    return check(text.strip()) if check else text


def _number(value: Any) -> int | float:
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise _Unfit("not-number") from None
    return int(number) if number == int(number) else number


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise _Unfit("not-id") from None


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Unfit("not-day") from None
    if day.year < FIRST_YEAR or day.isoformat() != text:
        raise _Unfit("not-day")
    return text


def _moment(text: str) -> str:
    try:
        read_one = datetime.fromisoformat(text)
        if read_one.tzinfo is None:
            raise ValueError
        moment = read_one.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unfit("not-moment") from None
    if moment.year < FIRST_YEAR:
        raise _Unfit("not-moment")
    return text if _RFC_3339.fullmatch(text) else moment.isoformat()


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise _Unfit("not-email") from None
    return text


def _address(text: str) -> str:
    try:
        _web(text)
    except ValidationError:
        raise _Unfit("not-web") from None
    return text


_CHECKS = {
    shapes.ID: _id,
    shapes.DAY: _day,
    shapes.MOMENT: _moment,
    shapes.EMAIL: _email,
    shapes.WEB: _address,
}


def _of_their_own(value: Any, deep: int = 0) -> Any:
    """A value of a field the specification does not know, within bounds."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise _Unfit("long")
        return plain(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value  # as the database gives it back
    if deep < DEEPEST and isinstance(value, list) and len(value) <= 1000:
        return [_of_their_own(one, deep + 1) for one in value if one is not None]
    if deep < DEEPEST and isinstance(value, Mapping) and len(value) <= 1000:
        return {
            plain(str(key))[:100]: _of_their_own(one, deep + 1)
            for key, one in value.items()
            if one is not None
        }
    raise _Unfit("not-text")
