"""What throttling counts in: exact when many come at once, and not to be pushed out."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
from django.core.cache import cache
from tests.config.test_sign_in import SIGN_IN, browser, colleague, give_password, user_of, works
from tests.factories import in_threads, place

from kohti.config.middleware import COUNT_STATEMENTS
from kohti.kernel.actor import DOOR, as_actor


def test_signing_in_takes_few_statements() -> None:
    host = colleague(place())
    client = browser()
    first = give_password(client, host)
    assert first.status_code == 302
    assert int(first.headers[COUNT_STATEMENTS]) <= 24
    wrong = give_password(browser(), host, "not the password")
    assert int(wrong.headers[COUNT_STATEMENTS]) <= 16


def test_of_many_guesses_at_once_no_more_pass_than_one_after_the_other() -> None:
    username = user_of(colleague(place())).username

    def guess(n: int) -> str:
        answer: Any = browser().post(SIGN_IN, {"login": username, "password": f"guess {n}"})
        return str(answer.content.decode())

    pages = [str(page) for page in in_threads(8, guess, at_once=8)]
    assert sum("Too many failed" in page for page in pages) == 3


def test_many_names_tried_do_not_push_a_count_out(owner: psycopg.Connection) -> None:
    host = colleague(place())
    for _n in range(5):
        give_password(browser(), host, "not the password")
    mark = uuid.uuid4().hex
    owner.execute(
        "insert into kohti_cache select %s || n, '', now() + interval '1 hour' from generate_series(1, 400) n",
        (mark,),
    )
    try:
        client = browser()
        give_password(client, host)
        assert not works(client)
    finally:
        owner.execute("delete from kohti_cache where cache_key like %s", (f"{mark}%",))


def test_what_is_kept_is_there_until_its_time_has_passed(owner: psycopg.Connection) -> None:
    name = uuid.uuid4().hex
    with as_actor(DOOR):
        assert cache.add(name, [1], 60)
        assert not cache.add(name, [2], 60)
        assert cache.get(name) == [1]
        cache.set(name, [3], 60)
        assert cache.get(name) == [3]
    owner.execute(
        "update kohti_cache set expires = now() - interval '1 second' where cache_key like %s", (f"%{name}",)
    )
    with as_actor(DOOR):
        assert cache.get(name) is None
        assert cache.add(name, [4], 60)
        assert cache.delete(name)
        assert not cache.delete(name)
