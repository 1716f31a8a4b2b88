"""What this room holds about a person: tell it, and forget it. For the service's own housekeeping."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Model, Q
from django.forms.models import model_to_dict

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, outbox
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .attachments import actions as papers
from .merges import Merge, MergedRow
from .models import (
    Alert,
    Contact,
    Grant,
    Household,
    Mark,
    Note,
    NoteBefore,
    Person,
    Representative,
    Transfer,
    Why,
)
from .sharing.models import Share

BESIDE: tuple[Any, ...] = (Contact, Mark, Why, Representative, Note, NoteBefore)
"""What stands beside a person and goes with them."""


def own_and_former(person_id: uuid.UUID) -> list[uuid.UUID]:
    """Whoever this record leads to, and all records that lead there: the kept one first. Two statements."""
    kept = Person.objects.filter(id=person_id).values_list("merged_into_id", flat=True).first() or person_id
    return [kept, *Person.objects.filter(merged_into_id=kept).order_by("id").values_list("id", flat=True)]


def tell(actor: Actor, person_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """All that this room holds about a person, by table, sealed and restricted parts too. Raises NotThere.

    What a merge keeps in order to be undone is told with it. Twelve statements; it is in the history.
    """
    actors.must(actor, "people.tell")
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotThere("no such person")
    told = {"person": [_row(person)]}
    beside: tuple[Any, ...] = (*BESIDE, Grant, Share, Transfer, Alert)
    for model in beside:
        rows = model.objects.filter(person_id=person_id).order_by("id")
        told[model._meta.model_name] = [_row(one) for one in rows]
    mine = Q(person_id=person_id) | Q(other_id=person_id)
    told["household"] = [_row(one) for one in Household.objects.filter(mine).order_by("id")]
    merges = Merge.objects.filter(Q(kept_id=person_id) | Q(gone_id=person_id)).order_by("id")
    told["merge"] = [_row(one) for one in merges]
    kept = MergedRow.objects.filter(merge__in=[one["id"] for one in told["merge"]]).order_by("id")
    told["mergedrow"] = [_row(one) for one in kept]
    history.record("person.told", "person", person_id, persons=[person_id])
    return told


def _row(one: Model) -> dict[str, Any]:
    return model_to_dict(one) | {"id": one.pk}


def forget(actor: Actor, person_id: uuid.UUID) -> None:
    """Erase every word this room holds about a person, what was written to them, and the values of their history.

    The row itself stays without a name, so that figures still add up; so do grants, which hold no words. That
    there were papers and messages stays, without a name. Forgetting again, or somebody a restored backup never
    knew, changes nothing.
    """
    actors.must(actor, "people.forget")
    Person.objects.filter(id=person_id).update(
        full_name="",
        called="",
        folded="",
        sort_key="",
        sounds=[],
        date_of_birth=None,
        languages=[],
        interpreter="",
        safe_contact="",
        not_by="",
        no_messages=False,
        address_hidden=False,
        died_said="",
        heed=None,
    )
    for model in BESIDE:
        model.objects.filter(person_id=person_id).delete()
    Household.objects.filter(Q(person_id=person_id) | Q(other_id=person_id)).delete()
    Share.objects.filter(person_id=person_id, ended_at=None).update(
        ended_at=clock.now(), ended_why="forgotten"
    )
    Share.objects.filter(person_id=person_id).update(
        what_for="", told="", objection="", answer="", ended_why="forgotten"
    )
    Transfer.objects.filter(person_id=person_id).update(reason="")
    Alert.objects.filter(person_id=person_id).update(words="")
    merges = Merge.objects.filter(Q(kept_id=person_id) | Q(gone_id=person_id))
    MergedRow.objects.filter(merge__in=merges).update(before={}, after={})
    merges.filter(forgotten_at=None).update(forgotten_at=clock.now())
    papers.forget(actor, person_id)
    outbox.forget(actor, person_id)
    history.forget(person_id)
