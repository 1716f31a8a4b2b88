"""What comes in from the front desk's pages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.kernel.words import title

from .actions import MOST_TEXT
from .models import Reason

USUAL = "usual"


class WalkInForm(forms.Form):
    """A walk-in in at most four inputs. `urgency` is None where the reason's own holds."""

    reason = forms.ChoiceField(
        label=_("What brings them here?"),
        widget=forms.RadioSelect(attrs={"autofocus": True}),
        error_messages={"required": _("Choose what brings them here.")},
    )
    urgency = forms.TypedChoiceField(
        label=_("How urgent is it?"),
        choices=((USUAL, _("As usual for this")), ("1", _("Soon")), ("2", _("Crisis: now"))),
        coerce=lambda value: None if value == USUAL else int(value),
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        initial=USUAL,
    )
    given_name = forms.CharField(label=_("Name"), required=False, max_length=MOST_TEXT)
    door_note = forms.CharField(
        label=_("What you saw at the door"),
        help_text=_("In everyday words, no diagnosis: the whole desk can read it."),
        required=False,
        max_length=MOST_TEXT,
    )
    person = forms.UUIDField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, reasons: list[Reason], closed: Mapping[uuid.UUID, str], *args: Any, **kwargs: Any
    ) -> None:
        """`closed`: of each line that cannot be joined now, when it is next held, in words."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (str(reason.id), _named(title(reason.title), closed.get(reason.stream_id, "")))
            for reason in reasons
        ]


def _named(what: str, also: str) -> str:
    return f"{what} ({also})" if also else what
