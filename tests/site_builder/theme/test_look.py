"""The look, as far as a machine can check it: contrast in light and dark, no other hosts, licensed fonts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
HOMEWARD = ROOT / "site_builder" / "theme" / "assets" / "homeward"
TOKENS = (HOMEWARD / "tokens.css").read_text("utf-8")
TEXT, LARGE_OR_LINE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def rule(selector: str) -> str:
    """Return the body of the first rule whose selector ends so."""
    match = re.search(rf"{re.escape(selector)} \{{(?P<body>[^}}]*)\}}", TOKENS)
    assert match, selector
    return match["body"]


PAIRS = re.findall(r"--hw-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS)
LIGHT = {name: light for name, light, _ in PAIRS}
DARK = {name: dark for name, _, dark in PAIRS}


def luminance(colour: str) -> float:
    """Return the relative luminance as defined by WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        *(
            (text, ground, TEXT)
            for text in ("ink", "muted", "primary", "help")
            for ground in ("paper", "surface", "tint")
        ),
        *(("help", "help-tint", TEXT), ("ink", "help-tint", TEXT)),
        *(("on-primary", "primary", TEXT), ("on-primary", "primary-deep", TEXT), ("on-block", "block", TEXT)),
        *((mark, ground, LARGE_OR_LINE) for mark in ("line", "focus") for ground in ("paper", "surface")),
    ],
)
def test_colours_have_enough_contrast(colours: dict[str, str], front: str, ground: str, least: float) -> None:
    assert contrast(colours[front], colours[ground]) >= least


@pytest.mark.parametrize(
    ("selector", "scheme"),
    [
        ('.no-js [data-md-color-scheme="default"]', "light dark"),  # without script dark is the same dark
        ('\n\n[data-md-color-scheme="default"]', "light"),
        ('[data-md-color-scheme="slate"]', "dark"),
        (":root [data-md-color-scheme]", "light"),  # on paper
        (":root body[data-md-color-scheme]", "light"),  # in a browser that cannot choose
    ],
)
def test_the_scheme_chooses_between_light_and_dark(selector: str, scheme: str) -> None:
    assert rule(selector).strip() == f"color-scheme: {scheme};"


def test_a_browser_that_cannot_choose_gets_the_same_light() -> None:
    fallback = rule("@supports not (color: light-dark(#000000, #ffffff)) {\n  :root")
    assert dict(re.findall(r"--hw-([\w-]+): (#[0-9a-f]{6});", fallback)) == LIGHT


def test_every_sheet_is_on_every_page_and_paper_has_the_last_word() -> None:
    sheets = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text("utf-8"))["extra_css"]
    assert sorted(sheets) == sorted(f"assets/homeward/{sheet.name}" for sheet in HOMEWARD.glob("*.css"))
    assert (sheets[0], sheets[-1]) == ("assets/homeward/tokens.css", "assets/homeward/print.css")


@pytest.mark.parametrize("sheet", sorted(HOMEWARD.glob("*.css")), ids=lambda path: path.name)
def test_style_loads_nothing_from_other_hosts(sheet: Path) -> None:
    css = sheet.read_text("utf-8")
    assert "//" not in re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for address in re.findall(r'url\("?([^")]+)"?\)', css):
        assert (HOMEWARD / address).is_file(), address


def test_each_font_comes_with_its_licence() -> None:
    fonts = HOMEWARD / "fonts"
    for font in fonts.glob("*.woff2"):
        family = font.name.partition("-latin")[0]
        assert "SIL OPEN FONT LICENSE" in (fonts / f"{family}-LICENSE.txt").read_text("utf-8")
