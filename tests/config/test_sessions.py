"""Sessions that end, screens that lock, PINs at shared counters, and the way back of whoever lost everything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.config.test_sign_in import (
    CODE,
    NEEDED,
    SIGN_IN,
    browser,
    code_of,
    colleague,
    give_password,
    user_of,
    with_code,
    works,
)
from tests.factories import MORNING, PASSWORD, Place, as_system, as_worker, browser_of, place

from kohti.config import counters, housekeeping
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.team import actions as team
from kohti.team import way_back
from kohti.team.models import AtCounter, Session

PIN, OTHER_PIN = "730195", "518263"
LOCK, UNLOCK, WAY_BACK = "/account/lock/", "/account/unlock/", "/account/way-back/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def aged(client: Client, *, began: timedelta = timedelta(0), used: timedelta = timedelta(0)) -> None:
    """As if a browser's session had begun and been used so long ago."""
    key = client.cookies["sessionid"].value
    with as_actor(DOOR):
        kept = Session.objects.get(session_key=key)
        kept.began -= began
        kept.last_used -= used
        longest = kept.began + timedelta(hours=12)
        idle = kept.last_used + timedelta(seconds=kept.idle_s)
        kept.expire_date = longest if kept.locks else min(longest, idle)
        kept.save()


def kept(client: Client) -> Session:
    with as_actor(DOOR):
        return Session.objects.get(session_key=client.cookies["sessionid"].value)


def at_work(actor: Actor, *, secret: str = "") -> Client:
    """A browser in which somebody has given password and code."""
    secret = secret or with_code(actor)
    client = browser()
    client.defaults["HTTP_USER_AGENT"] = FIREFOX
    give_password(client, actor)
    client.post(CODE, {"code": code_of(secret)})
    assert works(client)
    return client


# --------------------------------------------------------------------------- the end


def test_a_session_left_alone_for_an_hour_has_ended_and_the_sign_in_page_says_so() -> None:
    client = browser_of(place().member("host"))
    aged(client, used=timedelta(minutes=58))
    assert works(client)
    aged(client, used=timedelta(minutes=61))
    answer = client.get("/arrivals/")
    assert answer.headers["Location"] == f"{SIGN_IN}?next=/arrivals/"
    assert "nothing was done for a while" in client.get(SIGN_IN).content.decode()
    assert "nothing was done for a while" not in browser().get(SIGN_IN).content.decode()


def test_a_session_ends_after_twelve_hours_however_busy() -> None:
    client = browser_of(place().member("host"))
    aged(client, began=timedelta(hours=11, minutes=50))
    assert works(client)
    aged(client, began=timedelta(minutes=15))
    assert not works(client)


def test_use_is_noted_once_a_minute_and_what_a_page_asks_by_itself_is_no_use() -> None:
    client = browser_of(place().member("host"))
    first = kept(client).last_used
    assert works(client)
    assert kept(client).last_used == first
    aged(client, used=timedelta(minutes=5))
    before = kept(client).last_used
    client.get("/arrivals/", headers={"X-Kohti-Fresh": "1"})
    assert kept(client).last_used == before
    client.get("/account/here/")
    assert kept(client).last_used - before > timedelta(minutes=4)


def test_a_page_begins_with_two_statements() -> None:
    """The session with its user, and the member; everything else is the page's own."""
    client = browser_of(place().member("host"))
    client.get("/arrivals/")
    assert client.get("/team/").headers["X-Kohti-Statements"] == "2"


def role_says(owner: psycopg.Connection, actor: Actor, minutes: int | None) -> None:
    owner.execute(
        "update team_role set idle_minutes = %s where service_id = %s and code = %s",
        (minutes, actor.service, actor.role),
    )


def test_a_role_may_be_signed_out_sooner_or_later_than_others(owner: psycopg.Connection) -> None:
    here = place()
    host, leader = here.member("host"), here.member("leader")
    role_says(owner, host, 5)
    role_says(owner, leader, 120)
    soon, late = browser_of(host), browser_of(leader)
    for client in (soon, late):
        assert works(client)
        aged(client, used=timedelta(minutes=62))
    assert not works(soon)
    assert works(late)
    role_says(owner, leader, None)
    assert works(late)
    assert kept(late).idle_s == 3600


def test_at_a_shared_counter_a_role_may_only_be_locked_sooner(owner: psycopg.Connection) -> None:
    here = place()
    for minutes, locked_after in ((5, 5), (60, 15), (None, 15)):
        host = here.hire("host", centre="cheltenham", name=f"At {minutes}")
        role_says(owner, host, minutes)
        client = browser_of(host)
        client.post("/account/counter/", {"name": "Desk"})
        assert works(client)
        assert (kept(client).idle_s, kept(client).locks) == (locked_after * 60, True)


def test_sample_days_do_not_change_when_a_session_ends() -> None:
    with clock.held_at(MORNING + timedelta(days=900)):
        here = place()
        client = browser_of(here.member("host"))
        assert client.get("/today/").status_code != 500
        assert kept(client).expire_date > clock.real_now()


def test_a_changed_password_ends_every_other_session() -> None:
    host = colleague(place())
    client = at_work(host)
    other = browser_of(host)
    assert works(other)
    page = client.get("/account/password/")
    assert page.status_code == 200
    assert "&lt;" not in page.content.decode(), "the library's help is HTML; ours is a sentence"
    words = {
        "oldpassword": PASSWORD,
        "password1": "quite another password",
        "password2": "quite another password",
    }
    assert client.post("/account/password/", words).status_code == 302
    assert works(client)
    assert not works(other)
    with as_actor(DOOR):
        assert Session.objects.filter(user_id=host.facts["user_id"]).count() == 1


def test_where_i_am_signed_in_names_each_device_and_ends_what_i_choose() -> None:
    here = place()
    host = colleague(here)
    client = at_work(host)
    phone, third = browser_of(host), browser_of(host)
    strange = browser_of(colleague(here))
    page = client.get("/account/signed-in/").content.decode()
    assert "Firefox, Linux" in page
    assert "sessionid" not in page
    assert kept(phone).session_key not in page
    handles = re.findall(r'name="session" value="([0-9a-f]{32})"', page)
    assert len(handles) == 2
    client.post("/account/signed-in/", {"session": handles[0]})
    assert [works(one) for one in (phone, third)].count(True) == 1
    client.post("/account/signed-in/", {"session": "0" * 32})
    client.post("/account/signed-in/", {})
    assert not works(phone)
    assert not works(third)
    assert works(client)
    assert works(strange)


def test_nobody_ends_the_session_of_somebody_else() -> None:
    here = place()
    mine, theirs = at_work(colleague(here)), at_work(colleague(here))
    handle = hashlib.sha256(kept(theirs).session_key.encode()).hexdigest()[:32]
    assert mine.post("/account/signed-in/", {"session": handle}).headers["Location"].endswith("ended=0")
    assert works(theirs)


def test_old_sessions_and_yesterday_s_names_are_swept_away() -> None:
    client = browser_of(place().member("host"))
    key = client.cookies["sessionid"].value
    aged(client, began=timedelta(days=2))
    with as_worker():
        housekeeping.tidy()
    with as_actor(DOOR):
        assert not Session.objects.filter(session_key=key).exists()


# --------------------------------------------------------------------------- lock


def test_a_locked_screen_shows_nobody_and_does_nothing_until_its_owner_is_back() -> None:
    host = colleague(place())
    client = at_work(host)
    assert client.post(LOCK, {"next": "/arrivals/?show=here"}).headers["Location"] == LOCK
    page = client.get(LOCK).content.decode()
    for word in (host.facts["name"], "Cheltenham", host.facts["service"], user_of(host).username):
        assert word not in page
    for path in ("/", "/today/", "/arrivals/", "/arrivals/news/", "/places/"):
        assert client.get(path).headers["Location"] == LOCK, path
    assert client.get("/account/signed-in/").headers["Location"].startswith(SIGN_IN)
    assert client.get("/account/codes/").headers["Location"].startswith(SIGN_IN)
    part = client.post("/arrivals/find/", {"q": "x"}, headers={"HX-Request": "true"})
    assert (part.headers["HX-Redirect"], part.content) == (LOCK, b"")
    for secret in ("", "not the password", PIN):
        assert client.post(UNLOCK, {"secret": secret}).status_code == 422
    assert client.get("/arrivals/").headers["Location"] == LOCK
    assert client.post(UNLOCK, {"secret": PASSWORD}).headers["Location"] == "/arrivals/?show=here"
    assert works(client)


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x", "", LOCK]
)
def test_a_screen_unlocks_to_a_page_of_ours(path: str) -> None:
    client = at_work(colleague(place()))
    client.post(LOCK, {"next": path})
    assert client.post(UNLOCK, {"secret": PASSWORD}).headers["Location"] == "/today/"


def test_guessing_at_a_locked_screen_is_throttled() -> None:
    client = at_work(colleague(place()))
    client.post(LOCK)
    answers = [client.post(UNLOCK, {"secret": f"wrong {n}"}).status_code for n in range(11)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert client.post(UNLOCK, {"secret": PASSWORD}).status_code == 429


def test_somebody_else_signs_in_at_a_locked_screen_and_ends_what_was_there() -> None:
    here = place()
    host, other = colleague(here), colleague(here, "leader")
    client = at_work(host)
    client.post(LOCK, {"next": "/queue/"})
    secret = with_code(other)
    give_password(client, other)
    assert client.post(CODE, {"code": code_of(secret)}).headers["Location"] == "/today/"
    page = client.get("/arrivals/").content.decode()
    assert other.facts["name"] in page
    assert host.facts["name"] not in page
    with as_actor(DOOR):
        assert not Session.objects.filter(user_id=host.facts["user_id"]).exists()


def test_anybody_may_end_what_is_locked_and_gets_nowhere_by_it() -> None:
    client = at_work(colleague(place()))
    client.post(UNLOCK, {"leave": "1"})
    assert works(client)
    client.post(LOCK, {"next": "/queue/"})
    assert client.post(UNLOCK, {"leave": "1"}).headers["Location"] == "/"
    assert client.get("/queue/").headers["Location"].startswith(SIGN_IN)


def test_a_stream_ends_where_the_screen_is_locked_or_signed_out() -> None:
    from kohti.config import sessions

    client = at_work(colleague(place()))
    key = client.cookies["sessionid"].value

    def still() -> bool:
        with as_actor(DOOR):
            return sessions.open_now(key)

    assert still()
    client.post(LOCK)
    assert not still()
    client.post(UNLOCK, {"secret": PASSWORD})
    assert still()
    client.post("/account/sign-out/")
    assert not still()


# --------------------------------------------------------------------------- shared counters


def pin_of(actor: Actor, pin: str = PIN) -> Actor:
    with as_actor(DOOR):
        counters.set_pin(user_of(actor), pin)
    return actor


def share(client: Client) -> None:
    """Make the browser a shared counter, and go on working there."""
    assert client.post("/account/counter/", {"name": "Desk"}).status_code == 302
    assert works(client)


def also_here(client: Client, actor: Actor) -> None:
    """Another colleague signs in fully at the same counter, and locks it."""
    client.post(LOCK)
    secret = with_code(actor)
    give_password(client, actor)
    client.post(CODE, {"code": code_of(secret)})
    assert works(client)
    client.post(LOCK)


def test_at_a_shared_counter_colleagues_take_over_with_their_pins() -> None:
    here = place()
    host, leader = pin_of(colleague(here)), pin_of(colleague(here, "leader"), OTHER_PIN)
    client = at_work(host)
    share(client)
    also_here(client, leader)
    page = client.get(LOCK).content.decode()
    assert host.facts["name"] in page
    assert leader.facts["name"] in page
    host_id, leader_id = host.facts["user_id"], leader.facts["user_id"]
    assert client.post(UNLOCK, {"who": host_id, "secret": OTHER_PIN}).status_code == 422
    assert client.post(UNLOCK, {"who": host_id, "secret": PIN}).headers["Location"] == "/today/"
    assert host.facts["name"] in client.get("/arrivals/").content.decode()
    client.post(LOCK, {"next": "/queue/"})
    assert client.post(UNLOCK, {"who": host_id, "secret": PIN}).headers["Location"] == "/queue/"
    client.post(LOCK)
    # A password opens what one locked oneself, not the place of another.
    assert client.post(UNLOCK, {"who": leader_id, "secret": PASSWORD}).status_code == 422
    assert client.post(UNLOCK, {"who": leader_id, "secret": OTHER_PIN}).headers["Location"] == "/today/"
    assert leader.facts["name"] in client.get("/arrivals/").content.decode()


def test_on_one_s_own_device_a_pin_opens_nothing_and_no_name_is_shown() -> None:
    host = pin_of(colleague(place()))
    client = at_work(host)
    client.post(LOCK)
    assert client.post(UNLOCK, {"secret": PIN}).status_code == 422
    assert client.post(UNLOCK, {"who": host.facts["user_id"], "secret": PIN}).status_code == 422
    assert host.facts["name"] not in client.get(LOCK).content.decode()


def test_a_pin_is_good_only_where_one_signed_in_fully_today() -> None:
    here = place()
    host, leader = pin_of(colleague(here)), pin_of(colleague(here, "leader"), OTHER_PIN)
    client = at_work(host)
    share(client)
    client.post(LOCK)
    assert client.post(UNLOCK, {"who": leader.facts["user_id"], "secret": OTHER_PIN}).status_code == 422
    copied = browser()
    assert copied.post(UNLOCK, {"who": host.facts["user_id"], "secret": PIN}).status_code in (302, 422)
    assert not works(copied)
    with as_actor(DOOR):
        AtCounter.objects.filter(user_id=host.facts["user_id"]).update(
            until=clock.real_now() - timedelta(seconds=1)
        )
    assert client.post(UNLOCK, {"who": host.facts["user_id"], "secret": PIN}).status_code == 422
    assert host.facts["name"] not in client.get(LOCK).content.decode()


def test_after_five_wrong_pins_only_the_password_helps() -> None:
    host = pin_of(colleague(place()))
    client = at_work(host)
    share(client)
    client.post(LOCK)
    for n in range(5):
        assert client.post(UNLOCK, {"secret": f"1234{n}9"}).status_code == 422
    assert client.post(UNLOCK, {"secret": PIN}).status_code == 422
    assert client.post(UNLOCK, {"secret": PASSWORD}).status_code == 302
    assert works(client)


def test_whoever_signs_out_is_no_longer_named_at_the_counter() -> None:
    here = place()
    host, leader = pin_of(colleague(here)), pin_of(colleague(here, "leader"))
    client = at_work(host)
    share(client)
    also_here(client, leader)
    client.post(UNLOCK, {"who": leader.facts["user_id"], "secret": PIN})
    client.post("/account/sign-out/")
    page = client.get(LOCK).content.decode()
    assert leader.facts["name"] not in page
    assert host.facts["name"] in page
    assert client.post(UNLOCK, {"who": leader.facts["user_id"], "secret": PIN}).status_code == 422
    client.post(UNLOCK, {"who": host.facts["user_id"], "secret": PIN})
    assert works(client)


def test_whose_place_has_ended_takes_over_nothing() -> None:
    here = place()
    host, leader = pin_of(colleague(here)), pin_of(colleague(here, "leader"))
    client = at_work(host)
    share(client)
    also_here(client, leader)
    assert host.member_id is not None
    with as_system(here.system) as system:
        team.end_membership(system, host.member_id)
    client.post(UNLOCK, {"who": host.facts["user_id"], "secret": PIN})
    assert not works(client)


def test_a_shared_counter_left_alone_locks_and_does_not_sign_out() -> None:
    host = pin_of(colleague(place()))
    client = at_work(host)
    share(client)
    aged(client, used=timedelta(minutes=14))
    assert works(client)
    aged(client, used=timedelta(minutes=16))
    assert client.get("/arrivals/?show=here").headers["Location"] == LOCK
    assert client.post(UNLOCK, {"secret": PIN}).headers["Location"] == "/arrivals/"
    assert works(client)


def test_a_counter_that_is_not_shared_any_more_forgets_its_names() -> None:
    host = pin_of(colleague(place()))
    client = at_work(host)
    share(client)
    client.post("/account/counter/", {"stop": "1"})
    client.post(LOCK)
    assert host.facts["name"] not in client.get(LOCK).content.decode()
    assert client.post(UNLOCK, {"secret": PIN}).status_code == 422


def test_a_pin_needs_the_second_factor_that_was_given_with_the_full_sign_in() -> None:
    """Taking over with a PIN carries on what was proved at this counter today, and nothing more."""
    here = place()
    host, leader = pin_of(colleague(here)), pin_of(colleague(here, "leader"))
    client = at_work(host)
    share(client)
    also_here(client, leader)
    with as_actor(DOOR):
        AtCounter.objects.filter(user_id=host.facts["user_id"]).update(strong=False)
        Authenticator.objects.filter(user_id=host.facts["user_id"]).delete()
    client.post(UNLOCK, {"who": host.facts["user_id"], "secret": PIN})
    assert client.get("/arrivals/").headers["Location"] == NEEDED


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "12345",
        "123456",
        "654321",
        "111111",
        "121212",
        "abcdef",
        "１２３４５６７",
        "73019 5",
        "7" * 13,
        "901234",
    ],
)
def test_a_pin_that_is_easy_to_guess_is_refused(pin: str) -> None:
    host = colleague(place())
    with as_actor(DOOR), pytest.raises(Refused):
        counters.set_pin(user_of(host), pin)


def test_a_pin_is_chosen_twice_and_given_up_again() -> None:
    host = colleague(place())
    client = at_work(host)
    assert client.post("/account/pin/", {"pin": PIN, "again": OTHER_PIN}).status_code == 422
    assert client.post("/account/pin/", {"pin": PIN, "again": PIN}).headers["Location"] == "/account/codes/"
    with as_actor(DOOR):
        assert counters.has_pin(user_of(host))
    client.post("/account/pin/", {"drop": "1"})
    with as_actor(DOOR):
        assert not counters.has_pin(user_of(host))


# --------------------------------------------------------------------------- everything lost


def reset(here: Place, whose: Actor, *, by: Actor | None = None, key: str = "k") -> way_back.GivenWayBack:
    assert whose.member_id is not None
    administrator = by or here.member("administrator")
    with as_actor(administrator):
        return way_back.reset_sign_in(administrator, whose.member_id, key=key)


def go_back(client: Client, given: way_back.GivenWayBack, **other: str) -> Any:
    words = {"username": given.username, "code": given.code, "password": "a quite new password"}
    return client.post(WAY_BACK, words | other)


def test_who_lost_everything_is_let_back_by_an_administrator_and_told_by_whom(
    owner: psycopg.Connection,
) -> None:
    here = place()
    host = pin_of(colleague(here))
    client = at_work(host)
    given = reset(here, host)
    assert not works(client)
    assert give_password(browser(), host).status_code == 200
    with as_actor(DOOR):
        assert not counters.has_pin(user_of(host))
    back = browser()
    assert go_back(back, given, code=given.code.lower().replace("-", " ")).headers["Location"] == "/today/"
    assert back.get("/arrivals/").headers["Location"] == NEEDED
    secret = with_code(host)
    page = back.get("/arrivals/").content.decode()
    assert here.member("administrator").facts["name"] in page
    assert here.member("administrator").facts["name"] not in back.get("/arrivals/").content.decode()
    assert not works(browser())
    again = browser()
    assert go_back(again, given).status_code == 422
    assert give_password(again, host, "a quite new password").headers["Location"] == CODE
    again.post(CODE, {"code": code_of(secret)})
    assert works(again)
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'sign_in.reset' and subject_id = %s",
        (host.member_id,),
    ).fetchone()
    assert row == (1,)


def test_the_same_press_gives_the_same_code_and_a_new_one_ends_the_old() -> None:
    here = place()
    host = colleague(here)
    first = reset(here, host)
    assert reset(here, host) == first
    second = reset(here, host, key="k2")
    assert second.code != first.code
    assert go_back(browser(), first).status_code == 422
    with pytest.raises(Refused):
        reset(here, host)
    assert go_back(browser(), second).status_code == 302


def test_a_way_back_is_good_for_half_an_hour(owner: psycopg.Connection) -> None:
    here = place()
    host = colleague(here)
    given = reset(here, host)
    assert timedelta(minutes=29) < given.until - clock.real_now() <= timedelta(minutes=30)
    owner.execute(
        "update team_wayback set until = now() - interval '1 second' where user_id = %s",
        (host.facts["user_id"],),
    )
    assert go_back(browser(), given).status_code == 422


def test_wrong_ways_back_are_told_alike_and_throttled() -> None:
    here = place()
    host, other = colleague(here), colleague(here)
    given = reset(here, host)
    client = browser()
    wrong = go_back(client, given, code="AAAA-BBBB-CCCC-DDDD")
    unknown = go_back(client, given, username="nobody at all", code="AAAA-BBBB-CCCC-DDDD")
    anothers = go_back(client, given, username=user_of(other).username)
    lines = [
        re.findall(r'id="id_code-error">.*?</p>', one.content.decode(), re.DOTALL)
        for one in (wrong, unknown, anothers)
    ]
    assert lines[0]
    assert lines[0] == lines[1] == lines[2]
    for n in range(5):
        go_back(browser(), given, code=f"AAAA-BBBB-CCCC-DDD{n}")
    assert go_back(browser(), given).status_code == 429


def test_a_password_that_is_too_easy_does_not_use_up_the_code() -> None:
    here = place()
    given = reset(here, colleague(here))
    client = browser()
    assert go_back(client, given, password="password1234").status_code == 422
    assert go_back(client, given).status_code == 302


@pytest.mark.parametrize("role", ["host", "coach", "leader"])
def test_only_whoever_gives_accounts_gives_them_anew(role: str) -> None:
    here = place()
    with pytest.raises(NotAllowed):
        reset(here, colleague(here), by=here.member(role))


def test_nobody_resets_themselves_or_somebody_of_another_service() -> None:
    here, there = place(), place()
    with pytest.raises(Refused):
        reset(here, here.member("administrator"))
    with pytest.raises(NotThere):
        reset(here, there.member("host"))
    gone = colleague(here)
    assert gone.member_id is not None
    with as_system(here.system) as system:
        team.end_membership(system, gone.member_id)
    with pytest.raises(NotThere):
        reset(here, gone)


def test_one_service_alone_does_not_open_an_account_that_works_in_another(two: Callable[[], Any]) -> None:
    here, _there, host = two()
    with pytest.raises(Refused, match="another service"):
        reset(here, host)
    assert give_password(browser(), host).status_code == 302


def test_whoever_runs_the_installation_gives_a_way_back_to_somebody_of_two_services(
    two: Callable[[], Any],
) -> None:
    _here, _there, host = two()
    with as_worker():
        given = way_back.reset_by_installation(user_of(host).username.upper())
    client = browser()
    assert go_back(client, given).headers["Location"] == "/today/"
    with_code(host)
    assert "by whoever runs this installation" in client.get("/arrivals/").content.decode()
    with as_worker(), pytest.raises(NotThere):
        way_back.reset_by_installation("nobody at all")


# --------------------------------------------------------------------------- one person, several services


@pytest.fixture
def two() -> Callable[[], tuple[Place, Place, Actor]]:
    """Two services and a person who is a host in one and leads a centre of the other."""

    def make() -> tuple[Place, Place, Actor]:
        from tests.config.test_sign_in import another_place

        here, there = place(), place()
        host = colleague(here)
        there.members["leader", "gloucester"] = another_place(there, host, role="leader", centre="gloucester")
        return here, there, host

    return make


def test_one_person_works_in_two_services_under_two_roles_and_sees_each_alone(two: Callable[[], Any]) -> None:
    here, there, host = two()
    here.booking(person=here.person("Kirsi Koskinen"))
    there.booking(person=there.person("Zebedee Quixworth", centre=there.other), centre=there.other)
    client = at_work(host)
    places = re.findall(r'value="([0-9a-f-]{36})"', client.get("/places/").content.decode())
    assert set(places) <= {str(host.member_id), str(there.members["leader", "gloucester"].member_id)}
    assert places
    client.post("/places/", {"place": str(host.member_id)})
    page = client.get("/arrivals/").content.decode()
    assert "Kirsi" in page
    assert "Zebedee" not in page
    assert client.get("/diary/import/").status_code == 403
    client.post("/places/", {"place": str(there.members["leader", "gloucester"].member_id)})
    page = client.get("/arrivals/").content.decode()
    assert "Zebedee" in page
    assert "Kirsi" not in page
    assert client.get("/diary/import/").status_code == 200


def test_who_left_is_told_since_when_and_who_comes_back_works_on_with_the_same_history(
    owner: psycopg.Connection,
) -> None:
    from tests.config.test_sign_in import another_place

    here = place()
    host = colleague(here)
    secret = with_code(host)
    assert host.member_id is not None
    with as_system(here.system) as system:
        team.end_membership(system, host.member_id)
    client = browser()
    give_password(client, host)
    client.post(CODE, {"code": code_of(secret)})
    page = client.get("/today/")
    assert page.status_code == 403
    assert "ended on 11 March 2026" in page.content.decode()
    # That was the end of the session too.
    assert client.get("/today/").headers["Location"].startswith(SIGN_IN)
    again = another_place(here, host, role="coach")
    back = browser_of(again)
    assert again.facts["name"] in back.get("/queue/").content.decode()
    rows = owner.execute(
        "select count(*) from team_membership where user_id = %s", (host.facts["user_id"],)
    ).fetchone()
    assert rows == (2,)
    assert again.staff_id == host.staff_id


def test_who_has_not_begun_is_told_when(owner: psycopg.Connection) -> None:
    here = place()
    host = colleague(here)
    owner.execute(
        "update team_membership set starts = %s where id = %s", (MORNING + timedelta(days=5), host.member_id)
    )
    client = browser()
    secret = with_code(host)
    give_password(client, host)
    client.post(CODE, {"code": code_of(secret)})
    assert "begins on 16 March 2026" in client.get("/today/").content.decode()
