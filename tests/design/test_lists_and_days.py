"""Ways through lists, entries of a timeline, long work, and days typed as three numbers."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from jinja2 import Environment
from tests.design.test_parts import NASTY, check, part

from kohti.design.fields import DayField


class Born(forms.Form):
    born = DayField(label="Date of birth", latest=date(2026, 3, 11))
    met = DayField(required=False, help_text="For example 27 3 1984")


def typed(*parts: str) -> Born:
    return Born({f"born_{n}": part for n, part in enumerate(parts)})


@pytest.mark.parametrize(
    "parts",
    [("27", "3", "1984"), (" 27 ", "03", "1984"), ("٢٧", "٣", "١٩٨٤")],
    ids=["plain", "spaces", "arabic"],
)
def test_a_day_is_taken_as_people_type_it(parts: tuple[str, ...]) -> None:
    form = typed(*parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"born": date(1984, 3, 27), "met": None}


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (("", "", ""), "Give a day, a month and a year."),
        (("27", "", "1984"), "missing: month"),
        (("", "3", ""), "missing: day, year"),
        (("30", "2", "1984"), "There is no such day"),
        (("27", "March", "1984"), "There is no such day"),
        (("27", "3", "84"), "four figures"),
        (("12", "3", "2026"), "still to come"),
        (("9" * 11, "3", "2026"), "at most 10"),
    ],
)
def test_a_day_that_is_none_is_refused_in_words_and_kept_as_typed(
    templates: Environment, parts: tuple[str, ...], says: str
) -> None:
    form = typed(*parts)
    assert says in " ".join(map(str, form.errors["born"]))
    html = part(templates, "form_fields", form)
    for n, text in enumerate(parts):
        assert f'id="id_born_{n}" name="born_{n}" value="{text}"' in html
    assert html.count('aria-invalid="true"') == 3
    assert 'href="#id_born_0"' in part(templates, "error_summary", form)


def test_a_day_that_is_known_is_shown_as_its_three_numbers(templates: Environment) -> None:
    html = part(templates, "form_field", Born(initial={"born": date(1984, 3, 27)})["born"])
    assert re.findall(r'value="(\d+)"', html) == ["27", "3", "1984"]
    assert "(if you wish)" in part(templates, "form_field", Born()["met"])
    by_hand = part(templates, "date_field", "born", "Born", value=date(1984, 3, 27), autocomplete="bday")
    assert 'autocomplete="bday-day"' in by_hand


def test_a_search_is_posted_and_stands_in_no_address(templates: Environment) -> None:
    html = part(templates, "search_form", "/people/find/", "Who?", "token", value=NASTY, help="Letters")
    assert 'method="post"' in html
    assert 'name="csrfmiddlewaretoken" value="token"' in html


@pytest.mark.parametrize("macro", ["phone_field", "check_field"])
def test_a_number_and_a_tick_are_wired_to_label_help_and_error(templates: Environment, macro: str) -> None:
    html = part(templates, macro, "x", NASTY, help="Help", error=NASTY)
    assert 'aria-describedby="id_x-help id_x-error"' in html
    assert 'aria-invalid="true"' in html


def test_where_one_is_is_said_to_who_does_not_see_it(templates: Environment) -> None:
    tabs = part(
        templates, "tabs", [("Overview", "/o/", True), ("Plan", "/p/", False, 3)], "Pages of this person"
    )
    assert re.findall(r'href="(/./)" aria-current="page"', tabs) == ["/o/"]
    chips = part(templates, "chips", [(NASTY, "/all/", True), ("Mine", "/mine/", False)], "Narrow the list")
    assert re.findall(r'href="([^"]+)" aria-current="true"', chips) == ["/all/"]


def test_a_long_list_goes_on_and_back_and_says_nothing_when_it_is_short(templates: Environment) -> None:
    html = part(templates, "pager", earlier="/?before=a", later="/?after=b")
    assert 'rel="prev" href="/?before=a"' in html
    assert 'rel="next" href="/?after=b"' in html
    assert 'rel="prev"' not in part(templates, "pager", later="/?after=b")
    assert part(templates, "pager").strip() == ""


def test_a_column_says_how_it_is_sorted(templates: Environment) -> None:
    page = templates.from_string(
        '{% from "design/parts.html" import table %}{% call table([{"text": "Name", "href": "?sort=name", '
        '"order": "down"}, {"text": "Wait", "href": "?sort=wait", "n": True}], dense=True) %}{% endcall %}'
    ).render()
    check(page)
    assert re.search(
        r'<th scope="col" aria-sort="descending"><a class="k-sort" href="\?sort=name">Name', page
    )
    assert '<th scope="col" data-n><a class="k-sort" href="?sort=wait">Wait' in page


def test_what_is_not_known_says_so_and_every_change_says_of_what(templates: Environment) -> None:
    html = part(
        templates, "summary_list", [("Name", NASTY, "/n/"), ("Phone", "", "/p/", "Add"), ("Reference", "C1")]
    )
    assert "not said" in html
    assert 'Change<span class="ds-sr-only"> Name</span>' in html
    assert html.count("<a ") == 2


def called(templates: Environment, call: str, inside: str = "What it says", **given: Any) -> str:
    name = call.split("(")[0]
    text = f'{{% from "design/parts.html" import {name} %}}{{% call {call} %}}{inside}{{% endcall %}}'
    html = templates.from_string(text).render(nasty=NASTY, **given)
    check(html)
    assert "<script>" not in html
    return html


def test_a_timeline_says_no_hour_that_nobody_knows_and_keeps_what_was_withdrawn(
    templates: Environment,
) -> None:
    assert "<time>09:30</time> · " in part(templates, "timeline_entry", NASTY, at="09:30", who="Marie Gray")
    assert "<time>" not in part(templates, "timeline_entry", "Letter", who="Marie Gray")
    struck = part(templates, "timeline_entry", NASTY, struck="Belonged to somebody else")
    assert "<del>&lt;script&gt;" in struck
    assert "Belonged to somebody else" in struck
    assert "<details><summary>" in called(templates, "timeline_entry(nasty)")
    assert "<h3>11 March</h3>" in called(templates, 'timeline_day("11 March")', "<li>x</li>")


def test_long_work_says_how_far_it_is_when_it_is_known_and_can_be_stopped(templates: Environment) -> None:
    cancel = {"action": "/stop/", "label": "Stop"}
    html = part(templates, "progress", "Reading", done=300, total=20000, cancel=cancel, csrf_token="token")
    assert 'value="300" max="20000"' in html
    assert "300 of 20000" in html
    assert 'action="/stop/"' in html
    assert "max=" not in part(templates, "progress", "Reading")


def test_what_cannot_be_undone_is_asked_on_a_page_with_a_way_back(templates: Environment) -> None:
    html = called(templates, 'confirm("/end/", nasty, "token", "/back/", fields={"a": nasty})')
    assert 'name="sure" value="yes"' in html
    assert 'href="/back/"' in html


def test_help_opens_where_the_question_is_and_a_card_has_its_state_last(templates: Environment) -> None:
    assert "<details" in called(templates, "help_details(nasty)")
    html = part(templates, "card", NASTY, href="/c/", text=NASTY, tag_text="Open")
    assert html.index("k-tag") > html.index("/c/")
    assert "What it says" in called(templates, "card(nasty)")
    assert 'href="/b/"' in part(templates, "back_link", NASTY, "/b/")
