"""A person's way through a service: needs, the living plan, contacts, stages, outcomes, and until when it is held."""

from django.db import models

from .base import Ranges
from .contact import Answers, Contact, Need
from .ending import Ending
from .hands import Cover, HandOver, Owning
from .helping import Helping
from .journey import EntryFact, Extension, Journey, Pause, Rules, StageSpell
from .plan import OPEN_STEPS, Aim, PlanChange, PlanVersion, Step
from .reached import LastingCheck, Outcome

PARTS: tuple[type[models.Model], ...] = (
    EntryFact, StageSpell, Pause, Extension, Owning, Cover, HandOver, Contact, Need, Answers, Aim, Step,
    PlanVersion, PlanChange, Outcome, LastingCheck, Ending, Helping,
)  # fmt: skip
"""What a way consists of; each row carries the person it is about."""

__all__ = (
    "OPEN_STEPS",
    "PARTS",
    "Aim",
    "Answers",
    "Contact",
    "Cover",
    "Ending",
    "EntryFact",
    "Extension",
    "HandOver",
    "Helping",
    "Journey",
    "LastingCheck",
    "Need",
    "Outcome",
    "Owning",
    "Pause",
    "PlanChange",
    "PlanVersion",
    "Ranges",
    "Rules",
    "StageSpell",
    "Step",
)
