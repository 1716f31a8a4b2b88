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
