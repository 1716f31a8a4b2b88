"""Who asks, and of what: an actor and every row there is, as the rules know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg import sql

from kohti.kernel import policies

LATE = datetime(2026, 3, 11, 22, 30, tzinfo=UTC)
"""Half past ten in the evening in London, half past midnight of the next day in Helsinki."""


Row = dict[str, Any]


@dataclass(frozen=True)
class Who:
    """An actor, as the rules know them: nothing but what their membership says."""

    name: str
    enter: tuple[Any, ...] | None = None
    worker: bool = False
    kind: str = ""
    member: str = ""
    staff: str = ""
    organisation: str = ""
    service: str = ""
    centre: str = ""
    role: str = ""
    scope: str = ""
    today: date = date.min
    booking: str = ""
    person: str = ""
    referral: str = ""
    verbs: frozenset[str] = frozenset()

    def may(self, verb: str) -> bool:
        """What the role of the membership includes; only a member has one."""
        return bool(self.member) and verb in self.verbs

    @property
    def database_role(self) -> str:
        """Which of the two roles they come as."""
        return policies.WORKER if self.worker else policies.WEB

    @property
    def works_for(self) -> str:
        """The service whose colleague they are: a kiosk or a guest is nobody's."""
        return self.service if self.kind in ("member", "screen", "system") else ""

    @property
    def floor(self) -> str:
        """The centre whose day they see."""
        return self.centre if self.scope in ("day", "centre") else ""

    @property
    def whole(self) -> str:
        """The centre they see all of."""
        return self.centre if self.scope == "centre" else ""

    @property
    def administers(self) -> str:
        """The service whose team they keep: nobody but a member does."""
        return self.service if self.kind == "member" and self.scope == "administration" else ""

    @property
    def system(self) -> str:
        """The service they keep house for: the worker's database role alone can."""
        return self.service if self.kind == "system" and self.worker else ""


@dataclass
class World:
    """Every row of every table, as the owner sees them."""

    tables: dict[str, list[Row]]
    generated: dict[str, set[str]]
    by_id: dict[str, dict[str, Row]] = field(default_factory=dict)
    reaching: dict[str, list[Row]] = field(default_factory=dict)

    def insert(self, table: str) -> sql.Composed:
        """A statement that adds one row, given in JSON."""
        given = (
            set(self.tables[table][0]) - self.generated.get(table, set()) if self.tables[table] else {"id"}
        )
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(given))
        return sql.SQL(
            "insert into public.{0} ({1}) overriding system value"
            " select {1} from jsonb_populate_record(null::public.{0}, $1::jsonb)"
        ).format(sql.Identifier(table), columns)

    def of(self, table: str, key: str) -> Row | None:
        """The row with this id."""
        if table not in self.by_id:
            self.by_id[table] = {row["id"]: row for row in self.tables[table]}
        return self.by_id[table].get(key)


Rule = Callable[[Who, Row, World], bool]


KEYS: dict[str, tuple[str, ...]] = {
    "kernel_done": ("service_id", "key"),
    "kernel_draft": ("member_id", "about_kind", "about_id"),
    "kernel_historydetail": ("event_id",),
    "kernel_historyseal": ("n",),
    "team_session": ("session_key",),
    "team_pin": ("user_id",),
    "kohti_cache": ("cache_key",),
}


HARMLESS = {
    "procrastinate_jobs": "priority",
    "procrastinate_events": "at",
    "procrastinate_workers": "last_heartbeat",
    "procrastinate_periodic_defers": "periodic_id",
    "account_emailaddress": "email",
    "account_emailconfirmation": "sent",
    "mfa_authenticator": "type",
}
"""What to set to itself where the key cannot be."""


def key_of(table: str, row: Row) -> tuple[Any, ...]:
    """What tells a row from the others of its table."""
    return tuple(row[column] for column in KEYS.get(table, ("id",)))


def everything(owner: psycopg.Connection) -> World:
    """All rows of all tables, asked as the owner."""
    tables = [
        str(row[0])
        for row in owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p', 'v', 'm', 'f') order by relname"
        )
    ]
    generated: dict[str, set[str]] = {}
    for table, column in owner.execute(
        "select attrelid::regclass::text, attname from pg_attribute where attgenerated <> '' and attnum > 0"
    ):
        generated.setdefault(table, set()).add(column)
    return World(
        {
            table: [
                row[0]
                for row in owner.execute(
                    sql.SQL("select to_jsonb(t) from {} t").format(sql.Identifier(table))
                )
            ]
            for table in tables
        },
        generated,
    )
