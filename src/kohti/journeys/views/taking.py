"""A caseload is taken away as a file."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from kohti.journeys import queries, rules, said
from kohti.journeys.queries import Case
from kohti.kernel import clock, sheets
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere
from kohti.people.forms import MOST_NAME

from .caseload import chosen_from

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PIECE, IN_MEMORY = 1 << 16, 1 << 20


@needs("journeys.see", methods=("POST",))
def take_away(request: HttpRequest, actor: Actor, kind: str) -> HttpResponseBase:
    """A caseload as it is narrowed, whole, as a CSV file or a workbook; no cell of it is a formula.

    It is written to the disk while it is read, and sent from there once the transaction that says so has ended.
    """
    if kind not in KINDS:
        raise NotThere("no such kind of file")
    given = request.GET.dict()
    stages = rules.stages(actor)
    coaches = queries.coaches(actor) if given.get("coach") else []
    cases = queries.whole(
        actor,
        chosen_from(given, stages, coaches),
        typed=request.POST.get("q", "").strip()[:MOST_NAME],
    )
    rows = (_cells(actor, case, stages) for case in cases)
    out = cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - it is closed once sent
    if kind == "csv":
        out.writelines(sheets.csv_lines(_header(), rows))
    else:
        sheets.write_xlsx(out, _header(), rows)
    out.seek(0)
    answer = StreamingHttpResponse(_Pieces(out), content_type=KINDS[kind])
    day = clock.today(actor.zone).isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="caseload-{day}.{kind}"'
    return answer


class _Pieces:
    """A file, piece by piece; the response closes it, however much of it was sent."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := self.out.read(PIECE):
            yield piece

    def close(self) -> None:
        """It is sent, or nobody wants it."""
        self.out.close()


def _header() -> list[str]:
    return [
        _("Reference"),
        _("Name"),
        _("Date of birth"),
        _("Coach"),
        _("Stage"),
        _("Opened on"),
        _("Time limit"),
        _("Next step"),
        _("By when"),
        _("Appointment"),
        _("Last contact"),
        _("Held until"),
        _("Needs somebody now"),
        _("Ended"),
    ]


def _cells(actor: Actor, case: Case, stages: list[rules.Named]) -> list[str]:
    def day(at: datetime | None) -> str:
        return at.astimezone(actor.zone).date().isoformat() if at else ""

    def whole_day(on: date | None) -> str:
        return on.isoformat() if on else ""

    return [
        case.reference,
        case.name,
        whole_day(case.born),
        case.owner,
        rules.named(stages, case.stage) if case.stage else "",
        day(case.opened_at),
        whole_day(case.ends_on),
        case.next_words,
        whole_day(case.next_on),
        f"{case.booked_at.astimezone(actor.zone):%Y-%m-%d %H:%M}" if case.booked_at else "",
        day(case.last_contact_at),
        day(case.held_until),
        said.chosen(said.BROKEN, "away" if case.alone else case.lapse) if case.listed else "",
        day(case.closed_at),
    ]
