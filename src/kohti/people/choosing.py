"""Choosing a language by its name."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kohti.kernel.actor import Actor
from kohti.people import spoken


class LanguageSelect(forms.Select):
    """Languages to choose from by name. Drawn at once: it stands on a page several times, with all there are."""

    groups: Any = ()
    also: tuple[tuple[str, str], ...] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The list; what was chosen is chosen in it once, though it may stand in two groups."""
        more = self.build_attrs(self.attrs, dict(attrs or {}) | {"name": name})
        kept = format_html_join("", '<option value="{}">{}</option>', self.also)
        drawn = f'<option value=""></option>{_options(self.groups)}{kept}'
        mark = format_html('value="{}"', value or "")
        drawn = drawn.replace(mark, f"{mark} selected", 1)
        return format_html("<select{}>{}</select>", flatatt(more), mark_safe(drawn))  # noqa: S308


@lru_cache(maxsize=64)
def _options(groups: Any) -> str:
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (title, format_html_join("", '<option value="{}">{}</option>', languages))
            for title, languages in groups
        ),
    )


def language_field(actor: Actor, label: Any, *, also: str = "", **how: Any) -> forms.ChoiceField:
    """One language, chosen by name; `also` is one that is held already and must stay, whatever it is."""
    found = forms.ChoiceField(label=label, required=False, widget=LanguageSelect, **how)
    groups = spoken.choices(spoken.own_languages(actor))
    listed = {code for _title, languages in groups for code, _name in languages}
    widget: Any = found.widget
    widget.groups, widget.also = groups, ()
    if also and also not in listed:
        listed.add(also)
        widget.also = ((also, spoken.name_of(also)),)
    found.choices = [(code, "") for code in listed]
    return found
