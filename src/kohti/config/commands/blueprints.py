"""Services described in files: blueprint check, blueprint apply."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Any

from .common import DONE, WRONG, Trouble, answer, command, database, django_alone, family, read_file


def read_blueprint(name: str) -> tuple[str, str]:
    """The text of a blueprint and what to call it: a file, or the code of one that comes with the product."""
    django_alone()
    from kohti.config import services

    if name in services.shipped_codes():
        return services.shipped(name), f"{name}.toml"
    try:
        return read_file(Path(name)).decode("utf-8"), name
    except UnicodeDecodeError as trouble:
        raise Trouble(_("%(file)s is not a text in UTF-8.") % {"file": name}) from trouble


def _blueprint_faults(args: argparse.Namespace, name: str, faults: Sequence[Any]) -> int:
    """Say what is wrong in a blueprint, or that nothing is."""
    answer(
        {
            "blueprint": name,
            "ok": not faults,
            "problems": [{"line": one.line, "where": one.where, "reason": one.message} for one in faults],
        },
        as_json=args.json,
        words=lambda: "\n".join(
            [f"{name}, {one}" for one in faults] or [_("%(file)s is in order") % {"file": name}]
        ),
    )
    return WRONG if faults else DONE


def blueprint_check(args: argparse.Namespace) -> int:
    """Check a blueprint, changing nothing."""
    from kohti.kernel import blueprint

    text, name = read_blueprint(args.blueprint)
    try:
        blueprint.read(text, name=name)
    except blueprint.BadBlueprint as trouble:
        return _blueprint_faults(args, name, trouble.faults)
    return _blueprint_faults(args, name, ())


def blueprint_apply(args: argparse.Namespace) -> int:
    """Make a service from a blueprint, or bring it to the blueprint's version."""
    from kohti.kernel import blueprint

    with database():
        from kohti.config import services

        text, name = read_blueprint(args.blueprint)
        try:
            actor = services.apply(text, name=name)
        except blueprint.BadBlueprint as trouble:
            return _blueprint_faults(args, name, trouble.faults)
        found = services.summary(actor)
    answer(
        found,
        as_json=args.json,
        words=lambda: (
            _("%(name)s, version %(version)s: %(centres)s")
            % {"name": found["name"], "version": found["version"], "centres": ", ".join(found["centres"])}
        ),
    )
    return DONE


def add(commands: Any) -> None:
    """blueprint check and apply."""
    blueprints = family(commands, "blueprint", _("Services described in files."))
    for name, run, text in (
        ("check", blueprint_check, _("Check a blueprint: every fault with its line; nothing is changed.")),
        ("apply", blueprint_apply, _("Make a service from a blueprint, or bring it to the file's version.")),
    ):
        one = command(blueprints, name, run, text)
        one.add_argument(
            "blueprint", metavar=_("FILE"), help=_("a file, or the name of one that comes with Kohti")
        )
