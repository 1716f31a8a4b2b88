"""The front door, the words for what went wrong, and the choice of language and place."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _

from kohti.config import filling, installation, leading, looks, set_up, sign_in, unsent
from kohti.config.navigation import home_of
from kohti.frontdesk.glance import whom_to_ask
from kohti.kernel.actor import Actor, may
from kohti.kernel.blueprint import BadBlueprint
from kohti.kernel.doors import SIGNED_IN, needs, open_to_all
from kohti.kernel.errors import KohtiError, NotAllowed, NotThere
from kohti.kernel.sheets import UnreadableSheet
from kohti.people.queries import AskFirst
from kohti.team import queries as team
from kohti.team.models import User


@open_to_all()
def front_door(request: HttpRequest) -> HttpResponseBase:
    """Whoever is signed in goes to work; else the sample's accounts, or the sign-in page."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        return redirect("today")
    if not installation.facts().sample:
        return redirect("account_login")
    services: dict[str, list[team.SampleAccount]] = {}
    for account in team.sample_accounts():
        services.setdefault(account.service_code, []).append(account)
    return render(
        request,
        "config/sample.html",
        {
            "services": [_sample_service(accounts) for accounts in services.values()],
            "coming": known if (known := filling.progress(settings.DATA)) and not known.done else None,
        },
    )


TRY_FIRST: tuple[tuple[str, Callable[[], str]], ...] = (
    ("diary.import", lambda: _("Check a diary file: nothing changes until you say so.")),
    ("journeys.work", lambda: _("See who comes next and who needs you today; press “Begin”.")),
    ("people.open", lambda: _("Press “Call next” and see who comes.")),
    ("arrivals.check_in", lambda: _("Type a few letters of a name and press Enter: they are checked in.")),
    ("queue.call", lambda: _("Press “Call next” and see who comes.")),
    ("shares.read", lambda: _("See whose data is shared with you, and what.")),
    ("team.see", lambda: _("See who works here.")),
)
"""What a role with this verb could try, by the first that fits."""
IN_THE_ORDER_OF_A_DAY = (
    "arrivals.check_in",
    "journeys.work",
    "people.open",
    "queue.call",
    "shares.read",
    "diary.import",
    "team.see",
)


def _sample_service(accounts: list[team.SampleAccount]) -> dict[str, Any]:
    """A card of the sample page: the first account of each role in the order of a day, then the others."""
    kinds = {one.user_id: _kind_of(one.verbs) for one in accounts}
    in_order = sorted(accounts, key=lambda one: IN_THE_ORDER_OF_A_DAY.index(kinds[one.user_id]))
    first = {one.role: one for one in reversed(in_order)}
    tries = dict(TRY_FIRST)
    return {
        "look": looks.look_of(accounts[0].service_code, accounts[0].service, accounts[0].theme),
        "first": [one for one in in_order if first[one.role] is one],
        "others": [one for one in in_order if first[one.role] is not one],
        "keeper": next((one.user_id for one in in_order if set_up.KEEPS in one.verbs), None),
        "tries": {one.role: tries[kinds[one.user_id]]() for one in accounts},
    }


def _kind_of(verbs: Sequence[str]) -> str:
    """What a role is about, as the sample page tells them apart."""
    return next((verb for verb, _text in TRY_FIRST if verb in verbs), "team.see")


@open_to_all(methods=("POST",))
def enter_as(request: HttpRequest, user_id: uuid.UUID) -> HttpResponseBase:
    """One click into a sample account; there is no such page where the data are real."""
    if not any(account.user_id == user_id for account in team.sample_accounts()):
        raise NotThere("no such account")
    user = User.objects.get(id=user_id)
    request.session.flush()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    sign_in.begin(request, user, how="sample")
    return redirect("today")


@needs(SIGNED_IN)
def today(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Where this role's day begins."""
    return redirect(home_of(actor))


@open_to_all(methods=("POST",))
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Choose the language of the pages on this device."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    return response


STATUS: dict[type[KohtiError], int] = {
    NotThere: 404,
    NotAllowed: 403,
    UnreadableSheet: 422,
    BadBlueprint: 422,
}


def _ask_first(request: HttpRequest, trouble: AskFirst) -> HttpResponse:
    """Whom to ask about a restricted record, on whichever page of it; not a word of why."""
    if request.headers.get("HX-Request"):
        answer = render(request, "config/_refused.html", {"text": whom_to_ask(trouble.ask)}, status=403)
        answer.headers["HX-Retarget"] = "#notices"
        return answer
    actor: Actor | None = getattr(request, "actor", None)
    about = {
        "ask": trouble.ask,
        "person_id": trouble.person_id,
        "may_open": actor is not None and may(actor, "people.emergency"),
    }
    return render(request, "people/restricted.html", about, status=403)


def said_in_words(request: HttpRequest, trouble: KohtiError) -> HttpResponse:
    """A page, or for a part of one a notice, that says what happened and what to do.

    An old link to a record that became part of another leads on instead.
    """
    if isinstance(trouble, AskFirst):
        return _ask_first(request, trouble)
    status = next((code for kind, code in STATUS.items() if isinstance(trouble, kind)), 409)
    onward = leading.onward(request) if status == 404 else None
    if onward is not None:
        return onward
    why = {404: _("This is no longer here."), 403: _("Your role does not include this.")}.get(
        status, str(trouble.message)
    )
    if request.headers.get("HX-Request"):
        answer = render(request, "config/_refused.html", {"text": why}, status=status)
        answer.headers["HX-Retarget"] = "#notices"
        return answer
    given_back = unsent.to_copy(request, why, status=status)
    if given_back is not None:
        return given_back
    if status == 409:
        return render(request, "config/refused.html", {"text": str(trouble.message)}, status=409)
    return render(request, f"{status}.html", {"text": str(trouble.message)}, status=status)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret was missing or old."""
    return render(request, "403_csrf.html", status=403)
