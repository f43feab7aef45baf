"""Cards are added and removed, and final questions are asked about each of them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def feelings(record: Page) -> Page:
    """The thought record on one page, so that cards and final questions are visible together."""
    record.get_by_role("button", name="All on one page").click()
    return record


def add(page: Page, feeling: str, strength: str = "") -> None:
    """Fill in the last card, adding one if none is blank."""
    if page.get_by_label("Which feeling?").last.input_value():
        page.get_by_role("button", name="Add another feeling").click()
    page.get_by_label("Which feeling?").last.fill(feeling)
    if strength:
        page.locator(".hw-card").last.get_by_label(strength, exact=True).check()


def named(page: Page) -> list[str]:
    names: list[str] = page.locator(".hw-card input[type=text]").evaluate_all(
        "inputs => inputs.filter(i => i.name.endsWith('.feeling')).map(i => i.name + '=' + i.value)"
    )
    return names


def strength(page: Page, card: int) -> Locator:
    return page.locator(".hw-card").nth(card).locator("input[type=radio]:checked")


def test_there_is_one_blank_card_and_another_is_added_with_the_focus_in_it(feelings: Page) -> None:
    expect(feelings.locator(".hw-card")).to_have_count(1)
    add(feelings, "Sad")
    feelings.get_by_role("button", name="Add another feeling").click()
    expect(feelings.get_by_role("group", name="Feeling 2")).to_be_visible()
    expect(feelings.get_by_label("Which feeling?").nth(1)).to_be_focused()
    feelings.keyboard.type("Scared")
    assert named(feelings) == ["feelings.0.feeling=Sad", "feelings.1.feeling=Scared"]


def test_a_single_card_cannot_be_removed(feelings: Page) -> None:
    expect(feelings.get_by_role("button", name="Remove feeling 1")).to_be_hidden()


def test_removing_a_card_renumbers_the_others_and_keeps_their_answers(feelings: Page) -> None:
    add(feelings, "Sad", "40")
    add(feelings, "Scared", "70")
    add(feelings, "Angry", "90")
    feelings.get_by_role("button", name="Remove feeling 2").click()
    assert named(feelings) == ["feelings.0.feeling=Sad", "feelings.1.feeling=Angry"]
    expect(strength(feelings, 0)).to_have_value("40")
    expect(strength(feelings, 1)).to_have_value("90")
    expect(feelings.get_by_role("group", name="Feeling 2")).to_be_focused()
    expect(feelings.get_by_role("status").filter(has_text="Feeling 2 is removed.")).to_be_visible()


def test_a_removed_card_is_restored_where_it_was(feelings: Page) -> None:
    add(feelings, "Sad", "40")
    add(feelings, "Scared", "70")
    add(feelings, "Angry", "90")
    feelings.get_by_role("group", name="Scared: How strong is it now?").get_by_label("30", exact=True).check()
    feelings.get_by_role("button", name="Remove feeling 2").click()
    feelings.get_by_role("button", name="Put it back").click()
    assert [name.split("=")[1] for name in named(feelings)] == ["Sad", "Scared", "Angry"]
    assert [strength(feelings, card).input_value() for card in range(3)] == ["40", "70", "90"]
    late = feelings.get_by_role("group", name="Scared: How strong is it now?")
    expect(late.get_by_label("30", exact=True)).to_be_checked()


def test_labels_ids_and_names_stay_consistent(feelings: Page) -> None:
    for feeling in ("Sad", "Scared", "Angry"):
        add(feelings, feeling, "50")
    feelings.get_by_role("button", name="Remove feeling 1").click()
    ids: list[str] = feelings.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert not [name for name in ids if "__" in name]
    untied = feelings.eval_on_selector_all(
        "label[for]", "all => all.filter(l => !document.getElementById(l.htmlFor)).map(l => l.htmlFor)"
    )
    assert untied == []


def test_no_more_cards_than_the_form_allows(feelings: Page) -> None:
    for feeling in ("Sad", "Scared", "Angry", "Ashamed", "Lonely"):
        add(feelings, feeling)
    expect(feelings.get_by_role("button", name="Add another feeling")).to_be_hidden()


def test_final_questions_are_titled_with_what_was_typed(feelings: Page) -> None:
    late = feelings.locator(".hw-late__row")
    expect(late.first).to_be_hidden()
    add(feelings, "Sad")
    expect(feelings.get_by_role("group", name="Sad: How strong is it now?")).to_be_visible()
    add(feelings, "Scared")
    expect(feelings.get_by_role("group", name="Scared: How strong is it now?")).to_be_visible()
    feelings.get_by_label("Which feeling?").first.fill("Very sad")
    expect(feelings.get_by_role("group", name="Very sad: How strong is it now?")).to_be_visible()


def test_an_answer_about_a_card_that_was_blanked_is_not_sent(feelings: Page, clinic: Any) -> None:
    feelings.get_by_label("What was happening?").fill("x")
    feelings.get_by_label("What went through your mind?").fill("x")
    add(feelings, "Sad")
    feelings.get_by_role("group", name="Sad: How strong").get_by_label("30", exact=True).check()
    feelings.get_by_label("Which feeling?").fill("")
    feelings.get_by_role("button", name="Continue").click()
    feelings.get_by_role("button", name="Send to my therapist").click()
    expect(feelings.get_by_role("heading", name="It has arrived")).to_be_visible()
    assert not [name for name, value in clinic.posted[0] if name.endswith(".now") and value]


def test_a_chosen_cell_and_the_exact_number_stay_in_step(feelings: Page) -> None:
    rating = feelings.get_by_role("group", name="How much did you believe it?")
    exact = rating.get_by_role("textbox")
    exact.fill("60")
    expect(rating.get_by_label("60", exact=True)).to_be_checked()
    exact.fill("65")
    expect(rating.locator("input:checked")).to_have_count(0)
    rating.get_by_label("30", exact=True).check()
    expect(exact).to_have_value("")


def test_a_blank_form_has_several_cards_on_paper_and_one_on_the_screen(feelings: Page) -> None:
    feelings.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(feelings.locator(".hw-card")).to_have_count(3)
    feelings.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(feelings.locator(".hw-card")).to_have_count(1)
    add(feelings, "Sad")
    feelings.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(feelings.locator(".hw-card")).to_have_count(1)
