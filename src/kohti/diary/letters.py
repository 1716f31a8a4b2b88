"""What a person gets about an appointment: a letter, a mail or a text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, outbox, words
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import RemindersPart
from kohti.kernel.documents import Block, Facts, Heading, Lines, Square, Text
from kohti.kernel.errors import NotThere, Refused
from kohti.people.attachments import letters
from kohti.people.queries import PersonCard

from . import codes, reaching
from .models import Booking


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking as its person should know it."""

    id: uuid.UUID
    person_id: uuid.UUID
    version: int
    starts: datetime
    ends: datetime
    centre_id: uuid.UUID
    centre: str
    address: str
    staff: str
    kind: dict[str, str]
    booked: bool
    code: str

    def when(self, zone: ZoneInfo) -> str:
        """Day and time in the language in use."""
        day = words.day_long(self.starts.astimezone(zone).date())
        return _("%(day)s at %(time)s") % {"day": day, "time": words.clock_time(self.starts, zone)}


def appointment(booking_id: uuid.UUID) -> Appointment:
    """A booking of a person that the actor may see. One statement. Raises NotThere."""
    row = (
        Booking.objects.filter(id=booking_id, person__isnull=False)
        .select_related("centre", "staff", "kind")
        .first()
    )
    if row is None or row.person_id is None:
        raise NotThere("no such booking")
    return Appointment(
        row.id,
        row.person_id,
        row.version,
        row.starts,
        row.ends,
        row.centre_id,
        row.centre.name,
        row.centre.address,
        row.staff.full_name if row.staff else "",
        row.kind.title,
        row.state == Booking.State.BOOKED,
        codes.written(row.code),
    )


def to_come(person_id: uuid.UUID) -> list[Appointment]:
    """The appointments of a person that are still to come, as far as the actor may see them. At most 50."""
    rows = (
        Booking.objects.filter(person_id=person_id, state=Booking.State.BOOKED, starts__gte=clock.now())
        .select_related("centre", "staff", "kind")
        .order_by("starts", "id")[:50]
    )
    return [
        Appointment(
            row.id,
            person_id,
            row.version,
            row.starts,
            row.ends,
            row.centre_id,
            row.centre.name,
            row.centre.address,
            row.staff.full_name if row.staff else "",
            row.kind.title,
            True,
            codes.written(row.code),
        )
        for row in rows
    ]


def usually_brought() -> list[str]:
    """What most people are asked to bring, in the language in use."""
    return [_("This letter"), _("Something that says who you are")]


def _still_booked(one: Appointment) -> None:
    if not one.booked or one.starts <= clock.now():
        raise Refused(_("This appointment is over, or was cancelled."), code="not-booked")


def write_letter(
    actor: Actor,
    one: Appointment,
    person: PersonCard,
    *,
    language: str,
    bring: Sequence[str],
    key: str,
    link: str = "",
) -> uuid.UUID:
    """The letter that says when, where, with whom and what to bring; kept with the person. Its paper's id.

    With `link` also where they can move or cancel it themselves, as an address to type and a square to photograph.
    """
    actors.must(actor, "documents.add")
    _still_booked(one)
    zone = actor.zone
    with words.spoken(language, actor=actor):
        title = _("Your appointment")
        wanted = [item for item in bring if item.strip()]
        to_bring: list[Block] = [Heading(_("What to bring")), Lines(wanted)] if wanted else []
        blocks: list[Block] = [
            Text(_("Dear %(name)s,") % {"name": person.called or person.full_name}),
            Text(_("We expect you at this time:")),
            Facts(
                [
                    (_("When"), one.when(zone)),
                    (_("Until about"), words.clock_time(one.ends, zone)),
                    (_("Where"), ", ".join(part for part in (one.centre, one.address) if part)),
                    (_("With"), one.staff),
                    (_("For"), words.title(one.kind)),
                    (_("Code for the kiosk"), one.code),
                ]
            ),
            *to_bring,
            Text(_("If you cannot come, tell us as soon as you can. We will find another time.")),
            *_behind(link),
            Text(f"{_('Kind regards')}\n{actor.facts.get('service', '')}"),
        ]
    return letters.write(
        actor, person, title=title, blocks=blocks, language=language, key=f"appointment letter:{key}"
    )


def _behind(link: str) -> list[Block]:
    """Where somebody can change the appointment themselves, to type or to photograph."""
    if not link:
        return []
    said = _("To change, cancel or say you are late: %(link)s") % {"link": link}
    return [Text(said), Square(link, _("The same address as a code to scan with a phone"))]


def ways_to_tell(person: PersonCard) -> list[str]:
    """How somebody can be sent a message, by the rule of what leaves by itself: mail, sms, both or not at all."""
    reach = reaching.of_card(person)
    return [channel for channel in WAYS if not reach.safe_way(RemindersPart(channels=(channel,)))[0]]


WAYS: tuple[Literal["mail", "sms"], ...] = ("mail", "sms")


def tell(
    actor: Actor,
    one: Appointment,
    person: PersonCard,
    *,
    channel: Literal["mail", "sms"],
    language: str,
    key: str,
    link: str = "",
) -> uuid.UUID:
    """Send the time and place by mail or text, to the way of reaching them that comes first; the message's id.

    With `link` also where they can move or cancel it themselves.

    Says nothing of what it is about. Raises Refused where the person must not be left a message, or has no
    such way that is safe.
    """
    actors.must(actor, "documents.add")
    _still_booked(one)
    why, _channel, address = reaching.of_card(person).safe_way(RemindersPart(channels=(channel,)))
    if why == "no-messages":
        raise Refused(_("This person must not be left a message."), code=why)
    if why and why != "nothing-known":
        raise Refused(_("There is no way to send it to them: only a letter."), code=why)
    if why:
        wanted = "email" if channel == "mail" else "phone"
        if any(way.kind == wanted and not way.sealed and way.fails_since for way in person.ways):
            raise Refused(_("What is sent to this address comes back. Ask for another."), code="fails")
        raise Refused(
            _("No e-mail address is known.") if channel == "mail" else _("No phone number is known."),
            code="no-address",
        )
    with words.spoken(language, actor=actor):
        where = ", ".join(part for part in (one.centre, one.address) if part)
        said = _("We expect you %(when)s, %(where)s.") % {"when": one.when(actor.zone), "where": where}
        if one.code:
            said = f"{said} {_('Code for the kiosk')}: {one.code}."
        cannot = _("If you cannot come, tell us as soon as you can.")
        if link:
            cannot = _("To change, cancel or say you are late: %(link)s") % {"link": link}
        service = str(actor.facts.get("service", ""))
        subject = _("Your appointment")
        body = f"{said}\n\n{cannot}\n\n{service}" if channel == "mail" else f"{service}: {said} {cannot}"
    message_id = outbox.write(
        actor,
        channel=channel,
        to=outbox.To(kind="person", id=person.id, address=address, name=person.full_name),
        kind="appointment",
        subject=subject,
        body=body,
        key=f"tell:{channel}:{key}",
        centre_id=one.centre_id,
        language=language,
    )
    history.record("booking.told", "booking", one.id, persons=[person.id], detail={"channel": channel})
    return message_id
