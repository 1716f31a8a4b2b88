"""Two records of one person become one, and two again: nothing is lost, and nobody sees more than before."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import Error, connection
from psycopg import sql as composed
from tests.factories import (
    MORNING,
    TODAY,
    Place,
    acting,
    an_offer,
    as_system,
    browser_of,
    in_threads,
    place,
)

from kohti.config import about
from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.journeys import actions as journeys
from kohti.journeys import attention
from kohti.journeys.models import Answers, Journey, Step
from kohti.kernel import clock, outbox
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id, short
from kohti.outreach import actions as outreach
from kohti.outreach.models import Encounter
from kohti.partners import actions as directory
from kohti.partners.referrals import actions as referrals
from kohti.partners.referrals import links
from kohti.partners.rulings import actions as rulings
from kohti.people import actions as people
from kohti.people import queries
from kohti.people.attachments import actions as papers
from kohti.people.merges import Merge
from kohti.people.models import Contact, Grant, Note, Person
from kohti.people.sharing import actions as sharing
from kohti.workbench import queries as happened
from kohti.workbench.merging import actions, sql
from kohti.workbench.merging import queries as merging

FAR = TODAY + timedelta(days=60)
Rows = dict[str, dict[str, dict[str, Any]]]


def key() -> str:
    return str(new_id())


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture(scope="module")
def owner() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@dataclass(frozen=True)
class Pair:
    """Somebody who was written down twice, each time by another coach, with everything that can stand beside them."""

    kept: Person
    gone: Person
    first: Actor
    second: Actor
    leader: Actor


def known(coach: Actor, name: str, **more: Any) -> Person:
    new = people.NewPerson(full_name=name, **more)
    return acting(coach, people.register, coach.centre, [new], key=key())[0]


def own(coach: Actor) -> uuid.UUID:
    assert coach.member_id is not None
    return coach.member_id


def coach_of(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


def begin(coach: Actor, person: Person) -> uuid.UUID:
    facts = {"employment": journeys.Fact("out-of-work")}
    how = {"owner_id": own(coach), "basis": "task", "facts": facts, "key": key()}
    return acting(coach, journeys.open_journey, person.id, **how)


def filled(here: Place, coach: Actor, person: Person, at: datetime) -> None:
    """Rows in every table of every room about one person."""
    leader = here.member("leader")
    with as_actor(coach) as me:
        for fields in ([], ["health"]):
            note = people.write_note(me, person.id, f"said to {me.facts['name']}", fields=fields, key=key())
        people.correct(me, note, "said otherwise", "a slip", version=1)
        people.add_mark(me, person.id, kind="helps", words="a ramp", review_on=FAR, key=key())
        people.add_mark(me, person.id, kind="helps", words="quiet", sealed="belief", review_on=FAR, key=key())
        people.add_danger(me, person.id, words="two of you", reason="why", ends_on=FAR, key=key())
        people.add_contact(me, person.id, kind="phone", value="07700 900555", key=key())
        people.add_contact(me, person.id, kind="post", value="a street", hidden=True, key=key())
        people.add_representative(
            me, person.id, full_name="Gus", what_for="money", starts_on=TODAY, key=key()
        )
        kin = people.register(me, me.centre, [people.NewPerson(full_name="Kin Known")], key=key())[0]
        people.add_household(me, person.id, kin.id, kind="parent", starts_on=TODAY, key=key())
        papers.bring(me, person.id, b"a text", filename="a.txt", sealed="", key=key())
        spot = outreach.add_spot(me, outreach.SpotWords(name=key(), kind="street"), key=key())
        met = outreach.NewEncounter(spot_id=spot, about=["health"])
        outreach.write_encounters(me, [met])
        outreach.become(me, Encounter.objects.get(id=met.id).reached_id, person.id, key=key())
    way = begin(coach, person)
    here.member("decision-maker")
    acting(coach, rulings.ask, way, kind="training", words="May they?", fields=["work"], key=key())
    with as_actor(coach) as me:
        aim = journeys.NewAim(words="bake again", field="work")
        step = journeys.NewStep(words="ring the bakery", due_on=FAR, aim_id=aim.id)
        needs = (journeys.Said("work", 2), journeys.Said("health", 1))
        journeys.write_contact(
            me, way, journeys.NewContact(channel="here", needs=needs, changes=(aim, step)), key=key()
        )
        helper = here.hire("partner", centre="cheltenham", name=f"Ruth {new_id().hex}")
        journeys.ask_to_help(me, step.id, own(helper), until=FAR, told="agreed", key=key())
        journeys.reach(me, way, "job", TODAY, key=key())
        journeys.pause(me, way, FAR, "in hospital", key=key())
        journeys.cover(me, [way], own(leader), starts=MORNING, ends=MORNING + timedelta(days=3), key=key())
        asked = own(coach_of(here))
        journeys.ask_to_take_over(me, way, asked, from_day=TODAY, until_day=FAR, words="please", key=key())
        Answers.objects.create(
            service_id=me.service, person_id=person.id, journey_id=way, view="coach", at=MORNING,
            answers={"1": 2}, sheet=new_id(), by_member=me.member_id,
        )  # fmt: skip
    with as_system(here.system):
        Journey.objects.filter(id=way).update(limit_on=FAR)
    acting(leader, journeys.extend, way, 7, "nearly there", key=key())
    booked = here.booking(at, person=person)
    with as_actor(leader):
        frontdesk.check_in(leader, booked.id, key=key())
        people.open_in_emergency(leader, person.id, "bleeding", key=key())
        to = outbox.To(kind="person", address="ann@example.org", id=person.id, name="Ann")
        outbox.write(
            leader, channel="mail", to=to, kind="note", body="Hello", key=key(), centre_id=leader.centre
        )
    ahead = here.booking(at + timedelta(days=7), person=person)
    an_offer(here, acting(leader, diary.ask_earlier, ahead.id, key=key()))


def referred(leader: Actor, coach: Actor, person: Person) -> None:
    """To a partner without an account, who got a link."""
    partner = acting(leader, directory.add_partner, directory.PartnerWords(name="Debt help"), key=key())
    wanted = referrals.Wanted(
        partner_id=partner, how="message", about="debts", fields={"reach": "to ring"}, until=FAR
    )
    made = acting(coach, referrals.write, person.id, wanted, key=key())
    acting(coach, referrals.send, made, key=key())
    acting(coach, links.make, made, mail=False, key=key())


@pytest.fixture
def pair(here: Place) -> Pair:
    first, second, leader = coach_of(here), coach_of(here), here.member("leader")
    kept = known(first, "Ann Known", phone="07700 900124", date_of_birth=date(1990, 4, 1))
    gone = known(second, "Anne Knowne", phone="07700 900 124", languages=("fi",), called="Annie")
    filled(here, first, kept, MORNING + timedelta(minutes=10))
    filled(here, second, gone, MORNING + timedelta(minutes=30))
    housing = here.organisation("housing-body")
    # Somebody may read what is sealed on both; else they could not become one.
    for coach, person in ((first, kept), (second, gone)):
        for field in ("health", "belief", "address"):
            how = {"until": MORNING + timedelta(days=30), "field": field, "key": key()}
            acting(coach, people.give_sight, person.id, own(leader), **how)
        share: dict[str, Any] = {"what_for": "a flat", "basis": "public-task", "key": key()}
        share |= {"until": MORNING.date() + timedelta(days=30), "organisation_id": housing}
        acting(coach, sharing.share, person.id, fields=["work", "reach"], **share)
        referred(leader, coach, person)
    return Pair(kept, gone, first, second, leader)


def way_of(here: Place, person: Person) -> Journey:
    with as_system(here.system):
        return Journey.objects.get(person_id=person.id)


def merged(pair: Pair, *, way: uuid.UUID | None = None, **choices: str) -> uuid.UUID:
    return acting(pair.leader, actions.merge, pair.kept.id, pair.gone.id, choices, key=key(), way_id=way)


def rows_about(owner: psycopg.Connection[Any], *persons: uuid.UUID) -> Rows:
    """Every row of every table in which one of these people is named, but history and what merging itself keeps."""
    found: Rows = {}
    tables = owner.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    ).fetchall()
    like = "|".join(str(one) for one in persons)
    for (table,) in tables:
        if table.startswith(("kernel_history", "kernel_done", "people_merge", "procrastinate")):
            continue
        rows = owner.execute(
            composed.SQL("select to_jsonb(t) from {} t where t::text ~ %s").format(
                composed.Identifier(table)
            ),
            (like,),
        ).fetchall()
        if rows:
            found[table] = {str(row.get("id", row)): row for (row,) in rows}
    return found


def in_force(rows: Rows) -> list[tuple[Any, ...]]:
    """What the grants of some rows show, and to whom."""
    to = ("to_member_id", "to_organisation_id", "to_centre_id", "to_role")
    said = ("person_id", *to, "field", "purpose", "because_id", "ends")
    now = clock.now().isoformat()
    held = [row for row in rows["people_grant"].values() if row["ends"] > max(now, row["starts"])]
    return sorted(tuple(str(row[one]) for one in said) for row in held)


def holds_right(here: Place) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        found = attention.check(connection, clock.now(), here.system.service)
    assert found.wrong == 0, found.faults


def test_merging_and_undoing_leaves_every_row_of_every_table_as_it_was(
    here: Place, pair: Pair, owner: psycopg.Connection[Any]
) -> None:
    before = rows_about(owner, pair.kept.id, pair.gone.id)
    carried = {one.table for one in sql.CARRIED} - {
        "people_transfer",
        "people_restriction",
        "journeys_ending",
    }
    assert carried <= set(before), carried - set(before)
    merge = merged(pair, way=way_of(here, pair.gone).id, full_name="gone", languages="both", called="gone")
    holds_right(here)
    left = rows_about(owner, pair.gone.id)
    assert set(left) == {"people_person", "people_grant"}, left
    undone = acting(pair.leader, actions.unmerge, merge)
    assert undone is not None
    assert undone.left == 0
    holds_right(here)
    after = rows_about(owner, pair.kept.id, pair.gone.id)
    assert in_force(after) == in_force(before)
    del before["people_grant"], after["people_grant"]
    for table, rows in before.items():
        assert after[table] == rows, table
    assert set(after) == set(before)


def test_no_column_that_names_a_person_is_forgotten(owner: psycopg.Connection[Any]) -> None:
    """A new table says in its room's `carried.py` what becomes of its rows."""
    named = {
        (str(table), str(column))
        for table, column in owner.execute(
            "select c.table_name, c.column_name from information_schema.columns c"
            " where c.table_schema = 'public' and c.udt_name in ('uuid', '_uuid') and c.column_name ~ 'person|^to_id$'"
            " union select r.relname, a.attname from pg_constraint f join pg_class r on r.oid = f.conrelid"
            " join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any(f.conkey)"
            " where f.contype = 'f' and f.confrelid = 'people_person'::regclass and a.attname <> 'service_id'"
        )
    }
    carried = {(one.table, column) for one in sql.CARRIED for column in one.columns}
    assert named == carried | set(sql.STAYS)


def test_what_is_sealed_counts_as_sealed_wherever_it_stands(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "select table_name, udt_name from information_schema.columns"
        " where table_schema = 'public' and column_name = 'sealed'"
    ).fetchall()
    # Why a note stands is told apart from it, by a key that is no field of life.
    sealed = {
        str(table): "many" if kind == "_varchar" else "one" for table, kind in found if table != "people_why"
    }
    assert {one.table: one.sealed for one in sql.CARRIED if one.sealed} == sealed


def letters() -> str:
    """A name that nobody else has."""
    return "".join(chr(ord("a") + int(one, 16)) for one in new_id().hex).title()


def two(here: Place, coach: Actor | None = None) -> Pair:
    """Somebody who was written down twice, with nothing beside them."""
    first, second = coach or coach_of(here), coach_of(here)
    return Pair(
        known(first, f"Ann {letters()}"),
        known(second, f"Anne {letters()}"),
        first,
        second,
        here.member("leader"),
    )


def sees(actor: Actor, person: Person) -> bool:
    with as_actor(actor):
        return Person.objects.filter(id=person.id).exists()


def texts(actor: Actor, person: Person) -> set[str]:
    with as_actor(actor):
        return set(Note.objects.filter(person_id=person.id).values_list("text", flat=True))


def refused(code: str, actor: Actor, action: Any, *about: Any, **how: Any) -> None:
    with pytest.raises(Refused) as told:
        acting(actor, action, *about, **how)
    assert told.value.code == code


def test_every_way_to_the_former_record_leads_to_the_kept_one(here: Place) -> None:
    pair = two(here)
    former = (pair.gone.reference, pair.gone.full_name)
    merged(pair)
    with as_actor(pair.leader) as leader:
        for typed in former:
            assert [one.id for one in queries.find(leader, typed)] == [pair.kept.id]
        assert queries.leads_to(pair.gone.id) == pair.kept.id
        with pytest.raises(NotThere):
            queries.open_person(leader, pair.gone.id)
    assert sees(pair.second, pair.kept), "whoever had the one has both"
    browser = browser_of(pair.leader)
    old = browser.get(f"/people/{short(pair.gone.id)}/plan/")
    assert (old.status_code, old["Location"]) == (302, f"/people/{short(pair.kept.id)}/plan/")
    assert (
        browser_of(here.member("coach", centre="gloucester"))
        .get(f"/people/{short(pair.gone.id)}/")
        .status_code
        == 404
    )


def test_an_emergency_opens_no_record_that_went_into_another(here: Place) -> None:
    pair = two(here)
    merged(pair)
    for actor in (pair.leader, pair.second):
        with pytest.raises(NotThere):
            acting(actor, people.open_in_emergency, pair.gone.id, "a fall", key=key())


def test_the_history_of_both_is_read_on_the_kept_one(here: Place) -> None:
    pair = two(here)
    acting(pair.second, people.write_note, pair.gone.id, "before", key=key())
    merged(pair)
    with as_actor(pair.leader) as leader:
        found, _more = happened.happenings(leader, happened.Asked(person_id=pair.kept.id))
    assert {"note.written", "person.merged", "person.registered"} <= {one.verb for one in found}


def test_of_two_open_ways_one_goes_on_and_the_other_can_be_read(
    here: Place, owner: psycopg.Connection[Any]
) -> None:
    pair = two(here)
    ways = [begin(pair.first, pair.kept), begin(pair.second, pair.gone)]
    refused("which-way", pair.leader, actions.merge, pair.kept.id, pair.gone.id, {}, key=key())
    refused(
        "which-way", pair.leader, actions.merge, pair.kept.id, pair.gone.id, {}, key=key(), way_id=new_id()
    )
    merge = merged(pair, way=ways[1])
    holds_right(here)
    with as_system(here.system):
        ended, on = Journey.objects.get(id=ways[0]), Journey.objects.get(id=ways[1])
        assert (ended.person_id, on.person_id) == (pair.kept.id, pair.kept.id)
        assert ended.closed_at == MORNING
        assert on.closed_at is None
        assert on.owner_id == pair.second.member_id
    step = journeys.NewStep(words="ring", due_on=FAR)
    acting(pair.second, journeys.change_plan, ways[1], [step], key=key())
    acting(pair.leader, actions.unmerge, merge)
    holds_right(here)
    with as_system(here.system):
        assert not Journey.objects.filter(id__in=ways, closed_at__isnull=False).exists()
        assert Journey.objects.get(id=ways[1]).person_id == pair.gone.id
        assert Step.objects.get(id=step.id).person_id == pair.gone.id, "what belongs to a way goes with it"
    with clock.held_at(MORNING + timedelta(days=200)):
        assert sees(pair.first, pair.kept), "who has a way in hand sees its person for as long"
        assert sees(pair.second, pair.gone)
        assert not sees(pair.second, pair.kept)


def test_what_was_written_since_stays_with_the_kept_one(here: Place) -> None:
    pair = two(here)
    acting(pair.second, people.write_note, pair.gone.id, "before", key=key())
    merge = merged(pair, full_name="gone")
    acting(pair.first, people.write_note, pair.kept.id, "since", key=key())
    basics = people.Basics(
        full_name="Quite Another", called="", date_of_birth=None, languages=(), interpreter=""
    )
    acting(pair.leader, people.keep_basics, pair.kept.id, basics)
    with as_actor(pair.leader) as leader:
        assert merging.merge_of(leader, merge).since == {"people_note": 1}
    acting(pair.leader, actions.unmerge, merge)
    assert texts(pair.leader, pair.kept) == {"since"}
    assert texts(pair.leader, pair.gone) == {"before"}
    with as_actor(pair.leader):
        kept, gone = Person.objects.get(id=pair.kept.id), Person.objects.get(id=pair.gone.id)
    assert (kept.full_name, kept.folded) == ("Quite Another", "quite another"), (
        "who changed it since is right"
    )
    assert gone.full_name == pair.gone.full_name
    assert acting(pair.leader, actions.unmerge, merge) is None


def test_sight_that_somebody_ended_since_does_not_come_back(here: Place) -> None:
    pair = two(here)
    third = coach_of(here)
    acting(
        pair.leader, people.give_sight, pair.gone.id, own(third), until=MORNING + timedelta(days=9), key=key()
    )
    merge = merged(pair)
    assert sees(third, pair.kept)
    with as_actor(pair.leader):
        grant = Grant.objects.get(person_id=pair.kept.id, to_member_id=own(third))
    acting(pair.leader, people.end_sight, grant.id)
    acting(pair.leader, actions.unmerge, merge)
    assert not sees(third, pair.gone)
    assert not sees(third, pair.kept)
    assert sees(pair.second, pair.gone)
    assert not sees(pair.second, pair.kept)


def test_nobody_reads_more_of_what_is_sealed_than_before(here: Place) -> None:
    pair = two(here)
    acting(pair.first, people.write_note, pair.kept.id, "open", key=key())
    acting(pair.second, people.write_note, pair.gone.id, "of health", fields=["health"], key=key())
    merge = merged(pair)
    assert texts(pair.leader, pair.kept) == {"open"}
    assert texts(pair.first, pair.kept) == {"open"}
    assert texts(pair.second, pair.kept) == {"open", "of health"}
    with as_actor(pair.leader) as leader:
        assert not Merge.objects.filter(id=new_id()).exists()
        assert merging.merge_of(leader, merge).who
    acting(pair.leader, actions.unmerge, merge)
    assert texts(pair.second, pair.gone) == {"of health"}
    acting(pair.first, people.write_note, pair.kept.id, "later", fields=["health"], key=key())
    assert texts(pair.first, pair.kept) == {"open", "later"}, (
        "the first to seal something holds its key still"
    )


def test_what_both_hold_under_one_seal_waits_until_somebody_holds_both_keys(here: Place) -> None:
    pair = two(here)
    acting(pair.first, people.write_note, pair.kept.id, "one", fields=["health"], key=key())
    acting(pair.second, people.write_note, pair.gone.id, "two", fields=["health"], key=key())
    refused("key", pair.leader, actions.merge, pair.kept.id, pair.gone.id, {}, key=key())
    until = MORNING + timedelta(days=30)
    acting(pair.leader, people.give_sight, pair.gone.id, own(pair.first), until=until, key=key())
    acting(
        pair.second, people.give_sight, pair.gone.id, own(pair.first), until=until, field="health", key=key()
    )
    merge = merged(pair)
    assert texts(pair.first, pair.kept) == {"one", "two"}
    assert texts(pair.second, pair.kept) == set(), "with one key of two nothing is read"
    acting(pair.leader, actions.unmerge, merge)
    assert texts(pair.second, pair.gone) == {"two"}


def test_a_restricted_record_stays_so_for_those_who_are_named(
    here: Place, owner: psycopg.Connection[Any]
) -> None:
    pair = two(here)
    begin(pair.first, pair.kept)
    named = [own(pair.leader), own(pair.second)]
    acting(pair.leader, people.restrict, pair.gone.id, named, "a relative", key=key())
    merge = merged(pair)
    holds_right(here)
    assert sees(pair.leader, pair.kept)
    assert sees(pair.second, pair.kept)
    assert not sees(pair.first, pair.kept)
    acting(pair.leader, actions.unmerge, merge)
    holds_right(here)
    assert sees(pair.first, pair.kept)
    assert way_of(here, pair.kept).owner_id == pair.first.member_id
    assert not sees(pair.first, pair.gone)
    assert sees(pair.second, pair.gone)


def test_of_two_restricted_records_those_see_the_one_who_are_named_on_both(here: Place) -> None:
    pair = two(here)
    acting(pair.leader, people.restrict, pair.gone.id, [own(pair.leader), own(pair.second)], "why", key=key())
    acting(pair.leader, people.restrict, pair.kept.id, [own(pair.leader), own(pair.first)], "why", key=key())
    merge = merged(pair)
    assert [sees(one, pair.kept) for one in (pair.leader, pair.first, pair.second)] == [True, False, False]
    acting(pair.leader, actions.unmerge, merge)
    assert [sees(one, pair.kept) for one in (pair.leader, pair.first, pair.second)] == [True, True, False]
    assert [sees(one, pair.gone) for one in (pair.leader, pair.first, pair.second)] == [True, False, True]
    with as_actor(pair.leader):
        assert queries.restriction_of(pair.gone.id) == pair.leader.facts["name"]


def test_a_restricted_record_is_merged_by_who_is_named_alone_and_not_undone_once_it_was_opened(
    here: Place,
) -> None:
    pair = two(here)
    acting(pair.leader, people.restrict, pair.gone.id, [own(pair.leader)], "why", key=key())
    merge = merged(pair)
    acting(pair.leader, people.open_record, pair.kept.id)
    refused("restricted", pair.leader, actions.unmerge, merge)
    other = two(here)
    acting(other.leader, people.restrict, other.kept.id, [own(other.first)], "why", key=key())
    with pytest.raises(NotThere):
        merged(other)


def test_nobody_is_in_two_places_at_one_time(here: Place) -> None:
    pair = two(here)
    stays, goes = here.booking(person=pair.kept), here.booking(person=pair.gone)
    later = here.booking(MORNING + timedelta(days=2), person=pair.gone)
    merge = merged(pair)

    def state(one: Booking) -> tuple[str, uuid.UUID | None]:
        with as_system(here.system):
            found = Booking.objects.get(id=one.id)
        return found.state, found.person_id

    assert state(stays) == ("booked", pair.kept.id)
    assert state(goes) == ("cancelled", pair.kept.id)
    assert state(later) == ("booked", pair.kept.id)
    undone = acting(pair.leader, actions.unmerge, merge)
    assert undone is not None
    assert undone.left == 0
    assert state(goes) == ("booked", pair.gone.id)


def test_an_hour_that_was_given_away_since_is_not_taken_back(here: Place) -> None:
    pair = two(here)
    colleague = here.staff()
    here.booking(person=pair.kept)
    goes = here.booking(person=pair.gone, staff_id=colleague.id)
    merge = merged(pair)
    here.booking(staff_id=colleague.id)
    undone = acting(pair.leader, actions.unmerge, merge)
    assert undone is not None
    assert undone.left == 1
    with as_system(here.system):
        assert Booking.objects.get(id=goes.id).state == "cancelled"
        assert Booking.objects.get(id=goes.id).person_id == pair.gone.id


def test_only_who_leads_both_makes_two_records_one(here: Place) -> None:
    pair = two(here)
    for role in ("host", "coach", "administrator"):
        with pytest.raises(NotAllowed):
            acting(here.member(role), actions.merge, pair.kept.id, pair.gone.id, {}, key=key())
    elsewhere = here.member("leader", centre="gloucester")
    with pytest.raises(NotThere):
        acting(elsewhere, actions.merge, pair.kept.id, pair.gone.id, {}, key=key())
    theirs = here.person(centre=here.other)
    far = MORNING + timedelta(days=3)
    acting(elsewhere, people.give_sight, theirs.id, own(pair.leader), until=far, key=key())
    for one, other in ((pair.kept, theirs), (theirs, pair.kept)):
        refused("elsewhere", pair.leader, actions.merge, one.id, other.id, {}, key=key())
    with pytest.raises(NotThere):
        acting(pair.leader, actions.merge, pair.kept.id, pair.kept.id, {}, key=key())
    merge = merged(pair)
    with pytest.raises(NotThere):
        acting(elsewhere, actions.unmerge, merge)
    with pytest.raises(NotAllowed):
        acting(pair.first, actions.unmerge, merge)


def test_the_database_refuses_whoever_goes_round_the_action(here: Place) -> None:
    pair = two(here)
    for actor in (pair.first, here.member("leader", centre="gloucester"), here.member("host")):
        with as_actor(actor), connection.cursor() as cursor:
            cursor.execute(
                "select kohti.merge_people(%s, %s, %s, '{}', null, '')",
                [new_id(), pair.kept.id, pair.gone.id],
            )
            assert cursor.fetchone() == ("not-there",)
    with pytest.raises(Error), as_actor(pair.leader):
        Person.objects.filter(id=pair.gone.id).update(merged_into_id=pair.kept.id)


def test_asked_for_twice_or_by_two_leaders_at_once_it_happens_once(here: Place) -> None:
    pair = two(here)
    once = key()
    first = acting(pair.leader, actions.merge, pair.kept.id, pair.gone.id, {}, key=once)
    assert acting(pair.leader, actions.merge, pair.kept.id, pair.gone.id, {}, key=once) == first
    again = two(here)
    leaders = [here.hire("leader", centre="cheltenham", name=f"Lead {n}") for n in range(4)]

    def one(n: int) -> uuid.UUID:
        kept, gone = (again.kept, again.gone) if n % 2 else (again.gone, again.kept)
        return acting(leaders[n], actions.merge, kept.id, gone.id, {}, key=key())

    found = in_threads(4, one, at_once=4)
    assert len([made for made in found if isinstance(made, uuid.UUID)]) == 1, found
    assert {made.code for made in found if isinstance(made, Refused)} == {"merged"}, found


def test_a_crash_in_the_middle_changes_nothing(here: Place, owner: psycopg.Connection[Any]) -> None:
    pair = two(here)
    begin(pair.first, pair.kept)
    way = begin(pair.second, pair.gone)
    before = rows_about(owner, pair.kept.id, pair.gone.id)
    with pytest.raises(RuntimeError), as_actor(pair.leader) as leader:
        actions.merge(leader, pair.kept.id, pair.gone.id, {}, key=key(), way_id=way)
        raise RuntimeError("the power failed")
    assert rows_about(owner, pair.kept.id, pair.gone.id) == before


def test_what_is_written_at_the_very_moment_is_not_lost_on_the_empty_record(here: Place) -> None:
    pair = two(here)
    merged(pair)
    with pytest.raises(Error), as_system(here.system) as system:
        Contact.objects.create(
            service_id=system.service, person_id=pair.gone.id, kind="phone", value="1", created_at=MORNING
        )


def test_whoever_was_forgotten_since_is_not_put_back(here: Place, owner: psycopg.Connection[Any]) -> None:
    pair = two(here)
    merge = merged(pair, full_name="gone")
    with as_system(here.system) as system:
        told = about.tell(system, pair.gone.id)
        assert pair.kept.full_name in str(told["mergedrow"])
        about.forget(system, pair.gone.id)
        left = about.tell(system, pair.kept.id)
    for name in (pair.kept.full_name, pair.gone.full_name):
        assert name not in str(left)
        assert name.casefold() not in str(rows_about(owner, pair.kept.id, pair.gone.id))
    refused("forgotten", pair.leader, actions.unmerge, merge)


def test_merges_are_undone_the_last_first(here: Place) -> None:
    pair = two(here)
    third = known(pair.first, "Third Time")
    first = merged(pair)
    second = acting(pair.leader, actions.merge, third.id, pair.kept.id, {}, key=key())
    with as_actor(pair.leader) as leader:
        assert [one.id for one in queries.find(leader, pair.gone.reference)] == [third.id]
    with pytest.raises(NotThere):
        acting(pair.leader, actions.unmerge, first)
    acting(pair.leader, actions.unmerge, second)
    acting(pair.leader, actions.unmerge, first)
    assert sees(pair.second, pair.gone)


def test_who_may_be_written_down_twice_stands_on_a_list_until_somebody_says_no(here: Place) -> None:
    leader = here.hire("leader", centre="stroud", name="Lee Stroud")
    coach = here.hire("coach", centre="stroud", name="Cole Stroud")
    one = known(coach, "Katarzyna Nowak", date_of_birth=date(1990, 4, 1))
    other = known(coach, "Catharzina Novak", date_of_birth=date(1990, 4, 1))
    known(coach, "Peter Smith", phone="07700 900321")
    known(coach, "Jane Brown", date_of_birth=date(1990, 4, 1))
    with as_actor(leader):
        assert [(pair.one.id, pair.other.id) for pair in merging.likely(leader)[0]] == [(one.id, other.id)]
    acting(leader, actions.keep_apart, other.id, one.id)
    acting(leader, actions.keep_apart, one.id, other.id)
    with as_actor(leader):
        assert merging.likely(leader) == ([], None)


def test_each_way_to_reach_them_is_chosen_by_itself_and_undoing_brings_all_back(
    here: Place, owner: psycopg.Connection[Any]
) -> None:
    pair = two(here)

    def reach(coach: Actor, person: Person, kind: str, value: str) -> uuid.UUID:
        return acting(coach, people.add_contact, person.id, kind=kind, value=value, key=key())

    for kind, kept, gone in (
        ("phone", "07700 900601", "07700 900602"),
        ("email", "ann@old.example", "ann@new.example"),
        ("post", "1 Old Lane", "2 New Lane"),
    ):
        reach(pair.first, pair.kept, kind, kept)
        reach(pair.second, pair.gone, kind, gone)
    before = rows_about(owner, pair.kept.id, pair.gone.id)["people_contact"]
    browser = browser_of(pair.leader)
    address = f"/people/{short(pair.kept.id)}/same-as/{short(pair.gone.id)}/"
    page = browser.get(address).content.decode()
    boxes = {
        row["value"]: row["id"]
        for row in before.values()
        if f'name="stays" value="{row["id"]}" checked' in page
    }
    assert len(boxes) == 6, "all are ticked at first"
    stay = [boxes[one] for one in ("07700 900601", "07700 900602", "ann@new.example", "1 Old Lane")]
    seen = browser.post(address, {"key": key(), "ways_shown": "yes", "stays": stay}).content.decode()
    for value in boxes:
        assert (value in seen) == (boxes[value] in stay), value
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', seen))
    once_more = browser.post(address, {**form, "back": "yes"}).content.decode()
    assert {one for one in boxes.values() if f'value="{one}" checked' in once_more} == set(stay)
    assert browser.post(address, {**form, "sure": "yes"}).status_code == 302
    with as_actor(pair.leader):
        held = Contact.objects.filter(person_id=pair.kept.id, ended_at=None).values_list("id", flat=True)
        assert {str(one) for one in held} == set(stay)
        merge = Merge.objects.get(kept_id=pair.kept.id)
    acting(pair.leader, actions.unmerge, merge.id)
    assert rows_about(owner, pair.kept.id, pair.gone.id)["people_contact"] == before


def test_a_hidden_address_ends_by_nobody_who_may_not_read_it(here: Place) -> None:
    pair = two(here)
    hidden = acting(
        pair.second, people.add_contact, pair.gone.id, kind="post", value="a street", hidden=True, key=key()
    )
    acting(pair.leader, actions.merge, pair.kept.id, pair.gone.id, {}, key=key(), without=[hidden])
    with as_system(here.system):
        assert Contact.objects.get(id=hidden).ended_at is None


def test_on_screen_two_records_are_looked_at_made_one_and_two_again(here: Place) -> None:
    pair = two(here)
    acting(pair.second, people.write_note, pair.gone.id, "secret words", fields=["health"], key=key())
    browser = browser_of(pair.leader)
    assert b"Perhaps the same person" in browser.get("/people/").content
    found = browser.post(f"/people/{short(pair.kept.id)}/same-as/", {"q": pair.gone.reference})
    address = f"/people/{short(pair.kept.id)}/same-as/{short(pair.gone.id)}/"
    assert address.encode() in found.content
    page = browser.get(address)
    assert page.status_code == 200
    preview = browser.post(address, {"key": key(), "full_name": "gone"})
    assert preview.status_code == 200
    assert b"sealed, and not open to you: 1" in preview.content
    assert b"secret words" not in preview.content
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview.content.decode()))
    changed = known(pair.first, "Kin Of Theirs")
    acting(
        pair.leader, people.add_household, pair.kept.id, changed.id, kind="parent", starts_on=TODAY, key=key()
    )
    again = browser.post(address, {**form, "sure": "yes"})
    assert again.status_code == 422, "what was not looked at is not merged"
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', again.content.decode()))
    assert browser.post(address, {**form, "sure": "yes"}).status_code == 302
    person = browser.get(f"/people/{short(pair.kept.id)}/same-as/").content.decode()
    undo = re.search(r'href="(/people/merged/[^"]+)"', person)
    assert undo is not None
    assert b"Two records again" in browser.get(undo[1]).content
    assert browser.post(undo[1]).status_code == 302
    assert browser.get(f"/people/{short(pair.gone.id)}/").status_code == 200
