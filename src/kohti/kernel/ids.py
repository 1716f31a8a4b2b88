"""Identifiers made on our side, in the order of time, so that indexes grow at one end; and in addresses."""

from __future__ import annotations

import os
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.urls import register_converter


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, the rest random."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def short(identifier: uuid.UUID) -> str:
    """An identifier in 22 letters (base64url, RFC 4648), for addresses in pages with hundreds of them."""
    return urlsafe_b64encode(identifier.bytes).decode()[:22]


def typed(text: str) -> uuid.UUID | None:
    """An identifier as a form or an address says it; None for whatever is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class InAddresses:
    """`<id:…>` in a URL pattern: written short, read in either writing."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9A-Za-z_-]{22}"

    def to_python(self, value: str) -> uuid.UUID:
        """The identifier; ValueError (no such address) when it is none."""
        return uuid.UUID(value) if len(value) == 36 else uuid.UUID(bytes=urlsafe_b64decode(value + "=="))

    def to_url(self, value: uuid.UUID | str) -> str:
        """The short writing."""
        return short(value if isinstance(value, uuid.UUID) else uuid.UUID(value))


register_converter(InAddresses, "id")
