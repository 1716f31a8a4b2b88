"""The rooms whose tables and policies make the database, in the order of the house, bottom first."""

from __future__ import annotations

from types import ModuleType

import kohti.diary.rows
import kohti.frontdesk.rows
import kohti.journeys.rows
import kohti.kernel.rows
import kohti.outreach.rows
import kohti.partners.rows
import kohti.people.rows
import kohti.team.rows
import kohti.workbench.rows

ROOMS: tuple[ModuleType, ...] = (
    kohti.kernel.rows,
    kohti.team.rows,
    kohti.people.rows,
    kohti.diary.rows,
    kohti.journeys.rows,
    kohti.frontdesk.rows,
    kohti.partners.rows,
    kohti.outreach.rows,
    kohti.workbench.rows,
)
