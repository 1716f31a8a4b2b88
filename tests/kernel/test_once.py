"""The same change with the same key happens once."""

from __future__ import annotations

import ast
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories import Place, in_threads, place

from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.actions import Moved
from kohti.frontdesk.models import Visit
from kohti.kernel import once
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused


def walk_in(here: Place, host: Actor, key: str) -> Moved:
    with as_actor(host):
        return frontdesk.take_walk_in(host, here.reasons["evidence"].id, key=key)


def visits(host: Actor) -> int:
    with as_actor(host):
        return Visit.objects.count()


def test_a_second_call_with_the_key_changes_nothing_and_gives_the_first_one_s_visit() -> None:
    here = place()
    host = here.member("host")
    first = walk_in(here, host, "one")
    assert walk_in(here, host, "one") == first
    assert walk_in(here, host, "two").visit_id != first.visit_id
    assert visits(host) == 2


def test_twenty_calls_at_the_same_moment_make_one_visit() -> None:
    here = place()
    host = here.member("host")
    together = threading.Barrier(16)

    def press(n: int) -> Moved:
        if n < 16:
            together.wait(30)
        return walk_in(here, host, "pressed")

    results = in_threads(20, press)
    assert len(set(results)) == 1
    assert isinstance(results[0], Moved)
    assert visits(host) == 1


def test_a_second_call_waits_for_the_first_and_goes_first_when_that_fails() -> None:
    here = place()
    host = here.member("host")
    claimed, asked = threading.Event(), threading.Event()

    def one(n: int) -> Moved | None:
        if n == 0:
            with as_actor(host):
                frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="shared")
                claimed.set()
                assert asked.wait(30)
                raise ValueError("the first one fails")
        assert claimed.wait(30)
        with as_actor(host):
            asked.set()
            return frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="shared")

    failed, done = in_threads(2, one, at_once=2)
    assert isinstance(failed, ValueError)
    assert isinstance(done, Moved)
    assert visits(host) == 1
    assert walk_in(here, host, "shared") == done


def test_a_second_call_waits_for_the_first_and_sees_its_result_when_that_succeeds() -> None:
    here = place()
    host = here.member("host")
    claimed, asked = threading.Event(), threading.Event()

    def one(n: int) -> Moved:
        if n == 0:
            with as_actor(host):
                moved = frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="shared")
                claimed.set()
                assert asked.wait(30)
                return moved
        assert claimed.wait(30)
        with as_actor(host):
            asked.set()
            return frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="shared")

    first, second = in_threads(2, one, at_once=2)
    assert isinstance(first, Moved)
    assert second == first
    assert visits(host) == 1


def test_a_key_of_one_verb_is_refused_for_another() -> None:
    here = place()
    host = here.member("host")
    booking = here.booking()
    walk_in(here, host, "key")
    with pytest.raises(Refused) as refused, as_actor(host):
        frontdesk.check_in(host, booking.id, key="key")
    assert refused.value.code == "key-reused"


def test_a_change_that_was_refused_may_be_tried_again_with_its_key() -> None:
    here = place()
    host = here.member("host")
    moved = walk_in(here, host, "walk")
    with pytest.raises(Refused), as_actor(host):
        frontdesk.begin(host, moved.visit_id, key="begin")
    with as_actor(host):
        frontdesk.call(host, moved.visit_id, key="call")
        assert frontdesk.begin(host, moved.visit_id, key="begin").state == "serving"


def test_services_do_not_share_keys() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    for host, subject in ((place().member("host"), first), (place().member("host"), second)):
        with as_actor(host):
            assert once.first_time("test", "the same", subject) is None
            assert once.first_time("test", "the same", uuid.uuid4()) == subject


def refusals_caught(source: str) -> Iterator[tuple[str, ast.Try]]:
    """The blocks of the functions of a request in which Refused is caught for good."""
    for view in ast.walk(ast.parse(source)):
        if isinstance(view, ast.FunctionDef) and "request" in [one.arg for one in view.args.args]:
            for block in ast.walk(view):
                if isinstance(block, ast.Try) and any(
                    handler.type is not None
                    and "Refused" in ast.unparse(handler.type)
                    and not any(isinstance(line, ast.Raise) for line in ast.walk(handler))
                    for handler in block.handlers
                ):
                    yield view.name, block


def test_whoever_says_in_words_that_something_is_refused_has_undone_what_went_before() -> None:
    """Else half of it stands, and the same press again, with what was mended, is taken for done."""
    rooms = Path(once.__file__).parents[1]
    caught = [
        (path.stem, view, any("all_or_nothing" in ast.unparse(line) for line in block.body))
        for path in rooms.rglob("*.py")
        if "except Refused" in (source := path.read_text())
        for view, block in refusals_caught(source)
    ]
    assert len(caught) > 20
    # A draft is one row and no claim.
    assert [(path, view) for path, view, undone in caught if not undone] == [("appointment", "keep_draft")]
