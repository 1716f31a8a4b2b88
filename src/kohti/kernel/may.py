"""The one table of capabilities: every verb a role can be given.

A blueprint bundles verbs into roles; it cannot invent one. What a role may do on which rows is the row
policies' business.
"""

from __future__ import annotations

VERBS: dict[str, str] = {
    "arrivals.see": "see who comes today and who is here",
    "arrivals.check_in": "check people in, undo it, take walk-ins",
    "queue.call": "call, begin and finish visits",
    "day.close": "close the day at the centre",
    "diary.import": "import the diary from a file",
    "team.confirm": "confirm names of colleagues found in a file",
    "people.register": "add people and how to reach them",
    "people.open": "open a person's page",
    "people.find": "search and list people",
    "people.edit": "keep what is known of a person",
    "people.note": "write notes on people, correct and move one's own",
    "people.keep": "correct and move colleagues' notes, read how they were before",
    "people.share": "let colleagues see a person, and end it",
    "people.transfer": "move a person to another centre",
    "people.restrict": "open a record to named people only",
    "people.emergency": "open a sealed or restricted record for an hour, for a reason",
    "people.alerts": "look at emergencies, matches and transfers at the centre",
    "team.add": "invite colleagues, give them a role at a centre, and end it",
    "blueprint.apply": "put a blueprint into force",
    "team.see": "see the colleagues",
    "audit.see": "see what happened, and who did it",
    "documents.read": "open and download a person's documents",
    "documents.add": "write letters to a person, keep files with them, and end them",
    "messages.see": "see which mails and texts left, and which came to nothing",
    "messages.decide": "send a message again, settle or cancel it",
    "centre.close": "add a day on which a centre stays closed",
}
