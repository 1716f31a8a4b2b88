"""Every address of the product."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path

from kohti.config import looks, views
from kohti.kernel.doors import EVERYBODY, SIGNED_IN


def theirs(view: Any, who: str, *methods: str) -> Any:
    """A library's view with its mark of who may."""
    view.who_may = who
    view.methods = methods
    return view


urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("today/", views.today, name="today"),
    path("look/<slug:code>/<slug:colours>.css", looks.look, name="look"),
    path("language/", views.set_language, name="set_language"),
    path("sample/enter/<uuid:user_id>/", views.enter_as, name="enter_as"),
    path("", include("kohti.frontdesk.urls")),
    path("", include("kohti.diary.urls")),
    path("", include("kohti.team.urls")),
    path("", include("kohti.people.urls")),
    path("account/sign-in/", theirs(account.login, EVERYBODY, "GET", "POST"), name="account_login"),
    path("account/sign-out/", theirs(account.logout, EVERYBODY, "GET", "POST"), name="account_logout"),
    path(
        "account/again/",
        theirs(account.reauthenticate, SIGNED_IN, "GET", "POST"),
        name="account_reauthenticate",
    ),
    path("account/code/", theirs(mfa.authenticate, EVERYBODY, "GET", "POST"), name="mfa_authenticate"),
    path(
        "account/code/again/", theirs(mfa.reauthenticate, SIGNED_IN, "GET", "POST"), name="mfa_reauthenticate"
    ),
    path("account/codes/", theirs(mfa.index, SIGNED_IN, "GET"), name="mfa_index"),
    path(
        "account/codes/set-up/",
        theirs(totp.activate_totp, SIGNED_IN, "GET", "POST"),
        name="mfa_activate_totp",
    ),
    path(
        "account/codes/stop/",
        theirs(totp.deactivate_totp, SIGNED_IN, "GET", "POST"),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/codes/spare/",
        theirs(recovery.view_recovery_codes, SIGNED_IN, "GET"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/codes/spare/new/",
        theirs(recovery.generate_recovery_codes, SIGNED_IN, "GET", "POST"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/spare/download/",
        theirs(recovery.download_recovery_codes, SIGNED_IN, "GET"),
        name="mfa_download_recovery_codes",
    ),
]
