"""Every text of the product is there in every language it is offered in, with the same parts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from kohti.config import services
from kohti.kernel import blueprint
from tools import unmarked, words


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """The texts there are in the code now."""
    return words.extract()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(texts: Catalog, language: str) -> None:
    assert words.faults(words.read(language), texts) == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_kept_file_is_what_merging_again_would_write(texts: Catalog, language: str) -> None:
    kept = words.catalogue(language).read_bytes()
    as_merged = words.as_po(words.merged(words.read(language), texts)) == kept
    assert as_merged, "run `make words`"  # a catalogue compared by pytest line by line takes minutes


def test_every_text_that_code_marks_is_found(texts: Catalog) -> None:
    """What is marked inside another text, between braces, is not always: then nobody ever translates it."""
    named = {one.id if isinstance(one.id, str) else one.id[0] for one in texts}
    assert [one for one in unmarked.marked() if one[1] not in named] == []


def test_no_catalogue_speaks_another_language() -> None:
    """A sentence that two of them say in the very same words was taken into the wrong one."""
    said: dict[str, set[str]] = {}
    for language in words.LANGUAGES:
        for message in words.read(language):
            for form in words.forms_of(message.string):
                if message.id and len(re.findall(r"[^\W\d_]{3,}", words.PLACEHOLDER.sub("", form))) > 2:
                    said.setdefault(form, set()).add(language)
    assert {form: sorted(where) for form, where in said.items() if len(where) > 1} == {}


def test_every_language_on_offer_has_a_catalogue_or_is_the_language_of_the_source() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {"en", *words.LANGUAGES}


def test_what_a_translator_left_open_is_named(tmp_path: Path) -> None:
    source = Catalog()
    for text in ("Here since %(time)s.", "Queue", "Left", "Call", "Undo", "Done"):
        source.add(text)
    source.add(("%(n)s line", "%(n)s lines"))
    source.add(("One day", "%(n)s days"))
    kept = Catalog(locale="fi")
    kept.add(("One day", "%(n)s days"), ("Yksi päivä", "Päiviä"))
    kept.add("Here since %(time)s.", "Saapunut klo %(clock)s.")
    kept.add("Queue", "Jono", flags=("fuzzy",))
    kept.add("Left", "")
    kept.add("Call", " Kutsu")
    kept.add("Undo", "Kumoa")
    kept.add(("%(n)s line", "%(n)s lines"), ("%(n)s rivi", ""))
    kept.add("Go home", "Kotiin")
    assert words.faults(kept, source) == [
        "not in the catalogue; run `make words`: 'Done'",
        "no longer in the code; run `make words`: 'Go home'",
        "placeholders differ: 'One day'",
        "placeholders differ: 'Here since %(time)s.'",
        "fuzzy: 'Queue'",
        "not translated: 'Left'",
        "begins or ends with another space: 'Call'",
        "not translated: '%(n)s line'",
    ]


def test_what_a_translator_lacks_is_written_out_filled_in_and_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "catalogue", lambda language: tmp_path / language / "django.po")
    texts = Catalog()
    texts.add("Queue", locations=[("frontdesk/views.py", 1)])
    texts.add("Here since %(time)s.")
    texts.add(("%(n)s line", "%(n)s lines"))
    monkeypatch.setattr(words, "extract", lambda: texts)
    kept = Catalog(locale="fi")
    kept.add("Queue", "Jono")
    words.keep(kept)

    wanting = words.missing("pl").decode()
    assert "fi: Jono" in wanting
    filled = tmp_path / "filled.po"
    filled.write_text(
        wanting.replace('msgid "Queue"\nmsgstr ""', 'msgid "Queue"\nmsgstr "Kolejka"')
        .replace('since %(time)s."\nmsgstr ""', 'since %(time)s."\nmsgstr "Od %(clock)s."')
        .replace('msgstr[0] ""', 'msgstr[0] "%(n)s linia"')
        .replace('msgstr[1] ""', 'msgstr[1] "%(n)s linie"')
        .replace('msgstr[2] ""', 'msgstr[2] "%(n)s linii"'),
        "utf-8",
    )
    assert words.take(filled) == ["placeholders differ: 'Here since %(time)s.'"]
    taken = words.read("pl")
    assert taken["Queue"].string == "Kolejka"
    assert taken[("%(n)s line", "%(n)s lines")].string == ("%(n)s linia", "%(n)s linie", "%(n)s linii")
    assert words.faults(taken, texts) == ["not translated: 'Here since %(time)s.'"]


def test_every_text_people_see_is_marked_for_translation() -> None:
    assert unmarked.all_faults() == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Come back later</p>", ["Come back later"]),
        ("<p>{{ _('Come back later') }}</p>", []),
        ('<button aria-label="Close">{{ icon("x") }}</button>', ["Close"]),
        ('<p class="k-row">{{ tag("Too late for this") }}</p>', ["Too late for this"]),
        ("{# a remark for builders #}<b>{{ n }}</b><script>var words = 1;</script>", []),
        ("<{{ element }} class='k'>{{ _('Name') }} · {{ 'k-row k-x' }} Kohti</{{ element }}>", []),
    ],
)
def test_literal_text_in_a_template_is_found(template: str, found: list[str]) -> None:
    assert [text for _line, text in unmarked.in_template(template)] == found


@pytest.mark.parametrize(
    ("name", "code", "found"),
    [
        ("x.py", 'raise Refused("The day is over.")', ["The day is over."]),
        ("x.py", 'raise Refused(f"{n} are over")', [" are over"]),
        ("x.py", 'raise Refused(_("The day is over."), code="over")', []),
        ("x.py", 'raise NotThere("no such day")', []),
        ("x.py", 'say(f"working on {name}")', ["working on "]),
        ("forms.py", 'name = forms.CharField(label="Name")', ["Name"]),
        ("config/commands/x.py", 'one.add_argument("--all", help="everything")', ["everything"]),
    ],
)
def test_literal_text_in_code_is_found(name: str, code: str, found: list[str]) -> None:
    assert [text for _line, text in unmarked.in_code(code, name)] == found


def test_the_compiled_catalogue_speaks_in_pages_and_in_code() -> None:
    with translation.override("fi"):
        page = get_template("404.html").render({"actor": None, "menu": [], "notices": ()})
        assert translation.gettext("Nobody is waiting for you.") == "Jonossa ei ole kutsuttavia."
        counted = [translation.ngettext("Import %(n)s row", "Import %(n)s rows", n) for n in (1, 2)]
    assert "Sivua ei löydy" in page
    assert counted == ["Tuo %(n)s rivi", "Tuo %(n)s riviä"]


@pytest.mark.parametrize("file", [*services.SHIPPED.iterdir()], ids=lambda file: file.name)
def test_every_title_of_a_shipped_blueprint_is_there_in_each_of_its_languages(file: Path) -> None:
    plan = blueprint.read(file.read_text(encoding="utf-8"), name=file.name)
    titles = [part["title"] for parts in plan.model_dump().values() for part in parts if "title" in part]
    assert titles
    assert [title for title in titles if not set(plan.service.languages) <= set(title)] == []


def test_polish_counts_in_three_forms() -> None:
    with translation.override("pl"):
        said = [
            translation.ngettext("Import %(n)s row", "Import %(n)s rows", n) % {"n": n} for n in (1, 3, 5, 22)
        ]
    assert said == [
        "Importuj 1 wiersz",
        "Importuj 3 wiersze",
        "Importuj 5 wierszy",
        "Importuj 22 wiersze",
    ]
