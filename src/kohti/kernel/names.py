"""Names of people: tidied, folded for search, and sorted as the reader of a language expects.

A name is one field, as its owner writes it. Nothing here needs ICU: a sort key is a plain string that sorts
rightly byte by byte, so PostgreSQL's "C" collation and Python's own comparison agree.
"""

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a base letter and a mark.
_BASE = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n",
    "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ĳ": "ij",
}  # fmt: skip

# What stands for a letter in the first level of a key. "{", "|", "}" and "~" follow "z" in ASCII: one of them
# alone is a letter after z, one of them after a letter is a letter between it and the next.
_AFTER_Z_FINNISH = {
    "å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "õ": "}", "ő": "}", "œ": "}", "ü": "y", "ű": "y",
}  # fmt: skip
_AFTER_Z_DANISH = {
    "æ": "{", "ä": "{", "ø": "|", "ö": "|", "ő": "|", "œ": "|", "å": "}", "aa": "}", "ü": "y", "ű": "y",
}  # fmt: skip
_POLISH = {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z}", "ż": "z~"}
_ALPHABETS = {
    "fi": _AFTER_Z_FINNISH,
    "sv": _AFTER_Z_FINNISH,
    "da": _AFTER_Z_DANISH,
    "nb": _AFTER_Z_DANISH,
    "nn": _AFTER_Z_DANISH,
    "pl": _POLISH,
}

_PARTICLES = frozenset({
    "af", "al", "av", "bin", "da", "das", "de", "degli", "dei", "del", "della", "den", "der", "des", "di",
    "do", "dos", "du", "el", "et", "ibn", "la", "le", "op", "t", "ten", "ter", "van", "vom", "von", "zu",
    "zum", "zur",
})  # fmt: skip
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])
# Where a person whose name begins with a particle is looked up under the main word: "Berg, Anna van der".
_UNDER_MAIN_WORD = frozenset(["nl", "fi", "sv", "da", "nb", "nn"])

_APOSTROPHES = "'’‘ʼʹ`´′"
_WITHOUT_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)
_JOINERS = "\u200c\u200d"  # Persian and Indic spelling needs them


def tidy(name: str) -> str:
    """The name as it is kept: composed (NFC), trimmed, every run of white space one space.

    Control characters, overrides and marks of writing direction, other invisible characters and lone
    surrogates are dropped; letters of every script stay, those written from right to left too. `tidy(tidy(x))
    == tidy(x)`.
    """
    kept = "".join(" " if ch.isspace() else ch for ch in name if ch.isspace() or _visible(ch))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _visible(ch: str) -> bool:
    return ch in _JOINERS or unicodedata.category(ch) not in ("Cc", "Cf", "Cs")


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """What two spellings of a name have in common, to search by and to compare.

    Lower case, accents removed (ł is l, ø is o, æ is ae, ß is ss), apostrophes dropped, hyphens and other
    punctuation a space, white space collapsed: "D'Arcy  O’Neill-Żuk" is "darcy oneill zuk", so that "oneill",
    "o'neill" and "zuk" each begin one of its words. Letters of other scripts stay, without their vowel points
    where these are optional.
    `fold(fold(x)) == fold(x)`.
    """
    plain = text.translate(_WITHOUT_APOSTROPHES)
    if not plain.isascii():
        plain = _unaccented(tidy(plain))
        plain = plain.translate(_WITHOUT_APOSTROPHES)
    letters = (ch if _in_a_word(ch) else " " for ch in plain.lower())
    return " ".join("".join(letters).split())


def _unaccented(text: str) -> str:
    while True:
        apart = unicodedata.normalize("NFKD", text.casefold())
        bare = "".join(_BASE.get(ch, ch) for ch in apart if not _optional_mark(ch))
        done = unicodedata.normalize("NFC", bare)
        if done == text:
            return done
        text = done


def _optional_mark(ch: str) -> bool:
    """Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic; not the vowel signs that Indic
    needs."""
    return unicodedata.combining(ch) != 0 and ch < "\u06ff"


def _in_a_word(ch: str) -> bool:
    return ch.isalnum() or ch in _JOINERS or unicodedata.category(ch).startswith("M")


def sort_key(name: str, *, language: str = "en") -> str:
    """A key that sorts the name under plain code-point ("C") collation as a reader of the language expects.

    Finnish and Swedish: å ä ö after z (æ with ä, ø with ö, ü with y). Danish and Norwegian: æ ø å after z, aa
    is å. Polish: ą ć ę ł ń ó ś ź ż right after their base letters. English, Dutch and every other language:
    accented letters with their base. `language` is a tag such as "fi" or "nl-BE". Alphabets follow CLDR's
    collations, simplified.

    The family name comes first: what stands before a comma if there is one, else the last word (not Jr, II …)
    with the particles before it. Names with a particle sort under their main word in the Netherlands,
    Denmark, Norway, Finland and Sweden (Berg, Anna van der), under the particle elsewhere, Belgium included.
    Punctuation does not count: O'Neill-Żuk sorts as ONeillŻuk. Levels: letters, then accents, then the name
    as written, so that names equal but for accents, capitals or punctuation always come in the same order. An
    empty name gives an empty key, which sorts first.
    """
    clean = tidy(name)
    if not clean:
        return ""
    tag = language.lower().replace("_", "-")
    base = tag.partition("-")[0]
    family, given = _family_and_given(clean, under_main_word=base in _UNDER_MAIN_WORD and tag != "nl-be")
    accents = [".".join(filter(None, map(_accents, words))) for words in (family, given)]
    alphabet = _ALPHABETS.get(base, {})
    letters = [".".join(_letters(word, alphabet) for word in part.split(".")) for part in accents]
    # " " is lower than "," is lower than "." is lower than any letter: a shorter name comes before a longer
    # one.
    return " ".join([",".join(letters), ",".join(map(_decomposed, accents)), clean])


def initials(name: str) -> str:
    """One or two capital letters for a name: of its first word and of its family name; "" when it has no
    letters."""
    family, given = _family_and_given(tidy(name), under_main_word=True)
    firsts = [next((ch for ch in word if ch.isalnum()), "") for word in [*given[:1], *family[:1]]]
    return "".join(first.upper()[:1] for first in firsts)


def _family_and_given(clean: str, *, under_main_word: bool) -> tuple[list[str], list[str]]:
    before, comma, after = clean.partition(",")
    if comma and before.strip() and after.strip() and fold(after) not in _SUFFIXES:
        family, given = before.split(), after.split()
    else:
        words = clean.replace(",", " ").split()
        last = len(words) - 1
        while last > 0 and fold(words[last]) in _SUFFIXES:
            last -= 1
        first = last
        # The first word of a name is never taken for a particle: Di, Al and Van are given names too.
        while first > 1 and fold(words[first - 1]) in _PARTICLES:
            first -= 1
        family, given = words[first : last + 1], words[:first] + words[last + 1 :]
    if under_main_word:
        main = 0
        while main < len(family) - 1 and fold(family[main]) in _PARTICLES:
            main += 1
        family, given = family[main:], given + family[:main]
    return family, given


def _accents(word: str) -> str:
    """The word in small letters, accents kept, without its punctuation."""
    return "".join(ch for ch in unicodedata.normalize("NFC", word.lower()) if _in_a_word(ch))


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _letters(word: str, alphabet: dict[str, str]) -> str:
    """The first level: what each letter counts as in the alphabet."""
    if "aa" in alphabet:
        word = word.replace("aa", "å")
    return "".join(alphabet.get(ch) or re.sub(r"\s", "", _unaccented(ch)) for ch in word)
