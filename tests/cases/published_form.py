"""A form that is published, and what has changed in an edited one."""

from __future__ import annotations

import textwrap

from site_builder.forms.history.changes import Change, compare
from site_builder.forms.history.versions import History, new_history
from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.definition import Form

PUBLISHED = """
    form: check-in
    fields:
      mood: {ask: How is your mood today?, type: rating}
      cups: {ask: How many cups of coffee?, type: number, unit: cups}
      place: {ask: Where were you?, type: choice, choices: {home: At home, out: Out}}
      note: Anything else?
      steps:
        ask: Which steps?
        type: repeat
        of:
          what: Which step?
          fear: {ask: How afraid were you?, type: rating, to: 100}
      items:
        ask: How often?
        type: matrix
        choices: {0: Never, 1: Some days, 2: Often}
        rows: {q1: Feeling tense, q2: Feeling down}
    licence: made up
    scales:
      total: {items: [q1, q2], missing: 1, bands: {0: None, 3: Some}, cut_offs: {caseness: 2}, reliable_change: 2}
    alerts:
      - {label: Down, when: {q2: {at_least: 1}}}
"""


def parse(text: str) -> Form:
    return parse_blocks([Block(textwrap.dedent(text).strip("\n"), 1)], page="page.md", title="Check-in")


def edit(*pairs: tuple[str, str], version: int = 1) -> Form:
    text = PUBLISHED.replace("form: check-in", f"form: check-in\n    version: {version}")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse(text)


HISTORY = new_history(edit())


def critical(form: Form, history: History = HISTORY) -> list[Change]:
    return [change for change in compare(history, form) if change.critical]


def safe(form: Form, history: History = HISTORY) -> list[str]:
    changes = compare(history, form)
    assert not [change for change in changes if change.critical]
    return [change.problem for change in changes]
