"""A person's link to one appointment: signed, short-lived, and worth that appointment alone.

Its address holds nothing to read: the booking's identifier, which of its links it is, and a signature. It holds until
the end of the appointment's day, until the appointment stands at another time or is somebody else's, or until somebody ends it.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import connection

from kohti.kernel.errors import NotThere
from kohti.kernel.rows import definer
from kohti.team.rows import OF_THE_SERVICE

from .codes import LENGTH, LETTERS

ONLINE = "(select v.plan->'online' from team_blueprintversion v where v.service_id = s.id order by v.number desc limit 1)"
FUNCTIONS = (
    # All that the page behind a link shows. Of one that holds no longer: where to ring.
    definer(
        f"""
kohti.link_page(p_booking uuid, p_link integer)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object({OF_THE_SERVICE}, 'centre', c.name, 'phone', c.phone, 'state', h.state)
        || case when h.state <> 'open' then '{{}}'::jsonb else jsonb_build_object(
            'starts', b.starts, 'ends', b.ends, 'version', b.version, 'came', b.state = 'kept',
            'address', c.address, 'kind', k.public, 'bring', k.bring, 'staff', split_part(t.full_name, ' ', 1),
            'late', b.late_minutes, 'person', p.id, 'online', {ONLINE}, 'speaks', array_to_json(p.languages)) end
    from diary_booking b
    join team_service s on s.id = b.service_id
    join team_centre c on c.id = b.centre_id
    join diary_kind k on k.id = b.kind_id
    join people_person p on p.id = b.person_id
    left join team_staff t on t.id = b.staff_id
    cross join lateral (select case
        when b.link <> p_link or p.died_on is not null or b.day < (kohti.now() at time zone s.timezone)::date then 'ended'
        when b.state in ('booked', 'kept') then 'open'
        when b.state = 'cancelled' then 'cancelled'
        else 'ended' end as state) h
    where b.id = p_booking
$$"""
    ),
    # All that the page behind the link to an offered time shows. Of one that is over: what became of it.
    definer(
        f"""
kohti.offer_page(p_offer uuid)
returns jsonb language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object({OF_THE_SERVICE}, 'centre', c.name, 'phone', c.phone, 'state', h.state, 'held', b.id is not null,
            'speaks', array_to_json(p.languages), 'booking', o.booking_id)
        || case when h.state <> 'open' then '{{}}'::jsonb else jsonb_build_object(
            'starts', o.starts, 'until', o.until, 'before', b.starts, 'address', c.address, 'kind', k.public,
            'staff', split_part(t.full_name, ' ', 1), 'person', p.id, 'online', {ONLINE}) end
    from diary_offer o
    join team_service s on s.id = o.service_id
    join team_centre c on c.id = o.centre_id
    join people_person p on p.id = o.person_id
    join team_staff t on t.id = o.staff_id
    left join diary_booking b on b.id = o.booking_id
    join diary_kind k on k.id = o.kind_id
    cross join lateral (select case
        when o.state <> 'open' then o.state
        when o.until <= kohti.now() or p.died_on is not null then 'late'
        when exists (select 1 from diary_booking x where x.staff_id = o.staff_id and x.holds and x.starts < o.ends
                     and x.ends > o.starts and x.id is distinct from o.booking_id) then 'gone'
        else 'open' end as state) h
    where o.id = p_offer
$$"""
    ),
    # what stands at another time has another link, and nobody is late for it yet
    """
create or replace function kohti.link_follows() returns trigger language plpgsql as $$
begin
    new.link := old.link + 1;
    new.late_minutes := null;
    return new;
end $$;
create or replace trigger link_follows before update of starts on diary_booking
for each row when (old.starts is distinct from new.starts) execute function kohti.link_follows();
""",
    # nor does the link or the code of one person lead to the appointment of another; two records of one are no other
    definer(
        f"""
kohti.link_of_another()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select 1 from people_merge m where m.undone_at is null and (
               (m.kept_id, m.gone_id) in ((new.person_id, old.person_id), (old.person_id, new.person_id)))) then
        return new;
    end if;
    new.link := old.link + 1;
    new.late_minutes := null;
    if old.code <> '' then
        new.code := (select string_agg(
                substr('{LETTERS}', 1 + get_byte(uuid_send(gen_random_uuid()), 0) % {len(LETTERS)}, 1), '')
            from generate_series(1, {LENGTH}));
    end if;
    return new;
end $$;
grant execute on function kohti.link_of_another() to public"""
    ),
    """
create or replace trigger link_of_another before update of person_id on diary_booking
for each row when (old.person_id is distinct from new.person_id) execute function kohti.link_of_another();
""",
)


@cache
def _signer() -> Signer:
    return Signer(sep=".", salt="kohti.diary.link")


def token_of(booking_id: uuid.UUID, number: int) -> str:
    """What stands in the address of a booking's link."""
    return _signer().sign(base64.urlsafe_b64encode(struct.pack(">16sH", booking_id.bytes, number)).decode())


def read(token: str) -> tuple[uuid.UUID, int] | None:
    """Which booking a token is about, and which of its links it is; None for one we never signed."""
    try:
        content, number = struct.unpack(">16sH", base64.urlsafe_b64decode(_signer().unsign(token)))
    except (BadSignature, binascii.Error, struct.error, ValueError):
        return None
    return uuid.UUID(bytes=content), number


@cache
def _signer_of_offers() -> Signer:
    return Signer(sep=".", salt="kohti.diary.offer")


def token_of_offer(offer_id: uuid.UUID) -> str:
    """What stands in the address of the link to a time that is offered."""
    return _signer_of_offers().sign(base64.urlsafe_b64encode(offer_id.bytes).decode().rstrip("="))


def read_offer(token: str) -> uuid.UUID | None:
    """Which offer a token is about; None for one we never signed."""
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(_signer_of_offers().unsign(token) + "=="))
    except (BadSignature, binascii.Error, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page behind a link shows; of a link that holds no longer only where to ring."""

    open: bool
    cancelled: bool
    facts: Mapping[str, Any]

    @property
    def phone(self) -> str:
        """The telephone of the centre, or nothing."""
        return str(self.facts["phone"])

    @property
    def starts(self) -> datetime:
        """When the appointment begins."""
        return datetime.fromisoformat(self.facts["starts"])


def page(booking_id: uuid.UUID, number: int) -> Page | None:
    """What a link shows, whoever asks; None where there never was such an appointment of somebody. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.link_page(%s, %s)", [booking_id, number])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0])
    return Page(facts["state"] == "open", facts["state"] == "cancelled", facts)


def offer_page(offer_id: uuid.UUID) -> Page | None:
    """What the link to an offered time shows, whoever asks; None where there never was such an offer. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.offer_page(%s)", [offer_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return None
    facts = json.loads(row[0])
    return Page(facts["state"] == "open", False, facts)


def token_now(booking_id: uuid.UUID) -> str:
    """The token of the link that holds now, of an appointment the actor sees. Raises NotThere. One statement."""
    found = tokens_now([booking_id])
    if booking_id not in found:
        raise NotThere("no such booking")
    return found[booking_id]


def tokens_now(booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The tokens of the links that hold now, of those of these appointments that the actor sees. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select id, link from diary_booking where id = any(%s)", [list(booking_ids)])
        return {booking_id: token_of(booking_id, number) for booking_id, number in cursor.fetchall()}
