"""A shared note that seems to name a diagnosis, an offence or a number is asked about, and ordinary ones are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.factories import MORNING, Place, browser_of, place
from tests.journeys.test_pages import key_of

from kohti.kernel import clock
from kohti.kernel.ids import short
from kohti.people import wording

EVERY = ("da", "en", "fi", "nl", "pl")


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "He was diagnosed with schizophrenia last year.", "health"),
        ("en", "Her methadone is handed out in the morning.", "addiction"),
        ("en", "He left prison in May.", "offence"),
        ("fi", "Hänellä todettiin kaksisuuntainen mielialahäiriö.", "health"),
        ("fi", "Masennuksen vuoksi hän on levännyt.", "health"),
        ("fi", "Vankilasta vapauduttuaan hän muutti.", "offence"),
        ("da", "Hun har fået konstateret brystkræft.", "health"),
        ("da", "Han er dømt for tyveri.", "offence"),
        ("nl", "Zij is verslaafd aan cocaïne.", "addiction"),
        ("nl", "Hij heeft een strafblad.", "offence"),
        ("nl", "Zij heeft een depressie gehad.", "health"),
        ("pl", "Choruje na cukrzycę.", "health"),
        ("pl", "Był skazany za kradzież.", "offence"),
        ("pl", "Jest uzależnieniem od alkoholu zmęczony.", "addiction"),
    ],
)
def test_what_names_an_illness_or_an_offence_is_noticed(language: str, text: str, kind: str) -> None:
    assert kind in {one.kind for one in wording.look(text, [language])}


@pytest.mark.parametrize(
    "text",
    [
        "NINO AB 12 34 56 C is on the letter.",
        "Henkilötunnus on 131052-308T.",
        "CPR 070761-4285 står på papiret.",
        "Rijksregister 85.07.30-033.28 staat erop.",
        "PESEL 44051401359.",
        "IBAN FI21 1234 5600 0007 85.",
        "IBAN GB29NWBK60161331926819",
    ],
)
def test_a_number_that_identifies_somebody_is_noticed(text: str) -> None:
    assert [one.kind for one in wording.look(text, EVERY)] == ["number"]


@pytest.mark.parametrize(
    "text",
    [
        "She came early, wants to bake again and will ring the college on 12 March 2026 at 10:30.",
        "His probation at the bakery ends in June; the weather made everybody a bit depressed.",
        "Call 07700 900123 or 020 7946 0018, reference 8812-4431, order 20260311.",
        "He spoke with conviction, and cleared the stroke of midnight shift.",
        "Invoice 12345678901 of 1.250,00 was paid.",
        "Hän haluaa leipoa taas. He syövät yhdessä kello 12.30, puhelin 040 123 4567.",
        "Hakemus lähti 11.3.2026, asiakasnumero 451052-3080.",
        "Hun har mange kræfter og er en fængslende fortæller. Ring 20 12 34 56 onsdag.",
        "Han vil gerne i praktik i 4 uger fra 01.04.2026.",
        "Zij spreekt al goed Nederlands en belt op 0470 12 34 56. Het is spannend.",
        "Hij kan veroordelen noch vleien; hij komt om 9 uur.",
        "Gwałtowny wzrost cen; chce pracować w piekarni od 1 kwietnia, tel. 512 345 678.",
        "To jest uzależnione od pogody.",
    ],
)
def test_ordinary_sentences_are_left_in_peace(text: str) -> None:
    assert wording.look(text, EVERY) == []


def test_a_note_is_asked_about_once_and_sealed_with_one_press(here: Place) -> None:
    browser = browser_of(here.member("leader"))
    person = here.person()
    address = f"/people/{short(person.id)}/timeline/"
    typed = {"key": key_of(browser.get(address).content), "text": "He was diagnosed with diabetes."}
    asked = browser.post(address, typed).content.decode()
    assert "looks like a diagnosis" in asked
    assert 'name="seal" value="health"' in asked
    assert "He was diagnosed with diabetes." in asked
    assert browser.post(address, typed | {"seal": "health"}).status_code == 302
    assert "Sealed" in browser.get(address).content.decode()
    again = typed | {"key": key_of(browser.get(address).content), "heeded": "health"}
    assert browser.post(address, again).status_code == 302


def test_what_is_typed_is_looked_at_as_it_is_typed(here: Place) -> None:
    browser = browser_of(here.member("leader"))
    found = browser.post("/notes/wording/", {"text": "He left prison."}).content.decode()
    assert "looks like an offence" in found
    assert browser.post("/notes/wording/", {"text": "He left early."}).content.decode().count("<p>") == 0
    sealed = browser.post("/notes/wording/", {"text": "He has asthma.", "fields_": "health"}).content.decode()
    assert "looks like" not in sealed
