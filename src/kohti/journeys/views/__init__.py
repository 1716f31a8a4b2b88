"""The pages about people's ways."""

from __future__ import annotations

from .caseload import caseload
from .opening import open_way
from .plan import agreed, plan, step

__all__ = ("agreed", "caseload", "open_way", "plan", "step")
