"""Names say what a thing is; docstrings begin with what a function returns or does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("site_builder", "collector", "tests", "benchmarks", "tools")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

# Participles: they say what was done to a thing and leave open what it is.
BANNED = frozenset({"found", "told", "kept", "made", "said", "given"})
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def defined_name(node: ast.AST) -> str | None:
    """Return the name that a node defines, or None; a name from a library that is only used is not ours to choose."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
        case ast.arg(arg=name) | ast.alias(asname=name) | ast.MatchMapping(rest=name):
            return name
    return None


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the description of each banned name and docstring."""
    for node in ast.walk(ast.parse(source)):
        name = defined_name(node)
        if name and name.lower().strip("_") in BANNED:
            yield getattr(node, "lineno", 1), f"'{name}' does not say what it names"
        if isinstance(node, Documented) and re.match(r"Gives?\b", ast.get_docstring(node) or ""):
            yield node.body[0].lineno, "begin the docstring with another word than Give, such as Return"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_and_docstrings_are_plain(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    assert [f"{place}:{line}: {fault}" for line, fault in sorted(faults(path.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "KEPT = 1",
        "_told: int = 1",
        "for made in (): pass",
        "with open('x') as given: pass",
        "[said for said in ()]",
        "if (found := 1): pass",
        "self.found = 1",
        "self._kept += 1",
        "class A:\n    found: int",
        "def f(told): pass",
        "def f(*, told): pass",
        "def f(*told): pass",
        "def f(**told): pass",
        "lambda given: 1",
        "def found(): pass",
        "async def _found(): pass",
        "class Kept: pass",
        "class A:\n    def made(self): pass",
        "import ast as found",
        "try: pass\nexcept ValueError as said: pass",
        "match 1:\n    case found: pass",
        "match 1:\n    case [*found]: pass",
        "match 1:\n    case {**found}: pass",
        "'''Give a module.'''",
        "class A:\n    '''Gives one.'''",
        "def f():\n    '''Give one.'''",
        "async def f():\n    '''\n    Give one.\n    '''",
    ],
)
def test_a_banned_word_is_noticed_wherever_a_name_is_defined(source: str) -> None:
    assert len(list(faults(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from hypothesis import given\n@given(1)\ndef f(): pass",
        "print(match.found)",
        "founder = forgiven = as_told = 1",
        "def f():\n    '''Return what is given.'''",
        "def f():\n    '''Given names come first.'''",
        "text = 'found'",
    ],
)
def test_other_words_and_names_of_libraries_are_allowed(source: str) -> None:
    assert list(faults(source)) == []


def test_a_fault_has_its_line() -> None:
    assert [line for line, _ in sorted(faults("x = 1\nfound = 2\ndef f():\n    '''Give it.'''"))] == [2, 4]
