"""Imports run one way; the picture is in the README."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Each room of `forms` may use those that stand before it, and nothing else of ours.
FORMS = [
    "errors", "conditions", "typed", "fields", "keeping", "symptoms", "definition", "markup", "wording", "computing",
    "naming", "syntax", "reading", "options", "scope", "whens", "questions", "formulas", "items", "scales", "criteria",
    "alerts", "meanings", "parsing", "catalogue", "signatures", "versions", "alert_cover", "likeness",
    "changes", "answers", "examples", "scoring", "spoken", "controls", "render",
]  # fmt: skip
# Lower layers of the collector never use the upper ones.
COLLECTOR = [
    ["errors", "driver", "settings", "secrets", "passwords", "logging", "server"],
    ["ledger"],
    ["people", "publishing", "caseload", "position"],
    ["projector", "tryout"],
    ["endpoints", "review", "pages", "middleware"],
    ["app", "serving"],
    ["demo", "supervisor", "up"],
    ["cli", "__main__"],
]


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Give every module of ours that this file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in ("site_builder", "collector"))


def rank(module: str) -> int:
    room = module.split(".")[1] if "." in module else "errors"
    return next((rank for rank, rooms in enumerate(COLLECTOR) if room in rooms), -1)


@pytest.mark.parametrize("path", modules("site_builder"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_site_builder_knows_nothing_of_the_collector(path: Path) -> None:
    assert not [name for name in imported(path) if name.startswith("collector")]


@pytest.mark.parametrize("path", modules("site_builder/forms"), ids=lambda path: path.name)
def test_the_form_model_is_pure(path: Path) -> None:
    ours = [name for name in imported(path) if not name.startswith("site_builder.forms")]
    assert not ours
    top = {name.split(".")[0] for name in third_party(path)}
    if path.name == "wording.py":
        top.discard("markdown")  # a question's own words may carry emphasis and links; nothing else of Markdown
    assert not top & {"markdown", "mkdocs", "starlette", "sqlite_utils", "sqlite3", "datasette", "click"}


def third_party(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("name", FORMS)
def test_inside_forms_imports_run_one_way(name: str) -> None:
    path = ROOT / "site_builder" / "forms" / f"{name}.py"
    if not path.exists():
        pytest.fail(f"the picture names {name}.py, which is not there")
    later = FORMS[FORMS.index(name) + 1 :]
    assert not [module for module in imported(path) if module.split(".")[2] in later]


@pytest.mark.parametrize("path", modules("collector"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_collector_imports_only_the_form_model_of_the_site_builder(path: Path) -> None:
    if path.name in ("cli.py", "up.py") and path.parent.name == "collector":
        return  # the command is the one place that may know both
    assert not [name for name in imported(path) if name.startswith("site_builder") and ".forms" not in name]


@pytest.mark.parametrize("path", modules("collector"), ids=lambda path: str(path.relative_to(ROOT)))
def test_inside_the_collector_imports_run_one_way(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[-1] == "__init__" and len(parts) == 2:
        return
    own = rank(".".join(parts))
    assert own >= 0, f"{'.'.join(parts)} has no place in the picture; give it one"
    upward = [name for name in imported(path) if name.startswith("collector.") and rank(name) > own]
    assert not upward
