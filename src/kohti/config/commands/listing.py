"""Every address of the product: routes."""

from __future__ import annotations

import argparse
from gettext import gettext as _
from typing import Any

from .common import DONE, answer, command, django_alone


def routes(args: argparse.Namespace) -> int:
    """List every address, and who may: everybody, whoever is signed in, or a verb and the sample's roles with it."""
    django_alone()
    from kohti.config import services
    from kohti.config.routes import routes as listed
    from kohti.kernel import blueprint
    from kohti.kernel.doors import EVERYBODY, SIGNED_IN

    roles = blueprint.read(services.shipped("gloucestershire")).roles
    everybody = [role.code for role in roles]

    def who(verb: str) -> list[str]:
        if verb in (EVERYBODY, SIGNED_IN):
            return everybody
        return [role.code for role in roles if verb in role.verbs]

    found = [one._asdict() | {"roles": who(one.who_may)} for one in listed()]
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(
            f"{one['pattern']:44} {'/'.join(one['methods']):10} {one['who_may']:18} {one['name']}"
            for one in found
        ),
    )
    return DONE


def add(commands: Any) -> None:
    """routes."""
    command(commands, "routes", routes, _("List every address of the product and who may use it."))
