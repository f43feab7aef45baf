"""Words of any direction stay where they stand, in the therapist's headings and in what a client sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.direction import isolated
from site_builder.forms.model.fields import LongText

pytestmark = pytest.mark.browser
ASSETS = Path("site_builder/theme/assets/homeward")
TURNED = "A \u202ebcd"
HEBREW = "אני עצוב!"
FORM = Form(id="f", version=1, title="F", sections=(Section((LongText(id="a", ask="A?"),)),))


def shown(contexts: Callable[..., BrowserContext], body: str) -> Page:
    page = contexts(viewport={"width": 1280, "height": 900}).new_page()
    css = "".join((ASSETS / name).read_text("utf-8") for name in ("tokens.css", "form.css", "answers.css"))
    page.set_content(f'<meta charset="utf-8"><style>{css}</style><main class="md-typeset">{body}</main>')
    return page


def place(page: Page, text: str) -> tuple[float, float]:
    """Return where the first of these characters begins and ends, in pixels from the left."""
    box = page.evaluate(
        """text => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(text);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + text.length);
            const box = range.getBoundingClientRect();
            return [box.left, box.right];
          }
        }""",
        text,
    )
    return box[0], box[1]


def test_an_override_in_a_label_turns_nothing_beside_it(contexts: Callable[..., BrowserContext]) -> None:
    page = shown(contexts, f"<h1><bdi>{TURNED}</bdi> <span>CARL44</span> today</h1>")
    assert place(page, "A")[1] <= place(page, "C")[0] < place(page, "4")[0] < place(page, "today")[0]


def test_an_isolated_sentence_keeps_its_order(contexts: Callable[..., BrowserContext]) -> None:
    page = shown(contexts, f"<p>Worse: “{isolated(TURNED)}”, yesterday. {isolated(HEBREW)} Zoo</p>")
    assert place(page, "Worse")[1] <= place(page, "A")[0] < place(page, "yesterday")[0]
    assert place(page, "yesterday")[1] <= place(page, "!")[0] < place(page, "אני")[0] < place(page, "Zoo")[0]


def test_hebrew_keeps_its_mark_on_its_own_side(contexts: Callable[..., BrowserContext]) -> None:
    page = shown(contexts, str(render_answers(FORM, {"a": f"{HEBREW}\nfine!"})))
    assert place(page, "!")[0] < place(page, "עצוב")[0], "at the end of a line that runs from right to left"
    assert place(page, "fine")[1] <= place(page, "ne!")[1]
    typed = shown(contexts, f'<textarea class="hw-input">{HEBREW}</textarea>')
    assert typed.evaluate("getComputedStyle(document.querySelector('textarea')).unicodeBidi") == "plaintext"
