"""How sign-in behaves here: nobody signs up by themselves, and who signed in is in the history."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from kohti.kernel import history


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
