"""How the blueprint describes the service: roles, organisations, looks, versions."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design import theme as looks
from kohti.kernel import words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.may import VERBS

from . import roster
from .looks import PAIRS

SCOPES = {
    "none": gettext_lazy("Sees nobody's data."),
    "day": gettext_lazy("Sees who comes to the centre today, and people shared with them."),
    "centre": gettext_lazy("Sees everybody of the centre."),
    "service": gettext_lazy("Sees everybody of the service."),
    "administration": gettext_lazy("Keeps the team of the service, and sees nobody's data."),
}


@needs("team.see")
def roles(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What each role may do, in words, and who has it."""
    return render(
        request,
        "team/roles.html",
        {
            "version": roster.version_in_force(actor),
            "roles": [
                {
                    "role": one,
                    "scope": SCOPES.get(one.scope, ""),
                    "may": [_(VERBS[verb]) for verb in one.verbs if verb in VERBS],
                }
                for one in roster.roles(actor)
            ],
        },
    )


KINDS = {
    "host": gettext_lazy("host"),
    "authority": gettext_lazy("employment authority"),
    "municipality": gettext_lazy("municipality"),
    "provider": gettext_lazy("provider"),
    "employer": gettext_lazy("employers"),
    "education": gettext_lazy("education"),
    "youth": gettext_lazy("youth work"),
    "social": gettext_lazy("social services"),
    "health": gettext_lazy("health"),
    "addiction": gettext_lazy("help with addiction"),
    "housing": gettext_lazy("housing"),
    "advice": gettext_lazy("advice"),
    "newcomers": gettext_lazy("help for newcomers"),
    "prison": gettext_lazy("prison"),
    "police": gettext_lazy("police"),
    "library": gettext_lazy("library"),
    "community": gettext_lazy("community"),
}


@needs("team.see")
def organisations(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The organisations whose people work here."""
    found = [replace(one, kind=str(KINDS.get(one.kind, ""))) for one in roster.organisations(actor)]
    return render(
        request,
        "team/organisations.html",
        {"organisations": found, "version": roster.version_in_force(actor)},
    )


def _hardest(pairs: list[looks.Pair]) -> list[looks.Pair]:
    """Of each kind of pair the one that is hardest to read."""
    found: dict[str, looks.Pair] = {}
    for pair in sorted(pairs, key=lambda one: one.ratio):
        found.setdefault(pair.about, pair)
    return list(found.values())


@needs("service.see")
def service(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """How the service looks, measured, and how its blueprint changed."""
    theme = actor.facts["theme"]
    wanted = looks.Theme.of(actor.facts["service_code"], theme)
    pairs = looks.measured(wanted)
    return render(
        request,
        "team/service.html",
        {
            "host": theme.get("host", ""),
            "schemes": [
                (title, _hardest([pair for pair in pairs if pair.scheme == scheme]))
                for scheme, title in PAIRS.items()
            ],
            "faults": looks.check(wanted),
            "may_wear": may(actor, "service.wear"),
            "versions": [
                {"line": one, "day": words.day_of(one.applied_at, actor.zone)}
                for one in roster.versions(actor)
            ],
        },
    )
