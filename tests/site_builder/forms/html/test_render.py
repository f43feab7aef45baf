"""Forms as HTML: complete without script, labelled for screen readers, and safe with any text in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from site_builder.content.library import read_library
from site_builder.forms.answering.answers import from_pairs
from site_builder.forms.html.render import render_form
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.definition import Form

ROOT = Path(__file__).parents[4]
EXAMPLES = {form.id: form for form in read_library(ROOT / "tests" / "site_builder" / "examples").forms}
CONTENT = {form.id: form for form in read_library(ROOT / "content").forms}
FORMS = EXAMPLES | CONTENT
EVIL = "<script>alert('1')</script>\" onmouseover=\"x\n'&"
POINTING = ("for", "aria-describedby", "aria-labelledby")


class Page(HTMLParser):
    """Collects the elements outside templates with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.templates = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.templates += tag == "template"
        if not self.templates:
            self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"

    def handle_data(self, data: str) -> None:
        if not self.templates:
            self.text += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if attributes.get("name") == name]


def page(form: Form, **options: Any) -> Page:
    return Page(render_form(form, action=f"/forms/{form.id}", **options))


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_id_is_unique_and_every_reference_resolves(form: Form) -> None:
    problems = {field.id: "Look at this again" for field in form.fields} | {"": "And at the whole"}
    shown = page(form, problems=problems)
    ids = Counter(attributes["id"] for _, attributes in shown.elements if "id" in attributes)
    assert [id for id, count in ids.items() if count > 1] == []
    pointed = [
        id for _, attributes in shown.elements for name in POINTING for id in (attributes.get(name) or "").split()
    ]
    hrefs = [attributes.get("href") or "" for tag, attributes in shown.elements if tag == "a"]
    linked = [href[1:] for href in hrefs if not href.startswith("https:")]
    assert linked
    assert set(pointed + linked) <= set(ids)


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_nothing_is_chosen_or_filled_in_beforehand(form: Form) -> None:
    for tag, attributes in page(form).elements:
        assert "checked" not in attributes
        if tag == "input" and attributes.get("type") not in ("hidden", "radio", "checkbox"):
            assert "value" not in attributes


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_control_has_its_own_label(form: Form) -> None:
    html = render_form(form, action="/")
    shown = Page(html)
    labelled = {attributes.get("for") for tag, attributes in shown.elements if tag == "label"}
    for tag, attributes in shown.elements:
        if tag == "textarea" or (tag == "input" and attributes.get("type") not in ("hidden", "radio", "checkbox")):
            assert attributes["id"] in labelled
        elif attributes.get("type") in ("radio", "checkbox"):
            assert re.search(rf'<label class="hw-(cell|choice|clear)"><input[^>]*id="{attributes["id"]}"', html)


def test_typed_values_are_shown_again_whether_valid_or_not() -> None:
    form = EXAMPLES["sent-back"]
    pairs = [("minutes", EVIL), ("before.exact", "abc"), ("feelings.1.feeling", EVIL), ("feelings.1.strength", "4")]
    shown = page(form, answers=from_pairs(form, pairs))
    assert shown.named("minutes")[0]["value"] == EVIL
    assert shown.named("before.exact")[0]["value"] == "abc"
    assert shown.named("feelings.0.feeling")[0]["value"] == EVIL  # the gap before it is closed
    assert [cell["value"] for cell in shown.named("feelings.0.strength") if "checked" in cell] == ["4"]


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_words_are_inert_text_everywhere(form: Form) -> None:
    stored: dict[str, Any] = {"text": EVIL, "situation": EVIL, "feelings": [{"feeling": EVIL}], "thought": EVIL}
    for html in (render_form(form, action="/", answers=stored, problems={"x": EVIL}), render_answers(form, stored)):
        shown = Page(html)
        assert "script" not in {tag for tag, _ in shown.elements}
        assert not [name for _, attributes in shown.elements for name in attributes if name.startswith("on")]


def test_filled_rows_are_shown_even_beyond_the_blank_ones() -> None:
    form = EXAMPLES["repeat-asked-last"]
    shown = page(form, answers={"feelings": [{"feeling": str(number)} for number in range(4)]})
    assert [shown.named(f"feelings.{number}.feeling")[0]["value"] for number in range(4)] == list("0123")
    assert shown.named("feelings.3.now")
    assert not shown.named("feelings.4.feeling")


def test_a_problem_is_listed_on_top_and_beside_its_question() -> None:
    form = EXAMPLES["sent-back"]
    problems = {"who": "Answer this question", "feelings.1.strength": "Give a whole number from 0 to 10"}
    html = render_form(form, action="/", answers={"feelings": [{}, {"strength": "12"}]}, problems=problems)
    assert html.count("Answer this question") == 2
    assert 'href="#hw-sent-back--feelings-1-strength-0"' in html
    assert re.search(
        r'<input[^>]*id="hw-sent-back--who"[^>]*aria-describedby="hw-sent-back--who-error"[^>]*aria-invalid="true"',
        html,
    )
    assert html.index('role="alert"') < html.index("hw-step")


def test_the_definition_is_a_hidden_input_and_the_help_is_in_a_template() -> None:
    form = EXAMPLES["measure"]
    html = render_form(form, action="/forms/measure", hidden={"_id": "x"}, help_html=Markup("<p>Call 988</p>"))
    assert Page(html).named("_definition")[0]["value"] == form.hash
    assert Page(html).named("_id")[0]["value"] == "x"
    assert '<template class="hw-help"><p>Call 988</p></template>' in html
    assert "Call 988" not in render_form(EXAMPLES["text"], action="/", help_html=Markup("<p>Call 988</p>"))


def test_answers_are_shown_in_the_words_that_were_asked() -> None:
    phq9 = CONTENT["phq9"]
    shown = Page(render_answers(phq9, {"bothered": {"q1": "3"}, "difficulty": "1"}))
    assert "Little interest or pleasure in doing things" in shown.text
    assert "Nearly every day" in shown.text
    assert "Somewhat difficult" in shown.text
    assert shown.text.count("not answered") == 9  # eight items and the note
    assert "input" not in {tag for tag, _ in shown.elements}


@pytest.mark.parametrize(("together", "times"), [(True, 1), (False, 0)])
def test_a_form_for_two_says_so_above_its_questions(together: bool, times: int) -> None:
    shown = render_form(replace(CONTENT["thought-record"], with_clinician=together), action="/forms/thought-record")
    assert shown.partition("<section")[0].count("Fill this in together with your clinician.") == times
    assert shown.count("Fill this in together with your clinician.") == times
