"""Passkeys: the library's pages, for passkeys alone, in our words.

A passkey lives in the device and checks who holds it, so that it counts as both factors. Keys that only add to a
password are not offered: they would look the same to a colleague and let them in less far.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms, views
from allauth.mfa.webauthn.internal import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kohti.config import sign_in
from kohti.kernel import words
from kohti.kernel.actor import Actor

WRONG_SHAPE = (AttributeError, KeyError, TypeError, ValueError)
"""What the library raises when a browser sends something that is no passkey at all."""


class _AnyShape:
    """Whatever was sent is refused in words."""

    def clean_credential(self) -> Any:
        """The passkey that was shown."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except WRONG_SHAPE as trouble:
            raise get_adapter().validation_error("incorrect_code") from trouble


class LoginForm(_AnyShape, forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of everything else."""


class AuthenticateForm(_AnyShape, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after a password."""


class ReauthenticateForm(_AnyShape, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more."""


class AddForm(forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        """The passkey as the device made it."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except WRONG_SHAPE as trouble:
            raise get_adapter().validation_error("incorrect_code") from trouble
        return cleaned


class Add(views.AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey and give it a name."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The device is asked for a passkey that checks who holds it; what it then gives is held against that."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or context.get("form") or self.get_form()
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context


class List(views.ListWebAuthnView):  # type: ignore[misc]
    """My passkeys, and when each was used."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With a way to say a day in words."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["day_of"] = lambda instant: words.day_short(instant.astimezone(_zone(self.request)).date())
        return context


def _zone(request: HttpRequest) -> ZoneInfo:
    actor: Actor | None = getattr(request, "actor", None)
    return actor.zone if actor is not None else ZoneInfo("UTC")


class Remove(views.RemoveWebAuthnView):  # type: ignore[misc]
    """Remove a passkey: never the last proof where one is required."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, unless nothing would be left where something must be."""
        if not sign_in.may_give_up(self.request, self.get_object()):
            return redirect(f"{reverse('mfa_index')}?needed")
        response: HttpResponse = super().form_valid(form)
        return response


class SignIn(views.LoginWebAuthnView):  # type: ignore[misc]
    """Sign in with a passkey and nothing else."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the sign-in page, which says so."""
        return redirect(f"{reverse('account_login')}?passkey=unknown")


class Again(views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Show a passkey again before something that changes who gets in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Ask again."""
        return redirect("mfa_reauthenticate_webauthn")


add = Add.as_view()
mine = List.as_view()
rename = views.edit_webauthn
remove = Remove.as_view()
enter = SignIn.as_view()
again = Again.as_view()
