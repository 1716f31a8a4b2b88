"""What comes in from the pages about shares."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.people.forms import Keyed, day, line, lines

from .models import Share

USUAL = timedelta(days=91)
"""For how long a share is proposed."""


class ShareForm(Keyed):
    """Something of a person for another organisation: what, what for, on which ground, until when."""

    organisation = forms.ChoiceField(label=gettext_lazy("With which organisation?"))
    members = forms.MultipleChoiceField(
        label=gettext_lazy("With some of its people only"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("If nobody is ticked: all its people who may read what is shared."),
    )
    what = forms.MultipleChoiceField(
        label=gettext_lazy("What may they read?"), widget=forms.CheckboxSelectMultiple
    )
    what_for = line(
        gettext_lazy("What for"),
        required=True,
        help_text=gettext_lazy("In words that the person would use. They read it too."),
    )
    basis = forms.ChoiceField(label=gettext_lazy("On which ground?"), widget=forms.RadioSelect)
    free = forms.BooleanField(
        label=gettext_lazy("They were told that saying no costs them nothing."), required=False
    )
    told = lines(gettext_lazy("How they were told, or how they agreed"), rows=2)
    until = day(gettext_lazy("Until"), required=True, help_text=gettext_lazy("At most a year away."))
    review_on = day(gettext_lazy("Look at it again on"), help_text=gettext_lazy("Empty: half way through."))

    def __init__(
        self,
        actor: Actor,
        organisations: list[tuple[uuid.UUID, str]],
        members: list[tuple[uuid.UUID, str]],
        what: list[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"until": clock.today(actor.zone) + USUAL} | (kwargs.get("initial") or {})
        super().__init__(actor, *args, **kwargs)
        # Nobody is chosen before somebody chooses.
        self.fields["organisation"].choices = [("", ""), *((str(one), name) for one, name in organisations)]  # type: ignore[attr-defined]
        self.fields["members"].choices = [(str(one), name) for one, name in members]  # type: ignore[attr-defined]
        self.fields["what"].choices = what  # type: ignore[attr-defined]
        self.fields["basis"].choices = [(basis.value, "") for basis in Share.Basis]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Consent only where refusing costs nothing, said to them and agreed."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("basis") == Share.Basis.CONSENT:
            if not found.get("free"):
                self.add_error(
                    "free", _("Consent is no ground where saying no costs them something. Tell them first.")
                )
            if not found.get("told"):
                self.add_error("told", _("Say how they agreed."))
        return found


class AgainForm(Keyed):
    """A share that is still needed. `objected`: they object, and are told why it goes on."""

    again_on = day(gettext_lazy("Look at it again on"), required=True)
    answer = lines(gettext_lazy("They object. Why does it go on all the same?"), rows=2)

    def __init__(self, actor: Actor, *args: Any, objected: bool, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        if objected:
            self.fields["answer"].required = True
        else:
            del self.fields["answer"]


class EndForm(Keyed):
    """The end of a share."""

    why = line(gettext_lazy("Why it ends"), required=True)


class ObjectForm(Keyed):
    """That they object."""

    words = lines(gettext_lazy("What they say"), required=True, rows=2)
