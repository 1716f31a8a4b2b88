"""Background work: ordered by an actor, run as that actor, or refused when their right has gone.

Arguments are identifiers only. A job whose worker was killed is taken up again, so a job's work is an action
with a key: running it twice changes nothing the second time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import actor as actors
from . import history, words
from .actor import Actor, as_actor

log = structlog.get_logger()

Work = Callable[..., object]


class Job:
    """A kind of background work, to be ordered with `order`."""

    def __init__(self, name: str, verb: str, work: Work) -> None:
        self.name = name
        self.verb = verb
        self.work = work
        self.task = app.task(
            name=name, retry=RetryStrategy(max_attempts=5, exponential_wait=2), queue="work"
        )(self.run)

    def order(self, actor: Actor, *, subject_id: uuid.UUID) -> int:
        """Order the work as `actor` (a member), about one thing; returns the job's number.

        Starts only if this transaction commits.
        """
        actors.must(actor, self.verb)
        assert actor.member_id is not None
        return self.task.defer(
            member_id=str(actor.member_id),
            service_id=str(actor.service),
            subject_id=str(subject_id),
            language=words.language(),
        )

    def run(self, *, member_id: str, service_id: str, subject_id: str, language: str = "en") -> None:
        """Do the work as whoever ordered it, in their language; says so in the history when they may no longer."""
        subject = uuid.UUID(subject_id)
        with as_actor(actors.DOOR):
            actor = actors.member(uuid.UUID(member_id))
        if actor is None or not actors.may(actor, self.verb):
            with as_actor(actors.system_of(uuid.UUID(service_id))):
                history.record(
                    "job.refused", self.name, subject, detail={"ordered_by": member_id, "verb": self.verb}
                )
            log.warning("job.refused", job=self.name, subject=subject_id)
            return
        with as_actor(actor), words.spoken(language, actor=actor):
            self.work(actor, subject)


def job(name: str, *, verb: str) -> Callable[[Work], Job]:
    """Make `work(actor, subject_id)` a job that needs `verb` when ordered and when run."""

    def make(work: Work) -> Job:
        return Job(name, verb, work)

    return make


def housekeeping(name: str, *, cron: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Run `work()` regularly in one worker at a time (`cron` by real time)."""

    def make(work: Callable[[], object]) -> Callable[[], object]:
        def run(timestamp: int) -> Any:
            return work()

        # No queueing lock: where one waits already the library wants to read which, in the detail of an error
        # that PostgreSQL leaves out under row policies; the worker would end. Two that wait run one by one.
        app.periodic(cron=cron)(app.task(name=name, lock=name, queue="housekeeping")(run))
        return work

    return make
