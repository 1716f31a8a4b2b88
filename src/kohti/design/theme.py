"""A service's own colour, made into every shade its pages need, with contrast computed and not hoped for.

Whoever takes a theme in (a blueprint, an administrator's page) asks `check(Theme.of(code, theme))` first: an empty
list means that everybody can read it; a `Fault` says the field, the reason and the nearest colour that would do.
`tokens` is then the service's style sheet, `version` what tells one from the next, `measured` its contrasts for a page.

Contrast: WCAG 2.2, "contrast ratio" and "relative luminance" (w3.org/TR/WCAG22/#dfn-contrast-ratio,
#dfn-relative-luminance). Text needs 4.5:1 (1.4.3), what one presses 3:1 (1.4.11). Shades are steps of
lightness in OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020; matrices as in CSS
Color 4), so that a hue stays itself while it becomes lighter or darker.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TEXT, CONTROL = 4.5, 3.0
LIGHT, DARK = "light", "dark"
OURS = "#15705c"
"""The colour of pages that belong to no service."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_WHITE, _BLACK = "#ffffff", "#000000"


@dataclass(frozen=True, slots=True)
class Theme:
    """What a service says about its looks.

    code    the service's, names its style sheet
    accent  the colour of buttons, links and the mark, as "#15705c"
    dark    the same for dark screens; made from `accent` when not given
    """

    code: str
    accent: str = OURS
    dark: str = ""

    @classmethod
    def of(cls, code: str, theme: Mapping[str, Any]) -> Theme:
        """The theme of a service from what a blueprint's [theme] holds: {"accent": {"light": …, "dark": …}}."""
        accent = theme.get("accent") or {}
        return cls(code, accent.get("light") or OURS, accent.get("dark") or "")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours that stand on each other somewhere: `about` says where, `given` whether the theme chose."""

    scheme: str
    about: str
    above: str
    below: str
    needed: float
    given: bool = False

    @property
    def ratio(self) -> float:
        """From 1 (nobody sees it) to 21."""
        return contrast(self.above, self.below)

    @property
    def holds(self) -> bool:
        """Whether it can be read."""
        return self.ratio >= self.needed


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a theme is refused. `where` is the field (accent, dark, code), `nearest` a colour that would do."""

    where: str
    message: str
    nearest: str = ""

    def __str__(self) -> str:
        return self.message


def check(theme: Theme) -> list[Fault]:
    """What is wrong with a theme, in words for whoever chose it; nothing when everybody can read it."""
    faults = []
    if not _CODE.match(theme.code):
        faults.append(Fault("code", _("a service's code is expected, such as “gent”")))
    for where, colour in (("accent", theme.accent), ("dark", theme.dark)):
        if not _COLOUR.match(colour) and (colour or where == "accent"):
            faults.append(
                Fault(
                    where, _("“%(text)s” is no colour; one like #15705c is expected") % {"text": colour[:40]}
                )
            )
    if faults:
        return faults
    for where, scheme, colour in (("accent", LIGHT, theme.accent), ("dark", DARK, theme.dark)):
        if not colour:
            continue
        taken = _taken(colour)
        if taken:
            nearest = _free(scheme, colour)
            words = {"colour": colour, "nearest": nearest}
            faults.append(Fault(where, _(taken) % words, nearest))
            continue
        worst = min(_given(scheme, colour), key=lambda pair: pair.ratio / pair.needed)
        if not worst.holds:
            nearest = _nearest(scheme, colour)
            faults.append(
                Fault(
                    where,
                    _(
                        "%(above)s cannot be read: %(about)s (%(below)s) it reaches %(ratio)s:1 and needs "
                        "%(needed)s:1; the nearest colour that would do is %(nearest)s"
                    )
                    % {
                        "above": worst.above,
                        "about": _(worst.about),
                        "below": worst.below,
                        "ratio": f"{math.floor(worst.ratio * 10) / 10:.1f}",
                        "needed": f"{worst.needed:g}",
                        "nearest": nearest,
                    },
                    nearest,
                )
            )
    return faults


def measured(theme: Theme) -> list[Pair]:
    """Every pair of colours of a theme that passes `check`, for a page that shows them."""
    return [pair for scheme in (LIGHT, DARK) for pair in _pairs(scheme, shades(theme, scheme))]


@lru_cache(maxsize=200)
def tokens(theme: Theme) -> str:
    """The service's style sheet. Raises ValueError for a theme that `check` refuses."""
    faults = check(theme)
    if faults:
        raise ValueError("; ".join(map(str, faults)))
    light, dark = (_lines(shades(theme, scheme)) for scheme in (LIGHT, DARK))
    here = f'[data-theme="{theme.code}"]'
    return (
        f"{here} {{\n{light}}}\n@media screen and (prefers-color-scheme: dark) {{\n{here} {{\n{dark}}}\n}}\n"
    )


def version(theme: Theme) -> str:
    """Changes whenever the style sheet does: it stands in its address, so that browsers may keep it."""
    return hashlib.sha256(tokens(theme).encode()).hexdigest()[:12]


# ---------------------------------------------------------------- shades


def _lines(shades: dict[str, str]) -> str:
    return "".join(f"  --ds-color-accent-{name}: {colour};\n" for name, colour in shades.items())


# What is the same for every service: the greys of kohti.css, as (background, card, tinted).
_GROUND = {LIGHT: ("#fcfaf6", "#fffefe", "#f2eee9"), DARK: ("#181613", "#22201d", "#2c2a26")}
# Lightness and how much of the accent's strength, from the page's ground to its text.
_STEPS = {
    LIGHT: {
        "background-default": (0.992, 0.04),
        "background-tinted": (0.972, 0.12),
        "surface-default": (1.0, 0.0),
        "surface-tinted": (0.95, 0.28),
        "surface-hover": (0.92, 0.4),
        "surface-active": (0.88, 0.5),
        "border-subtle": (0.83, 0.5),
        "border-default": (0.58, 1.0),
        "border-strong": (0.45, 1.0),
        "text-subtle": (0.43, 1.0),
        "text-default": (0.29, 0.7),
    },
    DARK: {
        "background-default": (0.2, 0.12),
        "background-tinted": (0.23, 0.2),
        "surface-default": (0.25, 0.22),
        "surface-tinted": (0.29, 0.35),
        "surface-hover": (0.33, 0.45),
        "surface-active": (0.38, 0.55),
        "border-subtle": (0.42, 0.5),
        "border-default": (0.64, 0.8),
        "border-strong": (0.78, 0.8),
        "text-subtle": (0.82, 0.8),
        "text-default": (0.94, 0.25),
    },
}
# A loud accent must not make loud grounds.
_LOUDEST = 0.12
_DARK_BASE = (0.78, 0.9)


def shades(theme: Theme, scheme: str) -> dict[str, str]:
    """Every shade of one scheme, by the name Designsystemet gives it."""
    chosen = (scheme == DARK and theme.dark) or theme.accent
    _lightness, chroma, hue = _oklch(chosen)
    base = chosen.lower() if scheme == LIGHT or theme.dark else _dark_of(theme.accent)
    shades = _around(scheme, min(chroma, _LOUDEST), hue)
    text = _text_on(base)
    return shades | {
        "base-default": base,
        "base-hover": _pressed(scheme, shades, base, text, 0.06),
        "base-active": _pressed(scheme, shades, base, text, 0.12),
        "base-contrast-subtle": text,
        "base-contrast-default": text,
    }


def _around(scheme: str, chroma: float, hue: float) -> dict[str, str]:
    """The shades that follow from hue and strength alone, each moved on until it holds."""
    shades = {
        name: _hex(lightness, chroma * share, hue) for name, (lightness, share) in _STEPS[scheme].items()
    }
    grounds = (*_GROUND[scheme], shades["surface-tinted"], shades["surface-hover"])
    towards = 0.0 if scheme == LIGHT else 1.0
    for name, needed in (("border-default", CONTROL), ("border-strong", TEXT), ("text-subtle", TEXT)):
        shades[name] = _until(shades[name], towards, partial(_stands_on, grounds, needed))
    return shades


def _stands_on(grounds: Sequence[str], needed: float, colour: str) -> bool:
    return all(contrast(colour, ground) >= needed for ground in grounds)


def _dark_of(accent: str) -> str:
    """The accent on a dark screen: as light as the others', in its own hue."""
    _lightness, chroma, hue = _oklch(accent)
    return _hex(_DARK_BASE[0], min(chroma, _LOUDEST) * _DARK_BASE[1], hue)


def _text_on(colour: str) -> str:
    """White where it can be read, else black: one of them always can."""
    return _WHITE if contrast(_WHITE, colour) >= TEXT else _BLACK


def _pressed(scheme: str, shades: dict[str, str], base: str, text: str, step: float) -> str:
    """The accent under the hand: a step away from its text, as far as it still holds."""
    lightness, chroma, hue = _oklch(base)
    away = -step if text == _WHITE and lightness > 0.3 else step
    for part in (1.0, 0.66, 0.33):
        there = _hex(min(1.0, max(0.0, lightness + away * part)), chroma, hue)
        if all(pair.holds for pair in _of_base(scheme, shades, there, text)):
            return there
    return base


def _of_base(scheme: str, shades: dict[str, str], base: str, text: str) -> Iterator[Pair]:
    """Where the accent itself stands."""
    page, card, _tinted = _GROUND[scheme]
    yield Pair(scheme, gettext_noop("under the text of a button"), base, text, TEXT, given=True)
    yield Pair(scheme, gettext_noop("as a button on the page"), base, page, CONTROL, given=True)
    yield Pair(scheme, gettext_noop("as a button on a card"), base, card, CONTROL, given=True)
    yield Pair(
        scheme,
        gettext_noop("as the edge of what is chosen"),
        base,
        shades["surface-tinted"],
        CONTROL,
        given=True,
    )


def _pairs(scheme: str, shades: dict[str, str]) -> Iterator[Pair]:
    page, card, tinted = _GROUND[scheme]
    text = shades["base-contrast-default"]
    yield from _of_base(scheme, shades, shades["base-default"], text)
    yield Pair(scheme, gettext_noop("the text of a button under the hand"), text, shades["base-hover"], TEXT)
    yield Pair(scheme, gettext_noop("the text of a pressed button"), text, shades["base-active"], TEXT)
    for ground in (page, card, tinted, shades["surface-tinted"], shades["surface-hover"]):
        yield Pair(scheme, gettext_noop("a link"), shades["text-subtle"], ground, TEXT)
        yield Pair(scheme, gettext_noop("the edge of a field"), shades["border-default"], ground, CONTROL)
    for name in ("surface-tinted", "surface-hover", "surface-active", "background-tinted"):
        yield Pair(
            scheme, gettext_noop("text on the soft ground"), shades["text-default"], shades[name], TEXT
        )


def _given(scheme: str, colour: str) -> list[Pair]:
    """The pairs of a colour as it was chosen."""
    _lightness, chroma, hue = _oklch(colour)
    shades = _around(scheme, min(chroma, _LOUDEST), hue)
    return list(_of_base(scheme, shades, colour.lower(), _text_on(colour)))


def _nearest(scheme: str, colour: str) -> str:
    """The same hue, as little darker (on dark screens lighter) as it takes."""
    return _until(
        colour,
        0.0 if scheme == LIGHT else 1.0,
        lambda one: all(pair.holds for pair in _given(scheme, one)),
    )


# Hues that mean something everywhere: those around the red of danger and the amber of waiting too long
# (kohti.css, designsystemet-theme.css). Weaker ones are browns and greys, which nobody takes for them.
_TAKEN = (
    (
        3.0,
        53.0,
        gettext_noop(
            "%(colour)s is a red, and red says danger here and nothing else; the nearest colour that would do is"
            " %(nearest)s"
        ),
    ),
    (
        53.0,
        92.0,
        gettext_noop(
            "%(colour)s is an amber, and amber says waiting too long here and nothing else; the nearest colour that"
            " would do is %(nearest)s"
        ),
    ),
)
_STRONG = 0.1


def _taken(colour: str) -> str:
    """Why a service cannot have this colour, when it would be taken for red or amber."""
    _lightness, chroma, hue = _oklch(colour)
    return next((why for first, last, why in _TAKEN if chroma >= _STRONG and first <= hue <= last), "")


def _free(scheme: str, colour: str) -> str:
    """The colour turned to the nearer side until nobody takes it for red or amber and everybody can read it."""
    lightness, chroma, hue = _oklch(colour)
    first, last = _TAKEN[0][0], _TAKEN[-1][1]
    edge, step = (first, -2) if hue - first < last - hue else (last, 2)
    turned = (_nearest(scheme, _hex(lightness, chroma, (edge + step * n) % 360)) for n in range(1, 60))
    return next(one for one in turned if not _taken(one))


def _until(colour: str, towards: float, does: Callable[[str], bool]) -> str:
    """The colour itself when it does, else the first on its way to black (0) or white (1) that does."""
    if does(colour):
        return colour
    lightness, chroma, hue = _oklch(colour)
    steps = 200
    for step in range(1, steps + 1):
        there = _hex(lightness + (towards - lightness) * step / steps, chroma, hue)
        if does(there):
            return there
    return _BLACK if towards == 0 else _WHITE


# ---------------------------------------------------------------- colours


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours: WCAG 2.2, (L1 + 0.05) / (L2 + 0.05), the lighter above."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=4096)
def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, float, float]:
    """The three channels without sRGB's curve."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def _oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, hue in degrees."""
    red, green, blue = _linear(colour)
    long, medium, short = (
        math.cbrt(value)
        for value in (
            0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
            0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
            0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
        )
    )
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _rgb(lightness: float, chroma: float, hue: float) -> Sequence[float]:
    """The three channels without sRGB's curve; outside 0 to 1 for a colour that no screen shows."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour, as strong as a screen can show it at this lightness."""
    weak, strong = 0.0, chroma
    if not _shown(_rgb(lightness, chroma, hue)):
        for _step in range(12):
            middle = (weak + strong) / 2
            if _shown(_rgb(lightness, middle, hue)):
                weak = middle
            else:
                strong = middle
        strong = weak
    channels = (min(1.0, max(0.0, one)) for one in _rgb(lightness, strong, hue))
    curved = (c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in channels)
    return "#" + "".join(f"{round(one * 255):02x}" for one in curved)


def _shown(channels: Sequence[float]) -> bool:
    return all(-0.0005 <= one <= 1.0005 for one in channels)
