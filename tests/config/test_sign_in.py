"""Signing in: a password and a one-time code, throttled; and out again."""

from __future__ import annotations

import re
import uuid
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client, override_settings
from tests.factories import HIRED, PASSWORD, Place, as_system, browser_of, place

from kohti.config import installation
from kohti.kernel import actor as actors
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.team import actions as team
from kohti.team.models import User

HASH = make_password(PASSWORD)
SIGN_IN, CODE, SET_UP = "/account/sign-in/", "/account/code/", "/account/codes/set-up/"
NEEDED = "/account/codes/?needed"
NEEDS = [(False, False, False), (False, True, True), (True, False, True), (True, True, True)]
"""Whether it is required of all, of the role, and so at all."""


def colleague(here: Place, role: str = "host") -> Actor:
    """Somebody with a password."""
    return here.hire(role, centre="cheltenham", name=f"Colleague {uuid.uuid4().hex[:6]}", password_hash=HASH)


def user_of(actor: Actor) -> User:
    with as_actor(DOOR):
        return User.objects.get(id=actor.facts["user_id"])


def with_code(actor: Actor) -> str:
    """Give a colleague one-time codes as allauth does; the secret of their device."""
    secret = str(totp.generate_totp_secret())
    with as_actor(DOOR):
        totp.TOTP.activate(user_of(actor), secret)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the device shows now, or some steps from now."""
    counter = list(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter[len(counter) // 2] + steps)))


def browser(address: str = "") -> Client:
    """A browser at an address of its own, so that throttling by address tells tests apart."""
    n = uuid.uuid4().int
    return Client(REMOTE_ADDR=address or f"10.{n % 250}.{n // 250 % 250}.{n // 62500 % 250}")


def give_password(client: Client, actor: Actor, password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"login": user_of(actor).username, "password": password})


def works(client: Client) -> bool:
    """Whether the browser is let in to work."""
    return client.get("/arrivals/").status_code == 200


def test_a_password_and_a_code_let_in(owner: psycopg.Connection) -> None:
    here = place()
    host = colleague(here)
    secret = with_code(host)
    client = browser()
    answer = give_password(client, host)
    assert (answer.status_code, answer.headers["Location"]) == (302, CODE)
    assert not works(client)
    answer = client.post(CODE, {"code": code_of(secret)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/today/")
    assert works(client)
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'signed_in' and subject_id = %s",
        (host.facts["user_id"],),
    ).fetchone()
    assert row == (1,)


def test_no_code_no_entry(owner: psycopg.Connection) -> None:
    host = colleague(place())
    secret = with_code(host)
    client = browser()
    give_password(client, host)
    for wrong in ("", "000000", code_of(secret, steps=50)):
        assert client.post(CODE, {"code": wrong}).status_code == 200
    assert not works(client)
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'signed_in' and subject_id = %s",
        (host.facts["user_id"],),
    ).fetchone()
    assert row == (0,)


def test_a_code_is_good_once() -> None:
    host = colleague(place())
    secret = with_code(host)
    code = code_of(secret)
    first, second = browser(), browser()
    give_password(first, host)
    first.post(CODE, {"code": code})
    assert works(first)
    give_password(second, host)
    assert second.post(CODE, {"code": code}).status_code == 200
    assert not works(second)


def test_a_spare_code_lets_in_once() -> None:
    host = colleague(place())
    with_code(host)
    with as_actor(DOOR):
        spare = RecoveryCodes.activate(user_of(host)).get_unused_codes()[0]
    first, second = browser(), browser()
    give_password(first, host)
    first.post(CODE, {"code": spare})
    assert works(first)
    give_password(second, host)
    second.post(CODE, {"code": spare})
    assert not works(second)


def test_guessing_codes_is_throttled() -> None:
    host = colleague(place())
    secret = with_code(host)
    client = browser()
    give_password(client, host)
    for n in range(12):
        client.post(CODE, {"code": f"{n:06d}"})
    client.post(CODE, {"code": code_of(secret)})
    assert not works(client)


@pytest.mark.parametrize("username", ["", "no-such-colleague"])
def test_an_unknown_name_and_a_wrong_password_are_told_alike(username: str) -> None:
    host = colleague(place())
    client = browser()
    wrong = give_password(client, host, "not the password")
    assert wrong.status_code == 200
    unknown = client.post(SIGN_IN, {"login": username or "x", "password": "not the password"})
    assert unknown.status_code == 200
    assert errors_in(wrong) == errors_in(unknown)  # type: ignore[arg-type]
    assert not works(client)


def errors_in(answer: HttpResponse) -> list[str]:
    """What a form says went wrong."""
    found = re.findall(
        r'class="[^"]*(?:error|validation)[^"]*"[^>]*>(.*?)</', answer.content.decode(), re.DOTALL
    )
    assert found
    return [re.sub(r"<[^>]+>|\s+", " ", one).strip() for one in found]


def test_wrong_passwords_are_throttled_for_the_account_from_wherever_they_come() -> None:
    host = colleague(place())
    with_code(host)
    for _n in range(6):
        give_password(browser(), host, "not the password")
    answer = give_password(browser(), host)
    assert answer.status_code != 302
    other = colleague(place())
    with_code(other)
    assert give_password(browser(), other).status_code == 302


def test_wrong_passwords_are_throttled_for_an_address_whatever_the_account() -> None:
    here = place()
    here_hosts = [colleague(here) for _n in range(3)]
    client = browser("192.0.2.77")
    for n in range(12):
        client.post(SIGN_IN, {"login": f"nobody{n}", "password": "wrong"})
    assert give_password(client, here_hosts[0]).status_code != 302
    assert give_password(browser(), here_hosts[0]).status_code == 302


def test_throttling_is_shared_by_every_process(owner: psycopg.Connection) -> None:
    """The counts are in the database, not in the memory of one process."""
    host = colleague(place())
    row = owner.execute("select count(*) from kohti_cache").fetchone()
    give_password(browser(), host, "not the password")
    again = owner.execute("select count(*) from kohti_cache").fetchone()
    assert row is not None
    assert again is not None
    assert again[0] > row[0]


# --------------------------------------------------------------------------- the first time


def test_who_has_no_second_factor_is_led_to_set_one_up_and_back_to_their_page() -> None:
    host = colleague(place())
    client = browser()
    assert give_password(client, host).headers["Location"] == "/today/"
    for path in ("/today/", "/places/", f"/people/{uuid.uuid4()}/", "/arrivals/?show=here"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, NEEDED), path
    assert client.post("/arrivals/walk-in/", {}).headers["Location"] == NEEDED
    part = client.get("/arrivals/", headers={"HX-Request": "true"})
    assert (part.headers["HX-Redirect"], part.content) == (NEEDED, b"")
    page = client.get(NEEDED).content.decode()
    assert "a password alone is not enough" in page
    assert SET_UP in page
    assert "/account/passkeys/add/" in page
    page = client.get(SET_UP).content.decode()
    secret = client_secret(client)
    assert secret in page
    assert client.post(SET_UP, {"code": "000000"}).status_code == 200
    assert not works(client)
    client.get("/arrivals/?show=here")
    answer = client.post(SET_UP, {"code": code_of(secret)})
    assert answer.status_code == 302
    spare = client.get(answer.headers["Location"])
    assert "/account/onward/" in spare.content.decode()
    assert client.get("/account/onward/").headers["Location"] == "/arrivals/?show=here"
    assert works(client)
    again = browser()
    assert give_password(again, host).headers["Location"] == CODE


def client_secret(client: Client) -> str:
    """The secret that the page shows as a picture and in letters."""
    with as_actor(DOOR):
        return str(client.session["mfa.totp.secret"])


def test_signing_out_is_possible_before_a_code_is_set_up() -> None:
    host = colleague(place())
    client = browser()
    give_password(client, host)
    assert client.post("/account/sign-out/").status_code == 302
    assert client.get("/today/").headers["Location"].startswith(SIGN_IN)


def test_a_required_code_cannot_be_given_up() -> None:
    host = colleague(place())
    secret = with_code(host)
    client = browser()
    give_password(client, host)
    client.post(CODE, {"code": code_of(secret)})
    client.post("/account/codes/stop/", {})
    assert works(client)
    assert give_password(browser(), host).headers["Location"] == CODE


@pytest.mark.parametrize(("of_all", "of_the_role", "needed"), NEEDS)
def test_a_second_factor_is_needed_where_the_role_or_the_installation_says_so(
    of_all: bool, of_the_role: bool, needed: bool, owner: psycopg.Connection
) -> None:
    host = colleague(place())
    if of_the_role:
        owner.execute(
            "update team_role set second_factor = true where service_id = %s and code = 'host'",
            (host.service,),
        )
    client = browser()
    with override_settings(REQUIRE_CODE=of_all):
        give_password(client, host)
        assert works(client) is not needed


def test_in_another_role_of_the_same_person_less_may_be_enough(owner: psycopg.Connection) -> None:
    here = place()
    host = colleague(here)
    leads = another_place(here, host, role="leader", centre="gloucester")
    owner.execute(
        "update team_role set second_factor = (code = 'leader') where service_id = %s", (host.service,)
    )
    client = browser()
    with override_settings(REQUIRE_CODE=False):
        give_password(client, host)
        assert works(client)
        client.post("/places/", {"place": str(leads.member_id)})
        assert client.get("/arrivals/").headers["Location"] == NEEDED
        # Nobody is locked in by it.
        assert "a password alone is not enough" in client.get(NEEDED).content.decode()


def test_the_last_second_factor_stays_where_one_is_needed() -> None:
    host = colleague(place())
    secret = with_code(host)
    passkey = with_passkey(host)
    client = browser()
    give_password(client, host)
    client.post(CODE, {"code": code_of(secret)})
    assert works(client)
    client.post(f"/account/passkeys/{passkey}/remove/")
    assert factors(host) == ["totp"]
    client.post("/account/codes/stop/", {})
    assert factors(host) == ["totp"]
    passkey = with_passkey(host)
    client.post("/account/codes/stop/", {})
    assert factors(host) == ["webauthn"]
    assert client.post(f"/account/passkeys/{passkey}/remove/").headers["Location"] == NEEDED
    assert factors(host) == ["webauthn"]


def test_nobody_touches_the_passkeys_of_somebody_else() -> None:
    here = place()
    host, other = colleague(here), colleague(here)
    secret = with_code(host)
    passkey = with_passkey(other)
    client = browser()
    give_password(client, host)
    client.post(CODE, {"code": code_of(secret)})
    for what in ("remove", "name"):
        assert client.get(f"/account/passkeys/{passkey}/{what}/").status_code == 404
        assert client.post(f"/account/passkeys/{passkey}/{what}/", {"name": "mine"}).status_code == 404
    assert factors(other) == ["webauthn"]


def test_something_that_is_no_passkey_is_refused_in_words() -> None:
    client = browser()
    for nonsense in ("", "x", "{}", '{"id": 1}', '{"response": {"userHandle": "zzzz"}}', "[]", "null", "3"):
        answer = client.post("/account/passkeys/sign-in/", {"credential": nonsense})
        assert answer.headers["Location"] == "/account/sign-in/?passkey=unknown", nonsense
    assert "We do not know this passkey" in client.get("/account/sign-in/?passkey=unknown").content.decode()


def with_passkey(actor: Actor) -> int:
    """A passkey as kept; nobody has the device."""
    with as_actor(DOOR):
        made = Authenticator.objects.create(
            user=user_of(actor), type="webauthn", data={"name": "Phone", "credential": {}}
        )
    return int(made.pk)


def factors(actor: Actor) -> list[str]:
    """What a colleague has besides a password, recovery codes left out."""
    with as_actor(DOOR):
        kept = Authenticator.objects.filter(user_id=actor.facts["user_id"]).exclude(type="recovery_codes")
        return sorted(kept.values_list("type", flat=True))


def another_place(here: Place, actor: Actor, *, role: str, centre: str = "cheltenham") -> Actor:
    """The same person in a further membership."""
    with as_system(here.system) as system:
        again = team.add_member(
            system,
            username=user_of(actor).username,
            password_hash="!",
            full_name=actor.facts["name"],
            role=role,
            centre=centre,
            organisation="jobcentre",
            starts=HIRED,
        )
        made = actors.member(again.id)
    assert made is not None
    return made


# --------------------------------------------------------------------------- and out again


def test_signing_out_ends_the_session_also_for_a_copy_of_it() -> None:
    here = place()
    client = browser_of(here.member("host"))
    copy = Client()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    assert works(client)
    assert works(copy)
    assert client.get("/account/sign-out/").status_code == 200
    assert works(client)
    client.post("/account/sign-out/")
    assert not works(client)
    assert not works(copy)


def test_a_session_gets_a_new_name_when_somebody_signs_in() -> None:
    host = colleague(place())
    client = browser()
    client.get(SIGN_IN)
    client.cookies["sessionid"] = "planted" * 4
    give_password(client, host)
    assert client.cookies["sessionid"].value != "planted" * 4


def test_a_session_ends_with_the_last_place_to_work() -> None:
    here = place()
    host = colleague(here)
    client = browser_of(host)
    assert works(client)
    with as_system(here.system) as system:
        assert host.member_id is not None
        team.end_membership(system, host.member_id)
    assert client.get("/arrivals/").headers["Location"].startswith(SIGN_IN)
    assert not works(client)


def test_an_account_that_was_closed_is_out_at_once(owner: psycopg.Connection) -> None:
    host = colleague(place())
    client = browser_of(host)
    assert works(client)
    owner.execute("update team_user set is_active = false where id = %s", (host.facts["user_id"],))
    assert client.get("/arrivals/").headers["Location"].startswith(SIGN_IN)


def test_a_changed_password_ends_the_sessions_of_the_old_one(owner: psycopg.Connection) -> None:
    host = colleague(place())
    client = browser_of(host)
    assert works(client)
    owner.execute(
        "update team_user set password = %s where id = %s",
        (make_password("another one"), host.facts["user_id"]),
    )
    assert not works(client)


def test_nobody_signs_up_by_themselves() -> None:
    client = browser()
    for path in ("/account/sign-up/", "/account/signup/", "/accounts/signup/"):
        assert client.get(path).status_code == 404


def test_where_people_are_real_there_are_no_sample_pages() -> None:
    assert not installation.facts().sample
    host = colleague(place())
    client = browser()
    assert client.get("/").headers["Location"] == SIGN_IN
    assert client.post(f"/sample/enter/{host.facts['user_id']}/").status_code == 404
    assert not works(client)


def test_in_a_sample_one_press_lets_in_and_no_code_is_asked(owner: psycopg.Connection) -> None:
    host = colleague(place())
    owner.execute("update kernel_installation set sample = true")
    installation.load()
    try:
        client = browser()
        page = client.get("/")
        assert page.status_code == 200
        assert client.post(f"/sample/enter/{host.facts['user_id']}/").headers["Location"] == "/today/"
        assert works(client)
    finally:
        owner.execute("update kernel_installation set sample = false")
        installation.load()
