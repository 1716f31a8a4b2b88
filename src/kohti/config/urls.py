"""Every address of the product."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import include, path

from kohti.config import account as own
from kohti.config import elsewhere, help, looks, offline, passkeys, set_up, views
from kohti.config.sign_in import marked as theirs
from kohti.kernel.doors import EVERYBODY, SIGNED_IN

handler400 = "kohti.config.trouble.could_not_read"
handler429 = "kohti.config.trouble.too_often"
handler500 = "kohti.config.trouble.went_wrong"

urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("today/", views.today, name="today"),
    path("look/<slug:code>/<slug:colours>.css", looks.look, name="look"),
    path("look/<slug:code>/<slug:colours>/both.css", looks.both, name="look_both"),
    path("look/<slug:code>/logo/<slug:digest>.<slug:ending>", looks.logo, name="logo"),
    path("design/", looks.parts, name="design"),
    path("at/<slug:code>/", looks.at, name="at"),
    path("help/", help.page, name="help"),
    path("offline/", offline.page, name="offline"),
    path("offline.js", offline.worker, name="offline_worker"),
    path("device/", set_up.page, name="device_set_up"),
    path("language/", views.set_language, name="set_language"),
    path("sample/enter/<uuid:user_id>/", views.enter_as, name="enter_as"),
    path("sample/device/<uuid:user_id>/<str:kind>/", set_up.of_the_sample, name="sample_device"),
    path("", include("kohti.frontdesk.urls")),
    path("", include("kohti.journeys.urls")),
    path("", include("kohti.diary.urls")),
    path("", include("kohti.team.urls")),
    path("", include("kohti.people.urls")),
    path("account/join/", include("kohti.config.join")),
    path("a/offer/", include("kohti.config.offers")),
    path("a/", include("kohti.config.by_link")),
    path("", include("kohti.people.attachments.urls")),
    path("", include("kohti.partners.urls")),
    path("", include("kohti.partners.referrals.urls")),
    path("", include("kohti.partners.rulings.urls")),
    path("r/", include("kohti.config.referral_link")),
    path("hsds/", include("kohti.partners.api")),
    path("", include("kohti.outreach.urls")),
    path("", include("kohti.workbench.urls")),
    path("account/sign-in/", theirs(own.sign_in_page, EVERYBODY, "GET", "POST"), name="account_login"),
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
    path("account/lock/", own.lock, name="lock"),
    path("account/unlock/", own.unlock, name="unlock"),
    path("account/onward/", own.onward, name="onward"),
    path("account/here/", own.still_here, name="still_here"),
    path("account/way-back/", own.way_back, name="way_back"),
    path("account/with/<slug:provider_id>/", elsewhere.begin, name="openid_connect_login"),
    path("account/with/<slug:provider_id>/back/", elsewhere.finish, name="openid_connect_callback"),
    path("account/counter/", own.counter, name="counter"),
    path("account/pin/", own.again_first(own.pin), name="pin"),
    path("account/signed-in/", own.signed_in_at, name="signed_in_at"),
    path(
        "account/password/",
        theirs(own.change_password, SIGNED_IN, "GET", "POST"),
        name="account_change_password",
    ),
    path("account/password/first/", own.set_password, name="account_set_password"),
    path("account/passkeys/", theirs(passkeys.mine, SIGNED_IN, "GET"), name="mfa_list_webauthn"),
    path("account/passkeys/add/", theirs(passkeys.add, SIGNED_IN, "GET", "POST"), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/name/",
        theirs(passkeys.rename, SIGNED_IN, "GET", "POST"),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/remove/",
        theirs(passkeys.remove, SIGNED_IN, "GET", "POST"),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/passkeys/again/",
        theirs(passkeys.again, SIGNED_IN, "GET", "POST"),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "account/passkeys/sign-in/",
        theirs(passkeys.enter, EVERYBODY, "GET", "POST"),
        name="mfa_login_webauthn",
    ),
    path("account/codes/", theirs(own.index, SIGNED_IN, "GET"), name="mfa_index"),
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
