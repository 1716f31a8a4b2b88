"""Who may see outreach: the team of a centre that goes out, and of whoever became a person, those who see their way."""

from __future__ import annotations

from kohti.diary.rows import OF_SOMEBODY_SEEN
from kohti.kernel.policies import OF_COLLEAGUES, Table
from kohti.kernel.rows import definer
from kohti.people.rows import SYSTEM_ALL, WITH_ALL_KEYS

from . import counting, putting

FUNCTIONS = (
    *putting.FUNCTIONS,
    *counting.FUNCTIONS,
    definer(
        """
kohti.named_only(p_person uuid)
returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select 1 from people_person where id = p_person and restricted)
$$"""
    ),
)

OF_THE_TEAM = "(centre_id = (select kohti.floor()) and (select kohti.may('outreach.go')))"
WITH_ITS_KEYS = f"(sealed = '{{}}' or person_id is null or {WITH_ALL_KEYS})"
"""While nobody knows who it was, what an encounter was about reveals nobody."""
OPEN_TO_THE_TEAM = "(person_id is null or not kohti.named_only(person_id))"
"""Whom only the named may see was met for those alone."""

TABLES = (
    # Where somebody was met stands on their timeline.
    Table(name="outreach_spot", see=OF_COLLEAGUES, add=OF_THE_TEAM, change=OF_THE_TEAM),
    Table(name="outreach_round", see=OF_THE_TEAM, add=OF_THE_TEAM, change=OF_THE_TEAM),
    Table(name="outreach_goer", see=OF_THE_TEAM, add=OF_THE_TEAM),
    # Who is whom is said by functions that ask whether the person is in sight.
    Table(
        name="outreach_reached",
        see=f"{OF_THE_TEAM} and ({OPEN_TO_THE_TEAM} or {OF_SOMEBODY_SEEN})",
        add=f"{OF_THE_TEAM} and person_id is null and joined_into_id is null",
        change=f"{OF_THE_TEAM} and person_id is null",
    ),
    Table(
        name="outreach_encounter",
        see=f"(({OF_THE_TEAM} and {OPEN_TO_THE_TEAM}) or {OF_SOMEBODY_SEEN}) and {WITH_ITS_KEYS}",
        add=f"{OF_THE_TEAM} and {WITH_ITS_KEYS} and by_member = (select kohti.member())",
        change=f"{OF_THE_TEAM} and ({OPEN_TO_THE_TEAM} or {OF_SOMEBODY_SEEN}) and {WITH_ITS_KEYS}"
        " and by_member = (select kohti.member())",
        system=SYSTEM_ALL,
    ),
)
