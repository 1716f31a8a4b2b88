"""The connection that will not ask without an actor.

Entering is lazy: the first statement of a block is preceded by `select kohti.enter(…)` on the same
connection, in the same transaction, with `is_local` settings, so that nothing survives the transaction
(also through a pooler in transaction mode). A rollback to a savepoint undoes the settings, so it makes us
enter again.
"""

from __future__ import annotations

import select
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import psycopg
from django.db import Error
from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.errors import NoActor, NotAllowed

UNKNOWN = object()


@cache
def _read_in_c(adapters: AdaptersMap) -> AdaptersMap:
    """The same, but instants are read by psycopg's own loader: in C, and in UTC as the connection is.

    Django's is written in Python, to give another zone than the connection's, and cost a third of a page with 800.
    """
    ours = AdaptersMap(adapters)
    ours.register_loader("timestamptz", TimestamptzLoader)
    return ours


def _entering(actor: actors.Actor) -> tuple[str, tuple[object, ...]]:
    """The statement that tells the database who asks, and its values; what it gives is false for who may not."""
    now = clock.now()
    if actor.kind == "device":
        return "select kohti.enter_device(%s, %s)", (actor.device_id, now)
    if actor.kind == "guest":
        enter = "enter_guest" if actor.by == "appointment" else "enter_partner"
        return f"select kohti.{enter}(%s, %s)", (actor.admitted, now)
    return (
        "select kohti.enter(%s, %s, %s, %s, %s, %s, %s)",
        (
            actor.kind,
            actor.member_id,
            actor.service_id,
            actor.centre_id,
            actor.role,
            actor.scope,
            now,
        ),
    )


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection as the web or worker role. The owner's uses Django's own backend."""

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.entered: object = None
        self.statements = 0
        self.execute_wrappers.append(self._as_the_actor)

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's, with instants read in C."""
        params: dict[str, Any] = super().get_connection_params()
        return params | {"context": _read_in_c(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, without asking whether instants are read in another zone than the connection's: none are."""
        if name is None:
            return self.connection.cursor()
        how = {"name": name, "scrollable": False, "withhold": self.connection.autocommit}
        if self.settings_dict["OPTIONS"].get("server_side_binding"):
            return self.connection.cursor(**how)
        return base.ServerSideCursor(self.connection, **how)  # type: ignore[call-arg]

    def _as_the_actor(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        actor = actors.current_or_none()
        if actor is None:
            raise NoActor("a statement was made outside as_actor; it would have seen no rows")
        self.statements += 1
        if self.entered is not actor:
            self._enter(actor)
        return execute(sql, params, many, context)

    def _enter(self, actor: actors.Actor) -> None:
        self.ensure_connection()
        if not self.in_atomic_block:
            raise NoActor("a statement was made outside a transaction")
        if actor is actors.DOOR and self.entered is None:
            # A transaction begins with no setting at all, and nobody needs no more than these two.
            with self.wrap_database_errors:
                self.connection.execute(
                    "select set_config('kohti.kind', 'door', true), set_config('kohti.now', %s, true)",
                    (clock.now().isoformat(),),
                )
            self.entered = actor
            return
        with self.wrap_database_errors:
            row = self.connection.execute(*_entering(actor)).fetchone()
        if not row[0]:
            raise NotAllowed("this membership has ended")
        self.entered = actor

    def enter_member(self, member_id: uuid.UUID) -> str | None:
        """Tell the database that this member asks from here on; its facts as JSON, or None when it ended."""
        self.statements += 1
        with self.wrap_database_errors:
            row = self.connection.execute(
                "select kohti.enter_member(%s, %s)", (member_id, clock.now())
            ).fetchone()
        return None if row is None else row[0]

    def ensure_connection(self) -> None:
        """Connect, and between transactions notice that the server hung up: it costs no round trip."""
        if self.connection is not None and not self.in_atomic_block and self._hung_up():
            self.close()
        super().ensure_connection()

    def _hung_up(self) -> bool:
        if self.connection.closed:
            return True
        readable, _writable, _broken = select.select([self.connection.fileno()], [], [], 0)
        if not readable:
            return False
        try:
            self.connection.pgconn.consume_input()
        except psycopg.Error:
            return True
        return bool(self.connection.pgconn.status == psycopg.pq.ConnStatus.BAD)

    def start_over(self) -> None:
        """Undo everything this transaction did; whoever goes on inside its blocks does so in a new one."""
        self.run_on_commit = []
        try:
            self._rollback()
        except Error:
            self.needs_rollback = True
        else:
            self.needs_rollback = False

    def _savepoint_rollback(self, sid: str) -> None:
        # First back to the savepoint: until then a failed transaction takes no other statement. Whose settings
        # stand then is not known here.
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.entered = UNKNOWN

    def _commit(self) -> None:
        self.entered = None
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self.entered = None
        super()._rollback()  # type: ignore[misc]

    def _close(self) -> None:
        self.entered = None
        super()._close()  # type: ignore[misc]
