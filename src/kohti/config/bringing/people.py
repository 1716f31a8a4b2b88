"""People from a table: who they are, how to reach them, at which centre.

A row is somebody known when its reference is theirs, or when name, date of birth and centre are the same; then it
only adds ways to reach them. So the same file twice changes nothing the second time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _

from kohti.diary.file import values
from kohti.kernel import clock, references
from kohti.kernel.actor import Actor
from kohti.kernel.names import fold, tidy
from kohti.kernel.references import BadReference
from kohti.kernel.sheets import Sheet, SheetRow, find_columns
from kohti.people import actions
from kohti.people.actions import NewPerson
from kohti.people.models import Contact, Person
from kohti.team.models import Centre

from .tables import Result

COLUMNS = {
    "name": "fullname name person customer customername client participant nimi kokonimi koknimi navn navnet "
    "naam volledigenaam imieinazwisko nazwiskoiimie asiakas borger deelnemer klant uczestnik",
    "called": "called knownas preferredname kutsumanimi kaldenavn roepnaam zwanypreferowaneimie",
    "born": "dateofbirth dob born birthdate syntymaaika fodselsdato geboortedatum dataurodzenia",
    "languages": "languages language kielet kieli aidinkieli sprog taal talen jezyk jezyki",
    "phone": "phone telephone mobile phonenumber puhelin puhelinnumero telefon mobil telefoon gsm",
    "email": "email emailaddress mail sahkoposti epost mailadresse emailadres adresemail",
    "centre": "centre center office site toimipiste keskus center vestiging kantoor osrodek",
    "reference": "reference ref viite referencenummer referentie numer",
}
BATCH = 500
OLDEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person of the file, as read."""

    number: int
    centre: Centre
    name: str
    called: str
    born: date | None
    languages: tuple[str, ...]
    phone: str
    email: str
    reference: str


def bring(actor: Actor, sheet: Sheet, *, centre: str = "", apply: bool) -> Result:
    """Check a table of people for the actor's service; with `apply`, add whom it does not know.

    `centre` is the code of the centre for rows that name none. Raises UnreadableSheet where the name's column is
    missing. Acts in the caller's transaction: all rows that can be taken, or none.
    """
    columns = find_columns(sheet.header, COLUMNS, needed={"name": _("Name")})
    result = Result()
    centres = _centres(actor)
    rows = [
        row
        for one in sheet.rows
        if any(one.cells.values()) and (row := _read(actor, one, columns, centres, centre, result))
    ]
    known = _known(actor)
    seen: dict[object, Row] = {}
    new: list[Row] = []
    idle: set[int] = set()
    for row in rows:
        identity: object = (row.centre.id, fold(row.name), row.born)
        first = seen.get(row.reference) or seen.get(identity)
        if first is not None and not (row.reference and first.reference not in ("", row.reference)):
            result.problem(
                row.number,
                "refused",
                "duplicate",
                _("The same person is in row %(row)s.") % {"row": first.number},
            )
            continue
        seen[identity] = row
        if row.reference:
            seen[row.reference] = row
        person = known.get(row.reference) if row.reference else None
        if person is not None and not _called_so(person, row, known):
            result.problem(
                row.number,
                "refused",
                "reference-taken",
                _("Somebody else here has this reference."),
            )
            continue
        person = person or known.get(identity)
        if person is None:
            if ("name", row.centre.id, fold(row.name)) in known:
                result.problem(
                    row.number,
                    "warning",
                    "alike",
                    _("Somebody of this name is known at this centre, with another date of birth or none."),
                )
            new.append(row)
        elif _adds_contacts(actor, person, row, apply=apply):
            result.changed += 1
        else:
            result.unchanged += 1
            idle.add(row.number)
    result.problems = [one for one in result.problems if one["row"] not in idle]
    result.new = len(new)
    result.problems.sort(key=lambda problem: problem["row"])
    if apply:
        _register(actor, new)
    return result


def _centres(actor: Actor) -> dict[str, Centre]:
    found: dict[str, Centre] = {}
    for centre in Centre.objects.filter(service_id=actor.service, retired=False).order_by("code"):
        found[centre.code] = centre
        found.setdefault(fold(centre.name), centre)
    return found


def _known(actor: Actor) -> dict[object, Person]:
    """Everybody of the service by reference, by centre, name and birth, and by centre and name.

    By the reference and name of a record that became part of another, that other one.
    """
    found: dict[object, Person] = {}
    people = Person.objects.filter(service_id=actor.service).order_by("created_at", "id")
    fields = ("id", "centre_id", "reference", "folded", "date_of_birth")
    for person in people.filter(merged_into=None).only(*fields).iterator(chunk_size=5000):
        found.setdefault(person.reference, person)
        found.setdefault((person.centre_id, person.folded, person.date_of_birth), person)
        found.setdefault(("name", person.centre_id, person.folded), person)
    for former in people.filter(merged_into__isnull=False).select_related("merged_into"):
        assert former.merged_into is not None
        found.setdefault(former.reference, former.merged_into)
        found.setdefault(("name", former.centre_id, former.folded), former.merged_into)
    return found


def _called_so(person: Person, row: Row, known: dict[object, Person]) -> bool:
    """Whether this is their name, or was that of a record which became part of theirs."""
    other = known.get(("name", row.centre.id, fold(row.name)))
    return person.folded == fold(row.name) or (other is not None and other.id == person.id)


def _read(
    actor: Actor,
    one: SheetRow,
    columns: dict[str, str],
    centres: dict[str, Centre],
    default_centre: str,
    result: Result,
) -> Row | None:
    result.rows += 1
    cell = {field: tidy(one.cells[name]) for field, name in columns.items()}
    refused = len(result.problems)

    def refuse(code: str, reason: str) -> None:
        result.problem(one.number, "refused", code, reason)

    if one.extra:
        refuse("extra", _("There are more cells than columns. Is a comma in a text not quoted?"))
    name = cell.get("name", "")
    if not fold(name):
        refuse("no-name", _("The name is missing."))
    asked = cell.get("centre", "") or default_centre
    centre = centres.get(asked) or centres.get(fold(asked))
    if centre is None:
        refuse("no-centre", _("There is no centre “%(centre)s” here.") % {"centre": asked})
    today = clock.today(actor.zone)
    born = _born(cell.get("born", ""), country=str(actor.facts.get("country", "")), today=today)
    if isinstance(born, str):
        refuse("date-of-birth", born)
    reference = ""
    if cell.get("reference"):
        try:
            reference = references.read_reference(cell["reference"])
        except BadReference:
            refuse(
                "reference",
                _("“%(reference)s” is no reference of ours. Leave the column out to have them given.")
                % {"reference": cell["reference"][:40]},
            )
    if len(result.problems) > refused:
        return None
    assert centre is not None
    assert not isinstance(born, str)
    return Row(
        number=one.number,
        centre=centre,
        name=name,
        called=cell.get("called", ""),
        born=born,
        languages=_languages(actor, one.number, cell.get("languages", ""), result),
        phone=_readable(one.number, cell.get("phone", ""), values.read_phone, "phone", result),
        email=_readable(one.number, cell.get("email", ""), values.read_email, "email", result),
        reference=reference,
    )


def _born(text: str, *, country: str, today: date) -> date | str | None:
    """The date, None for an empty cell, or why it cannot be one."""
    if not text:
        return None
    born = values.read_date_of_birth(text, country=country, today=today)
    if born is None:
        return _("The date of birth cannot be read: %(text)s.") % {"text": text[:40]}
    if born > today or born.year < today.year - OLDEST:
        return _("Nobody was born on %(text)s who could come.") % {"text": text[:40]}
    return born


def _readable(row: int, text: str, read: Any, code: str, result: Result) -> str:
    if not text:
        return ""
    value: str | None = read(text)
    if value is None:
        result.problem(
            row, "warning", code, _("“%(text)s” was left out: it cannot be used.") % {"text": text[:60]}
        )
    return value or ""


def _languages(actor: Actor, row: int, text: str, result: Result) -> tuple[str, ...]:
    """Codes from codes or names, in English or the service's first language."""
    if not text:
        return ()
    names: dict[str, str] = {}
    for locale in dict.fromkeys((actor.first_language, "en")):
        names |= {fold(name): code for code, name in Locale.parse(locale).languages.items()}
    codes = set(Locale.parse("en").languages)
    found: list[str] = []
    for word in re.split(r"[,;/]|\s+(?:and|ja|og|en|i)\s+", text):
        code = word.strip().lower()
        code = code if code in codes else names.get(fold(word), "")
        if not code or len(code) > 3:
            result.problem(
                row,
                "warning",
                "language",
                _("“%(text)s” is no language we know.") % {"text": word.strip()[:40]},
            )
        elif code not in found:
            found.append(code)
    return tuple(found)


def _adds_contacts(actor: Actor, person: Person, row: Row, *, apply: bool) -> bool:
    """Whether the row says a way to reach somebody known that is not held; with `apply` it is held from now on."""
    held: dict[str, list[str]] = {"phone": [], "email": []}
    for contact in Contact.objects.filter(person_id=person.id, ended_at=None).order_by("created_at", "id"):
        held.setdefault(contact.kind, []).append(contact.value)
    adds = [
        kind
        for kind, value in (("phone", row.phone), ("email", row.email))
        if value and value not in held[kind]
    ]
    if adds and apply:
        actions.reach(
            actor,
            person.id,
            phones=[*held["phone"], row.phone] if "phone" in adds else (),
            emails=[*held["email"], row.email] if "email" in adds else (),
        )
    return bool(adds)


def _register(actor: Actor, rows: list[Row]) -> None:
    by_centre: dict[Any, list[Row]] = {}
    for row in rows:
        by_centre.setdefault(row.centre.id, []).append(row)
    for centre_id, of_centre in by_centre.items():
        for start in range(0, len(of_centre), BATCH):
            actions.register(
                actor,
                centre_id,
                [
                    NewPerson(
                        full_name=row.name,
                        called=row.called,
                        date_of_birth=row.born,
                        languages=row.languages,
                        phone=row.phone,
                        email=row.email,
                        reference=row.reference,
                    )
                    for row in of_centre[start : start + BATCH]
                ],
            )
