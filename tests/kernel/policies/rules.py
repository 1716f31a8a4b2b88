"""Rules that hold in every room, and how a table's rules are put together."""

from __future__ import annotations

from dataclasses import dataclass

from tests.kernel.policies.who import Row, Rule, Who, World


def own_service(who: Who, row: Row, world: World) -> bool:
    """The words of the service are its members' and screens', and its housekeeping's."""
    return bool(who.service) and row["service_id"] == who.service


def a_colleague(who: Who, row: Row, world: World) -> bool:
    """Who else works there is told to whoever does, and to no kiosk or guest."""
    return bool(who.works_for) and row["service_id"] == who.works_for


def public_at_the_door(who: Who, row: Row, world: World) -> bool:
    """What the directory shows the world, whoever asks."""
    return who.kind == "door" and row["public"] and row["gone_since"] is None


def system_rows(who: Who, row: Row, world: World) -> bool:
    """Everything of a service is its housekeeping's."""
    return bool(who.system) and row["service_id"] == who.system


def in_the_centre(who: Who, row: Row, world: World) -> bool:
    """Whoever leads a centre sees and keeps all of it."""
    return bool(who.whole) and row["centre_id"] == who.whole


def on_the_floor(who: Who, row: Row, world: World) -> bool:
    """Whoever works on the floor of a centre sees its day, until midnight there; its leader every day."""
    here = bool(who.floor) and row["centre_id"] == who.floor
    return (here and row["day"] == who.today.isoformat()) or in_the_centre(who, row, world)


def own_time(who: Who, row: Row, world: World) -> bool:
    """One's own appointments, whatever the day."""
    return bool(who.staff) and row["staff_id"] == who.staff


def administered(who: Who, row: Row, world: World) -> bool:
    """Whoever administers a service keeps the tables of its team."""
    return bool(who.administers) and row["service_id"] == who.administers


def at_the_door(who: Who, row: Row, world: World) -> bool:
    """What signing in needs."""
    return who.kind == "door"


def anybody(who: Who, row: Row, world: World) -> bool:
    """Whoever said who they are."""
    return bool(who.kind)


def the_worker(who: Who, row: Row, world: World) -> bool:
    """The worker keeps its own books without an actor."""
    return True


def about(rule: Rule, column: str = "person_id") -> Rule:
    """What a rule says of the person a row is about."""

    def of_the_person(who: Who, row: Row, world: World) -> bool:
        person = world.of("people_person", row[column])
        return person is not None and rule(who, person, world)

    return of_the_person


def both(*rules: Rule) -> Rule:
    """All of these."""
    return lambda who, row, world: all(rule(who, row, world) for rule in rules)


def may(verb: str) -> Rule:
    """Whose role includes a verb."""
    return lambda who, row, world: who.may(verb)


def my_own(who: Who, row: Row, world: World) -> bool:
    """What oneself wrote."""
    return bool(who.member) and row["by_member"] == who.member


def either(*rules: Rule) -> Rule:
    """One of these."""
    return lambda who, row, world: any(rule(who, row, world) for rule in rules)


def self_service(rule: Rule) -> Rule:
    """A service's own row says its service by its id."""
    return lambda who, row, world: rule(who, row | {"service_id": row["id"]}, world)


@dataclass(frozen=True)
class Rules:
    """What may be done with the rows of a table; where nothing is said the role is refused outright."""

    see: Rule | None = None
    add: Rule | None = None
    change: Rule | None = None
    remove: Rule | None = None
    worker: Rules | None = None

    def of(self, who: Who, verb: str) -> Rule | None:
        """The rule for a verb, by the database role that asks."""
        return getattr(self.worker if who.worker and self.worker is not None else self, verb)  # type: ignore[no-any-return]


def kept_by_the_system(see: Rule | None, *, remove: Rule | None = None) -> Rules:
    """What a blueprint brings: the members read it, the housekeeping writes it."""
    return Rules(
        see=see,
        worker=Rules(
            see=either(see, system_rows) if see else system_rows,
            add=system_rows,
            change=system_rows,
            remove=remove,
        ),
    )


def kept_by(see: Rule, add: Rule | None, change: Rule | None, *, remove: Rule | None = None) -> Rules:
    """What the members keep, and the housekeeping for all of them."""
    return Rules(
        see=see,
        add=add,
        change=change,
        worker=Rules(
            see=either(see, system_rows),
            add=either(add, system_rows) if add else system_rows,
            change=either(change, system_rows) if change else system_rows,
            remove=remove,
        ),
    )


NOBODY = Rules()
DOOR_ONLY = Rules(see=at_the_door, add=at_the_door, change=at_the_door, remove=at_the_door)
WORKERS_OWN = Rules(see=the_worker, add=the_worker, change=the_worker, remove=the_worker)


def any_system(who: Who, row: Row, world: World) -> bool:
    """Accounts belong to no service: whoever keeps house for one may give them."""
    return bool(who.system)
