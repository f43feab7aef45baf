"""Mistakes are named, linked and corrected, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def send_record(page: Page) -> None:
    page.get_by_role("button", name="All on one page").click()
    page.get_by_label("What was happening?").fill("In the queue")
    page.get_by_label("Which feeling?").fill("Sad")
    page.get_by_label("What went through your mind?").fill("They all stare")
    page.get_by_role("button", name="One part at a time").click()
    for _ in range(4):
        go_on(page)
    page.get_by_role("button", name="Send to my therapist").click()


def test_a_missing_required_answer_is_named_and_linked(record: Page) -> None:
    go_on(record)
    summary = record.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(record).to_have_title("Error: Thought record")
    situation = record.get_by_label("What was happening?")
    expect(situation).to_have_attribute("aria-invalid", "true")
    expect(situation).to_have_accessible_description("Where were you? Error: Answer this question")
    summary.get_by_role("link", name="What was happening? Answer this question").click()
    expect(situation).to_be_focused()


def test_a_corrected_problem_disappears(record: Page) -> None:
    go_on(record)
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    expect(record.get_by_role("heading", name="What you felt")).to_be_focused()
    expect(record.get_by_text("There is a problem")).to_have_count(0)
    expect(record).to_have_title("Thought record")
    record.go_back()
    expect(record.get_by_label("What was happening?")).to_have_accessible_description("Where were you?")


def test_only_the_part_being_left_is_checked(record: Page) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    go_on(record)
    expect(record.get_by_role("heading", name="The thought")).to_be_focused()


def test_a_card_with_a_rating_but_no_name_is_a_problem(record: Page) -> None:
    record.get_by_label("What was happening?").fill("In the queue")
    go_on(record)
    record.get_by_role("group", name="How strong was it?").get_by_label("30", exact=True).check()
    go_on(record)
    record.get_by_role("link", name="Which feeling? Answer this question").click()
    expect(record.get_by_label("Which feeling?")).to_be_focused()


def test_an_empty_form_is_not_sent(mood: Page, clinic: Any) -> None:
    go_on(mood)
    go_on(mood)
    expect(mood.get_by_role("alert").get_by_text("There is nothing filled in yet")).to_be_visible()
    assert clinic.posted == []


def test_an_answer_the_collector_refuses_is_shown_in_its_part(record: Page, clinic: Any) -> None:
    clinic.refuse({"thought": "Shorten this", "feelings.0.before": "Give a number", "": "Check the sheet"})
    send_record(record)
    summary = record.get_by_role("alert", name="There is a problem")
    expect(summary).to_be_focused()
    expect(summary.get_by_text("Check the sheet")).to_be_visible()
    expect(record.get_by_role("heading", name="The thought")).to_be_visible()
    thought = record.get_by_label("What went through your mind?")
    expect(thought).to_have_value("They all stare")
    expect(thought).to_have_accessible_description("Error: Shorten this")
    summary.get_by_role("link", name="How strong was it? Give a number").click()
    expect(record.get_by_role("heading", name="What you felt")).to_be_visible()


def test_continue_leads_through_all_refused_answers(record: Page, clinic: Any) -> None:
    clinic.refuse({"situation": "Shorten this", "thought": "Shorten that"})
    send_record(record)
    record.get_by_label("What was happening?").fill("Queue")
    go_on(record)
    expect(record.get_by_role("alert", name="There is a problem")).to_be_focused()
    expect(record.get_by_role("link", name="What was happening?")).to_have_count(0)
    record.get_by_label("What went through your mind?").fill("They stare")
    go_on(record)
    expect(record.get_by_role("heading", name="Check your answers")).to_be_focused()
    record.get_by_role("button", name="Send to my therapist").click()
    expect(record.get_by_role("heading", name="It has arrived")).to_be_visible()


def test_a_refused_row_of_a_matrix_is_marked_and_reached(mood: Page, clinic: Any) -> None:
    clinic.refuse({"items.q1": "Choose one of the answers that are offered"})
    mood.get_by_role("group", name="Little interest").get_by_label("Several days").check()
    go_on(mood)
    go_on(mood)
    mood.get_by_role("button", name="Send to my therapist").click()
    mood.get_by_role("alert").get_by_role("link", name="Little interest").click()
    row = mood.get_by_role("group", name="Little interest")
    expect(row.get_by_label("Several days")).to_be_focused()
    expect(row).to_have_accessible_description("Error: Choose one of the answers that are offered")
