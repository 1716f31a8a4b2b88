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
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.config import counters, elsewhere, installation, sessions
from kohti.config.sessions import LOCKED
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.team import way_back
from kohti.team.models import User

GIVEN = "code"
"""In a session: the second factor was given, or none is needed."""

BACK = "back"
"""In a session: the page somebody was on their way to."""

TELL = "tell"
"""In a session: what is to be said on the next page."""

ENDED = "kohti_ended"
"""A cookie for a minute, so that the sign-in page can say what happened."""

WITHIN = "within"
"""In a session: the code of the one service that the way of signing in holds for."""


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Passwords as allauth checks them; the user of a session is read with it, or with one plain statement."""

    def get_user(self, user_id: str) -> User | None:
        """The user with this identifier, if they may still sign in."""
        user = sessions.owner_read(user_id) or _user(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def _user(user_id: str) -> User | None:
    columns = sessions.USER_COLUMNS
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(columns)} from team_user where id = %s", [user_id])
        row = cursor.fetchone()
    return None if row is None else User.from_db("default", columns, row)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the service."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a colleague is invited."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say what happened themselves."""

    def get_login_stages(self) -> list[str]:
        """The second factor is asked by our stage, which knows of other organisations' sign-in."""
        ours = f"{__name__}.{SecondFactor.__name__}"
        theirs = f"{AuthenticateStage.__module__}.{AuthenticateStage.__name__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not for whoever signed in a moment ago: they come here to set up their first code."""
        records = get_authentication_records(self.request, self.request.user)
        signed_in_at = records[-1]["at"] if records else 0
        if time.time() - signed_in_at < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and write it down."""
        locked = request.session.get(LOCKED)
        same = request.session.get(SESSION_KEY) == str(user.pk)
        super().login(request, user)
        begin(request, user)
        if locked and same:
            # Whoever locked it is back: to the very page.
            request.session[BACK] = locked[BACK]

    def post_login(self, request: HttpRequest, user: Any, *, signal_kwargs: Any = None, **kwargs: Any) -> Any:
        """Note what another organisation's sign-in holds for, before the first page."""
        sociallogin = (signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None:
            provider = elsewhere.provider_called(sociallogin.account.provider)
            if provider.service is not None:
                request.session[WITHIN] = provider.service
            if elsewhere.gave_second_factor(sociallogin):
                request.session[GIVEN] = True
        return super().post_login(request, user, signal_kwargs=signal_kwargs, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        """Sign out, of a shared counter too."""
        counters.leave(request, request.user.pk)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody was on their way to, else where their day begins."""
        return str(request.session.pop(BACK, "") or super().get_login_redirect_url(request))


def marked(view: Any, who: str, *methods: str) -> Any:
    """A library's view with its mark of who may (kernel/doors.py)."""
    view.who_may, view.methods = who, methods
    return view


def begin(request: HttpRequest, user: User, *, how: str = "") -> None:
    """What is noted whenever somebody has signed in, in whatever way."""
    session = request.session
    session.pop(LOCKED, None)
    session.device = sessions.device_of(request)  # type: ignore[attr-defined]
    told = way_back.tell(user.pk)
    if told:
        session[TELL] = told
    history.record("signed_in", "user", user.pk, detail={"how": how} if how else None)


class SecondFactor(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second factor, unless another organisation's sign-in said that it was given there."""

    def _should_handle(self, request: HttpRequest) -> bool:
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None and elsewhere.gave_second_factor(sociallogin):
            return False
        return bool(super()._should_handle(request))


class CodeAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes and passkeys."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last proof is not given up where one is required."""
        return may_give_up(self.request, authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a new passkey is called until its owner knows better."""
        device = sessions.device_of(self.request)
        return _("Passkey of %(device)s") % {"device": device} if device else _("Passkey")


def second_factor_required(actor: Actor | None) -> bool:
    """Whether this member works here only with more than a password.

    Where the role says so, and of everybody where the installation says so; never in a sample.
    """
    if installation.facts().sample:
        return False
    return bool(settings.REQUIRE_CODE) or bool(actor is not None and actor.facts.get("second_factor"))


def has_second_factor(user: Any) -> bool:
    """Whether the user has one-time codes or a passkey. One statement; asked at the door."""
    return bool(factors_of(user).exists())


def factors_of(user: Any) -> Any:
    """The user's one-time codes and passkeys. Recovery codes only stand in for one of these."""
    return Authenticator.objects.filter(
        user_id=user.pk, type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    )


def may_give_up(request: HttpRequest, authenticator: Authenticator) -> bool:
    """Whether a factor may go: one stays where one is required."""
    if not second_factor_required(getattr(request, "actor", None)):
        return True
    return bool(factors_of(request.user).exclude(pk=authenticator.pk).exists())


def lacks_second_factor(request: HttpRequest, actor: Actor) -> bool:
    """Whether this member has to set up a second factor first; asked once a session when they have."""
    if not second_factor_required(actor) or request.session.get(GIVEN):
        return False
    if not has_second_factor(request.user):
        return True
    request.session[GIVEN] = True
    return False


def set_up_page() -> str:
    """Where a second factor is set up."""
    return f"{reverse('mfa_index')}?needed"
