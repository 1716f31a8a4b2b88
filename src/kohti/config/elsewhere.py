"""Signing in with the account of another organisation (OpenID Connect): it lets in whom we know, nobody else.

Who somebody is, is matched by the provider's own identifier, or the first time by an e-mail address that the
provider has checked and that an administrator gave to exactly one account. A provider for one service lets into
that service alone.
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from kohti.config import join
from kohti.config.providers import Provider
from kohti.kernel import actor as actors
from kohti.kernel.doors import open_to_all
from kohti.kernel.errors import NotThere, Refused
from kohti.team import queries as team
from kohti.team.models import User


def all_of_them() -> tuple[Provider, ...]:
    """The providers of this installation."""
    found: tuple[Provider, ...] = settings.PROVIDERS
    return found


def provider_called(code: str) -> Provider:
    """The provider with this code. Raises NotThere."""
    for one in all_of_them():
        if one.code == code:
            return one
    raise NotThere("no such provider")


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the service; another organisation only says who somebody is."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Those of the installation; none is kept in the database."""
        apps = []
        for one in all_of_them():
            app = SocialApp(provider="openid_connect")
            for name, value in one.as_app().items():
                setattr(app, name, value)
            if provider in (None, app.provider_id, app.provider) and client_id in (None, app.client_id):
                apps.append(app)
        return apps

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Know who it is, or say that we do not; which of the two reasons is nobody's business."""
        provider = provider_called(sociallogin.account.provider)
        user = sociallogin.user if sociallogin.is_existing else _known_by_email(sociallogin, provider)
        if (sociallogin.state or {}).get("next") == reverse("join"):
            user = _invited(request, sociallogin, provider, user)
        if user is None or not user.is_active or not _works_at(user, provider):
            _refuse(request, provider.name, status=403)
        if not sociallogin.is_existing:
            if SocialAccount.objects.filter(user_id=user.pk, provider=provider.code).exists():
                # Somebody else came with this address before: addresses are given on, people are not.
                _refuse(request, provider.name, status=403)
            sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **how: Any) -> None:
        """Say so on a page of ours, without what the provider said: it may be anything."""
        _refuse(request, provider.name, status=400, failed=True)


def _invited(request: HttpRequest, sociallogin: Any, provider: Provider, user: User | None) -> User | None:
    """Whoever came from the page of an invitation has taken it by this; else who they were before."""
    try:
        taken = join.taken_with(request, provider, user, email=_checked_email(sociallogin, provider))
    except Refused as trouble:
        page = render(request, "config/join_closed.html", {"text": trouble.message}, status=409)
        raise ImmediateHttpResponse(page) from trouble
    if taken is not None:
        sociallogin.state["next"] = reverse("today")
    return taken or user


def _refuse(request: HttpRequest, name: str, *, status: int, failed: bool = False) -> NoReturn:
    page = render(request, "config/elsewhere.html", {"name": name, "failed": failed}, status=status)
    raise ImmediateHttpResponse(page)


def claims_of(sociallogin: Any) -> dict[str, Any]:
    """What the provider said of somebody: its signed token first, then what it answered when asked."""
    said = sociallogin.account.extra_data
    return {**(said.get("userinfo") or {}), **(said.get("id_token") or {})}


def _checked_email(sociallogin: Any, provider: Provider) -> str:
    """The address the provider says they have, if it has checked it."""
    claims = claims_of(sociallogin)
    email = str(claims.get("email") or "").strip()
    return email if claims.get("email_verified") is True or provider.trusts_email else ""


def _known_by_email(sociallogin: Any, provider: Provider) -> User | None:
    email = _checked_email(sociallogin, provider)
    if not email:
        return None
    found = list(User.objects.filter(email__iexact=email, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def _works_at(user: User, provider: Provider) -> bool:
    """Whether the user has a place now where this provider lets in."""
    for place in team.memberships_of(user.pk):
        actor = actors.member(place.member_id)
        if actor is not None and provider.service in (None, actor.facts["service_code"]):
            return True
    return False


def gave_second_factor(sociallogin: Any) -> bool:
    """Whether more than a password was given there, as far as the installation believes it."""
    provider = provider_called(sociallogin.account.provider)
    if provider.second_factor != "said":
        return provider.second_factor == "always"
    # Only the signed token is believed in this.
    token = sociallogin.account.extra_data.get("id_token") or {}
    said = token.get("amr")
    return (isinstance(said, list) and "mfa" in said) or (
        bool(provider.acr) and token.get("acr") in provider.acr
    )


def _open(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the browser to the other organisation."""
    from kohti.config import oidc

    provider_called(provider_id)
    return oidc.begin(request, provider_id)


def _back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The browser comes back with what the other organisation says."""
    from kohti.config import oidc

    provider_called(provider_id)
    return oidc.finish(request, provider_id)


begin = open_to_all(methods=("POST",))(_open)
finish = open_to_all(methods=("GET",))(_back)
