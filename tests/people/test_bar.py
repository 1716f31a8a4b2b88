"""Every page about a person begins alike: who they are, what to heed, and the way to all their other pages."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.kernel import clock, documents
from kohti.people import actions
from kohti.people.actions import Basics, Reach
from kohti.people.attachments import actions as papers
from kohti.people.models import Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def key() -> str:
    return str(uuid.uuid4())


def everything_known(here: Place) -> Person:
    """Somebody of whom the bar has everything to say."""
    leader, someone = here.member("leader"), here.person("Zoltan Kiss")
    basics = Basics(
        full_name="Zoltan Kiss", called="Zoli", date_of_birth=TODAY - timedelta(days=12_000),
        languages=("hu", "en"), interpreter="hu",
    )  # fmt: skip
    acting(leader, actions.keep_basics, someone.id, basics)
    reach = Reach(safe_contact="text before noon", not_by="ringing: partner listens", no_messages=True)
    acting(leader, actions.keep_reach, someone.id, reach)
    later = TODAY + timedelta(days=30)
    for kind, words in (("helps", "a seat near the door"), ("vulnerable", "has just lost a home")):
        acting(leader, actions.add_mark, someone.id, kind=kind, words=words, review_on=later, key=key())
    acting(leader, actions.add_danger, someone.id, words="two of you", reason="r", ends_on=later, key=key())
    return someone


def pages_about(here: Place, someone: Person) -> dict[str, str]:
    """The address of each page about somebody, for who may open them all."""
    leader = here.member("leader")
    note = acting(leader, actions.write_note, someone.id, "a note", key=key())
    paper = acting(leader, papers.keep_made, someone.id, documents.Made(b"%PDF", True), title="A", key=key())
    mark = acting(
        leader, actions.add_mark, someone.id,
        kind="helps", words="a ramp", review_on=TODAY + timedelta(days=9), key=key(),
    )  # fmt: skip
    named = ("person", "person_timeline", "appointments", "person_documents", "person_letter",
             "person_sharing", "person_transfer", "person_emergency")  # fmt: skip
    found = {name: reverse(name, args=[someone.id]) for name in named}
    for part in ("who", "reach", "contacts", "marks", "danger", "representatives", "household"):
        found[f"change {part}"] = reverse("person_change", args=[someone.id, part])
    found["note"] = reverse("note", args=[note])
    found["end a paper"] = reverse("document_end", args=[paper])
    found["look again"] = reverse("person_review", args=[someone.id, mark])
    found["history"] = f"{reverse('audit')}?person={someone.id}"
    return found


def bar_of(page: str) -> tuple[str, list[tuple[str, str]], list[str]]:
    """What the bar says, the tabs with their addresses, and which of them is the page's own."""
    start = page.index('<section class="k-identity"')
    said = page[start : page.index("</section>", start)]
    tabs = page[page.index('<nav class="k-tabs"') :].split("</nav>", 1)[0]
    links = re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)', tabs)
    return (
        said,
        [(text.strip(), href) for href, _now, text in links],
        [t.strip() for _h, now, t in links if now],
    )


def test_every_page_about_a_person_has_the_same_bar_and_no_name_in_its_title(here: Place) -> None:
    someone = everything_known(here)
    browser = browser_of(here.member("leader"))
    all_tabs = []
    for name, address in pages_about(here, someone).items():
        answer = browser.get(address)
        assert answer.status_code == 200, name
        page = answer.content.decode()
        said, tabs, current = bar_of(page)
        for words in (
            "Zoltan Kiss", "Zoli", "32", "Hungarian, English", "text before noon", "ringing: partner listens",
            "never leave a message", "a seat near the door", "has just lost a home",
            "two of you (until 10 April 2026)",
        ):  # fmt: skip
            assert words in said, (name, words)
        all_tabs.append(tabs)
        assert len(current) == (0 if name.startswith("change") else 1), (name, current)
        title = re.search(r"<title>([^<]*)", page)
        assert title is not None
        assert "Zol" not in title[1]
        assert page.count("<h1") == 1, name
    assert all(tabs == all_tabs[0] for tabs in all_tabs)
    assert [text for text, _href in all_tabs[0]] == [
        "Overview", "Plan", "How it goes", "Timeline", "Appointments", "Documents", "Referrals", "Who sees them",
        "Other centre", "History",
    ]  # fmt: skip


def test_a_coach_has_the_pages_a_coach_may_open(here: Place) -> None:
    coach = here.member("coach")
    someone = acting(coach, actions.register, coach.centre, [actions.NewPerson(full_name="Of Coach")])[0]
    browser = browser_of(coach)
    _said, tabs, _current = bar_of(browser.get(reverse("person", args=[someone.id])).content.decode())
    assert [text for text, _href in tabs] == [
        "Overview",
        "Plan",
        "How it goes",
        "Timeline",
        "Appointments",
        "Documents",
        "Referrals",
        "Who sees them",
    ]
    assert [browser.get(href).status_code for _text, href in tabs] == [200] * 8


def test_who_looked_stands_in_a_person_s_history(here: Place) -> None:
    coach, leader = here.member("coach", name="Curious Cora"), here.member("leader")
    someone = acting(coach, actions.register, coach.centre, [actions.NewPerson(full_name="Looked At")])[0]
    browser_of(coach).get(reverse("person", args=[someone.id]))
    page = browser_of(leader).get(f"{reverse('audit')}?person={someone.id}").content.decode()
    assert "Curious Cora" in page
    assert "opened a person" in page
