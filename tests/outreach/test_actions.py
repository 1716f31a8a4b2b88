"""Outreach: spots, rounds, whom one meets, who of them is one person, and who they become."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, acting, as_system, in_threads
from tests.outreach.doing import Out

from kohti.diary.models import Booking
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.outbox.models import Message
from kohti.outreach import actions, counting
from kohti.outreach import person as about
from kohti.outreach.actions import NewEncounter, NewRound
from kohti.outreach.models import Encounter, Goer, Reached, Round
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person


def key() -> str:
    return str(uuid.uuid4())


def staff(*actors: Actor) -> list[uuid.UUID]:
    return [one.staff_id for one in actors if one.staff_id]


def a_round(
    out: Out, *goers: Actor, starts: time = time(14), back_by: time = time(16), day: date = TODAY
) -> NewRound:
    assert out.leader.member_id
    return NewRound(
        day=day,
        starts=starts,
        back_by=back_by,
        spots=[out.square, out.library],
        goers=staff(*(goers or (out.ann, out.ben))),
        watcher=out.leader.member_id,
        phone="07700 900123",
    )


def met(out: Out, who: Actor | None = None, **said: object) -> uuid.UUID:
    """Whose an encounter is that was written just now."""
    actor = who or out.ann
    new = NewEncounter(spot_id=out.square, **said)  # type: ignore[arg-type]
    acting(actor, actions.write_encounter, new, key=key())
    with as_actor(actor):
        return Encounter.objects.get(id=new.id).reached_id


def whose(out: Out, reached_id: uuid.UUID) -> list[str]:
    """The nicknames of all encounters that stand with somebody."""
    with as_actor(out.ann):
        found = Encounter.objects.filter(reached_id=reached_id)
        return sorted(found.values_list("nickname", flat=True))


def test_a_round_takes_the_time_of_those_who_go_and_nobody_goes_twice(out: Out) -> None:
    planned = acting(out.ann, actions.plan_round, a_round(out), key=key())
    with as_actor(out.leader):
        mine = Booking.objects.filter(staff_id__in=staff(out.ann, out.ben), state="booked")
        assert [one.starts for one in mine] == [datetime(2026, 3, 11, 14, tzinfo=UTC)] * 2
    with pytest.raises(Refused, match="Booked at that time already: Ben"):
        acting(out.leader, actions.plan_round, a_round(out, out.ben, starts=time(15)), key=key())
    with pytest.raises(Refused, match="does not go along"):
        acting(
            out.ann,
            actions.plan_round,
            a_round(out, out.leader, starts=time(17), back_by=time(18)),
            key=key(),
        )
    acting(out.ann, actions.cancel_round, planned, key=key())
    acting(out.ann, actions.plan_round, a_round(out, out.ben, starts=time(15)), key=key())


def test_the_same_round_is_planned_once_from_two_phones(out: Out) -> None:
    once = key()
    first, again = (acting(out.ann, actions.plan_round, a_round(out), key=once) for _ in range(2))
    assert first == again


def test_a_round_in_the_night_of_the_clock_change_is_back_when_the_clock_says(out: Out) -> None:
    """On 29 March 2026 one o'clock becomes two in London: from ten in the evening to three is four hours."""
    night = a_round(out, starts=time(22), back_by=time(3), day=date(2026, 3, 28))
    planned = acting(out.ann, actions.plan_round, night, key=key())
    with as_actor(out.ann):
        found = Round.objects.get(id=planned)
    assert found.back_by == datetime(2026, 3, 29, 2, tzinfo=UTC)
    assert found.back_by - found.starts == timedelta(hours=4)


def late(out: Out, at: datetime) -> None:
    with clock.held_at(at), as_system(out.here.system) as system:
        actions.tell_who_is_late(system)


def told(owner: psycopg.Connection, round_id: uuid.UUID) -> list[str]:
    """What happened to a round, in order."""
    found = owner.execute(
        "select verb from kernel_historyevent where subject_id = %s order by at, id", (round_id,)
    )
    return [str(row[0]) for row in found]


def test_who_is_not_back_is_told_to_who_watches_then_to_the_leader_until_they_are(
    out: Out, owner: psycopg.Connection
) -> None:
    owner.execute(
        "update team_user set email = 'leader@example.org' where id = %s", (out.leader.facts["user_id"],)
    )
    planned = acting(out.ann, actions.plan_round, a_round(out), key=key())
    acting(out.ann, actions.start_round, planned, key=key())
    back_by = datetime(2026, 3, 11, 16, tzinfo=UTC)
    late(out, back_by + timedelta(minutes=14))
    assert "round.late" not in told(owner, planned)
    late(out, back_by + timedelta(minutes=15))
    late(out, back_by + timedelta(minutes=16))
    assert told(owner, planned).count("round.late") == 1
    late(out, back_by + timedelta(minutes=30))
    late(out, back_by + timedelta(minutes=45))
    assert told(owner, planned).count("round.late") == 2
    with as_system(out.here.system):
        mails = list(Message.objects.filter(kind="round.late", body__contains=str(out.ann.facts["name"])))
    assert [one.to_id for one in mails] == [out.leader.member_id] * 2
    assert {one.subject for one in mails} == {"A round is not back"}
    assert "07700 900123" in mails[0].body
    with clock.held_at(back_by + timedelta(hours=1)):
        acting(out.leader, actions.back, planned, key=key())
        acting(out.ann, actions.back, planned, key=key())
    late(out, back_by + timedelta(hours=2))
    assert told(owner, planned)[-1] == "round.back"
    assert told(owner, planned).count("round.back") == 1
    with as_actor(out.leader):
        assert Round.objects.get(id=planned).ended_by == out.leader.member_id


def test_a_round_that_nobody_said_had_begun_is_watched_too_and_one_that_was_cancelled_is_not(
    out: Out, owner: psycopg.Connection
) -> None:
    never, not_at_all = (
        acting(
            out.ann, actions.plan_round, a_round(out, starts=time(hour), back_by=time(hour + 1)), key=key()
        )
        for hour in (11, 13)
    )
    acting(out.ann, actions.cancel_round, not_at_all, key=key())
    late(out, MORNING + timedelta(hours=8))
    assert "round.late" in told(owner, never)
    assert "round.late" not in told(owner, not_at_all)
    with pytest.raises(Refused, match="cancelled"):
        acting(out.ann, actions.back, not_at_all, key=key())


def test_where_whoever_watches_works_here_no_longer_the_leader_is_told_at_once(
    out: Out, owner: psycopg.Connection
) -> None:
    watcher = out.here.member("coach")
    assert watcher.member_id
    wanted = replace(a_round(out), watcher=watcher.member_id)
    planned = acting(out.ann, actions.plan_round, wanted, key=key())
    for actor, name in ((out.leader, "lead"), (watcher, "left")):
        owner.execute(
            "update team_user set email = %s where id = %s",
            (f"{name}@example.org", actor.facts["user_id"]),
        )
    owner.execute("update team_membership set ends = %s where id = %s", (MORNING, watcher.member_id))
    late(out, datetime(2026, 3, 11, 16, 20, tzinfo=UTC))
    with as_system(out.here.system):
        mails = Message.objects.filter(kind="round.late", body__contains=str(out.ann.facts["name"]))
        assert [one.to_id for one in mails] == [out.leader.member_id]
    late(out, datetime(2026, 3, 11, 17, tzinfo=UTC))
    assert told(owner, planned).count("round.late") == 1


def test_whoever_is_back_without_having_said_that_they_go_has_kept_their_time(out: Out) -> None:
    planned = acting(out.ann, actions.plan_round, a_round(out, out.ann), key=key())
    acting(out.ann, actions.back, planned, key=key())
    with as_actor(out.ann):
        found = Booking.objects.get(id__in=Goer.objects.filter(round_id=planned).values("booking_id"))
    assert found.state == Booking.State.KEPT


def test_an_encounter_needs_nothing_but_a_spot_and_is_written_once_however_often_it_is_sent(out: Out) -> None:
    said, once = NewEncounter(spot_id=out.square), key()
    in_threads(4, lambda _n: acting(out.ann, actions.write_encounter, said, key=once), at_once=4)
    with as_actor(out.ann):
        assert Encounter.objects.filter(spot_id=out.square).count() == 1
    with pytest.raises(NotThere):
        acting(out.ann, actions.write_encounter, NewEncounter(spot_id=uuid.uuid4()), key=key())


def test_an_encounter_belongs_to_the_round_one_is_on(out: Out) -> None:
    planned = acting(
        out.ann, actions.plan_round, a_round(out, starts=time(9), back_by=time(11), day=TODAY), key=key()
    )
    acting(out.ann, actions.start_round, planned, key=key())
    met(out, nickname="Red cap")
    with as_actor(out.ann):
        assert Encounter.objects.get(nickname="Red cap", spot_id=out.square).round_id == planned


def test_those_who_are_one_person_are_joined_and_taken_apart_again_and_nothing_is_lost(out: Out) -> None:
    cap, again, other = (met(out, nickname=name) for name in ("Red cap", "Cap", "Scarf"))
    kept = acting(out.ben, actions.join, cap, again, key=key())
    acting(out.ben, actions.join, kept, other, key=key())
    assert whose(out, kept) == ["Cap", "Red cap", "Scarf"]
    acting(out.ann, actions.not_the_same, other)
    acting(out.ann, actions.not_the_same, other)
    assert whose(out, kept) == ["Cap", "Red cap"]
    assert whose(out, other) == ["Scarf"]
    with as_actor(out.ann):
        wrong = Encounter.objects.get(reached_id=kept, nickname="Red cap").id
    alone = acting(out.ann, actions.take_apart, wrong, key=key())
    assert (whose(out, kept), whose(out, alone)) == (["Cap"], ["Red cap"])
    with pytest.raises(Refused, match="only meeting"):
        acting(out.ann, actions.take_apart, wrong, key=key())
    with pytest.raises(Refused, match="same entry"):
        acting(out.ann, actions.join, kept, kept, key=key())


def test_two_who_join_them_at_the_same_moment_join_them_once(out: Out) -> None:
    one, other = met(out, nickname="One"), met(out, nickname="Other")
    pairs = [(one, other), (other, one)]
    in_threads(2, lambda n: acting((out.ann, out.ben)[n], actions.join, *pairs[n], key=key()), at_once=2)
    assert sorted(len(whose(out, each)) for each in (one, other)) == [0, 2]


def test_becoming_a_person_keeps_the_whole_way_and_can_be_undone_while_nothing_else_hangs_on_it(
    out: Out,
) -> None:
    who = met(out, nickname="Red cap", about=["work"])
    person = acting(out.ann, actions.become_new, who, NewPerson(full_name="Rea Capp"), key=key())
    later = NewEncounter(spot_id=out.library, reached_id=who)
    acting(out.ann, actions.write_encounter, later, key=key())
    with as_actor(out.ann):
        assert Encounter.objects.filter(person_id=person).count() == 2
    acting(out.ann, actions.not_them, who)
    acting(out.ann, actions.not_them, who)
    with as_system(out.here.system):
        assert not Person.objects.filter(id=person).exists()
        assert Encounter.objects.filter(reached_id=who, person=None).count() == 2
    person = acting(out.ann, actions.become_new, who, NewPerson(full_name="Rea Capp"), key=key())
    acting(out.ann, people.write_note, person, "wants to work", key=key())
    with pytest.raises(Refused, match="More is written"):
        acting(out.ann, actions.not_them, who)
    with as_actor(out.ann):
        assert Reached.objects.get(id=who).person_id == person


def test_somebody_becomes_who_we_know_already_and_is_not_them_after_all(out: Out) -> None:
    known = out.here.person("Known Already")
    who = met(out)
    with pytest.raises(NotThere):
        acting(out.ann, actions.become, who, known.id, key=key())
    acting(out.leader, actions.become, who, known.id, key=key())
    other = met(out)
    kept = acting(out.leader, actions.join, other, who, key=key())
    assert kept == who
    acting(out.leader, actions.not_them, who)
    with as_system(out.here.system):
        assert Person.objects.filter(id=known.id).exists()
        assert not Encounter.objects.filter(person_id=known.id).exists()


def test_two_entries_of_one_person_come_apart_and_both_stay_with_them(out: Out) -> None:
    known = out.here.person("Known Twice")
    cap, scarf = met(out, nickname="Cap"), met(out, nickname="Scarf")
    for one in (cap, scarf):
        acting(out.leader, actions.become, one, known.id, key=key())
    kept = acting(out.leader, actions.join, cap, scarf, key=key())
    other = scarf if kept == cap else cap
    with pytest.raises(NotThere):
        acting(out.ann, actions.not_the_same, other)
    acting(out.leader, actions.not_the_same, other)
    with as_actor(out.leader):
        assert Encounter.objects.filter(person_id=known.id).count() == 2
        for one in (cap, scarf):
            at = Encounter.objects.get(reached_id=one).at
            assert Reached.objects.get(id=one).last_at == at


def test_the_words_of_whoever_is_forgotten_go_also_of_who_was_joined_into_them(
    out: Out, owner: psycopg.Connection
) -> None:
    who, other = met(out, nickname="Cap", text="sleeps rough"), met(out, nickname="Redcap")
    person = acting(out.ann, actions.become_new, who, NewPerson(full_name="Rea Capp"), key=key())
    acting(out.ann, actions.join, who, other, key=key())
    with as_system(out.here.system) as system:
        assert len(about.tell(system, person)["reached"]) == 2
        about.forget(system, person)
        assert set(Reached.objects.filter(id__in=[who, other]).values_list("nickname", flat=True)) == {""}
    kept = owner.execute(
        "select count(*) from kernel_historydetail where event_id in (select id from kernel_historyevent"
        " where service_id = %s) and (body::text like '%%Redcap%%' or body::text like '%%sleeps rough%%')",
        (out.here.system.service,),
    ).fetchone()
    assert kept == (0,)


def test_meetings_of_somebody_restricted_are_for_those_named_and_for_nobody_else_of_the_team(
    out: Out,
) -> None:
    who = met(out, nickname="Cap")
    person = acting(out.ann, actions.become_new, who, NewPerson(full_name="Res Tricted"), key=key())
    acting(out.leader, people.restrict, person, [out.ann.member_id], "a relative", key=key())
    for actor, number in ((out.ann, 1), (out.ben, 0), (out.leader, 0)):
        with as_actor(actor):
            assert Encounter.objects.filter(reached_id=who).count() == number
            assert Reached.objects.filter(id=who).count() == number


def test_what_it_was_about_is_sealed_once_there_is_a_person(out: Out) -> None:
    who = met(out, about=["health", "work"])
    with as_actor(out.ben):
        assert Encounter.objects.filter(reached_id=who).count() == 1
    acting(out.ann, actions.become_new, who, NewPerson(full_name="Hal Thy"), key=key())
    with as_actor(out.ann):
        assert Encounter.objects.filter(reached_id=who).count() == 1
    with as_actor(out.ben):
        assert Encounter.objects.filter(reached_id=who).count() == 0


def test_who_was_met_is_for_those_who_go_out_alone_and_only_at_their_centre(out: Out) -> None:
    who = met(out)
    host, elsewhere = out.here.member("host"), out.here.member("coach", centre="gloucester")
    for actor in (host, elsewhere):
        with as_actor(actor):
            assert not Encounter.objects.filter(reached_id=who).exists()
            assert not Reached.objects.filter(id=who).exists()
    with pytest.raises(NotAllowed):
        acting(host, actions.write_encounter, NewEncounter(spot_id=out.square), key=key())
    with pytest.raises(NotThere):
        acting(elsewhere, actions.join, who, uuid.uuid4(), key=key())


def test_whoever_wrote_an_encounter_takes_it_back_and_it_counts_nowhere(out: Out) -> None:
    who = met(out)
    with as_actor(out.ann):
        written = Encounter.objects.get(reached_id=who).id
    with pytest.raises(NotAllowed):
        acting(out.ben, actions.withdraw, written)
    before = counted(out)
    acting(out.ann, actions.withdraw, written)
    acting(out.ann, actions.withdraw, written)
    after = counted(out)
    assert (before[0] - after[0], before[1] - after[1]) == (1, 1)


def counted(out: Out, starts: datetime = MORNING - timedelta(days=30), days: int = 60) -> Sequence[int]:
    """Reached, encounters, coached of the whole service, as the leader counts them."""
    with as_actor(out.leader):
        found, _months = counting.counted(starts, starts + timedelta(days=days), ["new"])
    return found.reached, found.encounters, found.coached
