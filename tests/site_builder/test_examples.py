"""Golden pairs: each kind of field as written by an author and as shown on the page.

HOMEWARD_REWRITE_EXAMPLES=1 rewrites the HTML; read the diff before you commit it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import markdown
import pytest

from site_builder.content.library import read_library
from site_builder.forms.answering.answers import from_pairs, read_answers
from site_builder.forms.html.render import render_form
from site_builder.forms.model.errors import AnswersRejected
from site_builder.forms.model.fields import KINDS

EXAMPLES = Path(__file__).parent / "examples"
REWRITE = os.environ.get("HOMEWARD_REWRITE_EXAMPLES") == "1"
LIBRARY = read_library(EXAMPLES)
FORMS = {form.id: form for form in LIBRARY.forms}
PAGES = sorted(path.stem for path in EXAMPLES.glob("*.md"))
BEFORE_ELEMENT = re.compile(r"(?<=>)(?=<(?!/|span|label|input|legend|template))")


def rendered(name: str) -> str:
    """Return the page's HTML or, when a .json of posted values is beside it, the form as it is sent back."""
    posted = EXAMPLES / f"{name}.json"
    if not posted.exists():
        return markdown.markdown(
            (EXAMPLES / f"{name}.md").read_text("utf-8"),
            extensions=["site_builder.extension"],
            extension_configs={"site_builder.extension": {"content": str(EXAMPLES)}},
        )
    form = FORMS[name]
    answers = from_pairs(form, json.loads(posted.read_text("utf-8")).items())
    with pytest.raises(AnswersRejected) as refused:
        read_answers(form, answers)
    return render_form(form, action=f"/forms/{name}", answers=answers, problems=refused.value.problems)


def lines(html: str) -> str:
    """Return the HTML with each element on its own line, so that a diff is readable."""
    return BEFORE_ELEMENT.sub("\n", html) + "\n"


def test_the_examples_have_no_mistakes() -> None:
    assert LIBRARY.errors == ()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_rendered_as_in_its_golden_example(name: str) -> None:
    golden = EXAMPLES / f"{name}.html"
    html = lines(rendered(name))
    if REWRITE:
        golden.write_text(html, "utf-8")
    assert html == golden.read_text("utf-8")


def test_every_kind_of_field_has_an_example() -> None:
    shown = {field.type for form in FORMS.values() for field in form.fields}
    assert shown == set(KINDS)
