"""What comes in when somebody is away and somebody stands in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.people.forms import Keyed, day

from .queries.away import Colleague

MOST_DAYS = 400
"""How far ahead days can lie."""


def _not_too_far(form: Keyed, name: str) -> None:
    found: date | None = form.cleaned_data.get(name)
    if found is not None and found > clock.today(form.actor.zone) + timedelta(days=MOST_DAYS):
        form.add_error(name, _("Choose a day within the next year."))


class AwayForm(Keyed):
    """Somebody is away: oneself, or, for a leader, a colleague."""

    who = forms.ChoiceField(label=gettext_lazy("Colleague"), choices=())
    first = day(gettext_lazy("From"))
    last = day(gettext_lazy("Until"), required=True, help_text=gettext_lazy("The last day, included."))

    def __init__(self, actor: Actor, colleagues: list[Colleague] | None, *args: Any, **kwargs: Any) -> None:
        today = clock.today(actor.zone)
        super().__init__(actor, *args, initial={"first": today, "who": str(actor.staff_id)}, **kwargs)
        if colleagues is None:
            del self.fields["who"]
        else:
            others = [(str(one.staff_id), one.name) for one in colleagues if one.staff_id != actor.staff_id]
            self.fields["who"].choices = [(str(actor.staff_id), _("I myself")), *others]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days, in order, and none that has passed."""
        data: dict[str, Any] = super().clean() or {}
        today = clock.today(self.actor.zone)
        last = data.get("last")
        if last is not None and last < today:
            self.add_error("last", _("Choose a day that is still to come."))
        elif last is not None and last < (data.get("first") or today):
            self.add_error("last", _("The end comes before the beginning."))
        _not_too_far(self, "last")
        return data


class StandInForm(Keyed):
    """A colleague stands in on some days."""

    member = forms.ChoiceField(label=gettext_lazy("Who stands in"), choices=())
    from_day = day(gettext_lazy("From"))
    until_day = day(gettext_lazy("Until"), required=True)

    def __init__(self, actor: Actor, colleagues: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        choices = [("", ""), *((str(one), name) for one, name in colleagues)]
        self.fields["member"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days, in order, and none that has passed."""
        data: dict[str, Any] = super().clean() or {}
        until, today = data.get("until_day"), clock.today(self.actor.zone)
        if until is not None and until < max(data.get("from_day") or today, today):
            self.add_error("until_day", _("The end comes before the beginning."))
        _not_too_far(self, "until_day")
        return data


class CoachOfSeveralForm(Keyed):
    """A colleague becomes the coach of several people."""

    member = forms.ChoiceField(label=gettext_lazy("Their coach"), choices=())

    def __init__(self, actor: Actor, colleagues: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        choices = [("", ""), *((str(one), name) for one, name in colleagues)]
        self.fields["member"].choices = choices  # type: ignore[attr-defined]
