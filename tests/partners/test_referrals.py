"""Referrals: who hands over and who is asked, what each of them sees, and that it ends when it ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place
from tests.partners.referring import waiting_for

from kohti.diary import actions as diary
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.partners import actions as directory
from kohti.partners.referrals import actions, choosing, queries
from kohti.partners.referrals import clock as replies
from kohti.partners.referrals.actions import Wanted
from kohti.partners.referrals.models import Referral
from kohti.people import actions as people
from kohti.people.sharing import actions as sharing
from kohti.people.sharing import queries as shares
from kohti.team import actions as team
from kohti.team.models import Organisation


@dataclass
class House:
    """A jobcentre and a housing body in one building."""

    place: Place
    coach: Actor
    leader: Actor
    housing: Actor
    body: uuid.UUID


@pytest.fixture(scope="module")
def house() -> House:
    with clock.held_at(MORNING):
        here = place()
        housing = here.hire("partner", centre="cheltenham", name="Hanna Housing", organisation="housing-body")
        with as_system(here.system):
            body = Organisation.objects.get(service_id=here.system.service, code="housing-body").id
        return House(here, here.member("coach"), here.member("leader"), housing, body)


def key() -> str:
    return str(uuid.uuid4())


def somebody(house: House) -> uuid.UUID:
    person = acting(
        house.coach,
        people.register,
        house.place.centre.id,
        [people.NewPerson(full_name="Ann Other", phone="07700 900123")],
    )[0]
    return person.id


def wanted(house: House, **how: object) -> Wanted:
    values: dict[str, object] = {
        "organisation_id": house.body,
        "how": "walk",
        "about": "Has to leave her room on Friday.",
        "fields": {"housing": "They look for a room", "reach": "To ring her"},
        "until": TODAY + timedelta(days=30),
    }
    return Wanted(**(values | how))  # type: ignore[arg-type]


def sent(house: House, person: uuid.UUID | None = None, **how: object) -> uuid.UUID:
    person = person or somebody(house)
    made = acting(house.coach, actions.write, person, wanted(house, **how), key=key())
    acting(house.coach, actions.send, made, key=key())
    return made


def test_somebody_is_handed_over_and_both_sides_say_how_it_goes(house: House) -> None:
    person = somebody(house)
    made = acting(house.coach, actions.write, person, wanted(house), key=key())
    with as_actor(house.housing):
        assert not Referral.objects.filter(id=made).exists()
    acting(house.coach, actions.send, made, key=key())
    with as_actor(house.housing) as housing:
        page = queries.page(housing, made)
        assert (page.name, page.state, page.here) == ("Ann Other", "seen", False)
        assert shares.shared_with_me(housing, person)[0].fields == ["housing", "reach"]
    acting(house.housing, actions.say, made, words="Can she come at two?", key=key())
    acting(house.coach, actions.say, made, words="She can.", key=key())
    for state, words in (("accepted", ""), ("started", ""), ("done", "She has a room.")):
        acting(house.housing, actions.answer, made, state=state, words=words, key=key())
    with as_actor(house.coach) as coach:
        page = queries.page(coach, made)
        said = [(one.state, one.words, one.here) for one in page.turns]
    assert said == [
        ("sent", "", True),
        ("seen", "", False),
        ("", "Can she come at two?", False),
        ("", "She can.", True),
        ("accepted", "", False),
        ("started", "", False),
        ("done", "She has a room.", False),
    ]
    with as_actor(house.housing) as housing:
        assert shares.shared_with_me(housing, person) == []
        with pytest.raises(queries.Over, match="This is over: Done"):
            queries.page(housing, made)


def test_the_pages_lead_from_the_person_to_the_answer(house: House) -> None:
    person = somebody(house)
    coach, housing = browser_of(house.coach), browser_of(house.housing)
    page = coach.get(reverse("refer", args=[person]))
    assert page.status_code == 200
    typed = {
        "to": f"organisation:{house.body}",
        "how": "walk",
        "about": "Has to leave her room on Friday.",
        "field": ["housing", "reach"],
        "why-housing": "They look for a room",
        "until_0": "10",
        "until_1": "4",
        "until_2": "2026",
        "basis": "consent",
        "key": key(),
        "do": "look",
    }
    asked = browser_of(house.coach, htmx=True).post(reverse("refer", args=[person]), typed | {"do": "who"})
    assert "Hanna Housing, Cheltenham" in asked.content.decode()
    wrong = coach.post(reverse("refer", args=[person]), typed)
    assert wrong.status_code == 422
    assert "Say how they agreed." in wrong.content.decode()
    draft = coach.post(reverse("refer", args=[person]), typed | {"consent-how": "said yes here"})
    assert draft.status_code == 302
    there = draft.headers["Location"]
    shown = coach.get(there).content.decode()
    for text in (
        "Nothing is sent yet",
        "They look for a room",
        "07700 900123",
        "10 April 2026",
        "Their consent",
    ):
        assert text in shown
    assert housing.get(there).status_code == 404
    assert coach.post(f"{there}do/", {"do": "send", "key": key()}).status_code == 302
    board = housing.get(reverse("referrals")).content.decode()
    assert "Ann Other" in board
    assert "Has to leave her room" in board
    theirs = housing.get(there).content.decode()
    assert "What is shared with you" in theirs
    assert "07700 900123" in theirs
    assert housing.post(f"{there}do/", {"do": "say", "words": "At two?", "key": key()}).status_code == 302
    assert "At two?" in coach.get(there).content.decode()
    card = coach.post(f"{there}do/", {"do": "card", "key": key()})
    assert coach.get(card.headers["Location"]).headers["Content-Type"] == "application/pdf"
    empty = housing.post(f"{there}do/", {"do": "answer", "state": "declined", "words": "", "key": key()})
    assert empty.status_code == 422
    assert "Say why." in empty.content.decode()
    over = housing.post(f"{there}do/", {"do": "answer", "state": "declined", "words": "Full.", "key": key()})
    assert over.headers["Location"] == reverse("referrals")
    gone = housing.get(there)
    assert gone.status_code == 410
    assert "This is over: Said no." in gone.content.decode()
    again = housing.post(f"{there}do/", {"do": "answer", "state": "accepted", "key": key()})
    assert again.status_code == 409
    assert "Nothing any more. It was: " in coach.get(there).content.decode()
    listed = coach.get(reverse("person_referrals", args=[person])).content.decode()
    assert "Said no" in listed


def test_only_what_follows_can_be_said_and_only_by_its_side(house: House) -> None:
    made = sent(house)
    with pytest.raises(NotAllowed):
        acting(house.coach, actions.answer, made, state="accepted", key=key())
    with pytest.raises(NotAllowed):
        acting(house.housing, actions.withdraw, made, why="", key=key())
    with pytest.raises(Refused, match="so this is not possible"):
        acting(house.housing, actions.answer, made, state="done", words="?", key=key())
    with pytest.raises(Refused, match="Say why"):
        acting(house.housing, actions.answer, made, state="declined", words=" ", key=key())
    # nor by hand, in the database
    for actor, state in ((house.coach, "done"), (house.coach, "accepted"), (house.coach, "draft")):
        with pytest.raises(IntegrityError), as_actor(actor):
            Referral.objects.filter(id=made).update(state=state, closed_at=None)
    with pytest.raises(IntegrityError), as_actor(house.coach):
        Referral.objects.filter(id=made).update(about="something else")
    with as_actor(house.housing):
        assert Referral.objects.filter(id=made).update(state="withdrawn") == 0
    acting(house.housing, actions.answer, made, state="declined", words="Full.", key="twice")
    acting(house.coach, queries.page, made)
    with pytest.raises(NotThere):
        acting(house.housing, actions.answer, made, state="declined", words="Full.", key=key())
    with pytest.raises(Refused, match="This is over: Said no"):
        acting(house.coach, actions.withdraw, made, why="", key=key())


def test_a_named_colleague_alone_reads_what_was_sent_to_them(house: House) -> None:
    other = house.place.hire("partner", centre="cheltenham", name="Otto Other", organisation="housing-body")
    made = sent(house, member_id=other.member_id)
    assert acting(other, queries.page, made).name == "Ann Other"
    with pytest.raises(NotThere):
        acting(house.housing, queries.page, made)


def test_what_is_refused_is_said(house: House) -> None:
    person, coach = somebody(house), house.coach
    for how, said in (
        ({"about": " "}, "Say what it is about"),
        ({"organisation_id": coach.organisation_id}, "your own organisation"),
        ({"until": TODAY + timedelta(days=500)}, "at most a year"),
    ):
        with pytest.raises(Refused, match=said):
            acting(coach, actions.write, person, wanted(house, **how), key=key())
    draft = acting(coach, actions.write, person, wanted(house, fields={}), key=key())
    with pytest.raises(Refused, match="Choose what is shared"):
        acting(coach, actions.send, draft, key=key())
    # what is sealed is given by whoever holds its key
    acting(house.leader, people.write_note, person, "ill", fields=["health"], key=key())
    sealed = acting(coach, actions.write, person, wanted(house, fields={"health": ""}), key=key())
    with pytest.raises(Refused, match="sealed, and you do not hold its key"):
        acting(coach, actions.send, sealed, key=key())
    with as_actor(coach):
        assert Referral.objects.get(id=sealed).state == "draft"


def test_a_share_that_is_ended_ends_what_the_other_side_reads(house: House) -> None:
    made = sent(house)
    with as_actor(house.coach):
        share = Referral.objects.get(id=made).share_id
    browser, there = browser_of(house.housing), reverse("referral", args=[made])
    assert browser.get(there).status_code == 200
    acting(house.coach, sharing.end_share, share, why="she asked")
    late = browser.post(f"{there}do/", {"do": "say", "words": "Two is fine.", "key": key()})
    assert late.status_code == 409
    assert "What was shared with you has ended." in late.content.decode()
    assert "Two is fine." in late.content.decode()
    assert "What they were shown has ended" in browser_of(house.coach).get(there).content.decode()


def test_the_other_side_reads_how_they_are_safely_reached_where_that_is_shared(house: House) -> None:
    person = somebody(house)
    reach = people.Reach(safe_contact="Tuesdays at work", not_by="the home telephone", no_messages=True)
    acting(house.coach, people.keep_reach, person, reach)
    for fields, told in (({"housing": ""}, False), ({"housing": "", "reach": ""}, True)):
        page = browser_of(house.housing).get(reverse("referral", args=[sent(house, person, fields=fields)]))
        for words in ("Tuesdays at work", "the home telephone", "never leave a message"):
            assert (words in page.content.decode()) is told


def test_a_record_that_is_restricted_is_open_to_no_partner(house: House) -> None:
    person = somebody(house)
    made = sent(house, person, about="Hers alone")
    browser, there = browser_of(house.housing), reverse("referral", args=[made])
    assert browser.get(there).status_code == 200
    assert "Hers alone" in browser.get(f"{reverse('referrals')}?side=in").content.decode()
    assert house.coach.member_id is not None
    acting(house.leader, people.restrict, person, [house.coach.member_id], "a relative", key=key())
    closed = browser.get(there)
    assert closed.status_code == 410
    assert "Ann" not in closed.content.decode()
    board = browser.get(f"{reverse('referrals')}?side=in").content.decode()
    assert "Hers alone" not in board
    assert browser_of(house.coach).get(there).status_code == 200


def test_whose_name_tells_is_named_to_who_holds_the_key(house: House) -> None:
    with as_system(house.place.system):
        drugs = Organisation.objects.get(service_id=house.place.system.service, code="drugs-service").id
    person = somebody(house)
    made = sent(house, person, organisation_id=drugs, fields={"work": "to plan"})
    with as_actor(house.leader) as leader:
        assert queries.of_person(leader, person)[0] == []
        assert [(one.to, one.state) for one in queries.of_person(leader, person)[1]] == [
            ("A health service", "sent")
        ]
        with pytest.raises(NotThere):
            queries.page(leader, made)
        assert made not in {one.id for one in queries.board(leader, "centre").lines}
    page = browser_of(house.leader).get(reverse("person_referrals", args=[person])).content.decode()
    assert "A health service" in page
    assert "Drug and alcohol" not in page
    shown = browser_of(house.coach).get(reverse("person_referrals", args=[person])).content.decode()
    assert "Drug and alcohol service" in shown
    acting(house.coach, people.write_note, person, "s", fields=["addiction"], key=key())
    how = {"until": MORNING + timedelta(days=9), "field": "addiction", "key": key()}
    acting(house.coach, people.give_sight, person, house.leader.member_id, **how)
    assert acting(house.leader, queries.page, made).organisation == "Drug and alcohol service"


def test_an_answer_that_does_not_come_goes_to_a_person(house: House) -> None:
    made = sent(house)

    def late(actor: Actor) -> bool:
        with as_actor(actor):
            return made in {one.id for one in waiting_for(actor)}

    def looked() -> None:
        with as_system(house.place.system) as system:
            replies.look(system)

    assert not late(house.coach)
    with clock.held_at(MORNING + timedelta(days=6)):
        looked()
        assert late(house.coach)
        assert not late(house.leader)
    with clock.held_at(MORNING + timedelta(days=10)):
        for _twice in range(2):
            looked()
        assert late(house.leader)
        acting(house.housing, actions.answer, made, state="accepted", key=key())
        assert not late(house.leader)


def test_where_nobody_looks_after_it_the_leader_does_at_once(house: House) -> None:
    here = house.place
    leaving = here.hire("coach", centre="cheltenham", name="Lee Leaving")
    person = acting(leaving, people.register, here.centre.id, [people.NewPerson(full_name="Ann Other")])[0].id
    made = acting(leaving, actions.write, person, wanted(house), key=key())
    acting(leaving, actions.send, made, key=key())
    with clock.held_at(MORNING + timedelta(days=6)):
        with as_actor(house.leader) as leader:
            assert leaving.staff_id is not None
            diary.be_away(leader, leaving.staff_id, TODAY, TODAY + timedelta(days=20), key=key())
        with as_system(here.system) as system:
            replies.look(system)
        with as_actor(house.leader) as leader:
            assert made in {one.id for one in waiting_for(leader)}


def test_who_has_left_gives_it_back_and_is_offered_no_more(house: House) -> None:
    leaving = house.place.hire("partner", centre="cheltenham", name="Lea Left", organisation="housing-body")
    made = sent(house, member_id=leaving.member_id)
    draft = acting(
        house.coach, actions.write, somebody(house), wanted(house, member_id=leaving.member_id), key=key()
    )
    administrator = house.place.member("administrator")
    with clock.held_at(MORNING + timedelta(hours=1)):
        acting(administrator, team.end_membership, leaving.member_id)
    with clock.held_at(MORNING + timedelta(hours=2)):
        with pytest.raises(Refused, match="They no longer work here"):
            acting(house.coach, actions.send, draft, key=key())
        with as_system(house.place.system) as system:
            replies.look(system)
        with as_actor(house.coach) as coach:
            page = queries.page(coach, made)
            assert page.state == "declined"
            assert page.turns[-1].words == "Lea Left no longer works here."
            assert leaving.member_id not in dict(choosing.people_of(coach, house.body))


def test_what_is_offered_no_more_is_not_sent(house: House) -> None:
    leader, coach = house.leader, house.coach
    partner = acting(leader, directory.add_partner, directory.PartnerWords(name="Debt help"), key=key())
    listing = acting(leader, directory.add_listing, partner, directory.ListingWords(name="Advice"), key=key())
    person = somebody(house)
    offered = wanted(house, organisation_id=None, listing_id=listing)
    draft = acting(coach, actions.write, person, offered, key=key())
    acting(leader, directory.offer_no_more, listing)
    with pytest.raises(Refused, match="no longer offered"):
        acting(coach, actions.send, draft, key=key())
    page = browser_of(coach).get(f"{reverse('refer', args=[person])}?draft={draft}").content.decode()
    assert "This is no longer offered. Look for another." in page


def test_the_board_pages_by_key_in_as_many_statements_whatever_is_on_it(house: House) -> None:
    here = house.place
    youth = here.hire("partner", centre="gloucester", name="Cora Council", organisation="council")
    with as_system(here.system):
        council = Organisation.objects.get(service_id=here.system.service, code="council").id
    made = [sent(house, organisation_id=council) for _n in range(3)]
    queries_of: list[int] = []
    for most in (50, 2):
        with as_actor(youth) as actor, CaptureQueriesContext(connection) as asked:
            queries.A_PAGE, before = most, queries.A_PAGE
            try:
                first = queries.board(actor, "in")
            finally:
                queries.A_PAGE = before
        queries_of.append(len(asked))
    assert queries_of[0] == queries_of[1]
    assert [one.id for one in first.lines] == made[:2]
    last = first.lines[-1]
    with as_actor(youth) as actor:
        rest = queries.board(actor, "in", after=(last.at, last.id))
        assert [one.id for one in rest.lines] == made[2:]
        assert queries.board(actor, "in", state="accepted").lines == []
        with pytest.raises(NotAllowed):
            queries.board(actor, "centre")


def test_a_partner_of_the_directory_whose_name_tells_is_called_neutrally_too(house: House) -> None:
    words = directory.PartnerWords(name="Sober Living", tells="addiction", neutral="A house")
    partner = acting(house.leader, directory.add_partner, words, key=key())
    person = somebody(house)
    made = acting(
        house.coach, actions.write, person, wanted(house, organisation_id=None, partner_id=partner), key=key()
    )
    acting(house.coach, actions.send, made, key=key())
    with as_actor(house.leader) as leader:
        assert [one.to for one in queries.of_person(leader, person)[1]] == ["A house"]
    browser = browser_of(house.coach)
    card = browser.post(f"{reverse('referral', args=[made])}do/", {"do": "card", "key": key()})
    assert card.status_code == 422
    assert "not kept as a paper" in card.content.decode()


def test_the_pages_ask_no_more_than_twelve_times(house: House) -> None:
    person = somebody(house)
    made = sent(house, person)
    browser = browser_of(house.coach)
    for address in (
        reverse("referrals"),
        reverse("referral", args=[made]),
        reverse("person_referrals", args=[person]),
        reverse("refer", args=[person]),
        reverse("my_day"),
    ):
        browser.get(address)
        assert int(browser.get(address).headers["X-Kohti-Statements"]) <= 12, address
    there = browser_of(house.housing)
    for address in (reverse("referrals"), reverse("referral", args=[made])):
        there.get(address)
        assert int(there.get(address).headers["X-Kohti-Statements"]) <= 12, address
