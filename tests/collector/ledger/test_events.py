"""Each kind of event is built by the function of its name, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from collector.ledger import events
from collector.ledger.events import Kind

ROOT = Path(__file__).parents[3]
EVENTS = ROOT / "collector" / "ledger" / "events.py"
SOURCES = [path for folder in ("collector", "benchmarks") for path in (ROOT / folder).rglob("*.py") if path != EVENTS]


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_a_function_of_its_name(kind: Kind) -> None:
    assert callable(getattr(events, kind))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_else_builds_an_event(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    assert "Event" not in {function.id for function in calls if isinstance(function, ast.Name)}
