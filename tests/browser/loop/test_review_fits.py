"""The review's pages are no wider than what they are read on, whatever a client is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from collector.people import NewTherapist
from tests.browser.loop.test_accessibility import a_submission_with_an_alert

if TYPE_CHECKING:
    from tests.browser.loop.conftest import Clinic

pytestmark = pytest.mark.browser

LONG = "Made-up " + "Wilhelmina-Alexandra von und zu Hohenstein-Weissenfels " * 2
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll(".hw-scroll, .hw-sheet, table")]
  .filter((element) => element.scrollWidth > Math.min(element.clientWidth, innerWidth))
  .map((element) => element.className || element.localName)"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_of_a_client_is_cut_off(
    clinic: Clinic, signed_in: Callable[[NewTherapist], Page], phone: Page, width: int
) -> None:
    client, submission = a_submission_with_an_alert(clinic, phone, f"{LONG}{width}")
    page = signed_in(clinic.alice)
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("", f"client/{client}", f"submission/{submission}"):
        page.goto(f"{clinic.review}/c/{clinic.alice.caseload}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        assert page.evaluate(TOO_WIDE) == [], path
