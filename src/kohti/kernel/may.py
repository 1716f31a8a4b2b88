"""The one table of capabilities: every verb a role can be given.

A blueprint bundles verbs into roles; it cannot invent one. What a role may do on which rows is the row
policies' business.
"""

from __future__ import annotations

from .languages import gettext_noop

VERBS: dict[str, str] = {
    "arrivals.see": gettext_noop("see who comes today and who is here"),
    "arrivals.check_in": gettext_noop("check people in, undo it, take walk-ins"),
    "queue.call": gettext_noop("call, begin and finish visits"),
    "day.close": gettext_noop("close the day at the centre"),
    "diary.book": gettext_noop("book, move and cancel appointments at the centre"),
    "diary.overbook": gettext_noop("book on purpose at a time that is taken"),
    "devices.keep": gettext_noop("set up kiosks and boards at the centre"),
    "diary.import": gettext_noop("import the diary from a file"),
    "team.confirm": gettext_noop("confirm names of colleagues found in a file"),
    "people.register": gettext_noop("add people and how to reach them"),
    "people.open": gettext_noop("open a person's page"),
    "people.find": gettext_noop("search and list people"),
    "people.edit": gettext_noop("keep what is known of a person"),
    "people.note": gettext_noop("write notes on people, correct and move one's own"),
    "people.keep": gettext_noop("correct and move colleagues' notes, read how they were before"),
    "people.share": gettext_noop("let colleagues see a person, and end it"),
    "shares.write": gettext_noop("share what is agreed with another organisation, and end it"),
    "shares.read": gettext_noop("read what is shared with one's own organisation"),
    "rulings.give": gettext_noop("decide what colleagues ask the authority in a meeting"),
    "people.transfer": gettext_noop("move a person to another centre"),
    "people.restrict": gettext_noop("open a record to named people only"),
    "people.emergency": gettext_noop("open a sealed or restricted record for an hour, for a reason"),
    "people.merge": gettext_noop("make two records of one person one, and undo it"),
    "people.tell": gettext_noop("put together all that is held about a person"),
    "people.forget": gettext_noop("erase what is held about a person"),
    "people.alerts": gettext_noop("look at emergencies, matches and transfers at the centre"),
    "journeys.see": gettext_noop("see people's ways through the service: plans, contacts, outcomes"),
    "journeys.work": gettext_noop(
        "open ways, write contacts, plans, needs and outcomes, hand over and cover"
    ),
    "journeys.lead": gettext_noop("see whom nobody holds, give people a coach, extend the time limit"),
    "team.add": gettext_noop("invite colleagues, give them a role at a centre, and end it"),
    "blueprint.apply": gettext_noop("put a blueprint into force"),
    "team.see": gettext_noop("see the colleagues"),
    "audit.see": gettext_noop("see what happened, and who did it"),
    "documents.read": gettext_noop("open and download a person's documents"),
    "documents.add": gettext_noop("write letters to a person, keep files with them, and end them"),
    "messages.see": gettext_noop("see which mails and texts left, and which came to nothing"),
    "messages.decide": gettext_noop("send a message again, settle or cancel it"),
    "referrals.write": gettext_noop("hand people over to whoever helps, and take it back"),
    "referrals.answer": gettext_noop("see and answer who is handed over to one's own organisation"),
    "outreach.go": gettext_noop("go on rounds, write whom one meets out there, join and take apart"),
    "directory.see": gettext_noop("look up who helps with what"),
    "directory.keep": gettext_noop("write and bring in who helps with what"),
    "directory.confirm": gettext_noop("confirm that an offer in the directory is right"),
    "centre.close": gettext_noop("add a day on which a centre stays closed"),
    "service.see": gettext_noop("see how the service is described, how it looks and how that changed"),
    "service.wear": gettext_noop("choose the service's colours and logo"),
    "diary.cover": gettext_noop("see appointments whose colleague has left or whose day is closed"),
    "rota.keep": gettext_noop("keep the rota of placed colleagues, and say who stands in"),
}
