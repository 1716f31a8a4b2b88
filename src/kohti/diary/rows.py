"""Who may see the diary."""

from __future__ import annotations

from kohti.kernel.policies import ON_THE_FLOOR, OWN_SERVICE, Table

FUNCTIONS: tuple[str, ...] = ()

WHOLE_CENTRE = "centre_id = (select kohti.whole_centre())"
OWN_TIME = "staff_id = (select kohti.staff())"

TABLES = (
    Table(name="diary_kind", see=OWN_SERVICE),
    Table(name="diary_opening", see=OWN_SERVICE, system="see add change remove"),
    Table(name="diary_closure", see=OWN_SERVICE, system="see add change remove"),
    Table(name="diary_room", see=OWN_SERVICE),
    Table(
        name="diary_booking",
        see=f"({ON_THE_FLOOR}) or {OWN_TIME}",
        add=WHOLE_CENTRE,
        change=ON_THE_FLOOR,
    ),
    Table(name="diary_importedfile", see=WHOLE_CENTRE, add=WHOLE_CENTRE, change=WHOLE_CENTRE),
)
