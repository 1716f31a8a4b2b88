"""Whoever was typing about somebody and is no longer allowed to: a clear word, and all they typed, to copy."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.kernel import ids

WORDS = re.compile(
    r"(?:[a-z]{1,2}-)?(?:text|note|words|who_words|why|why_here|evidence|answer|reason|next|body|given_name|door_note)|why-.+"
    r"|outcome-evidence|next-who-words"
)
"""The fields of our forms that hold words of one's own."""


def typed_words(request: HttpRequest) -> list[str]:
    """What somebody had typed in words."""
    return [
        text
        for name in request.POST
        if WORDS.fullmatch(name)
        for text in request.POST.getlist(name)
        if text.strip() and ids.typed(text) is None  # what was chosen from a list is no words
    ]


def to_copy(request: HttpRequest) -> HttpResponseBase:
    """The page that gives back what was typed; it names nobody, for who asks sees the person no more."""
    return render(request, "workbench/lost.html", {"typed": typed_words(request)}, status=409)


def said() -> str:
    """The same while a draft is being kept."""
    return _("You no longer have this person in hand. Copy what you typed before you leave this page.")
