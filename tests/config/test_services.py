"""A service brought to its next blueprint: codes retire and come back; nothing living is left without its place."""

from __future__ import annotations

import re
import uuid
from datetime import time, timedelta

import psycopg
import pytest
from django.db import connection
from tests.factories import MORNING, TODAY, Place, acting, as_system, as_worker, browser_of, place

from kohti.config import services
from kohti.config.services import Change
from kohti.diary.models import Booking, Kind, Rota
from kohti.diary.rota.actions import Placed, keep_rota
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.models import Reason, Stream, Visit
from kohti.journeys import actions as journeys
from kohti.journeys import attention
from kohti.journeys.models import Cover, HandOver, Journey, Outcome, StageSpell
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.blueprint import WouldOrphan
from kohti.kernel.errors import NotThere
from kohti.people import actions as people
from kohti.people.models import Grant, Note, Person
from kohti.team import actions as team
from kohti.team.models import BlueprintVersion, Centre, Membership, Organisation, Role, Service

LINE = '[[organisations]]\ncode = "jobcentre"'
"""Where a table can be put in."""


def text_of(here: Place) -> str:
    """The blueprint in force in a place."""
    with as_system(here.system):
        rows = BlueprintVersion.objects.filter(service_id=here.system.service).order_by("-number")
        return rows.values_list("text", flat=True)[0]


CODE = re.compile(r'code = "([^"]+)"')
CRISIS = re.compile(r"(?<=^\[crisis\]\nroles = \[)[^\]]*", re.MULTILINE)
"""Who comes to the door in a crisis: a role that goes or is renamed does so here too."""


def at_the_door(text: str, before: str, after: str = "") -> str:
    """A text whose roles for a crisis have another role, or none, for one of them."""

    def changed(found: re.Match[str]) -> str:
        named = [role for role in re.findall(r'"([^"]+)"', found[0]) if role != before or after]
        return ", ".join(f'"{after if role == before else role}"' for role in named)

    return CRISIS.sub(changed, text)


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    """A text with words changed wherever they stand."""
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
        old, new = CODE.fullmatch(before), CODE.fullmatch(after)
        if old and new:
            text = at_the_door(text, old[1], new[1])
    return text


def without(text: str, head: str) -> str:
    """A text without one table: from its head and code to the next table."""
    start = text.index(head)
    end = text.find("\n[[", start + 2)
    text = text[:start] + (text[end + 1 :] if end > 0 else "")
    code = CODE.search(head)
    return at_the_door(text, code[1]) if code and head.startswith("[[roles]]") else text


def apply(text: str) -> None:
    with as_worker():
        services.apply(text, name="next.toml")


def held(text: str) -> set[tuple[str, str, str, int]]:
    """What a change of the blueprint is refused for."""
    with pytest.raises(WouldOrphan) as refused:
        apply(text)
    assert refused.value.code == "would-orphan"
    return {(one.list, one.code, one.what, one.number) for one in refused.value.held}


def version(here: Place) -> int:
    with as_system(here.system):
        return Service.objects.get(id=here.system.service).version


def again(member: Actor) -> Actor | None:
    """The membership as it is now."""
    assert member.member_id is not None
    with as_actor(DOOR):
        return actors.member(member.member_id)


NO_PARTNER = '[[roles]]\ncode = "partner"'
NO_LIBRARY = '[[organisations]]\ncode = "library"'
NO_STROUD = '[[centres]]\ncode = "stroud"'
NO_HEALTH = '[[kinds]]\ncode = "health-conversation"'


def test_a_blueprint_with_more_centres_asks_the_database_no_more_often() -> None:
    def statements(text: str) -> int:
        with as_worker():
            before = connection.statements  # type: ignore[attr-defined]
            services.apply(text, name="test.toml")
            return int(connection.statements - before)  # type: ignore[attr-defined]

    here = place()
    text = text_of(here)
    code = CODE.search(text)
    assert code is not None
    more = text.replace(NO_STROUD, '[[centres]]\ncode = "tetbury"\nname = "Tetbury"\n\n' + NO_STROUD)
    assert more != text
    fewer, many = (one.replace(code[0], f'code = "s{uuid.uuid4().hex[:10]}"', 1) for one in (text, more))
    assert statements(fewer) == statements(many) <= 70


@pytest.mark.parametrize(
    ("gone", "model", "code"),
    [
        (NO_PARTNER, Role, "partner"),
        (NO_STROUD, Centre, "stroud"),
        (NO_HEALTH, Kind, "health-conversation"),
        ('[[reasons]]\ncode = "computer"', Reason, "computer"),
    ],
)
def test_a_code_that_is_gone_retires_and_comes_back(gone: str, model: type[Role], code: str) -> None:
    here = place()
    first = text_of(here)
    with as_system(here.system):
        (known,) = model.objects.filter(service_id=here.system.service, code=code).values_list(
            "id", flat=True
        )
    for text, retired in ((without(first, gone), True), (first + "\n# back\n", False)):
        apply(text)
        with as_system(here.system):
            row = model.objects.get(service_id=here.system.service, code=code)
        assert (row.id, row.retired) == (known, retired)


def test_the_same_text_again_is_no_new_version() -> None:
    here = place()
    apply(text_of(here))
    assert version(here) == 1


def test_a_role_in_force_is_not_taken_away() -> None:
    here = place()
    here.member("partner")
    ended = here.member("partner", centre="gloucester")
    with as_system(here.system) as system:
        team.end_membership(system, uuid.UUID(str(ended.member_id)))
    text = without(text_of(here), NO_PARTNER)
    assert held(text) == {("roles", "partner", "places to work in force", 1)}
    assert version(here) == 1
    with as_system(here.system):
        assert not Role.objects.get(service_id=here.system.service, code="partner").retired


def test_everything_that_stands_on_a_centre_holds_it() -> None:
    here = place()
    text = without(text_of(here), NO_STROUD)
    with as_system(here.system):
        stroud = Centre.objects.get(service_id=here.system.service, code="stroud")
    host = here.member("host", centre="stroud")
    guest = here.person(centre=stroud)
    here.booking(MORNING + timedelta(hours=1), centre=stroud, person=guest)
    acting(host, frontdesk.take_walk_in, here.reasons["evidence"].id, key="in")
    assert held(text) == {
        ("centres", "stroud", "places to work in force", 1),
        ("centres", "stroud", "people whose centre it is", 1),
        ("centres", "stroud", "bookings to come", 1),
        ("centres", "stroud", "people in the building", 1),
    }
    with pytest.raises(WouldOrphan, match="A centre closes when its people have been transferred"):
        apply(text)


def test_a_transfer_to_come_holds_the_centre_it_leads_to() -> None:
    here = place()
    text = without(text_of(here), NO_STROUD)
    with as_system(here.system):
        stroud = Centre.objects.get(service_id=here.system.service, code="stroud")
    said = {
        "from_day": MORNING.date() + timedelta(days=9),
        "reason": "moves",
        "keep_member": None,
        "key": "t",
    }
    acting(here.member("leader"), people.transfer, here.person().id, stroud.id, **said)
    assert held(text) == {("centres", "stroud", "transfers to come", 1)}


def test_a_field_that_seals_something_stays_and_stays_sealed() -> None:
    here = place()
    text = text_of(here).replace('tells = "addiction"', 'tells = "health"', 1)
    gone = without(text, '[[fields]]\ncode = "addiction"')
    apply(gone)
    apply(text)
    with as_system(here.system):
        service, guest = here.system.service, here.person()
        sealed = {"service_id": service, "person": guest, "sealed": ["addiction"], "text": "In treatment"}
        Note.objects.create(at=MORNING, fields=["addiction"], **sealed)
    start = text.index('[[fields]]\ncode = "addiction"')
    open_now = text[:start] + text[start:].replace("sealed = true\n", "", 1)
    for changed in (gone, open_now):
        assert held(changed) == {("fields", "addiction", "notes, marks and papers under its seal", 1)}
    with pytest.raises(WouldOrphan, match="else nobody could be given its key"):
        apply(gone)


def test_what_is_over_holds_nothing() -> None:
    here = place()
    here.booking(MORNING - timedelta(hours=1), kind="health-conversation")
    apply(without(text_of(here), NO_HEALTH))
    assert version(here) == 2


def test_a_kind_with_bookings_to_come_is_refused_or_moved(owner: psycopg.Connection) -> None:
    here = place()
    past = here.booking(MORNING - timedelta(hours=1), kind="health-conversation")
    coming = here.booking(MORNING + timedelta(days=1), kind="health-conversation")
    text = without(text_of(here), NO_HEALTH)
    assert held(text) == {("kinds", "health-conversation", "bookings to come", 1)}
    apply(text.replace(LINE, f'[mapping.kinds]\nhealth-conversation = "job-search-support"\n\n{LINE}', 1))
    with as_system(here.system):
        kinds = dict(Booking.objects.filter(id__in=[past.id, coming.id]).values_list("id", "kind__code"))
    assert kinds == {past.id: "health-conversation", coming.id: "job-search-support"}
    found = owner.execute(
        "select subject_id from kernel_historyevent where verb = 'booking.kind_changed' and service_id = %s",
        (here.system.service,),
    ).fetchall()
    assert found == [(coming.id,)]


def test_whoever_waits_in_a_line_that_goes_is_not_forgotten() -> None:
    here = place()
    host = here.member("host")
    acting(host, frontdesk.take_walk_in, here.reasons["housing"].id, key="in")
    text = swapped(
        without(text_of(here), '[[streams]]\ncode = "housing"'), ('stream = "housing"', 'stream = "advice"')
    )
    assert held(text) == {("streams", "housing", "people waiting or being seen", 1)}
    apply(text.replace(LINE, f'[mapping.streams]\nhousing = "advice"\n\n{LINE}', 1))
    with as_actor(host):
        visit = Visit.objects.get(centre_id=here.centre.id)
        assert (visit.stream.code, visit.letter, visit.state) == ("advice", "H", "waiting")
    assert "H001" in browser_of(host).get("/queue/").content.decode()
    with as_system(here.system):
        assert Stream.objects.get(service_id=here.system.service, code="housing").retired


def test_a_role_that_is_renamed_takes_its_people_along_with_whom_they_see(owner: psycopg.Connection) -> None:
    here = place()
    coach = here.member("coach")
    guest = here.person(centre=here.other)
    with as_system(here.system) as system:
        Grant.objects.create(
            service_id=system.service,
            person_id=guest.id,
            to_member_id=coach.member_id,
            purpose="coaching",
            starts=MORNING - timedelta(days=1),
            ends=MORNING + timedelta(days=30),
            because_kind="person",
            because_id=guest.id,
        )
    text = swapped(text_of(here), ('code = "coach"', 'code = "work-coach"'))
    assert held(text) == {("roles", "coach", "places to work in force", 1)}
    later = MORNING + timedelta(minutes=5)
    with clock.held_at(later):
        apply(text.replace(LINE, f'[mapping.roles]\ncoach = "work-coach"\n\n{LINE}', 1))
        assert again(coach) is None
        with as_system(here.system):
            old, new = Membership.objects.filter(staff_id=str(coach.staff_id)).order_by("starts")
        assert (old.ends, new.starts, new.ends) == (later, later, None)
        with as_actor(DOOR):
            member = actors.member(new.id)
        assert member is not None
        assert (member.role, member.verbs) == ("work-coach", coach.verbs)
        with as_actor(member):
            assert Person.objects.filter(id=guest.id).exists()
            assert [grant.person_id for grant in Grant.objects.filter(to_member_id=new.id)] == [guest.id]
        assert browser_of(member).get("/queue/").status_code == 200
    found = owner.execute(
        "select verb, count(*) from kernel_historyevent where service_id = %s and verb in"
        " ('team.moved', 'team.ended', 'grant.followed') group by verb order by verb",
        (here.system.service,),
    ).fetchall()
    assert found == [("grant.followed", 1), ("team.ended", 1), ("team.moved", 1)]


def test_an_organisation_that_becomes_part_of_another_takes_its_people_along() -> None:
    here = place()
    host, leader = here.member("host"), here.member("leader")
    with as_system(here.system):
        ours = Organisation.objects.get(service_id=here.system.service, code="jobcentre").id
    line = Placed(weekday=2, opens=time(9), closes=time(12), staff_id=host.staff_id)
    acting(leader, keep_rota, ours, TODAY, [line], key="rota")
    text = without(text_of(here), LINE)
    assert held(text) == {
        ("organisations", "jobcentre", "places to work in force", 2),
        ("organisations", "jobcentre", "rotas in force", 1),
    }
    head = '[mapping.organisations]\njobcentre = "council"\n\n[[organisations]]'
    apply(text.replace("[[organisations]]", head, 1))
    with as_system(here.system):
        rows = Membership.objects.filter(staff_id=str(host.staff_id)).order_by("starts")
        assert [row.organisation.code for row in rows] == ["jobcentre", "council"]
        rotas = Rota.objects.filter(centre_id=here.centre.id).order_by("ends")
        assert [(one.organisation.code, one.ends) for one in rotas] == [
            ("jobcentre", TODAY),
            ("council", None),
        ]
        assert {one.rotaline_set.count() for one in rotas} == {1}


def test_trying_out_says_what_would_change_and_changes_nothing() -> None:
    here = place()
    first = text_of(here)
    text = swapped(
        without(first, NO_PARTNER),
        ('name = "Stroud"', 'name = "Stroud Valleys"'),
        ('code = "library"', 'code = "bookshop"'),
    )
    with as_worker():
        assert services.try_out(text, name="next.toml") == [
            Change("organisations", "bookshop", "new"),
            Change("organisations", "library", "gone"),
            Change("centres", "stroud", "changed"),
            Change("roles", "partner", "gone"),
            Change("crisis", "", "changed"),
        ]
        assert services.try_out(first, name="next.toml") == []
    assert version(here) == 1
    apply(text)
    with as_worker():
        assert Change("roles", "partner", "back") in services.try_out(first + "\n# back\n", name="x.toml")


def test_trying_out_a_new_service_leaves_no_trace(owner: psycopg.Connection) -> None:
    code = f"s{uuid.uuid4().hex[:10]}"
    text = services.shipped("vollsmose").replace('code = "vollsmose"', f'code = "{code}"', 1)
    with as_worker():
        found = services.try_out(text, name="new.toml")
    assert {one.how for one in found} == {"new"}
    assert Change("stages", "jobparat", "new") in found
    assert owner.execute("select count(*) from team_service where code = %s", (code,)).fetchone() == (0,)


@pytest.mark.parametrize("code", services.shipped_codes())
def test_each_shipped_service_is_made_as_its_file_says(code: str) -> None:
    fresh = f"s{uuid.uuid4().hex[:10]}"
    text = services.shipped(code).replace(f'code = "{code}"', f'code = "{fresh}"', 1)
    with as_worker():
        actor = services.apply(text, name="new.toml")
        found = services.summary(actor)
    assert (found["service"], found["version"]) == (fresh, 1)
    assert len(found["centres"]) >= 2


NO_LOOKING = '[[stages]]\ncode = "looking"'
NO_JOB = '[[outcomes]]\ncode = "job"'
NO_SAFETY = '[[fields]]\ncode = "safety"'


def on_their_way(here: Place, coach: Actor) -> uuid.UUID:
    """Somebody's way in a coach's hands, with a step to come."""
    leader = here.member("leader")
    way = acting(
        leader, journeys.open_journey, here.person().id, owner_id=coach.member_id, basis="task", key="open"
    )
    acting(leader, journeys.move_to_stage, way, "looking")
    step = journeys.NewStep(words="Ring the college", due_on=MORNING.date() + timedelta(days=9))
    acting(leader, journeys.change_plan, way, [step], key="step")
    return way


def test_a_stage_somebody_is_in_is_not_taken_away_and_moves_where_the_mapping_says() -> None:
    here = place()
    way = on_their_way(here, here.member("coach"))
    text = without(text_of(here), NO_LOOKING)
    assert held(text) == {("stages", "looking", "people on their way in this stage", 1)}
    with clock.held_at(MORNING + timedelta(days=1)):
        apply('[mapping.stages]\nlooking = "getting-ready"\n' + text)
    with as_system(here.system):
        journey = Journey.objects.get(id=way)
        spell = StageSpell.objects.get(journey_id=way, until=None)
        assert (journey.stage, journey.stage_since) == ("getting-ready", MORNING)
        assert (spell.stage, spell.since) == ("getting-ready", MORNING)


def test_an_outcome_retires_and_what_was_reached_keeps_it() -> None:
    here = place()
    way = on_their_way(here, here.member("coach"))
    acting(here.member("leader"), journeys.reach, way, "job", MORNING.date(), key="job")
    apply(without(text_of(here), NO_JOB))
    with as_system(here.system):
        assert [one.kind for one in Outcome.objects.filter(journey_id=way)] == ["job"]
    leader = again(here.member("leader"))
    assert leader is not None
    with pytest.raises(NotThere):
        acting(leader, journeys.reach, way, "job", MORNING.date(), key="again")


def test_a_field_that_seals_an_aim_stays_in_the_file() -> None:
    here = place()
    coach = here.member("coach")
    way = on_their_way(here, coach)
    acting(coach, journeys.change_plan, way, [journeys.NewAim(words="Safe at home", field="safety")], key="a")
    assert held(without(text_of(here), NO_SAFETY)) == {
        ("fields", "safety", "needs, aims and steps under its seal", 2)
    }


def test_a_coach_whose_role_is_mapped_keeps_their_people(owner: psycopg.Connection) -> None:
    here = place()
    coach, other = here.member("partner"), here.member("coach")
    way = on_their_way(here, other)
    assert coach.member_id is not None
    assert other.member_id is not None
    today = MORNING.date()
    week = today + timedelta(days=7)
    with as_actor(other):
        until = MORNING + timedelta(days=5)
        journeys.cover(other, [way], coach.member_id, starts=MORNING, ends=until, key="cover")
        journeys.ask_to_take_over(
            other, way, coach.member_id, from_day=today, until_day=week, words="", key="ask"
        )
    text = swapped(text_of(here), ('code = "coach"', 'code = "adviser"'))
    later = MORNING + timedelta(days=1)
    with clock.held_at(later):
        apply('[mapping.roles]\ncoach = "adviser"\n' + text)
        with as_system(here.system):
            journey = Journey.objects.get(id=way)
            assert journey.owner_id is not None
            again_there = Membership.objects.get(id=journey.owner_id)
            assert again_there.id != other.member_id
            assert again_there.staff_id == other.staff_id
            adviser = actors.member(again_there.id)
        assert adviser is not None
        with as_actor(adviser):
            assert Journey.objects.filter(id=way).exists()
        found = attention.check(owner, later, here.system.service)
        assert (found.held, found.wrong) == (1, 0)
    with clock.held_at(later):
        apply('[mapping.roles]\npartner = "adviser"\n' + without(text, NO_PARTNER))
        with as_system(here.system):
            (standing_in,) = Cover.objects.filter(journey_id=way, ends__gt=later)
            (asked,) = HandOver.objects.filter(journey_id=way, state="asked")
            assert standing_in.member_id == asked.to_member_id != coach.member_id
