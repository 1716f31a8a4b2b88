"""Staff from a table: each becomes an invitation; whoever opens its link has their place.

A row is unchanged when its colleague has an account with that address, or is invited already: the same file twice
invites nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from kohti.diary.file import values
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import Refused
from kohti.kernel.names import fold, tidy
from kohti.kernel.sheets import Sheet, find_columns
from kohti.team import actions
from kohti.team.models import Centre, Organisation, Role

from .tables import Result

COLUMNS = {
    "name": "fullname name colleague staff nimi kokonimi navn naam imieinazwisko",
    "email": "email emailaddress mail sahkoposti epost mailadresse emailadres adresemail",
    "role": "role rooli rolle rol rola",
    "centre": "centre center office site toimipiste keskus vestiging kantoor osrodek",
    "organisation": "organisation organization employer organisaatio organisatie organizacja",
}
ALREADY = ("invited-already", "email-taken", "name-taken")


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation just made: whom it is for, and the secret of its link."""

    row: int
    name: str
    email: str
    token: str


def bring(actor: Actor, sheet: Sheet, *, apply: bool) -> tuple[Result, list[Link]]:
    """Check a table of staff for the actor's service; with `apply`, invite whom it does not know.

    Role, centre and organisation are codes or names of the blueprint. Raises UnreadableSheet where a column is
    missing. Acts in the caller's transaction; links are made with `apply` alone.
    """
    columns = find_columns(
        sheet.header, COLUMNS, needed={"name": _("Name"), "role": _("Role"), "centre": _("Centre")}
    )
    result, links = Result(), list[Link]()
    called = {
        "role": _called(Role, actor),
        "centre": _called(Centre, actor),
        "organisation": _called(Organisation, actor),
    }
    seen: dict[object, int] = {}
    for one in sheet.rows:
        if not any(one.cells.values()):
            continue
        result.rows += 1
        cell = {field: tidy(one.cells[name]) for field, name in columns.items()}
        codes = {
            field: names.get(cell.get(field, "")) or names.get(fold(cell.get(field, "")), "")
            for field, names in called.items()
        }
        organisations = set(called["organisation"].values())
        if not cell.get("organisation") and len(organisations) == 1:
            codes["organisation"] = next(iter(organisations))
        wrong = [field for field, code in codes.items() if not code]
        email = cell.get("email", "")
        if email and values.read_email(email) is None:
            wrong.append("email")
        if wrong:
            for field in wrong:
                result.problem(
                    one.number,
                    "refused",
                    field,
                    _("There is no %(what)s “%(text)s” here.")
                    % {"what": columns.get(field, field), "text": cell.get(field, "")[:60]},
                )
            continue
        first = seen.setdefault((codes["centre"], fold(cell["name"])), one.number)
        if first != one.number:
            result.problem(
                one.number,
                "refused",
                "duplicate",
                _("The same colleague is in row %(row)s.") % {"row": first},
            )
            continue
        try:
            with transaction.atomic():
                made = actions.invite(
                    actor,
                    full_name=cell["name"],
                    role=codes["role"],
                    centre=codes["centre"],
                    organisation=codes["organisation"],
                    starts=clock.now(),
                    email=email,
                )
                if not apply:
                    raise _OnlyLooking
        except _OnlyLooking:
            result.new += 1
        except Refused as trouble:
            if trouble.code in ALREADY:
                result.unchanged += 1
            else:
                result.problem(one.number, "refused", trouble.code, str(trouble.message))
        else:
            result.new += 1
            links.append(Link(one.number, cell["name"], email, made.token))
    return result, links


class _OnlyLooking(Exception):
    """Undoes an invitation that was tried to see whether it could be made."""


def _called(model: type[Role | Centre | Organisation], actor: Actor) -> dict[str, str]:
    """Codes by code and by folded name."""
    found: dict[str, str] = {}
    for one in model._default_manager.filter(service_id=actor.service, retired=False).order_by("code"):
        found[one.code] = one.code
        titles = list(one.title.values()) if isinstance(one, Role) else [one.name]
        for title in titles:
            found.setdefault(fold(title), one.code)
    return found
