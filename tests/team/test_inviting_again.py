"""A new link for who is invited already."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest
from tests.factories import MORNING, acting, browser_of, place
from tests.team.test_places import invited, joined

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.team import actions


def test_a_new_link_takes_the_place_of_the_one_before_also_of_one_that_is_too_old() -> None:
    here = place()
    administrator = here.member("administrator")
    first = invited(administrator)
    second = acting(administrator, actions.invite_again, first.id)
    with pytest.raises(Refused, match="taken back"):
        joined(first.token)
    with clock.held_at(MORNING + timedelta(days=8)):
        third = acting(administrator, actions.invite_again, second.id)
        assert isinstance(joined(third.token), Actor)
        with pytest.raises(Refused, match="no longer open"):
            acting(administrator, actions.invite_again, third.id)


def test_a_new_link_for_a_place_that_is_no_more_is_refused_and_the_old_one_stays(
    owner: psycopg.Connection,
) -> None:
    here = place()
    administrator = here.member("administrator")
    made = invited(administrator)
    owner.execute(
        "update team_role set retired = true where service_id = %s and code = 'host'",
        (administrator.service,),
    )
    answer = browser_of(administrator).post(f"/team/invitations/{made.id}/again/")
    assert answer.status_code == 409
    assert "no longer has this role" in answer.content.decode()
    row = owner.execute("select ended_at from team_invitation where id = %s", (made.id,)).fetchone()
    assert row == (None,)


def test_the_new_link_is_shown_once_and_sent_to_the_address_there_was(owner: psycopg.Connection) -> None:
    administrator = place().member("administrator")
    made = invited(administrator, email="newcomer@example.org")
    office = browser_of(administrator)
    assert "A new link for Newcomer Nielsen" in office.get("/team/").content.decode()
    page = office.post(f"/team/invitations/{made.id}/again/").content.decode()
    (token,) = re.findall(r"/account/join/([\w-]{20,})/", page)[:1]
    row = owner.execute(
        "select count(*) from kernel_message where service_id = %s and kind = 'team.invitation'",
        (administrator.service,),
    ).fetchone()
    assert row == (1,)
    assert isinstance(joined(token), Actor)


def test_who_administers_another_service_makes_no_link_here() -> None:
    made = invited(place().member("administrator"))
    with pytest.raises(NotThere):
        acting(place().member("administrator"), actions.invite_again, made.id)
