"""Who may see and change which rows, at the database itself.

Raw SQL as the database roles, under two dozen actors, on every table, is held against `RULES`: the rules of
the product written down a second time, in Python, over all rows as the owner sees them. The two know nothing
of each other, so a row too many or too few in either shows.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql
from tests.factories import MORNING, Place, as_system, browser_of, place

from kohti.config import addresses
from kohti.config.rooms import ROOMS
from kohti.diary import actions as diary
from kohti.frontdesk import actions as frontdesk
from kohti.journeys import actions as journeys
from kohti.journeys.models import Answers, Journey
from kohti.kernel import clock, drafts, history, ids, outbox, policies
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.people import actions as people
from kohti.people.attachments import actions as papers
from kohti.team import actions as team
from kohti.workbench.merging import actions as merging

LATE = datetime(2026, 3, 11, 22, 30, tzinfo=UTC)
"""Half past ten in the evening in London, half past midnight of the next day in Helsinki."""

Row = dict[str, Any]

# --------------------------------------------------------------------------- the rules, a second time


@dataclass(frozen=True)
class Who:
    """An actor, as the rules know them: nothing but what their membership says."""

    name: str
    enter: tuple[Any, ...] | None = None
    worker: bool = False
    kind: str = ""
    member: str = ""
    staff: str = ""
    service: str = ""
    centre: str = ""
    role: str = ""
    scope: str = ""
    today: date = date.min
    verbs: frozenset[str] = frozenset()

    def may(self, verb: str) -> bool:
        """What the role of the membership includes; only a member has one."""
        return bool(self.member) and verb in self.verbs

    @property
    def database_role(self) -> str:
        """Which of the two roles they come as."""
        return policies.WORKER if self.worker else policies.WEB

    @property
    def floor(self) -> str:
        """The centre whose day they see."""
        return self.centre if self.scope in ("day", "centre") else ""

    @property
    def whole(self) -> str:
        """The centre they see all of."""
        return self.centre if self.scope == "centre" else ""

    @property
    def administers(self) -> str:
        """The service whose team they keep: nobody but a member does."""
        return self.service if self.kind == "member" and self.scope == "administration" else ""

    @property
    def system(self) -> str:
        """The service they keep house for: the worker's database role alone can."""
        return self.service if self.kind == "system" and self.worker else ""


@dataclass
class World:
    """Every row of every table, as the owner sees them."""

    tables: dict[str, list[Row]]
    generated: dict[str, set[str]]
    by_id: dict[str, dict[str, Row]] = field(default_factory=dict)
    reaching: dict[str, list[Row]] = field(default_factory=dict)

    def insert(self, table: str) -> sql.Composed:
        """A statement that adds one row, given in JSON."""
        given = (
            set(self.tables[table][0]) - self.generated.get(table, set()) if self.tables[table] else {"id"}
        )
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(given))
        return sql.SQL(
            "insert into public.{0} ({1}) overriding system value"
            " select {1} from jsonb_populate_record(null::public.{0}, %s)"
        ).format(sql.Identifier(table), columns)

    def of(self, table: str, key: str) -> Row | None:
        """The row with this id."""
        if table not in self.by_id:
            self.by_id[table] = {row["id"]: row for row in self.tables[table]}
        return self.by_id[table].get(key)


Rule = Callable[[Who, Row, World], bool]


def own_service(who: Who, row: Row, world: World) -> bool:
    """The words of the service are its members' and screens', and its housekeeping's."""
    return bool(who.service) and row["service_id"] == who.service


def system_rows(who: Who, row: Row, world: World) -> bool:
    """Everything of a service is its housekeeping's."""
    return bool(who.system) and row["service_id"] == who.system


def in_the_centre(who: Who, row: Row, world: World) -> bool:
    """Whoever leads a centre sees and keeps all of it."""
    return bool(who.whole) and row["centre_id"] == who.whole


def on_the_floor(who: Who, row: Row, world: World) -> bool:
    """Whoever works on the floor of a centre sees its day, until midnight there; its leader every day."""
    here = bool(who.floor) and row["centre_id"] == who.floor
    return (here and row["day"] == who.today.isoformat()) or in_the_centre(who, row, world)


def own_time(who: Who, row: Row, world: World) -> bool:
    """One's own appointments, whatever the day."""
    return bool(who.staff) and row["staff_id"] == who.staff


def administered(who: Who, row: Row, world: World) -> bool:
    """Whoever administers a service keeps the tables of its team."""
    return bool(who.administers) and row["service_id"] == who.administers


def a_place_for_another(who: Who, row: Row, world: World) -> bool:
    """A place is given to somebody who has had one in the service, and to oneself by nobody."""
    if not administered(who, row, world):
        return False
    held = [one for one in world.tables["team_membership"] if one["service_id"] == who.administers]
    own = {one["user_id"] for one in held if one["id"] == who.member}
    return row["user_id"] in {one["user_id"] for one in held} - own


def invited_by_me(who: Who, row: Row, world: World) -> bool:
    """Nobody invites in another's name."""
    return administered(who, row, world) and row["made_by_id"] == who.member


def closed_by_hand(who: Who, row: Row, world: World) -> bool:
    """A day closed by hand is the centre's leader's to keep, and the administrator's; the blueprint's is not."""
    return row["by_hand"] and (in_the_centre(who, row, world) or administered(who, row, world))


def done_by_a_colleague(who: Who, row: Row, world: World) -> bool:
    """Whoever leads a centre sees what its colleagues did; who administers the service sees all of it."""
    if administered(who, row, world):
        return True
    by = world.of("team_membership", row["member_id"]) if row["member_id"] else None
    return by is not None and bool(who.member) and in_the_centre(who, by, world)


def at_the_door(who: Who, row: Row, world: World) -> bool:
    """What signing in needs."""
    return who.kind == "door"


def anybody(who: Who, row: Row, world: World) -> bool:
    """Whoever said who they are."""
    return bool(who.kind)


def the_worker(who: Who, row: Row, world: World) -> bool:
    """The worker keeps its own books without an actor."""
    return True


def in_force(grant: Row) -> bool:
    """A grant holds from its beginning until its end."""
    return datetime.fromisoformat(grant["starts"]) <= clock.now() < datetime.fromisoformat(grant["ends"])


def to_the_member(who: Who, grant: Row) -> bool:
    """A grant to one's own membership."""
    return bool(who.member) and grant["to_member_id"] == who.member


def reaches(who: Who, grant: Row) -> bool:
    """A grant is to a member, or to the floor of a centre, all of it or one role there."""
    floor = bool(who.floor) and grant["to_centre_id"] == who.floor
    return to_the_member(who, grant) or (floor and grant["to_role"] in ("", who.role))


def grants_of(who: Who, world: World) -> list[Row]:
    """The grants in force that reach one."""
    if who.name not in world.reaching:
        world.reaching[who.name] = [
            grant for grant in world.tables["people_grant"] if in_force(grant) and reaches(who, grant)
        ]
    return world.reaching[who.name]


def people_of(who: Who, world: World, holds: Callable[[Row], bool] = lambda grant: True) -> set[str]:
    """Whom grants in force let one see; a grant for a field of life alone shows nobody."""
    return {grant["person_id"] for grant in grants_of(who, world) if not grant["field"] and holds(grant)}


def keys_of(who: Who, world: World, *purposes: str) -> set[tuple[str, str]]:
    """The sealed fields of which people one may read, by grants of some purposes to oneself."""
    return {
        (grant["person_id"], grant["field"])
        for grant in grants_of(who, world)
        if grant["field"] and to_the_member(who, grant) and (not purposes or grant["purpose"] in purposes)
    }


def named(who: Who, world: World, *purposes: str) -> set[str]:
    """The restricted records that are open to one by name, or for an hour in an emergency."""
    return people_of(who, world, lambda grant: to_the_member(who, grant) and grant["purpose"] in purposes)


def a_seen_person(who: Who, row: Row, world: World) -> bool:
    """Somebody of the centre one leads, somebody granted to one, or anybody for the housekeeping; a restricted
    record is open to those named alone, whoever leads."""
    if system_rows(who, row, world):
        return True
    if row["merged_into_id"]:  # an empty record is there for nobody: every way to it leads on
        return False
    if row["restricted"]:
        return row["id"] in named(who, world, "named", "emergency")
    return in_the_centre(who, row, world) or row["id"] in people_of(who, world)


def a_kept_person(who: Who, row: Row, world: World) -> bool:
    """Whom one sees, but for the month in which a former coach may still read."""
    if not a_seen_person(who, row, world):
        return False
    if row["restricted"] or in_the_centre(who, row, world):
        return True
    return row["id"] in people_of(who, world, lambda grant: grant["purpose"] != "former")


def a_person_to_change(who: Who, row: Row, world: World) -> bool:
    """Whoever keeps people's records and this person, and the leader of the centre."""
    leads = in_the_centre(who, row, world) and not row["restricted"]
    return leads or (who.may("people.edit") and a_kept_person(who, row, world))


def a_person_to_add(who: Who, row: Row, world: World) -> bool:
    """Whoever registers people does so at their own centre; nobody adds a restricted one but its leader."""
    at_the_floor = bool(who.floor) and row["centre_id"] == who.floor and not row["restricted"]
    return in_the_centre(who, row, world) or (at_the_floor and who.may("people.register"))


def about(rule: Rule, column: str = "person_id") -> Rule:
    """What a rule says of the person a row is about."""

    def of_the_person(who: Who, row: Row, world: World) -> bool:
        person = world.of("people_person", row[column])
        return person is not None and rule(who, person, world)

    return of_the_person


def both(*rules: Rule) -> Rule:
    """All of these."""
    return lambda who, row, world: all(rule(who, row, world) for rule in rules)


def may(verb: str) -> Rule:
    """Whose role includes a verb."""
    return lambda who, row, world: who.may(verb)


of_a_seen_person = about(a_seen_person)
"""What stands beside somebody is seen by whoever sees them."""
of_a_kept_person = both(about(a_kept_person), may("people.edit"))
"""And kept by whoever keeps them."""
of_a_person_in_the_centre = about(both(a_seen_person, in_the_centre))
"""And somebody of the centre one leads."""


def with_its_keys(who: Who, row: Row, world: World) -> bool:
    """What is sealed needs a key for each field it is sealed to."""
    sealed = [row["sealed"]] if isinstance(row["sealed"], str) else row["sealed"]
    return {(row["person_id"], field) for field in sealed if field} <= keys_of(who, world)


def my_own(who: Who, row: Row, world: World) -> bool:
    """What oneself wrote."""
    return bool(who.member) and row["by_member"] == who.member


a_way_to_reach = both(of_a_seen_person, with_its_keys)
a_way_to_keep = both(
    with_its_keys, lambda *about: of_a_kept_person(*about) or of_a_person_in_the_centre(*about)
)
a_note = both(of_a_seen_person, may("people.note"), with_its_keys)
a_note_to_change = both(
    a_note,
    about(a_kept_person),
    lambda who, row, world: my_own(who, row, world) or who.may("people.keep"),
)
a_note_of_before = both(a_note, of_a_person_in_the_centre, may("people.keep"))


def a_reason(who: Who, row: Row, world: World) -> bool:
    """Why a danger note or a restriction stands: for who gave it, the leader, and who holds the key."""
    if not of_a_seen_person(who, row, world):
        return False
    leader = of_a_person_in_the_centre(who, row, world)
    return my_own(who, row, world) or leader or (row["person_id"], row["sealed"]) in keys_of(who, world)


two_of_the_centre = both(
    of_a_person_in_the_centre,
    about(both(a_seen_person, in_the_centre), "other_id"),
    may("people.merge"),
)
"""Two people of the centre one leads."""
beside_both = both(of_a_seen_person, about(a_seen_person, "other_id"))


def to_give(who: Who, row: Row, world: World) -> bool:
    """A grant about a restricted record in which one is named, or about a field one holds the key of for good."""
    of_the_named = row["person_id"] in named(who, world, "named")
    return of_the_named or (row["person_id"], row["field"]) in keys_of(who, world, "sealed")


def a_grant_to_me(who: Who, row: Row, world: World) -> bool:
    """A grant to one's own membership; one in force to one's floor; every one to the centre one leads, on its
    people, and of what one may give."""
    if to_the_member(who, row) or of_a_person_in_the_centre(who, row, world) or to_give(who, row, world):
        return True
    return to_the_centre(who, row, world) or (in_force(row) and reaches(who, row))


def to_the_centre(who: Who, row: Row, world: World) -> bool:
    """A grant to the centre one leads."""
    return bool(who.whole) and row["to_centre_id"] == who.whole


def a_grant_to_give(who: Who, row: Row, world: World) -> bool:
    """Nobody grants sight of somebody they do not see. The leader shows people to the centre, and those of the
    centre to a colleague; who holds a key passes it on; the named name others; nobody gives an emergency."""
    if not of_a_seen_person(who, row, world):
        return False
    if row["field"]:
        held = (row["person_id"], row["field"]) in keys_of(who, world, "sealed")
        return held and row["purpose"] == "sealed" and row["to_member_id"] is not None
    if row["purpose"] == "named":
        return row["to_member_id"] is not None and row["person_id"] in named(who, world, "named")
    if row["purpose"] in ("emergency", "former"):
        return False
    to_a_member = row["to_member_id"] is not None and of_a_person_in_the_centre(who, row, world)
    return to_the_centre(who, row, world) or to_a_member or for_a_booking(who, row, world)


def for_a_booking(who: Who, row: Row, world: World) -> bool:
    """Who books somebody with themselves lets the floor see who comes."""
    arrival = row["purpose"] == "arrival" and row["because_kind"] == "booking"
    return arrival and bool(who.floor) and row["to_centre_id"] == who.floor and who.may("journeys.work")


def a_grant_to_change(who: Who, row: Row, world: World) -> bool:
    """Ended by the leader of the centre it is to or the person is of, and by who could have given it."""
    leads = to_the_centre(who, row, world) or of_a_person_in_the_centre(who, row, world)
    return leads or to_give(who, row, world)


def from_the_centre(who: Who, row: Row, world: World) -> bool:
    """A transfer out of the centre one leads."""
    return bool(who.whole) and row["from_centre_id"] == who.whole


a_transfer_to_order = both(
    from_the_centre,
    of_a_seen_person,
    may("people.transfer"),
    lambda who, row, world: row["done_at"] is None,
)


def a_message_i_look_after(who: Who, row: Row, world: World) -> bool:
    """Messages of a centre are its leader's business, those of no centre the administrators'."""
    if row["centre_id"]:
        return own_service(who, row, world) and in_the_centre(who, row, world)
    return administered(who, row, world)


def a_message_of_mine(who: Who, row: Row, world: World) -> bool:
    """Whoever ordered a message sees what became of it."""
    return a_message_i_look_after(who, row, world) or bool(who.member and row["by_member_id"] == who.member)


def a_message_of_no_service(who: Who, row: Row, world: World) -> bool:
    """Ways back in: the worker sends them, at the door."""
    return row["service_id"] is None and who.worker and at_the_door(who, row, world)


def ordered_here(who: Who, row: Row, world: World) -> bool:
    """Background work is seen and ordered within one's service."""
    return bool(who.service) and row["args"].get("service_id") == who.service


def of_a_job_ordered_here(who: Who, row: Row, world: World) -> bool:
    """What happened to such work."""
    return any(
        job["id"] == row["job_id"] and ordered_here(who, job, world)
        for job in world.tables["procrastinate_jobs"]
    )


a_way = both(of_a_seen_person, may("journeys.see"))
"""Whose way one sees: whoever sees the person and works with ways."""
a_way_to_work_on = both(about(a_kept_person), may("journeys.work"))


def my_way_to_give(to: str) -> Rule:
    """A way is given by whoever has it in hand, by the leader of its centre, by who opens it (to its first coach)
    or takes it up again, and by who was asked to take it, to themselves."""

    def gives(who: Who, row: Row, world: World) -> bool:
        way = world.of("journeys_journey", row["journey_id"])
        if way is None or way["person_id"] != row["person_id"] or way["service_id"] != who.service:
            return False
        if way["owner_id"] is None or way["owner_id"] == who.member or way["closed_at"] is not None:
            return True
        if in_the_centre(who, way, world) and who.may("journeys.lead"):
            return True
        had = any(one["journey_id"] == way["id"] for one in world.tables["journeys_owning"])
        asked = any(
            one["journey_id"] == way["id"] and one["state"] == "asked" and one["to_member_id"] == row[to]
            for one in world.tables["journeys_handover"]
        )
        return (way["owner_id"] == row[to] and not had) or (row[to] == who.member and asked)

    return gives


def part_of_a_way(*, add: Rule | None = None, change: Rule | None = None, sealed: bool = False) -> Rules:
    """A part of a way, seen by whoever sees the way and kept by whoever works on it."""
    key = (with_its_keys,) if sealed else ()
    return kept_by(
        both(a_way, *key),
        both(a_way_to_work_on, *key, *([add] if add else [])),
        both(a_way_to_work_on, *key, *([change] if change else [])),
        remove=system_rows,
    )


of_somebody_s_way = both(lambda who, row, world: bool(row["person_id"]), a_way)
"""What somebody's way is told from beside its own rows: their appointments, and when they came."""
leads_ways = may("journeys.lead")


def own_time_here(who: Who, row: Row, world: World) -> bool:
    """A coach books people with themselves, where they work."""
    here = bool(who.floor) and row["centre_id"] == who.floor
    return here and own_time(who, row, world) and who.may("journeys.work")


def own_draft(who: Who, row: Row, world: World) -> bool:
    """What somebody is typing is theirs alone."""
    return bool(who.member) and row["member_id"] == who.member


def here_or_mine(who: Who, row: Row, world: World) -> bool:
    """That colleagues are away is known where they work, and to themselves."""
    return (bool(who.floor) and row["centre_id"] == who.floor) or own_time(who, row, world)


def either(*rules: Rule) -> Rule:
    """One of these."""
    return lambda who, row, world: any(rule(who, row, world) for rule in rules)


def self_service(rule: Rule) -> Rule:
    """A service's own row says its service by its id."""
    return lambda who, row, world: rule(who, row | {"service_id": row["id"]}, world)


@dataclass(frozen=True)
class Rules:
    """What may be done with the rows of a table; where nothing is said the role is refused outright."""

    see: Rule | None = None
    add: Rule | None = None
    change: Rule | None = None
    remove: Rule | None = None
    worker: Rules | None = None

    def of(self, who: Who, verb: str) -> Rule | None:
        """The rule for a verb, by the database role that asks."""
        return getattr(self.worker if who.worker and self.worker is not None else self, verb)  # type: ignore[no-any-return]


def kept_by_the_system(see: Rule | None, *, remove: Rule | None = None) -> Rules:
    """What a blueprint brings: the members read it, the housekeeping writes it."""
    return Rules(
        see=see,
        worker=Rules(
            see=either(see, system_rows) if see else system_rows,
            add=system_rows,
            change=system_rows,
            remove=remove,
        ),
    )


def kept_by(see: Rule, add: Rule | None, change: Rule | None, *, remove: Rule | None = None) -> Rules:
    """What the members keep, and the housekeeping for all of them."""
    return Rules(
        see=see,
        add=add,
        change=change,
        worker=Rules(
            see=either(see, system_rows),
            add=either(add, system_rows) if add else system_rows,
            change=either(change, system_rows) if change else system_rows,
            remove=remove,
        ),
    )


NOBODY = Rules()
DOOR_ONLY = Rules(see=at_the_door, add=at_the_door, change=at_the_door, remove=at_the_door)
WORKERS_OWN = Rules(see=the_worker, add=the_worker, change=the_worker, remove=the_worker)


def any_system(who: Who, row: Row, world: World) -> bool:
    """Accounts belong to no service: whoever keeps house for one may give them."""
    return bool(who.system)


RULES: dict[str, Rules] = {
    "kernel_installation": Rules(see=anybody),
    "kernel_historyevent": Rules(see=done_by_a_colleague),
    "kernel_historydetail": NOBODY,
    "kernel_historyseal": NOBODY,
    "kernel_done": Rules(
        see=own_service,
        add=own_service,
        worker=Rules(see=own_service, add=own_service, remove=system_rows),
    ),
    "kernel_draft": Rules(
        see=own_draft,
        add=both(own_draft, own_service),
        change=own_draft,
        remove=own_draft,
        worker=Rules(
            see=either(own_draft, system_rows),
            add=both(own_draft, own_service),
            change=own_draft,
            remove=either(own_draft, system_rows),
        ),
    ),
    "kernel_message": Rules(
        see=a_message_of_mine,
        add=either(own_service, at_the_door),
        change=a_message_i_look_after,
        worker=Rules(
            see=either(a_message_of_mine, system_rows, a_message_of_no_service),
            add=either(own_service, at_the_door, system_rows),
            change=either(a_message_i_look_after, system_rows, a_message_of_no_service),
        ),
    ),
    "django_migrations": NOBODY,
    "django_content_type": NOBODY,
    "auth_permission": NOBODY,
    "auth_group": NOBODY,
    "auth_group_permissions": NOBODY,
    "kohti_cache": DOOR_ONLY,
    "account_emailaddress": DOOR_ONLY,
    "account_emailconfirmation": DOOR_ONLY,
    "mfa_authenticator": DOOR_ONLY,
    "socialaccount_socialaccount": DOOR_ONLY,
    "socialaccount_socialapp": NOBODY,
    "socialaccount_socialtoken": NOBODY,
    "procrastinate_jobs": Rules(see=ordered_here, add=ordered_here, worker=WORKERS_OWN),
    "procrastinate_events": Rules(add=of_a_job_ordered_here, worker=WORKERS_OWN),
    "procrastinate_workers": Rules(worker=WORKERS_OWN),
    "procrastinate_periodic_defers": Rules(worker=WORKERS_OWN),
    "team_user": Rules(
        see=at_the_door,
        add=at_the_door,
        change=at_the_door,
        worker=Rules(
            see=either(at_the_door, any_system), add=either(at_the_door, any_system), change=at_the_door
        ),
    ),
    "team_service": Rules(
        see=self_service(own_service),
        worker=Rules(see=anybody, add=self_service(system_rows), change=self_service(system_rows)),
    ),
    "team_blueprintversion": kept_by_the_system(own_service),
    "team_organisation": kept_by_the_system(own_service),
    "team_centre": kept_by_the_system(own_service),
    "team_role": kept_by_the_system(own_service),
    "team_staff": kept_by(
        own_service, either(in_the_centre, administered), either(in_the_centre, administered)
    ),
    "team_session": DOOR_ONLY,
    "team_counter": DOOR_ONLY,
    "team_atcounter": DOOR_ONLY,
    "team_pin": DOOR_ONLY,
    "team_wayback": DOOR_ONLY,
    "team_membership": Rules(
        see=own_service,
        add=a_place_for_another,
        worker=Rules(see=either(own_service, system_rows), add=either(a_place_for_another, system_rows)),
    ),
    "team_invitation": kept_by(administered, invited_by_me, administered),
    "people_person": kept_by(a_seen_person, a_person_to_add, a_person_to_change),
    "people_contact": kept_by(a_way_to_reach, a_way_to_keep, a_way_to_keep, remove=system_rows),
    "people_grant": kept_by(a_grant_to_me, a_grant_to_give, a_grant_to_change),
    "people_mark": kept_by(
        a_way_to_reach,
        both(of_a_kept_person, with_its_keys),
        both(of_a_kept_person, with_its_keys),
        remove=system_rows,
    ),
    "people_why": kept_by(a_reason, both(of_a_kept_person, my_own), None, remove=system_rows),
    "people_representative": kept_by(
        both(of_a_seen_person, may("people.open")), of_a_kept_person, of_a_kept_person, remove=system_rows
    ),
    "people_household": kept_by(
        both(beside_both, may("people.open")),
        both(beside_both, of_a_kept_person),
        both(beside_both, of_a_kept_person),
        remove=system_rows,
    ),
    "people_attachment": kept_by(
        both(a_way_to_reach, may("documents.read")),
        both(of_a_kept_person, with_its_keys, may("documents.add")),
        both(of_a_kept_person, with_its_keys, may("documents.add")),
        remove=system_rows,
    ),
    "people_note": kept_by(
        a_note, both(a_note, about(a_kept_person), my_own), a_note_to_change, remove=system_rows
    ),
    "people_notebefore": Rules(
        see=a_note_of_before, worker=Rules(see=either(a_note_of_before, system_rows), remove=system_rows)
    ),
    "people_restriction": Rules(
        see=own_service, worker=Rules(see=either(own_service, system_rows), change=system_rows)
    ),
    "people_transfer": kept_by(
        either(from_the_centre, to_the_centre), a_transfer_to_order, None, remove=system_rows
    ),
    "people_merge": kept_by_the_system(
        both(about(a_seen_person, "kept_id"), may("people.merge")), remove=system_rows
    ),
    "people_mergedrow": kept_by_the_system(None, remove=system_rows),
    "people_apart": kept_by(two_of_the_centre, both(two_of_the_centre, my_own), None),
    "people_alert": kept_by(in_the_centre, None, in_the_centre, remove=system_rows),
    "diary_kind": kept_by_the_system(own_service),
    "diary_opening": kept_by_the_system(own_service, remove=system_rows),
    "diary_closure": Rules(
        see=own_service,
        add=closed_by_hand,
        remove=closed_by_hand,
        worker=Rules(
            see=either(own_service, system_rows),
            add=either(closed_by_hand, system_rows),
            change=system_rows,
            remove=either(closed_by_hand, system_rows),
        ),
    ),
    "diary_room": kept_by_the_system(own_service),
    "diary_booking": kept_by(
        either(on_the_floor, own_time, of_somebody_s_way),
        either(in_the_centre, own_time_here),
        on_the_floor,
    ),
    "diary_importedfile": kept_by(in_the_centre, in_the_centre, in_the_centre),
    "diary_absence": kept_by(here_or_mine, either(own_time, in_the_centre), either(own_time, in_the_centre)),
    "journeys_rules": kept_by_the_system(own_service),
    "journeys_journey": kept_by(a_way, a_way_to_work_on, a_way_to_work_on, remove=system_rows),
    "journeys_entryfact": part_of_a_way(),
    "journeys_stagespell": part_of_a_way(add=my_own),
    "journeys_pause": part_of_a_way(add=my_own),
    "journeys_extension": part_of_a_way(add=both(leads_ways, my_own), change=leads_ways),
    "journeys_owning": part_of_a_way(add=my_way_to_give("member_id")),
    "journeys_cover": part_of_a_way(add=both(my_way_to_give("member_id"), my_own)),
    "journeys_handover": part_of_a_way(add=my_way_to_give("to_member_id")),
    "journeys_contact": part_of_a_way(add=my_own),
    "journeys_need": part_of_a_way(add=my_own, sealed=True),
    "journeys_answers": part_of_a_way(add=my_own, sealed=True),
    "journeys_aim": part_of_a_way(sealed=True),
    "journeys_step": part_of_a_way(sealed=True),
    "journeys_planversion": part_of_a_way(add=my_own),
    "journeys_planchange": part_of_a_way(sealed=True),
    "journeys_outcome": part_of_a_way(add=my_own),
    "journeys_lastingcheck": part_of_a_way(),
    "journeys_ending": part_of_a_way(add=both(my_way_to_give("member_id"), my_own)),
    "frontdesk_stream": kept_by_the_system(own_service),
    "frontdesk_reason": kept_by_the_system(own_service),
    "frontdesk_day": kept_by(on_the_floor, on_the_floor, on_the_floor),
    "frontdesk_visit": kept_by(either(on_the_floor, of_somebody_s_way), on_the_floor, on_the_floor),
    "frontdesk_period": kept_by(on_the_floor, on_the_floor, on_the_floor),
}

KEYS: dict[str, tuple[str, ...]] = {
    "kernel_done": ("service_id", "key"),
    "kernel_draft": ("member_id", "about_kind", "about_id"),
    "kernel_historydetail": ("event_id",),
    "kernel_historyseal": ("n",),
    "team_session": ("session_key",),
    "team_pin": ("user_id",),
    "kohti_cache": ("cache_key",),
}

HARMLESS = {
    "procrastinate_jobs": "priority",
    "procrastinate_events": "at",
    "procrastinate_workers": "last_heartbeat",
    "procrastinate_periodic_defers": "periodic_id",
    "account_emailaddress": "email",
    "account_emailconfirmation": "sent",
    "mfa_authenticator": "type",
}
"""What to set to itself where the key cannot be."""


def key_of(table: str, row: Row) -> tuple[Any, ...]:
    """What tells a row from the others of its table."""
    return tuple(row[column] for column in KEYS.get(table, ("id",)))


# --------------------------------------------------------------------------- two services in full use


def _use(here: Place) -> None:
    """Fill a service: two centres with a past, a present and a future, seen by this one and that one."""
    for centre, code in ((here.centre, "cheltenham"), (here.other, "gloucester")):
        host, coach, leader = (here.member(role, centre=code) for role in ("host", "coach", "leader"))
        administrator = here.member("administrator", centre=code)
        here.staff(centre=centre)
        with as_actor(administrator):
            diary.close_on(administrator, centre.id, MORNING.date(), "painters")
            team.invite(
                administrator,
                full_name="Newcomer Nielsen",
                role="host",
                centre=code,
                organisation="jobcentre",
                starts=MORNING,
            )
        with clock.held_at(MORNING):
            bookings = {
                days: here.booking(MORNING + timedelta(days=days), centre=centre, staff_id=coach.staff_id)
                for days in (-2, -1, 0, 1, 2)
            }
            # One's own time in the other centre, on a day that is not today.
            here.booking(MORNING + timedelta(days=3), centre=centre, staff_id=host.staff_id)
            with as_actor(host):
                frontdesk.check_in(host, bookings[0].id, key=f"in:{bookings[0].id}")
                frontdesk.take_walk_in(
                    host, here.reasons["evidence"].id, key=f"walk:{centre.id}", given_name="Ann"
                )
        with clock.held_at(MORNING - timedelta(days=1)), as_actor(host):
            frontdesk.take_walk_in(host, here.reasons["robbed"].id, key=f"walk before:{centre.id}")
        with clock.held_at(MORNING + timedelta(days=1)), as_actor(host):
            frontdesk.take_walk_in(host, here.reasons["robbed"].id, key=f"walk after:{centre.id}")
        with as_actor(leader):
            held = diary.hold_file(
                leader, centre.id, b"Date,Time,Minutes,Customer\n", filename="d.csv", key=f"hold:{code}"
            )
            from kohti.diary.jobs import import_file

            import_file.order(leader, subject_id=held.id)
        browser_of(coach)
        _write_messages(here, centre.id, coach, here.member("administrator", centre=code))
    here.person("Nobody's Guest")
    _end_and_begin(here)
    for code in ("cheltenham", "gloucester"):
        _know(here, code)


def _know(here: Place, code: str) -> None:
    """People of a centre with all that can stand beside them: sealed, restricted, moved, in an emergency."""
    coach, leader = (here.member(role, centre=code) for role in ("coach", "leader"))
    centre, other = (here.centre, here.other) if code == "cheltenham" else (here.other, here.centre)
    far = LATE + timedelta(days=30)
    today = MORNING.date()

    def key() -> str:
        return str(uuid.uuid4())

    with clock.held_at(MORNING), as_actor(coach):
        known, kin, wrong, secret, urgent, leaving, to_leave = (
            people.register(
                coach, centre.id, [people.NewPerson(full_name=f"{name} Known", phone="07700 900124")]
            )[0]
            for name in ("Ann", "Kin", "Wrong", "Secret", "Urgent", "Leaving", "Toleave")
        )
        for one in (known, wrong, secret, urgent, leaving):
            people.write_note(coach, one.id, "open", key=key())
            people.write_note(coach, one.id, "sealed", fields=["health"], key=key())
            people.write_note(coach, one.id, "sealed twice", fields=["health", "belief"], key=key())
            people.add_mark(coach, one.id, kind="helps", words="a ramp", review_on=far.date(), key=key())
            people.add_mark(
                coach, one.id, kind="helps", words="s", sealed="belief", review_on=far.date(), key=key()
            )
            people.add_contact(coach, one.id, kind="post", value="a street", hidden=True, key=key())
            for sealed in ("", "health"):
                papers.bring(coach, one.id, b"a text", filename="a.txt", sealed=sealed, key=key())
            people.add_representative(
                coach, one.id, full_name="Gus", what_for="money", starts_on=today, key=key()
            )
            people.add_danger(coach, one.id, words="two of you", reason="why", ends_on=far.date(), key=key())
        people.add_household(coach, known.id, kin.id, kind="parent", starts_on=today, key=key())
        people.add_household(coach, known.id, secret.id, kind="partner", starts_on=today, key=key())
        people.give_sight(coach, known.id, _id(leader.member_id), until=far, field="health", key=key())
        people.give_sight(coach, known.id, _id(leader.member_id), until=far, field="address", key=key())
        for fields in ((), ("health",), ("health", "belief")):
            note = people.write_note(coach, wrong.id, "not theirs", fields=fields, key=key())
            people.correct(coach, note, "not theirs at all", "a slip", version=1)
            people.move_note(coach, note, known.id, "the wrong one", version=2)
    _go_their_way(here, code, [known, secret, urgent, leaving], wrong)
    with clock.held_at(MORNING), as_actor(leader):
        people.give_sight(
            leader, known.id, _id(here.member("host", centre="gloucester").member_id), until=far, key=key()
        )
        for one in (secret, urgent):
            people.restrict(leader, one.id, [_id(coach.member_id)], "a relative", key=key())
        people.transfer(
            leader,
            leaving.id,
            other.id,
            from_day=today,
            reason="moved",
            keep_member=coach.member_id,
            key=key(),
        )
        people.transfer(
            leader,
            to_leave.id,
            other.id,
            from_day=far.date(),
            reason="will move",
            keep_member=None,
            key=key(),
        )
        twice, again, alike = (
            people.register(leader, centre.id, [people.NewPerson(full_name=f"{name} Twice")])[0]
            for name in ("Bea", "Beah", "Ben")
        )
        merging.keep_apart(leader, twice.id, alike.id)
        merging.merge(leader, twice.id, again.id, {}, key=key())
    with clock.held_at(LATE - timedelta(minutes=30)), as_actor(leader):
        people.open_in_emergency(leader, urgent.id, "bleeding", key=key())
    with clock.held_at(LATE - timedelta(minutes=90)), as_actor(leader):
        people.open_in_emergency(leader, secret.id, "a fire", key=key())
    with clock.held_at(MORNING), as_actor(here.member("coach", centre=other.code)) as elsewhere:
        asked = people.NewPerson(full_name="Known Ann", phone="+44 7700 900124")
        assert people.ask_elsewhere(elsewhere, asked)


def _go_their_way(here: Place, code: str, those: list[Any], gone: Any) -> None:
    """Ways of these people, with everything a way can have, and one that ended; one's coach is from elsewhere."""
    coach, leader = (here.member(role, centre=code) for role in ("coach", "leader"))
    elsewhere = "gloucester" if code == "cheltenham" else "cheltenham"
    cover, asked = (here.member("leader", centre=elsewhere), here.member("coach", name=f"Asked {code}"))
    today = MORNING.date()
    far = LATE + timedelta(days=30)

    def key() -> str:
        return str(uuid.uuid4())

    with clock.held_at(MORNING), as_actor(coach):
        diary.be_away(coach, _id(coach.staff_id), far.date(), far.date(), key=key())
        ended = journeys.open_journey(
            coach, gone.id, owner_id=_id(coach.member_id), basis="task", key=key(), why_here="a job"
        )
        journeys.close(coach, ended, "Thanks", version=1, follow_up_on=far.date())
        for number, one in enumerate(those):
            way = journeys.open_journey(
                coach,
                one.id,
                owner_id=_id(coach.member_id),
                basis="task",
                key=key(),
                facts={"employment": journeys.Fact("out-of-work")},
            )
            journeys.pause(coach, way, far.date(), "in hospital", key=key())
            aims = [journeys.NewAim(words=f"aim {field}", field=field) for field in ("work", "health")]
            steps = [journeys.NewStep(words="a step", due_on=far.date(), aim_id=aim.id) for aim in aims]
            journeys.write_contact(
                coach,
                way,
                journeys.NewContact(
                    channel="here",
                    needs=(journeys.Said("work", 2), journeys.Said("health", None)),
                    changes=(*aims, *steps),
                ),
                key=key(),
            )
            for sealed in ("", "health"):
                Answers.objects.create(
                    service_id=coach.service,
                    person_id=one.id,
                    journey_id=way,
                    view="coach",
                    at=MORNING,
                    sealed=sealed,
                    answers={"1": 2},
                    sheet=ids.new_id(),
                    by_member=coach.member_id,
                )
            drafts.keep("appointment", way, {"text": ["half a"]}, version=0)
            journeys.reach(coach, way, "job", today, key=key())
            Journey.objects.filter(id=way).update(limit_on=far.date())
            if number == 0:
                journeys.cover(coach, [way], _id(cover.member_id), starts=MORNING, ends=far, key=key())
                journeys.ask_to_take_over(
                    coach,
                    way,
                    _id(asked.member_id),
                    from_day=today,
                    until_day=far.date(),
                    words="",
                    key=key(),
                )
            with as_actor(leader):
                journeys.extend(leader, way, 7, "nearly there", key=key())


def _write_messages(here: Place, centre_id: uuid.UUID, coach: Actor, administrator: Actor) -> None:
    """A message of a centre, one of the service, and one that nobody ordered."""
    for actor, centre in ((coach, centre_id), (administrator, None)):
        with as_actor(actor):
            _message(actor, centre)
    with as_system(here.system) as system:
        _message(system, centre_id)


def _message(actor: Actor, centre_id: uuid.UUID | None) -> None:
    outbox.write(
        actor,
        channel="mail",
        to=outbox.To(kind="address", address="ann@example.org"),
        kind="test",
        body="x",
        key=str(uuid.uuid4()),
        centre_id=centre_id,
    )


def _end_and_begin(here: Place) -> None:
    """Memberships that ended and that have not begun; grants of every kind, ended, in force and to come."""
    with as_system(here.system) as system:
        gone = here.member("leader", name="Gone Yesterday")
        with clock.held_at(MORNING - timedelta(days=1)):
            team.end_membership(system, _id(gone.member_id))
    here.members["gone", "cheltenham"] = gone
    hour = timedelta(hours=1)
    with as_system(here.system) as system:
        for starts, ends in (
            (LATE - 2 * hour, LATE - hour),
            (LATE - hour, LATE),
            (LATE, LATE + hour),
            (LATE - hour, LATE + hour),
            (LATE + hour, LATE + 2 * hour),
        ):
            for to in (
                {"to_member_id": here.member("host").member_id},
                {"to_member_id": here.member("administrator", centre="gloucester").member_id},
                {"to_centre_id": here.other.id},
                {"to_centre_id": here.other.id, "to_role": "coach"},
                {"to_centre_id": here.centre.id, "to_role": "leader"},
                {"to_organisation_id": _organisation(here)},
            ):
                _grant(here, starts, ends, to)


def _id(value: uuid.UUID | None) -> uuid.UUID:
    assert value is not None
    return value


def _organisation(here: Place) -> uuid.UUID:
    from kohti.team.models import Organisation

    return Organisation.objects.get(service_id=here.centre.service_id, code="jobcentre").id


def _grant(here: Place, starts: datetime, ends: datetime, to: dict[str, Any]) -> None:
    from kohti.people.models import Grant

    someone = people.register(
        here.system, here.centre.id, [people.NewPerson(full_name="Seen", phone="0770")]
    )[0]
    Grant.objects.create(
        service_id=here.centre.service_id,
        person_id=someone.id,
        purpose="test",
        starts=starts,
        ends=ends,
        because_kind="test",
        because_id=ids.new_id(),
        **to,
    )


def _beside(owner: psycopg.Connection, here: Place, user_id: str) -> None:
    """Rows of the tables that nothing in the product fills yet."""
    service, centre = here.system.service_id, here.centre.id
    owner.execute(
        "insert into diary_room (id, service_id, centre_id, name)"
        " values (gen_random_uuid(), %s, %s, 'Room 1')",
        (service, centre),
    )
    row = owner.execute(
        'insert into account_emailaddress (email, verified, "primary", user_id)'
        " values (%s, true, true, %s) returning id",
        (f"{user_id}@example.org", user_id),
    ).fetchone()
    assert row is not None
    owner.execute(
        "insert into account_emailconfirmation (created, sent, key, email_address_id)"
        " values (now(), now(), %s, %s)",
        (user_id, row[0]),
    )
    owner.execute(
        "insert into mfa_authenticator (type, data, user_id, created_at) values ('totp', '{}', %s, now())",
        (user_id,),
    )
    owner.execute(
        "insert into socialaccount_socialaccount (provider, uid, last_login, date_joined, extra_data, user_id)"
        " values ('city', %s, now(), now(), '{}', %s)",
        (user_id, user_id),
    )
    row = owner.execute(
        "insert into team_counter (id, service_id, name, since) values (gen_random_uuid(), %s, '', now())"
        " returning id",
        (service,),
    ).fetchone()
    assert row is not None
    owner.execute(
        "insert into team_atcounter (id, counter_id, user_id, member_id, name, until, strong, wrong_pins)"
        " values (gen_random_uuid(), %s, %s, gen_random_uuid(), 'Somebody', now(), true, 0)",
        (row[0], user_id),
    )
    owner.execute("insert into team_pin (user_id, hash, set_at) values (%s, '!', now())", (user_id,))
    owner.execute(
        "insert into team_wayback (id, service_id, user_id, digest, given_by, given_at, until)"
        " values (gen_random_uuid(), %s, %s, '', '', now(), now())",
        (service, user_id),
    )
    with as_actor(DOOR):
        _message(DOOR, None)
    owner.execute("insert into kohti_cache values (%s, 'v', now() + interval '1 hour')", (f"test:{user_id}",))
    owner.execute("insert into procrastinate_workers default values")
    owner.execute(
        "insert into procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
        " values (%s, '', 1)",
        (f"test-{user_id}",),
    )


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Place, Place]]:
    """Two services in full use; the second keeps another time zone."""
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner, clock.held_at(MORNING):
        here, there = place(), place()
        owner.execute(
            "update team_service set timezone = 'Europe/Helsinki' where id = %s", (there.system.service_id,)
        )
        there = replace(
            there, system=replace(there.system, facts={**there.system.facts, "timezone": "Europe/Helsinki"})
        )
        for one in (here, there):
            _use(one)
            _beside(owner, one, one.member("host").facts["user_id"])
        with as_system(here.system):
            history.seal()
        yield here, there


def _member(name: str, actor: Actor, *, worker: bool = False) -> Who:
    return Who(
        name,
        ("member", actor.member_id, None, None, "", ""),
        worker,
        "member",
        str(actor.member_id),
        str(actor.staff_id),
        str(actor.service_id),
        str(actor.centre_id),
        actor.role,
        actor.scope,
        verbs=actor.verbs,
    )


def _screen(name: str, actor: Actor) -> Who:
    enter = ("screen", None, actor.service_id, actor.centre_id, actor.role, "service")
    return replace(_member(name, actor), enter=enter, kind="screen", member="", staff="")


def _actors(here: Place, there: Place) -> list[Who]:
    today = {
        str(one.system.service_id): LATE.astimezone(ZoneInfo(zone)).date()
        for one, zone in ((here, "Europe/London"), (there, "Europe/Helsinki"))
    }
    assert len(set(today.values())) == 2
    door = ("door", None, None, None, "", "")
    system = ("system", None, here.system.service_id, here.system.centre_id, "system", "service")
    found = [
        Who("nobody, from the web"),
        Who("nobody, from the worker", worker=True),
        Who("the door", door, kind="door"),
        Who("the door of the worker", door, True, "door"),
        Who("the system, forged from the web", system),
        Who("no such kind", ("owner", None, here.system.service_id, None, "", "")),
        Who(
            "a member nobody knows",
            ("member", uuid.uuid4(), here.system.service_id, None, "leader", "centre"),
        ),
        Who(
            "a leader whose membership ended",
            ("member", here.members["gone", "cheltenham"].member_id, *[None] * 4),
        ),
        Who(
            "a screen of another service's centre",
            ("screen", None, here.system.service_id, there.centre.id, "leader", ""),
        ),
        Who("the system", system, True, "system", service=str(here.system.service_id), role="system"),
        _screen("a screen of the hosts", here.member("host")),
        _screen("a screen of the leaders", here.member("leader")),
        _screen("a screen of the administrators", here.member("administrator")),
        _screen("a screen of the coaches, elsewhere", there.member("coach", centre="gloucester")),
        _member("a host's job", here.member("host"), worker=True),
        _member("a leader's job", there.member("leader"), worker=True),
    ]
    for where, one in (("here", here), ("there", there)):
        for code in ("cheltenham", "gloucester"):
            found += [
                _member(f"{role} at {code} {where}", one.member(role, centre=code))
                for role in ("host", "coach", "leader", "administrator")
            ]
    return [replace(who, today=today[who.service]) if who.service else who for who in found]


@pytest.fixture(scope="module")
def actors(services: tuple[Place, Place]) -> list[Who]:
    """Two dozen and more."""
    return _actors(*services)


def _world(owner: psycopg.Connection) -> World:
    tables = [
        str(row[0])
        for row in owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p', 'v', 'm', 'f') order by relname"
        )
    ]
    generated: dict[str, set[str]] = {}
    for table, column in owner.execute(
        "select attrelid::regclass::text, attname from pg_attribute where attgenerated <> '' and attnum > 0"
    ):
        generated.setdefault(table, set()).add(column)
    return World(
        {
            table: [
                row[0]
                for row in owner.execute(
                    sql.SQL("select to_jsonb(t) from {} t").format(sql.Identifier(table))
                )
            ]
            for table in tables
        },
        generated,
    )


@pytest.fixture
def world(services: tuple[Place, Place], owner: psycopg.Connection) -> World:
    """Every row there is."""
    return _world(owner)


@pytest.fixture(autouse=True)
def late_in_the_evening() -> Iterator[None]:
    """When the rules are tried, the two services do not agree what day it is."""
    with clock.held_at(LATE):
        yield


@pytest.fixture(scope="module")
def lines() -> Iterator[dict[str, psycopg.Connection]]:
    """A raw connection as each of the two database roles."""
    data = Path(addresses.data_folder())
    with (
        psycopg.connect(addresses.web_url(data)) as web,
        psycopg.connect(addresses.worker_url(data)) as worker,
    ):
        yield {policies.WEB: web, policies.WORKER: worker}


@contextmanager
def acting(lines: dict[str, psycopg.Connection], who: Who) -> Iterator[psycopg.Connection]:
    """A raw transaction as this actor, undone at the end."""
    line = lines[who.database_role]
    with line.transaction(force_rollback=True):
        if who.enter is not None:
            row = line.execute(
                "select kohti.enter(%s, %s, %s, %s, %s, %s, %s)", (*who.enter, LATE)
            ).fetchone()
            assert row is not None
            assert row[0] == bool(who.kind), f"{who.name}: entering"
        yield line


REFUSED = "refused"


def outcome(line: psycopg.Connection, query: sql.Composed, values: tuple[Any, ...] = ()) -> Any:
    """What a statement gives, in a savepoint: its rows, `refused` (the role has no such right at all), or
    `hidden` (a policy did not let the row through). Other rules of the table count as let through: policies
    come before them.
    """
    try:
        with line.transaction(force_rollback=True):
            return line.execute(query, values).fetchall()
    except psycopg.errors.InsufficientPrivilege as trouble:
        return "hidden" if "row-level security" in str(trouble) else REFUSED
    except psycopg.errors.IntegrityError:
        return [("let through",)]


def text_of(value: Any) -> Any:
    """A key as JSON writes it."""
    return str(value) if isinstance(value, uuid.UUID) else value


def returned(found: Any) -> Any:
    """Rows as a set of keys, in JSON's writing."""
    return found if isinstance(found, str) else {tuple(text_of(value) for value in row) for row in found}


def columns(table: str) -> sql.Composed:
    """The key's columns."""
    return sql.SQL(", ").join(sql.Identifier(column) for column in KEYS.get(table, ("id",)))


def expected(rules: Rules, who: Who, verbs: tuple[str, ...], table: str, world: World) -> Any:
    """The keys of the rows on which the actor may do all of these, or `refused`."""
    held = [rules.of(who, verb) for verb in verbs]
    if any(rule is None for rule in held):
        return REFUSED
    return {
        key_of(table, row)
        for row in world.tables[table]
        if all(rule is not None and rule(who, row, world) for rule in held)
    }


# --------------------------------------------------------------------------- what must hold


def test_every_table_has_a_rule_here(world: World) -> None:
    assert set(world.tables) == set(RULES)


def test_the_services_fill_every_table_that_a_rule_is_about(world: World) -> None:
    empty = {table for table, rows in world.tables.items() if not rows}
    assert empty <= {
        "auth_group",
        "auth_group_permissions",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
    }


def test_the_rules_tell_the_actors_apart(actors: list[Who], world: World) -> None:
    """A model that lets everybody or nobody through would prove nothing."""
    for table in (
        "people_person", "diary_booking", "frontdesk_visit", "people_grant", "people_contact", "people_note", "people_mark",
        "journeys_journey", "journeys_need",
    ):  # fmt: skip
        seen = {frozenset(expected(RULES[table], who, ("see",), table, world)) for who in actors}
        assert len(seen) >= 8, table


def test_nobody_sees_a_row_more_or_less(
    actors: list[Who], world: World, lines: dict[str, psycopg.Connection]
) -> None:
    wrong = []
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                found = returned(
                    outcome(
                        line,
                        sql.SQL("select {} from public.{}").format(columns(table), sql.Identifier(table)),
                    )
                )
                should = expected(rules, who, ("see",), table, world)
                if found != should:
                    wrong.append(_difference(who, "sees", table, found, should))
    assert not wrong, "\n".join(wrong)


def _difference(who: Who, verb: str, table: str, found: Any, should: Any) -> str:
    """What is wrong, in words short enough to read."""
    if isinstance(found, str) or isinstance(should, str):
        answers = [one if isinstance(one, str) else f"{len(one)} rows" for one in (found, should)]
        return f"{who.name} {verb} {table}: {answers[0]}, not {answers[1]}"
    many, few = (sorted(map(str, one))[:3] for one in (found - should, should - found))
    return f"{who.name} {verb} {table}: too many {many}, too few {few}"


@pytest.mark.parametrize("verb", ["change", "remove"])
def test_nobody_changes_or_removes_a_row_more_or_less(
    verb: str, actors: list[Who], world: World, lines: dict[str, psycopg.Connection]
) -> None:
    wrong = []
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                key = sql.Identifier(HARMLESS.get(table) or KEYS.get(table, ("id",))[0])
                what = (
                    sql.SQL("update public.{table} set {key} = {key} returning {keys}")
                    if verb == "change"
                    else sql.SQL("delete from public.{table} returning {keys}")
                ).format(table=sql.Identifier(table), key=key, keys=columns(table))
                found = returned(outcome(line, what))
                should = expected(rules, who, ("see", verb), table, world)
                if found == {("let through",)}:
                    found = should
                if found != should:
                    wrong.append(_difference(who, verb, table, found, should))
    assert not wrong, "\n".join(wrong)


def _near(rows: list[Row], services: tuple[Place, Place]) -> list[Row]:
    """The rows of the two services; of tables that belong to none, a few."""
    ours = {str(one.system.service_id) for one in services}
    mine = [row for row in rows if row.get("service_id", row.get("id")) in ours]
    return mine or rows[-5:]


def _of_each_sort(
    table: str, services: tuple[Place, Place], actors: list[Who], world: World, *, most: int = 2
) -> list[Row]:
    """Of the rows that the rules answer alike for everybody, a few: all of them would take minutes."""
    sorts: dict[tuple[bool, ...], list[Row]] = {}
    for row in _near(world.tables[table], services):
        answers = []
        for who in actors:
            for verb in ("see", "add"):
                rule = RULES[table].of(who, verb)
                answers.append(rule is not None and rule(who, row, world))
        sorts.setdefault(tuple(answers), []).append(row)
    return [row for rows in sorts.values() for row in rows[:most]]


def _copy(table: str, row: Row, n: int) -> Row:
    """The same row under a key of its own."""
    column = KEYS.get(table, ("id",))[-1]
    old = row[column]
    new: Any = 1_000_000_000 + n if isinstance(old, int) else str(uuid.uuid4())
    if table == "kernel_installation":
        new = 2
    return row | {column: new}


def test_nobody_adds_a_row_where_they_may_not(
    services: tuple[Place, Place],
    actors: list[Who],
    world: World,
    lines: dict[str, psycopg.Connection],
    owner: psycopg.Connection,
) -> None:
    wrong = []
    tried = {table: _of_each_sort(table, services, actors, world) for table in RULES}
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                rule = rules.of(who, "add")
                insert = world.insert(table)
                for n, row in enumerate(tried[table] if rule is not None else tried[table][:1]):
                    new = _copy(table, row, n)
                    found = _added(line, insert, new)
                    should: Any = REFUSED
                    if rule is not None:
                        should = "added" if rule(who, new, world) else "hidden"
                    if found != should:
                        wrong.append(
                            f"{who.name} adds to {table} {key_of(table, row)}: {found}, not {should}"
                        )
                        break
    assert not wrong, "\n".join(wrong)


@cache
def _written_columns(owner: psycopg.Connection, table: str) -> sql.Composed:
    """The columns of a table that an insert may name: not those PostgreSQL works out by itself."""
    names = owner.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and not attisdropped and attgenerated = ''",
        (f'public."{table}"',),
    )
    return sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)


def _added(line: psycopg.Connection, insert: sql.Composed, row: Row) -> str:
    try:
        with line.transaction(force_rollback=True):
            line.execute(insert, (json.dumps(row),))
    except psycopg.errors.InsufficientPrivilege as trouble:
        return "hidden" if "row-level security" in str(trouble) else REFUSED
    except psycopg.errors.IntegrityError:
        return "added"
    return "added"


def test_nobody_moves_a_row_to_where_they_may_not_keep_it(
    services: tuple[Place, Place],
    actors: list[Who],
    world: World,
    lines: dict[str, psycopg.Connection],
) -> None:
    places = [str(one.id) for place_ in services for one in (place_.centre, place_.other)]
    moves: dict[str, list[Row]] = {
        "centre_id": [{"centre_id": centre} for centre in places],
        "to_centre_id": [{"to_centre_id": centre} for centre in places],
        "day": [{"day": (LATE + timedelta(days=days)).date().isoformat()} for days in (-1, 0, 1, 2)],
        "service_id": [{"service_id": str(one.system.service_id)} for one in services],
    }
    wrong = []
    for who in actors:
        with acting(lines, who) as line:
            for table, rules in RULES.items():
                see, change = rules.of(who, "see"), rules.of(who, "change")
                if see is None or change is None or not world.tables[table]:
                    continue
                mine = [
                    row
                    for row in _near(world.tables[table], services)
                    if see(who, row, world) and change(who, row, world)
                ][:4]
                for row in mine:
                    for column, values in moves.items():
                        if row.get(column) is None or "id" not in row:
                            continue
                        for value in values:
                            new = row | value
                            found = outcome(
                                line,
                                sql.SQL("update public.{} set {} = %s where id = %s returning 1").format(
                                    sql.Identifier(table), sql.Identifier(column)
                                ),
                                (value[column], row["id"]),
                            )
                            should = change(who, new, world) and see(who, new, world)
                            if (found != "hidden") != should:
                                wrong.append(f"{who.name} moves {table} {row['id']} to {value}: {found}")
    assert not wrong, "\n".join(wrong)


def test_settings_made_by_hand_do_not_make_the_web_the_system(
    services: tuple[Place, Place], lines: dict[str, psycopg.Connection]
) -> None:
    here, _there = services
    web = lines[policies.WEB]
    with web.transaction(force_rollback=True):
        for name in ("system", "service"):
            web.execute("select set_config(%s, %s, true)", (f"kohti.{name}", str(here.system.service_id)))
        web.execute("select set_config('kohti.kind', 'system', true)")
        for table in ("people_person", "diary_booking", "frontdesk_visit", "team_user"):
            query = sql.SQL("select 1 from public.{}").format(sql.Identifier(table))
            assert outcome(web, query) == [], table


def test_a_temporary_table_does_not_stand_in_for_one_of_ours(
    services: tuple[Place, Place], lines: dict[str, psycopg.Connection]
) -> None:
    """A function that sees more than its caller must not be led to a table of the caller's."""
    here, there = services
    web = lines[policies.WEB]
    victim = there.person()
    with web.transaction(force_rollback=True):
        web.execute("create temporary table people_grant as select * from public.people_grant where false")
        web.execute("grant select on pg_temp.people_grant to public")
        web.execute(
            "insert into pg_temp.people_grant (person_id, to_member_id, to_role, starts, ends)"
            " values (%s, %s, '', '2020-01-01', '2030-01-01')",
            (victim.id, here.member("host").member_id),
        )
        web.execute(
            "select kohti.enter('member', %s, null, null, '', '', %s)", (here.member("host").member_id, LATE)
        )
        found = web.execute("select id from public.people_person where id = %s", (victim.id,)).fetchall()
    assert found == []


def test_the_database_roles_cannot_bypass_alter_or_erase(owner: psycopg.Connection) -> None:
    for role in (policies.WEB, policies.WORKER):
        assert owner.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication from pg_roles"
            " where rolname = %s",
            (role,),
        ).fetchone() == (False, False, False, False, False)
        owned = owner.execute(
            "select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = %s"
            " union all select proname from pg_proc p join pg_roles r on r.oid = p.proowner"
            " where r.rolname = %s",
            (role, role),
        ).fetchall()
        assert owned == []
        assert owner.execute(
            "select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = %s",
            (role,),
        ).fetchone() == (0,)
        rights = owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and (has_table_privilege(%(role)s, oid, 'truncate')"
            " or has_table_privilege(%(role)s, oid, 'trigger')"
            " or has_table_privilege(%(role)s, oid, 'references'))",
            {"role": role},
        ).fetchall()
        assert rights == []
        assert (
            owner.execute(
                "select nspname from pg_namespace where has_schema_privilege(%s, oid, 'create')"
                " and nspname !~ '^pg_(toast_)?temp'",
                (role,),
            ).fetchall()
            == []
        )


@pytest.mark.parametrize(
    "statement",
    [
        "alter table people_person disable row level security",
        "alter table people_person disable trigger all",
        "alter table kernel_historyevent disable trigger all",
        "drop table people_person",
        'drop policy "staff see" on people_person',
        "truncate frontdesk_visit",
        "set role kohti_definer",
        "set role kohti_owner",
        "set session authorization kohti_owner",
        "set session_replication_role = replica",
        "create or replace function kohti.floor() returns uuid language sql as $$ select null::uuid $$",
        "create table public.mine (id integer)",
        "create role mine",
        "copy people_person to program 'cat'",
        "insert into kernel_historyevent default values",
        "update kernel_historyevent set verb = 'nothing'",
        "delete from kernel_historyevent",
        "update kernel_historydetail set body = 'nothing'",
        "delete from kernel_historydetail",
        "update kernel_historyseal set events = 0",
        "delete from kernel_historyseal",
        "truncate kernel_historyevent",
        "update kernel_installation set clock_offset_us = 0",
    ],
)
def test_the_database_refuses(statement: str, lines: dict[str, psycopg.Connection]) -> None:
    for line in lines.values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction(force_rollback=True):
            line.execute(statement.encode())


def test_nobody_goes_round_the_policies_on_request(lines: dict[str, psycopg.Connection]) -> None:
    """`row_security = off` makes a query fail rather than be filtered; it never shows more."""
    for line in lines.values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction(force_rollback=True):
            line.execute("set local row_security = off")
            line.execute("select count(*) from people_person")


def test_sealing_and_forgetting_are_not_for_the_web(
    services: tuple[Place, Place], lines: dict[str, psycopg.Connection]
) -> None:
    for call in ("kohti.seal_history(10)", f"kohti.forget_in_history('{uuid.uuid4()}')"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            lines[policies.WEB].transaction(force_rollback=True),
        ):
            lines[policies.WEB].execute(f"select {call}".encode())
    worker = lines[policies.WORKER]
    with (
        pytest.raises(psycopg.errors.RaiseException, match="housekeeping"),
        worker.transaction(force_rollback=True),
    ):
        worker.execute("select kohti.enter('door', null, null, null, '', '', now())")
        worker.execute("select kohti.forget_in_history(%s)", (uuid.uuid4(),))


def test_nobody_writes_history_without_saying_who_they_are(lines: dict[str, psycopg.Connection]) -> None:
    for line in lines.values():
        with (
            pytest.raises(psycopg.errors.RaiseException, match="nobody"),
            line.transaction(force_rollback=True),
        ):
            line.execute("select kohti.record(%s, 'x', 'x', null, '{}', null)", (uuid.uuid4(),))


def test_a_function_that_sees_more_than_its_caller_is_the_definers_and_looks_in_our_schemas_only(
    owner: psycopg.Connection,
) -> None:
    found = owner.execute(
        "select p.proname, r.rolname, p.proconfig from pg_proc p join pg_roles r on r.oid = p.proowner"
        " where p.prosecdef and p.pronamespace in ('kohti'::regnamespace, 'public'::regnamespace)"
        " order by 1"
    ).fetchall()
    assert len(found) >= 8
    for name, role, config in found:
        assert (name, role, config[0]) == (name, policies.DEFINER, "search_path=pg_catalog, public, pg_temp")
        assert set(config[1:]) <= {"plan_cache_mode=force_generic_plan"}, name


def test_the_definer_cannot_sign_in(owner: psycopg.Connection) -> None:
    assert owner.execute(
        "select rolcanlogin, rolsuper from pg_roles where rolname = %s", (policies.DEFINER,)
    ).fetchone() == (False, False)


def test_a_table_without_a_declaration_is_named_and_nothing_is_written(owner: psycopg.Connection) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("create table forgotten_table (id integer)")
        with pytest.raises(RuntimeError, match=r"without a row policy: \['forgotten_table'\]"):
            policies.apply(owner, ROOMS)


def test_a_declaration_without_a_table_is_named(owner: psycopg.Connection) -> None:
    extra = SimpleNamespace(TABLES=(policies.Table(name="not_made"),), FUNCTIONS=())
    with (
        owner.transaction(force_rollback=True),
        pytest.raises(RuntimeError, match=r"without a table: \['not_made'\]"),
    ):
        policies.apply(owner, [*ROOMS, extra])


def test_applying_the_policies_again_changes_nothing(owner: psycopg.Connection) -> None:
    assert policies.apply(owner, ROOMS) is False


def test_policies_of_a_new_release_are_written_over_those_of_the_old_one(owner: psycopg.Connection) -> None:
    with owner.transaction(force_rollback=True):
        owner.execute("comment on schema kohti is 'as an older release wrote them'")
        assert policies.apply(owner, ROOMS) is True
        assert policies.apply(owner, ROOMS) is False


def test_every_table_is_under_policies_its_owner_included(owner: psycopg.Connection) -> None:
    assert (
        owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)"
        ).fetchall()
        == []
    )


def test_nothing_can_point_into_another_service(
    services: tuple[Place, Place], owner: psycopg.Connection
) -> None:
    """Every reference between two tables that carry a service carries it too."""
    here, there = services
    references = owner.execute(
        """
        select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and array_length(c.conkey, 1) = 1
          and (select count(*) from pg_attribute s where s.attrelid in (c.conrelid, c.confrelid)
               and s.attname = 'service_id') = 2
        """
    ).fetchall()
    assert references == []
    with pytest.raises(psycopg.errors.ForeignKeyViolation), owner.transaction(force_rollback=True):
        owner.execute(
            "update diary_booking set person_id = %s, state = 'cancelled' where service_id = %s",
            (there.person().id, here.system.service_id),
        )
