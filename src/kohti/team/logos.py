"""A service's logo: kept with the service, once it has been looked into."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection

from kohti.design import logo
from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor

from .models import Service

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/svg+xml": "svg"}
KINDS = {ending: kind for kind, ending in ENDINGS.items()}


def keep_logo(actor: Actor, data: bytes) -> str:
    """Let the actor's service wear this logo from now on; its name, which changes with it.

    The same one again changes nothing. Raises `kohti.design.logo.BadLogo`, whose text is for whoever chose it,
    and changes nothing then either.
    """
    actors.must(actor, "blueprint.apply")
    found = logo.check(data)
    picture = f"{hashlib.sha256(data).hexdigest()[:24]}.{ENDINGS[found.kind]}"
    worn = Service.objects.filter(id=actor.service).exclude(picture=picture)
    if worn.update(picture=picture, logo=found.data):
        history.record("logo_kept", "service", actor.service)
    return picture


def logo_of(code: str, picture: str) -> bytes | None:
    """The logo a service wears, if it is called so. One statement; anybody may ask, also at the door."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.logo_of(%s, %s)", [code, picture])
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def worn() -> list[tuple[str, str, dict[str, Any]]]:
    """Each service's code, name and theme, as its pages wear them. One statement; nothing that is not on a sign."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.worn()")
        return [(code, name, json.loads(theme)) for code, name, theme in cursor.fetchall()]
