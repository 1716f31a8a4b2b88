"""What comes in from the pages about people's ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.diary.forms import UploadForm
from kohti.kernel import clock
from kohti.kernel.actor import Actor, may
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people.attachments import queries as attachments
from kohti.people.forms import Keyed, day, line, lines

from . import queries, rules, said
from .actions import Fact
from .models import Journey

UNSAID = "unsaid"


def _one_of(label: Any, *, required: bool = True, **how: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, choices=(), widget=forms.RadioSelect, **how)


def _select(label: Any, *, required: bool = True, **how: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, choices=(), **how)


def worded(table: Mapping[Any, Callable[[], str]]) -> list[tuple[str, str]]:
    """A table of words as choices."""
    return [(str(code), text()) for code, text in table.items()]


class OpenForm(Keyed):
    """Somebody's way begins."""

    owner = _select(_("Their coach"))
    why_here = lines(_("Why they are here"), help_text=_("In their own words, if you can."))
    basis = _one_of(_("On which ground we keep what we keep"), initial="task")
    employment = _select(_("Work now"), required=False)
    employment_since = day(_("Since when"))
    education = _select(_("Highest school or training"), required=False)
    household = _select(_("How they live"), required=False)

    def __init__(self, actor: Actor, colleagues: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["owner"].choices = [(str(one), name) for one, name in colleagues]  # type: ignore[attr-defined]
        self.fields["basis"].choices = worded(said.BASIS)  # type: ignore[attr-defined]
        self.fields["employment_since"].latest = clock.today(actor.zone)  # type: ignore[attr-defined]
        unsaid = (UNSAID, said.LEVELS[None]())
        for name, table in (
            ("employment", said.EMPLOYMENT),
            ("education", said.EDUCATION),
            ("household", said.HOUSEHOLD),
        ):
            self.fields[name].choices = [("", ""), *worded(table), unsaid]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Fact]:
        """What was said, by kind; what was not asked is left out."""
        data = self.cleaned_data
        return {
            kind: Fact(
                "" if data[kind] == UNSAID else data[kind],
                data["employment_since"] if kind == "employment" and data[kind] != UNSAID else None,
            )
            for kind in ("employment", "education", "household")
            if data[kind]
        }


class CaseloadFileForm(UploadForm):
    """A caseload file."""

    too_large = _("This file is too large for a caseload (more than 8 MB). Bring it in parts.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Caseload file")
        self.fields["file"].help_text = _("A CSV or Excel (XLSX) file with a row for each person.")


class StepForm(Keyed):
    """A new step of the plan."""

    words = line(_("What"), required=True, most=500)
    who = _select(_("Who does it"))
    who_words = line(_("Which partner, or who else"))
    due_on = day(_("By when"))
    offered = forms.BooleanField(label=_("Offer it as a choice: only they say yes or no"), required=False)
    aim = _select(_("Towards which aim"), required=False)

    def __init__(self, actor: Actor, aims: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["who"].choices = worded(said.WHO)  # type: ignore[attr-defined]
        self.fields["aim"].choices = [("", ""), *((str(one), text) for one, text in aims)]  # type: ignore[attr-defined]


class AimForm(Keyed):
    """A new aim."""

    words = line(_("What they want to reach"), required=True, most=500, help_text=_("In their own words."))
    field = _select(_("Field of life"), required=False)

    def __init__(self, actor: Actor, fields: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["field"].choices = [("", ""), *fields]  # type: ignore[attr-defined]


class WayForm(Keyed):
    """Something of a way that is changed. `way` is that way.

    `to_another`: the colleague is another than has the person in hand.
    """

    to_another = False

    def __init__(self, actor: Actor, way: Journey, *args: Any, **kwargs: Any) -> None:
        self.way = way
        begins = {"version": way.version, "from_day": clock.today(actor.zone)}
        kwargs["initial"] = begins | (kwargs.get("initial") or {})
        super().__init__(actor, *args, **kwargs)
        if "member" in self.fields:
            has_it = way.owner_id if self.to_another else None
            colleagues = [(str(one), name) for one, name in queries.coaches(actor) if one != has_it]
            self.fields["member"].choices = [("", ""), *colleagues]  # type: ignore[attr-defined]


class StageForm(WayForm):
    """Another stage."""

    stage = _one_of(_("Stage"))
    why = lines(_("Why"), rows=2)

    def __init__(self, actor: Actor, way: Journey, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, way, *args, initial={"stage": way.stage}, **kwargs)
        self.fields["stage"].choices = [(one.code, one.title) for one in rules.stages(actor)]  # type: ignore[attr-defined]


class OutcomeForm(WayForm):
    """Something was reached."""

    kind = _one_of(_("What was reached"))
    on = day(_("When"))
    words = line(_("In a few words"))
    evidence = line(_("How we know"), help_text=_("A contract seen, a call with the school."))
    paper = _select(_("The paper that shows it"), required=False)

    def __init__(self, actor: Actor, way: Journey, *args: Any, **kwargs: Any) -> None:
        today = clock.today(actor.zone)
        super().__init__(actor, way, *args, initial={"on": today}, **kwargs)
        self.fields["on"].latest = today  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(one.code, one.title) for one in rules.outcomes(actor)]  # type: ignore[attr-defined]
        papers = attachments.of_person(actor, way.person_id) if may(actor, "documents.read") else []
        self.fields["paper"].choices = [  # type: ignore[attr-defined]
            ("", ""),
            *((str(one.id), one.title or one.name) for one in papers if one.ended_at is None),
        ]


class PauseForm(WayForm):
    """The time limit stands still."""

    until = day(_("Until"), required=True)
    why = lines(_("Why"), required=True, rows=2)


class ExtendForm(WayForm):
    """More time, from a leader."""

    days = forms.IntegerField(label=_("How many days more"), min_value=1, max_value=366)
    why = lines(_("Why"), required=True, rows=2)

    def __init__(self, actor: Actor, way: Journey, *args: Any, **kwargs: Any) -> None:
        weeks = rules.plan_rules(actor).extend_weeks
        super().__init__(actor, way, *args, initial={"days": weeks * 7} if weeks else {}, **kwargs)


class HandOverForm(WayForm):
    """A colleague is asked to take over."""

    to_another = True

    member = _select(_("Colleague"))
    from_day = day(_("From"))
    until_day = day(_("My last day with them"), required=True)
    words = lines(_("What they should know"), rows=3)


class KeysForm(WayForm):
    """What is sealed to the new coach is passed on to them, field of life by field of life."""

    fields_of_life = forms.MultipleChoiceField(
        label=_("Sealed, and not seen by them"),
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see what you tick, with its notes, until their sight of this person ends."),
    )

    def __init__(self, actor: Actor, way: Journey, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, way, *args, **kwargs)
        known = life.fields_of_life(actor)
        self.fields["fields_of_life"].choices = [  # type: ignore[attr-defined]
            (code, life.title_of(known, code))
            for code in people.keys_to_give(actor, way.person_id, way.owner_id)
        ]


class CoverForm(WayForm):
    """A colleague stands in."""

    to_another = True

    member = _select(_("Colleague"))
    from_day = day(_("From"))
    until_day = day(_("Until"), required=True)


class CoachForm(WayForm):
    """Somebody is given a coach."""

    to_another = True

    member = _select(_("Their coach"))


class CloseForm(WayForm):
    """A way ends."""

    words = lines(
        _("What we say to them at the end"), required=True, rows=8, help_text=_("They can read this.")
    )
    follow_up_on = day(_("When we ask how it goes"))
    member = _select(_("Who asks"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class FollowUpForm(Keyed):
    """How it goes, some time after the end."""

    answer = lines(_("How it goes"), required=True)


class GoOnForm(WayForm):
    """The time limit runs again."""

    why = lines(_("Why"), rows=2)


class ReopenForm(WayForm):
    """A way is taken up again."""

    member = _select(_("Their coach"))
    why = lines(_("Why"), rows=2)
    version = forms.IntegerField(widget=forms.HiddenInput)
