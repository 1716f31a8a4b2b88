"""What a caseload file says: its rows read, and checked against each other and against who is known.

Nothing here asks the database: `read_rows` takes the bytes of a file, `check` what its caller has fetched.
"""

from __future__ import annotations

from .checking import Checked, Found, Known, Place, check
from .rows import CaseRow, Rows, read_rows
from .words import Words, words_of

__all__ = (
    "CaseRow",
    "Checked",
    "Found",
    "Known",
    "Place",
    "Rows",
    "Words",
    "check",
    "read_rows",
    "words_of",
)
