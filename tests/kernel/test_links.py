"""Addresses found once are those that Django finds each time."""

from __future__ import annotations

import uuid

import pytest
from django.urls import NoReverseMatch, reverse

from kohti.kernel import links

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.mark.parametrize(
    ("name", "things"),
    [("caseload", ()), ("plan", (ONE,)), ("plan_step", (ONE, OTHER)), ("way_end", (OTHER,))],
)
def test_an_address_is_the_one_django_finds(name: str, things: tuple[uuid.UUID, ...]) -> None:
    for _turn in range(2):
        assert links.to(name, *things) == reverse(name, args=things)


def test_there_is_no_address_with_too_few_things() -> None:
    for _turn in range(2):
        with pytest.raises(NoReverseMatch):
            links.to("plan_step", ONE)
