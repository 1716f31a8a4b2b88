"""The ways out: a folder of files (the default), a mail server, an SMS gateway.

Each hands over one message and says what became of it. What was surely not taken may be tried again; what the
other side may have taken is never tried again by itself.
"""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import unquote, urlsplit

from . import mail
from .models import Message

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: sent; later (not taken, try again); failed (refused for good); unknown.

    `reply` says why in codes, never in words of the other side: they may name people.
    """

    state: Literal["sent", "later", "failed", "unknown"]
    reply: str = ""
    provider_id: str = ""


class Way(Protocol):
    """Something that messages leave by."""

    def hand_over(self, message: Message) -> Outcome:
        """Hand one message over."""
        ...

    def close(self) -> None:
        """Let go of what was opened."""
        ...


@contextmanager
def opened(data: Path) -> Iterator[dict[str, Way]]:
    """The ways of this installation, by channel, as its settings say; closed at the end."""
    mail_url, sms_url = os.environ.get("KOHTI_MAIL_URL", ""), os.environ.get("KOHTI_SMS_URL", "")
    folder = Folder(data / "outbox")
    ways: dict[str, Way] = {
        "mail": Smtp(mail_url) if mail_url else folder,
        "sms": Gateway(sms_url) if sms_url else folder,
    }
    try:
        yield ways
    finally:
        for way in ways.values():
            way.close()


class Folder:
    """Writes each message as a file: .eml for mail, .txt for text messages. Nothing leaves the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand_over(self, message: Message) -> Outcome:
        """Write the file, whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if message.channel == "mail":
            name, content = f"{message.id}.eml", mail.composed(message)
        else:
            name, content = f"{message.id}.txt", f"{message.address}\n\n{message.body}\n".encode()
        partial = self.folder / f".{name}"
        partial.write_bytes(content)
        partial.replace(self.folder / name)
        return Outcome(
            "sent", provider_id=mail.message_id_of(message.id) if message.channel == "mail" else ""
        )

    def close(self) -> None:
        """Nothing is open."""


class Smtp:
    """A mail server: `smtp://user:password@host:587` (TLS where the server offers it) or `smtps://…:465`."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)
        self.line: smtplib.SMTP | None = None

    def _open(self) -> smtplib.SMTP:
        if self.line is not None:
            return self.line
        host, tls = self.url.hostname or "localhost", ssl.create_default_context()
        line: smtplib.SMTP
        if self.url.scheme == "smtps":
            line = smtplib.SMTP_SSL(host, self.url.port or 465, timeout=TIMEOUT_S, context=tls)
        else:
            line = smtplib.SMTP(host, self.url.port or 587, timeout=TIMEOUT_S)
        try:
            line.ehlo_or_helo_if_needed()
            if self.url.scheme != "smtps" and line.has_extn("starttls"):
                line.starttls(context=tls)
                line.ehlo()
            if self.url.username:
                line.login(unquote(self.url.username), unquote(self.url.password or ""))
        except BaseException:
            line.close()
            raise
        self.line = line
        return line

    def hand_over(self, message: Message) -> Outcome:
        """Give it to the server. Until it has the words, nothing was sent; from then on only its answer counts."""
        content = mail.composed(message)
        try:
            line = self._open()
            refused = self._envelope(line, message.address)
        except smtplib.SMTPResponseException as trouble:
            self.close()
            return Outcome("later", f"smtp {trouble.smtp_code}")
        except (OSError, smtplib.SMTPException) as trouble:
            self.close()
            return Outcome("later", type(trouble).__name__)
        if refused is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.rset()
            return refused
        return self._words(line, content, message)

    def _envelope(self, line: smtplib.SMTP, address: str) -> Outcome | None:
        """Say from whom and to whom; what is wrong with either, or nothing."""
        for code, answer in (line.mail(mail.bounces_address()), line.rcpt(address)):
            if code not in (250, 251):
                return _by_code(code, answer)
        return None

    def _words(self, line: smtplib.SMTP, content: bytes, message: Message) -> Outcome:
        try:
            code, answer = line.data(content)
        except smtplib.SMTPDataError as trouble:
            # The server did not even want to hear the words.
            return _by_code(trouble.smtp_code, trouble.smtp_error)
        except (OSError, smtplib.SMTPException) as trouble:
            self.close()
            return Outcome("unknown", type(trouble).__name__)
        if code == 250:
            return Outcome("sent", f"smtp {code}", mail.message_id_of(message.id))
        return _by_code(code, answer)

    def close(self) -> None:
        """End the session."""
        line, self.line = self.line, None
        if line is not None:
            try:
                line.quit()
            except (OSError, smtplib.SMTPException):
                line.close()


def _by_code(code: int, answer: bytes | str) -> Outcome:
    """4xx: try again; 5xx: refused for good. With the enhanced code (RFC 3463), should there be one."""
    first = (answer if isinstance(answer, bytes) else answer.encode()).split(maxsplit=1)[:1]
    enhanced = first[0].decode("ascii", "replace") if first and first[0][:2] in (b"4.", b"5.") else ""
    said = f"smtp {code} {enhanced[:12]}".strip()
    return Outcome("later" if 400 <= code < 500 else "failed", said)


class Gateway:
    """An SMS gateway that takes a POST of JSON: `{"id", "to", "text"}`; KOHTI_SMS_TOKEN is its bearer token.

    A 2xx means taken (and may answer `{"id": …}`); 429 and 503 later; any other 4xx never; all else unknown.
    """

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def hand_over(self, message: Message) -> Outcome:
        """One request; redirects are not followed."""
        secure = self.url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        line = kind(self.url.hostname or "localhost", self.url.port, timeout=TIMEOUT_S)
        body = json.dumps({"id": str(message.id), "to": message.address, "text": message.body})
        heads = {"Content-Type": "application/json", "Idempotency-Key": str(message.id)}
        token = os.environ.get("KOHTI_SMS_TOKEN", "")
        if token:
            heads["Authorization"] = f"Bearer {token}"
        try:
            line.connect()
        except OSError as trouble:
            line.close()
            return Outcome("later", type(trouble).__name__)
        try:
            path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
            line.request("POST", path, body.encode(), heads)
            answer = line.getresponse()
            said = answer.read(65_536)
        except (OSError, http.client.HTTPException) as trouble:
            return Outcome("unknown", type(trouble).__name__)
        finally:
            line.close()
        return _by_status(answer.status, said)

    def close(self) -> None:
        """Nothing stays open."""


def _by_status(status: int, said: bytes) -> Outcome:
    reply = f"http {status}"
    if 200 <= status < 300:
        found: Any = None
        with suppress(ValueError):
            found = json.loads(said)
        given = str(found.get("id", ""))[:200] if isinstance(found, dict) else ""
        return Outcome("sent", reply, given)
    if status in (429, 503):
        return Outcome("later", reply)
    return Outcome("failed" if 400 <= status < 500 else "unknown", reply)
