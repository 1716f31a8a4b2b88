"""What comes in from the diary's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kohti.design.fields import DayField

MOST_BYTES = 8_000_000


class UploadForm(forms.Form):
    """A diary file."""

    too_large = _("This file is too large for a diary (more than 8 MB).")
    file = forms.FileField(
        label=_("Diary file"),
        help_text=_("A CSV or Excel (XLSX) file with a row for each appointment."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_file(self) -> Any:
        """Not larger than a diary can be."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(self.too_large)
        return upload


class CloseForm(forms.Form):
    """A day on which a centre stays closed."""

    day = DayField(label=_("Day"))
    closes = forms.TimeField(
        label=_("Closed from"),
        required=False,
        help_text=_("Empty: the whole day."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=80,
        help_text=_("Staff read it, such as “water damage”."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
