"""The pages of one's own account: locking and coming back, PIN, password, where one is signed in, the way back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.base import views as mfa
from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kohti.config import counters, elsewhere, sessions, sign_in, unsent
from kohti.config.sessions import LOCKED
from kohti.config.sign_in import BACK, GIVEN
from kohti.kernel import history, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import SIGNED_IN, needs, open_to_all
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing
from kohti.team import queries as team
from kohti.team import way_back as ways
from kohti.team.models import User

# ------------------------------------------------------------------ lock, and come back


def safe(request: HttpRequest, path: str) -> str:
    """The path, when it is one of ours to go back to; else where the day begins."""
    ours = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
    return path if ours and not path.startswith("/account/lock") else reverse("today")


@open_to_all(methods=("GET", "POST"))
def lock(request: HttpRequest) -> HttpResponseBase:
    """Lock this screen, or show that it is locked: nothing of who was here stands on it."""
    if request.method == "POST":
        if SESSION_KEY in request.session and LOCKED not in request.session:
            request.session[LOCKED] = {BACK: safe(request, request.POST.get("next", ""))}
        return redirect("lock")
    if LOCKED not in request.session and not counters.here_today(request):
        return redirect("front_door")
    return _locked(request)


def _locked(request: HttpRequest, *, wrong: str = "", chosen: str = "", status: int = 200) -> HttpResponse:
    here = counters.here_today(request)
    return render(
        request,
        "config/lock.html",
        {
            "locked": LOCKED in request.session,
            "here": here,
            "wrong": wrong,
            "chosen": chosen,
            "back": request.session.get(LOCKED, {}).get(BACK, ""),
        },
        status=status,
    )


@sensitive_post_parameters("secret")
def _unlock(request: HttpRequest) -> HttpResponseBase:
    """Come back to the very page with PIN or password; or take over with a PIN."""
    if "leave" in request.POST:
        # Anybody may end what is locked; nobody gets in by it.
        if LOCKED in request.session:
            request.session.flush()
        return redirect("front_door")
    secret = request.POST.get("secret", "")
    owner = request.session.get(SESSION_KEY) if LOCKED in request.session else None
    try:
        who = uuid.UUID(request.POST.get("who") or owner or "")
    except ValueError:
        return redirect("account_login")
    if not counters.may_try(request, who):
        text = _("That was tried too often. Wait five minutes, or sign in with your password.")
        return _locked(request, wrong=text, chosen=str(who), status=429)
    entry = counters.opens(request, who, secret) if secret.strip().isdigit() else None
    if str(who) == owner:
        user = User.objects.filter(id=who, is_active=True).first()
        if user is not None and (entry is not None or user.check_password(secret)):
            back = request.session.pop(LOCKED)[BACK]
            request.session.used(at_once=True)  # type: ignore[attr-defined]
            return redirect(back)
    elif entry is not None:
        return _take_over(request, entry)
    text = _("That did not open it. After five wrong PINs only a password or a passkey helps.")
    return _locked(request, wrong=text, chosen=str(who), status=422)


unlock = open_to_all(methods=("POST",))(_unlock)


def _take_over(request: HttpRequest, entry: Any) -> HttpResponseBase:
    """Another colleague of this counter works here from now on."""
    user = User.objects.get(id=entry.user_id)
    request.session.flush()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, method="pin")
    sign_in.begin(request, user, how="pin")
    request.session[GIVEN] = entry.strong
    request.session["membership"] = str(entry.member_id)
    request.session[counters.SHARED] = str(entry.counter_id)
    request.session.keep_for(settings.IDLE_AT_COUNTER_S, locks=True)  # type: ignore[attr-defined]
    return redirect("today")


@open_to_all()
def onward(request: HttpRequest) -> HttpResponseBase:
    """Back to what somebody was on their way to, before they had to set something up."""
    return redirect(request.session.pop(BACK, "") or "today")


@needs(SIGNED_IN)
def still_here(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Said by a page now and then while somebody types and sends nothing: the session stays awake."""
    return HttpResponse(status=204)


# ------------------------------------------------------------------ this device


@needs(SIGNED_IN, methods=("GET", "POST"))
def counter(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whether this device is a shared counter, and what that means."""
    if request.method == "POST":
        answer = redirect("counter")
        if "stop" in request.POST:
            counters.stop_sharing(request, answer, actor)
        elif counters.counter_of(request) is None:
            counters.share(request, answer, actor, name=request.POST.get("name", ""))
        return answer
    found = counters.counter_of(request)
    return render(
        request,
        "config/counter.html",
        {
            "counter": found,
            "here": counters.here_today(request),
            "since": _when(actor, found.since) if found is not None else "",
            "minutes": settings.IDLE_AT_COUNTER_S // 60,
            "has_pin": counters.has_pin(request.user),  # type: ignore[arg-type]
        },
    )


def _when(actor: Actor, instant: Any) -> str:
    local = instant.astimezone(actor.zone)
    return _("%(day)s, %(time)s") % {
        "day": words.day_short(local.date()),
        "time": words.clock_time(instant, actor.zone),
    }


@sensitive_post_parameters("pin", "again")
def _pin(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """My PIN for shared counters."""
    user: Any = request.user
    wrong = ""
    if request.method == "POST" and "drop" in request.POST:
        counters.drop_pin(user)
        return redirect("mfa_index")
    if request.method == "POST":
        try:
            with all_or_nothing():
                if request.POST.get("pin", "").strip() != request.POST.get("again", "").strip():
                    raise Refused(_("The two are not the same."), code="pin-twice")
                counters.set_pin(user, request.POST.get("pin", ""))
        except Refused as refused:
            wrong = str(refused.message)
        else:
            return redirect("mfa_index")
    context = {"wrong": wrong, "has_pin": counters.has_pin(user)}
    return render(request, "config/pin.html", context, status=422 if wrong else 200)


pin = needs(SIGNED_IN, methods=("GET", "POST"))(_pin)


def again_first(view: Any) -> Any:
    """Only for whoever has shown a moment ago who they are: it changes who gets in."""
    guarded = reauthentication_required(app="kohti")(view)
    guarded.who_may, guarded.methods = view.who_may, view.methods
    return guarded


# ------------------------------------------------------------------ where I am signed in


@needs(SIGNED_IN, methods=("GET", "POST"))
def signed_in_at(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Each browser I am signed in with; one press ends one, or all others."""
    user_id: Any = request.user.pk
    here = request.session.session_key or ""
    if request.method == "POST":
        handle = request.POST.get("session", "")
        ended = sessions.end(user_id, handle=handle, but="" if handle else here)
        if ended:
            history.record("session.ended", "user", user_id, detail={"sessions": ended})
        return redirect(f"{reverse('signed_in_at')}?ended={ended}")
    found = sessions.of_user(user_id, here=here)
    return render(
        request,
        "config/signed_in_at.html",
        {
            "here": [
                {"session": one, "began": _when(actor, one.began), "last_used": _when(actor, one.last_used)}
                for one in found
            ],
            "ended": request.GET.get("ended", ""),
        },
    )


def no_place(request: HttpRequest) -> HttpResponse:
    """Signed in, but no membership holds now: says since when or from when, and ends the session."""
    user_id: Any = request.user.pk
    lines = []
    for one in team.places_not_now(user_id):
        words_of = {"service": one.service, "centre": one.centre}
        if one.begins is not None:
            line = _("Your place at %(service)s, %(centre)s begins on %(day)s.")
            lines.append(line % {**words_of, "day": words.day_short(one.begins)})
        elif one.ended is not None:
            line = _("Your place at %(service)s, %(centre)s ended on %(day)s.")
            lines.append(line % {**words_of, "day": words.day_short(one.ended)})
    request.session.flush()
    request.user = AnonymousUser()
    found = {"lines": lines, "typed": unsent.typed_words(request)}
    return render(request, "config/no_place.html", found, status=403)


# ------------------------------------------------------------------ how I sign in


class SignIn(account.LoginView):  # type: ignore[misc]
    """The sign-in page: passkey, password, or another organisation's account."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the other ways in, and a word for whoever was signed out."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["ended"] = sign_in.ENDED in self.request.COOKIES
        context["elsewhere"] = [
            {"name": one.name, "href": reverse("openid_connect_login", args=[one.code])}
            for one in elsewhere.all_of_them()
        ]
        return context


sign_in_page = SignIn.as_view()


class Index(mfa.IndexView):  # type: ignore[misc]
    """How I sign in: password, codes, passkeys, PIN, and where."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what must still be set up, and the way back to work."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        actor: Actor | None = getattr(self.request, "actor", None)
        has_factor = any(kind in context["authenticators"] for kind in ("totp", "webauthn"))
        context["needed"] = sign_in.second_factor_required(actor) and not has_factor
        context["kept_one"] = "needed" in self.request.GET and has_factor and BACK not in self.request.session
        context["on_the_way"] = BACK in self.request.session and not context["needed"]
        context["has_pin"] = counters.has_pin(self.request.user)
        context["has_password"] = self.request.user.has_usable_password()
        context["at_work"] = actor is not None
        return context


class ChangePassword(account.PasswordChangeView):  # type: ignore[misc]
    """A new password: every other session ends with the old one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and end the sessions begun with the old one."""
        response: HttpResponse = super().form_valid(form)
        _password_changed(self.request)
        return response

    def get_default_success_url(self) -> str:
        """Where one came from."""
        return f"{reverse('mfa_index')}?password"


class SetPassword(account.PasswordSetView):  # type: ignore[misc]
    """A first password, for whoever signed in by other ways so far."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and end other sessions."""
        response: HttpResponse = super().form_valid(form)
        _password_changed(self.request)
        return response

    def get_default_success_url(self) -> str:
        """Where one came from."""
        return f"{reverse('mfa_index')}?password"


def _password_changed(request: HttpRequest) -> None:
    user_id: Any = request.user.pk
    sessions.end(user_id, but=request.session.session_key or "")
    history.record("password.changed", "user", user_id)


index = Index.as_view()
change_password = ChangePassword.as_view()
set_password = again_first(sign_in.marked(SetPassword.as_view(), SIGNED_IN, "GET", "POST"))


# ------------------------------------------------------------------ the way back


@sensitive_post_parameters("code", "password")
def _way_back(request: HttpRequest) -> HttpResponseBase:
    """For whoever lost everything: a code that an administrator gave them in person, and a new password."""
    if request.method == "GET":
        return render(request, "config/way_back.html", {"username": "", "wrong": {}})
    username, code = request.POST.get("username", "").strip(), request.POST.get("code", "")
    if not ratelimit.consume(request, action="way_back", key=username.casefold()):
        wrong = {"code": _("That was tried too often. Wait five minutes.")}
        return _way_back_again(request, username, wrong, status=429)
    try:
        validate_password(request.POST.get("password", ""))
    except ValidationError as trouble:
        return _way_back_again(request, username, {"password": " ".join(trouble.messages)})
    user = ways.use(username, code)
    if user is None:
        text = _("User name and code do not belong together, or the code is no longer good.")
        return _way_back_again(request, username, {"code": text})
    user.set_password(request.POST["password"])
    user.save(update_fields=["password"])
    request.session.flush()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, method="way_back")
    sign_in.begin(request, user, how="way back")
    return redirect("today")


def _way_back_again(
    request: HttpRequest, username: str, wrong: dict[str, str], *, status: int = 422
) -> HttpResponse:
    return render(request, "config/way_back.html", {"username": username, "wrong": wrong}, status=status)


way_back = open_to_all(methods=("GET", "POST"))(_way_back)


def notice_of(actor: Actor, told: dict[str, str]) -> dict[str, str]:
    """What somebody is told after a way back was given: by whom and when."""
    return {
        "kind": "warning",
        "text": _(
            "Your sign-in was given to you anew by %(name)s: %(when)s. If you did not ask for that, tell your"
            " administrator now."
        )
        % {
            "name": told["by"] or _("whoever runs this installation"),
            "when": _when(actor, datetime.fromisoformat(told["at"])),
        },
    }
