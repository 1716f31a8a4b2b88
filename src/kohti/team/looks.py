"""The page where an administrator chooses the service's colours and logo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kohti.design import theme as looks
from kohti.design.logo import BadLogo
from kohti.design.theme import Theme
from kohti.kernel import pages
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs

from . import logos
from .models import Service


class ColoursForm(forms.Form):
    """An accent colour, and another one for dark screens where it is not to be made from it."""

    accent = forms.CharField(
        label=_("Accent colour"),
        max_length=7,
        help_text=_(
            "Of buttons, links and the mark, written like #15705c. Red and amber are taken: they say danger and"
            " waiting too long."
        ),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )
    dark = forms.CharField(
        label=_("Accent colour on dark screens"),
        max_length=7,
        required=False,
        help_text=_("Leave it empty, and it is made from the other one."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )

    def take(self, faults: list[looks.Fault]) -> None:
        """Say at each field what is wrong with its colour."""
        for fault in faults:
            self.add_error(fault.where if fault.where in self.fields else None, fault.message)


@needs("service.wear", methods=("GET", "POST"))
def page(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What the service wears; colours to try before they are worn; a logo to give or take off."""
    what = request.POST.get("what", "")
    if what in ("try", "colours"):
        form = ColoursForm(request.POST)
        if form.is_valid():
            accent, dark = form.cleaned_data["accent"], form.cleaned_data["dark"]
            if what == "try":
                form.take(looks.check(Theme(actor.facts["service_code"], accent, dark)))
            else:
                form.take(logos.wear_colours(actor, accent, dark))
        if form.errors:
            return _page(request, actor, form=form, status=422)
        return _page(request, actor, form=form, tried=True) if what == "try" else _worn()
    if what == "logo":
        given: Any = request.FILES.get("logo")
        try:
            logos.wear_logo(actor, given.read() if given is not None else b"")
        except BadLogo as bad:
            return _page(request, actor, wrong=str(bad), status=422)
        return _worn()
    if what == "no-logo":
        logos.take_logo_off(actor)
        return _worn()
    if what in ("accent", "picture"):
        logos.wear_the_blueprints(actor, what)
        return _worn()
    return _page(request, actor)


def _worn() -> HttpResponseBase:
    return redirect(f"{reverse('service_look')}?done")


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    form: ColoursForm | None = None,
    wrong: str = "",
    tried: bool = False,
    status: int = 200,
) -> HttpResponseBase:
    code, said = actor.facts["service_code"], actor.facts["theme"]
    worn = Theme.of(code, said)
    shown = worn
    if tried and form is not None:
        shown = Theme(code, form.cleaned_data["accent"], form.cleaned_data["dark"])
    if looks.check(shown):
        shown = Theme(code)
    if "done" in request.GET:
        text = _("Kept. Everybody sees it with the next page they open.")
        pages.say(request, str(text))
    colours = "-".join(one.removeprefix("#").lower() for one in (shown.accent, shown.dark) if one)
    return render(
        request,
        "team/look.html",
        {
            "form": form or ColoursForm(initial={"accent": worn.accent, "dark": worn.dark}),
            "sheet": reverse("look_both", args=[code, colours]),
            "tried": tried,
            "shown": shown,
            "schemes": list(PAIRS.items()),
            "wrong": wrong,
            "chosen": Service.objects.values_list("chosen", flat=True).get(id=actor.service),
        },
        status=status,
    )


PAIRS = {looks.LIGHT: _("On light screens"), looks.DARK: _("On dark screens")}
