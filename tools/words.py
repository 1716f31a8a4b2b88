"""Brings the catalogues of `src/kohti/locale` up to the texts of the code; `make words` calls it.

Extracts every text, merges them into each language's `django.po` (what is gone is dropped, nothing guessed),
compiles the catalogues, and says what is left to translate. `faults` is what the tests ask.

For a translator: `python tools/words.py --missing da > da.po` writes what Danish lacks, each with the places where
it stands and what other languages say; fill in the msgstr lines; `python tools/words.py --take da.po` takes them
back, and says which still do not fit.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCE = CHECKOUT / "src" / "kohti"
LANGUAGES = ("fi", "da", "nl", "pl")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "ngettext_noop": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
HEAD = """\
msgid ""
msgstr ""
"Project-Id-Version: Kohti\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[srd]|\{\w*\}")


def catalogue(language: str) -> Path:
    """The file that holds the texts of one language."""
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def extract() -> Catalog:
    """Every text of the code and the templates, with the files it stands in."""
    with (CHECKOUT / "tools" / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = Catalog(project="Kohti", fuzzy=False)
    for name, _line, text, comments, context in extract_from_dir(
        SOURCE, methods, options, keywords=KEYWORDS, comment_tags=("Words:",), strip_comment_tags=True
    ):
        found.add(text, None, [(name, 1)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """The catalogue of one language as it is kept; an empty one for a language that is new."""
    if not catalogue(language).exists():
        return Catalog(locale=language, domain="django", fuzzy=False)
    with catalogue(language).open("rb") as file:
        return read_po(file, locale=language, domain="django")


def merged(kept: Catalog, texts: Catalog) -> Catalog:
    """The catalogue with the texts there are now: new ones empty, old ones dropped, translations kept."""
    kept.update(texts, no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def as_po(words: Catalog) -> bytes:
    """The catalogue as a file: sorted, without dates and line numbers, so that only texts change it."""
    out = io.BytesIO()
    write_po(
        out, words, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False, omit_header=True
    )
    return HEAD.format(language=words.locale, plurals=words.plural_forms).encode() + out.getvalue()


def forms_of(text: object) -> tuple[str, ...]:
    """A text, or each of its plural forms; one empty one where there is nothing."""
    return (text or "",) if isinstance(text, str | None) else tuple(str(one) for one in text)  # type: ignore[attr-defined]


def _named(message: Message) -> str:
    return repr(forms_of(message.id)[0])


def _in(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def faults(words: Catalog, texts: Catalog) -> list[str]:
    """What is wrong with a catalogue, given the texts there are; empty when every one is well translated."""
    found = [f"not in the catalogue; run `make words`: {_named(one)}" for one in _lacking(texts, words)]
    found += [f"no longer in the code; run `make words`: {_named(one)}" for one in _lacking(words, texts)]
    found += [f"obsolete; run `make words`: {_named(one)}" for one in words.obsolete.values()]
    for message in words:
        if not message.id:
            continue
        sources, translations = forms_of(message.id), forms_of(message.string)
        if message.fuzzy:
            found.append(f"fuzzy: {_named(message)}")
        if not all(translations) or (message.pluralizable and len(translations) != words.num_plurals):
            found.append(f"not translated: {_named(message)}")
            continue
        for form, text in enumerate(translations):
            # "One day" needs no number where the form is for one alone; all others do.
            if _in(text) not in (_in(sources[-1]), _in(sources[0 if form == 0 else -1])):
                found.append(f"placeholders differ: {_named(message)}")
            if (text[0].isspace(), text[-1].isspace()) != (sources[0][0].isspace(), sources[0][-1].isspace()):
                found.append(f"begins or ends with another space: {_named(message)}")
    return found


def _lacking(some: Catalog, others: Catalog) -> list[Message]:
    """The messages of `some` that `others` has not, in this form."""
    held = {(one.context, forms_of(one.id)) for one in others}
    return [one for one in some if one.id and (one.context, forms_of(one.id)) not in held]


def bring_up_to_date() -> int:
    """Extract, merge, compile; how much is left to translate."""
    texts, left = extract(), 0
    for language in LANGUAGES:
        keep(merged(read(language), texts))
        wrong = faults(read(language), texts)
        for line in wrong:
            print(f"{language}: {line}", file=sys.stderr)
        print(f"{language}: {len(texts)} texts, {len(wrong)} to look at")
        left += len(wrong)
    return left


def keep(words: Catalog) -> None:
    """Write a catalogue, and compile it for the product."""
    path = catalogue(str(words.locale))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_po(words))
    with path.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, words)


def missing(language: str) -> bytes:
    """What a language lacks, as a small file to fill in: beside each text, how others say it."""
    texts = extract()
    words = merged(read(language), texts)
    others = [(one, merged(read(one), texts)) for one in LANGUAGES if one != language]
    wanting = Catalog(locale=language)
    for message in words:
        if message.id and (message.fuzzy or not all(forms_of(message.string)) or _too_few(message, words)):
            told = [
                f"{one}: {' | '.join(forms_of(same.string))}"
                for one, other in others
                if (same := other.get(message.id, message.context)) is not None and any(forms_of(same.string))
            ]
            wanting.add(
                message.id,
                None,
                message.locations,
                auto_comments=[*message.auto_comments, *told],
                flags=message.flags - {"fuzzy"},
                context=message.context,
            )
    return as_po(wanting)


def _too_few(message: Message, words: Catalog) -> bool:
    return bool(message.pluralizable) and len(forms_of(message.string)) != words.num_plurals


def take(file: Path) -> list[str]:
    """Take the translations of a filled-in file into its language; returns what does not fit, and is not taken."""
    with file.open("rb") as filled:
        given = read_po(filled)
    language = str(given.locale)
    words = merged(read(language), extract())
    wrong = [line for line in faults(given, given) if not line.startswith("not translated")]
    refused = {line.partition(": ")[2] for line in wrong}
    for message in given:
        mine = words.get(message.id, message.context) if message.id else None
        if message.id and mine is None:
            wrong.append(f"no longer in the code: {_named(message)}")
        if mine is not None and any(forms_of(message.string)) and _named(message) not in refused:
            mine.string = message.string
            mine.flags.discard("fuzzy")
    keep(words)
    return wrong


def main() -> int:
    """Bring the catalogues up to date, or help a translator; 1 when something is left to do."""
    parser = argparse.ArgumentParser(description="Brings the catalogues up to the texts of the code.")
    parser.add_argument(
        "--missing", choices=LANGUAGES, help="print what this language lacks, to be filled in"
    )
    parser.add_argument("--take", type=Path, metavar="FILE", help="take a filled-in file back")
    asked = parser.parse_args()
    if asked.missing:
        sys.stdout.buffer.write(missing(asked.missing))
        return 0
    if asked.take:
        wrong = take(asked.take)
        for line in wrong:
            print(line, file=sys.stderr)
        return 1 if wrong else 0
    return 1 if bring_up_to_date() else 0


if __name__ == "__main__":
    raise SystemExit(main())
