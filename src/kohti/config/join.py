"""Taking an invitation: the page behind its link, for who has an account here and for who makes one."""

from __future__ import annotations

import re
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.config import looks
from kohti.config.providers import Provider
from kohti.kernel import words
from kohti.kernel.doors import open_to_all
from kohti.kernel.errors import Refused
from kohti.team import actions, queries, roster
from kohti.team.models import User

TOKEN = "invitation"  # noqa: S105 - the name under which a session keeps it
LIMITS = {"open": "60/h/ip", "take": "20/h/ip"}
_USERNAME = re.compile(r"[\w.@+-]{3,80}")


class JoinForm(forms.Form):
    """How somebody new will sign in."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=80,
        help_text=gettext_lazy("At least 3 letters or figures, without spaces; your e-mail address will do."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=1000,
        help_text=gettext_lazy("At least 12 characters. A few words in a row are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The password once more"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        """Nobody else's, whatever its case."""
        username = str(self.cleaned_data["username"])
        if not _USERNAME.fullmatch(username):
            raise forms.ValidationError(
                _("Use at least 3 letters or figures, and of other signs only . @ + - and _")
            )
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("Somebody has this user name. Choose another one."))
        return username

    def clean(self) -> dict[str, Any]:
        """A password that is long enough, not one of the usual ones, and typed twice alike."""
        given = super().clean() or {}
        password, again = given.get("password"), given.get("again")
        if password is not None:
            try:
                validate_password(password)
            except forms.ValidationError as trouble:
                self.add_error("password", trouble)
        if password is not None and again is not None and password != again:
            self.add_error("again", _("The two passwords differ."))
        return given


def _too_often(request: HttpRequest, action: str) -> bool:
    """Whether links were tried too often from one address."""
    return not ratelimit.consume(request, app="kohti", action=action, config=LIMITS, limit_get=True)


def _closed(request: HttpRequest, text: object, *, status: int = 410) -> HttpResponseBase:
    """Why there is nothing to be taken."""
    return render(request, "config/join_closed.html", {"text": text}, status=status)


@open_to_all()
def join_with(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link itself: its secret goes into the session, so that it stands in no address bar."""
    if _too_often(request, "open"):
        return _closed(request, _("Links were tried too often from here. Wait an hour."), status=429)
    request.session[TOKEN] = token[:100]
    return redirect("join")


@open_to_all(methods=("GET", "POST"))
def join(request: HttpRequest) -> HttpResponseBase:
    """What is offered, and how to take it."""
    token = str(request.session.get(TOKEN, ""))
    offer = roster.offer(actions.digest_of(token)) if token else None
    if offer is None:
        return _closed(request, actions.NOT_ACCEPTED["wrong"], status=404)
    looks.wear(request, looks.look_of(offer.service_code, offer.service, offer.theme))
    if offer.state != "open":
        return _closed(request, actions.NOT_ACCEPTED[offer.state])
    form = JoinForm(request.POST if request.method == "POST" and "username" in request.POST else None)
    begins = offer.starts.astimezone(ZoneInfo(offer.timezone)).date()
    shown = {"offer": offer, "form": form, "starts": words.day_short(begins), "refused": ""}
    shown["elsewhere"] = [
        {"name": one.name, "href": reverse("openid_connect_login", args=[one.code])}
        for one in settings.PROVIDERS
        if one.service in (None, offer.service_code)
    ]
    if request.method != "POST":
        return render(request, "config/join.html", shown)
    if _too_often(request, "take"):
        return _closed(request, _("This was tried too often from here. Wait an hour."), status=429)
    try:
        if request.user.is_authenticated:
            actions.accept_invitation(token, request.user.pk)
        elif form.is_valid():
            user = actions.join(
                token,
                username=form.cleaned_data["username"],
                password_hash=make_password(form.cleaned_data["password"]),
                email=offer.email,
            )
            get_adapter(request).login(request, user)
            record_authentication(request, user, method="password", username=user.username)
        else:
            return render(request, "config/join.html", shown, status=422)
    except Refused as trouble:
        if request.user.is_authenticated:
            return render(request, "config/join.html", shown | {"refused": str(trouble.message)}, status=409)
        raise
    request.session.pop(TOKEN, None)
    # Whoever is at work somewhere stays there, and sees from now on that there is another place to choose.
    assert request.user.pk is not None
    request.session["places"] = len(queries.memberships_of(request.user.pk))
    return redirect("today")


def taken_with(request: HttpRequest, provider: Provider, user: User | None, *, email: str) -> User | None:
    """The place of the invitation in this session, taken by whoever the provider says is there; at the door.

    By `user`, or, who is new, with an account of their own that has no password and this address, if the provider
    has checked one. None where there is no invitation here that is open and that this provider lets into. Raises
    Refused with a word, and changes nothing, for a place they cannot take.
    """
    token = str(request.session.get(TOKEN, ""))
    offer = roster.offer(actions.digest_of(token)) if token else None
    if offer is None or offer.state != "open" or provider.service not in (None, offer.service_code):
        return None
    with transaction.atomic():
        if user is None:
            user = actions.join(
                token,
                username=_free_username(provider, email),
                password_hash=actions.NO_PASSWORD,
                email=email,
            )
        else:
            actions.accept_invitation(token, user.pk)
    request.session.pop(TOKEN)
    return user


def _free_username(provider: Provider, email: str) -> str:
    """The address, where nobody has it for a name; else a name nobody types: this account has no password."""
    if _USERNAME.fullmatch(email) and not User.objects.filter(username__iexact=email).exists():
        return email
    return f"{provider.code}.{uuid.uuid4().hex[:12]}"


urlpatterns = [
    path("", join, name="join"),
    path("<str:token>/", join_with, name="join_with"),
]
