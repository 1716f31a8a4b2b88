"""The Jinja2 environment, and what every page's frame needs."""

from __future__ import annotations

import uuid
from functools import cache, lru_cache
from gettext import GNUTranslations
from typing import Any

import jinja2
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from kohti.config import installation, looks
from kohti.config.navigation import menu_for
from kohti.config.rendering import Environment
from kohti.kernel import clock, languages, links, words
from kohti.kernel.actor import Actor, may


@cache
def _plain(name: str) -> str:
    return reverse(name)


def _url(name: str, *args: object, **kwargs: object) -> str:
    if not args and not kwargs:
        return _plain(name)
    if not kwargs and all(type(one) is uuid.UUID for one in args):
        return links.to(name, *args)  # type: ignore[arg-type]
    return reverse(name, args=args or None, kwargs=kwargs or None)


@lru_cache(maxsize=16_384)
def _as_it_stands(speaks: GNUTranslations, message: str) -> Markup:
    """A text with nothing to fill in: most of a page's, and the same on each."""
    return Markup(speaks.gettext(message)) % {}  # noqa: S704 - ours


def _apart(parts: dict[str, Any]) -> dict[str, Any]:
    """What fills in a sentence keeps its own direction of writing: an Arabic name does not turn the rest."""
    for name, value in parts.items():
        if isinstance(value, str) and not value.isascii():
            parts[name] = words.apart(value)
    return parts


def _said(message: str, /, **parts: Any) -> Markup:
    if not parts and message:
        return _as_it_stands(words.spoken_now(), message)
    return Markup(gettext(message)) % _apart(parts)  # noqa: S704 - ours


def _counted(one: str, many: str, number: int, /, **parts: Any) -> Markup:
    return Markup(ngettext(one, many, number)) % ({"num": number} | _apart(parts))  # noqa: S704 - ours


def environment(**options: Any) -> Environment:
    """Strict about names, escaping everything, in the language in use."""
    options["undefined"] = jinja2.StrictUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    options["auto_reload"] = False
    made = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(gettext=_said, ngettext=_counted, _=_said)
    made.filters["apart"] = words.apart
    made.globals.update(url=_url, static=static, title=words.title, spoken=words.language)
    return made


class Frame:
    """Who is signed in, as the frame of a page shows it."""

    def __init__(self, actor: Actor, places: int) -> None:
        self.key = str(actor.member_id)
        self.staff = str(actor.staff_id)
        self.full_name = actor.facts["name"]
        self.role_title = words.title(actor.facts["role_title"])
        self.centre_name = actor.facts["centre"]
        self.service_name = actor.facts["service"]
        self.many_places = places > 1


def _look(request: HttpRequest, actor: Actor | None) -> looks.Look:
    """The service a page is about, where a view says so (`looks.wear`); else that of whoever is signed in."""
    if hasattr(request, looks.WORN):
        worn: looks.Look = getattr(request, looks.WORN)
        return worn
    if actor is None:
        return looks.of_nobody(request)
    facts = actor.facts
    return looks.look_of(facts["service_code"], facts["service"], facts["theme"])


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the layout needs on every page. Asks the database nothing for who is signed in."""
    device: Actor | None = getattr(request, "device", None)
    # Whoever is signed in at a kiosk or board does not stand on its pages.
    actor: Actor | None = getattr(request, "actor", None) if device is None else None
    here = installation.facts()
    about = device or actor
    zone = about.zone if about is not None else installation.SAMPLE_ZONE
    local = clock.now().astimezone(zone)
    return {
        "actor": Frame(actor, request.session.get("places", 1)) if actor is not None else None,
        "menu": menu_for(actor, request.path) if actor is not None else [],
        "calls_for_help": actor is not None and may(actor, "queue.call"),
        # Made once a page: as the library gives it, every form would make it anew.
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
        "language": words.language(),
        "languages": languages.LANGUAGES,
        "look": _look(request, about),
        "sample": here.sample,
        "clock_text": SimpleLazyObject(
            lambda: f"{words.day_short(local.date())}, {words.clock_time(local, zone)}"
        ),
        "product_now": local.isoformat(timespec="seconds"),
        "live_version": getattr(request, "live_version", ""),
        "notices": getattr(request, "notices", ()),
    }
