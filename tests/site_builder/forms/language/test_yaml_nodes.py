"""libyaml is used only where it reads exactly what ruamel.yaml reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node, ScalarNode

from site_builder.content.fences import find_fences
from site_builder.forms.language.yaml_nodes import compose
from site_builder.forms.language.yaml_tree import Mistakes

ROOT = Path(__file__).parents[4]
PAGES = [*ROOT.glob("content/**/*.md"), *ROOT.glob("tests/site_builder/examples/*.md")]
BLOCKS = [
    fenced.block.text
    for page in PAGES
    for fenced in find_fences(page.read_text("utf-8"), Mistakes("")).forms
    if fenced.block
]
PIECES = (
    ": ", ":", "- ", "-", "{", "}", "[", "]", ",", "'", '"', "#", " #", "\n", "\n  ", " ", "yes", "1", "0x1f", "1_0",
    "~", "null", "2020-01-01", "=", "<<: ", "é", "“", "%", "&a", "*a", "?", "? ", "|", ">", "...", "---", "!", "@", "`",
    "\\", "\t", "012", "1e3", ".5", "1:30", "true", "\x85", "\u2028", "\xa0",
)  # fmt: skip


def outline(node: Node | None) -> Any:
    """Return everything about a node that its readers look at."""
    if node is None:
        return None
    marks = (node.start_mark.line, node.start_mark.column, node.end_mark.line, node.end_mark.column)
    if isinstance(node, ScalarNode):
        return str(node.tag), node.value, node.style, node.anchor, marks[: 2 if node.style in ("|", ">") else 4]
    children = [tuple(map(outline, child)) if isinstance(child, tuple) else outline(child) for child in node.value]
    return type(node).__name__, node.anchor, marks[:2], children


def read(text: str, *, alone: bool) -> Any:
    try:
        return outline(YAML(typ="safe", pure=True).compose(text) if alone else compose(text))
    except YAMLError as error:
        return str(error)


def test_every_shipped_form_is_read_the_same_by_both() -> None:
    assert BLOCKS
    for text in BLOCKS:
        assert read(text, alone=False) == read(text, alone=True)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_form_with_any_slip_of_the_pen_is_read_the_same_by_both(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(BLOCKS)).split("\n")
    first = data.draw(st.integers(0, len(lines) - 1))
    text = "\n".join(lines[first : first + 8])
    for _ in range(data.draw(st.integers(1, 3))):
        at, dropped = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 3))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + dropped :]
    assert read(text, alone=False) == read(text, alone=True)


def test_without_libyaml_ruamel_reads_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    read_by_both = [read(text, alone=False) for text in BLOCKS]
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert [read(text, alone=False) for text in BLOCKS] == read_by_both
