"""Sessions in the database, read with one plain statement: every page begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Stored
from django.contrib.sessions.models import Session
from django.db import connection

from kohti.kernel import clock


class SessionStore(Stored):
    """Django's sessions in the database; by real time, whatever the product's clock says."""

    def _get_session_from_db(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "select session_data, expire_date from django_session where session_key = %s and expire_date > %s",
                [self.session_key, clock.real_now()],
            )
            row = cursor.fetchone()
        if row is None or self.session_key is None:
            self._session_key = None
            return None
        return Session(session_key=self.session_key, session_data=row[0], expire_date=row[1])
