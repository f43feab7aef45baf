"""Finds what a module of pure functions must not have: files, the network, the web, databases, the command line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tools.rooms import Module, imports_of

LIBRARIES = frozenset({
    "click", "datasette", "httptools", "jinja2", "markdown", "mkdocs", "sqlcipher3", "sqlite3", "sqlite_utils",
    "starlette", "uvicorn",
})  # fmt: skip
SYSTEM = frozenset({
    "asyncio", "codecs", "fcntl", "fileinput", "glob", "http", "io", "logging", "mmap", "multiprocessing", "os",
    "pathlib", "shelve", "shutil", "signal", "socket", "subprocess", "tempfile", "threading", "urllib.request",
})  # fmt: skip
BUILTINS = frozenset({"input", "open", "print"})
OF_PATHS = frozenset({
    "exists", "is_dir", "is_file", "iterdir", "mkdir", "open", "read_bytes", "read_text", "rglob", "rmdir", "stat",
    "touch", "unlink", "write_bytes", "write_text",
})  # fmt: skip


@dataclass(frozen=True)
class Impurity:
    """What a module imports or calls, and where."""

    what: str
    line: int

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


def impurities(module: Module) -> Iterator[Impurity]:
    """Yield each import and each call that reaches outside the module's own values."""
    for imported in imports_of(module):
        if not imported.name.startswith("pathlib.Pure"):  # a path as a value, which opens nothing
            yield from (Impurity(name, imported.line) for name in _heads(imported.name) & (LIBRARIES | SYSTEM))
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in BUILTINS:
                yield Impurity(name, node.lineno)
            case ast.Call(func=ast.Attribute(attr=name)) if name in OF_PATHS:
                yield Impurity(f".{name}", node.lineno)


def _heads(name: str) -> set[str]:
    """Return a dotted name and every package around it."""
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
