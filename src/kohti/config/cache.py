"""The shared cache in the database, which throttling counts in: one plain statement for each call.

Django's own spends six on every value it keeps, and above 300 of them throws live ones away: whoever tries many
names could have pushed the counts of their guesses out. What is too old here is swept by housekeeping.
"""

from __future__ import annotations

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

LOCK = ":lock"
"""How names of locks end: throttling takes one before it counts, and gives it back."""

KEEP = """
insert into kohti_cache as c (cache_key, value, expires) values (%s, %s, %s)
on conflict (cache_key) do update set value = excluded.value, expires = excluded.expires
"""
ADD = f"{KEEP} where c.expires <= %s"


class Cache(DatabaseCache):
    """As Django's, at the door, on our connection: what it keeps commits with the request."""

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless there is one; whether it was kept.

        A lock is one of the transaction: whoever else counts the same waits until what was counted is there to
        see, and nothing stays locked that ended in between.
        """
        name = self.make_and_validate_key(key, version=version)
        if name.endswith(LOCK):
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            return True
        with connection.cursor() as cursor:
            cursor.execute(ADD, [*self._row(name, value, timeout), datetime.now(UTC)])
            return bool(cursor.rowcount)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value, in the place of one there may be."""
        name = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(KEEP, self._row(name, value, timeout))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; a lock goes with its transaction."""
        if self.make_and_validate_key(key, version=version).endswith(LOCK):
            return True
        return bool(super().delete(key, version=version))

    def _row(self, name: str, value: Any, timeout: Any) -> list[Any]:
        ends = self.get_backend_timeout(timeout)
        expires = (
            datetime.fromtimestamp(ends, tz=UTC) if ends is not None else datetime.max.replace(tzinfo=UTC)
        )
        text = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
        return [name, text, expires]
