"""A service's own colours: everybody can read them, or they are refused with a colour that would do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.design.conftest import DESIGN

from kohti.config import services
from kohti.design import theme
from kohti.design.theme import Theme
from kohti.kernel import blueprint

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0), ("#abcdef", "#abcdef", 1.0)],
)  # fmt: skip
def test_contrast_is_as_wcag_counts_it(one: str, other: str, ratio: float) -> None:
    """Figures as the common checkers give them."""
    assert theme.contrast(one, other) == theme.contrast(other, one) == pytest.approx(ratio, abs=0.01)


@given(COLOURS, COLOURS | st.just(""))
def test_whatever_passes_can_be_read_everywhere_and_whatever_fails_is_told_what_would_do(
    accent: str, dark: str
) -> None:
    chosen = Theme("gent", accent, dark)
    for fault in theme.check(chosen):
        assert fault.nearest in fault.message
        mended = {"accent": chosen.accent, "dark": chosen.dark} | {fault.where: fault.nearest}
        chosen = Theme("gent", **mended)
    assert theme.check(chosen) == []
    assert [pair for pair in theme.measured(chosen) if not pair.holds] == []


def test_a_yellow_that_nobody_could_read_is_refused_with_pair_ratio_and_a_darker_yellow() -> None:
    (fault,) = theme.check(Theme("gent", "#ffee00"))
    assert fault.where == "accent"
    assert re.search(r"#ffee00 .*\(#[0-9a-f]{6}\).* 1\.\d:1 and needs 3:1; .* #[0-9a-f]{6}$", fault.message)
    assert theme.contrast(fault.nearest, "#ffffff") == pytest.approx(3, abs=0.6)
    with pytest.raises(ValueError, match="#ffee00"):
        theme.tokens(Theme("gent", "#ffee00"))


def test_a_dark_colour_of_its_own_is_measured_on_dark_screens() -> None:
    (fault,) = theme.check(Theme("gent", "#0b3d91", "#0b3d91"))
    assert fault.where == "dark"
    assert theme.contrast(fault.nearest, "#181613") >= 3
    assert theme.check(Theme("gent", "#0b3d91", "#8fb4ff")) == []


@pytest.mark.parametrize("text", ["", "blue", "#fff", "#12345g", "#15705c; }", "#15705c\n"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    (fault,) = theme.check(Theme("gent", text))
    assert "#15705c is expected" in fault.message


def test_what_could_break_out_of_a_style_sheet_is_no_code() -> None:
    (fault,) = theme.check(Theme('x"]{}', "#15705c"))
    assert fault.where == "code"


def test_a_theme_is_read_from_a_blueprint_s_part() -> None:
    assert Theme.of("gent", {"accent": {"light": "#123456", "dark": None}, "host": "Gent"}) == Theme(
        "gent", "#123456"
    )
    assert Theme.of("gent", {}) == Theme("gent")


def test_the_style_sheet_holds_its_own_service_s_shades_and_changes_its_address_with_them() -> None:
    text = theme.tokens(Theme("gent", "#0b3d91"))
    assert text.count('[data-theme="gent"]') == 2
    assert "--ds-color-accent-base-default: #0b3d91;" in text
    assert "screen and (prefers-color-scheme: dark)" in text
    assert re.sub(r"--ds-color-accent-[a-z-]+: #[0-9a-f]{6};", "", text).count("#") == 0
    assert theme.version(Theme("gent", "#0b3d91")) != theme.version(Theme("gent", "#0b3d92"))


def test_the_greys_that_are_measured_are_those_of_the_pages() -> None:
    css = (DESIGN / "static/design/kohti.css").read_text()
    for name, at in (("background-default", 0), ("surface-default", 1), ("surface-tinted", 2)):
        found = re.findall(rf"--ds-color-neutral-{name}: oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", css)
        greys = [theme._hex(*map(float, one)) for one in found]
        assert greys == [theme._GROUND[scheme][at] for scheme in (theme.LIGHT, theme.DARK)], name


def test_a_blueprint_whose_colours_nobody_could_read_is_refused_with_its_line() -> None:
    text = services.shipped("gloucestershire").replace("#15705c", "#ffee00")
    with pytest.raises(blueprint.BadBlueprint) as refused:
        blueprint.read(text, name="gent.toml")
    (fault,) = refused.value.faults
    assert text.splitlines()[fault.line - 1].startswith("accent =")
    assert "needs 3:1" in fault.message
