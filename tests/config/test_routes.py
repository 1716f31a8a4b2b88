"""Every address, every role: who is let in, who is not, and what is never said in an address or a title."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, PASSWORD, Place, an_offer, browser_of, place
from tests.outreach import doing

from kohti.config import addresses
from kohti.config.routes import Route, routes
from kohti.diary import actions as diary
from kohti.diary.models import Room
from kohti.diary.rota import actions as rota
from kohti.frontdesk import actions as frontdesk
from kohti.journeys import actions as journeys
from kohti.journeys.models import Cover, Ending, LastingCheck
from kohti.kernel import clock, documents, live, outbox
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.doors import GUEST
from kohti.kernel.errors import Refused
from kohti.kernel.may import VERBS
from kohti.partners import actions as partners
from kohti.partners.referrals import actions as referrals
from kohti.partners.rulings import actions as rulings
from kohti.people import actions as people
from kohti.people.attachments import actions as papers
from kohti.people.models import Alert, Person
from kohti.people.sharing import actions as sharing
from kohti.team import actions as team
from kohti.team import devices
from kohti.team.models import Centre, Organisation
from kohti.workbench.merging import actions as merging

HOST, COACH, LEADER, ADMINISTRATOR = "host", "coach", "leader", "administrator"
ROLES = (HOST, COACH, LEADER, ADMINISTRATOR)
FLOOR = {HOST, COACH, LEADER}
KEEPERS = {LEADER, ADMINISTRATOR}
WIDE = frozenset({ADMINISTRATOR})
NAME, PHONE = "Zebedee Quixworth", "07700 900123"
OTHERS = ("another centre", "another service")


@dataclass(frozen=True)
class Expected:
    """What one method of one address answers."""

    roles: set[str]
    """Who is let in; others get 403."""
    status: int
    """What those let in get."""
    nobody: int = 302
    """What somebody gets who is not signed in: by default the way to the sign-in page."""
    data: dict[str, str] = field(default_factory=dict)
    thing: str = ""
    """What the address names; one of another centre or service is not there for those let in."""
    other: dict[str, int] = field(default_factory=dict)
    """What roles get that are let in to something else."""
    wide: frozenset[str] = frozenset()
    """Roles for whom one of another centre of their service is there too."""


EVERYONE = set(ROLES)

TYPED = 401
"""Whoever is signed out and had typed words gets them back, on a page that says so."""

EXPECTED: dict[tuple[str, str], Expected] = {
    ("front_door", "GET"): Expected(EVERYONE, 302),
    ("today", "GET"): Expected(EVERYONE, 302),
    ("look", "GET"): Expected(EVERYONE, 200, nobody=200),
    ("look_both", "GET"): Expected(EVERYONE, 200, nobody=200),
    # No service there wears one of that name.
    ("logo", "GET"): Expected(EVERYONE, 404, nobody=404),
    # They are shown where the data are invented.
    ("design", "GET"): Expected(EVERYONE, 404),
    # No service there is called so.
    ("at", "GET"): Expected(EVERYONE, 404, nobody=404),
    ("help", "GET"): Expected(EVERYONE, 200, nobody=200),
    ("offline", "GET"): Expected(EVERYONE, 200, nobody=200),
    ("offline_worker", "GET"): Expected(EVERYONE, 200, nobody=200),
    ("set_language", "POST"): Expected(EVERYONE, 302, data={"language": "fi"}),
    # There is no sample here.
    ("enter_as", "POST"): Expected(EVERYONE, 404, nobody=404, thing="user_id"),
    ("sample_device", "POST"): Expected(EVERYONE, 404, nobody=404, thing="user_id"),
    ("arrivals", "GET"): Expected(FLOOR, 200),
    ("arrivals_find", "POST"): Expected(FLOOR, 200, data={"q": "zeb"}),
    ("walk_in", "GET"): Expected(FLOOR, 200),
    ("walk_in", "POST"): Expected(FLOOR, 422, data={"key": "k"}),
    ("arrivals_news", "GET"): Expected(FLOOR, 200),
    ("check_in", "POST"): Expected(FLOOR, 302, thing="booking_id"),
    ("queue", "GET"): Expected(FLOOR, 200),
    ("queue_news", "GET"): Expected(FLOOR, 200),
    ("queue_waits", "GET"): Expected(FLOOR, 200),
    ("call_next", "POST"): Expected(FLOOR, 302),
    ("desk", "POST"): Expected(FLOOR, 302, data={"desk": "4"}),
    ("close_day", "POST"): Expected({LEADER}, 200),
    ("crisis", "GET"): Expected(FLOOR, 200, thing="visit_id"),
    ("visit_ask", "POST"): Expected(FLOOR, 404, thing="visit_id"),
    ("next_help", "POST"): Expected(FLOOR, 422, thing="visit_id"),
    ("promises", "GET"): Expected(FLOOR, 200, thing="visit_id"),
    ("promises", "POST"): Expected(FLOOR, 404, thing="visit_id"),
    ("help_card", "GET"): Expected(FLOOR, 404, thing="visit_id"),
    ("alarm", "GET"): Expected(FLOOR, 200),
    ("alarm", "POST"): Expected(FLOOR, 200),
    ("alarm_over", "POST"): Expected(FLOOR, 302),
    ("ask_for_help", "POST"): Expected(FLOOR, 302),
    ("help_news", "GET"): Expected(FLOOR, 200),
    ("help_go", "POST"): Expected(FLOOR, 302, thing="help_id"),
    # Of the host's own call for help: a coach who neither asked nor came is told so.
    ("help_over", "POST"): Expected(FLOOR, 302, thing="help_id", other={COACH: 409}),
    ("visit", "GET"): Expected(FLOOR, 200, thing="visit_id"),
    ("visit_park", "POST"): Expected(FLOOR, 302, thing="visit_id", data={"minutes": "20"}),
    ("visit_hand_over", "POST"): Expected(FLOOR, 302, thing="visit_id", data={"to": "housing"}),
    ("visit_done", "POST"): Expected(FLOOR, 422, thing="visit_id"),
    ("visit_undo", "POST"): Expected(FLOOR, 302, thing="visit_id"),
    ("visit_move", "POST"): Expected(FLOOR, 302, thing="visit_id"),
    ("book", "GET"): Expected(FLOOR, 200),
    ("book_new", "GET"): Expected(FLOOR, 200),
    ("book_new", "POST"): Expected(FLOOR, 422),
    ("book_news", "GET"): Expected(FLOOR, 200),
    ("book_week", "GET"): Expected(FLOOR, 200, thing="staff_id"),
    ("book_week_of_room", "GET"): Expected(FLOOR, 200, thing="room_id"),
    ("here_now", "GET"): Expected(FLOOR, 200),
    ("rota", "GET"): Expected(FLOOR, 200),
    ("rota_printed", "GET"): Expected(FLOOR, 200),
    ("rota_new", "GET"): Expected({LEADER}, 200),
    ("rota_new", "POST"): Expected({LEADER}, 422),
    ("rota_change", "POST"): Expected({LEADER}, 422),
    ("rota_take_back", "POST"): Expected({LEADER}, 302, thing="change_id"),
    ("rota_end", "GET"): Expected({LEADER}, 200, thing="rota_id"),
    ("rota_end", "POST"): Expected({LEADER}, 422, thing="rota_id"),
    ("book_one", "GET"): Expected(FLOOR, 200, thing="booking_id"),
    ("book_move", "POST"): Expected(FLOOR, 422, thing="booking_id"),
    ("book_cancel", "POST"): Expected(FLOOR, 422, thing="booking_id"),
    ("directory", "GET"): Expected(EVERYONE, 200),
    ("directory", "POST"): Expected(EVERYONE, 200, data={"q": "nowhere to sleep"}),
    ("partner_new", "GET"): Expected(KEEPERS, 200),
    ("partner_new", "POST"): Expected(KEEPERS, 422),
    # The directory is the whole service's, whatever the centre.
    ("partner", "GET"): Expected(EVERYONE, 200, thing="partner_id", wide=frozenset(EVERYONE)),
    ("partner_change", "GET"): Expected(KEEPERS, 200, thing="partner_id", wide=frozenset(KEEPERS)),
    ("partner_change", "POST"): Expected(KEEPERS, 422, thing="partner_id", wide=frozenset(KEEPERS)),
    ("listing_new", "GET"): Expected(KEEPERS, 200, thing="partner_id", wide=frozenset(KEEPERS)),
    ("listing_new", "POST"): Expected(KEEPERS, 422, thing="partner_id", wide=frozenset(KEEPERS)),
    ("who_knows", "GET"): Expected(EVERYONE, 200),
    ("colleague_knows", "GET"): Expected(EVERYONE, 200, thing="staff_id", wide=frozenset(EVERYONE)),
    # Of somebody else's: who keeps the directory writes it.
    ("colleague_knows_change", "GET"): Expected(
        EVERYONE, 200, thing="staff_id", other={HOST: 404, COACH: 404}, wide=frozenset(KEEPERS)
    ),
    ("colleague_knows_change", "POST"): Expected(
        EVERYONE, 422, thing="staff_id", other={HOST: 404, COACH: 404}, wide=frozenset(KEEPERS)
    ),
    ("listing", "GET"): Expected(EVERYONE, 200, thing="listing_id", wide=frozenset(EVERYONE)),
    ("listing_change", "GET"): Expected(KEEPERS, 200, thing="listing_id", wide=frozenset(KEEPERS)),
    ("listing_change", "POST"): Expected(KEEPERS, 422, thing="listing_id", wide=frozenset(KEEPERS)),
    ("listing_confirm", "POST"): Expected(FLOOR, 302, thing="listing_id", wide=frozenset(FLOOR)),
    ("listing_end", "POST"): Expected(KEEPERS, 302, thing="listing_id", wide=frozenset(KEEPERS)),
    ("outreach", "GET"): Expected({COACH, LEADER}, 200),
    ("encounter", "GET"): Expected({COACH, LEADER}, 200),
    ("encounter", "POST"): Expected({COACH, LEADER}, 422, data={"nickname": "Cap"}),
    # Whoever wrote one takes it back.
    ("encounter_withdraw", "POST"): Expected({COACH, LEADER}, 302, thing="encounter_id", other={COACH: 403}),
    ("encounter_apart", "POST"): Expected({COACH, LEADER}, 302, thing="encounter_id"),
    ("spots", "GET"): Expected({COACH, LEADER}, 200),
    ("spots", "POST"): Expected({COACH, LEADER}, 422),
    ("spot", "GET"): Expected({COACH, LEADER}, 200, thing="spot_id"),
    ("spot", "POST"): Expected({COACH, LEADER}, 422, thing="spot_id"),
    ("spot_end", "POST"): Expected({COACH, LEADER}, 302, thing="spot_id"),
    ("round_new", "GET"): Expected({COACH, LEADER}, 200),
    ("round_new", "POST"): Expected({COACH, LEADER}, 422),
    ("round", "GET"): Expected({COACH, LEADER}, 200, thing="round_id"),
    ("round_start", "POST"): Expected({COACH, LEADER}, 302, thing="round_id"),
    ("round_back", "POST"): Expected({COACH, LEADER}, 302, thing="round_id"),
    ("round_cancel", "POST"): Expected({COACH, LEADER}, 302, thing="round_id"),
    ("reached_list", "GET"): Expected({COACH, LEADER}, 200),
    ("reached_list", "POST"): Expected({COACH, LEADER}, 200, data={"q": "zeb"}),
    ("reached", "GET"): Expected({COACH, LEADER}, 200, thing="reached_id"),
    ("reached", "POST"): Expected({COACH, LEADER}, 200, data={"q": "zeb"}, thing="reached_id"),
    # With nobody who is there.
    ("reached_join", "POST"): Expected({COACH, LEADER}, 404, thing="reached_id"),
    ("reached_apart", "POST"): Expected({COACH, LEADER}, 302, thing="reached_id"),
    ("reached_person", "GET"): Expected({COACH, LEADER}, 200, thing="reached_id"),
    ("reached_person", "POST"): Expected({COACH, LEADER}, 200, data={"q": "zeb"}, thing="reached_id"),
    ("reached_not_them", "POST"): Expected({COACH, LEADER}, 302, thing="reached_id"),
    ("reached_figures", "GET"): Expected({LEADER}, 200),
    ("hsds", "GET"): Expected(EVERYONE, 200, nobody=200),
    **{
        (f"hsds_{name}", "GET"): Expected(EVERYONE, 200, nobody=200)
        for name in ("services", "organizations", "services_at_locations", "taxonomies", "taxonomy_terms")
    },
    # None of the public ones is called so.
    **{
        (f"hsds_{name}", "GET"): Expected(EVERYONE, 404, nobody=404)
        for name in ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term")
    },
    # A kiosk's and a board's own: whoever else asks is sent to where they are set up.
    ("board", "GET"): Expected(EVERYONE, 302),
    ("board_news", "GET"): Expected(EVERYONE, 302),
    ("kiosk", "GET"): Expected(EVERYONE, 302),
    ("kiosk_ways", "GET"): Expected(EVERYONE, 302),
    ("kiosk_code", "GET"): Expected(EVERYONE, 302),
    ("kiosk_code", "POST"): Expected(EVERYONE, 302),
    ("kiosk_birth", "GET"): Expected(EVERYONE, 302),
    ("kiosk_birth", "POST"): Expected(EVERYONE, 302),
    ("kiosk_speak", "GET"): Expected(EVERYONE, 302),
    ("kiosk_speak", "POST"): Expected(EVERYONE, 302),
    ("device_set_up", "GET"): Expected(EVERYONE, 200, nobody=200),
    ("device_set_up", "POST"): Expected(EVERYONE, 422, nobody=422),
    ("devices", "GET"): Expected({LEADER}, 200),
    ("devices", "POST"): Expected({LEADER}, 422),
    ("device_code", "POST"): Expected({LEADER}, 200, thing="device_id"),
    ("device_end", "POST"): Expected({LEADER}, 200, thing="device_id"),
    ("diary_import", "GET"): Expected({LEADER}, 200),
    ("diary_import", "POST"): Expected({LEADER}, 422),
    ("diary_preview", "GET"): Expected({LEADER}, 200, thing="file_id"),
    ("diary_apply", "POST"): Expected({LEADER}, 302, thing="file_id"),
    ("diary_state", "GET"): Expected({LEADER}, 200, thing="file_id"),
    ("diary_rows", "GET"): Expected({LEADER}, 200, thing="file_id"),
    ("team", "GET"): Expected(KEEPERS, 200),
    ("team_confirm", "POST"): Expected(KEEPERS, 302, thing="staff_id", wide=WIDE),
    ("team_find", "POST"): Expected(KEEPERS, 200, data={"name": "zeb"}),
    ("team_colleague", "GET"): Expected(KEEPERS, 200, thing="staff_id", wide=WIDE),
    ("team_invite", "GET"): Expected({ADMINISTRATOR}, 200),
    ("team_invite", "POST"): Expected({ADMINISTRATOR}, 422),
    ("team_invite_again", "POST"): Expected({ADMINISTRATOR}, 200, thing="invitation_id", wide=WIDE),
    ("team_take_back", "POST"): Expected({ADMINISTRATOR}, 302, thing="invitation_id", wide=WIDE),
    ("team_end", "GET"): Expected({ADMINISTRATOR}, 200, thing="member_id", wide=WIDE),
    ("team_end", "POST"): Expected(
        {ADMINISTRATOR}, 302, data={"because": "left"}, thing="member_id", wide=WIDE
    ),
    ("team_change", "GET"): Expected({ADMINISTRATOR}, 200, thing="member_id", wide=WIDE),
    ("team_change", "POST"): Expected({ADMINISTRATOR}, 422, thing="member_id", wide=WIDE),
    ("team_another", "GET"): Expected({ADMINISTRATOR}, 200, thing="member_id", wide=WIDE),
    ("team_another", "POST"): Expected({ADMINISTRATOR}, 422, thing="member_id", wide=WIDE),
    ("team_reset", "GET"): Expected({ADMINISTRATOR}, 200, thing="member_id", wide=WIDE),
    ("team_reset", "POST"): Expected({ADMINISTRATOR}, 200, thing="member_id", wide=WIDE),
    ("roles", "GET"): Expected(KEEPERS, 200),
    ("organisations", "GET"): Expected(KEEPERS, 200),
    ("service", "GET"): Expected({ADMINISTRATOR}, 200),
    ("service_look", "GET"): Expected({ADMINISTRATOR}, 200),
    ("service_look", "POST"): Expected({ADMINISTRATOR}, 302, data={"what": "no-logo"}),
    ("needs_somebody", "GET"): Expected({LEADER}, 200),
    ("needs_somebody", "POST"): Expected({LEADER}, 302),
    # Who leads a centre is taken to it.
    ("centres", "GET"): Expected(KEEPERS, 200, other={LEADER: 302}),
    ("centre", "GET"): Expected(KEEPERS, 200, thing="centre_id", wide=WIDE),
    ("centre_close", "POST"): Expected(KEEPERS, 422, thing="centre_id", wide=WIDE),
    ("centre_open", "POST"): Expected(KEEPERS, 302, thing="closure_id", wide=WIDE),
    ("drop_ins", "GET"): Expected(KEEPERS, 200, thing="centre_id", wide=WIDE),
    ("drop_ins", "POST"): Expected(KEEPERS, 422, thing="centre_id", wide=WIDE),
    ("drop_in_end", "POST"): Expected(KEEPERS, 302, thing="drop_in_id", wide=WIDE),
    ("drop_in_skip", "POST"): Expected(
        KEEPERS, 302, data={"day": "2026-03-18"}, thing="drop_in_id", wide=WIDE
    ),
    ("waiting_list", "GET"): Expected(FLOOR, 200),
    ("ask_earlier", "GET"): Expected(FLOOR, 200, thing="booking_id"),
    ("ask_earlier", "POST"): Expected(FLOOR, 422, thing="booking_id"),
    ("ask_for_time", "GET"): Expected(FLOOR, 200, thing="person_id"),
    ("ask_for_time", "POST"): Expected(FLOOR, 422, thing="person_id"),
    ("wish_take", "POST"): Expected(FLOOR, 302),
    ("wish_end", "POST"): Expected(FLOOR, 302, thing="wish_id"),
    ("offer_back", "POST"): Expected(FLOOR, 302, thing="offer_id"),
    ("not_coming_who", "GET"): Expected(FLOOR, 200),
    ("not_coming", "GET"): Expected(FLOOR, 200, thing="staff_id"),
    ("not_coming", "POST"): Expected(FLOOR, 302, data={"away": "1"}, thing="staff_id"),
    ("audit", "GET"): Expected(KEEPERS, 200),
    ("audit_export", "GET"): Expected(KEEPERS, 200),
    # Nobody was invited.
    ("join", "GET"): Expected(EVERYONE, 404, nobody=404),
    ("join", "POST"): Expected(EVERYONE, 404, nobody=404),
    ("join_with", "GET"): Expected(EVERYONE, 302),
    ("referrals", "GET"): Expected({COACH, LEADER}, 200),
    ("person_referrals", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("refer", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("refer", "POST"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("referral", "GET"): Expected({COACH, LEADER}, 200, thing="referral_id"),
    ("referral_do", "POST"): Expected(
        {COACH, LEADER}, 302, thing="referral_id", data={"do": "send", "key": "k"}
    ),
    ("referral_news", "GET"): Expected({COACH, LEADER}, 200, thing="referral_id"),
    # Nobody was given such a link.
    **{
        (f"referral_link{name}", method): Expected(EVERYONE, status, nobody=status)
        for name, method, status in (
            ("", "GET", 404),
            ("_answer", "POST", 404),
            ("_open", "POST", 302),
            ("_again", "POST", 302),
        )
    },
    # No appointment has such a link.
    **{
        (name, method): Expected(EVERYONE, 404, nobody=404)
        for name, methods in (
            ("link", ("GET",)),
            ("link_move", ("GET", "POST")),
            ("link_cancel", ("GET", "POST")),
            ("link_late", ("POST",)),
            ("link_offer", ("GET", "POST")),
        )
        for method in methods
    },
    ("places", "GET"): Expected(EVERYONE, 200),
    ("places", "POST"): Expected(EVERYONE, 404),
    ("person", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_documents", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("document_bring", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("person_letter", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_letter", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("document", "GET"): Expected({COACH, LEADER}, 200, thing="document_id"),
    ("document_end", "GET"): Expected({COACH, LEADER}, 200, thing="document_id"),
    ("document_end", "POST"): Expected({COACH, LEADER}, 422, thing="document_id"),
    ("appointments", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("appointment_tell", "POST"): Expected({COACH, LEADER}, 302, thing="booking_id"),
    ("tomorrow", "GET"): Expected(FLOOR, 200),
    ("tomorrow_printed", "GET"): Expected(FLOOR, 200),
    ("day_figures", "GET"): Expected(FLOOR, 200),
    ("day_figures_csv", "GET"): Expected(FLOOR, 200),
    # It is asked for by what a figure counts (tests/frontdesk/test_day_figures.py).
    ("day_visits", "GET"): Expected(FLOOR, 404),
    ("my_calendar", "GET"): Expected(EVERYONE, 200),
    ("my_calendar", "POST"): Expected(EVERYONE, 200),
    # Nobody has this address.
    ("calendar_feed", "GET"): Expected(EVERYONE, 404, nobody=404),
    # Those who see the appointment; they are taken to whom it is with, or to their day.
    ("calendar_open", "GET"): Expected(EVERYONE, 302, thing="booking_id", other={ADMINISTRATOR: 404}),
    ("day_sheet", "GET"): Expected(FLOOR, 200),
    ("messages", "GET"): Expected({LEADER, ADMINISTRATOR}, 200),
    # Those of a centre are its leader's, and not there for the service's administrator.
    ("message_decide", "POST"): Expected(
        {LEADER, ADMINISTRATOR},
        302,
        thing="message_id",
        data={"decision": "cancel"},
        other={ADMINISTRATOR: 404},
    ),
    ("people", "GET"): Expected({COACH, LEADER}, 200),
    ("people_find", "POST"): Expected({COACH, LEADER}, 200, data={"q": "zeb"}),
    ("person_new", "GET"): Expected({COACH, LEADER}, 200),
    ("person_new", "POST"): Expected({COACH, LEADER}, 422),
    ("people_alike", "POST"): Expected({COACH, LEADER}, 200, data={"full_name": NAME}),
    ("duplicates", "GET"): Expected({LEADER}, 200),
    ("person_same_as", "GET"): Expected({LEADER}, 200, thing="person_id"),
    ("person_same_as", "POST"): Expected({LEADER}, 200, data={"q": "zeb"}, thing="person_id"),
    ("person_merge", "GET"): Expected({LEADER}, 200, thing="other_id"),
    # Nothing is chosen: what would be so is shown.
    ("person_merge", "POST"): Expected({LEADER}, 200, thing="other_id"),
    ("person_apart", "POST"): Expected({LEADER}, 302, thing="other_id"),
    ("merge_undo", "GET"): Expected({LEADER}, 200, thing="merge_id"),
    ("merge_undo", "POST"): Expected({LEADER}, 302, thing="merge_id"),
    ("people_alerts", "GET"): Expected({LEADER}, 200),
    ("alert_seen", "POST"): Expected({LEADER}, 302, thing="alert_id"),
    ("person_change", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_change", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("person_end", "POST"): Expected({COACH, LEADER}, 404, thing="person_id"),
    ("person_review", "GET"): Expected({COACH, LEADER}, 200, thing="mark_id"),
    ("person_review", "POST"): Expected({COACH, LEADER}, 422, thing="mark_id"),
    ("shared_with_us", "GET"): Expected({COACH, LEADER}, 200),
    ("shared_with_us", "POST"): Expected({COACH, LEADER}, 200, data={"q": "zeb"}),
    # Nothing of theirs is shared with the jobcentre (tests/workbench/test_shared.py).
    ("shared_person", "GET"): Expected({COACH, LEADER}, 404, thing="person_id"),
    ("shared_person", "POST"): Expected({COACH, LEADER}, 404, thing="person_id"),
    ("my_day", "GET"): Expected({COACH, LEADER}, 200),
    ("day_news", "GET"): Expected({COACH, LEADER}, 200),
    ("caseload", "GET"): Expected({COACH, LEADER}, 200),
    ("caseload", "POST"): Expected({COACH, LEADER}, 200, data={"q": "zeb"}),
    ("caseload_bring", "GET"): Expected({LEADER}, 200),
    ("caseload_bring", "POST"): Expected({LEADER}, 422),
    ("caseload_brought", "GET"): Expected({LEADER}, 200, thing="caseload_id"),
    ("caseload_bring_in", "POST"): Expected({LEADER}, 302, thing="caseload_id"),
    ("caseload_bring_state", "GET"): Expected({LEADER}, 200, thing="caseload_id"),
    ("caseload_bring_rows", "GET"): Expected({LEADER}, 200, thing="caseload_id"),
    ("caseload_taken", "POST"): Expected({COACH, LEADER}, 200),
    ("figures", "GET"): Expected({LEADER}, 200),
    ("quality", "GET"): Expected({LEADER}, 200),
    ("away", "GET"): Expected({COACH, LEADER}, 200),
    ("away", "POST"): Expected({COACH, LEADER}, 422),
    # A coach's colleague's absence is theirs and the leader's (tests/journeys/test_away.py).
    ("absence", "GET"): Expected({COACH, LEADER}, 200, thing="absence_id", other={COACH: 404}),
    ("absence", "POST"): Expected({COACH, LEADER}, 422, thing="absence_id", other={COACH: 404}),
    ("absence_back", "POST"): Expected({COACH, LEADER}, 302, thing="absence_id", other={COACH: 404}),
    # Nobody was away (tests/journeys/test_away.py).
    ("caught_up", "POST"): Expected({COACH, LEADER}, 404, thing="absence_id"),
    # Nobody was ticked.
    ("several", "POST"): Expected({COACH, LEADER}, 302),
    ("cover_end", "POST"): Expected({COACH, LEADER}, 302, thing="cover_id", other={COACH: 403}),
    ("open_way", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("open_way", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("way_change", "GET"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("way_change", "POST"): Expected({COACH, LEADER}, 422, thing="way_id"),
    ("plan", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("plan", "POST"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_needs", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    # Nobody of these tests' people is on their way (tests/journeys/test_needs.py).
    ("person_needs", "POST"): Expected({COACH, LEADER}, 404, thing="person_id"),
    ("questionnaire", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("questionnaire", "POST"): Expected({COACH, LEADER}, 404, thing="person_id"),
    ("ways", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    # Their coach, who stands in, and the leader.
    ("way_end", "GET"): Expected({COACH, LEADER}, 200, thing="way_id", other={COACH: 403}),
    ("way_end", "POST"): Expected({COACH, LEADER}, 422, thing="way_id", other={COACH: 403}),
    ("follow_up", "GET"): Expected({COACH, LEADER}, 200, thing="ending_id"),
    ("follow_up", "POST"): Expected({COACH, LEADER}, 422, thing="ending_id"),
    ("closing_letter", "POST"): Expected({COACH, LEADER}, 302, thing="ending_id"),
    ("plan_printed", "GET"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("plan_step", "POST"): Expected({COACH, LEADER}, 302, data={"state": "done", "v": "1"}, thing="step_id"),
    ("step_helper", "GET"): Expected({COACH, LEADER}, 200, thing="step_id"),
    ("step_helper", "POST"): Expected({COACH, LEADER}, 422, thing="step_id"),
    ("helper_end", "POST"): Expected({COACH, LEADER}, 302, thing="helping_id"),
    ("help_read", "POST"): Expected({COACH, LEADER}, 302, thing="helping_id"),
    # Nobody asked them to help (tests/journeys/test_helping.py).
    ("helping", "GET"): Expected({COACH, LEADER}, 200),
    ("help_step", "POST"): Expected({COACH, LEADER}, 404, thing="step_id"),
    ("ruling_ask", "GET"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("ruling_ask", "POST"): Expected({COACH, LEADER}, 422, thing="way_id"),
    ("ruling", "GET"): Expected({COACH, LEADER}, 200, thing="ruling_id"),
    ("ruling_do", "POST"): Expected({COACH, LEADER}, 302, data={"what": "withdraw"}, thing="ruling_id"),
    # None of these roles decides (tests/partners/test_rulings.py).
    ("rulings", "GET"): Expected(set(), 200),
    ("rulings_news", "GET"): Expected(set(), 200),
    ("ruling_answer", "GET"): Expected(set(), 200),
    ("ruling_answer", "POST"): Expected(set(), 422),
    ("ruling_take", "POST"): Expected(set(), 302),
    ("note_wording", "POST"): Expected({COACH, LEADER}, 200, nobody=TYPED, data={"text": "A word."}),
    ("plan_aim", "POST"): Expected({COACH, LEADER}, 302, data={"state": "reached"}, thing="aim_id"),
    ("plan_agreed", "POST"): Expected({COACH, LEADER}, 302, thing="version_id"),
    # Only who was asked answers (tests/journeys/test_pages.py).
    ("hand_over_answer", "POST"): Expected({COACH, LEADER}, 403, thing="hand_over_id"),
    ("hand_over_back", "POST"): Expected({COACH, LEADER}, 302, thing="hand_over_id", other={COACH: 403}),
    ("outcome_verify", "POST"): Expected({COACH, LEADER}, 302, thing="outcome_id"),
    ("outcome_withdraw", "POST"): Expected(
        {COACH, LEADER}, 302, nobody=TYPED, data={"why": "Not so"}, thing="outcome_id"
    ),
    ("outcome_lasts", "POST"): Expected(
        {COACH, LEADER}, 302, nobody=TYPED, data={"answer": "yes"}, thing="check_id"
    ),
    ("appointment", "GET"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("appointment", "POST"): Expected({COACH, LEADER}, 302, thing="way_id"),
    ("appointment_news", "GET"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("appointment_saved", "GET"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("appointment_draft", "POST"): Expected({COACH, LEADER}, 200, thing="way_id"),
    ("person_timeline", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_timeline", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("person_looked", "GET"): Expected({LEADER}, 200, thing="person_id"),
    ("person_sharing", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_sharing", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("told_who", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("told_who", "POST"): Expected({COACH, LEADER}, 302, thing="person_id"),
    ("person_share", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_share", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("one_share", "GET"): Expected({COACH, LEADER}, 200, thing="share_id"),
    ("one_share", "POST"): Expected({COACH, LEADER}, 422, thing="share_id"),
    ("person_transfer", "GET"): Expected({LEADER}, 200, thing="person_id"),
    ("person_transfer", "POST"): Expected({LEADER}, 422, thing="person_id"),
    ("person_emergency", "GET"): Expected({COACH, LEADER}, 200, thing="person_id"),
    ("person_emergency", "POST"): Expected({COACH, LEADER}, 422, thing="person_id"),
    ("note", "GET"): Expected({COACH, LEADER}, 200, thing="note_id"),
    ("note", "POST"): Expected({COACH, LEADER}, 422, thing="note_id"),
    ("account_login", "GET"): Expected(EVERYONE, 302, nobody=200),
    ("account_login", "POST"): Expected(EVERYONE, 302, nobody=200),
    ("account_logout", "GET"): Expected(EVERYONE, 200),
    ("account_logout", "POST"): Expected(EVERYONE, 302),
    ("account_reauthenticate", "GET"): Expected(EVERYONE, 200),
    ("account_reauthenticate", "POST"): Expected(EVERYONE, 200),
    # Nobody is about to give a code.
    ("mfa_authenticate", "GET"): Expected(EVERYONE, 302),
    ("mfa_authenticate", "POST"): Expected(EVERYONE, 302),
    # Who has no code gives the password instead.
    ("mfa_reauthenticate", "GET"): Expected(EVERYONE, 302),
    ("mfa_reauthenticate", "POST"): Expected(EVERYONE, 302),
    # Nothing is locked, and this is no shared counter.
    ("lock", "GET"): Expected(EVERYONE, 302),
    ("lock", "POST"): Expected(EVERYONE, 302),
    ("unlock", "POST"): Expected(EVERYONE, 302),
    ("onward", "GET"): Expected(EVERYONE, 302),
    ("still_here", "GET"): Expected(EVERYONE, 204),
    ("way_back", "GET"): Expected(EVERYONE, 200, nobody=200),
    ("way_back", "POST"): Expected(EVERYONE, 422, nobody=422),
    # No other organisation's sign-in is set up.
    ("openid_connect_login", "POST"): Expected(EVERYONE, 404, nobody=404),
    ("openid_connect_callback", "GET"): Expected(EVERYONE, 404, nobody=404),
    ("counter", "GET"): Expected(EVERYONE, 200),
    ("counter", "POST"): Expected(EVERYONE, 302),
    ("signed_in_at", "GET"): Expected(EVERYONE, 200),
    ("signed_in_at", "POST"): Expected(EVERYONE, 302),
    # A PIN is chosen by whoever has just shown who they are.
    ("pin", "GET"): Expected(EVERYONE, 302),
    ("pin", "POST"): Expected(EVERYONE, 302),
    ("account_change_password", "GET"): Expected(EVERYONE, 200),
    ("account_change_password", "POST"): Expected(EVERYONE, 200),
    ("account_set_password", "GET"): Expected(EVERYONE, 302),
    ("account_set_password", "POST"): Expected(EVERYONE, 302),
    ("mfa_list_webauthn", "GET"): Expected(EVERYONE, 200),
    ("mfa_add_webauthn", "GET"): Expected(EVERYONE, 302),
    ("mfa_add_webauthn", "POST"): Expected(EVERYONE, 302),
    ("mfa_edit_webauthn", "GET"): Expected(EVERYONE, 302),
    ("mfa_edit_webauthn", "POST"): Expected(EVERYONE, 302),
    ("mfa_remove_webauthn", "GET"): Expected(EVERYONE, 302),
    ("mfa_remove_webauthn", "POST"): Expected(EVERYONE, 302),
    ("mfa_reauthenticate_webauthn", "GET"): Expected(EVERYONE, 302),
    ("mfa_reauthenticate_webauthn", "POST"): Expected(EVERYONE, 302),
    ("mfa_login_webauthn", "GET"): Expected(EVERYONE, 302),
    ("mfa_login_webauthn", "POST"): Expected(EVERYONE, 302),
    ("mfa_index", "GET"): Expected(EVERYONE, 200),
    # These ask for the password again first.
    ("mfa_activate_totp", "GET"): Expected(EVERYONE, 302),
    ("mfa_activate_totp", "POST"): Expected(EVERYONE, 302),
    ("mfa_deactivate_totp", "GET"): Expected(EVERYONE, 404),
    ("mfa_deactivate_totp", "POST"): Expected(EVERYONE, 404),
    ("mfa_view_recovery_codes", "GET"): Expected(EVERYONE, 404),
    ("mfa_generate_recovery_codes", "GET"): Expected(EVERYONE, 302),
    ("mfa_generate_recovery_codes", "POST"): Expected(EVERYONE, 302),
    ("mfa_download_recovery_codes", "GET"): Expected(EVERYONE, 404),
}


def once() -> str:
    """A press of a button of its own."""
    return str(uuid.uuid4())


class Things(dict[str, Any]):
    """What an address can name; each is made when it is asked for, and those of KEPT stay the same."""

    KEPT = (
        "person_id", "booking_id", "visit_id", "help_id", "file_id", "caseload_id", "document_id", "message_id",
        "staff_id", "user_id", "room_id",
    )  # fmt: skip

    def __init__(self, service: Place, centre: Centre, made: dict[str, Any]) -> None:
        super().__init__(made)
        self.service = service
        self.centre = centre

    def __missing__(self, key: str) -> uuid.UUID:
        if key not in self.KEPT:
            return self._new(key)
        self[key] = made = self._kept(key)
        return made

    @cached_property
    def someone(self) -> Person:
        """Whom all of these are about: who comes today, so that a coach there sees them."""
        someone = self.service.person(NAME, centre=self.centre)
        self["booking_id"] = self.service.booking(person=someone, centre=self.centre).id
        return someone

    def writer(self) -> Actor:
        """Who writes to people, and has their ways in hand."""
        about = ("writer", self.centre.code)
        if about not in self.service.members:
            self.service.members[about] = self.service.hire(
                LEADER, centre=self.centre.code, name="Writer of Letters"
            )
        return self.service.members[about]

    def way_of(self, writer: Actor, person_id: uuid.UUID) -> uuid.UUID:
        """Their way through the service."""
        assert writer.member_id is not None
        return journeys.open_journey(writer, person_id, owner_id=writer.member_id, basis="task", key=once())

    def _kept(self, key: str) -> uuid.UUID:
        service, centre = self.service, self.centre
        if key in ("person_id", "booking_id"):
            person = self.someone.id
            return person if key == "person_id" else self["booking_id"]
        if key == "staff_id":
            return service.staff(centre=centre).id
        host = service.member(HOST, centre=centre.code)
        if key == "user_id":
            return uuid.UUID(host.facts["user_id"])
        if key == "room_id":
            with as_actor(host):
                return Room.objects.get(centre_id=centre.id, code="room-1").id
        if key in ("visit_id", "help_id"):
            with as_actor(host):
                if key == "visit_id":
                    return frontdesk.take_walk_in(
                        host, service.reasons["evidence"].id, key=once(), given_name=NAME
                    ).visit_id
                # The one before was ended: it says so to whoever asks for it again.
                frontdesk.end_help(host, frontdesk.ask_for_help(host, key=once()), key=once())
                return frontdesk.ask_for_help(host, key=once())
        leader = service.member(LEADER, centre=centre.code)
        if key in ("file_id", "caseload_id"):
            with as_actor(leader):
                if key == "caseload_id":
                    return journeys.hold_caseload(
                        leader, b"Reference,Coach\n", filename="c.csv", key=once()
                    ).id
                return diary.hold_file(
                    leader, centre.id, b"Date,Start,Minutes,Customer\n", filename="d.csv", key=once()
                ).id
        writer, person = self.writer(), self.someone.id
        with as_actor(writer):
            if key == "document_id":
                paper = documents.Made(b"%PDF", True)
                return papers.keep_made(writer, person, paper, title="A letter", key=once())
            assert key == "message_id", key
            return outbox.write(
                writer,
                channel="mail",
                to=outbox.To(kind="person", id=person, address="z@example.org", name=NAME),
                kind="appointment",
                body="x",
                key=once(),
                centre_id=centre.id,
            )

    def _new(self, key: str) -> uuid.UUID:
        administrator = self.service.member(ADMINISTRATOR)
        if key == "member_id":
            member = self.service.hire(HOST, centre=self.centre.code, name=f"Passing {uuid.uuid4().hex[:8]}")
            assert member.member_id is not None
            return member.member_id
        if key in WAYS:
            return self._of_a_way(key)
        if key in ("other_id", "merge_id"):
            person, other = self.someone.id, self.service.person(f"{NAME} again", centre=self.centre)
            if key == "other_id":
                return other.id
            leader = self.service.member(LEADER, centre=self.centre.code)
            with as_actor(leader):
                return merging.merge(leader, person, other.id, {}, key=once())
        if key == "device_id":
            leader = self.service.member(LEADER, centre=self.centre.code)
            with as_actor(leader):
                return devices.add_device(leader, kind="board", name="Hall", device_id=uuid.uuid4()).device_id
        if key in ("note_id", "alert_id", "mark_id"):
            leader, person = self.service.member(LEADER, centre=self.centre.code), self.someone.id
            with as_actor(leader):
                if key == "mark_id":
                    return people.add_mark(
                        leader,
                        person,
                        kind="helps",
                        words="a ramp",
                        review_on=MORNING.date() + timedelta(days=9),
                        key=once(),
                    )
                if key == "note_id":
                    return people.write_note(leader, person, "a note", key=once())
                people.open_in_emergency(leader, person, "a fall", key=once())
                return Alert.objects.get(person_id=person).id
        if key == "share_id":
            writer, person = self.writer(), self.someone.id
            with as_actor(writer):
                return sharing.share(
                    writer,
                    person,
                    organisation_id=self.service.organisation("council"),
                    fields=["housing"],
                    what_for="a flat",
                    basis="public-task",
                    until=MORNING.date() + timedelta(days=9),
                    key=once(),
                )
        if key == "wish_id":
            leader, booking = self.service.member(LEADER, centre=self.centre.code), self["booking_id"]
            with as_actor(leader):
                return diary.ask_earlier(leader, booking, key=once())
        if key in ("partner_id", "listing_id"):
            leader = self.service.member(LEADER, centre=self.centre.code)
            with as_actor(leader):
                partner = partners.add_partner(leader, partners.PartnerWords(name="Debt help"), key=once())
                if key == "partner_id":
                    return partner
                return partners.add_listing(leader, partner, partners.ListingWords(name="Advice"), key=once())
        if key in ("rota_id", "change_id"):
            return self._of_the_rota(key)
        if key == "referral_id":
            return self._handed_over()
        if key in doing.THINGS:
            leader, watcher = (self.service.member(role, centre=self.centre.code) for role in (LEADER, COACH))
            return doing.a_thing(leader, watcher, key, nickname=NAME)
        if key == "offer_id":
            return an_offer(self.service, self["wish_id"]).id
        with as_actor(administrator):
            if key == "invitation_id":
                return team.invite(
                    administrator,
                    full_name=f"Invited {uuid.uuid4().hex[:8]}",
                    role=HOST,
                    centre=self.centre.code,
                    organisation="jobcentre",
                    starts=MORNING,
                ).id
            if key == "drop_in_id":
                session = diary.NewDropIn(
                    title="Housing", weekday=2, opens=time(9, 30), closes=time(12), first=MORNING.date()
                )
                return diary.add_drop_in(administrator, self.centre.id, session, key=once())
            assert key == "closure_id", key
            for ahead in range(1, 700):
                day = MORNING.date() + timedelta(days=ahead)
                with suppress(Refused):
                    return diary.close_on(administrator, self.centre.id, day, "painters").id
        raise AssertionError("every day is closed")

    def _of_the_rota(self, key: str) -> uuid.UUID:
        """A rota of the centre, or a holiday in it."""
        leader, today = self.service.member(LEADER, centre=self.centre.code), MORNING.date()
        with as_actor(leader):
            partner = Organisation.objects.get(service_id=leader.service, code="housing-body").id
            if key == "change_id":
                return rota.nobody_comes(leader, partner, today, today, key=once())
            line = rota.Placed(weekday=2, opens=time(9), closes=time(12))
            return rota.keep_rota(leader, partner, today, [line], key=once())

    def _handed_over(self) -> uuid.UUID:
        """The person, about to be referred to the housing people."""
        writer, person = self.writer(), self.someone.id
        with as_actor(writer):
            wanted = referrals.Wanted(
                organisation_id=Organisation.objects.get(service_id=writer.service, code="housing-body").id,
                how="walk",
                about="a room",
                fields={"reach": "to ring"},
                until=MORNING.date() + timedelta(days=9),
            )
            return referrals.write(writer, person, wanted, key=once())

    def _of_a_way(self, key: str) -> uuid.UUID:
        """Something of the person's way, which their leader's colleague has in hand."""
        writer, person = self.writer(), self.someone.id
        with as_actor(writer):
            way = self.way_of(writer, person)
            if key == "way_id":
                return way
            if key == "ending_id":
                journeys.close(
                    writer, way, "Thanks", version=1, follow_up_on=MORNING.date() + timedelta(days=9)
                )
                return Ending.objects.get(journey_id=way).id
            step = journeys.NewStep(words="Ring the bakery", due_on=MORNING.date())
            aim = journeys.NewAim(words="Bake for a living")
            version = journeys.change_plan(writer, way, [aim, step], key=once())
            if key == "aim_id":
                return aim.id
            if key == "step_id":
                return step.id
            if key == "helping_id":
                third = self.service.hire(
                    COACH, centre=self.centre.code, name=f"Third {uuid.uuid4().hex[:8]}"
                )
                assert third.member_id is not None
                return journeys.ask_to_help(
                    writer, step.id, third.member_id, until=MORNING.date(), told="yes", key=once()
                )
            if key == "ruling_id":
                self.service.hire("decision-maker", centre=self.centre.code, name="Who Decides")
                return rulings.ask(writer, way, kind="training", words="May they?", key=once())
            if key == "version_id":
                assert version is not None
                return version
            if key == "hand_over_id":
                third = self.service.hire(
                    COACH, centre=self.centre.code, name=f"Third {uuid.uuid4().hex[:8]}"
                )
                assert third.member_id is not None
                return journeys.ask_to_take_over(
                    writer,
                    way,
                    third.member_id,
                    from_day=MORNING.date(),
                    until_day=MORNING.date(),
                    words="",
                    key=once(),
                )
            if key == "absence_id":
                today = MORNING.date()
                assert writer.staff_id is not None
                return diary.be_away(writer, writer.staff_id, today, today, key=once())
            if key == "cover_id":
                third = self.service.hire(
                    COACH, centre=self.centre.code, name=f"Third {uuid.uuid4().hex[:8]}"
                )
                assert third.member_id is not None
                days = {"starts": MORNING, "ends": MORNING + timedelta(days=3)}
                journeys.cover(writer, [way], third.member_id, **days, key=once())
                return Cover.objects.get(journey_id=way).id
            outcome = journeys.reach(writer, way, "job", MORNING.date(), key=once())
            if key == "outcome_id":
                return outcome
            return LastingCheck.objects.filter(outcome_id=outcome).order_by("week")[0].id


WAYS = (
    "absence_id",
    "cover_id",
    "way_id",
    "ending_id",
    "step_id",
    "aim_id",
    "version_id",
    "hand_over_id",
    "helping_id",
    "ruling_id",
    "outcome_id",
    "check_id",
)


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    """The service of everybody who asks; each has a password."""
    with clock.held_at(MORNING):
        made = place()
        password_hash = make_password(PASSWORD)
        for role in ROLES:
            made.members[role, "cheltenham"] = made.hire(
                role, centre="cheltenham", name=f"{role.title()} of the House", password_hash=password_hash
            )
        yield made


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Place]:
    """Another service."""
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture(scope="module", autouse=True)
def news(here: Place) -> Iterator[None]:
    """Streams can be opened; none is read here."""
    with ThreadPoolExecutor(1) as executor:
        live.set_hub(live.Hub(addresses.listen_url(Path(addresses.data_folder())), executor))
        yield
        live.set_hub(None)


def things(service: Place, centre: Centre) -> Things:
    """One of everything that an address can name, in a centre, each new and made when it is asked for."""
    return Things(service, centre, {"centre_id": centre.id, "pk": 1, "provider_id": "nobody"})


_standing: dict[tuple[object, ...], dict[str, Any]] = {}


def standing(name: str, service: Place, centre: Centre) -> dict[str, Any]:
    """The things of a route for everybody who only looks, or is refused: the same ones each time.

    The first time one of everything comes into the centre, so that there is somebody whom a page could give away.
    """
    if (centre.id,) not in _standing:
        found = things(service, centre)
        _standing[centre.id,] = {key: found[key] for key in (*found, *Things.KEPT)}
    wanted = [key for key in keys_of(name) if key not in SAID]
    about = (centre.id, *wanted)
    if about not in _standing:
        found = things(service, centre)
        _standing[about] = {key: found[key] for key in wanted}
    return _standing[about]


SAID: dict[str, Any] = {
    "hsds_id": uuid.UUID(int=0),
    "part": "reach",
    "verb": "call",
    "what": "outcome",
    "token": "nothing",
    "code": "gent",
    "colours": "15705c",
    "digest": "0a1b",
    "ending": "png",
    "kind": "csv",
}
"""What addresses name that is nothing of anybody's."""


def address_of(name: str, named: dict[str, Any]) -> str:
    """The address of a route, with these things in it."""
    return reverse(name, kwargs={key: SAID.get(key) or named[key] for key in keys_of(name)})


@cache
def keys_of(name: str) -> list[str]:
    """What the address of a route names."""
    return re.findall(r"<(?:\w+:)?(\w+)>", by_name(name).pattern)


@cache
def stays_signed_in(actor: Actor) -> Client:
    """A browser for requests that change nothing, the same one each time."""
    return browser_of(actor)


def ask(
    name: str,
    method: str,
    actor: Actor | None,
    named: dict[str, Any],
    *,
    htmx: bool = False,
    refused: bool = False,
) -> tuple[str, HttpResponse]:
    """One request; its address and answer. `refused` says that it will change nothing."""
    address = address_of(name, named)
    browser = stays_signed_in(actor) if refused and actor is not None else browser_of(actor)
    headers = {"HX-Request": "true"} if htmx else None
    if method == "GET":
        return address, browser.get(address, headers=headers)  # type: ignore[return-value]
    if not refused and by_name(name).who_may not in VERBS:
        stays_signed_in.cache_clear()  # whoever changes something of their account may be out elsewhere
    data = EXPECTED[name, method].data
    return address, browser.post(address, data, headers=headers)  # type: ignore[return-value]


def every_route() -> list[tuple[str, str]]:
    """Each address with each of its methods."""
    return [(route.name, method) for route in routes() for method in route.methods]


CASES = every_route()
OF_DEVICES = ("a kiosk", "a board")


def test_every_address_has_a_name_methods_and_somebody_who_may() -> None:
    known = {"everybody", "signed-in", GUEST, *OF_DEVICES, *VERBS}
    wrong = [route for route in routes() if not route.name or not route.methods or route.who_may not in known]
    assert wrong == []


def test_every_address_has_an_expectation_and_every_expectation_an_address() -> None:
    assert set(CASES) == set(EXPECTED)


def test_the_expectations_agree_with_the_verbs_of_the_roles(here: Place) -> None:
    """Said twice, on purpose: once in the views and the blueprint, once here."""
    verbs = {role: here.member(role).verbs for role in ROLES}
    for route in routes():
        for method in route.methods:
            if route.who_may in VERBS:
                may = {role for role in ROLES if route.who_may in verbs[role]}
                assert EXPECTED[route.name, method].roles == may, route
            else:
                assert EXPECTED[route.name, method].roles == EVERYONE, route


@pytest.mark.parametrize(("name", "method"), CASES)
def test_nobody_is_sent_to_sign_in(name: str, method: str, here: Place) -> None:
    address, answer = ask(name, method, None, standing(name, here, here.centre))
    expected = EXPECTED[name, method]
    assert answer.status_code == expected.nobody
    if method == "GET" and by_name(name).who_may not in {"everybody", GUEST}:
        way_in = "/device/" if by_name(name).who_may in OF_DEVICES else f"/account/sign-in/?next={address}"
        assert unquote(answer.headers["Location"]) == way_in


@cache
def by_name(name: str) -> Route:
    """The route with this name."""
    return next(route for route in routes() if route.name == name)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "method"), CASES)
def test_a_role_gets_what_it_may_and_nothing_else(name: str, method: str, role: str, here: Place) -> None:
    expected = EXPECTED[name, method]
    changes = method != "GET" and role in expected.roles
    named = things(here, here.centre) if changes else standing(name, here, here.centre)
    address, answer = ask(name, method, here.member(role), named, refused=role not in expected.roles)
    let_in = expected.other.get(role, expected.status)
    assert answer.status_code == (let_in if role in expected.roles else 403)
    assert_nothing_personal(address, answer)
    if role not in expected.roles:
        assert NAME not in text_of(answer)
    answer.close()


@pytest.mark.parametrize("where", OTHERS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "method"), [case for case in CASES if EXPECTED[case].thing])
def test_a_thing_of_another_centre_or_service_is_not_there(
    name: str, method: str, role: str, where: str, here: Place, elsewhere: Place
) -> None:
    expected = EXPECTED[name, method]
    service, centre = (here, here.other) if where == "another centre" else (elsewhere, elsewhere.centre)
    changes = method != "GET" and role in expected.wide
    named = things(service, centre) if changes else standing(name, service, centre)
    address, answer = ask(name, method, here.member(role), named, refused=not changes)
    if where == "another centre" and role in expected.wide:
        assert answer.status_code == expected.status
    else:
        assert answer.status_code == (404 if role in expected.roles else 403)
    assert NAME not in text_of(answer)
    assert_nothing_personal(address, answer)


@pytest.mark.parametrize(("name", "method"), [case for case in CASES if EXPECTED[case].roles < EVERYONE])
def test_a_part_of_a_page_is_refused_in_a_sentence(name: str, method: str, here: Place) -> None:
    role = next(role for role in ROLES if role not in EXPECTED[name, method].roles)
    named = standing(name, here, here.centre)
    _address, answer = ask(name, method, here.member(role), named, htmx=True, refused=True)
    assert answer.status_code == 403
    assert "<html" not in text_of(answer)
    assert text_of(answer).strip()


@pytest.mark.parametrize("route", [route for route in routes() if not route.pattern.startswith("/account/")])
def test_other_methods_are_not_served(route: Route, here: Place) -> None:
    leader = stays_signed_in(here.member(LEADER))
    address = address_of(route.name, standing(route.name, here, here.centre))
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(route.methods):
        assert leader.generic(method, address).status_code == 405, method


def test_an_address_that_does_not_exist_is_not_there(here: Place) -> None:
    for actor in (None, here.member(HOST)):
        assert browser_of(actor).get("/no/such/page/").status_code == 404


def text_of(answer: HttpResponse) -> str:
    """What an answer says; nothing of a stream."""
    return "" if answer.streaming else answer.content.decode(errors="replace")


def assert_nothing_personal(address: str, answer: HttpResponse) -> None:
    """Addresses and titles end up in histories, logs and on the screens of others."""
    title = "".join(re.findall(r"<title>(.*?)</title>", text_of(answer), re.DOTALL))
    for place_ in (address, title, answer.headers.get("Location", "")):
        for word in (*NAME.split(), PHONE, PHONE.replace(" ", "")):
            assert word.casefold() not in place_.casefold()


@pytest.mark.parametrize(
    "name",
    [route.name for route in routes() if "person_id>" in route.pattern and "GET" in route.methods],
)
@pytest.mark.parametrize("role", [COACH, LEADER])
def test_every_page_of_a_person_is_in_the_history_as_read(
    name: str, role: str, here: Place, owner: psycopg.Connection
) -> None:
    member, expected = here.member(role), EXPECTED[name, "GET"]
    if role not in expected.roles or expected.status != 200:
        return
    named = things(here, here.centre)
    _address, answer = ask(name, "GET", member, named)
    assert answer.status_code == 200
    assert NAME in text_of(answer)
    found = owner.execute(
        "select kind, member_id from kernel_historyevent where %s = any(person_ids) and member_id = %s"
        " and verb = 'person.opened'",
        (named["person_id"], member.member_id),
    ).fetchall()
    assert found == [("member", member.member_id)]


def test_a_person_who_is_not_there_leaves_no_trace_of_a_visit(here: Place, owner: psycopg.Connection) -> None:
    member = here.member(COACH)
    named = things(here, here.other)
    assert ask("person", "GET", member, named)[1].status_code == 404
    row = owner.execute(
        "select count(*) from kernel_historyevent where %s = any(person_ids) and member_id = %s",
        (named["person_id"], member.member_id),
    ).fetchone()
    assert row == (0,)


def test_a_page_is_never_kept_by_the_browser_s_or_a_proxy_s_store(here: Place) -> None:
    for name in ("arrivals", "queue", "person", "team", "diary_import"):
        _address, answer = ask(name, "GET", here.member(LEADER), things(here, here.centre))
        assert "no-store" in answer.headers.get("Cache-Control", ""), name
