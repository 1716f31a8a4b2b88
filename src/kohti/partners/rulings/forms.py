"""What comes in when the authority is asked, and when it answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.kernel.actor import Actor
from kohti.people import fields as life
from kohti.people.forms import Keyed, day, line, lines
from kohti.people.sharing.models import HELPS
from kohti.people.sharing.wording import titles

from . import rules
from .actions import MOST_STEP
from .models import Ruling
from .showing import DECISIONS


class AskForm(Keyed):
    """A question to the authority."""

    kind = forms.ChoiceField(label=_("What it is about"), choices=())
    words = lines(_("Your question"), required=True, rows=2)
    shows = forms.MultipleChoiceField(
        label=_("What they read of this person"),
        required=False,
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Until they have answered, at the latest until tonight. Who it is about they read in any case."
        ),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["kind"].choices = [(one.code, one.title) for one in rules.kinds(actor)]  # type: ignore[attr-defined]
        known = life.fields_of_life(actor)
        self.fields["shows"].choices = [  # type: ignore[attr-defined]
            *((code, name) for code, (name, _sealed) in known.items()),
            (HELPS, titles(actor, [HELPS])[0]),
        ]


class AnswerForm(Keyed):
    """A decision, why, and a step that goes with it."""

    decision = forms.ChoiceField(label=_("Decision"), choices=(), widget=forms.RadioSelect)
    reason = lines(_("Why"), required=True, rows=3, help_text=_("They can read this."))
    step = line(_("A step that goes with it"), most=MOST_STEP)
    due_on = day(_("By when"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["decision"].choices = [(code, DECISIONS[code]()) for code in Ruling.Answer.values]  # type: ignore[attr-defined]
