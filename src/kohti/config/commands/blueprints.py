"""Services described in files: blueprint new, check, apply."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Any

from .common import DONE, USAGE, WRONG, Trouble, answer, command, database, django_alone, family, read_file


def own_blueprint(code: str) -> Path:
    """Where the data folder keeps a blueprint of this installation's own."""
    from kohti.config import addresses

    return addresses.data_folder() / "blueprints" / f"{code}.toml"


def read_blueprint(name: str) -> tuple[str, str]:
    """The text of a blueprint and what to call it.

    `name` is the code of one that comes with the product or stands in the data folder, or a file.
    """
    django_alone()
    from kohti.config import services

    if name in services.shipped_codes():
        return services.shipped(name), f"{name}.toml"
    own = own_blueprint(name)
    path = own if own.name == f"{name}.toml" and own.is_file() else Path(name)
    try:
        return read_file(path).decode("utf-8"), str(path)
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
    text, name = read_blueprint(args.blueprint)
    from kohti.kernel import blueprint

    try:
        _logo_beside(blueprint.read(text, name=name), name)
    except blueprint.BadBlueprint as trouble:
        return _blueprint_faults(args, name, trouble.faults)
    return _blueprint_faults(args, name, ())


def blueprint_new(args: argparse.Namespace) -> int:
    """Write the file a new service begins with into the data folder."""
    django_alone()
    from kohti.config import services, starter
    from kohti.kernel import blueprint

    languages = list(dict.fromkeys(args.language or ["en"]))
    name = args.name or args.code.replace("-", " ").title()
    text = starter.text(
        args.code, name=name, languages=languages, country=args.country, timezone=args.timezone
    )
    path = own_blueprint(args.code)
    try:
        blueprint.read(text, name=path.name)
    except blueprint.BadBlueprint as trouble:
        raise Trouble("; ".join(f"{one.where}: {one.message}" for one in trouble.faults), USAGE) from trouble
    if args.code in services.shipped_codes() or path.exists():
        raise Trouble(_("There is a blueprint %(code)s already.") % {"code": args.code}, WRONG)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as trouble:
        raise Trouble(
            _("%(file)s cannot be written: %(why)s") % {"file": path, "why": trouble.strerror}
        ) from trouble
    answer({"blueprint": args.code, "file": str(path)}, as_json=args.json, words=lambda: str(path))
    return DONE


def blueprint_apply(args: argparse.Namespace) -> int:
    """Make a service from a blueprint, or bring it to the blueprint's version; with --check, only say what would be."""
    with database():
        from kohti.config import services
        from kohti.kernel import blueprint
        from kohti.kernel.actor import as_actor
        from kohti.team import logos

        text, name = read_blueprint(args.blueprint)
        try:
            picture = _logo_beside(blueprint.read(text, name=name), name)
            if args.check:
                return _would_change(args, name, services.try_out(text, name=name))
            actor = services.apply(text, name=name)
        except blueprint.BadBlueprint as trouble:
            return _blueprint_faults(args, name, trouble.faults)
        except blueprint.WouldOrphan as trouble:
            return _refused(args, name, trouble)
        if picture is not None:
            with as_actor(actor):
                logos.keep_logo(actor, picture)
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


def _logo_beside(plan: Any, name: str) -> bytes | None:
    """The logo a blueprint names, from beside its file, looked into. Raises Trouble for one that is refused."""
    from kohti.design import logo

    if plan.theme.logo is None:
        return None
    data = read_file(Path(name).parent / plan.theme.logo)
    try:
        return logo.check(data).data
    except logo.BadLogo as trouble:
        raise Trouble(f"{plan.theme.logo}: {trouble}") from trouble


def _would_change(args: argparse.Namespace, name: str, changes: Sequence[Any]) -> int:
    """Say what a blueprint would change."""
    answer(
        {
            "blueprint": name,
            "ok": True,
            "changes": [{"list": one.list, "code": one.code, "how": one.how} for one in changes],
        },
        as_json=args.json,
        words=lambda: "\n".join(
            [f"{_(one.how):8} {one.list} {one.code}".rstrip() for one in changes]
            or [_("Nothing would change.")]
        ),
    )
    return DONE


def _refused(args: argparse.Namespace, name: str, trouble: Any) -> int:
    """Say what stands in the way of a change, and what to do."""
    answer(
        {
            "blueprint": name,
            "ok": False,
            "held": [
                {"list": one.list, "code": one.code, "what": one.what, "number": one.number}
                for one in trouble.held
            ],
        },
        as_json=args.json,
        words=lambda: str(trouble),
    )
    return WRONG


def add(commands: Any) -> None:
    """blueprint new, check and apply."""
    blueprints = family(commands, "blueprint", _("Services described in files."))
    one = command(
        blueprints, "new", blueprint_new, _("Write a file to begin a new service with, into the data folder.")
    )
    one.add_argument("code", metavar=_("CODE"), help=_("what to call it in commands, such as riverside"))
    one.add_argument("--name", default="", help=_("what people call it"))
    one.add_argument(
        "--language",
        action="append",
        choices=("en", "fi", "da", "nl", "pl"),
        help=_("a language of the service; the first one sorts names (say it again for more; en)"),
    )
    one.add_argument("--country", default="", help=_("two letters, such as FI (that of the language)"))
    one.add_argument("--timezone", default="", help=_("such as Europe/Helsinki (that of the language)"))
    for name, run, text in (
        ("check", blueprint_check, _("Check a blueprint: every fault with its line; nothing is changed.")),
        ("apply", blueprint_apply, _("Make a service from a blueprint, or bring it to the file's version.")),
    ):
        one = command(blueprints, name, run, text)
        one.add_argument(
            "blueprint",
            metavar=_("FILE"),
            help=_("a file, or the code of one in the data folder or that comes with Kohti"),
        )
    one.add_argument(
        "--check",
        action="store_true",
        help=_("say what would change, or what stands in the way; change nothing"),
    )
