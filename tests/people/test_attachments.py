"""A person's papers: kept, read with a trace, sealed, ended, forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories import MORNING, Place, acting, as_worker, browser_of, in_threads, place

from kohti.kernel import attachments as files
from kohti.kernel import clock, outbox
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people import person as whole
from kohti.people.attachments import actions, queries, scanning
from kohti.people.models import Person

TEXT = b"Vuokrasopimus"


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A service whose people these are."""
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture
def ann(here: Place) -> Person:
    """Somebody the leader sees."""
    return here.person("Ann Known")


def brought(
    here: Place, person: Person, *, key: str = "", sealed: str = "", content: bytes = TEXT
) -> uuid.UUID:
    """A paper, kept by the leader."""
    return acting(
        here.member("leader"),
        actions.bring,
        person.id,
        content,
        filename="lease.txt",
        title="Lease",
        sealed=sealed,
        key=key or str(uuid.uuid4()),
    )


def history_of(owner: psycopg.Connection, subject: uuid.UUID) -> list[tuple[str]]:
    """What happened to it."""
    return owner.execute(
        "select verb from kernel_historyevent where subject_id = %s order by at, id", (subject,)
    ).fetchall()


def test_a_paper_comes_back_as_it_was_and_reading_it_is_history(
    here: Place, ann: Person, owner: psycopg.Connection
) -> None:
    paper = brought(here, ann)
    found = acting(here.member("leader"), queries.open_paper, paper)
    assert (found.content, found.name, found.kind) == (TEXT, "lease.txt", "txt")
    assert history_of(owner, paper) == [("attachment.brought",), ("attachment.opened",)]


def test_the_same_file_sent_twice_is_kept_once(here: Place, ann: Person) -> None:
    results = in_threads(4, lambda _n: brought(here, ann, key=f"once:{ann.id}"), at_once=4)
    assert len(set(map(str, results))) == 1
    assert len(acting(here.member("leader"), queries.of_person, ann.id)) == 1


def test_one_that_was_refused_may_be_sent_again_with_the_same_key(here: Place, ann: Person) -> None:
    with pytest.raises(Refused):
        brought(here, ann, key=f"again:{ann.id}", content=b"MZ\x90\x00")
    brought(here, ann, key=f"again:{ann.id}")
    assert len(acting(here.member("leader"), queries.of_person, ann.id)) == 1


def test_there_is_an_end_to_what_one_person_can_have(
    here: Place, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_OF_A_PERSON", 2 * len(TEXT))
    brought(here, ann)
    paper = brought(here, ann)
    with pytest.raises(Refused, match="already"):
        brought(here, ann)
    acting(here.member("leader"), actions.end, paper, because="a newer one")
    brought(here, ann)


def test_what_the_scanner_finds_is_not_kept(
    here: Place, ann: Person, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOHTI_SCAN_COMMAND", "false")
    with pytest.raises(Refused, match="virus"):
        brought(here, ann)
    assert owner.execute(
        "select count(*) from people_attachment where person_id = %s", (ann.id,)
    ).fetchone() == (0,)
    monkeypatch.setenv("KOHTI_SCAN_COMMAND", "true")
    brought(here, ann)
    monkeypatch.delenv("KOHTI_SCAN_COMMAND")
    brought(here, ann)
    lines = acting(here.member("leader"), queries.of_person, ann.id)
    assert [line.scanned for line in lines] == ["unscanned", "clean"]


def papers_page(here: Place, person: Person) -> str:
    """The page of somebody's papers, as the leader reads it."""
    return (
        browser_of(here.member("leader")).get(reverse("person_documents", args=(person.id,))).content.decode()
    )


def scanned_again(here: Place) -> int:
    """Housekeeping has been round."""
    with as_worker():
        return scanning.scan_again(here.system)


def test_what_came_while_the_scanner_was_away_is_scanned_when_it_is_back(
    here: Place, ann: Person, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    owner.execute(
        "update people_attachment set scanned = 'clean' where service_id = %s", (here.system.service_id,)
    )
    lease, ended = brought(here, ann), brought(here, ann)
    acting(here.member("leader"), actions.end, ended, because="pressed twice")
    bad = brought(here, ann, content=b"EICAR")
    assert "Not scanned for viruses" in papers_page(here, ann)
    assert scanned_again(here) == 0
    scanner = tmp_path / "scan.sh"
    scanner.write_text("#!/bin/sh\nexit 2\n")
    scanner.chmod(0o700)
    monkeypatch.setenv("KOHTI_SCAN_COMMAND", str(scanner))
    assert "Not yet scanned for viruses" in papers_page(here, ann)
    assert scanned_again(here) == 0
    scanner.write_text("#!/bin/sh\nif grep -q EICAR; then exit 1; fi\n")
    assert scanned_again(here) == 2
    assert scanned_again(here) == 0
    assert history_of(owner, lease) == [("attachment.brought",), ("attachment.scanned",)]
    assert history_of(owner, bad) == [("attachment.brought",), ("attachment.ended",)]
    with pytest.raises(NotThere):
        acting(here.member("leader"), queries.open_paper, bad)
    page = papers_page(here, ann)
    assert "scanned for viruses" not in page
    assert "The virus scanner found something in this file" in page
    assert owner.execute("select content from people_attachment where id = %s", (bad,)).fetchone() == (None,)


def test_who_does_not_see_the_person_does_not_see_their_papers(here: Place, ann: Person) -> None:
    paper = brought(here, ann)
    other = here.member("leader", centre="gloucester")
    with pytest.raises(NotThere):
        acting(other, queries.open_paper, paper)
    assert acting(other, queries.of_person, ann.id) == []
    with pytest.raises(NotThere):
        acting(other, actions.bring, ann.id, TEXT, filename="a.txt", key=str(uuid.uuid4()))
    with pytest.raises(NotThere):
        acting(other, actions.end, paper, because="x")
    with pytest.raises(NotAllowed):
        acting(here.member("host"), queries.open_paper, paper)


def test_an_ended_paper_is_gone_and_a_line_with_the_reason_stays(
    here: Place, ann: Person, owner: psycopg.Connection
) -> None:
    paper, leader = brought(here, ann), here.member("leader")
    with pytest.raises(Refused, match="why"):
        acting(leader, actions.end, paper, because="  ")
    acting(leader, actions.end, paper, because="of somebody else")
    acting(leader, actions.end, paper, because="pressed twice")
    with pytest.raises(NotThere):
        acting(leader, queries.open_paper, paper)
    assert owner.execute(
        "select content, ended_because from people_attachment where id = %s", (paper,)
    ).fetchone() == (None, "of somebody else")
    assert history_of(owner, paper) == [("attachment.brought",), ("attachment.ended",)]


def test_a_forgotten_person_has_no_papers_and_no_messages(
    here: Place, ann: Person, owner: psycopg.Connection
) -> None:
    brought(here, ann)
    leader = here.member("leader")
    with as_actor(leader):
        outbox.write(
            leader,
            channel="mail",
            to=outbox.To(kind="person", id=ann.id, address="ann@example.org", name="Ann Known"),
            kind="test",
            body="Dear Ann",
            key=str(uuid.uuid4()),
        )
    with as_worker(), as_actor(here.system) as system:
        whole.forget(system, ann.id)
    for table, column in (("people_attachment", "person_id"), ("kernel_message", "to_id")):
        ((text,),) = owner.execute(
            f"select to_jsonb(t)::text from {table} t where {column} = %s", (ann.id,)
        ).fetchall()
        assert "Ann" not in text
        assert "ease" not in text


# --------------------------------------------------------------------------- pages


def test_a_file_is_brought_and_downloaded_without_ever_being_shown(here: Place, ann: Person) -> None:
    leader = browser_of(here.member("leader"))
    address = reverse("document_bring", args=(ann.id,))
    sent = SimpleUploadedFile("../<b>Leas\u202ee</b>.html", b"<script>alert(1)</script>")
    answer = leader.post(address, {"file": sent, "title": "A <b>lease</b>", "key": str(uuid.uuid4())})
    assert answer.headers["Location"].endswith("/papers/?kept")
    page = leader.get(answer.headers["Location"]).content.decode()
    assert "A &lt;b&gt;lease&lt;/b&gt;" in page
    assert "Not scanned for viruses" in page
    (line,) = acting(here.member("leader"), queries.of_person, ann.id)
    got = leader.get(reverse("document", args=(line.id,)))
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("attachment; filename=")
    assert ".txt" in got.headers["Content-Disposition"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in got.headers["Cache-Control"]


def test_what_was_typed_stays_when_a_file_is_not_taken(here: Place, ann: Person) -> None:
    leader = browser_of(here.member("leader"))
    address = reverse("document_bring", args=(ann.id,))
    for content, words in ((b"MZ\x90\x00", "Only PDF"), (b"x" * (files.MOST_BYTES + 1), "larger than 10 MB")):
        sent = SimpleUploadedFile("letter.pdf", content)
        answer = leader.post(address, {"file": sent, "title": "My certificate", "key": str(uuid.uuid4())})
        assert answer.status_code == 422
        assert "My certificate" in answer.content.decode()
        assert words in answer.content.decode()
    assert acting(here.member("leader"), queries.of_person, ann.id) == []


def test_a_letter_is_made_kept_and_written_into_the_history(
    here: Place, ann: Person, owner: psycopg.Connection
) -> None:
    coach = here.member("leader")
    browser = browser_of(coach)
    address = reverse("person_letter", args=(ann.id,))
    assert browser.get(address).status_code == 200
    said = {
        "subject": "About #include",
        "text": "Hello.\n\n*Not bold*",
        "language": "pl",
        "key": str(uuid.uuid4()),
    }
    for _press in range(2):
        answer = browser.post(address, said)
        assert answer.headers["Location"].endswith("/papers/?written")
    (line,) = acting(coach, queries.of_person, ann.id)
    assert (line.title, line.kind, line.source) == ("About #include", "pdf", "made")
    paper = acting(coach, queries.open_paper, line.id)
    assert paper.content.startswith(b"%PDF")
    assert b"/Lang(pl)" in paper.content
    assert ("attachment.made",) in history_of(owner, line.id)


def test_a_letter_without_words_is_sent_back_with_what_there_is(here: Place, ann: Person) -> None:
    browser = browser_of(here.member("leader"))
    address = reverse("person_letter", args=(ann.id,))
    answer = browser.post(address, {"subject": "Kept subject", "text": "", "language": "en", "key": ""})
    assert answer.status_code == 422
    assert "Kept subject" in answer.content.decode()


def test_a_paper_is_ended_with_a_reason_on_a_page_of_its_own(here: Place, ann: Person) -> None:
    paper = brought(here, ann)
    browser = browser_of(here.member("leader"))
    address = reverse("document_end", args=(paper,))
    assert "Lease" in browser.get(address).content.decode()
    assert browser.post(address, {"because": ""}).status_code == 422
    answer = browser.post(address, {"because": "of somebody else"})
    assert "of somebody else" in browser.get(answer.headers["Location"]).content.decode()
    assert browser.get(address).status_code == 404
