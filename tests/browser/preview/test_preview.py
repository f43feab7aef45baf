"""The preview in a real browser: a save shows, mistakes come and go, a try-out shows what would be stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from collector.caseload.try_out import try_out
from site_builder.content.library import read_library
from site_builder.forms.answering.example_answers import example_answers

if TYPE_CHECKING:
    from tests.browser.preview.conftest import Preview

pytestmark = pytest.mark.browser

SAVES = 3
EVERY_KIND = """# Every kind

```yaml form
form: every-kind
title: First
fields:
  line: {ask: A line?, required: true}
  more: {ask: More?, type: long text}
  count: {ask: How many?, type: number, at_least: 2, at_most: 9, unit: cups}
  tension: {ask: How tense?, type: rating, required: true}
  belief: {ask: How sure?, type: rating, from: 0, to: 100}
  where: {ask: Where?, type: choice, choices: {home: At home, out: Outdoors}}
  tools: {ask: Which?, type: choices, choices: {breath: Breathing, walk: Walking, call: Calling}}
  done: {ask: Done?, type: yes no}
```

```yaml form
title: Second
fields:
  day: {ask: Which day?, type: date, required: true}
  time: {ask: When?, type: time}
  slept: {ask: How long?, type: duration}
  often:
    ask: How often?
    type: matrix
    choices: {0: Never, 1: Often}
    rows: {o1: Alone, o2: With others}
  steps:
    ask: Which steps?
    type: repeat
    called: step
    of:
      step: Which step?
      before: {ask: How hard?, type: rating, from: 0, to: 100}
      after: {ask: How hard was it then?, type: rating, from: 0, to: 100, asked: last}
```
"""


def view(page: Page, name: str) -> FrameLocator:
    return page.frame_locator(f"iframe[name={name}]")


def opened(screen: Page, preview: Preview, path: str) -> Page:
    screen.goto(f"{preview.address}/#{path}")
    for name in ("phone", "desktop"):
        expect(view(screen, name).locator("h1").first).to_be_visible()
    expect(screen.get_by_role("status")).to_contain_text("Up to date")
    return screen


def change(page: Path, old: str, new: str) -> None:
    text = page.read_text("utf-8")
    assert old in text
    page.write_text(text.replace(old, new), "utf-8")


def go_to_the_end(sheet: FrameLocator) -> None:
    """Press Continue until only sending is left."""
    send = sheet.get_by_role("button", name="Send to my therapist")
    for _ in range(10):
        if send.is_visible():
            return
        sheet.get_by_role("button", name="Continue").click()
    expect(send).to_be_visible()


def test_a_save_shows_in_both_views_by_fetching_the_page_once_each(screen: Page, preview: Preview) -> None:
    """How many seconds that takes is for `benchmarks/preview.py` to measure; here no view is loaded as a whole."""
    opened(screen, preview, "/guides/why-practice/")
    guide, requests = preview.page("guides/why-practice.md"), Counter[tuple[str, str]]()
    screen.on("request", lambda request: requests.update([(request.frame.name, request.resource_type)]))
    for number in range(SAVES):
        requests.clear()
        words = f"A sentence that was saved just now, number {number}."
        guide.write_text(f"{guide.read_text('utf-8')}\n{words}\n", "utf-8")
        for name in ("phone", "desktop"):
            expect(view(screen, name).get_by_text(words)).to_be_attached()
        expect(screen.get_by_role("status")).to_contain_text("Up to date")
        assert requests == {("phone", "fetch"): 1, ("desktop", "fetch"): 1}


def test_a_reload_keeps_the_scroll_position_and_what_is_typed(desktop: Page, preview: Preview) -> None:
    desktop.goto(f"{preview.address}/worksheets/thought-record/")
    desktop.locator('[name="situation"]').fill("On the bus")
    desktop.get_by_role("button", name="Continue").click()
    desktop.locator('[name="feelings.0.feeling"]').fill("Scared")
    desktop.get_by_role("button", name="Add another").click()
    desktop.locator('[name="feelings.1.feeling"]').fill("Ashamed")
    desktop.evaluate("scrollTo(0, 150)")
    change(preview.page("worksheets/thought-record.md"), "# Thought record", "# Thought record\n\nSaved just now.\n")
    expect(desktop.get_by_text("Saved just now.")).to_be_visible()
    expect(desktop.get_by_text("Part 2 of 7")).to_be_visible()
    expect(desktop.locator('[name="feelings.0.feeling"]')).to_have_value("Scared")
    expect(desktop.locator('[name="feelings.1.feeling"]')).to_have_value("Ashamed")
    expect(desktop.locator('[name="situation"]')).to_have_value("On the bus")
    assert desktop.evaluate("scrollY") == 150


def line_of(words: str, page: Path) -> int:
    return page.read_text("utf-8").partition(words)[0].count("\n") + 1


def test_a_mistake_appears_with_its_lines_and_goes_away(screen: Page, preview: Preview) -> None:
    opened(screen, preview, "/worksheets/relaxation-log/")
    page = preview.page("worksheets/relaxation-log.md")
    change(page, "type: date", "type: dat")
    for name in ("phone", "desktop"):
        mistakes = view(screen, name).get_by_role("region", name="Mistakes on this page")
        expect(mistakes).to_contain_text("'dat' is not an answer type.")
        expect(mistakes).to_contain_text("Did you mean 'date'?")
        expect(mistakes.locator("strong")).to_have_text(re.compile(r"^ +\d+ \|     type: dat$"))
    expect(screen.locator("#mistakes summary")).to_have_text("1 mistake on this page")
    place = f"content/worksheets/relaxation-log.md:{line_of('type: dat', page)}:11"
    preview.wait_for(f"{place} 'dat' is not an answer type; did you mean 'date'?\n")
    change(page, "type: dat\n", "type: date\n")
    expect(view(screen, "phone").locator("homeward-form")).to_be_visible()
    expect(screen.locator("#mistakes")).to_be_hidden()
    assert preview.terminal.endswith("no mistakes\n")


def test_a_mistake_on_another_page_is_one_line_with_a_link(screen: Page, preview: Preview) -> None:
    opened(screen, preview, "/help/")
    page = preview.page("worksheets/relaxation-log.md")
    change(page, "type: date", "type: dat")
    summary = screen.locator("#mistakes summary")
    expect(summary).to_have_text("1 mistake elsewhere")
    summary.press("Enter")
    screen.get_by_role("link", name=re.compile(f"Relaxation log, line {line_of('type: dat', page)}")).click()
    for name in ("phone", "desktop"):
        expect(view(screen, name).get_by_text("'dat' is not an answer type.")).to_be_visible()
    expect(summary).to_have_text("1 mistake on this page")


def test_broken_settings_are_on_the_page_until_they_are_corrected(screen: Page, preview: Preview) -> None:
    opened(screen, preview, "/help/")
    settings = preview.folder / "mkdocs.yml"
    good = settings.read_text("utf-8")
    settings.write_text("site_name: [", "utf-8")
    for name in ("phone", "desktop"):
        expect(view(screen, name).get_by_text("mkdocs.yml:1:12")).to_be_visible()
    expect(screen.get_by_role("status")).to_contain_text("cannot be built")
    preview.wait_for("mkdocs.yml:1:12 the '[' that opens here is not closed")
    settings.write_text(good, "utf-8")
    for name in ("phone", "desktop"):
        expect(view(screen, name).get_by_role("heading", level=1)).to_have_text("Get help now", timeout=20_000)


def test_phone_and_desktop_views_follow_each_other(screen: Page, preview: Preview) -> None:
    opened(screen, preview, "/worksheets/")
    phone, desktop = view(screen, "phone"), view(screen, "desktop")
    phone.get_by_role("link", name="Thought record").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Thought record")
    desktop.get_by_role("link", name="Get help now").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Get help now")
    assert screen.url.endswith("/#/help/")
    assert screen.locator("iframe[name=phone]").evaluate("frame => frame.contentWindow.innerWidth") == 390
    assert screen.locator("iframe[name=phone]").evaluate("frame => frame.contentWindow.innerHeight") == 844
    assert screen.locator("iframe[name=desktop]").evaluate("frame => frame.contentWindow.innerWidth") == 1280
    phone.get_by_role("link", name="Lantern Lane Clinic").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_contain_text("A quiet place")
    assert len(screen.frames) == 3


def test_the_switches_work_from_the_keyboard(screen: Page, preview: Preview) -> None:
    opened(screen, preview, "/help/")
    screen.get_by_role("radio", name="Light").press("ArrowRight")
    for name in ("phone", "desktop"):
        expect(view(screen, name).locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    screen.get_by_role("radio", name="Both").press("ArrowLeft")
    expect(screen.locator("iframe[name=desktop]")).to_be_hidden()
    screen.reload()
    expect(screen.locator("iframe[name=desktop]")).to_be_hidden()
    expect(view(screen, "phone").locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_every_kind_of_field_is_filled_and_sent(screen: Page, preview: Preview) -> None:
    page = preview.page("worksheets/every-kind.md")
    page.write_text(EVERY_KIND, "utf-8")
    preview.wait_for("whole site")
    form = next(form for form in read_library(preview.folder / "content").forms if form.id == "every-kind")
    screen.goto(f"{preview.address}/#/worksheets/every-kind/")
    phone = view(screen, "phone")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Every kind", timeout=20_000)
    screen.get_by_role("button", name="Fill with example answers").click()
    expect(phone.locator('[name="line"]')).to_have_value(re.compile("Made up"))
    expect(view(screen, "desktop").locator('[name="line"]')).to_have_value(re.compile("Made up"))
    go_to_the_end(phone)
    phone.get_by_role("button", name="Send to my therapist").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("This is a try-out. Nothing was stored.")
    expect(view(screen, "desktop").get_by_role("heading", level=1)).to_have_text(
        "This is a try-out. Nothing was stored."
    )
    tried = try_out(form, example_answers(form))
    for table in tried.tables:
        shown = phone.get_by_role("region", name=table.name, exact=True)
        if len(table.rows) == 1:
            values = dict(zip(table.columns, table.rows[0], strict=True)) | {"received": None}
            for column, value in values.items():
                row = shown.get_by_role("row").filter(has=phone.locator(f'code:text-is("{column}")'))
                if column not in ("received", "submission"):
                    expect(row.get_by_role("cell")).to_have_text("NULL" if value is None else str(value))
        else:
            expect(shown.get_by_role("row")).to_have_count(1 + len(table.rows))
            for value in {row[4] for row in table.rows}:
                expect(shown.get_by_role("cell", name=str(value), exact=True)).to_be_visible()


def test_the_scores_of_a_try_out_match_those_of_the_projector(screen: Page, preview: Preview) -> None:
    opened(screen, preview, "/measures/gad7/")
    form = next(form for form in read_library(preview.folder / "content").forms if form.id == "gad7")
    scores = try_out(form, example_answers(form)).table("scores")
    assert scores is not None
    score = dict(zip(scores.columns, scores.rows[0], strict=True))
    screen.get_by_role("button", name="Fill with example answers").click()
    sheet = view(screen, "desktop")
    expect(sheet.locator("input:checked").first).to_be_attached()
    go_to_the_end(sheet)
    sheet.get_by_role("button", name="Send to my therapist").click()
    expect(sheet.get_by_text(f"GAD-7: {score['prorated']:.0f}, {score['band']}")).to_be_visible()
    expect(sheet.get_by_text(f"{score['answered']} of {score['items']} items answered.")).to_be_visible()


def test_without_script_a_try_out_goes_through_the_check_page(
    contexts: Callable[..., BrowserContext], preview: Preview
) -> None:
    page = contexts(java_script_enabled=False).new_page()
    page.goto(f"{preview.address}/worksheets/relaxation-log/")
    page.get_by_role("button", name="Send to my therapist").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.locator('[name="day"]').fill("2026-03-09")
    page.locator('[name="exercise"]').first.check()
    page.get_by_role("button", name="Send to my therapist").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.get_by_role("button", name="Send to my therapist").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is a try-out. Nothing was stored.")


@pytest.mark.parametrize("scheme", ["Light", "Dark"])
def test_the_frame_is_accessible(screen: Page, preview: Preview, scheme: str) -> None:
    opened(screen, preview, "/worksheets/relaxation-log/")
    change(preview.page("worksheets/relaxation-log.md"), "type: date", "type: dat")
    expect(screen.locator("#mistakes summary")).to_be_visible()
    screen.get_by_text(scheme, exact=True).click()
    report = Axe().run(screen, options={"iframes": True})
    assert report.violations_count == 0, report.generate_report()
