"""Reads the picture of rooms in README.md, and finds the modules of a tree that do not keep to it.

A line of the picture names a package and its rooms; each room may import those to the left of an arrow, and those with
a comma between them do not import each other. A room is a module or a package, with everything inside it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_PICTURE = re.compile(r"^```rooms\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"(?P<package>[a-z_/]+) {2,}(?P<rooms>\S.*)")
_ALLOWED = re.compile(
    r"(?P<by>[a-z_]+) takes (?P<rooms>[a-z_, ]+) of (?P<of>[a-z_/]+)(?:; (?P<free>[a-z_/, ]+) takes? all)?"
)
_ROUND = ("importlib", "imp", "pkgutil", "runpy", "zipimport")  # modules that import by name or by file path
_PLAIN = ("importlib.resources", "importlib.metadata")  # read data that is installed, no code
_BUILTINS = ("__import__", "compile", "eval", "exec")
_SYS = ("meta_path", "modules", "path", "path_hooks")


@dataclass(frozen=True)
class Module:
    """One file of Python. `name` is dotted; that of an `__init__.py` is its package's."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text("utf-8"))

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Import:
    """One import: the dotted name of what is imported, and its line."""

    name: str
    line: int


@dataclass(frozen=True)
class Fault:
    """One module that does not keep to the picture."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True)
class Row:
    """One line of the picture: the steps of a package, each of one room or several, from the first to the last."""

    package: str  # dotted
    steps: tuple[tuple[str, ...], ...]

    @property
    def rooms(self) -> tuple[str, ...]:
        return tuple(room for step in self.steps for room in step)

    def step(self, room: str) -> int:
        return next(number for number, step in enumerate(self.steps) if room in step)


@dataclass(frozen=True)
class Allowance:
    """What a package may import of another: these rooms, and all of it for the modules that are `free`."""

    by: str
    of: str
    rooms: tuple[str, ...]
    free: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """The rows of the picture, and what a package may take of another's; nothing, where no allowance says so."""

    rows: tuple[Row, ...]
    allowances: tuple[Allowance, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages on top, such as `site_builder`."""
        return tuple(dict.fromkeys(row.package.partition(".")[0] for row in self.rows))

    def row_of(self, name: str) -> Row:
        """Return the row of the innermost package that a dotted name is in."""
        rows = [row for row in self.rows if is_within(name, row.package)]
        return max(rows, key=lambda row: len(row.package))

    def room_of(self, name: str) -> str:
        """Return the dotted name of a module's room, or "" if the picture has none for it."""
        row = self.row_of(name)
        rest = name[len(row.package) + 1 :]
        room = rest.partition(".")[0]
        return f"{row.package}.{room}" if room in row.rooms else ""


def is_within(name: str, package: str) -> bool:
    """Return whether a dotted name is a package or something inside it."""
    return name == package or name.startswith(f"{package}.")


def read_picture(text: str) -> Picture:
    """Return the picture in a document's `rooms` block. Raises ValueError if there is none or a line is unreadable."""
    block = _PICTURE.search(text)
    if block is None:
        raise ValueError("there is no block ```rooms with the picture")
    rows, allowances = [], []
    for line in re.sub(r"\n +←", " ←", block["lines"]).splitlines():
        if allowed := _ALLOWED.fullmatch(line):
            free = tuple(dotted(f"{allowed['by']}/{module}") for module in names(allowed["free"] or ""))
            allowances.append(Allowance(allowed["by"], dotted(allowed["of"]), names(allowed["rooms"]), free))
        elif row := _LINE.fullmatch(line):
            rows.append(Row(dotted(row["package"]), tuple(names(step) for step in row["rooms"].split("←"))))
        elif line:
            raise ValueError(f"this line of the picture cannot be read: {line}")
    return Picture(tuple(rows), tuple(allowances))


def names(text: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[, ]+", text) if name and name != "and")


def dotted(path: str) -> str:
    return path.replace("/", ".")


def modules_of(root: Path, packages: tuple[str, ...]) -> dict[str, Module]:
    """Return every module of the packages by its dotted name."""
    modules = {}
    for path in sorted(path for package in packages for path in (root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path)
    return modules


def imports_of(module: Module) -> Iterator[Import]:
    """Yield every import of a module, also those inside functions and for types alone."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source_of(module, node)
            yield from (Import(f"{source}.{alias.name}".strip("."), node.lineno) for alias in node.names)


def _source_of(module: Module, node: ast.ImportFrom) -> str:
    """Return what `from … import` is from, with leading dots resolved."""
    if not node.level:
        return node.module or ""
    parents = module.package.split(".")
    above = parents[: len(parents) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def ours(modules: Mapping[str, Module], module: Module) -> Iterator[tuple[Module, int]]:
    """Yield the modules of the tree that a module imports, each with the line."""
    for imported in imports_of(module):
        name = imported.name
        while name and name not in modules:
            name = name.rpartition(".")[0]  # a name in a module
        if name:
            yield modules[name], imported.line


def circles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of nodes that lead to each other, each sorted (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for following in sorted(arrows.get(node, ())):
            if following not in index:
                visit(following)
                low[node] = min(low[node], low[following])
            elif following in stack:
                low[node] = min(low[node], index[following])
        if low[node] == index[node]:
            start = stack.index(node)
            groups.append(sorted(stack[start:]))
            del stack[start:]

    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return sorted(group for group in groups if len(group) > 1 or group[0] in arrows.get(group[0], ()))


@dataclass(frozen=True)
class House:
    """A tree of code and the picture that it has to keep to."""

    picture: Picture
    root: Path
    stands_with: Mapping[str, str]  # modules that are no room, such as a package's own `__init__`, and their room

    @cached_property
    def modules(self) -> dict[str, Module]:
        return modules_of(self.root, self.picture.packages)

    @cached_property
    def arrows(self) -> tuple[tuple[Module, Module, int], ...]:
        """Every import of one module of the tree by another: who, what, and the line."""
        return tuple(
            (module, target, line)
            for module in self.modules.values()
            for target, line in ours(self.modules, module)
            if target != module
        )

    def room_of(self, module: Module) -> str:
        return self.stands_with.get(module.name) or self.picture.room_of(module.name)

    def place(self, module: Module, line: int = 0) -> str:
        path = module.path.relative_to(self.root).as_posix()
        return f"{path}:{line}" if line else path

    def faults(self) -> list[Fault]:
        """Return everything in the tree that is not as the picture shows it."""
        return [
            *self.unplaced(),
            *self.missing_rooms(),
            *self.backward_arrows(),
            *self.forbidden_rooms(),
            *self.circles(),
        ]

    def unplaced(self) -> Iterator[Fault]:
        """Yield the modules that have no room; an empty `__init__` around the rooms needs none."""
        around = {row.package for row in self.picture.rows}
        for module in self.modules.values():
            if not self.room_of(module) and not (module.name in around and not list(imports_of(module))):
                yield Fault(self.place(module), "has no place in the picture")

    def missing_rooms(self) -> Iterator[Fault]:
        for row in self.picture.rows:
            for number, room in enumerate(row.rooms):
                if f"{row.package}.{room}" not in self.modules:
                    yield Fault("picture", f"there is no room {room} in {row.package}")
                if room in row.rooms[:number]:
                    yield Fault("picture", f"{room} stands twice in {row.package}")

    def backward_arrows(self) -> Iterator[Fault]:
        for module, target, line in self.arrows:
            own, other = self.room_of(module), self.room_of(target)
            for row in self.picture.rows:
                here, there = _room_in(row, own), _room_in(row, other)
                if here and there and here != there and row.step(there) >= row.step(here):
                    yield Fault(self.place(module, line), f"{here} imports {there}, which does not stand before it")

    def forbidden_rooms(self) -> Iterator[Fault]:
        """Yield the imports of another package that no allowance covers."""
        for module, target, line in self.arrows:
            by, of = module.name.partition(".")[0], target.name.partition(".")[0]
            if by != of and not any(
                allowance.by == by
                and (
                    (module.name in allowance.free and is_within(allowance.of, of))
                    or any(is_within(target.name, f"{allowance.of}.{room}") for room in allowance.rooms)
                )
                for allowance in self.picture.allowances
            ):
                yield Fault(self.place(module, line), f"{by} may not import {target.name}")

    def circles(self) -> Iterator[Fault]:
        """Yield the circles inside a room; those between rooms have an arrow that runs backwards."""
        inside: defaultdict[str, set[str]] = defaultdict(set)
        for module, target, _ in self.arrows:
            if self.room_of(module) == self.room_of(target):
                inside[module.name].add(target.name)
        for group in circles(inside):
            yield Fault(self.place(self.modules[group[0]]), f"imports run in a circle: {', '.join(group)}")

    def ways_round(self) -> Iterator[tuple[str, str, int]]:
        """Yield the file, the means and the line of each import that goes by name or by file path."""
        for module in self.modules.values():
            path = self.place(module)
            yield from ((path, means, line) for means, line in ways_round(module))
            for name, line in self._named(module):
                yield path, name, line

    def _named(self, module: Module) -> Iterator[tuple[str, int]]:
        """Yield the texts that name a module outside the room."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                name = node.value.partition(":")[0]
                if name in self.modules and self.room_of(self.modules[name]) != self.room_of(module):
                    yield node.value, node.lineno


def _room_in(row: Row, room: str) -> str:
    """Return the name that a room, or the package around it, has in a row, or ""."""
    return room[len(row.package) + 1 :].partition(".")[0] if room and is_within(room, row.package) else ""


def ways_round(module: Module) -> Iterator[tuple[str, int]]:
    """Yield each means of importing by name or by file path that a module uses, with its line."""
    for imported in imports_of(module):
        name = imported.name
        if any(is_within(name, way) for way in _ROUND) and not any(is_within(name, plain) for plain in _PLAIN):
            yield name.partition(".")[0], imported.line
        if name.partition(".")[0] == "sys" and name.partition(".")[2] in _SYS:
            yield name, imported.line
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in _BUILTINS:
            yield node.id, node.lineno
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "sys" and node.attr in _SYS:
                yield f"sys.{node.attr}", node.lineno
            if node.value.id == "builtins" and node.attr in _BUILTINS:
                yield node.attr, node.lineno
