"""The week before the sample's morning, day by day, so that figures of a week have something to say.

It is lived with the other lives, while one already looks, each day in one transaction: it is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kohti.diary import queries
from kohti.frontdesk.replay import Colleague
from kohti.kernel import actor as actors
from kohti.kernel import clock, once
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Membership

from .around import Around
from .life import YESTERDAY
from .places import Sampled

DAYS = 7


def live(here: Sampled, system: Actor) -> None:
    """Live the days of the week before yesterday at the centre of a service that was open then, each once."""
    around = Around(here, system, list(_colleagues(here, system)), seed=0)
    with as_actor(system):
        around.regulars = list(
            Person.objects.filter(service_id=system.service, created_at=around.registered).order_by("id")
        )
    if not around.regulars:
        return
    for ago in range(DAYS, 0, -1):
        day = YESTERDAY - timedelta(days=ago)
        # One transaction: the worker closes each day that is over, and would do so in the middle of this one.
        with clock.held_at(around.at(day - timedelta(days=3), "14:00")), as_actor(system):
            if queries.opening(system.centre, day, system.zone) is None:
                continue
            if once.first_time("sample.day", around.key(day), new_id()) is None:
                around.book(around.some(ago), day)
                around.lived(day, seed=ago)


def _colleagues(here: Sampled, system: Actor) -> Iterator[Colleague]:
    """Who worked there: coaches, partners at their lines, and the desk, the one at the door last."""
    streams = {name: (stream,) for name, _role, _organisation, stream in here.partners}
    with as_actor(system):
        rows = Membership.objects.filter(
            service_id=system.service, centre_id=system.centre, ends=None
        ).order_by("staff__sort_key", "id")
        found = {
            (name, role): member
            for member, name, role in rows.values_list("id", "staff__full_name", "role__code")
        }
        for (name, role), member in found.items():
            one = actors.member(member)
            if one is not None and role == here.coach:
                yield Colleague(one, (), False)
            elif one is not None and name in streams:
                yield Colleague(one, streams[name], False)
        for name in here.desk:
            one = actors.member(found[name, here.host])
            assert one is not None
            yield Colleague(one, here.desk_streams, True)
