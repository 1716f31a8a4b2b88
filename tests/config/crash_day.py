"""Makes an installation with many people booked today at Cheltenham, and a host; told as JSON on stdout.

Run as a program of its own, because the day's server is killed under it: `crash_day.py BOOKINGS`, KOHTI_DATA.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import psycopg

from kohti.config import addresses, prepare
from kohti.kernel import postgres

PASSWORD = "through three crashes"


def make(count: int) -> dict[str, object]:
    """The installation: its owner's address, the host's name and password, the bookings."""
    data = Path(os.environ["KOHTI_DATA"])
    os.environ["KOHTI_ROLE"] = "worker"
    os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
    with postgres.use(data) as server:
        os.environ["DATABASE_URL"] = prepare.own_server(server, data, "kohti")
        import django

        django.setup(set_prefix=False)
        prepare.migrate()
        from django.contrib.auth.hashers import make_password
        from django.db import connections

        from kohti.config import installation, sample, services
        from kohti.diary import actions as diary
        from kohti.diary.models import Kind
        from kohti.kernel import clock
        from kohti.kernel.actor import as_actor
        from kohti.people import actions as people
        from kohti.team import actions as team

        with clock.held_at(sample.BEFORE):
            services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
            actor, centre = services.centre_called("cheltenham")
            with as_actor(actor):
                team.add_member(
                    actor,
                    username="host",
                    password_hash=make_password(PASSWORD),
                    full_name="Priya Nair",
                    role="host",
                    centre="cheltenham",
                    organisation="jobcentre",
                    starts=sample.HIRED,
                )
                persons = people.register(
                    actor, centre.id, [people.NewPerson(full_name=f"Visitor Number{n}") for n in range(count)]
                )
                kind = Kind.objects.get(service_id=actor.service, code="work-search-review").id
                bookings = diary.book(
                    actor,
                    centre.id,
                    [
                        diary.NewBooking(
                            starts=sample.STANDS_AT + timedelta(minutes=30),
                            minutes=10,
                            kind_id=kind,
                            person_id=person.id,
                        )
                        for person in persons
                    ],
                )
        with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
            installation.set_clock(owner, sample.STANDS_AT, sample=True)
        connections.close_all()
        return {
            "owner": addresses.owner_url(),
            "username": "host",
            "password": PASSWORD,
            "bookings": [str(one.id) for one in bookings],
        }


if __name__ == "__main__":
    print(json.dumps(make(int(sys.argv[1]))))
