"""What comes in from the front desk's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.kernel.words import title

from .actions import MOST_TEXT
from .models import Reason


class WalkInForm(forms.Form):
    """A walk-in in at most four inputs."""

    reason = forms.ChoiceField(
        label=_("What brings them here?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what brings them here.")},
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), widget=forms.RadioSelect, required=False, initial=""
    )
    given_name = forms.CharField(
        label=_("Name, if they wish to give one"), required=False, max_length=MOST_TEXT
    )
    door_note = forms.CharField(
        label=_("What you saw at the door"),
        help_text=_("In everyday words. Everybody at this desk can read it: no diagnosis, no reason."),
        required=False,
        max_length=MOST_TEXT,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, reasons: list[Reason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(str(reason.id), title(reason.title)) for reason in reasons]  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            ("", _("As usual for this")),
            ("1", _("Soon")),
            ("2", _("Crisis: now")),
        ]
