"""`RULES`: what may be done with the rows of each table, the rules of the product written down a second time."""

from __future__ import annotations

from tests.kernel.policies.of_devices import at_the_kiosk, begun_at_the_kiosk, nobody_s_ticket
from tests.kernel.policies.of_guests import (
    made_by_the_guest,
    of_a_booking,
    of_the_guests_own,
    of_the_guests_visit,
    the_guests_own,
    where_the_guest_is,
)
from tests.kernel.policies.of_outreach import OF_OUTREACH
from tests.kernel.policies.of_people import (
    a_grant_to_change,
    a_grant_to_give,
    a_grant_to_me,
    a_kept_person,
    a_note,
    a_note_of_before,
    a_note_to_change,
    a_person_to_add,
    a_person_to_change,
    a_reason,
    a_seen_person,
    a_transfer_to_order,
    a_way_to_keep,
    a_way_to_reach,
    beside_both,
    from_the_centre,
    of_a_kept_person,
    of_a_seen_person,
    to_the_centre,
    two_of_the_centre,
    with_its_keys,
)
from tests.kernel.policies.of_referrals import (
    a_link,
    a_referral,
    a_referral_to_write,
    a_turn_to_say,
    handed_over_by_us,
    made_by_me,
    of_its_referral,
)
from tests.kernel.policies.of_rulings import a_ruling, a_ruling_to_ask, a_ruling_to_change
from tests.kernel.policies.of_shares import (
    a_helper_to_ask,
    a_helper_to_end,
    a_share,
    a_share_to_end,
    a_share_to_make,
    a_shared_help,
    a_shared_note,
    a_shared_way_to_reach,
    a_step_i_help_with,
    of_a_share,
    of_a_shared_aim,
    of_a_shared_field,
    who_helps,
)
from tests.kernel.policies.of_ways import (
    a_way,
    a_way_to_work_on,
    in_the_book,
    leads_ways,
    my_way_to_give,
    of_somebody_s_way,
    own_time_here,
    part_of_a_way,
)
from tests.kernel.policies.rules import (
    DOOR_ONLY,
    NOBODY,
    WORKERS_OWN,
    Rules,
    a_colleague,
    about,
    administered,
    any_system,
    anybody,
    at_the_door,
    both,
    either,
    in_the_centre,
    kept_by,
    kept_by_the_system,
    may,
    my_own,
    on_the_floor,
    own_service,
    own_time,
    public_at_the_door,
    self_service,
    system_rows,
)
from tests.kernel.policies.who import Row, Who, World


def a_place_for_another(who: Who, row: Row, world: World) -> bool:
    """A place is given to somebody who has had one in the service, and to oneself by nobody."""
    if not administered(who, row, world):
        return False
    held = [one for one in world.tables["team_membership"] if one["service_id"] == who.administers]
    own = {one["user_id"] for one in held if one["id"] == who.member}
    return row["user_id"] in {one["user_id"] for one in held} - own


def invited_by_me(who: Who, row: Row, world: World) -> bool:
    """Nobody invites in another's name."""
    return administered(who, row, world) and row["made_by_id"] == who.member


def closed_by_hand(who: Who, row: Row, world: World) -> bool:
    """A day closed by hand is the centre's leader's to keep, and the administrator's; the blueprint's is not."""
    return row["by_hand"] and (in_the_centre(who, row, world) or administered(who, row, world))


def added_by_hand(who: Who, row: Row, world: World) -> bool:
    """A drop-in of the blueprint comes with it; one more is the leader's to add, and the administrator's."""
    return row["code"] == "" and (in_the_centre(who, row, world) or administered(who, row, world))


keeps_the_rota = both(in_the_centre, may("rota.keep"))
"""The rota of a centre is kept by whoever leads it; whoever works in the service reads it."""


def of_a_rota_i_keep(who: Who, row: Row, world: World) -> bool:
    """A line comes with its rota."""
    of = world.of("diary_rota", row["rota_id"])
    return of is not None and keeps_the_rota(who, of, world)


def done_by_a_colleague(who: Who, row: Row, world: World) -> bool:
    """Whoever leads a centre sees what its colleagues did; who administers the service sees all of it."""
    if administered(who, row, world):
        return True
    by = world.of("team_membership", row["member_id"]) if row["member_id"] else None
    return by is not None and bool(who.member) and in_the_centre(who, by, world)


def a_message_i_look_after(who: Who, row: Row, world: World) -> bool:
    """Messages of a centre are its leader's business, those of no centre the administrators'."""
    if row["centre_id"]:
        return own_service(who, row, world) and in_the_centre(who, row, world)
    return administered(who, row, world)


def a_message_of_mine(who: Who, row: Row, world: World) -> bool:
    """Whoever ordered a message sees what became of it."""
    return a_message_i_look_after(who, row, world) or bool(who.member and row["by_member_id"] == who.member)


def a_message_of_no_service(who: Who, row: Row, world: World) -> bool:
    """Ways back in: the worker sends them, at the door."""
    return row["service_id"] is None and who.worker and at_the_door(who, row, world)


def ordered_here(who: Who, row: Row, world: World) -> bool:
    """Background work is seen and ordered within one's service."""
    return bool(who.service) and row["args"].get("service_id") == who.service


def of_a_job_ordered_here(who: Who, row: Row, world: World) -> bool:
    """What happened to such work."""
    return any(
        job["id"] == row["job_id"] and ordered_here(who, job, world)
        for job in world.tables["procrastinate_jobs"]
    )


def own_draft(who: Who, row: Row, world: World) -> bool:
    """What somebody is typing is theirs alone."""
    return bool(who.member) and row["member_id"] == who.member


def here_or_mine(who: Who, row: Row, world: World) -> bool:
    """That colleagues are away is known where they work, and to themselves."""
    return (bool(who.floor) and row["centre_id"] == who.floor) or own_time(who, row, world)


RULES: dict[str, Rules] = {
    "kernel_installation": Rules(see=anybody),
    "kernel_historyevent": Rules(see=done_by_a_colleague),
    "kernel_historydetail": NOBODY,
    "kernel_historyseal": NOBODY,
    "kernel_done": Rules(
        see=own_service,
        add=own_service,
        worker=Rules(see=own_service, add=own_service, remove=system_rows),
    ),
    "kernel_draft": Rules(
        see=own_draft,
        add=both(own_draft, own_service),
        change=own_draft,
        remove=own_draft,
        worker=Rules(
            see=either(own_draft, system_rows),
            add=both(own_draft, own_service),
            change=own_draft,
            remove=either(own_draft, system_rows),
        ),
    ),
    "kernel_message": Rules(
        see=a_message_of_mine,
        add=either(own_service, at_the_door),
        change=a_message_i_look_after,
        worker=Rules(
            see=either(a_message_of_mine, system_rows, a_message_of_no_service),
            add=either(own_service, at_the_door, system_rows),
            change=either(a_message_i_look_after, system_rows, a_message_of_no_service),
        ),
    ),
    "django_migrations": NOBODY,
    "django_content_type": NOBODY,
    "auth_permission": NOBODY,
    "auth_group": NOBODY,
    "auth_group_permissions": NOBODY,
    "kohti_cache": DOOR_ONLY,
    "account_emailaddress": DOOR_ONLY,
    "account_emailconfirmation": DOOR_ONLY,
    "mfa_authenticator": DOOR_ONLY,
    "socialaccount_socialaccount": DOOR_ONLY,
    "socialaccount_socialapp": NOBODY,
    "socialaccount_socialtoken": NOBODY,
    "procrastinate_jobs": Rules(see=ordered_here, add=ordered_here, worker=WORKERS_OWN),
    "procrastinate_events": Rules(add=of_a_job_ordered_here, worker=WORKERS_OWN),
    "procrastinate_workers": Rules(worker=WORKERS_OWN),
    "procrastinate_periodic_defers": Rules(worker=WORKERS_OWN),
    "team_user": Rules(
        see=at_the_door,
        add=at_the_door,
        change=at_the_door,
        worker=Rules(
            see=either(at_the_door, any_system), add=either(at_the_door, any_system), change=at_the_door
        ),
    ),
    "team_service": Rules(
        see=self_service(own_service),
        worker=Rules(see=anybody, add=self_service(system_rows), change=self_service(system_rows)),
    ),
    "team_blueprintversion": kept_by_the_system(own_service),
    "team_organisation": kept_by_the_system(own_service),
    "team_centre": kept_by_the_system(own_service),
    "team_role": kept_by_the_system(own_service),
    "team_staff": kept_by(
        a_colleague, either(in_the_centre, administered), either(in_the_centre, administered)
    ),
    "team_session": DOOR_ONLY,
    "team_counter": DOOR_ONLY,
    "team_atcounter": DOOR_ONLY,
    "team_pin": DOOR_ONLY,
    "team_wayback": DOOR_ONLY,
    "team_membership": Rules(
        see=a_colleague,
        add=a_place_for_another,
        worker=Rules(see=either(a_colleague, system_rows), add=either(a_place_for_another, system_rows)),
    ),
    "team_device": kept_by(
        either(in_the_centre, administered),
        both(either(in_the_centre, administered), lambda who, row, world: row["made_by_id"] == who.member),
        either(in_the_centre, administered),
    ),
    "team_invitation": kept_by(administered, invited_by_me, administered),
    "people_person": kept_by(a_seen_person, a_person_to_add, a_person_to_change),
    "people_contact": kept_by(
        either(a_way_to_reach, a_shared_way_to_reach), a_way_to_keep, a_way_to_keep, remove=system_rows
    ),
    "people_grant": kept_by(either(a_grant_to_me, of_a_share), a_grant_to_give, a_grant_to_change),
    "people_mark": kept_by(
        either(a_way_to_reach, a_shared_help),
        both(of_a_kept_person, with_its_keys),
        both(of_a_kept_person, with_its_keys),
        remove=system_rows,
    ),
    "people_why": kept_by(a_reason, both(of_a_kept_person, my_own), None, remove=system_rows),
    "people_representative": kept_by(
        both(of_a_seen_person, may("people.open")), of_a_kept_person, of_a_kept_person, remove=system_rows
    ),
    "people_household": kept_by(
        both(beside_both, may("people.open")),
        both(beside_both, of_a_kept_person),
        both(beside_both, of_a_kept_person),
        remove=system_rows,
    ),
    "people_attachment": kept_by(
        both(a_way_to_reach, may("documents.read")),
        both(of_a_kept_person, with_its_keys, may("documents.add")),
        both(of_a_kept_person, with_its_keys, may("documents.add")),
        remove=system_rows,
    ),
    "people_note": kept_by(
        either(a_note, a_shared_note),
        both(either(both(a_note, about(a_kept_person)), both(a_shared_note, may("people.note"))), my_own),
        a_note_to_change,
        remove=system_rows,
    ),
    "people_notebefore": Rules(
        see=a_note_of_before, worker=Rules(see=either(a_note_of_before, system_rows), remove=system_rows)
    ),
    "people_restriction": Rules(
        see=a_colleague, worker=Rules(see=either(a_colleague, system_rows), change=system_rows)
    ),
    "people_transfer": kept_by(
        either(from_the_centre, to_the_centre), a_transfer_to_order, None, remove=system_rows
    ),
    "people_merge": kept_by_the_system(
        both(about(a_seen_person, "kept_id"), may("people.merge")), remove=system_rows
    ),
    "people_mergedrow": kept_by_the_system(None, remove=system_rows),
    "people_apart": kept_by(two_of_the_centre, both(two_of_the_centre, my_own), None),
    "people_share": kept_by(a_share, a_share_to_make, a_share_to_end, remove=system_rows),
    "people_alert": kept_by(in_the_centre, None, in_the_centre, remove=system_rows),
    "diary_kind": kept_by_the_system(own_service),
    "diary_opening": kept_by_the_system(own_service, remove=system_rows),
    "diary_closure": Rules(
        see=own_service,
        add=closed_by_hand,
        remove=closed_by_hand,
        worker=Rules(
            see=either(own_service, system_rows),
            add=either(closed_by_hand, system_rows),
            change=system_rows,
            remove=either(closed_by_hand, system_rows),
        ),
    ),
    "diary_room": kept_by_the_system(own_service),
    "diary_reminder": kept_by_the_system(
        of_a_booking(either(on_the_floor, own_time, of_somebody_s_way, in_the_book, the_guests_own))
    ),
    "diary_dropin": Rules(
        see=own_service,
        add=added_by_hand,
        change=either(in_the_centre, administered),
        worker=Rules(
            see=either(own_service, system_rows),
            add=either(added_by_hand, system_rows),
            change=either(in_the_centre, administered, system_rows),
            remove=system_rows,
        ),
    ),
    "diary_travel": kept_by_the_system(own_service, remove=system_rows),
    "diary_rota": kept_by(own_service, keeps_the_rota, keeps_the_rota),
    "diary_rotaline": Rules(
        see=own_service,
        add=of_a_rota_i_keep,
        worker=Rules(see=either(own_service, system_rows), add=either(of_a_rota_i_keep, system_rows)),
    ),
    "diary_rotachange": kept_by(own_service, keeps_the_rota, keeps_the_rota),
    "diary_wish": kept_by(*[either(in_the_book, of_the_guests_own)] * 3),
    "diary_freed": Rules(worker=Rules(see=system_rows, add=system_rows, remove=system_rows)),
    "diary_offer": Rules(
        see=either(in_the_book, of_the_guests_own, the_guests_own),
        change=either(in_the_book, of_the_guests_own, the_guests_own),
        worker=Rules(
            see=either(in_the_book, of_the_guests_own, the_guests_own, system_rows),
            add=system_rows,
            change=either(in_the_book, of_the_guests_own, the_guests_own, system_rows),
        ),
    ),
    "diary_booking": kept_by(
        either(on_the_floor, own_time, of_somebody_s_way, in_the_book, the_guests_own),
        either(in_the_centre, own_time_here, in_the_book, made_by_the_guest),
        either(on_the_floor, in_the_book, the_guests_own),
    ),
    "diary_feed": kept_by(own_draft, both(own_draft, own_service), own_draft),
    "diary_importedfile": kept_by(in_the_centre, in_the_centre, in_the_centre),
    "diary_absence": kept_by(
        here_or_mine, either(own_time, in_the_centre, in_the_book), either(own_time, in_the_centre)
    ),
    "journeys_rules": kept_by_the_system(own_service),
    "journeys_journey": kept_by(a_way, a_way_to_work_on, a_way_to_work_on, remove=system_rows),
    "journeys_entryfact": part_of_a_way(),
    "journeys_stagespell": part_of_a_way(add=my_own),
    "journeys_pause": part_of_a_way(add=my_own),
    "journeys_extension": part_of_a_way(add=both(leads_ways, my_own), change=leads_ways),
    "journeys_owning": part_of_a_way(add=my_way_to_give("member_id")),
    "journeys_cover": part_of_a_way(add=both(my_way_to_give("member_id"), my_own)),
    "journeys_handover": part_of_a_way(add=my_way_to_give("to_member_id")),
    "journeys_contact": part_of_a_way(add=my_own),
    "journeys_need": part_of_a_way(add=my_own, sealed=True, shared=of_a_shared_field),
    "journeys_answers": part_of_a_way(add=my_own, sealed=True),
    "journeys_aim": part_of_a_way(sealed=True, shared=of_a_shared_field),
    "journeys_step": part_of_a_way(sealed=True, shared=either(of_a_shared_aim, a_step_i_help_with)),
    "journeys_planversion": part_of_a_way(add=my_own),
    "journeys_planchange": part_of_a_way(sealed=True),
    "journeys_outcome": part_of_a_way(add=my_own),
    "journeys_lastingcheck": part_of_a_way(),
    "journeys_ending": part_of_a_way(add=both(my_way_to_give("member_id"), my_own)),
    "journeys_helping": kept_by(who_helps, a_helper_to_ask, a_helper_to_end, remove=system_rows),
    "partners_ruling": kept_by(a_ruling, a_ruling_to_ask, a_ruling_to_change, remove=system_rows),
    **{
        f"partners_{name}": kept_by(
            either(a_colleague, public_at_the_door), *[both(own_service, may("directory.keep"))] * 2
        )
        for name in ("partner", "place", "taxonomy", "term", "listedat")
    },
    "partners_listing": kept_by(
        either(a_colleague, public_at_the_door),
        both(own_service, may("directory.keep")),
        both(own_service, either(may("directory.keep"), may("directory.confirm"))),
    ),
    "partners_referral": kept_by(a_referral, a_referral_to_write, handed_over_by_us, remove=system_rows),
    "partners_referralturn": kept_by(of_its_referral(a_referral), a_turn_to_say, None, remove=system_rows),
    "partners_referrallink": kept_by(a_link, both(a_link, made_by_me), a_link, remove=system_rows),
    "partners_expertise": kept_by(
        a_colleague,
        *[both(own_service, either(own_time, may("directory.keep")))] * 2,
    ),
    **OF_OUTREACH,
    "frontdesk_stream": kept_by_the_system(own_service),
    "frontdesk_reason": kept_by_the_system(own_service),
    "frontdesk_day": kept_by(*[either(on_the_floor, where_the_guest_is, at_the_kiosk)] * 3),
    "frontdesk_visit": kept_by(
        either(on_the_floor, of_somebody_s_way, of_the_guests_own),
        either(on_the_floor, of_the_guests_own, nobody_s_ticket),
        either(on_the_floor, of_the_guests_own),
    ),
    "frontdesk_help": kept_by(*[on_the_floor] * 3),
    "frontdesk_period": kept_by(
        either(on_the_floor, of_the_guests_visit),
        either(on_the_floor, of_the_guests_visit, begun_at_the_kiosk),
        either(on_the_floor, of_the_guests_visit),
    ),
}
