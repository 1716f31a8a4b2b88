"""Places to work: offered, taken, changed, ended, given again; by whom, and by whom not."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from tests.factories import MORNING, Place, acting, as_system, as_worker, browser_of, in_threads, place

from kohti.config import services
from kohti.diary.models import Booking
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people.models import Person
from kohti.team import actions, queries, roster
from kohti.team.models import Invitation, Membership, Role, Staff
from kohti.team.roster import Wanted
from kohti.team.signing_in import Session

HOST_AT_CHELTENHAM: dict[str, Any] = {"role": "host", "centre": "cheltenham", "organisation": "jobcentre"}


def invited(administrator: Actor, name: str = "Newcomer Nielsen", **given: Any) -> actions.Invited:
    """An invitation to the desk at Cheltenham, unless said otherwise."""
    wanted = {**HOST_AT_CHELTENHAM, "full_name": name, "starts": MORNING, **given}
    return acting(administrator, actions.invite, **wanted)


def joined(token: str) -> Actor:
    """Somebody new who took the place."""
    with as_actor(DOOR):
        user = actions.join(token, username=f"u{uuid.uuid4().hex}", password_hash=make_password(None))
        (place_of_theirs,) = queries.memberships_of(user.id)
        made = actors.member(place_of_theirs.member_id)
    assert made is not None
    return made


def id_of(actor: Actor) -> uuid.UUID:
    assert actor.member_id is not None
    return actor.member_id


def verbs_of(owner: psycopg.Connection, here: Place) -> list[str]:
    """What happened in a service with its team, in order."""
    rows = owner.execute(
        "select verb from kernel_historyevent where service_id = %s and verb like 'team.%%' order by xid, id",
        (here.system.service_id,),
    )
    return [row[0] for row in rows]


# taken


def test_who_is_invited_works_in_the_role_offered_and_both_steps_are_in_the_history(
    owner: psycopg.Connection,
) -> None:
    here = place()
    member = joined(invited(here.member("administrator")).token)
    assert (member.role, member.facts["name"], member.facts["centre"]) == (
        "host",
        "Newcomer Nielsen",
        "Cheltenham",
    )
    assert verbs_of(owner, here)[-2:] == ["team.invited", "team.joined"]


def test_a_link_is_good_once(owner: psycopg.Connection) -> None:
    made = invited(place().member("administrator"))
    joined(made.token)
    with pytest.raises(Refused) as trouble:
        joined(made.token)
    assert trouble.value.code == "invitation-used"
    row = owner.execute(
        "select count(*) from team_membership m join team_invitation i on m.id = i.used_by_id where i.id = %s",
        (made.id,),
    ).fetchone()
    assert row == (1,)


def test_of_many_who_open_a_link_at_once_one_gets_the_place() -> None:
    made = invited(place().member("administrator"))
    results = in_threads(8, lambda _n: joined(made.token), at_once=8)
    assert sum(isinstance(one, Actor) for one in results) == 1
    assert {one.code for one in results if isinstance(one, Refused)} == {"invitation-used"}


def test_a_link_taken_back_too_old_changed_or_wrong_says_so() -> None:
    here = place()
    administrator = here.member("administrator")
    back, old, changed = (invited(administrator, name) for name in ("Ann Back", "Ola Old", "Ché Changed"))
    acting(administrator, actions.take_back, back.id)
    with as_system(here.system):
        Role.objects.filter(service_id=here.system.service, code="host").update(retired=True)
    with clock.held_at(old.expires):
        for token, code in (
            (back.token, "ended"),
            (old.token, "expired"),
            (f"{old.token}x", "wrong"),
            ("", "wrong"),
        ):
            with pytest.raises(Refused) as trouble:
                joined(token)
            assert trouble.value.code == f"invitation-{code}"
    with pytest.raises(Refused) as trouble:
        joined(changed.token)
    assert trouble.value.code == "invitation-changed"


def test_only_a_digest_of_a_link_is_kept(owner: psycopg.Connection) -> None:
    made = invited(place().member("administrator"))
    row = owner.execute(
        "select row_to_json(i)::text from team_invitation i where id = %s", (made.id,)
    ).fetchone()
    assert row is not None
    assert made.token not in row[0]
    with as_actor(DOOR):
        assert Invitation.objects.count() == 0
        assert roster.offer(actions.digest_of(made.token)) is not None


def test_one_person_works_in_two_services_with_one_account() -> None:
    here, there = place(), place()
    coach = here.member("coach")
    user = uuid.UUID(coach.facts["user_id"])
    made = invited(there.member("administrator"), coach.facts["name"])
    with as_actor(DOOR):
        actions.accept_invitation(made.token, user)
        found = queries.memberships_of(user)
    assert len(found) == 2
    assert {one.member_id for one in found} > {coach.member_id}


# offered


def test_a_name_or_address_that_is_taken_or_invited_is_said_before_anything_is_made() -> None:
    here = place()
    administrator = here.member("administrator")
    host = here.member("host", name="Åsa Berg")
    invited(administrator, "Once Only", email="once@example.org")
    for given, code in (
        ({"name": "åsa  BERG"}, "name-taken"),
        ({"name": "Once only"}, "invited-already"),
        ({"name": "Somebody Else", "email": "ONCE@example.org"}, "invited-already"),
        ({"name": "  "}, "no-name"),
        ({"name": "x" * 201}, "long-name"),
        ({"name": "Ann", "role": "gone"}, "no-role"),
        ({"name": "Ann", "centre": "gone"}, "no-centre"),
        ({"name": "Ann", "organisation": "gone"}, "no-organisation"),
    ):
        with pytest.raises(Refused) as trouble:
            invited(administrator, **given)
        assert trouble.value.code == code, given
    acting(administrator, actions.end_membership, id_of(host), because="left")
    with pytest.raises(Refused) as trouble:
        invited(administrator, "Åsa Berg")
    assert trouble.value.code == "name-taken"


def test_an_address_of_a_colleague_with_an_account_is_not_invited_again() -> None:
    here = place()
    administrator = here.member("administrator")
    made = invited(administrator, email="asa@example.org")
    with as_actor(DOOR):
        actions.join(made.token, username=uuid.uuid4().hex, password_hash="!", email="asa@example.org")
    with pytest.raises(Refused) as trouble:
        invited(administrator, "Other Name", email="Asa@Example.org")
    assert trouble.value.code == "email-taken"


@pytest.mark.parametrize("name", ["محمد الأمين", "Đặng Thị Ngọc Ánh", "Nguyễn-Þórðarson " * 10])
def test_names_of_any_script_and_length_are_kept_as_they_are_written(name: str) -> None:
    here = place()
    member = joined(invited(here.member("administrator"), name).token)
    assert member.facts["name"] == " ".join(name.split())


def test_who_may_not_add_colleagues_may_not_invite_end_or_take_back() -> None:
    here = place()
    made = invited(here.member("administrator"))
    for role in ("host", "coach", "leader"):
        member = here.member(role)
        for action, about in (
            (actions.take_back, made.id),
            (actions.end_membership, id_of(here.member("coach"))),
        ):
            with pytest.raises(NotAllowed):
                acting(member, action, about)
        with pytest.raises(NotAllowed):
            invited(member)


# nobody raises themselves


def test_nobody_gives_themselves_a_place_or_role() -> None:
    here = place()
    administrator = here.member("administrator")
    leader = {"role": "leader", "centre": "cheltenham", "organisation": "jobcentre", "starts": MORNING}
    for action in (actions.give_place, actions.change_place):
        with pytest.raises(Refused) as trouble:
            acting(administrator, action, id_of(administrator), **leader)
        assert trouble.value.code == "own-place"
    made = invited(administrator, role="leader")
    user = uuid.UUID(administrator.facts["user_id"])
    with as_actor(DOOR), pytest.raises(Refused) as trouble:
        actions.accept_invitation(made.token, user)
    assert trouble.value.code == "invitation-own"


def test_an_administrator_who_came_across_another_s_link_cannot_take_it() -> None:
    here = place()
    made = invited(here.member("administrator"), role="leader")
    other = here.member("administrator", name="Ann Other")
    with as_actor(DOOR), pytest.raises(Refused) as trouble:
        actions.accept_invitation(made.token, uuid.UUID(other.facts["user_id"]))
    assert trouble.value.code == "invitation-administers"


def test_another_administrator_may_give_them_another_role() -> None:
    here = place()
    one, other = here.member("administrator"), here.member("administrator", name="Ann Other")
    made = acting(
        other,
        actions.give_place,
        id_of(one),
        role="leader",
        centre="gloucester",
        organisation="jobcentre",
        starts=MORNING,
    )
    with as_actor(DOOR):
        found = actors.member(made.id)
    assert found is not None
    assert (found.role, found.facts["user_id"]) == ("leader", one.facts["user_id"])


def test_an_administrator_sees_nobody_s_data() -> None:
    here = place()
    here.booking()
    administrator = here.member("administrator")
    with as_actor(administrator):
        assert (Booking.objects.count(), Person.objects.count()) == (0, 0)


# ended


def test_of_two_administrators_who_end_each_other_at_the_same_moment_one_remains() -> None:
    for _n in range(5):
        here = place()
        pair = [here.member("administrator"), here.member("administrator", name="Ann Other")]

        def end_the_other(n: int, pair: list[Actor] = pair) -> None:
            acting(pair[n], actions.end_membership, id_of(pair[1 - n]))

        results = in_threads(2, end_the_other, at_once=2)
        assert sum(one is None for one in results) == 1, results
        with as_actor(DOOR):
            assert sum(actors.member(id_of(one)) is not None for one in pair) == 1


def test_the_last_administrator_stays_also_against_an_end_to_come_or_another_role() -> None:
    here = place()
    administrator = here.member("administrator")
    other = here.member("administrator", name="Ann Other")
    soon = MORNING + timedelta(days=3)
    acting(administrator, actions.end_membership, id_of(other), at=soon)
    for at in (None, soon, MORNING + timedelta(days=300)):
        with pytest.raises(Refused) as trouble:
            acting(administrator, actions.end_membership, id_of(administrator), at=at)
        assert trouble.value.code == "membership-last"
    with pytest.raises(Refused) as trouble:
        acting(other, actions.change_place, id_of(administrator), **HOST_AT_CHELTENHAM, starts=MORNING)
    assert trouble.value.code == "membership-last"
    with as_actor(administrator):
        assert Membership.objects.filter(user_id=administrator.facts["user_id"]).count() == 1


def test_an_administrator_of_another_service_ends_nothing_here() -> None:
    here, there = place(), place()
    with pytest.raises(NotThere):
        acting(there.member("administrator"), actions.end_membership, id_of(here.member("host")))
    with as_actor(DOOR):
        assert actors.member(id_of(here.member("host"))) is not None


def test_an_end_is_not_put_off() -> None:
    here = place()
    administrator, host = here.member("administrator"), here.member("host")
    acting(administrator, actions.end_membership, id_of(host), at=MORNING + timedelta(days=1))
    with pytest.raises(Refused) as trouble:
        acting(administrator, actions.end_membership, id_of(host), at=MORNING + timedelta(days=2))
    assert trouble.value.code == "membership-later"
    acting(administrator, actions.end_membership, id_of(host), because="left")
    with as_actor(DOOR):
        assert actors.member(id_of(host)) is None


def test_who_has_left_is_out_at_once_and_their_sessions_end_with_the_last_place() -> None:
    here = place()
    administrator, host = here.member("administrator"), here.member("host")
    user = host.facts["user_id"]
    second = acting(
        administrator,
        actions.give_place,
        id_of(host),
        role="host",
        centre="gloucester",
        organisation="jobcentre",
        starts=MORNING,
    )
    browser = browser_of(host)
    assert browser.get("/arrivals/").status_code == 200
    acting(administrator, actions.end_membership, id_of(host), because="left")
    with as_actor(DOOR):
        assert Session.objects.filter(user_id=user).exists()
    assert b"Gloucester" in browser.get("/arrivals/").content
    with clock.held_at(MORNING + timedelta(minutes=1)):
        acting(administrator, actions.end_membership, second.id, because="left")
        with as_actor(DOOR):
            assert not Session.objects.filter(user_id=user).exists()
        assert browser.get("/arrivals/").status_code == 302


def test_who_comes_back_is_the_same_colleague_and_the_old_place_stays_as_it_was() -> None:
    here = place()
    administrator, coach = here.member("administrator"), here.member("coach")
    acting(administrator, actions.end_membership, id_of(coach), because="left")
    with clock.held_at(MORNING + timedelta(days=60)):
        again = acting(
            administrator,
            actions.give_place,
            id_of(coach),
            role="coach",
            centre="cheltenham",
            organisation="jobcentre",
            starts=MORNING,
        )
        with as_actor(administrator):
            page = roster.colleague(administrator, again.staff_id)
    assert again.staff_id == coach.staff_id
    assert [(one.ends, one.because) for one in page.places] == [(None, ""), (MORNING, "left")]
    assert again.starts == MORNING + timedelta(days=60)


def test_a_change_of_centre_ends_the_old_place_where_the_new_one_begins() -> None:
    here = place()
    administrator, coach = here.member("administrator"), here.member("coach", name="Ilse Maes")
    monday = MORNING + timedelta(days=5)
    made = acting(
        administrator,
        actions.change_place,
        id_of(coach),
        role="coach",
        centre="gloucester",
        organisation="jobcentre",
        starts=monday,
    )
    for instant, centre in ((monday - timedelta(seconds=1), "Cheltenham"), (monday, "Gloucester")):
        with clock.held_at(instant), as_actor(DOOR):
            (found,) = queries.memberships_of(uuid.UUID(coach.facts["user_id"]))
            assert found.centre == centre
    with as_actor(administrator):
        assert Membership.objects.get(id=id_of(coach)).because == "moved"
        assert Staff.objects.get(id=made.staff_id).centre_id == here.other.id


def test_a_role_that_retires_keeps_who_has_it_and_is_given_to_nobody() -> None:
    here = place()
    administrator, host = here.member("administrator"), here.member("host")
    with as_system(here.system):
        Role.objects.filter(service_id=here.system.service, code="host").update(retired=True)
    with as_actor(administrator):
        (line,) = [one for one in roster.roles(administrator) if one.code == "host"]
        assert (line.retired, line.people) == (True, 1)
    with as_actor(DOOR):
        assert actors.member(id_of(host)) is not None
    with pytest.raises(Refused) as trouble:
        acting(
            administrator,
            actions.give_place,
            id_of(host),
            role="host",
            centre="stroud",
            organisation="jobcentre",
            starts=MORNING,
        )
    assert trouble.value.code == "no-role"


# read


def test_the_list_comes_page_by_page_in_the_order_of_names_and_finds_by_any_part() -> None:
    here = place()
    administrator = here.member("administrator", name="Zz Last")
    for n in range(roster.PAGE + 3):
        here.hire("host", centre=("cheltenham", "stroud")[n % 2], name=f"Colleague {n:03} Søren")
    with as_actor(administrator):
        first, following = roster.roster(administrator, Wanted())
        second, end = roster.roster(administrator, Wanted(), after=following)
        names = [one.name for one in (*first, *second)]
        assert (len(first), len(names), end) == (roster.PAGE, roster.PAGE + 4, None)
        assert len(set(names)) == len(names)
        found, _more = roster.roster(administrator, Wanted(name="soren", centre="stroud"))
        assert {one.centre for one in found} == {"Stroud"}
        assert roster.roster(administrator, Wanted(name="%"))[0] != []
        assert roster.roster(administrator, Wanted(name="007"))[0][0].name == "Colleague 007 Søren"
        assert roster.roster(administrator, Wanted(name="nobody_at_all"))[0] == []


def test_who_leads_a_centre_sees_its_colleagues_and_no_others() -> None:
    here = place()
    leader = here.member("leader")
    here.member("host")
    stranger = here.member("host", centre="gloucester")
    with as_actor(leader):
        found, _more = roster.roster(leader, Wanted())
        assert {one.centre for one in found} == {"Cheltenham"}
        assert stranger.staff_id is not None
        with pytest.raises(NotThere):
            roster.colleague(leader, stranger.staff_id)
        assert roster.sign_ins([id_of(stranger)]) == {}


def test_the_versions_of_a_blueprint_say_what_came_changed_and_went() -> None:
    here = place()
    administrator = here.member("administrator")
    code = administrator.facts["service_code"]
    text = services.shipped("gloucestershire").replace('code = "gloucestershire"', f'code = "{code}"', 1)
    assert 'name = "Stroud"' in text
    with as_worker():
        services.apply(text.replace('name = "Stroud"', 'name = "Stroud Hill"', 1), name="t.toml")
    with as_actor(administrator):
        newest, first = roster.versions(administrator)
    assert (newest.number, newest.changed, newest.added, newest.gone) == (2, ("centres: stroud",), (), ())
    assert (first.number, first.changed) == (1, ())


def test_the_first_administrator_comes_in_by_the_housekeeping_and_only_where_a_role_administers() -> None:
    here = place()
    with as_system(here.system) as system:
        made = actions.invite_administrator(system, full_name="First One")
    assert made.expires == MORNING + timedelta(hours=24)
    assert joined(made.token).scope == "administration"
    with as_system(here.system) as system:
        Role.objects.filter(service_id=system.service, scope="administration").update(retired=True)
        with pytest.raises(Refused) as trouble:
            actions.invite_administrator(system, full_name="Second One")
    assert trouble.value.code == "no-administrators"
