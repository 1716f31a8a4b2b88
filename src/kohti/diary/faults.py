"""The rows of a checked file that somebody should look at, as a file of their own, to mend the first one by."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kohti.kernel import clock, sheets
from kohti.kernel.actor import Actor
from kohti.kernel.pages import to_save

from .file.reading import table
from .models import ImportedFile


def to_take_away(actor: Actor, held: ImportedFile) -> HttpResponse:
    """Each row that is not taken, or taken with a warning: its line, what happens, why, and its cells as they were.

    The cells stand under the headings of their file while that is kept: until it is applied, or a day.
    """
    happens = {
        "refused": _("Not taken"),
        "warning": _("Taken, with a warning"),
        "unknown": _("Nobody known"),
    }
    content = bytes(held.content)
    country = str(actor.facts.get("country", "GB"))
    sheet = table(content, filename=held.name, country=country) if content else None
    header = sheet.header if sheet else ()
    cells = {row.number: row.cells for row in sheet.rows} if sheet else {}
    rows = [
        [
            str(one["row"]),
            happens.get(one["kind"], ""),
            one["reason"],
            *(cells.get(one["row"], {}).get(name, "") for name in header),
        ]
        for one in held.result.get("problems", [])
    ]
    whole = sheets.write_csv([_("Row"), _("What happens"), _("Why"), *header], rows)
    day = clock.today(actor.zone).isoformat()
    return to_save(whole, name=f"rows-to-look-at-{day}.csv", media_type="text/csv; charset=utf-8")
