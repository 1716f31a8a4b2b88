"""Help: short, about what the reader's role does, at the same place of every page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.factories import browser_of, place

from kohti.config.help import TOPICS
from kohti.kernel.actor import may
from kohti.kernel.may import VERBS


@pytest.mark.parametrize("role", ["host", "coach", "leader", "administrator"])
def test_each_role_reads_of_what_it_may_and_of_nothing_else(role: str) -> None:
    actor = place().member(role)
    page = browser_of(actor).get("/help/").content.decode()
    for topic in TOPICS:
        assert (topic.title.replace("'", "&#39;") in page) is may(actor, topic.verb), topic.title
    assert "Getting in and out" in page


def test_who_cannot_get_in_reads_how() -> None:
    page = Client().get("/help/").content.decode()
    assert "How to get in." in page
    assert TOPICS[0].title not in page


def test_every_topic_is_of_a_verb_there_is() -> None:
    assert {topic.verb for topic in TOPICS} <= set(VERBS)


@pytest.mark.parametrize("path", ["/arrivals/", "/queue/", "/team/", "/account/codes/", "/no/such/page/"])
def test_help_stands_at_the_same_place_of_every_page(path: str) -> None:
    page = browser_of(place().member("leader")).get(path).content.decode()
    me = page[page.index('<div class="k-me">') :]
    assert re.findall(r'<a [^>]*href="([^"]+)"', me.split("</details>")[1])[0] == "/help/"
