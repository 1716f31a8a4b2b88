"""A request, undone afterwards, and what its answer lets be seen."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from tests.access.people import House

TOKEN = re.compile(r"[\w-]{6,}|\b\d\d:\d\d\b")


@dataclass(frozen=True)
class Answer:
    """What came back: its status, and all that it says, headers and what is kept in the browser included."""

    status: int
    text: str
    content: bytes

    def tells(self, house: House) -> set[tuple[str, str]]:
        """Whom it is about, and what of theirs it says."""
        return {house.tokens[token] for token in set(TOKEN.findall(self.text.lower())) & house.tokens.keys()}


def ask(
    browser: Client, method: str, address: str, data: Mapping[str, Any] | None = None, **headers: str
) -> Answer:
    """One request in a transaction that is taken back, so that the next one finds everything as it was."""
    cookies = copy(browser.cookies)
    with transaction.atomic():
        answer: Any = (browser.get if method == "GET" else browser.post)(address, data, headers=headers)
        content = _content_of(answer)
        transaction.set_rollback(True)
    browser.cookies = cookies
    said = [f"{name}: {value}" for name, value in answer.headers.items()]
    return Answer(answer.status_code, "\n".join([*said, str(answer.cookies), _read(content)]), content)


def _content_of(answer: HttpResponse) -> bytes:
    """All of it, but of what never ends nothing."""
    try:
        if not answer.streaming:
            return answer.content
        if answer.headers["Content-Type"].startswith("text/event-stream"):
            return b""
        pieces: Any = answer.streaming_content  # type: ignore[attr-defined]
        return async_to_sync(_whole)(pieces) if isinstance(pieces, AsyncIterator) else b"".join(pieces)
    finally:
        answer.close()


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def _read(content: bytes) -> str:
    """What it says: of a workbook its sheets."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return content.decode(errors="replace")
