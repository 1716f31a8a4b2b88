"""Places where people are found."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, names, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

from .. import named
from ..models import Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotWords:
    """What is said of a spot. `kind`: a code of the blueprint; `safety`: what to heed there."""

    name: str
    kind: str
    place: str = ""
    safety: str = ""


def add_spot(actor: Actor, said: SpotWords, *, key: str) -> uuid.UUID:
    """Write down where people are found; its id. Again with the same key changes nothing. Raises Refused."""
    actors.must(actor, "outreach.go")
    made = new_id()
    before = once.first_time("spot.added", key, made)
    if before is not None:
        return before
    kept = _kept(actor, said)
    with _once_a_centre():
        Spot.objects.create(
            id=made, service_id=actor.service, centre_id=actor.centre, made_at=clock.now(), **asdict(kept)
        )
    history.record("spot.added", "spot", made, detail=asdict(kept))
    return made


def change_spot(actor: Actor, spot_id: uuid.UUID, said: SpotWords) -> None:
    """Say something else of a spot. Raises NotThere, Refused."""
    actors.must(actor, "outreach.go")
    spot = _mine(actor, spot_id)
    kept = asdict(_kept(actor, said))
    changed = {
        name: {"before": getattr(spot, name), "after": value}
        for name, value in kept.items()
        if getattr(spot, name) != value
    }
    if not changed:
        return
    with _once_a_centre():
        Spot.objects.filter(id=spot_id).update(**kept)
    history.record("spot.changed", "spot", spot_id, detail=changed)


def end_spot(actor: Actor, spot_id: uuid.UUID) -> None:
    """Nobody goes there any more; what was written there stays. Ending it again changes nothing. Raises NotThere."""
    actors.must(actor, "outreach.go")
    _mine(actor, spot_id)
    if Spot.objects.filter(id=spot_id, ended_at=None).update(ended_at=clock.now()):
        history.record("spot.ended", "spot", spot_id)


def _mine(actor: Actor, spot_id: uuid.UUID) -> Spot:
    spot = Spot.objects.filter(id=spot_id, centre_id=actor.centre).first()
    if spot is None:
        raise NotThere("no such spot")
    return spot


def _kept(actor: Actor, said: SpotWords) -> SpotWords:
    if said.kind not in named.words_of(actor).spots:
        raise NotThere("no such kind of spot")
    name = names.tidy(said.name)[:80]
    if not name:
        raise Refused(_("Say what it is called."), code="no-name")
    return SpotWords(
        name=name, kind=said.kind, place=said.place.strip()[:200], safety=said.safety.strip()[:500]
    )


@contextmanager
def _once_a_centre() -> Iterator[None]:
    """Two spots of a centre do not share a name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as trouble:
        raise Refused(_("There is a place of this name already."), code="name-taken") from trouble
