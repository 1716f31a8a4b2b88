import hashlib
import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.utils.datastructures import MultiValueDict
from jinja2 import Environment, UndefinedError
from playwright.sync_api import Browser, ConsoleMessage, ViewportSize
from tests.design.conftest import DESIGN, Site

from kohti import design

NASTY = "<script>alert('x')</script> & \"Ωmega\" ليلى"


class WalkIn(forms.Form):
    name = forms.CharField(required=False, help_text="Only if they wish.")
    born = forms.DateField(label="Date of birth")
    reason = forms.ChoiceField(choices=[("coach", NASTY), ("else", "Else")], widget=forms.RadioSelect)
    given = forms.MultipleChoiceField(
        choices=[("tea", "Tea"), ("bus", "Bus")], widget=forms.CheckboxSelectMultiple, required=False
    )
    stream = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    note = forms.CharField(widget=forms.Textarea, required=False)
    agreed = forms.BooleanField()
    secret = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    diary = forms.FileField(required=False)
    key = forms.CharField(widget=forms.HiddenInput, initial="k1")

    def clean(self) -> None:
        raise forms.ValidationError("The centre is closed.")


class Strict(HTMLParser):
    """Collects what the content policy would refuse, all ids, and what labels and descriptions point to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.ids: list[str] = []
        self.wanted: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or name == "style" or (value or "").lower().startswith("javascript:"):
                self.refused.append(f"<{tag} {name}={value}>")
            if name == "id":
                self.ids.append(value or "")
            if name in ("for", "aria-describedby", "aria-labelledby"):
                self.wanted.update((value or "").split())
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.refused.append(f"<{tag}>")


def check(html: str) -> None:
    seen = Strict(html)
    assert seen.refused == []
    assert len(seen.ids) == len(set(seen.ids)), sorted(seen.ids)
    assert seen.wanted <= set(seen.ids), seen.wanted - set(seen.ids)


def part(templates: Environment, macro_name: str, /, *args: Any, **kwargs: Any) -> str:
    macro = getattr(templates.get_template("design/parts.html").module, macro_name)
    html = str(macro(*args, **kwargs))
    check(html)
    assert "<script>" not in html
    return html


def bound() -> WalkIn:
    return WalkIn({"born": "yesterday", "name": NASTY, "given": ["tea"], "key": "k1"}, MultiValueDict())


def test_the_room_says_what_it_is() -> None:
    assert design.__doc__


# ------------------------------------------------------------------ parts


@pytest.mark.parametrize("variant", ["primary", "secondary", "tertiary", "danger"])
def test_a_button_says_its_text_and_carries_further_attributes(templates: Environment, variant: str) -> None:
    html = part(
        templates,
        "button",
        NASTY,
        variant=variant,
        name="go",
        value=NASTY,
        icon_name="call",
        big=True,
        data_key="n",
    )
    assert "&lt;script&gt;" in html
    assert 'data-key="n"' in html
    assert 'href="/static/design/icons.svg#call"' in html


def test_a_link_button_and_a_button_that_is_its_own_form(templates: Environment) -> None:
    assert 'href="/plan/"' in part(
        templates, "link_button", "Open", "/plan/", variant="secondary", hx_boost="true"
    )
    html = part(templates, "post_button", "Undo", "/undo/", "token", fields={"visit": NASTY})
    assert 'name="csrfmiddlewaretoken" value="token"' in html
    assert 'name="visit" value="&lt;script&gt;' in html


@pytest.mark.parametrize("kind", ["text", "search", "email", "password", "textarea", "select", "file"])
@pytest.mark.parametrize("error", [None, NASTY])
def test_a_field_wires_label_help_and_error_to_its_control(
    templates: Environment, kind: str, error: str | None
) -> None:
    html = part(
        templates, "field", "born", "Date of birth", type=kind, value="v", help="For example", error=error,
        options=[("v", "V"), ("w", "W")], required=False, autocomplete="off",
    )  # fmt: skip
    described = "id_born-help id_born-error" if error else "id_born-help"
    assert f'aria-describedby="{described}"' in html
    assert ('aria-invalid="true"' in html) is bool(error)
    assert "(if you wish)" in html


def test_a_django_form_is_drawn_with_every_kind_of_control(templates: Environment) -> None:
    form = bound()
    html = part(templates, "form_fields", form)
    assert 'aria-describedby="id_born-error"' in html
    assert 'aria-describedby="id_name-help"' in html
    assert html.count('type="radio"') == 2
    assert re.search(r'type="checkbox" name="given" value="tea"[^>]* checked', html)
    assert '<input type="hidden" name="key" value="k1" id="id_key">' in html
    assert 'type="password"' in html
    assert html.count("ds-input") == 5
    assert "data-wrong" not in part(templates, "form_fields", WalkIn())


def test_the_error_summary_lists_faults_in_the_order_of_the_fields_with_a_way_to_each(
    templates: Environment,
) -> None:
    html = part(templates, "error_summary", bound())
    found = re.findall(r'<li>(?:<a href="#(\w+)">)?([^<:]+)', html)
    assert [target for target, _ in found] == [
        "", "id_born", "id_reason_0", "id_stream", "id_agreed", "id_secret",
    ]  # fmt: skip
    assert "The centre is closed." in found[0][1]
    fields = part(templates, "form_fields", bound())
    assert all(f'id="{target}"' in fields for target, _ in found if target)
    assert part(templates, "error_summary", WalkIn()) == ""


@pytest.mark.parametrize("kind", ["radio", "checkbox"])
def test_choices_mark_what_was_chosen(templates: Environment, kind: str) -> None:
    chosen = "b" if kind == "radio" else ["b"]
    html = part(
        templates, "choices", "reason", "Why?", [("a", "A"), ("b", NASTY, "hint")], value=chosen, type=kind,
        help="One", error="Choose.",
    )  # fmt: skip
    assert re.findall(r'value="(\w)" checked', html) == ["b"]
    assert "checked" not in part(templates, "choices", "reason", "Why?", [("a", "A")])


@pytest.mark.parametrize("tone", ["neutral", "accent", "success", "outline", "late", "danger"])
def test_a_tag_always_has_words_and_the_two_alarming_ones_a_sign(templates: Environment, tone: str) -> None:
    html = part(templates, "tag", NASTY, tone)
    assert "&lt;script&gt;" in html
    assert ("<svg" in html) is (tone in ("late", "danger"))


@pytest.mark.parametrize("kind", ["success", "info", "warning", "danger"])
def test_a_notice_can_be_undone_with_one_press(templates: Environment, kind: str) -> None:
    undo = SimpleNamespace(action="/undo/", label="Undo", fields={"visit": "1"})
    html = part(templates, "notice", kind, NASTY, undo=undo, csrf_token="token", say_for=5)
    assert '<form method="post" action="/undo/">' in html
    assert 'data-say-for="5"' in html
    assert "<form" not in part(templates, "notice", kind, "Done")


def test_the_smaller_parts_escape_what_they_show_and_let_it_choose_its_direction(
    templates: Environment,
) -> None:
    shown = [
        part(templates, "page_title", NASTY, lead=NASTY),
        part(templates, "facts", [("Name", NASTY), ("Left out", None), ("Also", "")]),
        part(
            templates,
            "identity_bar",
            NASTY,
            called=NASTY,
            href="/p/",
            age="39",
            languages="fi",
            interpreter="no",
            safe_contact=NASTY,
            helps=[NASTY],
            warning=NASTY,
            owner=NASTY,
            stage="Start",
            held_until="1 May",
        ),
    ]
    for html in shown:
        assert "&lt;script&gt;" in html
        assert 'dir="auto"' in html
    assert "Left out" not in shown[1]
    assert "<dl" in part(templates, "identity_bar", "Ellie")


def test_a_number_says_in_words_what_its_colour_says(templates: Environment) -> None:
    html = part(
        templates, "stat", 31, "longest wait", tone="late", note="too long", href="/queue/", id="longest"
    )
    assert html.startswith('<a class="k-stat"')
    assert "too long" in html
    assert part(templates, "stat", 3, "waiting").startswith("<div")


def test_an_empty_state_offers_a_way_on(templates: Environment) -> None:
    action = {"href": "/walk-in/", "text": "Walk-in"}
    assert 'href="/walk-in/"' in part(
        templates, "empty_state", "Nobody", NASTY, action=action, icon_name="success"
    )
    assert "k-row" not in part(templates, "empty_state", "Nobody")


def test_a_table_gives_its_body_to_the_caller(templates: Environment) -> None:
    page = templates.from_string(
        '{% from "design/parts.html" import table %}'
        '{% call table(["Time", ("Wait", "n"), ""], caption="Arrivals", id="rows", '
        "lead=True, dense=True, sticky=True) %}"
        '<tr id="v1"><td>09:30</td></tr>{% endcall %}'
    )
    html = page.render()
    check(html)
    assert '<tbody id="rows"><tr id="v1">' in html
    assert '<th scope="col" data-n>Wait</th><td></td>' in html


def test_languages_are_offered_by_their_own_names(templates: Environment) -> None:
    html = part(
        templates,
        "language_buttons",
        [("en", "English"), ("fi", "suomi")],
        "fi",
        "/language/",
        "token",
        "/x/",
    )
    assert 'value="fi" lang="fi" aria-current="true">suomi' in html
    assert 'name="next" value="/x/"' in html


def test_every_icon_that_is_asked_for_is_in_the_set(templates: Environment) -> None:
    sprite = (DESIGN / "static/design/icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    asked = set()
    for template in (DESIGN / "templates").rglob("*.html"):
        asked |= set(re.findall(r'icon(?:_name=|\()"([a-z-]+)"', template.read_text()))
    assert asked <= there


# ------------------------------------------------------------------ pages


def test_the_layout_holds_with_everything_and_with_nobody_signed_in(
    templates: Environment, context: dict[str, Any]
) -> None:
    check(templates.get_template("design/layout.html").render(**context))
    context.update(
        actor=None, menu=[], sample=False, clock_text="", notices=[], languages=[("en", "English")]
    )
    html = templates.get_template("design/layout.html").render(**context)
    check(html)
    assert "Sample data" not in html
    assert "Sign out" not in html


def test_no_name_reaches_the_title_and_none_is_let_through_raw(
    templates: Environment, context: dict[str, Any]
) -> None:
    context["actor"].full_name = NASTY
    context["notices"] = [SimpleNamespace(kind="info", text=NASTY, undo=None)]
    html = templates.get_template("design/layout.html").render(**context)
    check(html)
    assert NASTY not in html
    assert "&lt;script&gt;" in html
    title = re.search(r"<title>(.*?)</title>", html)
    assert title is not None
    assert title[1] == "Page · Gloucestershire jobcentres"


def test_the_right_to_left_languages_turn_the_page(templates: Environment, context: dict[str, Any]) -> None:
    context["language"] = "ar"
    assert '<html lang="ar" dir="rtl"' in templates.get_template("design/layout.html").render(**context)


def test_a_forgotten_value_is_an_error_and_not_an_empty_place(
    templates: Environment, context: dict[str, Any]
) -> None:
    del context["look"]
    with pytest.raises(UndefinedError):
        templates.get_template("design/layout.html").render(**context)


@pytest.mark.parametrize(
    "name",
    [
        "400.html",
        "403.html",
        "403_csrf.html",
        "404.html",
        "413.html",
        "422.html",
        "429.html",
        "500.html",
        "503.html",
    ],
)
def test_an_error_is_told_without_anything_being_known(templates: Environment, name: str) -> None:
    html = templates.get_template(name).render()
    check(html)
    assert html.count("<h1>") == 1
    assert html.count("<p>") >= 3


# ------------------------------------------------------------------ what others made


def test_what_we_carry_is_what_its_makers_published() -> None:
    static = DESIGN / "static/design"
    rows = re.findall(
        r"^\| (\S+) \| \S+ \| [\d.]+ \| [^|]+ \| (\S+) \| ([0-9a-f]{64}) \|$",
        (static / "VENDORED.md").read_text(),
        re.M,
    )
    assert len(rows) == 7
    for file, licence, digest in rows:
        assert hashlib.sha256((static / file).read_bytes()).hexdigest() == digest, file
        assert (static / licence).read_text().strip()


# ------------------------------------------------------------------ looked at

WAYS: dict[str, dict[str, Any]] = {
    "wide": {},
    "narrow": {"viewport": ViewportSize(width=320, height=800)},
    "dark": {"color_scheme": "dark"},
    "dark and narrow": {"color_scheme": "dark", "viewport": ViewportSize(width=320, height=800)},
    "forced colours": {"forced_colors": "active"},
}


@pytest.mark.browser
@pytest.mark.parametrize(
    "way",
    [
        one if one in ("wide", "dark and narrow") else pytest.param(one, marks=pytest.mark.long)
        for one in WAYS
    ],
)
def test_the_gallery_of_all_parts_reads_well(
    templates: Environment, context: dict[str, Any], site: Site, chromium: Browser, way: str
) -> None:
    site.pages["/gallery/"] = templates.get_template("design/gallery.html").render(**context)
    assert faults_seen(site, chromium, ["/gallery/"], WAYS[way]) == []


@pytest.mark.browser
def test_the_pages_for_errors_read_well_on_a_phone(
    templates: Environment, context: dict[str, Any], site: Site, chromium: Browser
) -> None:
    for name in ("404.html", "500.html", "design/offline.html"):
        site.pages[f"/{name}"] = templates.get_template(name).render(**context)
    assert faults_seen(site, chromium, list(site.pages), WAYS["narrow"]) == []


def faults_seen(site: Site, chromium: Browser, addresses: list[str], way: dict[str, Any]) -> list[str]:
    """What the browser, the content policy, the width of the screen and axe complain about."""
    faults: list[str] = []
    here = ""

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.append(f"{here}: {message.text}")

    viewport: dict[str, Any] = {"viewport": ViewportSize(width=1280, height=900)} | way
    strict = chromium.new_context(**viewport)
    strict.on("console", complain)
    strict.on("weberror", lambda error: faults.append(f"{here}: {error.error}"))
    # axe works by evaluating text in the page, which our own policy rightly refuses.
    measured = chromium.new_context(**viewport, bypass_csp=True)
    for here in addresses:
        page = strict.new_page()
        page.goto(site.address + here)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > page.evaluate("innerWidth"):
            faults.append(f"{here}: scrolls sideways, {width} px")
        page.close()
        page = measured.new_page()
        page.goto(site.address + here)
        faults += [
            f"{here}: {violation['id']}: {[node['html'][:120] for node in violation['nodes']]}"
            for violation in Axe().run(page).response["violations"]
        ]
        page.close()
    strict.close()
    measured.close()
    return faults
