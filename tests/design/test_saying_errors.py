"""A page says that something is wrong where it is looked for first: in its title; and a field asks in our words alone."""

import re
from typing import Any

import pytest
from django import forms
from jinja2 import Environment
from tests.design.test_parts import part

PAGE = """
{% extends "design/layout.html" %}
{% from "design/parts.html" import error_summary %}
{% block title %}Walk-in{% endblock %}
{% block content %}{{ error_summary(errors=errors) }}<p>{{ said }}</p>{% endblock %}
"""


@pytest.mark.parametrize(
    ("errors", "said", "title"),
    [
        ([("id_name", "Name: too long")], "", "Error: Walk-in · Gloucestershire jobcentres"),
        ([], "", "Walk-in · Gloucestershire jobcentres"),
        ([], 'a note with class="k-error-summary" in it', "Walk-in · Gloucestershire jobcentres"),
    ],
)
def test_the_title_begins_with_the_error_where_there_is_one(
    templates: Environment, context: dict[str, Any], errors: list[tuple[str, str]], said: str, title: str
) -> None:
    html = templates.from_string(PAGE).render(**context, errors=errors, said=said)
    found = re.search(r"<title>(.*?)</title>", html)
    assert found is not None
    assert found[1] == title


class Asked(forms.Form):
    secret = forms.CharField(widget=forms.PasswordInput(attrs={"placeholder": "Secret"}))
    until = forms.ChoiceField(choices=[("", "For ever"), ("day", "Today")], required=False)
    note = forms.CharField(required=False)


def test_no_placeholder_stands_in_for_a_label(templates: Environment) -> None:
    assert "placeholder" not in part(templates, "form_fields", Asked())


def test_a_select_has_an_answer_already_and_does_not_say_that_it_may_stay_empty(
    templates: Environment,
) -> None:
    html = part(templates, "form_fields", Asked())
    assert html.count("(if you wish)") == 1
    assert html.index("(if you wish)") > html.index("</select>")
