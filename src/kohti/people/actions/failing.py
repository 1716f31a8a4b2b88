"""Ways to reach somebody that are known not to work."""

from __future__ import annotations

import uuid

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.people.models import Contact


def contact_fails(actor: Actor, person_id: uuid.UUID, address: str) -> int:
    """Note that what is sent to an address of a person comes back; returns how many ways that were.

    Housekeeping only: it is learned from a mail that came back. Held against until the contact is ended or changed.
    """
    failing = Contact.objects.filter(
        person_id=person_id, kind=Contact.Kind.EMAIL, value__iexact=address, ended_at=None, fails_since=None
    )
    found = failing.update(fails_since=clock.now())
    if found:
        history.record("person.contact_fails", "person", person_id, persons=[person_id])
    return found
