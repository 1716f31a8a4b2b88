"""Two services in full use, so that every table that a rule is about has rows."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, time, timedelta
from typing import Any

import psycopg
from tests.factories import MORNING, Place, as_system, browser_of
from tests.kernel.policies.who import LATE
from tests.outreach import doing

from kohti.diary import actions as diary
from kohti.diary.actions import feeds
from kohti.frontdesk import actions as frontdesk
from kohti.journeys import actions as journeys
from kohti.journeys.models import Answers, Journey
from kohti.kernel import clock, drafts, ids, outbox
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.partners import actions as partners
from kohti.partners.expertise import actions as expertise
from kohti.partners.expertise.actions import Knows
from kohti.partners.hsds import bundle
from kohti.partners.hsds.bundle import Bundle
from kohti.partners.models import Partner, ReferralLink
from kohti.partners.referrals import actions as referrals
from kohti.partners.referrals import links
from kohti.partners.rulings import actions as rulings
from kohti.people import actions as people
from kohti.people.attachments import actions as papers
from kohti.people.sharing import actions as sharing
from kohti.team import actions as team
from kohti.team import devices
from kohti.workbench.merging import actions as merging


def put_to_use(here: Place) -> None:
    """Fill a service: two centres with a past, a present and a future, seen by this one and that one."""
    for centre, code in ((here.centre, "cheltenham"), (here.other, "gloucester")):
        host, coach, leader = (here.member(role, centre=code) for role in ("host", "coach", "leader"))
        administrator = here.member("administrator", centre=code)
        here.staff(centre=centre)
        with as_actor(administrator):
            diary.close_on(administrator, centre.id, MORNING.date(), "painters")
            team.invite(
                administrator,
                full_name="Newcomer Nielsen",
                role="host",
                centre=code,
                organisation="jobcentre",
                starts=MORNING,
            )
        with clock.held_at(MORNING):
            bookings = {
                days: here.booking(MORNING + timedelta(days=days), centre=centre, staff_id=coach.staff_id)
                for days in (-2, -1, 0, 1, 2)
            }
            # One's own time in the other centre, on a day that is not today.
            here.booking(MORNING + timedelta(days=3), centre=centre, staff_id=host.staff_id)
            with as_actor(host):
                frontdesk.check_in(host, bookings[0].id, key=f"in:{bookings[0].id}")
                frontdesk.ask_for_help(host, desk="4", key=f"help:{host.member_id}")
                frontdesk.take_walk_in(
                    host, here.reasons["evidence"].id, key=f"walk:{centre.id}", given_name="Ann"
                )
            with as_actor(leader):
                frontdesk.take_walk_in(
                    leader,
                    here.reasons["evidence"].id,
                    key=f"walk known:{centre.id}",
                    person_id=bookings[1].person_id,
                )
        with clock.held_at(MORNING - timedelta(days=1)), as_actor(coach):
            frontdesk.ask_for_help(coach, key=f"help before:{centre.id}")
        with clock.held_at(MORNING), as_actor(host):
            diary.ask_earlier(host, bookings[1].id, key=f"earlier:{centre.id}")
        with clock.held_at(MORNING), as_actor(administrator):
            session = diary.NewDropIn(
                title="Housing", weekday=2, opens=time(9, 30), closes=time(12), first=MORNING.date()
            )
            diary.add_drop_in(administrator, centre.id, session, key=f"drop-in:{centre.id}")
        with clock.held_at(MORNING), as_actor(leader):
            look_up(leader)
        with clock.held_at(MORNING):
            doing.met_out_there(coach, leader)
        with clock.held_at(MORNING - timedelta(days=1)), as_actor(host):
            frontdesk.take_walk_in(host, here.reasons["robbed"].id, key=f"walk before:{centre.id}")
        with clock.held_at(MORNING + timedelta(days=1)), as_actor(host):
            frontdesk.take_walk_in(host, here.reasons["robbed"].id, key=f"walk after:{centre.id}")
        with as_actor(leader):
            held = diary.hold_file(
                leader, centre.id, b"Date,Time,Minutes,Customer\n", filename="d.csv", key=f"hold:{code}"
            )
            from kohti.diary.jobs import import_file

            import_file.order(leader, subject_id=held.id)
            here.devices[code] = devices.add_device(leader, kind="kiosk", name="door", device_id=ids.new_id())
            here.devices[f"{code} board"] = devices.add_device(
                leader, kind="board", name="wall", device_id=ids.new_id()
            )
        with as_actor(DOOR):
            assert devices.pair(here.devices[code].code)
            assert devices.pair(here.devices[f"{code} board"].code)
        with as_actor(coach):
            feeds.make_feed(coach, key=str(ids.new_id()))
        here.bookings[code] = bookings[0]
        browser_of(coach)
        _write_messages(here, centre.id, coach, here.member("administrator", centre=code))
    here.person("Nobody's Guest")
    _end_and_begin(here)
    for code in ("cheltenham", "gloucester"):
        _know(here, code)


def _know(here: Place, code: str) -> None:
    """People of a centre with all that can stand beside them: sealed, restricted, moved, in an emergency."""
    coach, leader = (here.member(role, centre=code) for role in ("coach", "leader"))
    centre, other = (here.centre, here.other) if code == "cheltenham" else (here.other, here.centre)
    far = LATE + timedelta(days=30)
    today = MORNING.date()

    def key() -> str:
        return str(uuid.uuid4())

    with clock.held_at(MORNING), as_actor(coach):
        known, kin, wrong, secret, urgent, leaving, to_leave = (
            people.register(
                coach, centre.id, [people.NewPerson(full_name=f"{name} Known", phone="07700 900124")]
            )[0]
            for name in ("Ann", "Kin", "Wrong", "Secret", "Urgent", "Leaving", "Toleave")
        )
        for one in (known, wrong, secret, urgent, leaving):
            people.write_note(coach, one.id, "open", key=key())
            people.write_note(coach, one.id, "sealed", fields=["health"], key=key())
            people.write_note(coach, one.id, "sealed twice", fields=["health", "belief"], key=key())
            people.add_mark(coach, one.id, kind="helps", words="a ramp", review_on=far.date(), key=key())
            people.add_mark(
                coach, one.id, kind="helps", words="s", sealed="belief", review_on=far.date(), key=key()
            )
            people.add_contact(coach, one.id, kind="post", value="a street", hidden=True, key=key())
            for sealed in ("", "health"):
                papers.bring(coach, one.id, b"a text", filename="a.txt", sealed=sealed, key=key())
            people.add_representative(
                coach, one.id, full_name="Gus", what_for="money", starts_on=today, key=key()
            )
            people.add_danger(coach, one.id, words="two of you", reason="why", ends_on=far.date(), key=key())
        people.add_household(coach, known.id, kin.id, kind="parent", starts_on=today, key=key())
        people.add_household(coach, known.id, secret.id, kind="partner", starts_on=today, key=key())
        people.give_sight(coach, known.id, _id(leader.member_id), until=far, field="health", key=key())
        people.give_sight(coach, known.id, _id(leader.member_id), until=far, field="address", key=key())
        for fields in ((), ("health",), ("health", "belief")):
            note = people.write_note(coach, wrong.id, "not theirs", fields=fields, key=key())
            people.correct(coach, note, "not theirs at all", "a slip", version=1)
            people.move_note(coach, note, known.id, "the wrong one", version=2)
    _go_their_way(here, code, [known, secret, urgent, leaving], wrong)
    with clock.held_at(MORNING), as_actor(coach):
        _share(here, coach, [known, secret, leaving, wrong])
        for one in (known, secret, leaving):
            _refer(here, coach, one.id)
        here.links[code] = _refer_elsewhere(here, coach, wrong.id)
    with clock.held_at(MORNING), as_actor(leader):
        people.give_sight(
            leader, known.id, _id(here.member("host", centre="gloucester").member_id), until=far, key=key()
        )
        for one in (secret, urgent):
            people.restrict(leader, one.id, [_id(coach.member_id)], "a relative", key=key())
        people.transfer(
            leader,
            leaving.id,
            other.id,
            from_day=today,
            reason="moved",
            keep_member=coach.member_id,
            key=key(),
        )
        people.transfer(
            leader,
            to_leave.id,
            other.id,
            from_day=far.date(),
            reason="will move",
            keep_member=None,
            key=key(),
        )
        twice, again, alike = (
            people.register(leader, centre.id, [people.NewPerson(full_name=f"{name} Twice")])[0]
            for name in ("Bea", "Beah", "Ben")
        )
        merging.keep_apart(leader, twice.id, alike.id)
        merging.merge(leader, twice.id, again.id, {}, key=key())
    with clock.held_at(LATE - timedelta(minutes=30)), as_actor(leader):
        people.open_in_emergency(leader, urgent.id, "bleeding", key=key())
    with clock.held_at(LATE - timedelta(minutes=90)), as_actor(leader):
        people.open_in_emergency(leader, secret.id, "a fire", key=key())
    with clock.held_at(MORNING), as_actor(here.member("coach", centre=other.code)) as elsewhere:
        asked = people.NewPerson(full_name="Known Ann", phone="+44 7700 900124")
        assert people.ask_elsewhere(elsewhere, asked)


def _share(here: Place, coach: Actor, those: list[Any]) -> None:
    """Something of each with the housing people, with one of them alone, with an office whose name tells something,
    and what has ended."""
    partner = here.member("partner", organisation="housing-body")
    here.member("partner", name="Another")
    other = here.member("partner", centre="gloucester", organisation="housing-body")
    far = LATE.date() + timedelta(days=30)
    for one in those:
        people.write_note(coach, one.id, "of work", fields=["work"], key=str(uuid.uuid4()))
        people.write_note(coach, one.id, "of both", fields=["work", "housing"], key=str(uuid.uuid4()))
        for organisation, fields, members, ends in (
            ("housing-body", ["work", "reach"], (), False),
            ("housing-body", ["housing", "health"], (_id(partner.member_id),), False),
            ("housing-body", ["helps", "money"], (_id(other.member_id),), True),
            ("drugs-service", ["work"], (), False),
        ):
            made = sharing.share(
                coach,
                one.id,
                organisation_id=_organisation(here, organisation),
                fields=fields,
                members=members,
                what_for="a flat",
                basis="public-task",
                until=far,
                key=str(uuid.uuid4()),
            )
            if ends:
                sharing.end_share(coach, made, why="found one")
        _help(here, coach, one.id, partner)
        _ask(here, coach, one.id)


def _ask(here: Place, coach: Actor, person_id: uuid.UUID) -> None:
    """Whoever may decide is asked about somebody: a question is open, one is taken, one answered, one taken back."""
    way = Journey.objects.filter(person_id=person_id, closed_at=None).first()
    if way is None:
        return
    judge = here.member("decision-maker", centre=coach_centre(here, coach))
    asked = [
        rulings.ask(coach, way.id, kind="training", words="May they?", fields=fields, key=str(uuid.uuid4()))
        for fields in (["work"], [], [], [])
    ]
    rulings.withdraw(coach, asked[3])
    with as_actor(judge):
        rulings.take(judge, asked[1])
        rulings.answer(
            judge, asked[2], decision="no", reason="not yet", step="ask again", key=str(uuid.uuid4())
        )


def coach_centre(here: Place, coach: Actor) -> str:
    """The code of the centre where somebody works."""
    return "cheltenham" if coach.centre_id == here.centre.id else "gloucester"


def _help(here: Place, coach: Actor, person_id: uuid.UUID, partner: Actor) -> None:
    """Somebody of the housing people, of the same house, and of the office whose name tells something, helps with a
    step of somebody's plan; the first no more."""
    way = Journey.objects.filter(person_id=person_id, closed_at=None).first()
    if way is None:
        return
    step = journeys.NewStep(words="look at the flat")
    journeys.change_plan(coach, way.id, [step], key=str(uuid.uuid4()))
    far = LATE.date() + timedelta(days=30)
    for member in (
        partner,
        here.member("partner", name="Of the house"),
        here.member("partner", centre="gloucester", organisation="drugs-service", name="Of the office"),
        here.member("partner", centre="gloucester", organisation="housing-body"),
    ):
        made = journeys.ask_to_help(
            coach, step.id, _id(member.member_id), until=far, told="yes", key=str(uuid.uuid4())
        )
        if member is partner:
            journeys.end_help(coach, made)


def _refer(here: Place, coach: Actor, person_id: uuid.UUID) -> None:
    """Somebody is handed to the housing people and to one of them, to an office whose name tells something, and not yet."""
    partner = here.member("partner", organisation="housing-body")
    for organisation, member, ends in (
        ("housing-body", None, False),
        ("housing-body", partner.member_id, False),
        ("housing-body", partner.member_id, True),
        ("drugs-service", None, False),
        ("", None, False),
    ):
        wanted = referrals.Wanted(
            organisation_id=_organisation(here, organisation or "housing-body"),
            member_id=member,
            how="walk",
            about="a flat",
            fields={"work": "", "reach": "to ring"},
            until=LATE.date() + timedelta(days=30),
        )
        made = referrals.write(coach, person_id, wanted, key=str(uuid.uuid4()))
        if organisation:
            referrals.send(coach, made, key=str(uuid.uuid4()))
        if ends:
            referrals.withdraw(coach, made, why="found one", key=str(uuid.uuid4()))


def _refer_elsewhere(here: Place, coach: Actor, person_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Somebody is handed to a partner without an account, who has opened the link; the link, and the referral."""
    partner = Partner.objects.filter(service_id=coach.service, organisation=None).order_by("id")[0]
    wanted = referrals.Wanted(
        partner_id=partner.id,
        how="message",
        about="debts",
        fields={"money": ""},
        until=LATE.date() + timedelta(days=30),
    )
    made = referrals.write(coach, person_id, wanted, key=str(uuid.uuid4()))
    referrals.send(coach, made, key=str(uuid.uuid4()))
    link = links.make(coach, made, mail=False, key=str(uuid.uuid4()))
    assert link is not None
    assert links.bind(link.address.rstrip("/").rpartition("/")[2])
    return ReferralLink.objects.get(referral_id=made).id, made


def _go_their_way(here: Place, code: str, those: list[Any], gone: Any) -> None:
    """Ways of these people, with everything a way can have, and one that ended; one's coach is from elsewhere."""
    coach, leader = (here.member(role, centre=code) for role in ("coach", "leader"))
    elsewhere = "gloucester" if code == "cheltenham" else "cheltenham"
    cover, asked = (here.member("leader", centre=elsewhere), here.member("coach", name=f"Asked {code}"))
    today = MORNING.date()
    far = LATE + timedelta(days=30)

    def key() -> str:
        return str(uuid.uuid4())

    with clock.held_at(MORNING), as_actor(coach):
        diary.be_away(coach, _id(coach.staff_id), far.date(), far.date(), key=key())
        ended = journeys.open_journey(
            coach, gone.id, owner_id=_id(coach.member_id), basis="task", key=key(), why_here="a job"
        )
        journeys.close(coach, ended, "Thanks", version=1, follow_up_on=far.date())
        for number, one in enumerate(those):
            way = journeys.open_journey(
                coach,
                one.id,
                owner_id=_id(coach.member_id),
                basis="task",
                key=key(),
                facts={"employment": journeys.Fact("out-of-work")},
            )
            journeys.pause(coach, way, far.date(), "in hospital", key=key())
            aims = [journeys.NewAim(words=f"aim {field}", field=field) for field in ("work", "health")]
            steps = [journeys.NewStep(words="a step", due_on=far.date(), aim_id=aim.id) for aim in aims]
            journeys.write_contact(
                coach,
                way,
                journeys.NewContact(
                    channel="here",
                    needs=(journeys.Said("work", 2), journeys.Said("health", None)),
                    changes=(*aims, *steps),
                ),
                key=key(),
            )
            for sealed in ("", "health"):
                Answers.objects.create(
                    service_id=coach.service,
                    person_id=one.id,
                    journey_id=way,
                    view="coach",
                    at=MORNING,
                    sealed=sealed,
                    answers={"1": 2},
                    sheet=ids.new_id(),
                    by_member=coach.member_id,
                )
            drafts.keep("appointment", way, {"text": ["half a"]}, version=0)
            journeys.reach(coach, way, "job", today, key=key())
            Journey.objects.filter(id=way).update(limit_on=far.date())
            if number == 0:
                journeys.cover(coach, [way], _id(cover.member_id), starts=MORNING, ends=far, key=key())
                journeys.ask_to_take_over(
                    coach,
                    way,
                    _id(asked.member_id),
                    from_day=today,
                    until_day=far.date(),
                    words="",
                    key=key(),
                )
            with as_actor(leader):
                journeys.extend(leader, way, 7, "nearly there", key=key())


def _write_messages(here: Place, centre_id: uuid.UUID, coach: Actor, administrator: Actor) -> None:
    """A message of a centre, one of the service, and one that nobody ordered."""
    for actor, centre in ((coach, centre_id), (administrator, None)):
        with as_actor(actor):
            _message(actor, centre)
    with as_system(here.system) as system:
        _message(system, centre_id)


def _message(actor: Actor, centre_id: uuid.UUID | None) -> None:
    outbox.write(
        actor,
        channel="mail",
        to=outbox.To(kind="address", address="ann@example.org"),
        kind="test",
        body="x",
        key=str(uuid.uuid4()),
        centre_id=centre_id,
    )


def _end_and_begin(here: Place) -> None:
    """Memberships that ended and that have not begun; grants of every kind, ended, in force and to come."""
    with as_system(here.system) as system:
        gone = here.member("leader", name="Gone Yesterday")
        with clock.held_at(MORNING - timedelta(days=1)):
            team.end_membership(system, _id(gone.member_id))
    here.members["gone", "cheltenham"] = gone
    hour = timedelta(hours=1)
    with as_system(here.system) as system:
        for starts, ends in (
            (LATE - 2 * hour, LATE - hour),
            (LATE - hour, LATE),
            (LATE, LATE + hour),
            (LATE - hour, LATE + hour),
            (LATE + hour, LATE + 2 * hour),
        ):
            for to in (
                {"to_member_id": here.member("host").member_id},
                {"to_member_id": here.member("administrator", centre="gloucester").member_id},
                {"to_centre_id": here.other.id},
                {"to_centre_id": here.other.id, "to_role": "coach"},
                {"to_centre_id": here.centre.id, "to_role": "leader"},
                {"to_organisation_id": _organisation(here)},
            ):
                _grant(here, starts, ends, to)


def _id(value: uuid.UUID | None) -> uuid.UUID:
    assert value is not None
    return value


def _organisation(here: Place, code: str = "jobcentre") -> uuid.UUID:
    from kohti.team.models import Organisation

    return Organisation.objects.get(service_id=here.centre.service_id, code=code).id


def _grant(here: Place, starts: datetime, ends: datetime, to: dict[str, Any]) -> None:
    from kohti.people.models import Grant

    someone = people.register(
        here.system, here.centre.id, [people.NewPerson(full_name="Seen", phone="0770")]
    )[0]
    Grant.objects.create(
        service_id=here.centre.service_id,
        person_id=someone.id,
        purpose="test",
        starts=starts,
        ends=ends,
        because_kind="test",
        because_id=ids.new_id(),
        **to,
    )


def add_beside(owner: psycopg.Connection, here: Place, user_id: str) -> None:
    """Rows of the tables that nothing in the product fills yet."""
    service, centre = here.system.service_id, here.centre.id
    owner.execute(
        "insert into diary_room (id, service_id, centre_id, name)"
        " values (gen_random_uuid(), %s, %s, 'Room of this test')",
        (service, centre),
    )
    owner.execute(
        "insert into diary_reminder (id, service_id, centre_id, booking_id, about, hours, version, starts, due, channel,"
        " state, why) select gen_random_uuid(), service_id, centre_id, id, 'before', 24, 0, starts,"
        " starts - interval '1 day', 'sms', 'waiting', '' from diary_booking where service_id = %s",
        (service,),
    )
    owner.execute(
        "insert into diary_freed (id, service_id, centre_id, staff_id, starts, ends, at)"
        " select gen_random_uuid(), service_id, centre_id, staff_id, starts, ends, starts from diary_booking"
        " where service_id = %s and staff_id is not null on conflict do nothing",
        (service,),
    )
    owner.execute(
        "insert into diary_offer (id, service_id, centre_id, wish_id, person_id, booking_id, kind_id, staff_id, starts,"
        " ends, at, until, state, channel, message_id) select gen_random_uuid(), w.service_id, w.centre_id, w.id,"
        " w.person_id, b.id, b.kind_id, t.id, b.starts, b.ends, b.starts, b.starts, 'no', 'sms', gen_random_uuid()"
        " from diary_wish w join diary_booking b on b.id = w.booking_id"
        " join lateral (select s.id from team_staff s where s.service_id = w.service_id limit 1) t on true"
        " where w.service_id = %s",
        (service,),
    )
    owner.execute(
        "with rota as (insert into diary_rota (id, service_id, centre_id, organisation_id, starts, at)"
        " select gen_random_uuid(), o.service_id, %s, o.id, '2026-01-05', '2026-01-05' from team_organisation o"
        " where o.service_id = %s returning id, service_id, centre_id, organisation_id), lines as ("
        " insert into diary_rotaline (id, service_id, rota_id, weekday, opens, closes)"
        " select gen_random_uuid(), service_id, id, 2, '09:00', '12:00' from rota)"
        " insert into diary_rotachange (id, service_id, centre_id, organisation_id, first, last, at)"
        " select gen_random_uuid(), service_id, centre_id, organisation_id, '2026-04-06', '2026-04-10', '2026-01-05' from rota",
        (centre, service),
    )
    owner.execute(
        "insert into diary_travel (id, service_id, one_id, other_id, minutes)"
        " values (gen_random_uuid(), %s, %s, %s, 40) on conflict do nothing",
        (service, centre, here.other.id),
    )
    row = owner.execute(
        'insert into account_emailaddress (email, verified, "primary", user_id)'
        " values (%s, true, true, %s) returning id",
        (f"{user_id}@example.org", user_id),
    ).fetchone()
    assert row is not None
    owner.execute(
        "insert into account_emailconfirmation (created, sent, key, email_address_id)"
        " values (now(), now(), %s, %s)",
        (user_id, row[0]),
    )
    owner.execute(
        "insert into mfa_authenticator (type, data, user_id, created_at) values ('totp', '{}', %s, now())",
        (user_id,),
    )
    owner.execute(
        "insert into socialaccount_socialaccount (provider, uid, last_login, date_joined, extra_data, user_id)"
        " values ('city', %s, now(), now(), '{}', %s)",
        (user_id, user_id),
    )
    row = owner.execute(
        "insert into team_counter (id, service_id, name, since) values (gen_random_uuid(), %s, '', now())"
        " returning id",
        (service,),
    ).fetchone()
    assert row is not None
    owner.execute(
        "insert into team_atcounter (id, counter_id, user_id, member_id, name, until, strong, wrong_pins)"
        " values (gen_random_uuid(), %s, %s, gen_random_uuid(), 'Somebody', now(), true, 0)",
        (row[0], user_id),
    )
    owner.execute("insert into team_pin (user_id, hash, set_at) values (%s, '!', now())", (user_id,))
    owner.execute(
        "insert into team_wayback (id, service_id, user_id, digest, given_by, given_at, until)"
        " values (gen_random_uuid(), %s, %s, '', '', now(), now())",
        (service, user_id),
    )
    with as_actor(DOOR):
        _message(DOOR, None)
    owner.execute("insert into kohti_cache values (%s, 'v', now() + interval '1 hour')", (f"test:{user_id}",))
    owner.execute("insert into procrastinate_workers default values")
    owner.execute(
        "insert into procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
        " values (%s, '', 1)",
        (f"test-{user_id}",),
    )


def look_up(leader: Actor) -> None:
    """A directory: of what anybody may read and of what colleagues alone may, written here and brought in.

    And what the leader knows.
    """
    assert leader.staff_id is not None
    expertise.keep_expertise(leader, leader.staff_id, Knows(fields=["money"]), key=f"knows:{ids.new_id()}")
    for public in (True, False):
        made = partners.add_partner(
            leader, partners.PartnerWords(name="Debt help", public=public), key=f"partner:{ids.new_id()}"
        )
        partners.add_listing(
            leader,
            made,
            partners.ListingWords(name="Advice", public=public, place=partners.PlaceWords(town="Stroud")),
            key=f"offer:{ids.new_id()}",
        )
    found = bundle.load_files(
        {
            "terms.json": json.dumps(
                {
                    "id": str(ids.new_id()),
                    "name": "Debt",
                    "description": "",
                    "taxonomy": "ours",
                    "taxonomy_detail": {"id": str(ids.new_id()), "name": "Ours", "description": ""},
                }
            ).encode()
        }
    )
    for source, public in ((f"theirs {ids.new_id()}", True), (f"others {ids.new_id()}", False)):
        partners.bring(leader, renamed(found), source=source, apply=True, public=public)


def renamed(found: Bundle) -> Bundle:
    """The same records under identifiers of their own."""
    made = Bundle()
    for kind, records in found.records.items():
        for record in records.values():
            new = str(ids.new_id())
            made.of(kind)[new] = {**record, "id": new}
    return made
