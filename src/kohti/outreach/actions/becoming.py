"""Somebody who was met out there becomes a person of the service, with the whole way until now; and that undone."""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.people import actions as people
from kohti.people.actions import NewPerson

from ..models import Encounter, Reached
from .joining import reached


def become(actor: Actor, reached_id: uuid.UUID, person_id: uuid.UUID, *, key: str) -> None:
    """They are this person, whom we know: every encounter stands on the person's timeline, those to come too.

    Raises NotThere for a person not in sight, and Refused for who is somebody already, or where what an encounter was
    about is sealed and the key not held.
    """
    actors.must(actor, "outreach.go")
    if once.first_time("reached.became", key, reached_id) is not None:
        return
    _become(actor, reached_id, person_id, made=False)


def become_new(actor: Actor, reached_id: uuid.UUID, person: NewPerson, *, key: str) -> uuid.UUID:
    """They become a person of the centre whom we did not know; the person's id. Again with the same key changes nothing.

    Whoever does it sees them, as whoever registers somebody does. Raises NotThere, Refused.
    """
    actors.must(actor, "outreach.go")
    if once.first_time("reached.became", key, reached_id) is not None:
        there = reached(reached_id).person_id
        if there is None:
            raise Refused(_("This was undone meanwhile."), code="undone")
        return there
    _free(reached_id)
    made = people.register(actor, actor.centre, [person])[0]
    _become(actor, reached_id, made.id, made=True)
    return made.id


def _free(reached_id: uuid.UUID) -> Reached:
    found = reached(reached_id)
    if found.person_id is not None:
        raise Refused(_("They are somebody we know already."), code="person-already")
    if found.joined_into_id is not None:
        raise Refused(_("One of them was joined with somebody meanwhile. Look again."), code="joined")
    return found


def _become(actor: Actor, reached_id: uuid.UUID, person_id: uuid.UUID, *, made: bool) -> None:
    _free(reached_id)
    people.kept(person_id)
    for code in sorted(
        {one for row in Encounter.objects.filter(reached_id=reached_id) for one in row.sealed}
    ):
        people.have_key(person_id, code)
    with connection.cursor() as cursor:
        cursor.execute("select kohti.reached_is(%s, %s, %s)", [reached_id, person_id, made])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise NotThere("nobody such")
    history.record("reached.became", "reached", reached_id, persons=[person_id], detail={"new": made})


def not_them(actor: Actor, reached_id: uuid.UUID) -> None:
    """They are not that person after all: the encounters stand alone again. Again changes nothing.

    A person that was made for it goes too, which is possible only while nothing else hangs on them: else raises
    Refused. Raises NotThere for a person not in sight.
    """
    actors.must(actor, "outreach.go")
    found = reached(reached_id)
    if found.person_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("select kohti.reached_is_not(%s)", [reached_id])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotThere("nobody such")
    if row[0] == "hangs":
        raise Refused(
            _("More is written about this person by now, so it stays. Correct it on their own pages."),
            code="hangs",
        )
    history.record("reached.not_them", "reached", reached_id, persons=[found.person_id])
