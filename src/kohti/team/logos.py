"""What a service wears: a logo, once it has been looked into, and colours, once they can be read.

A blueprint brings both; an administrator may choose others. What was chosen lies over what the blueprint brings, which
changes below it and is worn again when the choice is given up: neither undoes the other.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection

from kohti.design import logo, theme
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
    picture = _name_of(data, found)
    worn = Service.objects.filter(id=actor.service).exclude(picture=picture)
    if worn.update(picture=picture, logo=found.data):
        history.record("logo_kept", "service", actor.service)
    return picture


def wear_colours(actor: Actor, accent: str, dark: str = "") -> list[theme.Fault]:
    """Let the service wear this accent colour, whatever its blueprint says; on dark screens `dark`, if it is given.

    What `design.theme.check` finds against it is returned, and nothing changes then.
    """
    actors.must(actor, "service.wear")
    faults = theme.check(theme.Theme(str(actor.facts["service_code"]), accent, dark))
    if not faults:
        colours = {"light": accent.lower(), "dark": dark.lower() or None}
        _wear(actor, _chosen(actor) | {"accent": colours}, told={"accent": accent, "dark": dark})
    return faults


def wear_logo(actor: Actor, data: bytes) -> str:
    """Let the service wear this logo, whatever its blueprint brings; its name. Raises BadLogo as `keep_logo`."""
    actors.must(actor, "service.wear")
    found = logo.check(data)
    picture = _name_of(data, found)
    _wear(actor, _chosen(actor) | {"picture": picture}, data=found.data, told={"picture": picture})
    return picture


def take_logo_off(actor: Actor) -> None:
    """Let the service wear no logo, whatever its blueprint brings: the first letter of its name stands there."""
    actors.must(actor, "service.wear")
    _wear(actor, _chosen(actor) | {"picture": ""}, data=b"", told={"picture": ""})


def wear_the_blueprints(actor: Actor, what: str) -> None:
    """Give up what was chosen for `what`, "accent" or "picture": what the blueprint brings is worn again."""
    actors.must(actor, "service.wear")
    left = {name: value for name, value in _chosen(actor).items() if name != what}
    _wear(actor, left, data=b"" if what == "picture" else None, told={"given_up": what})


def _chosen(actor: Actor) -> dict[str, Any]:
    return dict(Service.objects.values_list("chosen", flat=True).get(id=actor.service))


def _wear(actor: Actor, chosen: dict[str, Any], *, data: bytes | None = None, told: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select kohti.wear(%s::jsonb, %s::bytea)", [json.dumps(chosen), data])
        changed = bool(cursor.fetchone()[0])
    if changed:
        history.record("service.worn", "service", actor.service, detail=told)


def _name_of(data: bytes, found: logo.Logo) -> str:
    return f"{hashlib.sha256(data).hexdigest()[:24]}.{ENDINGS[found.kind]}"


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
