"""The forms for a password of one's own, in the words of the other pages."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

WORDS = {
    "oldpassword": (_("Your password"), ""),
    "password1": (
        _("A new password"),
        _("At least 12 characters. A few words in a row are easy to remember."),
    ),
    "password2": (_("The password once more"), ""),
}


class _InOurWords:
    """Labels and help that are ours: the library's help is a list in HTML, which a page would show as it is."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = WORDS[name]


class ChangePasswordForm(_InOurWords, forms.ChangePasswordForm):  # type: ignore[misc]
    """The old one, and a new one twice."""


class SetPasswordForm(_InOurWords, forms.SetPasswordForm):  # type: ignore[misc]
    """A first one, twice."""
