"""What pydantic finds wrong in a blueprint, said in words of ours: what was expected, and the nearest word."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.utils.translation import gettext as _
from pydantic import BaseModel

from kohti.kernel import words
from kohti.kernel.languages import gettext_noop

from .lines import Path
from .parts import Blueprint, Code, Colour, Part, Titles

SAID: dict[str, str] = {
    "missing": gettext_noop("is missing; expected %(what)s"),
    "extra_forbidden": gettext_noop("“%(key)s” is not known here"),
    "literal_error": gettext_noop("expected one of %(choices)s"),
    "too_short": gettext_noop("is empty; expected %(what)s"),
    "string_too_short": gettext_noop("is empty; expected %(what)s"),
    "string_too_long": gettext_noop("expected at most %(limit)s characters, here are %(number)s"),
    "greater_than": gettext_noop("expected a number greater than %(limit)s, not %(given)s"),
    "less_than_equal": gettext_noop("expected a number of at most %(limit)s, not %(given)s"),
}
"""What is said to an error of pydantic's, by its type."""

OF_THE_SHAPE = (
    "string_type", "string_pattern_mismatch", "string_unicode",
    "int_type", "int_parsing_size", "bool_type", "not_a_number", "with_a_zone",
    "date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact",
    "float_type", "float_parsing", "greater_than_equal", "time_type", "time_parsing", "tuple_type", "dict_type", "model_type",
)  # fmt: skip
"""Errors to which it is enough to say what stands at that place: neither the shape nor the words fit it."""


def in_words(error: Mapping[str, Any]) -> str:
    """What pydantic found, as one colleague tells another.

    An error of a type that is not foreseen says what stands at its place, as those of `OF_THE_SHAPE` do.
    """
    kind, path, given = error["type"], where(error["loc"]), error.get("input")
    context = error.get("ctx") or {}
    if kind == "value_error":
        return _(str(context["error"]))
    if kind not in SAID:
        return _of_the_shape(expected(path), given)
    choices = [] if kind != "literal_error" else re.findall(r"'([^']*)'|(\d+)", str(context["expected"]))
    said = _(SAID[kind]) % {
        "what": expected(path),
        "key": path[-1] if path else "",
        "choices": words.any_of([f"'{text}'" if text else figure for text, figure in choices]),
        "limit": context.get("gt", context.get("le", context.get("max_length", ""))),
        "number": len(given) if isinstance(given, str) else "",
        "given": given,
    }
    if kind == "extra_forbidden":
        return near(said, str(path[-1]), _keys(path[:-1]), list_them=True)
    return near(said, str(given), [text for text, _figure in choices])


def _of_the_shape(what: str, given: object) -> str:
    if isinstance(given, str | int | float | bool | date | time):
        shown = json.dumps(given, ensure_ascii=False, default=str)
        return _("expected %(what)s, not %(given)s") % {"what": what, "given": shown}
    return _("expected %(what)s") % {"what": what}


NOT_TOML: tuple[tuple[str, str], ...] = (
    (
        r"Unterminated|Illegal character|Expected (\"\"\"|\'\'\')",
        gettext_noop("a text in quotation marks must end with one on the same line"),
    ),
    (r"Unclosed|Expected '?\]", gettext_noop("a bracket that was opened is not closed")),
    (r"Cannot|Duplicate", gettext_noop("this stands in the file twice")),
    (
        r"Expected '='|key part|Invalid statement|Expected newline|Expected '\.'",
        gettext_noop('expected a line such as name = "Front desk"'),
    ),
    (
        r"Invalid value|Invalid date",
        gettext_noop("expected a text in quotation marks, a number, true, false, a day, a time or a list"),
    ),
)
"""What Python's reader of TOML says (a pattern of its words), and what we do."""


def not_toml(reason: str) -> str:
    """Why a file cannot be read as TOML at all; what is not foreseen, in the reader's own words."""
    ours = next((_(said) for pattern, said in NOT_TOML if re.search(pattern, reason)), reason)
    return _("not TOML: %(why)s") % {"why": ours}


def where(path: Path) -> Path:
    """The place of a fault without what pydantic adds: which member of a union, that it was a key."""
    kept = [part for part in path if part not in ("[key]", "str") and not str(part).startswith("tuple[")]
    return tuple(kept)


def near(fault: str, word: str, known: Iterable[str], *, list_them: bool = False) -> str:
    """A fault, with the nearest of the known words; with `list_them` all of them where none is near."""
    known = list(known)
    found = difflib.get_close_matches(word, sorted(known), 1, 0.6)
    if found:
        return _("%(fault)s; did you mean “%(word)s”?") % {"fault": fault, "word": found[0]}
    if list_them:
        return _("%(fault)s; known are %(list)s") % {"fault": fault, "list": ", ".join(known) or "-"}
    return fault


# ---------------------------------------------------------------- what was expected

SHAPES: dict[Any, str] = {
    str: gettext_noop("a text"),
    int: gettext_noop("a whole number"),
    bool: gettext_noop("true or false"),
    date: gettext_noop("a day such as 2026-03-11"),
    time: gettext_noop("a time such as 09:00:00"),
}


def expected(path: Path) -> str:
    """What should stand at a place of the file, in words."""
    shape = _shape(path)
    if get_origin(shape) in (Union, UnionType):
        shape = next(one for one in get_args(shape) if one is not type(None))
    if get_origin(shape) is tuple:
        inner = get_args(shape)[0]
        if isinstance(inner, type) and issubclass(inner, Part):
            return _("[[%(list)s]] tables") % {"list": path[-1]}
        return _("a list, each entry of it %(what)s") % {"what": _described(inner, path)}
    if isinstance(shape, type) and issubclass(shape, Part):
        return _("a table with %(keys)s") % {"keys": ", ".join(_fields(shape))}
    return _described(shape, path)


def _described(shape: Any, path: Path) -> str:
    if shape is Code or (path and path[-1] in ("code", "stream")):
        return _("a code of small letters, figures and hyphens, such as front-desk")
    if shape is Colour or (len(path) > 1 and path[-2] == "accent"):
        return _("a colour such as #15705c")
    if path and path[-1] == "letter":
        return _("one capital letter")
    if path and path[-1] == "logo":
        return _("the name of an .svg or .png file beside the blueprint")
    if get_origin(shape) is Annotated:
        shape = get_args(shape)[0]
    if get_origin(shape) is Literal:
        return _("one of %(choices)s") % {"choices": words.any_of([repr(one) for one in get_args(shape)])}
    if shape == Titles or (path and path[-1] == "title"):
        return _("a title in each language of the service, such as %(example)s") % {
            "example": '{ en = "Front desk" }'
        }
    if get_origin(shape) is dict:
        return _("a table")
    return _(SHAPES.get(shape, SHAPES[str]))


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
