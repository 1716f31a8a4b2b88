"""Kiosks and boards of a centre: set up with a code that is good once, known by a token, ended by a press."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live
from kohti.kernel.actor import Actor, digest_of
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.languages import CODES

from .models import Device

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a code is made of: nothing that is read as something else."""
CODE_LENGTH = 8
CODE_HOLDS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SetUp:
    """A device that waits to be set up, and the code to type at it, told this once."""

    device_id: uuid.UUID
    code: str


def languages_of(settings: Mapping[str, Any]) -> list[str]:
    """The languages of a device, in the order of the product's; all of them where none was chosen."""
    return [code for code in CODES if code in settings.get("languages", ())] or list(CODES)


def has_sound(settings: Mapping[str, Any]) -> bool:
    """Whether a board sounds when somebody is called."""
    return bool(settings.get("sound", True))


def device(actor: Actor, device_id: uuid.UUID) -> Device:
    """One that this actor keeps and that was not ended. Raises NotThere. One statement."""
    found = Device.objects.filter(id=device_id, ended_at=None).first()
    if found is None:
        raise NotThere("no such device")
    return found


def devices(actor: Actor) -> list[Device]:
    """The kiosks and boards that this actor keeps and that were not ended, by name. One statement."""
    return list(Device.objects.filter(ended_at=None).order_by("name", "id"))


def add_device(
    actor: Actor, *, kind: str, name: str, settings: dict[str, Any] | None = None, device_id: uuid.UUID
) -> SetUp:
    """Add a kiosk or board to the actor's centre; its code is to be typed at it within a quarter of an hour.

    `device_id` makes it once: asked again with the same one, the device gets a new code.
    """
    actors.must(actor, "devices.keep")
    if kind not in Device.Kind.values:
        raise NotThere("no such kind of device")
    if not name.strip():
        raise Refused(_("Say where it stands."), code="name")
    _device, made = Device.objects.get_or_create(
        id=device_id,
        defaults={
            "service_id": actor.service,
            "centre_id": actor.centre,
            "kind": kind,
            "name": name.strip()[:80],
            "settings": settings or {},
            "made_by_id": actor.member_id,
            "made_at": clock.now(),
        },
    )
    if made:
        history.record("device.added", "device", device_id)
    return new_code(actor, device_id)


def new_code(actor: Actor, device_id: uuid.UUID) -> SetUp:
    """A code for a device that is not set up yet, or is to be set up anew; the code before it holds no longer.

    Raises NotThere for one the actor does not keep, or one that was ended.
    """
    actors.must(actor, "devices.keep")
    code = "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
    changed = Device.objects.filter(id=device_id, ended_at=None).update(
        code_hash=digest_of(code), code_until=clock.now() + CODE_HOLDS
    )
    if not changed:
        raise NotThere("no such device")
    history.record("device.code", "device", device_id)
    return SetUp(device_id, code)


def pair(code: str) -> tuple[str, str] | None:
    """Set a device up with its code: its kind, and the token it keeps from now on. None for a code that does not hold.

    At the door alone. Of two devices that type one code the first is set up. What was set up before under the same
    name is known no longer.
    """
    token = secrets.token_urlsafe(32)
    typed = "".join(letter for letter in code.upper() if letter in LETTERS)
    with connection.cursor() as cursor:
        cursor.execute("select kohti.pair_device(%s, %s, %s)", [digest_of(typed), digest_of(token), new_id()])
        row = cursor.fetchone()
    return (row[0], token) if row and row[0] else None


def end_device(actor: Actor, device_id: uuid.UUID) -> None:
    """What this device shows is over from its next question on. Raises NotThere for one the actor does not keep."""
    actors.must(actor, "devices.keep")
    centre_id = device(actor, device_id).centre_id
    Device.objects.filter(id=device_id, ended_at=None).update(
        ended_at=clock.now(), code_hash="", token_hash=""
    )
    live.tell(centre_id, live.RIGHTS, device_id)
    history.record("device.ended", "device", device_id)
