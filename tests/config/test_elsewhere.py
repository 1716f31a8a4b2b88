"""Signing in with another organisation's account, against a real provider that is started here."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests
from django.test import Client, override_settings
from tests.config import oidc_provider
from tests.config.test_join import link_of
from tests.config.test_sign_in import CODE, NEEDED, browser, code_of, colleague, user_of, with_code, works
from tests.factories import HIRED, Place, as_system, place

from kohti.config.providers import BadProviders, Provider, origins_of, read
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.team import actions as team
from kohti.team.models import Invitation, Service, User


@pytest.fixture(scope="module")
def running() -> Iterator[oidc_provider.Provider]:
    """The provider of this module."""
    with oidc_provider.provider() as served:
        yield served


@pytest.fixture
def city(running: oidc_provider.Provider) -> oidc_provider.Provider:
    """The provider, telling the truth."""
    running.claims, running.token, running.userinfo = {}, {}, {}
    running.forged = running.denies = False
    running.names_issuer = ""
    running.asked.clear()
    return running


@contextmanager
def set_up(city: oidc_provider.Provider, **how: Any) -> Iterator[None]:
    """The installation knows the provider."""
    one = Provider(
        code="city",
        name="City of Somewhere",
        issuer=city.issuer,
        client_id=oidc_provider.CLIENT,
        client_secret=oidc_provider.SECRET,
        **how,
    )
    with override_settings(PROVIDERS=(one,)):
        yield


@dataclass
class Somebody:
    """A colleague with an address that an administrator gave them."""

    actor: Actor
    email: str

    def at(self, city: oidc_provider.Provider, **claims: Any) -> None:
        """They are signed in at the provider."""
        city.claims = {"sub": f"s-{self.email}", "email": self.email, "email_verified": True, **claims}


def somebody(here: Place, role: str = "host") -> Somebody:
    actor = colleague(here, role)
    email = f"{uuid.uuid4().hex[:10]}@city.example.org"
    with as_actor(DOOR):
        User.objects.filter(id=actor.facts["user_id"]).update(email=email)
    return Somebody(actor, email)


def go_there(client: Client) -> str:
    """Press the button, follow to the provider; the address it sends the browser back to."""
    answer = client.post("/account/with/city/")
    assert answer.status_code == 302, answer.content.decode()[-600:]
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == "/account/with/city/back/"
    return f"{parts.path}?{parts.query}"


def sign_in(client: Client) -> Any:
    return client.get(go_there(client))


def test_a_colleague_known_by_their_address_is_let_in_and_known_by_the_provider_s_word_from_then_on(
    city: oidc_provider.Provider, owner: psycopg.Connection
) -> None:
    host = somebody(place())
    host.at(city, amr=["pwd", "mfa"])
    with set_up(city):
        assert "City of Somewhere" in browser().get("/account/sign-in/").content.decode()
        client = browser()
        assert sign_in(client).headers["Location"] == "/today/"
        assert works(client)
        # The address went to somebody else; the person is still who they are.
        owner.execute("update team_user set email = '' where id = %s", (host.actor.facts["user_id"],))
        again = browser()
        assert sign_in(again).headers["Location"] == "/today/"
        assert works(again)
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'signed_in' and subject_id = %s",
        (host.actor.facts["user_id"],),
    ).fetchone()
    assert row == (2,)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@city.example.org"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": ""},
    ],
)
def test_nobody_unknown_gets_in_and_the_page_does_not_say_whom_we_know(
    city: oidc_provider.Provider, claims: dict[str, Any], owner: psycopg.Connection
) -> None:
    host = somebody(place())
    host.at(city, amr=["mfa"], **claims)
    users = owner.execute("select count(*) from team_user").fetchone()
    with set_up(city):
        client = browser()
        answer = sign_in(client)
        assert answer.status_code == 403
        assert not works(client)
        strange = browser()
        city.claims = {"sub": "x", "email": "stranger@elsewhere.example.org", "email_verified": True}
        assert said(sign_in(strange)) == said(answer)
    assert owner.execute("select count(*) from team_user").fetchone() == users
    assert owner.execute(
        "select count(*) from socialaccount_socialaccount where user_id = %s",
        (host.actor.facts["user_id"],),
    ).fetchone() == (0,)


def said(answer: Any) -> str:
    page: str = answer.content.decode()
    return page[page.index("<h1") : page.index("</main>")]


def test_an_address_of_two_accounts_is_nobody_s(city: oidc_provider.Provider) -> None:
    here = place()
    one, two = somebody(here), somebody(here)
    with as_actor(DOOR):
        User.objects.filter(id=two.actor.facts["user_id"]).update(email=one.email.upper())
    one.at(city, amr=["mfa"])
    with set_up(city):
        assert sign_in(browser()).status_code == 403


def test_an_address_that_was_given_on_does_not_open_the_account_of_the_one_before(
    city: oidc_provider.Provider,
) -> None:
    host = somebody(place())
    host.at(city, amr=["mfa"])
    with set_up(city):
        sign_in(browser())
        host.at(city, amr=["mfa"], sub="somebody new")
        client = browser()
        assert sign_in(client).status_code == 403
        assert not works(client)


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        ("another signature", {"forged": True}),
        ("another issuer", {"token": {"iss": "http://localhost:1"}}),
        ("for somebody else", {"token": {"aud": "another client"}}),
        ("too old", {"token": {"exp": 1}}),
        ("two people", {"userinfo": {"sub": "somebody else"}}),
        ("discovery of another issuer", {"names_issuer": "http://localhost:1"}),
        ("a refusal", {"denies": True}),
        ("nobody", {"token": {"sub": None}}),
    ],
)
def test_what_is_not_signed_for_us_about_one_person_lets_nobody_in(
    city: oidc_provider.Provider, lie: str, what: dict[str, Any]
) -> None:
    host = somebody(place())
    host.at(city, amr=["mfa"])
    with set_up(city):
        known = browser()
        sign_in(known)
        assert works(known)
        for name, value in what.items():
            setattr(city, name, value)
        client = browser()
        if "names_issuer" in what:
            answer = client.post("/account/with/city/")
        else:
            answer = sign_in(client)
        assert answer.status_code in (400, 502), lie
        assert "did not work" in answer.content.decode()
        assert not works(client)


def test_an_answer_that_another_browser_asked_for_lets_nobody_in(city: oidc_provider.Provider) -> None:
    host = somebody(place())
    host.at(city, amr=["mfa"])
    with set_up(city):
        theirs, mine = browser(), browser()
        back = go_there(theirs)
        assert mine.get(back).status_code == 400
        assert not works(mine)
        assert theirs.get(back).headers["Location"] == "/today/"
        assert theirs.get(back).status_code == 400


def test_a_provider_that_is_away_is_said_in_words(city: oidc_provider.Provider) -> None:
    one = Provider(code="city", name="City", issuer="http://localhost:9", client_id="x")
    with override_settings(PROVIDERS=(one,)):
        answer = browser().post("/account/with/city/")
    assert answer.status_code == 502
    assert "did not work" in answer.content.decode()


# --------------------------------------------------------------------------- the second factor


@pytest.mark.parametrize(
    ("how", "claims", "enough"),
    [
        ({}, {"amr": ["pwd", "mfa"]}, True),
        ({}, {"amr": ["pwd"]}, False),
        ({}, {"amr": "mfa"}, False),
        ({}, {}, False),
        ({"acr": ("gold",)}, {"acr": "gold"}, True),
        ({"acr": ("gold",)}, {"acr": "tin"}, False),
        ({"second_factor": "always"}, {}, True),
        ({"second_factor": "never"}, {"amr": ["mfa"]}, False),
    ],
)
def test_a_second_factor_given_there_counts_where_it_is_said_or_believed(
    city: oidc_provider.Provider, how: dict[str, Any], claims: dict[str, Any], enough: bool
) -> None:
    host = somebody(place())
    host.at(city, **claims)
    with set_up(city, **how):
        client = browser()
        assert sign_in(client).headers["Location"] == "/today/"
        if enough:
            assert works(client)
        else:
            assert client.get("/arrivals/").headers["Location"] == NEEDED
    if "acr" in how:
        assert city.asked[-1]["acr_values"] == "gold"


def test_who_has_codes_here_gives_one_unless_the_provider_asked_for_more(
    city: oidc_provider.Provider,
) -> None:
    host = somebody(place())
    secret = with_code(host.actor)
    with set_up(city):
        host.at(city)
        client = browser()
        assert sign_in(client).headers["Location"] == CODE
        assert not works(client)
        client.post(CODE, {"code": code_of(secret)})
        assert works(client)
        host.at(city, amr=["mfa"])
        client = browser()
        assert sign_in(client).headers["Location"] == "/today/"
        assert works(client)


# --------------------------------------------------------------------------- whose it is


def test_a_provider_of_one_service_lets_into_that_service_alone(city: oidc_provider.Provider) -> None:
    here, there = place(), place()
    host = somebody(here)
    with as_system(there.system) as system:
        team.add_member(
            system,
            username=user_of(host.actor).username,
            password_hash="!",
            full_name="The Same Person",
            role="leader",
            centre="gloucester",
            organisation="jobcentre",
            starts=HIRED,
        )
    host.at(city, amr=["mfa"])
    for one, centre in ((here, "Cheltenham"), (there, "Gloucester")):
        with set_up(city, service=_code_of(one)):
            client = browser()
            sign_in(client)
            assert centre in header(client)
            for place_ in _places(client):
                client.post("/places/", {"place": place_})
            assert centre in header(client)
    with set_up(city, service="another-service"):
        assert sign_in(browser()).status_code == 403


def _code_of(one: Place) -> str:
    with as_system(one.system):
        return Service.objects.get(id=one.system.service).code


def header(client: Client) -> str:
    """Where the page says one is."""
    page = client.get("/arrivals/").content.decode()
    return page[page.index("k-centre") : page.index("</header>")]


def _places(client: Client) -> list[str]:
    page = client.get("/places/").content.decode()
    return re.findall(r'name="place" value="([0-9a-f-]{36})"', page)


def test_who_has_no_place_here_now_is_not_let_in(city: oidc_provider.Provider) -> None:
    here = place()
    host = somebody(here)
    host.at(city, amr=["mfa"])
    assert host.actor.member_id is not None
    with as_system(here.system) as system:
        team.end_membership(system, host.actor.member_id)
    with set_up(city):
        assert sign_in(browser()).status_code == 403


def test_going_back_and_forth_too_often_is_stopped(city: oidc_provider.Provider) -> None:
    with set_up(city):
        client = browser()
        answers = [client.get("/account/with/city/back/?state=x").status_code for _n in range(32)]
    assert answers[0] == 400
    assert answers[-1] == 429


# --------------------------------------------------------------------------- an invitation taken with it


def invited(here: Place, **given: Any) -> Client:
    """A browser in which somebody opened the link of an invitation to the desk."""
    client = browser()
    client.get(link_of(here.member("administrator"), **given))
    return client


def take(client: Client) -> Any:
    """Press the provider's button on the page of the invitation, and come back."""
    answer = client.post("/account/with/city/", {"next": "/account/join/"})
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.partition("testserver")[2])


def test_who_is_invited_takes_the_place_with_the_account_of_their_organisation(
    city: oidc_provider.Provider,
) -> None:
    email = f"{uuid.uuid4().hex[:10]}@city.example.org"
    city.claims = {"sub": email, "email": email, "email_verified": True, "amr": ["mfa"]}
    with set_up(city):
        client = invited(place())
        assert "City of Somewhere" in client.get("/account/join/").content.decode()
        assert take(client).headers["Location"] == "/today/"
        assert works(client)
        assert client.get("/account/join/").status_code == 404
        again = browser()
        assert sign_in(again).headers["Location"] == "/today/"
        assert works(again)
    with as_actor(DOOR):
        made = User.objects.get(email=email)
        assert not made.has_usable_password()
        assert made.username == email


def test_who_works_elsewhere_in_the_installation_keeps_their_one_account(
    city: oidc_provider.Provider,
) -> None:
    host = somebody(place())
    host.at(city, amr=["mfa"])
    with set_up(city):
        client = invited(place())
        assert take(client).status_code == 302
        assert len(_places(client)) == 1, "the other place is there to change to"


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": None}])
def test_an_address_that_was_not_checked_opens_nobody_s_account_by_an_invitation(
    city: oidc_provider.Provider, claims: dict[str, Any]
) -> None:
    host = somebody(place())
    host.at(city, sub=uuid.uuid4().hex, amr=["mfa"], **claims)
    with set_up(city):
        client = invited(place())
        assert take(client).status_code == 302
        assert works(client)
        assert not _places(client), "the host's place is theirs alone"


def test_without_an_open_invitation_or_from_a_provider_of_another_service_nobody_new_gets_in(
    city: oidc_provider.Provider,
) -> None:
    here = place()
    city.claims = {"sub": uuid.uuid4().hex, "email": "new@city.example.org", "email_verified": True}
    with set_up(city):
        assert take(browser()).status_code == 403
        passing = invited(here)
        assert sign_in(passing).status_code == 403, "it takes the button on the invitation's page"
    with set_up(city, service="another-service"):
        client = invited(here, full_name="Second Newcomer")
        assert "City of Somewhere" not in client.get("/account/join/").content.decode()
        assert take(client).status_code == 403
    with as_actor(DOOR):
        assert not User.objects.filter(email="new@city.example.org").exists()


def test_a_place_they_cannot_take_is_said_and_nothing_is_made(city: oidc_provider.Provider) -> None:
    here = place()
    here.hire("coach", centre="cheltenham", name="Same Name")
    link = link_of(here.member("administrator"), full_name="Other Name")
    with as_system(here.system):
        Invitation.objects.filter(full_name="Other Name").update(full_name="Same Name", folded="same name")
    email = f"{uuid.uuid4().hex[:10]}@city.example.org"
    city.claims = {"sub": email, "email": email, "email_verified": True}
    with set_up(city):
        client = browser()
        client.get(link)
        answer = take(client)
    assert answer.status_code == 409
    assert "A colleague of this name works at this centre" in answer.content.decode()
    with as_actor(DOOR):
        assert not User.objects.filter(email=email).exists()


# --------------------------------------------------------------------------- how it is named


def test_an_installation_names_its_providers_in_a_file_or_in_its_environment(tmp_path: Any) -> None:
    (tmp_path / "sign-in.toml").write_text(
        '[[provider]]\ncode = "city"\nname = "City"\nissuer = "https://login.city.example"\n'
        'client_id = "kohti"\norigins = ["https://pages.city.example:8443"]\nservice = "tyotalo"\n'
    )
    found = read(tmp_path, {"KOHTI_OIDC_ISSUER": "https://id.example.org/x", "KOHTI_OIDC_CLIENT_ID": "a"})
    assert [(one.code, one.service, one.second_factor) for one in found] == [
        ("city", "tyotalo", "said"),
        ("organisation", None, "said"),
    ]
    assert origins_of(found) == [
        "https://login.city.example",
        "https://pages.city.example:8443",
        "https://id.example.org",
    ]
    assert read(tmp_path / "none", {}) == ()


@pytest.mark.parametrize(
    ("text", "said_"),
    [
        ("[[provider]\n", "sign-in.toml"),
        ('[[provider]]\ncode = "city"\n', "issuer"),
        ('[[provider]]\ncode = "c"\nname = "C"\nissuer = "http://far.example"\nclient_id = "x"\n', "https"),
        (
            '[[provider]]\ncode = "c"\nname = "C"\nissuer = "https://a.b"\nclient_id = "x"\nsecret = "y"\n',
            "secret",
        ),
    ],
)
def test_a_wrong_file_is_said_in_words(tmp_path: Any, text: str, said_: str) -> None:
    (tmp_path / "sign-in.toml").write_text(text)
    with pytest.raises(BadProviders, match=said_):
        read(tmp_path, {})


def test_the_address_of_a_signed_in_browser_leads_back_to_where_it_was_going(
    city: oidc_provider.Provider,
) -> None:
    host = somebody(place())
    host.at(city, amr=["mfa"])
    with set_up(city):
        client = browser()
        answer = client.post("/account/with/city/", {"next": "/queue/"})
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert {"openid", "email"} <= set(query["scope"][0].split())
        back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
        assert client.get(back.partition("testserver")[2]).headers["Location"] == "/queue/"
