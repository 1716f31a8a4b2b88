"""What comes in from the pages about people."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kohti.design.fields import DayField
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id
from kohti.people.choosing import language_field
from kohti.people.promising import PROMISED
from kohti.team import queries as team

MOST_NAME, MOST_LINE, MOST_TEXT = 200, 400, 8000


class Keyed(forms.Form):
    """A form whose second sending changes nothing. `actor` is who fills it in."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        self.actor = actor
        kwargs["initial"] = {"key": new_id()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        today = clock.today(actor.zone)
        for name in PAST & set(self.fields):
            self.fields[name].latest = today  # type: ignore[attr-defined]


PAST = {"date_of_birth"}


def line(label: Any, *, required: bool = False, most: int = MOST_LINE, **how: Any) -> forms.CharField:
    """One line of text."""
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **how)


def lines(label: Any, *, required: bool = False, rows: int = 3, **how: Any) -> forms.CharField:
    """Several lines of text."""
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, required=required, max_length=MOST_TEXT, widget=widget, **how)


def day(label: Any, *, required: bool = False, **how: Any) -> DayField:
    """A day, typed as three numbers."""
    return DayField(label=label, required=required, **how)


LANGUAGES, MOST_LANGUAGES = 3, 6
"""For how many languages a form asks, and how many it keeps where more are held."""


class WhoForm(Keyed):
    """Who somebody is. Its languages are chosen one by one, best first."""

    full_name = line(
        gettext_lazy("Full name"),
        most=MOST_NAME,
        help_text=gettext_lazy("As they write it. It can stay empty."),
    )
    called = line(gettext_lazy("What to call them"), most=MOST_NAME)
    date_of_birth = day(gettext_lazy("Date of birth"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        held = tuple(self.initial.get("languages") or ())
        first, others = _("Language they speak best"), _("Another language (%(n)s)")
        for n in range(1, max(LANGUAGES, min(len(held), MOST_LANGUAGES)) + 1):
            also = held[n - 1] if n <= len(held) else ""
            label = first if n == 1 else others % {"n": n}
            self.fields[f"language_{n}"] = language_field(actor, label, also=also, initial=also)
        interpreter = str(self.initial.get("interpreter") or "")
        self.fields["interpreter"] = language_field(
            actor,
            _("Interpreter needed"),
            also=interpreter,
            initial=interpreter,
            help_text=_("For which language. Empty: none is needed."),
        )

    def clean(self) -> dict[str, Any]:
        """The languages as one list of codes, best first, each once."""
        found: dict[str, Any] = super().clean() or {}
        chosen = [found.pop(name, "") for name in self.fields if name.startswith("language_")]
        found["languages"] = tuple(dict.fromkeys(one for one in chosen if one))
        return found


class NewPersonForm(WhoForm):
    """Somebody new, with how to reach them."""

    field_order = ("full_name", "called", "date_of_birth", "phone", "email")
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


class ReachForm(Keyed):
    """How to reach somebody safely, and how not."""

    safe_contact = line(
        gettext_lazy("How and when it is safe to reach them"),
        help_text=gettext_lazy("For example: a text message, weekdays before noon."),
    )
    not_by = line(
        gettext_lazy("How they must not be reached"),
        help_text=gettext_lazy("For example: do not ring, the partner listens."),
    )
    no_messages = forms.BooleanField(label=gettext_lazy("Never leave a message"), required=False)


class DiedForm(Keyed):
    """That somebody has died: when, and who said so."""

    died_on = day(gettext_lazy("Day they died"), required=True)
    died_said = line(gettext_lazy("Who said so"), required=True)


class ContactForm(Keyed):
    """A way to reach somebody."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=(
            ("phone", gettext_lazy("Phone")),
            ("email", gettext_lazy("E-mail")),
            ("post", gettext_lazy("Post")),
            ("through", gettext_lazy("Through somebody")),
        ),
        widget=forms.RadioSelect,
    )
    value = line(gettext_lazy("Number or address"), required=True)
    note = line(gettext_lazy("Whose it is, when it works"))
    preferred = forms.BooleanField(label=gettext_lazy("They prefer this one"), required=False)
    hidden = forms.BooleanField(
        label=gettext_lazy("Hide it: only I, and those I name, may see it"),
        required=False,
        help_text=gettext_lazy("Everybody else reads that an address is hidden."),
    )


ABOUT = (
    ("childcare", gettext_lazy("Childcare")),
    ("disability", gettext_lazy("Disability")),
    ("transport", gettext_lazy("Transport")),
    ("language", gettext_lazy("Language")),
    ("other", gettext_lazy("Something else")),
    ("health", gettext_lazy("Health (sealed)")),
    ("belief", gettext_lazy("Religion and belief (sealed)")),
)


HOW_LONG = {"weeks": (14, 14), "months": (91, 182)}
"""After how many days it is looked at again, and when it ends by itself."""


class MarkForm(Keyed):
    """What helps somebody, or what makes them vulnerable for a while; for some weeks, some months, or until a day."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=(
            ("helps", gettext_lazy("What helps")),
            ("vulnerable", gettext_lazy("What makes them vulnerable now")),
        ),
        widget=forms.RadioSelect,
        initial="helps",
    )
    about = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=ABOUT,
        help_text=gettext_lazy("Only those who hold the key can see health and belief."),
    )
    words = line(
        gettext_lazy("In words"),
        required=True,
        help_text=gettext_lazy("What to do, not what they have: the whole desk can read it."),
    )
    promises = forms.MultipleChoiceField(
        label=gettext_lazy("What we promise when they come"),
        choices=tuple(PROMISED.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    face_id = forms.TypedChoiceField(
        label=gettext_lazy("The known face"), required=False, coerce=uuid.UUID, empty_value=None
    )
    long = forms.ChoiceField(
        label=gettext_lazy("For how long?"),
        choices=(
            ("weeks", gettext_lazy("Two weeks")),
            ("months", gettext_lazy("Half a year, looked at again after three months")),
            ("own", gettext_lazy("Until a day I choose")),
        ),
        widget=forms.RadioSelect,
        required=False,
    )
    starts_on = day(gettext_lazy("From"), help_text=gettext_lazy("Empty: now."))
    review_on = day(gettext_lazy("Look at it again on"), help_text=gettext_lazy("Within a year."))
    ends_on = day(gettext_lazy("It ends on"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        colleagues = team.colleagues(actor.centre_id)
        self.fields["face_id"].choices = [("", "–"), *((str(one.id), one.name) for one in colleagues)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days of what was chosen; a known face has a name."""
        found: dict[str, Any] = super().clean() or {}
        long = found.pop("long", "")
        begins = found.get("starts_on") or clock.today(self.actor.zone)
        if long in HOW_LONG and not self.errors:
            again, ends = HOW_LONG[long]
            found["review_on"] = begins + timedelta(days=again)
            found["ends_on"] = begins + timedelta(days=ends)
        elif not found.get("review_on") and "review_on" not in self.errors:
            self.add_error("review_on", _("Say when to look at it again."))
        if "face" in found.get("promises", ()) and found.get("face_id") is None:
            self.add_error("face_id", _("Choose whom they know."))
        return found


class ReviewForm(Keyed):
    """A mark that still holds."""

    review_on = day(
        gettext_lazy("Look at it again on"), required=True, help_text=gettext_lazy("Within a year.")
    )


class DangerForm(Keyed):
    """A warning to colleagues, with its reason and its end."""

    words = line(
        gettext_lazy("What should a colleague do?"),
        required=True,
        help_text=gettext_lazy("For example: come with a colleague. Everybody at the desk reads this."),
    )
    reason = lines(
        gettext_lazy("Why"),
        required=True,
        help_text=gettext_lazy("Only you and the team leader read this."),
    )
    ends_on = day(gettext_lazy("Until"), required=True, help_text=gettext_lazy("Within half a year."))


class RepresentativeForm(Keyed):
    """Who may speak for somebody."""

    full_name = line(gettext_lazy("Name"), required=True, most=MOST_NAME)
    reach = line(gettext_lazy("How to reach them"))
    what_for = line(
        gettext_lazy("What they may decide or say"),
        required=True,
        help_text=gettext_lazy("For example: guardian in money matters."),
    )
    starts_on = day(gettext_lazy("From"), required=True)
    ends_on = day(gettext_lazy("Until"))
    paper = line(gettext_lazy("The paper you have seen"))

    def clean(self) -> dict[str, Any]:
        """It begins before it ends."""
        found: dict[str, Any] = super().clean() or {}
        starts, ends = found.get("starts_on"), found.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("This is before it begins."))
        return found


class HouseholdForm(Keyed):
    """Somebody who belongs to a person."""

    reference = line(
        gettext_lazy("Reference of the other person"),
        required=True,
        most=20,
        help_text=gettext_lazy("It stands on their page, as in 7K2M-9QXD."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is this person to the other?"),
        choices=(
            ("partner", gettext_lazy("Partner")),
            ("parent", gettext_lazy("Parent")),
            ("sibling", gettext_lazy("Sibling")),
            ("household", gettext_lazy("Lives in the same household")),
        ),
        widget=forms.RadioSelect,
    )
    starts_on = day(gettext_lazy("Since"), required=True)


class NoteForm(Keyed):
    """A note on a person."""

    text = lines(gettext_lazy("Note"), required=True, rows=4)
    fields_ = forms.MultipleChoiceField(
        label=gettext_lazy("Field of life"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only colleagues who hold the key to a field can read what is sealed in it."),
    )

    def __init__(self, actor: Actor, known: dict[str, tuple[str, bool]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        choices = [
            (code, _("%(field)s (sealed)") % {"field": title} if sealed else title)
            for code, (title, sealed) in known.items()
        ]
        self.fields["fields_"].choices = choices  # type: ignore[attr-defined]


class CorrectForm(Keyed):
    """A note written anew."""

    text = lines(gettext_lazy("Note"), required=True, rows=6)
    why = line(gettext_lazy("Why it is corrected"), required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)


class MoveForm(Keyed):
    """A note moved to the right person."""

    reference = line(
        gettext_lazy("Reference of the right person"),
        required=True,
        most=20,
        help_text=gettext_lazy("It stands on their page, as in 7K2M-9QXD."),
    )
    why = line(gettext_lazy("Why it is moved"), required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)


class SightForm(Keyed):
    """A colleague who may see a person for a while."""

    member = forms.ChoiceField(label=gettext_lazy("Colleague"))
    field = forms.ChoiceField(label=gettext_lazy("What they may see"), required=False)
    until = day(gettext_lazy("Until"), required=True)

    def __init__(
        self,
        actor: Actor,
        members: list[tuple[Any, str]],
        keys: list[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(actor, *args, **kwargs)
        # Nobody is chosen before somebody chooses: the first of a list would be shown a person by mistake.
        self.fields["member"].choices = [("", ""), *((str(one), name) for one, name in members)]  # type: ignore[attr-defined]
        self.fields["field"].choices = [("", _("The person")), *keys]  # type: ignore[attr-defined]


class RestrictForm(Keyed):
    """A record opened to named people only."""

    members = forms.MultipleChoiceField(
        label=gettext_lazy("Open to these colleagues only"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Others are told to ask the first of them. If you are not one, you see it no more."
        ),
    )
    reason = lines(gettext_lazy("Why"), required=True)

    def __init__(self, actor: Actor, members: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["members"].choices = [(str(one), name) for one, name in members]  # type: ignore[attr-defined]


class TransferForm(Keyed):
    """A move to another centre."""

    centre = forms.ChoiceField(label=gettext_lazy("To"))
    from_day = day(gettext_lazy("From"), required=True)
    reason = line(gettext_lazy("Why"), required=True)
    keep = forms.ChoiceField(label=gettext_lazy("Former coach who may read for a month more"), required=False)

    def __init__(
        self,
        actor: Actor,
        centres: list[tuple[Any, str]],
        members: list[tuple[Any, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["centre"].choices = [("", ""), *((str(one), name) for one, name in centres)]  # type: ignore[attr-defined]
        self.fields["keep"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((str(one), name) for one, name in members),
        ]


class EmergencyForm(Keyed):
    """A reason to open what is closed."""

    reason = lines(
        gettext_lazy("Why do you need to see this now?"),
        required=True,
        help_text=gettext_lazy("The team leader reads this. It opens for one hour."),
    )
