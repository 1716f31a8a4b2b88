"""Names sort as their readers expect, are found however they are typed, and keep their letters."""

import unicodedata
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kohti.kernel.actor import system_of
from kohti.kernel.names import fold, initials, sort_key, tidy

thorough = settings(derandomize=True, deadline=None, max_examples=100)
ALPHABETS = {
    "fi": "abcdefghijklmnopqrstuvwxyzåäö",
    "sv": "abcdefghijklmnopqrstuvwxyzåäö",
    "da": "abcdefghijklmnopqrstuvwxyzæøå",
    "pl": "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż",
    "en": "abcdefghijklmnopqrstuvwxyz",
    "nl": "abcdefghijklmnopqrstuvwxyz",
}


def in_order(names: list[str], language: str) -> list[str]:
    return sorted(names, key=lambda name: sort_key(name, language=language).encode())


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_sorts_where_its_alphabet_has_it(language: str) -> None:
    alphabet = ALPHABETS[language]
    # Behind each letter once the lowest and once the highest, which must not matter.
    names = [letter + rest for letter in alphabet for rest in ("", "b", alphabet[-1] * 2)]
    assert in_order(names[::-1], language) == names
    assert in_order([name.upper() for name in names[::-1]], language) == [name.upper() for name in names]


def test_finnish_names_with_foreign_letters_sort_among_their_likes() -> None:
    names = ["Aho", "Müller", "Mylläri", "Zidan", "Åberg", "Äijälä", "Ærø", "Öberg", "Øst"]
    assert in_order(names[::-1], "fi") == names


def test_a_double_a_is_a_danish_å() -> None:
    names = ["Abel", "Zacho", "Ærøe", "Østergaard", "Aagaard", "Ågård", "Aakjær"]
    assert in_order(names[::-1], "da") == names


def test_accents_do_not_matter_in_english_until_names_are_otherwise_equal() -> None:
    names = ["Jose Oneal", "José Oneal", "Jose O'Neil", "Łukasz O'Neill", "Jose Oz", "Jose Öz", "Jose Ozx"]
    assert in_order(names[::-1], "en") == names


def test_the_family_name_comes_first_and_then_the_given_names() -> None:
    names = ["Zoë Adams", "Adam Baker", "Anna Maria Baker", "Berta Baker", "Adam Baker-Cole", "Adam Bakery"]
    assert in_order(names[::-1], "en") == names


def test_a_name_given_with_a_comma_sorts_with_the_same_name_without() -> None:
    assert in_order(["Baker, Zoe", "Yves Baker", "Baker, Adam"], "en") == [
        "Baker, Adam",
        "Yves Baker",
        "Baker, Zoe",
    ]


def test_junior_is_not_a_family_name() -> None:
    assert in_order(["Sam Reed Jr.", "Sam Jones", "Sam Reed, Jr", "Al Reeds"], "en")[0] == "Sam Jones"
    assert in_order(["Al Reeds", "Sam Reed Jr.", "Sam Reed III"], "en")[-1] == "Al Reeds"


def test_prefixes_sort_under_the_main_name_in_the_netherlands_and_under_the_prefix_in_belgium() -> None:
    names = ["Anna van der Berg", "Bo Claes", "Jan de Wit", "Piet Zoet"]
    assert in_order(names, "nl") == ["Anna van der Berg", "Bo Claes", "Jan de Wit", "Piet Zoet"]
    assert in_order(names, "nl-BE") == ["Bo Claes", "Jan de Wit", "Anna van der Berg", "Piet Zoet"]
    assert in_order(names, "en") == in_order(names, "nl_BE")


def test_a_first_word_is_a_given_name_even_if_it_looks_like_a_prefix() -> None:
    assert in_order(["Van Abbott", "Al Zoet", "Mia Moss"], "en") == ["Van Abbott", "Mia Moss", "Al Zoet"]


def test_names_in_other_scripts_sort_after_latin_ones_by_their_own_letters() -> None:
    assert in_order(["Борис Яковлев", "Анна Абрамова", "Zoe Zuk"], "en") == [
        "Zoe Zuk",
        "Анна Абрамова",
        "Борис Яковлев",
    ]


def test_no_name_has_an_empty_key_and_sorts_first() -> None:
    assert sort_key("  ", language="fi") == ""
    assert in_order(["A", ""], "fi") == ["", "A"]


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from([*ALPHABETS, "nl-BE", "xx"]))
@thorough
def test_two_names_share_a_key_only_if_they_are_the_same_name(one: str, other: str, language: str) -> None:
    same_key = sort_key(one, language=language) == sort_key(other, language=language)
    assert same_key == (tidy(one) == tidy(other))


@given(st.text(alphabet="abåäöz '-", min_size=1, max_size=6), st.text(alphabet="abåäöz", max_size=6))
@thorough
def test_a_longer_name_never_comes_before_its_beginning(name: str, more: str) -> None:
    if fold(name) and not name[-1].isspace():
        assert sort_key(name, language="fi") <= sort_key(name + more, language="fi")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  D'Arcy   O'Neill-Żuk ", "darcy oneill zuk"),
        ("D’Arcy O’Neill–Żuk", "darcy oneill zuk"),
        ("Łucja Bøe-Æbelø Strauß", "lucja boe aebelo strauss"),
        ("STRAUSS", "strauss"),
        ("Þórður", "thordur"),
        ("İpek Işık", "ipek isik"),
        ("Ĳsbrand", "ijsbrand"),
        ("J.R. Öberg,Jr", "j r oberg jr"),
        ("Åsa\u00a0Öst\tÄng", "asa ost ang"),
        ("A\u0301gnes", "agnes"),
        ("Ёлка", "елка"),
        ("مُحَمَّد", "محمد"),
        ("कुमार", "कुमार"),
        ("李小龍", "李小龍"),
        ("--", ""),
    ],
)
def test_a_name_folds_to_what_people_type(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("typed", ["oneill", "o'neill", "O’NEILL", "zuk", "Żuk", "d'arcy"])
def test_each_part_of_a_name_is_found_by_the_beginning_of_a_word(typed: str) -> None:
    assert any(word.startswith(fold(typed)) for word in fold("D'Arcy O'Neill-Żuk").split())


@given(st.text(max_size=40))
@thorough
def test_folding_again_changes_nothing_and_spelling_does_not_matter(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, tidy(text))) == folded


def test_a_kept_name_has_no_invisible_characters() -> None:
    assert tidy("\ufeff Anna\u202e \t\n Maria\x00\x1b\u200b ") == "Anna Maria"
    assert tidy("Ame\u0301lie") == "Amélie"


def test_a_kept_name_keeps_letters_written_from_right_to_left() -> None:
    assert tidy("\u202bمحمد  علی\u202c") == "محمد علی"
    assert tidy("\u2067דוד כהן\u2069") == "דוד כהן"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text(max_size=40))
@thorough
def test_tidying_again_changes_nothing(text: str) -> None:
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    assert tidied.encode().decode() == tidied


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Eleanor Dawson", "ED"),
        ("Anna Maria van der Berg", "AB"),
        ("D'Arcy O'Neill-Żuk", "DO"),
        ("öberg, åke", "ÅÖ"),
        ("Cher", "C"),
        ("Sam Reed Jr.", "SR"),
        ("", ""),
        ("- ?", ""),
    ],
)
def test_initials_are_of_the_first_and_the_family_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=40))
@thorough
def test_initials_are_at_most_two_letters(name: str) -> None:
    assert len(initials(name)) <= 2


@pytest.mark.parametrize(("country", "first"), [("BE", "Bob Claes"), ("NL", "Anna van den Berg")])
def test_a_service_sorts_names_as_its_country_does(country: str, first: str) -> None:
    tag = system_of(uuid.uuid4(), country=country, languages=("nl", "en")).sorting
    names = ["Anna van den Berg", "Bob Claes"]
    assert min(names, key=lambda name: sort_key(name, language=tag)) == first
