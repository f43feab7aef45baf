"""axe finds no violations on the site, on the collector's pages, or in the review."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from collector.people import NewTherapist

if TYPE_CHECKING:
    from tests.browser.loop.conftest import Clinic

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
CASELOAD_PAGES = (
    "",
    "client/{client}",
    "submission/{submission}",
    "caseload",
    "caseload/submissions",
    "caseload/scores?_facet=form",
    "caseload/written?_search=bus",
    "caseload/phq9/{submission}",
    "caseload?sql=select+client%2C+raw+from+scores",
)


def violations(page: Page) -> list[str]:
    """Return the violations axe finds on a page, each with its first element."""
    entries = Axe().run(page).response["violations"]
    return [f"{page.url}: {entry['id']}: {entry['nodes'][0]['html'][:120]}" for entry in entries]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_site_is_accessible(
    clinic: Clinic, contexts: Callable[..., BrowserContext], scheme: str
) -> None:
    page = contexts(viewport=PHONE, color_scheme=scheme).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    barriers = []
    pages = json.loads((clinic.settings.site / "forms.json").read_text("utf-8"))["pages"]
    for entry in [*pages, {"url": "nowhere/"}, {"url": "open"}]:
        page.goto(f"{clinic.site}/{entry['url']}")
        barriers += violations(page)
    assert len(pages) >= 10
    assert barriers == []
    assert [url for url in asked if not url.startswith((f"{clinic.site}/", "data:"))] == []  # nobody else is told


def test_the_collectors_pages_without_script_are_accessible(
    clinic: Clinic, contexts: Callable[..., BrowserContext]
) -> None:
    """axe needs script to run, so the page's own form is posted directly, bypassing its script."""
    page = contexts(viewport=PHONE).new_page()
    invitation = clinic.new_client("Made-up Tilda")
    barriers = []
    page.goto(f"{clinic.site}/measures/gad7/")
    post_plainly(page, {"bothered.q1": "1"})
    barriers += violations(page)  # no link: the worksheet, filled in
    page.goto(invitation.url(clinic.site))
    page.get_by_role("button", name="Sign in with my link").click()
    page.wait_for_url("**/signed-in")
    barriers += violations(page)
    page.goto(f"{clinic.site}/worksheets/thought-record/")
    post_plainly(page, {"thought": "It will go wrong.", "believed.exact": "8000"})
    barriers += violations(page)  # problems
    page.goto(f"{clinic.site}/measures/phq9/")
    post_plainly(page, {"bothered.q9": "1"})
    barriers += violations(page)  # check your answers, with help
    page.get_by_role("button", name="Send to my therapist").click()
    page.wait_for_url("**/receipts/*")
    barriers += violations(page)
    assert barriers == []


def post_plainly(page: Page, answers: dict[str, str]) -> None:
    """Post the page's form as a browser without script would."""
    with page.expect_navigation():
        page.evaluate(
            """(answers) => {
                const form = document.querySelector("form.hw-form");
                for (const [name, value] of Object.entries(answers)) {
                    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
                    form.append(input);
                }
                HTMLFormElement.prototype.submit.call(form);
            }""",
            answers,
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_review_is_accessible(
    clinic: Clinic, signed_in: Callable[[NewTherapist], Page], scheme: str, phone: Page
) -> None:
    client, submission = a_submission_with_an_alert(clinic, phone)
    desktop = signed_in(clinic.alice)
    desktop.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    barriers = []
    for path in CASELOAD_PAGES:
        address = path.format(client=client, submission=submission)
        answer = desktop.goto(f"{clinic.review}/c/{clinic.alice.caseload}/{address}")
        assert answer is not None
        assert answer.status == 200, address
        barriers += violations(desktop)
    desktop.get_by_role("button", name="Sign out").click()
    barriers += violations(desktop)
    assert barriers == []


def a_submission_with_an_alert(clinic: Clinic, phone: Page, label: str = "Made-up Ugo") -> tuple[str, str]:
    """Send a PHQ-9 with a positive item 9 as JSON and return the client's code and the submission's id."""
    invitation = clinic.new_client(label)
    phone.goto(invitation.url(clinic.site))
    phone.get_by_role("button", name="Sign in with my link").click()
    phone.wait_for_url("**/signed-in")
    answer = phone.request.post(
        f"{clinic.site}/forms/phq9",
        data={
            "id": "00000000-0000-4000-8000-" + invitation.client.encode().hex()[:12],
            "answers": {"bothered": {**{f"q{number}": 1 for number in range(1, 9)}, "q9": 2}},
        },
    )
    assert answer.status == 201, answer.text()
    phone.wait_for_timeout(500)  # until the projector has folded it
    return invitation.client, answer.json()["id"]
