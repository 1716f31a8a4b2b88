"""Sessions in the database, read with one plain statement, and with it whose they are: every page begins with it.

By real time, whatever the product's clock says. A session ends some hours after it began, or when it was left
alone for some minutes; at a shared counter it does not end by being left alone, it locks (`counters.py`).
"""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as Stored
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.functional import SimpleLazyObject

from kohti.kernel import clock
from kohti.team.models import User
from kohti.team.signing_in import Session

LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
NOTED_EVERY = timedelta(minutes=1)
"""How exactly we know when a session was used last; so often at most it costs a statement."""

USER_COLUMNS = tuple(field.attname for field in User._meta.concrete_fields)
LOAD = f"""
select s.session_data, s.began, s.last_used, s.idle_s, s.locks, s.device, {", ".join(f"u.{one}" for one in USER_COLUMNS)}
from team_session s left join team_user u on u.id = s.user_id
where s.session_key = %s and s.expire_date > %s
"""
COLUMNS = tuple(field.attname for field in Session._meta.concrete_fields)
MAKE = f"""
insert into team_session ({", ".join(COLUMNS)}) values ({", ".join(f"%({name})s" for name in COLUMNS)})
on conflict (session_key) do nothing
"""
KEEP = f"""
update team_session set {", ".join(f"{name} = %({name})s" for name in COLUMNS if name != "session_key")}
where session_key = %(session_key)s
"""


class SessionStore(Stored):
    """A session that knows when it began, when it was used, on what kind of device, and when it ends."""

    began: datetime | None = None
    last_used: datetime | None = None
    idle_s: int = settings.IDLE_S
    locks: bool = False
    device: str = ""
    owner: User | None = None
    """Whose it is, as they were when it was read."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our table."""
        return Session

    def _get_session_from_db(self) -> Any:
        now = clock.real_now()
        with connection.cursor() as cursor:
            cursor.execute(LOAD, [self.session_key, now])
            row = cursor.fetchone()
        if row is None or self.session_key is None:
            self._session_key = None
            return None
        self.began, self.last_used, self.idle_s, self.locks, self.device = row[1:6]
        whose = row[6:]
        self.owner = User.from_db("default", USER_COLUMNS, whose) if whose[0] is not None else None
        return Session(session_key=self.session_key, session_data=row[0])

    def create_model_instance(self, data: Any) -> Session:
        """The row as it is to be kept."""
        now = clock.real_now()
        self.began = self.began or now
        self.last_used = self.last_used or now
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.ends(),
            user_id=data.get(SESSION_KEY),
            device=self.device,
            began=self.began,
            last_used=self.last_used,
            idle_s=self.idle_s,
            locks=self.locks,
        )

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        """Keep it, with one plain statement. Raises CreateError where its name is taken, UpdateError where it ended."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        with connection.cursor() as cursor:
            cursor.execute(MAKE if must_create else KEEP, {name: getattr(row, name) for name in COLUMNS})
            kept = bool(cursor.rowcount)
        if not kept:
            raise CreateError if must_create else UpdateError

    def ends(self) -> datetime:
        """When it ends if nobody does anything from here on."""
        now = clock.real_now()
        longest = (self.began or now) + LONGEST
        if self.locks:
            return longest
        return min(longest, (self.last_used or now) + timedelta(seconds=self.idle_s))

    def cycle_key(self) -> None:
        """A new name and a new beginning: somebody signs in."""
        self.began = self.last_used = None
        super().cycle_key()

    def flush(self) -> None:
        """End it; what comes next is a new one."""
        super().flush()
        self.began = self.last_used = self.owner = None
        self.idle_s, self.locks = settings.IDLE_S, False

    def left_alone(self) -> bool:
        """Whether nobody used it for longer than it may be left alone."""
        if self.last_used is None:
            return False
        return clock.real_now() - self.last_used > timedelta(seconds=self.idle_s)

    def used(self, *, at_once: bool = False) -> None:
        """Note that somebody uses it; a statement once a minute at most, unless it must be known at once."""
        now = clock.real_now()
        if self.last_used is None or (now - self.last_used < NOTED_EVERY and not at_once):
            return
        self.last_used = now
        with connection.cursor() as cursor:
            cursor.execute(
                "update team_session set last_used = %s, expire_date = %s where session_key = %s",
                [now, self.ends(), self.session_key],
            )

    def keep_for(self, idle_s: int, *, locks: bool) -> None:
        """From here on it may be left alone for so many seconds, and then it ends, or locks."""
        if (idle_s, locks) != (self.idle_s, self.locks):
            self.idle_s, self.locks, self.modified = idle_s, locks, True


_of_this_request: ContextVar[SessionStore | None] = ContextVar("of_this_request", default=None)


class WhoseSession(AuthenticationMiddleware):
    """Django's own, whose user was read with the session: all it looks at, it looks at as before."""

    def process_request(self, request: HttpRequest) -> None:
        """`request.user`, found when somebody asks for it."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> Any:
    token = _of_this_request.set(request.session)  # type: ignore[arg-type]
    try:
        return get_user(request)
    finally:
        _of_this_request.reset(token)


def owner_read(user_id: str) -> User | None:
    """The user with this identifier, where they were read with the session whose user is asked for now."""
    session = _of_this_request.get()
    owner = session.owner if session is not None else None
    return owner if owner is not None and str(owner.pk) == str(user_id) else None


LOCKED = "locked"
"""In a session: nobody gets on with it before they have shown who they are. Holds the page they were on."""


def open_now(key: str | None) -> bool:
    """Whether a session is still somebody's and not locked: for what stays open longer than a page. At the door."""
    session = SessionStore(key)
    return SESSION_KEY in session and LOCKED not in session and not session.left_alone()


SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("Chrom", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


def device_of(request: HttpRequest) -> str:
    """A browser and a system as their owner would name them: "Firefox, Linux"; empty when it says neither."""
    said = request.headers.get("User-Agent", "")[:400]
    found = (next((name for mark, name in names if mark in said), "") for names in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in found if name)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where a user is signed in. `handle` names it on a page without being its key."""

    handle: str
    device: str
    began: datetime
    last_used: datetime
    ends: datetime
    here: bool


def of_user(user_id: uuid.UUID, *, here: str) -> list[SignedIn]:
    """Where a user is signed in now, this session first, then by last use. One statement, at the door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select encode(sha256(convert_to(session_key, 'UTF8')), 'hex'), device, began, last_used, expire_date,"
            " session_key = %s as here from team_session where user_id = %s and expire_date > %s"
            " order by here desc, last_used desc limit 100",
            [here, user_id, clock.real_now()],
        )
        return [SignedIn(row[0][:32], *row[1:]) for row in cursor.fetchall()]


def end(user_id: uuid.UUID, *, handle: str = "", but: str = "") -> int:
    """End a user's session with this handle, or all of them but the one named; returns how many. At the door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from team_session where user_id = %s and session_key <> %s"
            " and (%s = '' or left(encode(sha256(convert_to(session_key, 'UTF8')), 'hex'), 32) = %s)",
            [user_id, but, handle, handle],
        )
        return int(cursor.rowcount)
