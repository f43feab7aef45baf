"""The loop in a real browser: a client sends on a phone, their therapist reads it, and nobody else can."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from collector.people import Invitation, NewTherapist

if TYPE_CHECKING:
    from tests.browser.loop.conftest import Clinic

pytestmark = pytest.mark.browser

FEELINGS = [("Scared", 80, 30), ("Ashamed", 60, 20), ("Angry", 45, 40)]
SITUATION = "On the bus, it filled up and I could not see the door."
VISIBLE_WITHIN = 1.0  # seconds from the receipt to the therapist's page
MOST_LOOKS = 50  # at the therapist's Datasette, one after the other: they take about a second


def open_link(phone: Page, clinic: Clinic, invitation: Invitation) -> None:
    """Open the link and press the button, which alone signs the device in."""
    phone.goto(invitation.url(clinic.site))
    button = phone.get_by_role("button", name="Sign in with my link")
    expect(button).to_be_visible()
    assert invitation.token not in phone.url
    button.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are signed in on this device")


def go_on(phone: Page) -> None:
    phone.get_by_role("button", name="Continue").click()


def rate(page: Page, name: str, number: int) -> None:
    """Answer a 0–100 rating by its exact number."""
    page.locator(f'[name="{name}.exact"]').fill(str(number))


def fill_in_thought_record(phone: Page, clinic: Clinic) -> None:
    """Go through all seven columns, with three feelings."""
    phone.goto(f"{clinic.site}/worksheets/thought-record/")
    phone.locator('[name="situation"]').fill(SITUATION)
    go_on(phone)
    for index, (feeling, before, _) in enumerate(FEELINGS):
        if index:
            phone.get_by_role("button", name="Add another").click()
        phone.locator(f'[name="feelings.{index}.feeling"]').fill(feeling)
        rate(phone, f"feelings.{index}.before", before)
    go_on(phone)
    phone.locator('[name="thought"]').fill("My heart is going to give out.")
    rate(phone, "believed", 90)
    go_on(phone)
    phone.locator('[name="evidence_for"]').fill("It beat very fast.")
    go_on(phone)
    phone.locator('[name="evidence_against"]').fill("It has always come down.")
    go_on(phone)
    phone.locator('[name="balanced"]').fill("This is panic, and it passes.")
    rate(phone, "balanced_believed", 70)
    go_on(phone)
    for index, (_, _, now) in enumerate(FEELINGS):
        rate(phone, f"feelings.{index}.now", now)
    rate(phone, "believed_now", 25)


def send(phone: Page) -> str:
    """Review the answers, send them, and return the receipt."""
    button = phone.get_by_role("button", name="Send to my therapist")
    if not button.is_visible():
        go_on(phone)
    button.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you. It has arrived.")
    return phone.locator(".hw-receipt dd").first.inner_text()


def fill_in_phq9(phone: Page, clinic: Clinic) -> None:
    """Answer all nine items with 1, so item 9 raises an alert."""
    phone.goto(f"{clinic.site}/measures/phq9/")
    for item in range(1, 10):
        phone.locator(f'[name="bothered.q{item}"][value="1"]').check(force=True)


def test_a_client_sends_a_thought_record_and_a_phq9_and_the_therapist_sees_both(
    clinic: Clinic, phone: Page, signed_in: Callable[[NewTherapist], Page]
) -> None:
    invitation = clinic.new_client("Made-up Maya")
    open_link(phone, clinic, invitation)
    fill_in_thought_record(phone, clinic)
    assert re.fullmatch(r"[0-9A-Z-]{6,}", send(phone))
    expect(phone.get_by_text(SITUATION)).to_be_visible()

    fill_in_phq9(phone, clinic)
    go_on(phone)  # leaves the section with item 9: help stands there before anything is sent
    expect(phone.get_by_role("heading", name="You can get help now")).to_be_visible()
    go_on(phone)
    send(phone)
    expect(phone.get_by_text("988").first).to_be_visible()

    desktop = signed_in(clinic.alice)
    row = desktop.locator("tr", has_text="Made-up Maya")
    expect(row).to_contain_text("Nobody has acknowledged it yet", timeout=1000 * VISIBLE_WITHIN)
    expect(row.locator(".hw-score", has_text="9").first).to_be_visible()
    row.get_by_role("link", name="Made-up Maya").click()
    desktop.get_by_role("link", name="Thought record").click()
    for feeling, before, _ in FEELINGS:
        card = desktop.locator("li.hw-card", has_text=feeling)
        expect(card).to_contain_text(str(before))
    expect(desktop.get_by_text(SITUATION)).to_be_visible()


def test_what_is_sent_shows_in_the_therapists_datasette_within_a_second(
    clinic: Clinic, phone: Page, signed_in: Callable[[NewTherapist], Page]
) -> None:
    invitation = clinic.new_client("Made-up Minna")
    desktop = signed_in(clinic.alice)
    open_link(phone, clinic, invitation)
    phone.goto(f"{clinic.site}/measures/gad7/")
    phone.locator('[name="bothered.q1"][value="3"]').check(force=True)
    go_on(phone)
    while not phone.get_by_role("button", name="Send to my therapist").is_visible():
        go_on(phone)
    send(phone)
    looks = 0  # a busy machine slows them down as it does the projector
    scores = f"{clinic.review}/c/{clinic.alice.caseload}/caseload/scores.json?client={invitation.client}&_shape=array"
    while not (rows := desktop.request.get(scores).json()):
        looks += 1
        assert looks < MOST_LOOKS
    assert rows[0]["raw"] == 3
    assert rows[0]["answered"] == 1
    assert rows[0]["prorated"] is None  # six of seven are missing: no score


def test_without_script_a_typed_code_and_a_plain_post_do_the_same(
    clinic: Clinic, plain_phone: Page, signed_in: Callable[[NewTherapist], Page]
) -> None:
    phone = plain_phone
    invitation = clinic.new_client("Made-up Omar")
    phone.goto(f"{clinic.site}/open")
    phone.get_by_label("Type your code").fill(invitation.code.lower())
    phone.get_by_role("button", name="Sign in with my code").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are signed in on this device")

    phone.goto(f"{clinic.site}/worksheets/thought-record/")
    phone.locator('[name="thought"]').fill("They will all stare.\nAnd laugh.")
    for index, (feeling, before, _) in enumerate(FEELINGS):
        phone.locator(f'[name="feelings.{index}.feeling"]').fill(feeling)
        rate(phone, f"feelings.{index}.before", before if index else 8000)
    phone.get_by_role("button", name="Send to my therapist").click()

    expect(phone).to_have_title(re.compile("^Error: "))
    summary = phone.get_by_role("alert")
    expect(summary).to_contain_text("There is a problem")
    expect(summary.get_by_role("link")).to_have_count(2)  # the situation lacks, one rating is too high
    expect(phone.locator('[name="thought"]')).to_have_value("They will all stare.\nAnd laugh.")
    expect(phone.locator('[name="feelings.0.before.exact"]')).to_have_value("8000")
    expect(phone.locator('[name="feelings.2.feeling"]')).to_have_value("Angry")

    phone.locator('[name="situation"]').fill(SITUATION)
    rate(phone, "feelings.0.before", 80)
    phone.get_by_role("button", name="Send to my therapist").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(phone.get_by_text("Nothing has been sent yet")).to_be_visible()
    phone.get_by_role("button", name="Send to my therapist").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you. It has arrived.")

    desktop = signed_in(clinic.alice)
    desktop.locator("tr", has_text="Made-up Omar").get_by_role("link").first.click()
    desktop.get_by_role("link", name="Thought record").click()
    expect(desktop.locator("li.hw-card")).to_have_count(3)


def test_mistakes_are_corrected_on_the_page_without_losing_anything(clinic: Clinic, phone: Page) -> None:
    open_link(phone, clinic, clinic.new_client("Made-up Pavel"))
    phone.goto(f"{clinic.site}/worksheets/thought-record/")
    go_on(phone)
    expect(phone.get_by_role("alert")).to_contain_text("There is a problem")
    expect(phone).to_have_title(re.compile("^Error: "))
    fill_in_thought_record(phone, clinic)
    phone.get_by_role("button", name="Back").click()
    expect(phone.locator('[name="balanced"]')).to_have_value("This is panic, and it passes.")
    go_on(phone)
    send(phone)


def test_without_a_link_nothing_is_stored_and_the_worksheet_stays_filled_in(clinic: Clinic, phone: Page) -> None:
    before = clinic.ledger.last()
    fill_in_thought_record(phone, clinic)
    go_on(phone)
    phone.get_by_role("button", name="Send to my therapist").click()
    expect(phone.get_by_text("first open the link from your therapist")).to_be_visible()
    assert phone.locator('[name="situation"]').input_value() == SITUATION
    assert clinic.ledger.last() == before


def test_a_replaced_link_stops_at_once_for_devices_that_opened_it(clinic: Clinic, phone: Page) -> None:
    from collector import people

    invitation = clinic.new_client("Made-up Rosa")
    open_link(phone, clinic, invitation)
    people.replace_link(clinic.ledger, clinic.access, invitation.client)
    fill_in_phq9(phone, clinic)
    go_on(phone)
    go_on(phone)
    phone.get_by_role("button", name="Send to my therapist").click()
    expect(phone.get_by_text("first open the link from your therapist")).to_be_visible()


def addresses(page: Page, clinic: Clinic, start: str) -> set[str]:
    """Return every address of the caseload within three clicks of its first page."""
    reached: set[str] = set()
    waiting = [(start, 0)]
    prefix = f"{clinic.review}/c/{clinic.alice.caseload}"
    while waiting and len(reached) < 60:
        address, depth = waiting.pop(0)
        if address in reached or not address.startswith(prefix):
            continue
        reached.add(address)
        answer = page.request.get(address)
        if depth < 3 and "text/html" in answer.headers.get("content-type", ""):
            for link in re.findall(r'href="([^"#]+)"', answer.text()):
                waiting.append((link if link.startswith("http") else clinic.review + link, depth + 1))
    return reached


def test_a_therapist_of_another_caseload_gets_404_for_every_address(
    clinic: Clinic, signed_in: Callable[[NewTherapist], Page]
) -> None:
    clinic.new_client("Made-up Sven")
    alice, bob = signed_in(clinic.alice), signed_in(clinic.bob)
    theirs = f"{clinic.review}/c/{clinic.alice.caseload}/"
    reached = addresses(alice, clinic, theirs)
    assert len(reached) > 10
    for address in sorted(reached):
        assert bob.request.get(address).status == 404, address
