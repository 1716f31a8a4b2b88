"""Every text of the product is there in every language it is offered in, with the same parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from kohti.config import services
from kohti.kernel import blueprint
from tools import words


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
    assert words.as_po(words.merged(words.read(language), texts)) == kept, "run `make words`"


def test_every_language_on_offer_has_a_catalogue_or_is_the_language_of_the_source() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {"en", *words.LANGUAGES}


def test_what_a_translator_left_open_is_named(tmp_path: Path) -> None:
    source = Catalog()
    for text in ("Here since %(time)s.", "Queue", "Left", "Call", "Undo", "Done"):
        source.add(text)
    source.add(("%(n)s line", "%(n)s lines"))
    kept = Catalog(locale="fi")
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
        "placeholders differ: 'Here since %(time)s.'",
        "fuzzy: 'Queue'",
        "not translated: 'Left'",
        "begins or ends with another space: 'Call'",
        "not translated: '%(n)s line'",
    ]


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
