"""The outbox: what is written leaves at most once, and what became of it is known or said to be unknown."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import fast_mail_parser
import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.core import mail as django_mail
from django.core.mail import EmailMessage, send_mail
from tests.factories import MORNING, Place, as_worker, in_threads, place

from kohti.kernel import clock, history, outbox
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.outbox import To, sending, ways
from kohti.kernel.outbox.mail import message_id_of

LONG = "Äänetön aika: tapaamisesi on siirtynyt, ja uusi aika sekä paikka löytyvät tästä viestistä. " * 3


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """A service whose messages these are."""
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture(autouse=True)
def nothing_left_over(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test finds an empty outbox, and no setting of the machine it runs on."""
    owner.execute("delete from kernel_message")
    for name in ("KOHTI_MAIL_URL", "KOHTI_SMS_URL", "KOHTI_SMS_TOKEN", "KOHTI_MAIL_BOUNCES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KOHTI_MAIL_FROM", "desk@service.example")


def written(
    actor: Actor,
    *,
    key: str = "",
    channel: outbox.Channel = "mail",
    address: str = "",
    name: str = "",
    subject: str = "Your appointment",
    body: str = "Come at ten.",
    to_id: uuid.UUID | None = None,
    centre_id: uuid.UUID | None = None,
    unsubscribe: str = "",
) -> uuid.UUID:
    """A message to a person, in the outbox."""
    with as_actor(actor):
        return outbox.write(
            actor,
            channel=channel,
            to=To(
                kind="person",
                id=to_id or uuid.uuid4(),
                address=address or ("ann@example.org" if channel == "mail" else "07700 900123"),
                name=name,
            ),
            kind="test",
            subject=subject,
            body=body,
            key=key or str(uuid.uuid4()),
            centre_id=centre_id or actor.centre_id,
            unsubscribe=unsubscribe,
        )


def sent(here: Place, folder: Path) -> dict[str, int]:
    """One round of the sender; how many became what."""
    with as_worker():
        return {
            state: number for state, number in sending.send_waiting(here.system, folder).items() if number
        }


def row(owner: psycopg.Connection, message_id: uuid.UUID) -> Any:
    """State and what the other side said."""
    return owner.execute("select state, reply from kernel_message where id = %s", (message_id,)).fetchone()


class Mailbox:
    """A real mail server in a thread: keeps what it takes, and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        self.hang_up = False
        self.meanwhile: Callable[[], None] = lambda: None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if "rcpt" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content)))
        self.meanwhile()
        if self.hang_up:
            server.transport.abort()
        return self.answers.get("data", "250 OK")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server, and the setting that names it."""
    held = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Controller(held, hostname="127.0.0.1", port=port)
    running.start()
    monkeypatch.setenv("KOHTI_MAIL_URL", f"smtp://127.0.0.1:{port}")
    yield held
    running.stop()


class Answering(HTTPServer):
    """A gateway for text messages."""

    status, body, hang_up = 200, b'{"id": "g-1"}', False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Gateway)
        self.taken: list[tuple[dict[str, str], Any]] = []


class _Gateway(BaseHTTPRequestHandler):
    server: Answering

    def do_POST(self) -> None:
        """Take what comes."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers.items()), json.loads(body)))
        if self.server.hang_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """A gateway that listens, and the settings that name it."""
    made = Answering()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("KOHTI_SMS_URL", f"http://127.0.0.1:{made.server_port}/send?from=us")
    monkeypatch.setenv("KOHTI_SMS_TOKEN", "secret-token")
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


# --------------------------------------------------------------------------- writing


def test_a_message_leaves_only_when_what_it_tells_about_is_committed(here: Place, tmp_path: Path) -> None:
    class Undone(Exception):
        pass

    leader = here.member("leader")
    with pytest.raises(Undone), as_actor(leader):
        outbox.write(
            leader,
            channel="mail",
            to=To(kind="address", address="a@example.org"),
            kind="t",
            body="x",
            key="u",
        )
        raise Undone
    assert sent(here, tmp_path) == {}


def test_the_same_order_twice_is_one_message(here: Place, tmp_path: Path) -> None:
    leader = here.member("leader")
    results = in_threads(8, lambda _n: written(leader, key="the same"), at_once=8)
    assert len(set(map(str, results))) == 1
    assert sent(here, tmp_path) == {"sent": 1}
    assert written(leader, key="the same") == results[0]
    assert sent(here, tmp_path) == {}


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "@example.org", "ann@example", "a b@example.org", "ännä@example.org", "a@-.org"],
)
def test_an_address_nobody_can_be_written_to_at_is_refused_in_words(address: str, here: Place) -> None:
    with pytest.raises(Refused, match="e-mail address"):
        written(here.member("leader"), address=address or " ")


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("+358 40 1234567", "+358401234567"),
    ],
)
def test_a_number_is_dialled_with_its_country(typed: str, dialled: str, here: Place) -> None:
    assert outbox.number_to_dial(typed, here.member("leader")) == dialled


@pytest.mark.parametrize("typed", ["", "no number", "123", "0" * 30, "+", "٠٧٧٠٠٩٠٠١٢٣"])
def test_what_is_no_number_is_refused_in_words(typed: str, here: Place) -> None:
    with pytest.raises(Refused, match="phone number"):
        outbox.number_to_dial(typed, here.member("leader"))


def test_a_domain_with_letters_of_its_own_is_written_as_servers_take_it() -> None:
    assert outbox.mail_address("anna@työtalo.example") == "anna@xn--tytalo-xxa.example"


def test_what_was_written_is_in_the_history_of_the_person(here: Place, owner: psycopg.Connection) -> None:
    person = here.person()
    message = written(here.member("leader"), to_id=person.id)
    found = owner.execute(
        "select verb from kernel_historyevent where subject_id = %s and %s = any(person_ids)",
        (message, person.id),
    ).fetchall()
    assert found == [("message.written",)]


# --------------------------------------------------------------------------- the folder


def test_without_a_setting_everything_goes_into_a_folder(here: Place, tmp_path: Path) -> None:
    leader = here.member("leader")
    mail, text = written(leader), written(leader, channel="sms", body="Kello kymmenen")
    assert sent(here, tmp_path) == {"sent": 2}
    assert sorted(one.name for one in (tmp_path / "outbox").iterdir()) == sorted(
        [f"{mail}.eml", f"{text}.txt"]
    )
    assert (tmp_path / "outbox" / f"{text}.txt").read_text() == "+447700900123\n\nKello kymmenen\n"
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0


# --------------------------------------------------------------------------- mail


def test_a_mail_is_what_mail_programs_understand(here: Place, server: Mailbox, tmp_path: Path) -> None:
    leader = here.member("leader")
    body = "Hyvää päivää!\n\n.dot first\nA line without an end: " + "ä" * 2000 + "\nZażółć gęślą jaźń"
    message = written(
        leader,
        name="Łukasz Żółć, Ääni 🎉",
        subject=LONG,
        body=body,
        unsubscribe="https://service.example/stop/1",
    )
    assert sent(here, tmp_path) == {"sent": 1}
    ((sender, to, content),) = server.taken
    assert (sender, to) == ("desk@service.example", ["ann@example.org"])
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    read = fast_mail_parser.parse_email(content)
    assert read.subject == " ".join(LONG.split())
    assert [" ".join(one.split()) for one in read.headers["To"]] == ["Łukasz Żółć Ääni 🎉 <ann@example.org>"]
    assert read.headers["From"] == ["Gloucestershire Jobcentres <desk@service.example>"]
    assert read.headers["Message-ID"] == [message_id_of(message)]
    assert read.headers["Auto-Submitted"] == ["auto-generated"]
    assert read.headers["Content-Language"] == ["en"]
    assert read.headers["List-Unsubscribe"] == ["<https://service.example/stop/1>"]
    assert read.headers["Date"] == ["Wed, 11 Mar 2026 10:00:00 +0000"]
    assert [one.replace("\r\n", "\n").rstrip("\n") for one in read.text_plain] == [body]


def test_a_mail_that_one_cannot_stop_says_nothing_of_stopping(
    here: Place, server: Mailbox, tmp_path: Path
) -> None:
    written(here.member("leader"))
    sent(here, tmp_path)
    assert b"List-Unsubscribe" not in server.taken[0][2]


@pytest.mark.parametrize("bad", ["Hello\r\nBcc: everybody@example.org", "Hello\nX: y", "a\x00b\u202ec"])
def test_nothing_typed_becomes_a_head_of_a_mail(
    bad: str, here: Place, server: Mailbox, tmp_path: Path
) -> None:
    written(here.member("leader"), subject=bad, name=bad)
    assert sent(here, tmp_path) == {"sent": 1}
    (_sender, to, content) = server.taken[0]
    assert to == ["ann@example.org"]
    heads = content.split(b"\r\n\r\n")[0].lower()
    assert b"\nbcc:" not in heads
    assert b"\nx:" not in heads


@pytest.mark.parametrize(
    ("step", "said", "state", "reply"),
    [
        ("rcpt", "550 5.1.1 no such user ann@example.org", "failed", "smtp 550 5.1.1"),
        ("rcpt", "451 4.2.1 greylisted", "later", "smtp 451 4.2.1"),
        ("mail", "553 5.1.8 not you", "failed", "smtp 553 5.1.8"),
        ("data", "554 5.7.1 spam", "failed", "smtp 554 5.7.1"),
        ("data", "452 4.3.1 disk full", "later", "smtp 452 4.3.1"),
    ],
)
def test_what_a_server_refuses_is_tried_later_or_never_as_it_says(
    step: str,
    said: str,
    state: str,
    reply: str,
    here: Place,
    server: Mailbox,
    tmp_path: Path,
    owner: psycopg.Connection,
) -> None:
    server.answers[step] = said
    message = written(here.member("leader"))
    assert sent(here, tmp_path) == {state: 1}
    assert row(owner, message) == ("queued" if state == "later" else "failed", reply)
    server.answers.clear()
    server.taken.clear()
    assert sent(here, tmp_path) == {}
    with clock.held_at(MORNING + timedelta(minutes=1)):
        assert sent(here, tmp_path) == ({"sent": 1} if state == "later" else {})
    assert len(server.taken) == (1 if state == "later" else 0)


def test_one_that_is_refused_does_not_hold_up_the_next(here: Place, server: Mailbox, tmp_path: Path) -> None:
    leader = here.member("leader")
    server.answers["rcpt"] = "550 5.1.1 no"
    written(leader)
    assert sent(here, tmp_path) == {"failed": 1}
    server.answers.clear()
    for _n in range(3):
        written(leader)
    assert sent(here, tmp_path) == {"sent": 3}


def test_a_server_that_hangs_up_with_the_words_in_hand_leaves_it_unknown_and_it_is_not_sent_again(
    here: Place, server: Mailbox, tmp_path: Path, owner: psycopg.Connection
) -> None:
    server.hang_up = True
    message = written(here.member("leader"))
    assert sent(here, tmp_path) == {"unknown": 1}
    server.hang_up = False
    with clock.held_at(MORNING + timedelta(days=1)):
        assert sent(here, tmp_path) == {}
    assert len(server.taken) == 1
    assert row(owner, message)[0] == "unknown"


def test_a_server_that_is_not_there_is_tried_until_it_has_been_enough(
    here: Place, tmp_path: Path, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("KOHTI_MAIL_URL", f"smtp://127.0.0.1:{nobody.getsockname()[1]}")
        message = written(here.member("leader"))
        at, rounds = MORNING, []
        for n in range(sending.MOST_TRIES):
            with clock.held_at(at):
                rounds.append(sent(here, tmp_path))
            at += sending.wait_after(n + 1)
    assert rounds == [{"later": 1}] * (sending.MOST_TRIES - 1) + [{"failed": 1}]
    assert row(owner, message) == ("failed", "ConnectionRefusedError")


def test_a_password_that_is_wrong_sends_nothing_and_loses_nothing(
    here: Place, server: Mailbox, tmp_path: Path, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOHTI_MAIL_URL", os.environ["KOHTI_MAIL_URL"].replace("//", "//me:wrong@"))
    message = written(here.member("leader"))
    assert sent(here, tmp_path) == {"later": 1}
    assert row(owner, message) == ("queued", smtplib.SMTPNotSupportedError.__name__)


def test_where_bounces_go_is_a_setting(
    here: Place, server: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOHTI_MAIL_BOUNCES", "back@service.example")
    written(here.member("leader"))
    sent(here, tmp_path)
    assert server.taken[0][0] == "back@service.example"


# --------------------------------------------------------------------------- text messages


def test_a_text_message_goes_to_the_gateway(
    here: Place, gateway: Answering, tmp_path: Path, owner: psycopg.Connection
) -> None:
    message = written(here.member("leader"), channel="sms", body="Klo 10, Hämeenkatu 1 🎉")
    assert sent(here, tmp_path) == {"sent": 1}
    ((heads, said),) = gateway.taken
    assert said == {"id": str(message), "to": "+447700900123", "text": "Klo 10, Hämeenkatu 1 🎉"}
    assert heads["Authorization"] == "Bearer secret-token"
    assert heads["Idempotency-Key"] == str(message)
    assert owner.execute("select provider_id from kernel_message").fetchall() == [("g-1",)]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "sent"),
        (400, "failed"),
        (404, "failed"),
        (429, "later"),
        (503, "later"),
        (500, "unknown"),
        (302, "unknown"),
    ],
)
def test_a_gateway_s_answer_decides(
    status: int, state: str, here: Place, gateway: Answering, tmp_path: Path
) -> None:
    gateway.status, gateway.body = status, b"not json"
    written(here.member("leader"), channel="sms")
    assert sent(here, tmp_path) == {state: 1}
    assert len(gateway.taken) == 1


def test_a_gateway_that_hangs_up_leaves_it_unknown(here: Place, gateway: Answering, tmp_path: Path) -> None:
    gateway.hang_up = True
    written(here.member("leader"), channel="sms")
    assert sent(here, tmp_path) == {"unknown": 1}
    with clock.held_at(MORNING + timedelta(days=1)):
        assert sent(here, tmp_path) == {}
    assert len(gateway.taken) == 1


# --------------------------------------------------------------------------- at most once


def test_what_a_killed_sender_had_in_hand_is_unknown_and_not_sent_again(
    here: Place, server: Mailbox, tmp_path: Path, owner: psycopg.Connection
) -> None:
    leader = here.member("leader")
    message = written(leader, centre_id=here.centre.id)
    with as_worker():
        assert sending.take(here.system) is not None
    assert row(owner, message)[0] == "sending"
    assert sent(here, tmp_path) == {"unknown": 1}
    assert row(owner, message)[0] == "unknown"
    assert sent(here, tmp_path) == {}
    assert server.taken == []


def test_two_senders_at_once_send_each_message_once(here: Place, server: Mailbox, tmp_path: Path) -> None:
    leader = here.member("leader")
    messages = {str(written(leader, subject=f"n{n}")) for n in range(12)}
    done = in_threads(4, lambda _n: sent(here, tmp_path), at_once=4)
    assert sum(one.get("sent", 0) for one in done if isinstance(one, dict)) == 12
    assert len(server.taken) == 12
    assert len({content for _from, _to, content in server.taken}) == len(messages)


@pytest.mark.long
def test_a_worker_killed_again_and_again_in_the_middle_of_sending_sends_nothing_twice(
    here: Place, server: Mailbox, tmp_path: Path, owner: psycopg.Connection
) -> None:
    """kill -9 while the server has the words of every third mail, until none is left."""
    leader, number = here.member("leader"), 20
    messages = {written(leader, subject=f"n{n}") for n in range(number)}
    program = "import django; django.setup(); from kohti.config import post; post.send_all()"
    environment = os.environ | {
        "KOHTI_ROLE": "worker",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "KOHTI_DATA": os.environ["KOHTI_DATA"],
    }
    killed = 0
    for _n in range(number):
        worker = subprocess.Popen([sys.executable, "-c", program], env=environment)
        until = len(server.taken) + 3

        def hammer(worker: subprocess.Popen[bytes] = worker, until: int = until) -> None:
            if len(server.taken) >= until:
                worker.send_signal(signal.SIGKILL)
                worker.wait()

        server.meanwhile = hammer
        killed += worker.wait() == -signal.SIGKILL
        if not owner.execute("select 1 from kernel_message where state in ('queued', 'sending')").fetchone():
            break
    assert killed >= number // 3 - 1
    named = [content.split(b"Message-ID: <kohti.")[1][:36].decode() for _from, _to, content in server.taken]
    assert sorted(named) == sorted(map(str, messages))
    states = owner.execute("select state, count(*) from kernel_message group by state").fetchall()
    assert dict(states) == {"sent": number - killed, "unknown": killed}


def test_what_is_not_ours_to_compose_fails_alone(
    here: Place, server: Mailbox, tmp_path: Path, owner: psycopg.Connection
) -> None:
    bad, good = written(here.member("leader")), written(here.member("leader"))
    owner.execute("update kernel_message set address = 'not an address @' where id = %s", (bad,))
    assert sent(here, tmp_path) == {"failed": 1, "sent": 1}
    assert row(owner, bad)[0] == "failed"
    assert row(owner, good)[0] == "sent"


# --------------------------------------------------------------------------- deciding


@contextmanager
def in_state(here: Place, owner: psycopg.Connection, state: str) -> Iterator[tuple[Actor, uuid.UUID]]:
    """A message of the leader's centre in a state."""
    leader = here.member("leader")
    message = written(here.member("coach"), centre_id=here.centre.id)
    owner.execute("update kernel_message set state = %s where id = %s", (state, message))
    with as_actor(leader):
        yield leader, message


@pytest.mark.parametrize("state", ["unknown", "failed", "bounced"])
def test_a_leader_may_send_it_again(
    state: str, here: Place, owner: psycopg.Connection, tmp_path: Path
) -> None:
    with in_state(here, owner, state) as (leader, message):
        outbox.again(leader, message)
    assert sent(here, tmp_path) == {"sent": 1}


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "cancelled"])
def test_what_is_on_its_way_or_settled_is_not_sent_again(
    state: str, here: Place, owner: psycopg.Connection
) -> None:
    with in_state(here, owner, state) as (leader, message), pytest.raises(Refused):
        outbox.again(leader, message)


def test_an_unknown_one_may_count_as_sent(here: Place, owner: psycopg.Connection) -> None:
    with in_state(here, owner, "unknown") as (leader, message):
        outbox.settle(leader, message)
    assert row(owner, message)[0] == "sent"


@pytest.mark.parametrize(
    ("state", "may"), [("queued", True), ("failed", True), ("sending", False), ("sent", False)]
)
def test_only_what_has_not_left_can_be_cancelled(
    state: str, may: bool, here: Place, owner: psycopg.Connection, tmp_path: Path
) -> None:
    with in_state(here, owner, state) as (leader, message):
        if may:
            outbox.cancel(leader, message)
        else:
            with pytest.raises(Refused):
                outbox.cancel(leader, message)
    assert row(owner, message)[0] == ("cancelled" if may else state)


def test_a_message_of_another_centre_is_not_there_and_a_coach_decides_nothing(
    here: Place, owner: psycopg.Connection
) -> None:
    with in_state(here, owner, "failed") as (_leader, message):
        pass
    other, coach = here.member("leader", centre="gloucester"), here.member("coach")
    with as_actor(other), pytest.raises(NotThere):
        outbox.again(other, message)
    with as_actor(coach), pytest.raises(NotAllowed):
        outbox.again(coach, message)


# --------------------------------------------------------------------------- keeping and forgetting


def test_a_forgotten_person_is_written_to_no_more_and_nothing_of_them_stays(
    here: Place, owner: psycopg.Connection, tmp_path: Path
) -> None:
    person = here.person()
    leader = here.member("leader")
    written(leader, to_id=person.id, name="Zebedee Quixworth", body="Dear Zebedee")
    sent(here, tmp_path)
    written(leader, to_id=person.id, name="Zebedee Quixworth")
    with as_worker(), as_actor(here.system) as system:
        assert outbox.forget(system, person.id) == 2
    assert sent(here, tmp_path) == {}
    found = owner.execute("select to_jsonb(m)::text from kernel_message m").fetchall()
    assert len(found) == 2
    assert not any("Zebedee" in text or "ann@" in text for (text,) in found)
    assert {state for (state,) in owner.execute("select state from kernel_message")} == {"sent", "cancelled"}


def test_the_words_of_what_was_sent_are_kept_for_a_month(
    here: Place, owner: psycopg.Connection, tmp_path: Path
) -> None:
    written(here.member("leader"))
    sent(here, tmp_path)
    waiting = written(here.member("leader"))
    for days, erased in ((29, 0), (31, 1), (32, 0)):
        with clock.held_at(MORNING + timedelta(days=days)), as_worker(), as_actor(here.system) as system:
            assert outbox.tidy(system) == erased
    assert owner.execute("select id from kernel_message where body <> ''").fetchall() == [(waiting,)]


# --------------------------------------------------------------------------- Django's own mail


def test_mail_of_django_goes_through_the_outbox(
    here: Place, server: Mailbox, tmp_path: Path, settings_of_the_product: None
) -> None:
    with as_actor(DOOR):
        assert (
            send_mail("A way back in", "Open this address.", None, ["ann@example.org", "bob@example.org"])
            == 1
        )
    with as_worker():
        assert sending.send_waiting(DOOR, tmp_path)["sent"] == 2
    assert {to for _from, (to,), _content in server.taken} == {"ann@example.org", "bob@example.org"}
    assert b"From: Kohti\r\n <desk@service.example>" in server.taken[0][2]


@pytest.fixture
def settings_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backend that the product sets; a test runner may have put its own in place."""
    from django.conf import settings

    monkeypatch.setattr(settings, "EMAIL_BACKEND", "kohti.kernel.outbox.backend.Backend")


def test_no_files_leave_by_mail(settings_of_the_product: None) -> None:
    mail = EmailMessage("Subject", "Body", None, ["ann@example.org"])
    mail.attach("letter.pdf", b"%PDF", "application/pdf")
    with as_actor(DOOR), pytest.raises(ValueError, match="no files"):
        mail.send()


def test_the_product_s_setting_is_the_outbox() -> None:
    from kohti.config import settings

    found = django_mail.get_connection(settings.EMAIL_BACKEND)
    assert type(found).__module__ == "kohti.kernel.outbox.backend"


def test_nothing_of_a_person_stands_in_the_logs(
    here: Place, server: Mailbox, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server.answers["rcpt"] = "550 5.1.1 zebedee@example.org unknown"
    written(here.member("leader"), address="zebedee@example.org", name="Zebedee", body="Dear Zebedee")
    sent(here, tmp_path)
    with as_worker():
        sending.take(here.system)
    sent(here, tmp_path)
    said = "".join(capfd.readouterr())
    assert "message.failed" in said
    assert "ebedee" not in said


def test_the_history_of_a_message_verifies(here: Place, owner: psycopg.Connection, tmp_path: Path) -> None:
    message = written(here.member("leader"))
    sent(here, tmp_path)
    verbs = owner.execute(
        "select verb from kernel_historyevent where subject_id = %s order by at, id", (message,)
    ).fetchall()
    assert verbs == [("message.written",), ("message.sent",)]
    with as_worker(), as_actor(DOOR):
        history.seal()
    *_before, verdict = history.verify(owner)
    assert verdict.verified


def test_the_ways_are_those_of_the_settings(tmp_path: Path, server: Mailbox) -> None:
    with ways.opened(tmp_path) as open_ways:
        assert isinstance(open_ways["mail"], ways.Smtp)
        assert isinstance(open_ways["sms"], ways.Folder)
