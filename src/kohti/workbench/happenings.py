"""What the history's verbs mean, in words; a verb without words here is shown as it is written."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

VERBS: dict[str, str] = {
    "audit.exported": gettext_noop("took a list of the history away"),
    "audit.read": gettext_noop("read the history of people"),
    "blueprint.applied": gettext_noop("put a version of the blueprint into force"),
    "booking.cancelled": gettext_noop("cancelled an appointment"),
    "booking.changed": gettext_noop("changed an appointment"),
    "booking.made": gettext_noop("made an appointment"),
    "booking.missed": gettext_noop("noted an appointment as missed"),
    "centre.closed": gettext_noop("closed the centre on a day to come"),
    "centre.opened": gettext_noop("took back a closed day"),
    "counter.ended": gettext_noop("ended the use of a shared counter"),
    "counter.shared": gettext_noop("made a counter a shared one"),
    "day.closed": gettext_noop("closed the day"),
    "diary.checked": gettext_noop("checked a diary file"),
    "diary.failed": gettext_noop("a diary could not be imported"),
    "diary.imported": gettext_noop("imported a diary"),
    "diary.ordered": gettext_noop("ordered the import of a diary"),
    "job.refused": gettext_noop("work in the background was refused"),
    "logo_kept": gettext_noop("put a logo into force"),
    "password.changed": gettext_noop("changed their password"),
    "person.birth": gettext_noop("noted a date of birth"),
    "person.contact": gettext_noop("noted how to reach somebody"),
    "person.forgotten": gettext_noop("forgot a person"),
    "person.found": gettext_noop("found people by search"),
    "person.listed": gettext_noop("read a list of people"),
    "person.opened": gettext_noop("opened a person's page"),
    "person.registered": gettext_noop("added a person"),
    "pin.dropped": gettext_noop("gave up their PIN"),
    "pin.set": gettext_noop("set a PIN"),
    "service.worn": gettext_noop("chose the service's colours or logo"),
    "session.ended": gettext_noop("ended a session elsewhere"),
    "sign_in.reset": gettext_noop("gave a colleague a way back in"),
    "signed_in": gettext_noop("signed in"),
    "team.added": gettext_noop("gave a colleague an account"),
    "team.confirmed": gettext_noop("confirmed the name of a colleague"),
    "team.ended": gettext_noop("ended a colleague's place"),
    "team.invited": gettext_noop("invited a colleague"),
    "team.joined": gettext_noop("took the place of an invitation"),
    "team.named": gettext_noop("a name came in with a diary"),
    "team.placed": gettext_noop("gave a colleague a place"),
    "team.uninvited": gettext_noop("took back an invitation"),
    "visit.absent": gettext_noop("noted that somebody called did not come"),
    "visit.begun": gettext_noop("began with a visitor"),
    "visit.called": gettext_noop("called a visitor"),
    "visit.check_in": gettext_noop("checked somebody in"),
    "visit.closed": gettext_noop("closed a visit with the day"),
    "visit.done": gettext_noop("finished with a visitor"),
    "visit.left": gettext_noop("noted that a visitor left"),
    "visit.taken_back": gettext_noop("put a visitor back into the queue"),
    "visit.undone": gettext_noop("took back a check-in"),
    "visit.walk_in": gettext_noop("took in a walk-in"),
}

SUBJECTS: dict[str, str] = {
    "booking": gettext_noop("appointments"),
    "centre": gettext_noop("centres"),
    "file": gettext_noop("diary files"),
    "invitation": gettext_noop("invitations"),
    "membership": gettext_noop("places of colleagues"),
    "person": gettext_noop("people"),
    "service": gettext_noop("the service"),
    "staff": gettext_noop("names of colleagues"),
    "user": gettext_noop("accounts"),
    "visit": gettext_noop("visits"),
}


def verb(name: str) -> str:
    """What a verb of the history means."""
    return _(VERBS[name]) if name in VERBS else name


def subject(kind: str) -> str:
    """What kind of thing an event is about."""
    return _(SUBJECTS[kind]) if kind in SUBJECTS else kind
