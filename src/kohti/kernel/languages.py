"""Which languages there are, and which one a command speaks. Needs nothing but Python: commands begin with it.

Commands, and what else speaks before Django is there, say `from gettext import gettext as _`; pages, jobs and
everything that runs with Django say `from django.utils.translation import gettext as _` (see `words.py`).
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = (("en", "English"), ("fi", "Suomi"), ("da", "Dansk"), ("nl", "Nederlands"), ("pl", "Polski"))
"""Every language of the product, by its own name."""

CODES = tuple(code for code, _name in LANGUAGES)
CATALOGUES = Path(__file__).resolve().parent.parent / "locale"


def asked_for(environment: Mapping[str, str]) -> str:
    """The language a command speaks: KOHTI_LANGUAGE, else LC_ALL, LC_MESSAGES or LANG; else English."""
    for name in ("KOHTI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            code = re.split(r"[-_.@]", value.lower())[0]
            return code if code in CODES else "en"
    return "en"


def speak_as_asked() -> None:
    """Let the commands of this process, and their parser, speak the language asked for."""
    # Where Python's gettext looks first, so that KOHTI_LANGUAGE wins over the machine's own settings.
    os.environ["LANGUAGE"] = asked_for(os.environ)
    gettext.bindtextdomain("django", str(CATALOGUES))
    gettext.textdomain("django")


def gettext_noop(text: str) -> str:
    """Marks a text for the translators; it is translated where it is said."""
    return text


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """Marks a counted text for the translators."""
    return one, many


OF_THE_PARSER = (
    gettext_noop("usage: "),
    gettext_noop("options"),
    gettext_noop("positional arguments"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    ngettext_noop("expected %s argument", "expected %s arguments"),
)
"""What Python's own parser of command lines (argparse) says: it asks gettext, and finds it among our texts."""
