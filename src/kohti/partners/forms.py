"""What is typed about partners and what they offer."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from kohti.design.fields import wall_time
from kohti.kernel import ids, words
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id
from kohti.people import fields as life
from kohti.people import spoken
from kohti.team.models import Organisation

from .actions import ListingWords, PartnerWords, PlaceWords
from .hsds.records import Record
from .queries import At, ListingPage, PartnerPage


def _text(label: Any, most: int = 200, **how: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=how.pop("required", False), **how)


def _long(label: Any, **how: Any) -> forms.CharField:
    return _text(label, 10_000, widget=forms.Textarea(attrs={"rows": 3}), **how)


class _Web(forms.URLField):
    """An address of the web; its https:// may be left out, which a browser's own field of the kind would not take."""

    default_validators = (URLValidator(schemes=("http", "https")),)  # type: ignore[assignment]
    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A telephone shows the keys for it."""
        return {**super().widget_attrs(widget), "inputmode": "url"}


def _web(label: Any) -> forms.URLField:
    return _Web(label=label, required=False, assume_scheme="https", max_length=500)


class PartnerForm(forms.Form):
    """A partner of the directory."""

    name = _text(_("Name"), required=True)
    description = _long(_("What they do, in plain words"))
    phone = _text(_("Phone"), 40)
    email = forms.EmailField(label=_("E-mail"), required=False)
    website = _web(_("Website"))
    organisation = forms.ChoiceField(label=_("Which of our own organisations this is"), required=False)
    tells = forms.ChoiceField(label=_("What its name tells of somebody"), required=False)
    neutral = _text(
        _("Neutral name"),
        help_text=_("If the name gives something away, others see this one on a person's pages instead."),
    )
    public = forms.BooleanField(label=_("Anybody may read this, other programs too"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, page: PartnerPage | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _partner(page) if page else {"key": new_id(), "public": True}
        super().__init__(*args, **kwargs)
        if page and not page.own:
            for name in ("name", "description", "phone", "email", "website"):
                del self.fields[name]
        known = life.fields_of_life(actor)
        self.fields["tells"].choices = [  # type: ignore[attr-defined]
            ("", _("Nothing")),
            *((code, title) for code, (title, _s) in known.items()),
        ]
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *(
                (str(one.id), one.name)
                for one in Organisation.objects.filter(service_id=actor.service, retired=False).order_by(
                    "name"
                )
            ),
        ]

    def words(self) -> PartnerWords:
        """What was typed."""
        data = self.cleaned_data
        return PartnerWords(
            name=data.get("name", ""),
            description=data.get("description", ""),
            phone=data.get("phone", ""),
            email=data.get("email", ""),
            website=data.get("website", ""),
            tells=data["tells"],
            neutral=data["neutral"],
            public=data["public"],
            organisation_id=ids.typed(data["organisation"]),
        )


def _partner(page: PartnerPage) -> dict[str, Any]:
    record = page.record
    return {
        "name": page.name,
        "description": record.get("description", ""),
        "phone": _first(record, "phones").get("number", ""),
        "email": record.get("email", ""),
        "website": record.get("website", ""),
        "organisation": str(page.organisation_id or ""),
        "tells": page.tells,
        "neutral": page.neutral,
        "public": page.public,
        "key": new_id(),
    }


class ListingForm(forms.Form):
    """What a partner offers."""

    name = _text(_("What is offered"), required=True, help_text=_("As people would say it: Debt advice."))
    description = _long(_("What it is, in plain words"))
    fields_of_life = forms.MultipleChoiceField(
        label=_("Helps with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    for_whom = _long(_("For whom"))
    how = _long(_("How to get it"), help_text=_("Come by, ring, or be sent by somebody?"))
    free = forms.BooleanField(label=_("It costs nothing"), required=False)
    cost = _text(_("What it costs"), 500)
    languages = forms.MultipleChoiceField(
        label=_("Spoken there"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    place = _text(_("Place"), help_text=_("As it is called: Town library, first floor."))
    street = _text(_("Street and number"))
    postcode = _text(_("Postcode"), 20)
    town = _text(_("Town"))
    weekdays = forms.MultipleChoiceField(
        label=_("Open on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opens = wall_time(_("From"), required=False)
    closes = wall_time(_("Until what time"), required=False)
    hours = _text(_("About the hours"), 500)
    phone = _text(_("Phone"), 40)
    email = forms.EmailField(label=_("E-mail"), required=False)
    website = _web(_("Website"))
    public = forms.BooleanField(label=_("Anybody may read this, other programs too"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, page: ListingPage | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _offer(page) if page else {"key": new_id(), "public": True}
        super().__init__(*args, **kwargs)
        if page and not page.own:
            for name in set(self.fields) - {"fields_of_life", "public", "key"}:
                del self.fields[name]
        names = words.locale(words.language()).days["stand-alone"]["wide"]
        choices: dict[str, Any] = {
            "fields_of_life": [(code, title) for code, (title, _s) in life.fields_of_life(actor).items()],
            "languages": spoken.choices(spoken.own_languages(actor)),
            "weekdays": [(str(day), names[day].capitalize()) for day in range(7)],
        }
        for name, options in choices.items():
            if name in self.fields:
                self.fields[name].choices = options  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An end comes after its beginning."""
        data = super().clean() or {}
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", _("The end comes before the beginning."))
        return data

    def words(self) -> ListingWords:
        """What was typed."""
        data = self.cleaned_data
        return ListingWords(
            name=data.get("name", ""),
            description=data.get("description", ""),
            for_whom=data.get("for_whom", ""),
            how=data.get("how", ""),
            cost=data.get("cost", ""),
            free=data.get("free", False),
            email=data.get("email", ""),
            website=data.get("website", ""),
            phone=data.get("phone", ""),
            languages=data.get("languages", ()),
            fields=data["fields_of_life"],
            public=data["public"],
            place=PlaceWords(
                name=data.get("place", ""),
                street=data.get("street", ""),
                postcode=data.get("postcode", ""),
                town=data.get("town", ""),
                weekdays=[int(day) for day in data.get("weekdays", ())],
                opens=data.get("opens"),
                closes=data.get("closes"),
                hours=data.get("hours", ""),
            ),
        )


def _offer(page: ListingPage) -> dict[str, Any]:
    record = page.record
    at = page.at[0] if page.at else At("", "", {}, {})
    address, schedule = _first(at.place, "addresses"), _first(at.record, "schedules")
    return {
        "name": page.line.name,
        "description": record.get("description", ""),
        "fields_of_life": list(page.line.fields),
        "for_whom": record.get("eligibility_description", ""),
        "how": record.get("application_process", ""),
        "free": bool(page.line.free),
        "cost": record.get("fees_description", ""),
        "languages": list(page.line.languages),
        "place": at.name,
        "street": address.get("address_1", ""),
        "postcode": address.get("postal_code", ""),
        "town": address.get("city", ""),
        "weekdays": [str(day) for day in page.line.weekdays],
        "opens": schedule.get("opens_at", ""),
        "closes": schedule.get("closes_at", ""),
        "hours": schedule.get("description", ""),
        "phone": _first(record, "phones").get("number", ""),
        "email": record.get("email", ""),
        "website": record.get("url", ""),
        "public": page.public,
        "key": uuid.uuid4(),
    }


def _first(record: Record, key: str) -> Record:
    return next(iter(record.get(key, ())), {})
