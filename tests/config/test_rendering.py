"""What our templates render is what Jinja renders."""

from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from django.template import engines
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from markupsafe import Markup

from kohti.config.rendering import Environment

LINES = (
    "{{ text }} {{ marked }} {{ safe }} {{ lazy }} {{ number }} {{ none }}",
    "{{ one.word }} {{ one['word'] }} {{ thing.word }} {{ one.items() | list | length }} {{ one.get('no', '<') }}",
    "{% for a in list %}{% set b = a ~ '<' %}{{ loop.index }}{{ b }}{% endfor %}",
    "{% macro said(what, big=false) %}<p{% if big %} big{% endif %}>{{ what }}{{ caller() if caller is defined }}</p>"
    "{% endmacro %}{{ said(text) }}{{ said(what='&', big=true) }}{% call said('x') %}{{ text }}{% endcall %}",
    "{% set kept %}<i>{{ text }}</i>{% endset %}{{ kept }}{{ kept ~ text }}{{ text | upper }}{{ text | e }}",
)
GIVEN: dict[str, Any] = {
    "text": "<b>&'\"",
    "marked": Markup("<i>"),
    "safe": mark_safe("<u>"),
    "lazy": lazystr("<lazy>"),
    "number": 3,
    "none": None,
    "one": {"word": "<w>", "items": "never"},
    "thing": SimpleNamespace(word="<t>"),
    "list": ["<", 2],
}


@pytest.mark.parametrize("line", LINES)
def test_every_kind_of_thing_stands_in_a_page_as_jinja_writes_it(line: str) -> None:
    options: dict[str, Any] = {"autoescape": True, "undefined": jinja2.StrictUndefined}
    theirs = jinja2.Environment(**options).from_string(line).render(GIVEN)  # noqa: S701 - it is on
    assert Environment(**options).from_string(line).render(GIVEN) == theirs


@pytest.mark.parametrize("line", ["{{ nobody }}", "{{ one.nothing }}", "{{ thing.nothing }}"])
def test_what_is_not_there_is_an_error_in_a_page(line: str) -> None:
    with pytest.raises(jinja2.UndefinedError):
        engines["jinja2"].from_string(line).render(GIVEN)
