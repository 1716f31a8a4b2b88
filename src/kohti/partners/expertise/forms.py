"""What is typed about what a colleague knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.people import spoken

from .actions import MOST_KNOWN, MOST_REACHED, Knows
from .models import Expertise


class ExpertiseForm(forms.Form):
    """What a colleague knows about, and how the others reach them."""

    fields_of_life = forms.MultipleChoiceField(
        label=_("Knows about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    known = forms.CharField(
        label=_("What else, in your own words"),
        required=False,
        max_length=MOST_KNOWN,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As a colleague would ask for it: debt relief, residence permits."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Speaks"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    reached = forms.CharField(
        label=_("How colleagues reach you"),
        required=False,
        max_length=MOST_REACHED,
        help_text=_("Telephone, e-mail, or where you sit."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, stands: Expertise | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": new_id()} | (
            {
                "fields_of_life": stands.fields,
                "known": stands.known,
                "languages": stands.languages,
                "reached": stands.reached,
            }
            if stands
            else {}
        )
        super().__init__(*args, **kwargs)
        options: dict[str, Any] = {
            "fields_of_life": [(code, title) for code, (title, _s) in life.fields_of_life(actor).items()],
            "languages": spoken.choices(spoken.own_languages(actor)),
        }
        for name, choices in options.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def knows(self) -> Knows:
        """What was typed."""
        data = self.cleaned_data
        return Knows(
            fields=data["fields_of_life"],
            languages=data["languages"],
            known=data["known"],
            reached=data["reached"],
        )
