"""Signing in at a screen: passkeys, locked screens, and taking over from a colleague at a counter."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect
from tests.factories import PASSWORD, Place
from tests.in_the_browser.screen import Screen, SitDown, Way, user_name

from kohti.kernel.actor import DOOR, Actor, as_actor

pytestmark = pytest.mark.browser

HASH = make_password(PASSWORD)
PIN = "730195"


def colleague(here: Place, name: str, role: str = "host") -> Actor:
    return here.hire(role, centre="cheltenham", name=name, password_hash=HASH)


def with_pin(actor: Actor) -> Actor:
    from kohti.config import counters
    from kohti.team.models import User

    with as_actor(DOOR):
        counters.set_pin(User.objects.get(id=actor.facts["user_id"]), PIN)
    return actor


def heading(screen: Screen, text: str) -> None:
    expect(screen.page.get_by_role("heading", level=1)).to_have_text(text)


def sign_in(screen: Screen, somebody: Actor) -> None:
    screen.go("/account/sign-in/")
    screen.page.get_by_label("User name").fill(user_name(somebody))
    screen.page.get_by_label("Password").fill(PASSWORD)
    screen.page.get_by_label("Password").press("Enter")
    heading(screen, "Today" if somebody.role == "leader" else "Arrivals")


def device_with_passkeys(screen: Screen) -> Any:
    """A device that keeps passkeys and checks who holds it, as phones and laptops do."""
    line = screen.context.new_cdp_session(screen.page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return line, made["authenticatorId"]


def test_a_passkey_is_added_named_used_without_a_name_and_removed(here: Place, sit_down: SitDown) -> None:
    priya = colleague(here, "Priya Nair")
    screen = sit_down()
    page = screen.page
    line, device = device_with_passkeys(screen)
    sign_in(screen, priya)
    screen.go("/account/codes/")
    screen.press(screen.link("Add a passkey"))
    name = page.get_by_label("What do you call it?")
    expect(name).to_have_value(re.compile("Chrome"))
    screen.check("Priya")
    name.fill("Work laptop")
    screen.press(screen.button("Add the passkey"))
    expect(page.locator(".k-codes code").first).to_be_visible()

    screen.press(screen.button("Sign out"))
    expect(screen.button("Sign out")).to_have_count(0)
    screen.go("/queue/")
    heading(screen, "Sign in")
    screen.check("Priya")
    screen.press(screen.button("Sign in with a passkey"))
    heading(screen, "Queue")

    screen.go("/account/passkeys/")
    expect(page.get_by_role("heading", name="Work laptop")).to_be_visible()
    screen.check("Priya")
    screen.press(screen.link("Rename Work laptop"))
    page.get_by_label("What do you call it?").fill("The old laptop")
    screen.press(screen.button("Save"))
    screen.press(screen.link("Remove The old laptop"))
    heading(screen, "Remove a passkey")
    screen.check("Priya")
    screen.press(screen.button("Remove the passkey"))
    expect(page.get_by_text("You have no passkey yet")).to_be_visible()
    screen.check("Priya")

    screen.press(screen.button("Sign out"))
    expect(screen.button("Sign out")).to_have_count(0)
    screen.go("/account/sign-in/")
    # The device still offers it; we do not know it any more.
    screen.press(screen.button("Sign in with a passkey"))
    expect(page.get_by_text("We do not know this passkey")).to_be_visible()
    screen.check("Priya")
    assert line.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]


def test_a_passkey_is_the_second_factor_beside_a_password(here: Place, sit_down: SitDown) -> None:
    priya = colleague(here, "Priya Nair")
    screen = sit_down()
    page = screen.page
    line, device = device_with_passkeys(screen)
    sign_in(screen, priya)
    screen.go("/account/passkeys/add/")
    screen.press(screen.button("Add the passkey"))
    expect(page.locator(".k-codes code").first).to_be_visible()
    screen.press(screen.button("Sign out"))
    expect(screen.button("Sign out")).to_have_count(0)

    screen.go("/account/sign-in/")
    page.get_by_label("User name").fill(user_name(priya))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    heading(screen, "Your code")
    screen.check("Priya")
    # Whoever holds the device is not its owner.
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    line.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": True})
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    screen.press(screen.button("Use my passkey"))
    heading(screen, "Arrivals")


def test_one_key_locks_and_whoever_locked_it_comes_back_to_what_they_were_typing(
    here: Place, sit_down: SitDown
) -> None:
    priya = colleague(here, "Priya Nair")
    here.person("Kirsi Koskinen")
    screen = sit_down()
    page = screen.page
    sign_in(screen, priya)
    screen.go("/arrivals/walk-in/")
    note = page.locator("[name=door_note]")
    note.fill("asked for a quiet room")
    screen.choose("Crisis: now")
    page.get_by_role("heading", level=1).click()
    other = screen.context.new_page()
    other.goto("/arrivals/")
    expect(other.get_by_role("heading", level=1)).to_have_text("Arrivals")
    page.keyboard.press("l")
    heading(screen, "This screen is locked")
    # The other window of this browser is locked with it.
    expect(other.get_by_role("heading", level=1)).to_have_text("This screen is locked")
    other.close()
    screen.check("Priya")
    assert "Priya" not in page.content()
    assert "Cheltenham" not in page.content()
    screen.go("/arrivals/")
    heading(screen, "This screen is locked")
    page.go_back()
    heading(screen, "This screen is locked")
    page.get_by_label("Your password").fill("not the password")
    screen.expected_status = "422"
    page.get_by_label("Your password").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    screen.check("Priya")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Your password").press("Enter")
    expect(note).to_have_value("asked for a quiet room")
    expect(page.get_by_role("radio", name="Crisis: now")).to_be_checked()
    assert page.url.endswith("/arrivals/walk-in/")
    screen.go("/arrivals/walk-in/")
    expect(note).to_have_value("")


def test_at_a_shared_counter_a_colleague_takes_over_with_a_pin(here: Place, sit_down: SitDown) -> None:
    """Without JavaScript, at 320 px."""
    priya, sally = with_pin(colleague(here, "Priya Nair")), with_pin(colleague(here, "Sally Jones", "leader"))
    screen = sit_down(way=Way(width=320, script=False))
    page = screen.page
    sign_in(screen, priya)
    screen.go("/account/counter/")
    screen.check("Priya")
    page.get_by_label("What do you call it?").fill("Front desk")
    screen.press(screen.button("Make it a shared counter"))
    expect(page.get_by_text("Shared counter")).to_be_visible()
    screen.check("Priya")
    screen.go("/arrivals/")
    heading(screen, "Arrivals")
    screen.press(screen.button("Lock"))
    heading(screen, "This screen is locked")
    screen.press(screen.link("Sign in as somebody else"))
    heading(screen, "Sign in")
    sign_in(screen, sally)
    screen.press(screen.button("Lock"))
    heading(screen, "This screen is locked")
    screen.check("Priya", "Sally")
    screen.choose("Priya Nair")
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_label("Your PIN").press("Enter")
    heading(screen, "Arrivals")
    expect(page.locator(".k-me")).to_contain_text("Priya Nair")


def test_a_screen_left_alone_at_a_counter_locks_by_itself(here: Place, sit_down: SitDown) -> None:
    priya = with_pin(colleague(here, "Priya Nair"))
    screen = sit_down()
    page = screen.page
    sign_in(screen, priya)
    screen.go("/account/counter/")
    screen.press(screen.button("Make it a shared counter"))
    expect(page.get_by_text("Shared counter")).to_be_visible()
    screen.go("/arrivals/")
    page.clock.install()
    screen.go("/arrivals/")
    heading(screen, "Arrivals")
    page.clock.fast_forward("14:00")
    heading(screen, "Arrivals")
    page.clock.fast_forward("02:00")
    heading(screen, "This screen is locked")
