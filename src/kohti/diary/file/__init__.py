"""What a diary file says: its rows read, and checked against each other and against what is booked already.

Nothing here knows the database: `read_rows` takes the bytes of a file, `check` the bookings its caller has
fetched.
"""

from kohti.diary.file.checking import check
from kohti.diary.file.matching import kept_reference
from kohti.diary.file.rows import read_rows
from kohti.diary.file.shapes import Booked, Change, Check, DiaryRow, Problem

__all__ = ["Booked", "Change", "Check", "DiaryRow", "Problem", "check", "kept_reference", "read_rows"]
