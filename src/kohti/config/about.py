"""All that the rooms hold about a person, told or forgotten in one place. A new room adds its `person` here."""

from __future__ import annotations

import uuid
from typing import Any

from kohti.journeys import person as journeys
from kohti.kernel.actor import Actor
from kohti.outreach import person as outreach
from kohti.partners import person as partners
from kohti.people import person as people


def tell(actor: Actor, person_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """All that is held about a person, by table, whichever of their records is asked about. Raises NotThere.

    In the history.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for one in people.own_and_former(person_id):
        for table, rows in {
            **people.tell(actor, one),
            **_named("journeys", journeys.tell(actor, one)),
            **_named("partners", partners.tell(actor, one)),
            **_named("outreach", outreach.tell(actor, one)),
        }.items():
            told[table] = told.get(table, []) + [row for row in rows if row not in told.get(table, [])]
    return told


def _named(room: str, told: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Two rooms may have tables of one name."""
    return {f"{room}.{table}": rows for table, rows in told.items()}


def forget(actor: Actor, person_id: uuid.UUID) -> None:
    """Erase every word held about a person in any room, and the values of their history. Again: nothing changes.

    Of two records that became one both are forgotten, whichever is named.
    """
    for one in people.own_and_former(person_id):
        journeys.forget(actor, one)
        partners.forget(actor, one)
        outreach.forget(actor, one)
        people.forget(actor, one)
