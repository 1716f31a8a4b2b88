"""Colleagues: given a place, ended, named by a file and confirmed; and a service brought to its blueprint."""

from __future__ import annotations

import uuid
from datetime import timedelta

import psycopg
import pytest
from tests.factories import HIRED, Place, as_system, place

from kohti.config import services
from kohti.kernel import actor as actors
from kohti.kernel import blueprint, clock
from kohti.kernel.actor import DOOR, as_actor
from kohti.kernel.errors import NotAllowed, NotThere
from kohti.team import actions, in_force, queries
from kohti.team.models import BlueprintVersion, Centre, Membership, Staff


def blueprint_of(here: Place, before: str, after: str) -> str:
    """The blueprint of a place with one thing changed."""
    code = here.member("host").facts["service_code"]
    text = services.shipped("gloucestershire").replace("gloucestershire", code, 1)
    text = text.replace('code = "gloucestershire"', f'code = "{code}"', 1)
    assert before in text
    return text.replace(before, after, 1)


def apply(here: Place, text: str) -> bool:
    with as_system(here.system) as system:
        return in_force.apply_blueprint(system, blueprint.read(text), text)


def test_a_code_that_is_gone_from_the_blueprint_retires_and_does_not_vanish() -> None:
    here = place()
    whole = blueprint_of(here, "[[centres]]", "[[centres]]")
    block = next(one for one in whole.split("[[") if one.startswith('centres]]\ncode = "stroud"'))
    text = whole.replace(f"[[{block}", "")
    assert apply(here, text)
    with as_system(here.system):
        assert Centre.objects.get(service_id=here.centre.service_id, code="stroud").retired
    assert apply(here, blueprint_of(here, 'name = "Stroud"', 'name = "Stroud again"'))
    with as_system(here.system):
        stroud = Centre.objects.get(service_id=here.centre.service_id, code="stroud")
    assert (stroud.retired, stroud.name) == (False, "Stroud again")


def test_the_same_blueprint_twice_changes_nothing() -> None:
    here = place()
    text = blueprint_of(here, 'name = "Stroud"', 'name = "Stroud Hill"')
    assert apply(here, text)
    assert not apply(here, text)


def test_a_membership_ends_now_and_once(owner: psycopg.Connection) -> None:
    here = place()
    host = here.member("host")
    assert host.member_id is not None
    with as_system(here.system) as system:
        actions.end_membership(system, host.member_id)
    with as_actor(DOOR):
        assert actors.member(host.member_id) is None
        assert queries.memberships_of(uuid.UUID(host.facts["user_id"])) == []
    with pytest.raises(NotThere), as_system(here.system) as system:
        actions.end_membership(system, host.member_id)
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'team.ended' and subject_id = %s",
        (host.member_id,),
    ).fetchone()
    assert row == (1,)


@pytest.mark.parametrize("days", [-10, -1])
def test_a_membership_that_has_not_begun_ends_in_the_moment_it_begins(days: int) -> None:
    here = place()
    host = here.member("host")
    assert host.member_id is not None
    with clock.held_at(HIRED + timedelta(days=days)), as_system(here.system) as system:
        actions.end_membership(system, host.member_id)
    for later in (timedelta(), timedelta(microseconds=1), timedelta(days=30)):
        with clock.held_at(HIRED + later), as_actor(DOOR):
            found = actors.member(host.member_id)
            assert (found is None) == (later > timedelta())


def test_one_service_cannot_end_a_membership_of_another() -> None:
    here, there = place(), place()
    host = there.member("host")
    assert host.member_id is not None
    with pytest.raises(NotThere), as_system(here.system) as system:
        actions.end_membership(system, host.member_id)
    with as_actor(DOOR):
        assert actors.member(host.member_id) is not None


def test_only_who_may_gives_places() -> None:
    here = place()
    leader = here.member("leader")
    with pytest.raises(NotAllowed), as_actor(leader):
        actions.add_member(
            leader,
            username="x",
            password_hash="!",
            full_name="X",
            role="leader",
            centre="cheltenham",
            organisation="jobcentre",
            starts=HIRED,
        )


def test_an_unknown_name_in_a_file_is_a_name_to_confirm_not_an_account() -> None:
    here = place()
    leader = here.member("leader")
    with as_actor(leader):
        found = actions.find_or_name(leader, here.centre.id, ["Åsa  Berg", "åsa berg"])
        (asa,) = set(found.values())
        assert asa.confirmed_at is None
        assert actions.find_or_name(leader, here.centre.id, ["ÅSA BERG"]) == found
        before = Membership.objects.count()
        actions.confirm_name(leader, asa.id)
        assert Membership.objects.count() == before
        assert Staff.objects.get(id=asa.id).confirmed_at is not None


def test_names_of_another_centre_are_not_ours_to_confirm() -> None:
    here = place()
    stranger = here.staff(centre=here.other)
    leader = here.member("leader")
    with pytest.raises(NotThere), as_actor(leader):
        actions.confirm_name(leader, stranger.id)


def test_the_colleagues_of_a_centre_come_in_order_with_those_to_confirm_first() -> None:
    here = place()
    leader = here.member("leader", name="Zoë Last")
    for name in ("Örn", "Berg", "Äijälä"):
        here.staff(name)
    with as_actor(leader):
        names = [(one.name, one.confirmed_at is None) for one in queries.colleagues(here.centre.id)]
    assert [name for name, waits in names if waits] == ["Äijälä", "Berg", "Örn"]
    assert names[-1] == ("Zoë Last", False)


def test_a_blueprint_is_kept_whole_with_its_version_and_members_read_it() -> None:
    here = place()
    host = here.member("host")
    assert apply(here, blueprint_of(here, "[[organisations]]", LATER_ROOMS))
    with as_actor(host):
        fresh = actors.member(host.member_id)  # type: ignore[arg-type]
    assert fresh is not None
    assert fresh.facts["version"] == 2
    assert fresh.facts["theme"]["accent"]["light"] == "#15705c"
    with as_actor(fresh):
        plan = queries.blueprint(fresh)
        assert plan.words == {"fi": {"Customer": "Osallistuja"}}
    assert [stage.code for stage in plan.stages][:2] == ["begun", "given-up"]
    assert plan.targets[0].starts.isoformat() == "2026-01-01"
    with as_actor(host):
        assert "begun" not in [stage.code for stage in queries.blueprint(host).stages]


def test_a_blueprint_of_another_service_is_not_there_to_read() -> None:
    here, there = place(), place()
    with as_actor(here.member("host")):
        assert not BlueprintVersion.objects.filter(service_id=there.system.service).exists()


LATER_ROOMS = """[words.fi]
"Customer" = "Osallistuja"

[[stages]]
code = "begun"
title = { en = "Begun", fi = "Alkanut" }

[[stages]]
code = "given-up"
title = { en = "Given up", fi = "Päättynyt" }
ends = true

[[targets]]
code = "year"
title = { en = "Begin this year", fi = "Aloittaa tänä vuonna" }
number = 100
counts = "started"
from = 2026-01-01
until = 2026-12-31

[[organisations]]"""
