"""What comes in from the pages of a person's papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kohti.kernel.languages import LANGUAGES


class BringForm(forms.Form):
    """A file to keep."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, Word, Excel, OpenDocument or plain text, up to 10 MB."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.odt,.ods,.txt"}),
    )
    title = forms.CharField(
        label=_("What is it?"), max_length=200, required=False, help_text=_("Such as: lease, certificate.")
    )
    sealed = forms.ChoiceField(
        label=_("Who may see it?"),
        required=False,
        help_text=_("What is sealed is seen only by colleagues who hold the key to that field of life."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sealed_choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sealed"]
        field.choices = [("", _("Everybody who may see this person and read papers")), *sealed_choices]


class LetterForm(forms.Form):
    """A plain letter."""

    language = forms.ChoiceField(label=_("Language of the letter"))
    subject = forms.CharField(label=_("Subject"), max_length=150)
    text = forms.CharField(
        label=_("Letter"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("As you would type it. An empty line begins a new paragraph."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.choices = LANGUAGES


class EndForm(forms.Form):
    """Why a paper is not kept any longer."""

    because = forms.CharField(
        label=_("Why is it not kept any longer?"),
        max_length=300,
        error_messages={"required": _("Say why it is not kept any longer.")},
    )
