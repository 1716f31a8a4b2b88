"""Whatever is written into the history is shown in words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import kohti
from kohti.kernel.outbox.sending import STATES
from kohti.people.attachments.models import Attachment
from kohti.workbench import happenings

VERB = re.compile(r"[a-z_]+\.[a-z_]+|signed_in")
WRITES = ("record", "_record", "_recorded", "_end", "_keep", "_decide", "kohti.record")


def written() -> set[str]:
    """Every verb that stands in the source where something is recorded, in Python and in the database's functions."""
    found: set[str] = set()
    for path in Path(kohti.__file__).parent.rglob("*.py"):
        source = path.read_text()
        found |= set(re.findall(r"kohti\.record\([^,']+, '([a-z_.]+)'", source))
        for call in (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in WRITES:
                words = [one.value for one in call.args if isinstance(one, ast.Constant)]
                found |= {word for word in words if isinstance(word, str) and VERB.fullmatch(word)}
    return found


def test_every_verb_of_the_history_has_its_words() -> None:
    verbs = written()
    assert {"person.emergency", "note.moved", "person.mark_ended", "team.joined", "message.again"} <= verbs
    verbs |= {f"message.{state}" for state in STATES if state != "later"}
    verbs |= {f"attachment.{source}" for source in Attachment.Source.values}
    assert verbs - happenings.VERBS.keys() == set()


def test_no_two_verbs_have_the_same_words() -> None:
    assert len(set(happenings.VERBS.values())) == len(happenings.VERBS)
