"""The six colours of people keep apart for everybody, and show against the card in both looks."""

import itertools
import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static/css/figures.css"
# The cards the charts stand on.
SURFACES = {"light": (1.0, 1.0, 1.0), "dark": (0x26 / 255, 0x26 / 255, 0x26 / 255)}
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHTS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip


def linear(color: tuple) -> tuple:
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in color)


def seen(color: tuple, sight: str) -> tuple:
    """The colour in OKLab, as somebody with that sight sees it."""
    light = linear(color)
    r, g, b = (max(0.0, sum(w * v for w, v in zip(row, light, strict=True))) for row in SIGHTS[sight])
    l_, m, s = (
        math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
        math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
        math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
    )
    return (
        0.2104542553 * l_ + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l_ - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l_ + 0.7827717662 * m - 0.8086757660 * s,
    )


def luminance(color: tuple) -> float:
    r, g, b = linear(color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: tuple, other: tuple) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palette(theme: str) -> list[tuple]:
    found = re.findall(r"--series-\d: #([0-9a-f]{6})", CSS.read_text())
    chosen = found[:6] if theme == "light" else found[6:]
    return [tuple(int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)) for code in chosen]


@pytest.mark.parametrize("theme", SURFACES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_no_two_colours_look_alike(theme, sight):
    colors = [seen(color, sight) for color in palette(theme)]
    assert len(colors) == 6
    assert min(math.dist(a, b) for a, b in itertools.combinations(colors, 2)) > 0.12


@pytest.mark.parametrize("theme", SURFACES)
def test_every_colour_stands_out_from_the_card(theme):
    for color in palette(theme):
        assert contrast(color, SURFACES[theme]) >= 3
