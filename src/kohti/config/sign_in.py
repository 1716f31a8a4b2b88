"""How sign-in behaves here: nobody signs up by themselves, and who signed in is in the history."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection
from django.http import HttpRequest

from kohti.kernel import history
from kohti.team.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Passwords as allauth checks them; the user of a session read with one plain statement."""

    def get_user(self, user_id: object) -> User | None:
        """The user with this identifier, if they may still sign in."""
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(USER_COLUMNS)} from team_user where id = %s", [user_id])  # noqa: S608
            row = cursor.fetchone()
        if row is None:
            return None
        user = User.from_db("default", USER_COLUMNS, row)
        return user if self.user_can_authenticate(user) else None


USER_COLUMNS = tuple(field.attname for field in User._meta.concrete_fields)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the service."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a colleague is invited."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say what happened themselves."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and write it down."""
        super().login(request, user)
        history.record("signed_in", "user", user.pk)
