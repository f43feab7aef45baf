"""Measures look as they should in a real browser, on every width at which their choices stand side by side."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext

if TYPE_CHECKING:
    from tests.browser.loop.conftest import Clinic

pytestmark = pytest.mark.browser

# The words over the choices that stand on more than one line.
BROKEN = """() => {
  const broken = []
  for (const head of document.querySelectorAll(".hw-matrix__head > :not(:empty)")) {
    const text = head.firstChild
    for (const word of text.data.matchAll(/\\S+/g)) {
      const range = document.createRange()
      range.setStart(text, word.index)
      range.setEnd(text, word.index + word[0].length)
      if (range.getClientRects().length !== 1) broken.push(word[0])
    }
  }
  return broken
}"""


@pytest.mark.parametrize("width", [768, 800, 1280])
def test_no_word_over_the_choices_is_broken(
    clinic: Clinic, contexts: Callable[..., BrowserContext], width: int
) -> None:
    page = contexts(viewport={"width": width, "height": 900}).new_page()
    pages = json.loads((clinic.settings.site / "forms.json").read_text("utf-8"))["pages"]
    measures = [entry["url"] for entry in pages if entry["url"].startswith("measures/")]
    broken = {}
    for url in measures:
        page.goto(f"{clinic.site}/{url}")
        broken[url] = page.evaluate(BROKEN)
    assert len(measures) >= 9
    assert {url: words for url, words in broken.items() if words} == {}
