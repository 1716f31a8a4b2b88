"""An appointment: booked, moved and cancelled in the book, and by whoever has its link, who needs no account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.factories import MORNING, TODAY, Place, acting, an_offer, as_system
from tests.in_the_browser.screen import Screen, SitDown, Way

from kohti.diary import actions as diary
from kohti.diary import by_link
from kohti.kernel.languages import CODES

pytestmark = pytest.mark.browser

EACH_WAY = [
    pytest.param(Way(), id="mouse"),
    pytest.param(Way(keyboard=True, script=False), id="keyboard, no JavaScript", marks=pytest.mark.long),
    pytest.param(Way(keyboard=True), id="keyboard", marks=pytest.mark.long),
    pytest.param(Way(width=320, scheme="dark"), id="phone in the dark", marks=pytest.mark.long),
]
NAMES = ("Koskinen", "Marcus")


def columns_stand_side_by_side(screen: Screen) -> bool:
    """Whether the book's first two columns begin at one height."""
    first, second = (screen.page.locator(".k-book section").nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert second is not None
    return first["y"] == second["y"]


def narrow_too(screen: Screen) -> None:
    """The page as it is, and at 320 px, where the columns stand under each other."""
    screen.check(*NAMES)
    if screen.way.width == 320:
        assert not columns_stand_side_by_side(screen)
        return
    assert columns_stand_side_by_side(screen)
    screen.page.set_viewport_size({"width": 320, "height": 800})
    assert not columns_stand_side_by_side(screen)
    screen.check(*NAMES)
    screen.page.set_viewport_size({"width": screen.way.width, "height": 800})


@pytest.mark.parametrize("way", EACH_WAY)
def test_an_appointment_is_booked_at_a_free_time_moved_made_earlier_and_cancelled(
    here: Place, sit_down: SitDown, way: Way
) -> None:
    sally = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    here.hire("coach", centre="cheltenham", name="Neil Williams", password_hash="none")
    priya = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    here.booking(MORNING + timedelta(hours=3), person=here.person("Kirsi Koskinen"))
    here.booking(
        MORNING + timedelta(hours=1), minutes=30, person=here.person("Marcus Walker"), staff_id=sally.staff_id
    )
    screen, colleague = sit_down(priya, way), sit_down(sally)
    colleague.go(f"/book/?day={TODAY}")
    page = screen.page
    screen.press(screen.link("Appointment book"))
    book = page.locator(".k-book")
    column = book.locator("section", has_text="Sally Jones")
    expect(column).to_contain_text("11:00 Marcus Walker")
    narrow_too(screen)

    # The same day by room, as a list, and the week of one colleague.
    screen.press(screen.link("By room and desk"))
    expect(screen.link("By room and desk")).to_have_attribute("aria-current", "true")
    expect(book).to_contain_text("Without a room")
    screen.check(*NAMES)
    screen.press(screen.link("As a list, to print"))
    expect(screen.link("Side by side")).to_be_visible()
    assert not columns_stand_side_by_side(screen)
    screen.press(screen.link("By colleague"))
    screen.press(column.get_by_role("link", name="Sally Jones"))
    expect(page.get_by_role("heading", name="Sally Jones", level=1)).to_be_visible()
    expect(book.locator("section")).to_have_count(5)
    narrow_too(screen)

    # A press on a free time books Kirsi there.
    screen.press(screen.link("By colleague"))
    screen.press(column.get_by_role("button", name="Free 12:00"))
    expect(page.get_by_label("Time")).to_have_value("12:00")
    screen.check(*NAMES)
    screen.stand_in(page.get_by_role("searchbox"))
    screen.type("kirs")
    screen.press(screen.button("Find"))
    expect(page.get_by_role("radio", name="Kirsi Koskinen")).to_be_checked()
    for label, still in (("Day", "11"), ("Month", "3"), ("Year", "2026"), ("Time", "12:00")):
        expect(page.get_by_label(label, exact=True)).to_have_value(still)
    screen.check(*NAMES)
    screen.press(screen.button("Book the appointment"))
    expect(screen.said).to_contain_text("The appointment is booked.")
    expect(column).to_contain_text("12:00 Kirsi Koskinen")
    expect(colleague.page.locator(".k-book")).to_contain_text("12:00 Kirsi Koskinen")

    # Moved onto somebody it is refused in words, and what was typed stays; then it goes through.
    screen.press(column.get_by_role("link", name="12:00 Kirsi Koskinen"))
    move = page.get_by_role("form", name="Move")
    expect(move).to_be_visible()
    screen.check(*NAMES)
    screen.expected_status = "409"
    for time, said in (("11:10", "This colleague is already booked at that time."), ("14:00", "")):
        move.get_by_label("Time").fill(time)
        screen.press(move.get_by_role("button", name="Move"))
        if said:
            expect(page.get_by_role("alert")).to_contain_text(said)
            expect(move.get_by_label("Time")).to_have_value(time)
            screen.check(*NAMES)
    expect(screen.said).to_contain_text("The appointment is moved.")
    expect(column).to_contain_text("14:00 Kirsi Koskinen")

    # She would come earlier; a time that becomes free is offered, and taken with one press.
    screen.press(column.get_by_role("link", name="14:00 Kirsi Koskinen"))
    screen.press(screen.link("Earlier, if a time becomes free"))
    expect(screen.button("Put on the waiting list")).to_be_visible()
    screen.check(*NAMES)
    screen.press(screen.button("Put on the waiting list"))
    expect(page.get_by_role("heading", name="Waiting list", level=1)).to_be_visible()
    screen.check(*NAMES)
    screen.press(screen.button("Move there: Kirsi Koskinen"))
    expect(page.get_by_text("Nobody waits for an earlier time")).to_be_visible()
    screen.check(*NAMES)

    # Marcus rang: his is cancelled with a word, and no longer stands in the book.
    screen.press(screen.link("Appointment book"))
    screen.press(column.get_by_role("link", name="11:00 Marcus Walker"))
    screen.stand_in(page.get_by_label("Why"))
    screen.type("rang, is ill")
    screen.press(screen.button("Cancel the appointment"))
    expect(screen.said).to_contain_text("The appointment is cancelled.")
    expect(book).not_to_contain_text("Marcus")
    expect(colleague.page.locator(".k-book")).not_to_contain_text("Marcus")


def test_on_a_small_telephone_without_script_an_offered_time_is_taken_late_moved_and_cancelled(
    here: Place, sit_down: SitDown
) -> None:
    coach = here.member("coach", name="Kim Reed")
    booking = here.booking(
        MORNING + timedelta(hours=3), person=here.person("Zebedee Quixworth"), staff_id=coach.staff_id
    )
    wish = acting(coach, diary.ask_earlier, booking.id, key="ask")
    offer = an_offer(here, wish, starts=MORNING + timedelta(hours=2))
    screen = sit_down(None, Way(width=320, script=False))
    page = screen.page
    screen.go(f"/a/offer/{by_link.token_of_offer(offer.id)}/")
    expect(page.get_by_role("heading", name="A time came free")).to_be_visible()
    expect(page.get_by_text("Please answer by 12:00.")).to_be_visible()
    screen.check("Quixworth", "Reed")
    screen.press(screen.button("Yes, I will come then"))
    expect(page.get_by_role("heading", name="Your appointment")).to_be_visible()
    expect(page.get_by_text("Your appointment is at this time now.")).to_be_visible()
    screen.check("Quixworth", "Reed")
    page.get_by_role("combobox").select_option("15")
    screen.press(screen.button("Say that I am late"))
    expect(page.get_by_text("You said that you come 15 minutes later.")).to_be_visible()
    screen.press(screen.link("Choose another time"))
    expect(page.get_by_role("group", name="When would you like to come?")).to_be_visible()
    screen.check("Quixworth", "Reed")
    page.get_by_role("radio").nth(2).check()
    screen.press(screen.button("Come at this time"))
    expect(page.get_by_text("Your appointment is at this time now.")).to_be_visible()
    screen.press(screen.link("Polski"))
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    screen.check("Quixworth", "Reed")
    screen.press(screen.link("English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    screen.press(screen.link("Cancel the appointment"))
    expect(page.get_by_role("group", name="Why can you not come?")).to_be_visible()
    screen.check("Quixworth", "Reed")
    screen.expected_status = "410"
    screen.press(screen.button("Cancel the appointment"))
    expect(page.get_by_role("heading", name="This appointment is cancelled")).to_be_visible()
    screen.check("Quixworth", "Reed")


@pytest.mark.long
@pytest.mark.parametrize("way", [Way(width=320), Way(scheme="dark")], ids=["a small telephone", "dark"])
def test_each_page_of_a_link_in_each_language_is_open_to_everybody_and_names_nobody(
    here: Place, sit_down: SitDown, way: Way
) -> None:
    coach = here.member("coach", name="Kim Reed")
    here.booking(MORNING + timedelta(hours=2), person=here.person("Ada Nextdoor"), staff_id=coach.staff_id)
    screen = sit_down(None, way)
    screen.expected_status = "410"
    page = screen.page

    def looked_at(language: str) -> None:
        screen.check("Quixworth", "Reed", "Nextdoor")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert not any(name in page.content() for name in ("Zebedee", "Quixworth", "Reed", "Nextdoor"))

    for n, language in enumerate(CODES):
        booking = here.booking(
            MORNING + timedelta(hours=3, minutes=20 * n),
            person=here.person("Zebedee Quixworth"),
            staff_id=coach.staff_id,
        )
        with as_system(here.system):
            address = f"/a/{by_link.token_now(booking.id)}/"
        for part in ("", "move/"):
            screen.go(f"{address}{part}?in={language}")
            looked_at(language)
        screen.go(f"{address}?in={language}")
        screen.press(page.locator('form[action*="/late/"] button').first)
        expect(page.locator(".k-notice[data-kind=success]")).to_be_visible()
        looked_at(language)
        screen.press(page.locator('a[href*="/cancel/"]'))
        expect(page.get_by_role("radio")).to_have_count(5)
        looked_at(language)
        screen.press(page.locator("main form button"))
        expect(page.get_by_role("radio")).to_have_count(0)
        looked_at(language)
