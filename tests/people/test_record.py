"""A person's record: sealed, hidden and restricted parts, marks that end, notes that are never lost."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

import psycopg
import pytest
from django.db import Error, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import MORNING, TODAY, Place, acting, as_system, place

from kohti.kernel import clock, live
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people import actions, person, queries
from kohti.people.actions import NewPerson
from kohti.people.models import Grant, Note, Person

LATER = TODAY + timedelta(days=60)


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def key() -> str:
    return str(uuid.uuid4())


def known(coach: Actor, name: str = "Ann Known", **more: object) -> Person:
    """Somebody a coach registers, and so sees."""
    new = NewPerson(full_name=name, **more)  # type: ignore[arg-type]
    return acting(coach, actions.register, coach.centre, [new], key=key())[0]


def sees(actor: Actor, person_id: uuid.UUID) -> bool:
    with as_actor(actor):
        return Person.objects.filter(id=person_id).exists()


def texts(actor: Actor, person_id: uuid.UUID) -> list[str]:
    with as_actor(actor):
        return [one.text for one in Note.objects.filter(person_id=person_id).order_by("-at", "-id")]


def marks(actor: Actor, person_id: uuid.UUID) -> list[str]:
    with as_actor(actor):
        return [mark.words for mark in queries.open_person(actor, person_id).marks]


def write(actor: Actor, person_id: uuid.UUID, text: str, fields: Sequence[str] = ()) -> uuid.UUID:
    return acting(actor, actions.write_note, person_id, text, fields=fields, key=key())


def share(giver: Actor, person_id: uuid.UUID, to: Actor, field: str = "") -> uuid.UUID:
    until = MORNING + timedelta(days=30)
    return acting(giver, actions.give_sight, person_id, to.member_id, until=until, field=field, key=key())


def history_of(owner: psycopg.Connection, person_id: uuid.UUID) -> list[str]:
    rows = owner.execute(
        "select verb from kernel_historyevent where %s = any(person_ids) order by xid, id", (person_id,)
    )
    return [row[0] for row in rows]


# --------------------------------------------------------------------------- who registers, sees for a month


def test_whoever_registers_somebody_sees_them_for_a_month_and_their_leader_at_once(here: Place) -> None:
    coach, colleague = here.member("coach"), here.member("coach", name="Another Coach")
    someone = known(coach, "")
    assert sees(coach, someone.id)
    assert sees(here.member("leader"), someone.id)
    assert not sees(colleague, someone.id)
    assert not sees(here.member("leader", centre="gloucester"), someone.id)
    with clock.held_at(MORNING + timedelta(days=31)):
        assert not sees(coach, someone.id)


def test_registering_twice_with_one_key_adds_one(here: Place) -> None:
    coach, once = here.member("coach"), key()
    people = [
        acting(coach, actions.register, coach.centre, [NewPerson(full_name="Twice Pressed")], key=once)[0].id
        for _n in range(2)
    ]
    assert people[0] == people[1]


def test_a_host_does_not_write_into_records(here: Place) -> None:
    someone = known(here.member("coach"))
    host = here.member("host")
    for action, about in (
        (actions.write_note, (someone.id, "x")),
        (actions.keep_reach, (someone.id, actions.Reach(safe_contact="", not_by="", no_messages=False))),
    ):
        how = {"key": key()} if action is actions.write_note else {}
        with pytest.raises(NotAllowed):
            acting(host, action, *about, **how)


# --------------------------------------------------------------------------- seals


def test_what_is_sealed_is_not_there_without_its_key_and_two_fields_need_both(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    write(coach, someone.id, "open")
    write(coach, someone.id, "of health", ["health"])
    write(coach, someone.id, "of both", ["health", "belief"])
    assert texts(leader, someone.id) == ["open"]
    share(coach, someone.id, leader, "health")
    assert set(texts(leader, someone.id)) == {"open", "of health"}
    ended = share(coach, someone.id, leader, "belief")
    assert set(texts(leader, someone.id)) == {"open", "of health", "of both"}
    acting(coach, actions.end_sight, ended)
    assert set(texts(leader, someone.id)) == {"open", "of health"}


def test_a_key_is_not_had_by_writing_under_it(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    write(coach, someone.id, "secret", ["health"])
    with pytest.raises(Refused):
        write(leader, someone.id, "let me in", ["health"])
    assert texts(leader, someone.id) == []


def test_who_holds_no_key_cannot_give_it(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    write(coach, someone.id, "secret", ["health"])
    with pytest.raises(Refused):
        share(leader, someone.id, leader, "health")


def test_health_and_belief_are_seen_with_their_key_and_transport_by_everybody_at_the_desk(
    here: Place,
) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    for words, about in (("step-free", "transport"), ("insulin at noon", "health")):
        sealed = about if about == "health" else ""
        acting(
            coach, actions.add_mark, someone.id,
            kind="helps", words=words, about=about, sealed=sealed, review_on=LATER, key=key(),
        )  # fmt: skip
    assert marks(coach, someone.id) == ["step-free", "insulin at noon"]
    assert marks(leader, someone.id) == ["step-free"]


def test_a_hidden_address_is_known_to_be_hidden_and_seen_by_who_holds_its_key_alone(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    acting(coach, actions.add_contact, someone.id, kind="post", value="1 Safe St", hidden=True, key=key())
    with as_actor(leader):
        card = queries.open_person(leader, someone.id)
        assert card.address_hidden
        assert card.contacts == ()
        actions.open_in_emergency(leader, someone.id, "they collapsed", key=key())
        assert queries.open_person(leader, someone.id).contacts == ()
    share(coach, someone.id, leader, "address")
    with as_actor(leader):
        assert queries.open_person(leader, someone.id).contacts == (("post", "1 Safe St"),)


FIELDS = ("health", "belief", "address")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sealed=st.sets(st.sampled_from(FIELDS)),
    given_keys=st.lists(st.tuples(st.sampled_from(FIELDS), st.booleans()), max_size=4),
)
def test_a_note_is_read_exactly_with_all_keys_of_its_sealed_fields(
    here: Place, sealed: set[str], given_keys: list[tuple[str, bool]]
) -> None:
    with clock.held_at(MORNING):
        coach, leader = here.member("coach"), here.member("leader")
        someone = known(coach)
        for field in FIELDS:
            write(coach, someone.id, f"first of {field}", [field])
        write(coach, someone.id, "the one", sorted(sealed))
        held = set()
        for field, then_ended in given_keys:
            grant = share(coach, someone.id, leader, field)
            if then_ended:
                acting(coach, actions.end_sight, grant)
            else:
                held.add(field)
        assert ("the one" in texts(leader, someone.id)) == (sealed <= held)


# --------------------------------------------------------------------------- marks end


def test_a_mark_is_looked_at_again_within_a_year_and_a_danger_ends_within_half_of_one(here: Place) -> None:
    coach = here.member("coach")
    someone = known(coach)
    for day in (TODAY, TODAY + timedelta(days=367)):
        with pytest.raises(Refused):
            acting(
                coach, actions.add_mark, someone.id, kind="vulnerable", words="w", review_on=day, key=key()
            )
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=184)):
        with pytest.raises(Refused):
            acting(coach, actions.add_danger, someone.id, words="w", reason="r", ends_on=day, key=key())


def test_a_danger_is_seen_until_its_day_and_its_reason_by_who_gave_it_and_the_leader(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    colleague = here.member("coach", name="Third Coach")
    share(leader, someone.id, colleague)
    acting(
        coach, actions.add_danger, someone.id,
        words="come with a colleague", reason="threw a chair", ends_on=TODAY + timedelta(days=7), key=key(),
    )  # fmt: skip
    for who, reasons in ((coach, ["threw a chair"]), (leader, ["threw a chair"]), (colleague, [])):
        with as_actor(who):
            card = queries.open_person(who, someone.id)
            assert card.danger is not None
            assert card.danger.words == "come with a colleague"
            assert list(queries.overview(someone.id, TODAY).reasons.values()) == reasons
    with clock.held_at(MORNING + timedelta(days=8)), as_actor(leader):
        assert queries.open_person(leader, someone.id).danger is None


def test_a_mark_that_is_due_says_so_and_ends_when_ended(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    mark = acting(
        coach, actions.add_mark, someone.id, kind="vulnerable", words="lost home", review_on=LATER, key=key()
    )
    with clock.held_at(MORNING + timedelta(days=60)):
        with as_actor(leader):
            (line,) = queries.open_person(leader, someone.id).marks
            assert line.due
        acting(leader, actions.review_mark, someone.id, mark, LATER + timedelta(days=30))
        with as_actor(leader):
            (line,) = queries.open_person(leader, someone.id).marks
            assert not line.due
        acting(leader, actions.end_mark, someone.id, mark)
        assert marks(leader, someone.id) == []
        with pytest.raises(NotThere):
            acting(leader, actions.end_mark, someone.id, mark)


def test_open_screens_hear_of_a_danger_and_a_restriction_at_once_and_of_nothing_sealed(
    here: Place, owner: psycopg.Connection
) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    owner.execute(f"listen {live.CHANNEL}")
    acting(
        coach, actions.add_mark, someone.id,
        kind="helps", words="insulin", about="health", sealed="health", review_on=LATER, key=key(),
    )  # fmt: skip
    told = acting(
        coach, actions.add_danger, someone.id, words="two of you", reason="r", ends_on=LATER, key=key()
    )
    acting(leader, actions.restrict, someone.id, [coach.member_id], "a relative", key=key())
    heard = [json.loads(one.payload) for one in owner.notifies(timeout=20, stop_after=2)]
    centre = str(coach.centre_id)
    assert heard[:2] == [[centre, "mark", str(told)], [centre, "person", str(someone.id)]]


# --------------------------------------------------------------------------- restricted and emergencies


def test_a_restricted_record_is_open_to_the_named_alone_and_says_whom_to_ask(here: Place) -> None:
    coach, leader, named = (
        here.member("coach"),
        here.member("leader"),
        here.member("coach", name="Named Nell"),
    )
    someone = known(coach)
    acting(leader, actions.restrict, someone.id, [named.member_id], "a colleague's son", key=key())
    assert [sees(who, someone.id) for who in (coach, leader, named)] == [False, False, True]
    with as_actor(leader):
        assert queries.restriction_of(someone.id) == "Named Nell"
        assert someone.id not in [one.id for one in queries.find(leader, "Ann Known")]
    with pytest.raises(NotThere):
        acting(leader, actions.open_record, someone.id)
    acting(named, actions.open_record, someone.id)
    assert [sees(who, someone.id) for who in (leader, named)] == [True, False]


def test_the_named_name_others_and_the_leader_does_not(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    acting(leader, actions.restrict, someone.id, [coach.member_id], "own interest", key=key())
    with pytest.raises(NotThere):
        share(leader, someone.id, leader)
    share(coach, someone.id, leader)
    assert sees(leader, someone.id)


def test_an_emergency_opens_for_one_hour_tells_the_leader_and_gives_nothing_on(
    here: Place, owner: psycopg.Connection
) -> None:
    coach, leader, helper = (
        here.member("coach"),
        here.member("leader"),
        here.member("coach", name="Helper Hal"),
    )
    someone = known(coach)
    write(coach, someone.id, "epilepsy", ["health"])
    acting(leader, actions.restrict, someone.id, [coach.member_id], "a relative", key=key())
    once = key()
    until = acting(helper, actions.open_in_emergency, someone.id, "collapsed at the desk", key=once)
    assert until == MORNING + timedelta(hours=1)
    assert acting(helper, actions.open_in_emergency, someone.id, "collapsed at the desk", key=once) is None
    assert texts(helper, someone.id) == ["epilepsy"]
    for field in ((), ("health",)):
        with pytest.raises(Refused):
            share(helper, someone.id, leader, *field)
    with as_actor(leader):
        line = next(one for one in queries.alerts(leader) if one.words == "collapsed at the desk")
        assert (line.hidden, line.name, line.who) == (True, "", "Helper Hal")
        actions.alert_seen(leader, line.id)
    assert "person.emergency" in history_of(owner, someone.id)
    with clock.held_at(MORNING + timedelta(hours=1)):
        assert not sees(helper, someone.id)


def test_an_emergency_needs_words_and_somebody_within_reach(here: Place) -> None:
    someone = here.person(centre=here.other)
    coach = here.member("coach")
    with pytest.raises(NotThere):
        acting(coach, actions.open_in_emergency, someone.id, "curious", key=key())
    mine = known(coach)
    with pytest.raises(NotThere):
        acting(coach, actions.open_in_emergency, mine.id, "  ", key=key())


def test_a_grant_is_only_ever_ended_whoever_asks_the_database(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    grant = share(leader, someone.id, here.member("coach", name="Longer Lou"))
    for change in ({"ends": MORNING + timedelta(days=300)}, {"field": "health"}, {"purpose": "named"}):
        with as_actor(leader), pytest.raises(Error), transaction.atomic():
            Grant.objects.filter(id=grant).update(**change)


# --------------------------------------------------------------------------- notes


def test_a_corrected_note_keeps_how_it_read_for_who_keeps_the_record(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    note = write(coach, someone.id, "has three children")
    acting(coach, actions.correct, note, "has two children", "counted wrong", version=1)
    acting(coach, actions.correct, note, "has two children", "counted wrong", version=1)
    with pytest.raises(Refused):
        acting(coach, actions.correct, note, "has four", "late", version=1)
    with as_actor(leader):
        found = queries.note_with_readings(leader, note)
        assert found is not None
        entry, _person, readings = found
        assert (entry.text, entry.version, entry.changed_why) == ("has two children", 2, "counted wrong")
        assert [one.text for one in readings] == ["has three children"]
    with as_actor(coach):
        found = queries.note_with_readings(coach, note)
        assert found is not None
        assert found[2] == []


def test_a_note_on_the_wrong_person_is_moved_and_leaves_a_line_without_words(
    here: Place, owner: psycopg.Connection
) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    wrong, right = known(coach, "Wrong One"), known(coach, "Right One")
    note = write(coach, wrong.id, "was robbed on Sunday")
    for _twice in range(2):
        acting(coach, actions.move_note, note, right.id, "same first name", version=1)
    with as_actor(coach):
        left = Note.objects.get(person_id=wrong.id)
        moved = Note.objects.get(person_id=right.id)
    assert (left.text, left.moved_away, left.at) == ("", True, MORNING)
    assert (moved.text, moved.changed_how, moved.changed_why) == (
        "was robbed on Sunday", "moved", "same first name",
    )  # fmt: skip
    with as_actor(leader):
        found = queries.note_with_readings(leader, note)
        assert found is not None
        assert [one.text for one in found[2]] == ["was robbed on Sunday"]
    assert "note.moved" in history_of(owner, wrong.id)
    assert "note.moved" in history_of(owner, right.id)


def test_a_sealed_note_stays_sealed_where_it_is_moved(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    wrong, right = known(coach), known(coach)
    note = write(coach, wrong.id, "in treatment", ["health"])
    acting(coach, actions.move_note, note, right.id, "mixed up", version=1)
    assert texts(leader, wrong.id) == texts(leader, right.id) == []
    assert texts(coach, right.id) == ["in treatment"]


def test_a_colleague_does_not_change_a_note_the_record_keeper_does(here: Place) -> None:
    coach, leader, colleague = (
        here.member("coach"),
        here.member("leader"),
        here.member("coach", name="Col League"),
    )
    someone = known(coach)
    share(leader, someone.id, colleague)
    note = write(coach, someone.id, "mine")
    with pytest.raises(NotAllowed):
        acting(colleague, actions.correct, note, "theirs", "why not", version=1)
    acting(leader, actions.correct, note, "as it was", "asked to", version=1)


def test_no_note_changes_behind_the_database_s_back(here: Place) -> None:
    coach = here.member("coach")
    someone = known(coach)
    note = write(coach, someone.id, "as written")
    for change in (
        {"text": "silently"},
        {"text": "x", "version": 3},
        {"version": 2, "at": MORNING + timedelta(1)},
    ):
        with as_actor(coach), pytest.raises(Error), transaction.atomic():
            Note.objects.filter(id=note).update(**change)
    assert texts(coach, someone.id) == ["as written"]


# --------------------------------------------------------------------------- household, representatives


def test_a_household_is_seen_from_both_and_held_once(here: Place) -> None:
    coach = here.member("coach")
    mother, child = known(coach, "Mo Ther"), known(coach, "Chi Ld")
    acting(coach, actions.add_household, mother.id, child.id, kind="parent", starts_on=TODAY, key=key())
    with pytest.raises(Refused):
        acting(coach, actions.add_household, child.id, mother.id, kind="sibling", starts_on=TODAY, key=key())
    with as_actor(coach):
        (up,) = queries.overview(child.id, TODAY).household
        (down,) = queries.overview(mother.id, TODAY).household
    assert [(up.name, up.kind), (down.name, down.kind)] == [("Mo Ther", "parent"), ("Chi Ld", "child")]
    acting(coach, actions.end_household, child.id, down.id)
    with as_actor(coach):
        assert queries.overview(mother.id, TODAY).household == ()


def test_who_belongs_to_somebody_one_may_not_see_is_not_there(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    one, other = known(coach), known(coach)
    acting(coach, actions.add_household, one.id, other.id, kind="partner", starts_on=TODAY, key=key())
    acting(leader, actions.restrict, other.id, [coach.member_id], "a relative", key=key())
    with as_actor(leader):
        assert queries.overview(one.id, TODAY).household == ()


def test_a_representative_speaks_until_their_day(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    acting(
        coach, actions.add_representative, someone.id,
        full_name="Gus Ardian", what_for="money", starts_on=TODAY, ends_on=LATER, paper="court order", key=key(),
    )  # fmt: skip
    with as_actor(leader):
        (one,) = queries.overview(someone.id, LATER).representatives
        assert (one.paper_seen_on, one.what_for) == (TODAY, "money")
        assert queries.overview(someone.id, LATER + timedelta(days=1)).representatives == ()


# --------------------------------------------------------------------------- moving to another centre


def test_from_its_day_the_other_centre_sees_a_person_and_the_old_one_does_not(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    there = here.member("leader", centre="gloucester")
    someone = known(coach)
    former = here.member("coach", name="Former Fay")
    share(leader, someone.id, former)
    done = acting(
        leader, actions.transfer, someone.id, here.other.id,
        from_day=TODAY, reason="moved house", keep_member=former.member_id, key=key(),
    )  # fmt: skip
    assert done
    assert [sees(who, someone.id) for who in (coach, leader, there, former)] == [False, False, True, True]
    with as_actor(former), pytest.raises(NotThere):
        actions.keep_reach(former, someone.id, actions.Reach(safe_contact="x", not_by="", no_messages=False))
    with clock.held_at(MORNING + timedelta(days=31)):
        assert not sees(former, someone.id)
    for who in (leader, there):
        with as_actor(who):
            assert "moved house" in [one.words for one in queries.alerts(who)]


def test_a_transfer_to_come_happens_on_its_day(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach)
    done = acting(
        leader, actions.transfer, someone.id, here.other.id,
        from_day=TODAY + timedelta(days=2), reason="new job", keep_member=None, key=key(),
    )  # fmt: skip
    assert not done
    with pytest.raises(Refused):
        acting(
            leader, actions.transfer, someone.id, here.other.id,
            from_day=TODAY, reason="again", keep_member=None, key=key(),
        )  # fmt: skip
    with as_system(here.system) as system:
        assert actions.apply_transfers(system) == 0
    assert sees(leader, someone.id)
    with clock.held_at(MORNING + timedelta(days=2)):
        with as_system(here.system) as system:
            assert actions.apply_transfers(system) == 1
            assert actions.apply_transfers(system) == 0
        assert not sees(leader, someone.id)
        assert sees(here.member("leader", centre="gloucester"), someone.id)


def test_days_still_booked_at_the_old_centre_are_named_and_its_desk_keeps_sight_of_them(here: Place) -> None:
    leader, host = here.member("leader"), here.member("host")
    someone = here.person("Booked Bea")
    here.booking(MORNING + timedelta(days=3), person=someone)
    with as_actor(leader):
        assert len(queries.coming_at(leader, someone.id)) == 1
        actions.transfer(
            leader, someone.id, here.other.id, from_day=TODAY, reason="moved", keep_member=None, key=key()
        )
    with clock.held_at(MORNING + timedelta(days=3)):
        assert sees(host, someone.id)
    with clock.held_at(MORNING + timedelta(days=4)):
        assert not sees(host, someone.id)


# --------------------------------------------------------------------------- told and forgotten


def full(here: Place) -> Person:
    """Somebody of whom everything is held."""
    coach = here.member("coach")
    someone = known(coach, "Tel Lme", phone="07700 900555", date_of_birth=date(1990, 1, 2))
    other = known(coach, "Oth Er")
    write(coach, someone.id, "a note")
    note = write(coach, someone.id, "a slip", ["health"])
    acting(coach, actions.correct, note, "no slip", "was one", version=1)
    acting(coach, actions.add_mark, someone.id, kind="helps", words="a ramp", review_on=LATER, key=key())
    acting(
        coach, actions.add_danger, someone.id, words="two of you", reason="why so", ends_on=LATER, key=key()
    )
    acting(coach, actions.add_household, someone.id, other.id, kind="sibling", starts_on=TODAY, key=key())
    acting(
        coach,
        actions.add_representative,
        someone.id,
        full_name="G",
        what_for="all",
        starts_on=TODAY,
        key=key(),
    )
    acting(coach, actions.open_in_emergency, someone.id, "a fall", key=key())
    return someone


def test_a_person_is_told_all_that_is_held(here: Place) -> None:
    someone = full(here)
    with as_system(here.system) as system:
        told = str(person.tell(system, someone.id))
    for words in (
        "Tel Lme",
        "07700 900555",
        "a note",
        "a slip",
        "no slip",
        "a ramp",
        "why so",
        "a fall",
        "sibling",
    ):
        assert words in told, words


def test_of_a_forgotten_person_no_word_is_left(here: Place, owner: psycopg.Connection) -> None:
    someone = full(here)
    with as_system(here.system) as system:
        person.forget(system, someone.id)
        assert "Tel Lme" not in str(person.tell(system, someone.id))
    for table in ("contact", "mark", "why", "representative", "note", "notebefore", "household"):
        row = owner.execute(
            f"select count(*) from people_{table} where person_id = %s", (someone.id,)
        ).fetchone()
        assert row == (0,), table
    row = owner.execute(
        "select full_name || called || folded || sort_key || safe_contact || not_by, date_of_birth, sounds"
        " from people_person where id = %s",
        (someone.id,),
    ).fetchone()
    assert row == ("", None, [])
    assert owner.execute(
        "select count(*) from kernel_historydetail d join kernel_historyevent e on e.id = d.event_id"
        " where %s = any(e.person_ids) and d.body is not null",
        (someone.id,),
    ).fetchone() == (0,)
