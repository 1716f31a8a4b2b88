"""Languages in use: dates and numbers, a service's own messages, and the language a command speaks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.template import engines
from django.utils.translation import gettext, ngettext, override
from tests.factories import Place, acting, as_system, as_worker, browser_of, place

import kohti
from kohti.config import services
from kohti.diary import actions as diary
from kohti.diary.jobs import import_file
from kohti.diary.models import ImportedFile
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.views_news import part_of
from kohti.kernel import blueprint, languages, words
from kohti.kernel.actor import as_actor
from kohti.kernel.live import News

OTHER_WORDS = """
[words.en]
"Call next" = "Invite the next participant"
"%(n)s waits" = ["%(n)s participant waits", "%(n)s participants wait"]
"Waiting" = "In the lounge"

[words.fi]
"Call next" = "Kutsu seuraava osallistuja"

"""


def with_words(text: str, *, code: str) -> str:
    """Gloucestershire under another code, with messages of its own."""
    plain = services.shipped("gloucestershire")
    plain = "\n".join(_without_words(plain)).replace('code = "gloucestershire"', f'code = "{code}"', 1)
    at = plain.index("[[organisations]]")
    return plain[:at] + text + plain[at:]


def _without_words(text: str) -> list[str]:
    kept, out = [], False
    for line in text.splitlines():
        if line.startswith("["):
            out = line.startswith("[words")
        if not out:
            kept.append(line)
    return kept


def say(here: Place, text: str) -> None:
    """Give a service words of its own."""
    code = here.member("host").facts["service_code"]
    with as_worker():
        services.apply(with_words(text, code=code), name="test.toml")


@pytest.fixture
def theirs() -> Place:
    """A service with words of its own."""
    made = place()
    say(made, OTHER_WORDS)
    made.members.clear()  # they came to work after that
    return made


def test_two_services_of_one_installation_call_the_same_button_differently(theirs: Place) -> None:
    ours = place()
    pages = {}
    for name, one in (("theirs", theirs), ("ours", ours)):
        acting(one.member("host"), frontdesk.take_walk_in, one.reasons["evidence"].id, key="one")
        pages[name] = browser_of(one.member("coach")).get("/queue/").content.decode()
    assert "Invite the next participant" in pages["theirs"]
    assert "Call next<" not in pages["theirs"]
    assert "Call next<" in pages["ours"]
    assert "participant" not in pages["ours"]


def test_each_language_of_a_service_has_its_own_and_the_rest_is_the_products(theirs: Place) -> None:
    coach = theirs.member("coach")
    with words.spoken("fi", actor=coach):
        assert gettext("Call next") == "Kutsu seuraava osallistuja"
        assert gettext("Queue") == "Jono"
        assert ngettext("%(n)s waits", "%(n)s wait", 2) == "%(n)s odottaa"
        assert words.language() == "fi"
    with words.spoken("en", actor=coach):
        assert ngettext("%(n)s waits", "%(n)s wait", 1) == "%(n)s participant waits"
        assert ngettext("%(n)s waits", "%(n)s wait", 5) == "%(n)s participants wait"
        assert gettext("This field is required.") == "This field is required."
    assert gettext("Call next") == "Call next"


def test_the_words_of_the_caller_come_back_after_a_block_that_failed(theirs: Place) -> None:
    with override("fi"):
        with pytest.raises(ZeroDivisionError), words.spoken("en", actor=theirs.member("coach")):
            raise ZeroDivisionError
        assert gettext("Queue") == "Jono"


def test_live_news_are_in_the_words_of_their_service(theirs: Place) -> None:
    said = []
    for here in (theirs, place()):
        host = here.member("host")
        visit = acting(host, frontdesk.take_walk_in, here.reasons["evidence"].id, key="one").visit_id
        said.append(part_of(host, "en", "queue")([News(here.centre.id, "visit", visit)]) or "")
    assert ["1 participant waits" in part for part in said] == [True, False]
    assert "1 waits" in said[1]


def test_a_new_version_is_spoken_at_once_and_read_once(theirs: Place) -> None:
    coach = theirs.member("coach")
    with words.spoken("en", actor=coach):
        first = gettext("Call next")
    say(theirs, '[words.en]\n"Call next" = "Next one, please"\n\n')
    page = browser_of(coach).get("/queue/").content.decode()
    assert (first, "Next one, please" in page) == ("Invite the next participant", True)
    again = browser_of(coach)
    cold, warm = (int(again.get("/queue/").headers["X-Kohti-Statements"]) for _ in range(2))
    assert cold == warm


def test_what_is_kept_of_a_page_is_kept_for_the_words_it_was_made_in(theirs: Place) -> None:
    leader = theirs.member("leader")
    booking = theirs.booking()
    for called in ("On the list", "Awaited"):
        say(theirs, f'[words.en]\n"Expected" = "{called}"\n"All languages" = "{called}"\n\n')
        shown = browser_of(leader)
        assert f">{called}<" in shown.get("/arrivals/").content.decode()
        assert f"<small>{called}</small>" in shown.get("/book/").content.decode()
        assert called in shown.get(f"/people/{booking.person_id}/change/who/").content.decode()


def test_housekeeping_speaks_the_words_of_its_service_too(theirs: Place) -> None:
    with as_system(theirs.system), words.spoken("en", actor=theirs.system):
        assert gettext("Call next") == "Invite the next participant"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('"Call the next" = "X"', 2, "Kohti has no such message"),
        ('"%(n)s waits" = "one"', 2, "a list of 2 texts"),
        ('"Queue" = ["a", "b"]', 2, "counts nothing"),
        ('"%(n)s waits" = ["%(n)s a"]', 2, "a list of 2 texts"),
        ('"Queue" = "Line"\n"Came %(time)s" = "Came at %(clock)s"', 3, "the same placeholders: %(time)s"),
    ],
)
def test_own_words_that_fit_no_message_are_named_with_their_line(text: str, line: int, said: str) -> None:
    whole = with_words(f"[words.en]\n{text}\n\n", code="x")
    before = whole[: whole.index("[words.en]")].count("\n")
    with pytest.raises(blueprint.BadBlueprint) as refused:
        blueprint.read(whole)
    (fault,) = refused.value.faults
    assert fault.line == before + line
    assert said in fault.message


def test_polish_own_words_need_three_forms() -> None:
    assert words.misfits("pl", {"%(n)s waits": ["%(n)s a", "%(n)s b"]}) == [
        ("%(n)s waits", "Give a list of 3 texts, one for each plural form.")
    ]
    assert words.misfits("pl", {"%(n)s waits": ["%(n)s a", "%(n)s b", "%(n)s c"]}) == []


def test_own_words_are_checked_in_a_checkout_whose_catalogues_nobody_has_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path("fi", "LC_MESSAGES", "django.po")
    (tmp_path / source).parent.mkdir(parents=True)
    (tmp_path / source).write_bytes((languages.CATALOGUES / source).read_bytes())
    monkeypatch.setattr(words, "CATALOGUES", tmp_path)
    words._messages.cache_clear()
    try:
        assert words.misfits("en", {"Call next": "Invite", "%(n)s waits": ["%(n)s a", "%(n)s b"]}) == []
        assert [one for one, _why in words.misfits("en", {"Call nekst": "Invite"})] == ["Call nekst"]
    finally:
        words._messages.cache_clear()


UNREADABLE = b"""Reference,Date,Start,Minutes,Customer,With,Type
R1,2026-03-12,09:00,10,Ann Early,Sally Jones,Work search review
R2,2026-03-12,soon,10,Ben Next,Sally Jones,Work search review
"""


@pytest.mark.parametrize(
    ("language", "reason"), [("fi", "Kellonaikaa ei voi lukea"), ("en", "The time cannot be read")]
)
def test_a_job_speaks_the_language_of_whoever_ordered_it(language: str, reason: str) -> None:
    here = place()
    leader = here.member("leader")
    with override(language), as_actor(leader):
        held = diary.hold_file(leader, here.centre.id, UNREADABLE, filename="d.csv", key="one")
        diary.order_import(leader, held.id)
        number = import_file.order(leader, subject_id=held.id)
        with connection.cursor() as cursor:
            cursor.execute("select args from procrastinate_jobs where id = %s", [number])
            arguments = json.loads(cursor.fetchone()[0])
    with override("nl"), as_worker():
        import_file.run(**arguments)
    with as_actor(leader):
        result = ImportedFile.objects.get(id=held.id).result
    assert [problem["reason"].startswith(reason) for problem in result["problems"]] == [True]


DAY = date(2026, 3, 11)
HALF_PAST_NINE = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "long", "short", "clock", "number", "named"),
    [
        ("en", "Wednesday 11 March 2026", "11 March 2026", "09:30", "12,345.5", "a, b and c"),
        ("fi", "keskiviikko 11. maaliskuuta 2026", "11. maaliskuuta 2026", "09.30", "12 345,5", "a, b ja c"),
        ("da", "onsdag den 11. marts 2026", "11. marts 2026", "09.30", "12.345,5", "a, b og c"),
        ("nl", "woensdag 11 maart 2026", "11 maart 2026", "09:30", "12.345,5", "a, b en c"),
        ("pl", "środa, 11 marca 2026", "11 marca 2026", "09:30", "12 345,5", "a, b i c"),
    ],
)
def test_dates_times_numbers_and_lists_are_written_as_each_language_does(
    language: str, long: str, short: str, clock: str, number: str, named: str
) -> None:
    with override(language):
        assert words.day_long(DAY) == long
        assert words.day_short(DAY) == short
        assert words.clock_time(HALF_PAST_NINE, ZoneInfo("Europe/London")) == clock
        assert words.number(12345.5).replace("\xa0", " ") == number
        assert words.all_of(["a", "b", "c"]) == named


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "fi"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fi_FI.UTF-8", "LC_ALL": "pl_PL.UTF-8"}, "pl"),
        ({"LANG": "fi_FI.UTF-8", "LC_MESSAGES": "nl_BE@euro"}, "nl"),
        ({"LC_ALL": "C", "LANG": "fi_FI.UTF-8"}, "en"),
        ({"KOHTI_LANGUAGE": "da", "LC_ALL": "pl_PL.UTF-8"}, "da"),
        ({"KOHTI_LANGUAGE": "", "LANG": "sv_SE"}, "en"),
    ],
)
def test_a_command_speaks_the_language_of_its_environment(environment: dict[str, str], language: str) -> None:
    assert languages.asked_for(environment) == language


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Anna Ek", "With Anna Ek"),
        ("Łucja Żuk", "With Łucja Żuk"),
        ("ليلى حداد", "With \u2068ليلى حداد\u2069"),
        ("יעל כהן (Yael)", "With \u2068יעל כהן (Yael)\u2069"),
        ("<b>ليلى</b>", "With \u2068&lt;b&gt;ليلى&lt;/b&gt;\u2069"),
    ],
)
def test_a_name_from_right_to_left_does_not_turn_the_sentence_it_stands_in(name: str, said: str) -> None:
    page = engines["jinja2"].from_string('{{ _("With %(name)s", name=name) }}')
    assert page.render({"name": name}) == said


HELP = {
    "en": ("usage: kohti import", "show this help message and exit", "Check a diary file"),
    "fi": ("käyttö: kohti import", "näytä tämä ohje ja lopeta", "Tarkista ajanvaraustiedosto"),
    "da": ("brug: kohti import", "vis denne hjælp, og stop", "Kontrollér en kalenderfil"),
    "nl": ("gebruik: kohti import", "deze hulp tonen en stoppen", "Een agendabestand"),
    "pl": ("użycie: kohti import", "pokaż tę pomoc i zakończ", "Sprawdź plik terminarza"),
}


@pytest.mark.parametrize("language", languages.CODES)
def test_help_and_complaints_of_the_command_line_are_in_the_language_asked_for(language: str) -> None:
    told = _told(language, "import", "diary", "--help").stdout
    assert [text in told for text in HELP[language]] == [True] * 3
    refused = _told(language, "import", "diary", "/nowhere.csv")
    assert refused.returncode == 2
    assert ("required" in refused.stderr) == (language == "en")


def _told(language: str, *words_of_it: str) -> subprocess.CompletedProcess[str]:
    """What the command line says to somebody whose machine speaks this language."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "kohti.config.command", *words_of_it],
        env=plain
        | {
            "PYTHONPATH": str(Path(kohti.__file__).parents[1]),
            "LANG": f"{language}_XX.UTF-8",
            "COLUMNS": "200",
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_what_people_write_in_keeps_its_own_direction_in_every_template() -> None:
    source = Path(kohti.__file__).parent
    lacking = [
        f"{path.relative_to(source)}: {control[:80]}"
        for path in sorted(source.rglob("templates/**/*.html"))
        for control in re.findall(r"<(?:input|textarea)\b[^>]*(?:>|$)", path.read_text("utf-8"))
        if "dir=" not in control and not re.search(OF_NO_DIRECTION, control)
    ]
    assert lacking == []


OF_NO_DIRECTION = (
    r'type="(hidden|radio|checkbox|password|file|date|time|number|email|tel|{{ type }})"|inputmode="numeric"'
)
