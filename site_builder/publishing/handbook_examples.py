"""Renders a handbook example as two panes: the author's source, and the form or practice it becomes."""

from __future__ import annotations

import re
from dataclasses import replace

import markdown

from site_builder.content.fences import Example, find_fences
from site_builder.forms.html.render import render_close, render_open, render_section
from site_builder.forms.language.yaml_tree import Mistakes
from site_builder.forms.model.definition import Form
from site_builder.forms.model.markup import Markup, joined, tag, trusted
from site_builder.practices.html import render_practice
from site_builder.practices.model import Practice

# An example's title must be neither a heading of the page nor an entry in its table of contents.
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TABLES = ["tables"]


def example_html(example: Example, shown: Form | Practice, number: int) -> Markup:
    """Return both panes; `number` counts the examples on a page and keeps their ids unique."""
    source = example.text or ""
    return tag(
        "div",
        tag(
            "pre",
            source,
            class_="hw-example__source",
            tabindex="0",
            role="region",
            aria_label=f"Example {number}: what you write",
        ),
        tag(
            "div",
            _practice(source, shown) if isinstance(shown, Practice) else _shown(source, shown, number),
            class_="hw-example__shown",
        ),
        class_="hw-example",
    )


def _shown(source: str, form: Form, number: int) -> Markup:
    """Return the example as a page would show it, with all steps on one page and no way to send it."""
    form = replace(form, id=f"example-{number}-{form.id}")
    lines = source.split("\n")
    blocks = find_fences(source, Mistakes("")).forms
    ends = [-1, *(block.last for block in blocks)]
    starts = [*(block.first for block in blocks), len(lines)]
    before, *between, after = (_prose(lines[end + 1 : start]) for end, start in zip(ends, starts, strict=True))
    sections = [render_section(form, index) for index in range(len(blocks))]
    steps = [tag("div", *parts, class_="hw-step") for parts in zip(["", *between], sections, strict=True)]
    opening, closing = render_open(form, action="", example=True), render_close(form, example=True)
    return joined([before, opening, *steps, closing, after])


def _practice(source: str, practice: Practice) -> Markup:
    """Return the example as a page would show it, without its way to the log."""
    lines = source.split("\n")
    (block,) = find_fences(source, Mistakes("")).practices
    before, after = _prose(lines[: block.first]), _prose(lines[block.last + 1 :])
    return joined([before, render_practice(practice, example=True), after])


def _prose(lines: list[str]) -> Markup:
    html = markdown.markdown("\n".join(lines), extensions=_TABLES)
    return trusted(_TITLE.sub(r'<p class="hw-example__title">\1</p>', html))
