"""References can be read out and typed, and a typing mistake never leads to another person's appointment."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kohti.kernel.references import ALPHABET, BadReference, check_character, new_reference, read_reference

thorough = settings(derandomize=True, deadline=None, max_examples=100)


def test_a_new_reference_is_two_groups_of_four_without_look_alikes() -> None:
    for _ in range(200):
        reference = new_reference()
        first, second = reference.split("-")
        assert len(first) == len(second) == 4
        assert set(first + second) <= set(ALPHABET)
        assert not set("ILOU") & set(reference)
        assert read_reference(reference) == reference


def test_a_prefix_says_what_kind_of_thing_it_is() -> None:
    reference = new_reference("V")
    assert reference.startswith("V-")
    assert read_reference(reference) == reference
    for prefix in ("I", "v", "VVVVV", "1", "-"):
        with pytest.raises(ValueError, match="not a prefix"):
            new_reference(prefix)


def test_new_references_differ() -> None:
    assert len({new_reference() for _ in range(5_000)}) == 5_000


def test_capitals_spaces_hyphens_and_look_alikes_are_forgiven() -> None:
    reference = f"0011-22X{check_character('001122X')}"
    for typed in (
        reference.lower(),
        reference.replace("-", ""),
        f"  {reference.replace('-', ' – ')}\n",
        reference.replace("0", "O").replace("1", "l"),
        reference.replace("0", "o").replace("1", "I"),
        ".".join(reference),
        "".join(chr(ord(character) + 0xFEE0) for character in reference if character != "-"),
    ):
        assert read_reference(typed) == reference


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("ABCDEFG!", "character"),
        ("UUUUUUUU", "character"),
        ("0000", "length"),
        ("0" * 13, "length"),
        ("000000000", "length"),
        ("00000001", "check"),
    ],
)
def test_what_is_no_reference_is_refused_in_words_and_with_a_code(typed: str, code: str) -> None:
    with pytest.raises(BadReference) as refusal:
        read_reference(typed)
    assert refusal.value.code == code
    assert str(refusal.value.message).endswith(".")


def test_every_single_wrong_character_and_every_swap_is_caught_wherever_it_stands() -> None:
    """A proof by exhaustion: the check depends on what came before only through one of 32 interim values.

    Every first character gives a different interim value, so bodies of two and three characters try them all.
    """
    one = {character: check_character(character) for character in ALPHABET}
    assert sorted(one.values()) == sorted(ALPHABET)
    for before in ALPHABET:
        # A wrong character changes the interim value; one that differs stays different whatever follows.
        assert len({check_character(before + character) for character in ALPHABET}) == 32
        assert len({check_character(other + before) for other in ALPHABET}) == 32
        for left, right in itertools.combinations(ALPHABET, 2):
            assert check_character(before + left + right) != check_character(before + right + left)
        # The last character swapped with the check character itself.
        for last in ALPHABET:
            check = check_character(before + last)
            assert check == last or check_character(before + check) != last


@given(st.integers(0, 2**32), st.sampled_from(["", "V", "PX"]))
@thorough
def test_every_typing_mistake_in_a_whole_reference_is_refused(seed: int, prefix: str) -> None:
    choose = random.Random(seed)
    body = prefix + "".join(choose.choices(ALPHABET, k=7))
    reference = body + check_character(body)
    assert read_reference(reference).replace("-", "") == reference
    wrong = {
        reference[:at] + character + reference[at + 1 :]
        for at in range(len(reference))
        for character in choose.sample(ALPHABET, 4)
    }
    wrong |= {
        reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
        for at in range(len(reference) - 1)
    }
    for typed in wrong - {reference}:
        with pytest.raises(BadReference):
            read_reference(typed)


@given(st.text(max_size=20))
@thorough
def test_whatever_is_typed_is_a_reference_or_refused(text: str) -> None:
    try:
        reference = read_reference(text)
    except BadReference:
        return
    assert read_reference(reference) == reference
