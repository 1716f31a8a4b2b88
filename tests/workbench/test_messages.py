"""The page of messages, an appointment that is told, and mail that comes back."""

from __future__ import annotations

import mailbox
import uuid
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import psycopg
import pytest
from django.urls import reverse
from tests.factories import MORNING, Place, acting, as_worker, browser_of, place

from kohti.config import post
from kohti.kernel import clock
from kohti.kernel.errors import NotThere
from kohti.kernel.outbox import sending
from kohti.kernel.outbox.bounces import NotABounce
from kohti.people import actions as people
from kohti.people import queries
from kohti.people.attachments import queries as papers


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A service whose messages these are."""
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture(autouse=True)
def nothing_left_over(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty outbox, and mail into a folder."""
    owner.execute("delete from kernel_message")
    monkeypatch.delenv("KOHTI_MAIL_URL", raising=False)
    monkeypatch.setenv("KOHTI_MAIL_FROM", "desk@service.example")


def told(here: Place, tmp_path: Path, *, how: str = "mail", language: str = "en") -> tuple[uuid.UUID, bytes]:
    """Somebody is told their appointment; who, and the message as it left."""
    booking = here.booking()
    browser = browser_of(here.member("leader"))
    said = {"how": how, "language": language, "key": str(booking.id)}
    answer = browser.post(reverse("appointment_tell", args=(booking.id,)), said)
    assert answer.status_code == 302
    with as_worker():
        sending.send_waiting(here.system, tmp_path)
    (file,) = (tmp_path / "outbox").iterdir()
    assert booking.person_id is not None
    return booking.person_id, file.read_bytes()


def notice(
    returned: bytes, *, action: str = "failed", status: str = "5.1.1", kind: str = "delivery-status"
) -> bytes:
    """What a mail server writes when a mail cannot be delivered (RFC 3464, appendix E)."""
    heads = returned.split(b"\r\n\r\n")[0]
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: desk@service.example\r\nSubject: Undelivered Mail\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        b"--B\r\nContent-Type: message/" + kind.encode() + b"\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; somebody@example.org\r\nAction: " + action.encode() + b"\r\n"
        b"Status: " + status.encode() + b"\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n"
        b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n" + heads + b"\r\n\r\n--B--\r\n"
    )


def state(owner: psycopg.Connection) -> list[tuple[str, str]]:
    """The messages there are."""
    return owner.execute("select state, reply from kernel_message order by at").fetchall()


def test_the_time_of_an_appointment_leaves_in_the_language_chosen_and_names_nobody_in_its_subject(
    here: Place, tmp_path: Path
) -> None:
    _person, sent = told(here, tmp_path)
    mail = message_from_bytes(sent)
    assert mail["Subject"] == "Your appointment"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "Wednesday 11 March 2026 at 10:10, Cheltenham" in body.decode()


def test_a_text_says_when_and_where(here: Place, tmp_path: Path) -> None:
    _person, sent = told(here, tmp_path, how="sms")
    assert sent.startswith(b"+447700900123\n\nGloucestershire Jobcentres: We expect you")


def test_the_letter_of_an_appointment_is_kept_with_its_person(here: Place, owner: psycopg.Connection) -> None:
    booking = here.booking()
    leader = here.member("leader")
    browser = browser_of(leader)
    assert booking.person_id is not None
    page = browser.get(reverse("appointments", args=(booking.person_id,))).content.decode()
    assert "Wednesday 11 March 2026 at 10:10" in page
    answer = browser.post(
        reverse("appointment_tell", args=(booking.id,)),
        {"how": "letter", "bring": "A card\n\nA pen", "key": "k"},
    )
    assert answer.headers["Location"].endswith("/papers/?written")
    (line,) = acting(leader, papers.of_person, booking.person_id)
    assert (line.title, line.kind) == ("Your appointment", "pdf")


def test_who_must_not_be_left_a_message_is_sent_none(here: Place, owner: psycopg.Connection) -> None:
    booking = here.booking()
    owner.execute("update people_person set no_messages = true where id = %s", (booking.person_id,))
    answer = browser_of(here.member("leader")).post(
        reverse("appointment_tell", args=(booking.id,)), {"how": "mail", "key": "k"}
    )
    assert answer.status_code == 409
    assert "must not be left a message" in answer.content.decode()
    assert state(owner) == []


def test_mail_that_came_back_marks_the_message_and_the_address_and_staff_are_told(
    here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    person_id, sent = told(here, tmp_path)
    for _twice in range(2):
        with as_worker():
            assert post.take_bounce(notice(sent)).status == "5.1.1"
    assert state(owner) == [("bounced", "dsn 5.1.1")]
    leader = here.member("leader")
    card = acting(leader, queries.open_person, person_id)
    assert [way.kind for way in card.ways if way.fails_since] == ["email"]
    browser = browser_of(leader)
    assert "E-mail is returned" in browser.get(reverse("person", args=(person_id,))).content.decode()
    page = browser.get(reverse("messages")).content.decode()
    assert "Came back" in page
    assert "this address does not work" in page
    events = owner.execute(
        "select verb from kernel_historyevent where %s = any(person_ids) and verb like any(%s) order by verb",
        (person_id, ["%bounced", "%fails"]),
    ).fetchall()
    assert events == [("message.bounced",), ("person.contact_fails",)]


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7"])
def test_a_full_box_is_no_address_that_does_not_work(
    status: str, here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    person_id, sent = told(here, tmp_path)
    with as_worker():
        post.take_bounce(notice(sent, status=status))
    assert state(owner) == [("bounced", f"dsn {status}")]
    card = acting(here.member("leader"), queries.open_person, person_id)
    assert not any(way.fails_since for way in card.ways)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda sent: b"", "no delivery status"),
        (lambda sent: b"\x00\xff" * 100, "no delivery status"),
        (lambda sent: sent, "no delivery status"),
        (lambda sent: notice(sent, kind="disposition-notification"), "no delivery status"),
        (lambda sent: notice(sent, action="delayed", status="4.4.1"), "late"),
        (lambda sent: notice(sent, action="delivered", status="2.0.0"), "does not say"),
        (lambda sent: notice(b"Message-ID: <x@elsewhere.example>"), "not ours"),
        (lambda sent: b"x" * 3_000_000, "too large"),
    ],
)
def test_what_is_no_bounce_is_refused_in_words_and_changes_nothing(
    wrong: object, words: str, here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    _person, sent = told(here, tmp_path)
    assert callable(wrong)
    with as_worker(), pytest.raises(NotABounce, match=words):
        post.take_bounce(wrong(sent))
    assert state(owner) == [("sent", "")]


def test_a_bounce_of_a_message_that_is_not_here_is_refused(
    here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    _person, sent = told(here, tmp_path)
    owner.execute("delete from kernel_message")
    with as_worker(), pytest.raises(NotThere, match="not here"):
        post.take_bounce(notice(sent))


@pytest.mark.parametrize("shape", ["maildir", "mbox"])
def test_a_box_of_notices_is_emptied_of_what_was_taken(
    shape: str, here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    _person, sent = told(here, tmp_path)
    path = tmp_path / "box"
    box = mailbox.Maildir(path) if shape == "maildir" else mailbox.mbox(path)
    for one in (notice(sent), b"Subject: Holiday\r\n\r\nI am away."):
        box.add(one)
    box.flush()
    box.close()
    with as_worker():
        found = post.take_bounces(path)
    assert found.taken == 1
    assert list(found.refused.values()) == [1]
    again = mailbox.Maildir(path) if shape == "maildir" else mailbox.mbox(path)
    assert [one["Subject"] for one in again] == ["Holiday"]
    again.close()
    assert state(owner)[0][0] == "bounced"


def test_what_nobody_knows_is_shown_and_a_leader_decides(
    here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    told(here, tmp_path)
    owner.execute("update kernel_message set state = 'unknown'")
    browser = browser_of(here.member("leader"))
    page = browser.get(reverse("messages")).content.decode()
    assert "Perhaps sent" in page
    assert "ask before sending it again" in page
    ((message,),) = owner.execute("select id from kernel_message").fetchall()
    answer = browser.post(reverse("message_decide", args=(message,)), {"decision": "again"})
    assert answer.status_code == 302
    assert state(owner)[0][0] == "queued"
    assert browser.get(f"{reverse('messages')}?state=sent").status_code == 200
    assert "No messages here" in browser.get(f"{reverse('messages')}?state=sent").content.decode()


def test_a_mail_to_a_colleague_that_came_back_stands_where_they_were_invited(
    here: Place, tmp_path: Path
) -> None:
    administrator = browser_of(here.member("administrator"))
    answer = administrator.post(
        reverse("team_invite"),
        {
            "name": "Robin New",
            "email": "robin@gone.example",
            "organisation": "jobcentre",
            "starts_0": "12",
            "starts_1": "3",
            "starts_2": "2026",
            "centre": "cheltenham",
            "role": "host",
            "key": str(uuid.uuid4()),
        },
    )
    assert answer.status_code == 200, answer.content.decode()
    with as_worker():
        sending.send_waiting(here.system, tmp_path)
    assert "E-mail is returned" not in administrator.get(reverse("team")).content.decode()
    (file,) = (tmp_path / "outbox").iterdir()
    with as_worker():
        post.take_bounce(notice(file.read_bytes()))
    page = administrator.get(reverse("team")).content.decode()
    assert "E-mail is returned" in page
    assert "invite again, with another address" in page
    page = administrator.get(reverse("messages")).content.decode()
    assert "Invitation of a colleague" in page
    assert "Invite this colleague again, with another" in page


def test_an_address_that_fails_is_not_written_to_until_there_is_another(
    here: Place, tmp_path: Path, owner: psycopg.Connection
) -> None:
    booking = here.booking()
    assert booking.person_id is not None
    with as_worker():
        acting(here.system, people.contact_fails, booking.person_id, "Somebody@Example.org")
    answer = browser_of(here.member("leader")).post(
        reverse("appointment_tell", args=(booking.id,)), {"how": "mail", "key": "k"}
    )
    assert answer.status_code == 409
    assert "comes back" in answer.content.decode()
