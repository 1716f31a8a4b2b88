"""How sign-in behaves here: nobody signs up by themselves, and who signed in is in the history."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from kohti.config import installation
from kohti.kernel import history
from kohti.team.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Passwords as allauth checks them; the user of a session read with one plain statement."""

    def get_user(self, user_id: str) -> User | None:
        """The user with this identifier, if they may still sign in."""
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(USER_COLUMNS)} from team_user where id = %s", [user_id])
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

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not for whoever signed in a moment ago: they come here to set up their first code."""
        records = get_authentication_records(self.request, self.request.user)
        signed_in_at = records[-1]["at"] if records else 0
        if time.time() - signed_in_at < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and write it down."""
        super().login(request, user)
        history.record("signed_in", "user", user.pk)


class CodeAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Codes that are required are not given up."""
        return not codes_are_required()


def codes_are_required() -> bool:
    """Whether nobody works here without a one-time code: wherever people are real, unless told otherwise."""
    return bool(settings.REQUIRE_CODE) and not installation.facts().sample


def has_code(user: Any) -> bool:
    """Whether the user has set up one-time codes. One statement; asked at the door."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())
