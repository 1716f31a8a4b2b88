"""What comes in when somebody is asked to help with a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.people.forms import Keyed, day, lines

from .models import Step

AS_A_RULE = timedelta(days=14)
"""How long somebody helps with a step that has no day of its own."""


class HelperForm(Keyed):
    """A colleague of any organisation is asked to help with a step."""

    member = forms.ChoiceField(label=_("Who helps"), choices=())
    until = day(_("Until"), required=True, help_text=_("The last day, included."))
    told = lines(_("How they agreed"), required=True, rows=2)

    def __init__(
        self, actor: Actor, step: Step, colleagues: Sequence[tuple[Any, str]], *args: Any, **kwargs: Any
    ) -> None:
        today = clock.today(actor.zone)
        until = max(step.due_on or today + AS_A_RULE, today)
        super().__init__(actor, *args, initial={"until": until}, **kwargs)
        self.fields["member"].choices = [("", ""), *((str(one), name) for one, name in colleagues)]  # type: ignore[attr-defined]
