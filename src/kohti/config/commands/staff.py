"""Who works in a service: how its first administrator comes in."""

from __future__ import annotations

import argparse
import os
from gettext import gettext as _
from typing import Any

from .common import DONE, USAGE, Trouble, answer, command, database


def add_administrator(args: argparse.Namespace) -> int:
    """Print a link by which somebody becomes an administrator of a service."""
    with database():
        from django.urls import reverse

        from kohti.config.housekeeping import services
        from kohti.kernel.actor import as_actor
        from kohti.team import actions
        from kohti.team.models import Centre, Service

        codes = {}
        for actor in services():
            with as_actor(actor):
                codes[Service.objects.get(id=actor.service).code] = actor
        if args.service not in codes:
            known = ", ".join(sorted(codes)) or "none yet: `kohti blueprint apply` makes one"
            raise Trouble(
                _("There is no service “%(service)s” here. There is %(known)s.")
                % {"service": args.service, "known": known},
                USAGE,
            )
        actor = codes[args.service]
        with as_actor(actor):
            if args.centre and not Centre.objects.filter(code=args.centre, retired=False).exists():
                raise Trouble(
                    _("There is no centre “%(centre)s” in %(service)s.")
                    % {"centre": args.centre, "service": args.service},
                    USAGE,
                )
            made = actions.invite_administrator(
                actor, full_name=args.name, email=args.email, centre=args.centre
            )
        origins = os.environ.get("KOHTI_ORIGINS", "").split() or ["http://localhost:8000"]
        link = origins[0].rstrip("/") + reverse("join_with", args=[made.token])
    answer(
        {"link": link, "expires": made.expires.isoformat(timespec="seconds")},
        as_json=args.json,
        words=lambda: (
            f"{link}\n\n"
            + _(
                "Give this link to %(name)s and to nobody else. It is good once, for 24 hours; there they choose"
                " a user name and a password. It is shown only now."
            )
            % {"name": args.name}
        ),
    )
    return DONE


def give_way_back(args: argparse.Namespace) -> int:
    """Print a code for a colleague who lost every way to sign in."""
    with database():
        from kohti.kernel.errors import NotThere
        from kohti.team import way_back

        try:
            given = way_back.reset_by_installation(args.username)
        except NotThere as trouble:
            raise Trouble(
                _("Nobody works here under the user name “%(name)s”.") % {"name": args.username}, USAGE
            ) from trouble
    answer(
        {"code": given.code, "username": given.username, "until": given.until.isoformat(timespec="seconds")},
        as_json=args.json,
        words=lambda: (
            f"{given.code}\n\n"
            + _(
                "Give this code to %(name)s in person. They type it at /account/way-back/ within half an hour, and"
                " choose a new password. Their password, codes, passkeys and PIN are gone, and they are signed out"
                " everywhere."
            )
            % {"name": given.username}
        ),
    )
    return DONE


def add(commands: Any) -> None:
    """staff add-administrator, way-back."""
    staff = commands.add_parser("staff", help=_("Who works in a service.")).add_subparsers(
        title=_("what to do"), metavar=_("WHAT"), required=True
    )
    one = command(
        staff,
        "add-administrator",
        add_administrator,
        _(
            "Print a link, good once and for 24 hours, by which somebody becomes an "
            "administrator of a service."
        ),
    )
    one.add_argument("service", metavar=_("SERVICE"), help=_("the service's code, such as gloucestershire"))
    one.add_argument("--name", required=True, help=_("their full name"))
    one.add_argument("--email", default="", help=_("their e-mail address"))
    one.add_argument(
        "--centre", default="", help=_("the code of the centre they work at (else the first one)")
    )
    back = command(
        staff,
        "way-back",
        give_way_back,
        _(
            "Print a code, good once and for half an hour, for a colleague who lost their "
            "password, codes and passkeys."
        ),
    )
    back.add_argument("username", metavar=_("USER-NAME"), help=_("what they sign in with"))
