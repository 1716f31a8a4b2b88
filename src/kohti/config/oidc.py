"""The conversation with another organisation's provider; loaded when somebody first signs in that way."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from kohti.config.elsewhere import provider_called

KEPT = ("sub", "email", "email_verified", "amr", "acr")


class Strict(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Believes nothing that is not signed for us by the issuer we were told of."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What discovery says; it must speak of the issuer it was found below."""
        found: dict[str, Any] = super().openid_config
        if found.get("issuer", "").rstrip("/") != provider_called(self.provider_id).issuer.rstrip("/"):
            raise OAuth2Error("discovery names another issuer")
        return found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """A signed token is a must; what the provider answers besides must be about the same person."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data
        if said["id_token"].get("sub") != (said.get("userinfo") or {}).get("sub"):
            raise OAuth2Error("userinfo is about somebody else")
        # What we do not need is not kept beside the account.
        login.account.extra_data = {
            part: {name: claims[name] for name in KEPT if name in claims} for part, claims in said.items()
        }
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (KeyError, ValueError) as trouble:
            raise OAuth2Error("malformed id_token") from trouble
        return claims


class Strictly(OpenIDConnectProvider):  # type: ignore[misc]
    """The library's provider, as strict when it sends somebody there as when they come back."""

    oauth2_adapter_class = Strict


# An installed app would load this, and all it needs, when every process starts.
registry.register(Strictly)


def begin(request: HttpRequest, code: str) -> HttpResponseBase:
    """To the provider, with a state and a challenge that only this session can answer."""
    if "process" in request.POST or "process" in request.GET or not _allowed(request):
        return _too_often(request, code)
    view = OAuth2LoginView.adapter_view(Strict(request, code))
    answer: HttpResponseBase = _said_in_words(view, request, code)
    return answer


def finish(request: HttpRequest, code: str) -> HttpResponseBase:
    """Back from the provider."""
    if not _allowed(request):
        return _too_often(request, code)
    return _said_in_words(OAuth2CallbackView.adapter_view(Strict(request, code)), request, code)


def _said_in_words(view: Any, request: HttpRequest, code: str) -> HttpResponseBase:
    import requests

    try:
        answer: HttpResponseBase = view(request)
    except (requests.RequestException, OAuth2Error, KeyError, ValueError):
        return _page(request, code, status=502)
    return answer


def _allowed(request: HttpRequest) -> bool:
    return bool(
        ratelimit.consume(
            request,
            app="allauth.account",
            action="elsewhere",
            config=app_settings.RATE_LIMITS,
            limit_get=True,
        )
    )


def _too_often(request: HttpRequest, code: str) -> HttpResponseBase:
    return _page(request, code, status=429)


def _page(request: HttpRequest, code: str, *, status: int) -> HttpResponseBase:
    context = {"name": provider_called(code).name, "failed": True}
    return render(request, "config/elsewhere.html", context, status=status)
