"""What stands in the tables of ways, said in plain words and in the language in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import words

CHANNELS: dict[str, Callable[[], str]] = {
    "here": lambda: _("Here"),
    "phone": lambda: _("Telephone"),
    "video": lambda: _("Video"),
    "chat": lambda: _("Chat"),
    "home": lambda: _("At their home"),
    "workplace": lambda: _("At a workplace"),
    "elsewhere": lambda: _("At the municipality or elsewhere"),
}
BROKEN: dict[str, Callable[[], str]] = {
    "owner": lambda: _("Nobody has them in hand"),
    "away": lambda: _("Their coach is away and nobody stands in"),
    "next": lambda: _("Nothing is planned"),
    "contact": lambda: _("No contact for too long"),
    "missed": lambda: _("They missed an appointment and nobody has asked why"),
    "stuck": lambda: _("A step is stuck and nobody has taken it up"),
    "limit": lambda: _("The time limit has passed"),
}
WHO: dict[str, Callable[[], str]] = {
    "person": lambda: _("They themselves"),
    "coach": lambda: _("Their coach"),
    "partner": lambda: _("A partner"),
    "other": lambda: _("Somebody else"),
}
STATES: dict[str, Callable[[], str]] = {
    "offered": lambda: _("Offered"),
    "doing": lambda: _("Under way"),
    "stuck": lambda: _("Stuck"),
    "done": lambda: _("Done"),
    "dropped": lambda: _("Dropped"),
    "declined": lambda: _("Declined"),
}
CHOSEN: dict[str, Callable[[], str]] = {
    "": lambda: _("as before"),
    "done": lambda: _("Done"),
    "moved": lambda: _("Another day"),
    "stuck": lambda: _("Stuck"),
    "dropped": lambda: _("Dropped"),
    "doing": lambda: _("It goes on"),
    "taken": lambda: _("They take it"),
    "declined": lambda: _("They decline"),
    "later": lambda: _("Later"),
}
"""What is chosen of a step in ten minutes."""
RULED: dict[str, Callable[[], str]] = {
    "yes": lambda: _("Yes"),
    "no": lambda: _("No"),
    "if": lambda: _("Yes, on a condition"),
}
LEVELS: dict[int | None, Callable[[], str]] = {
    1: lambda: _("Very hard"),
    2: lambda: _("Hard"),
    3: lambda: _("Mostly fine"),
    4: lambda: _("Fine"),
    None: lambda: _("Does not want to say"),
}
LASTS: dict[str, Callable[[], str]] = {
    "yes": lambda: _("Yes"),
    "no": lambda: _("No"),
    "unknown": lambda: _("Not known"),
}
BASIS: dict[str, Callable[[], str]] = {
    "task": lambda: _("A public task"),
    "consent": lambda: _("Their consent"),
    "duty": lambda: _("A legal duty"),
}
EMPLOYMENT: dict[str, Callable[[], str]] = {
    "unemployed": lambda: _("Out of work and looking"),
    "inactive": lambda: _("Not working and not looking"),
    "education": lambda: _("In education or training"),
    "employed": lambda: _("Employed"),
    "self-employed": lambda: _("Self-employed"),
}
EDUCATION: dict[str, Callable[[], str]] = {
    "isced-0-2": lambda: _("Up to lower secondary school"),
    "isced-3-4": lambda: _("Upper secondary or vocational"),
    "isced-5-8": lambda: _("College or university"),
}
HOUSEHOLD: dict[str, Callable[[], str]] = {
    "alone": lambda: _("Alone"),
    "alone-children": lambda: _("Alone with children"),
    "partner": lambda: _("With a partner"),
    "partner-children": lambda: _("With a partner and children"),
    "others": lambda: _("With others"),
}


def chosen(table: Mapping[Any, Callable[[], str]], code: Any) -> str:
    """The words of a code; the code itself where there are none."""
    return table[code]() if code in table else str(code)


def change(kind: str, values: Mapping[str, Any]) -> str:
    """One change of a plan as a sentence."""
    day = values.get("due_on") or values.get("ask_on")
    told = {
        "words": words.title(values["titles"]) if "titles" in values else values.get("words", ""),
        "why": values.get("why", ""),
        "by": values.get("by", ""),
        "answer": chosen(RULED, values.get("answer", "")),
        "day": words.day_short(date.fromisoformat(day)) if day else "",
    }
    known = {
        "aim": _("New aim: %(words)s"),
        "aim-reached": _("Reached: %(words)s"),
        "aim-open": _("An aim again: %(words)s"),
        "outcome": _("Reached: %(words)s"),
        "aim-dropped": _("No longer an aim: %(words)s"),
        "step": _("New step: %(words)s, by %(day)s") if told["day"] else _("New step: %(words)s"),
        "step-offered": _("Offered as a choice: %(words)s"),
        "step-later": _("Asked again on %(day)s: %(words)s"),
        "step-doing": _("They took it on: %(words)s") if values.get("said") else _("Taken up: %(words)s"),
        "step-done": _("Done: %(words)s"),
        "step-dropped": _("Dropped: %(words)s (%(why)s)"),
        "step-stuck": _("Stuck: %(words)s. What would help: %(why)s"),
        "step-declined": _("They declined: %(words)s") if values.get("said") else _("Declined: %(words)s"),
        "step-answered": _("Taken up that this is stuck: %(words)s"),
        "ruling": _("Ruling of %(by)s: %(answer)s. %(words)s (%(why)s)"),
        "step-said": "%(words)s: %(why)s",
        "step-moved": _("Moved to %(day)s: %(words)s"),
    }
    return known[kind] % told if kind in known else kind
