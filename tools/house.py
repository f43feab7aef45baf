"""Counts what the house is made of, and follows one submission through it: `python -m tools.house [TREE]`.

TREE may be an older version of Homeward. A room is a module or a package directly inside `site_builder`,
`site_builder/forms` or `collector`.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.rooms import Module, Picture, circles, is_within, modules_of, ours, read_picture

PACKAGES = ("site_builder", "site_builder.forms", "collector")
WALK = Path(__file__).with_name("walk.py")
Arrows = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Sizes:
    """Lines of the modules or functions of a package: how many there are, the median, and the longest."""

    count: int
    median: float
    longest: int
    name: str

    def __str__(self) -> str:
        return f"{self.count}, median {self.median:g} lines, longest {self.longest} ({self.name})"


@dataclass(frozen=True)
class Walk:
    """One step of a submission's way: the rooms entered, in order, and the modules crossed."""

    step: str
    rooms: list[str]
    modules: int

    @property
    def returns(self) -> int:
        """How often it comes back to a room that it has left."""
        return len(self.rooms) - len(set(self.rooms))


def main(root: Path) -> None:
    modules = modules_of(root, ("site_builder", "collector"))
    for package in PACKAGES:
        within = {name: module for name, module in modules.items() if is_within(name, package)}
        print_package(package, within, picture_of(root))
    print("the walk of one submission")
    walks = list(walk(root))
    for part in walks:
        print(f"  {part.step:<9} {' → '.join(part.rooms)}")
        print(f"            {part.modules} modules, {len(part.rooms)} rooms entered, {part.returns} times back")
    rooms, returns = sum(len(part.rooms) for part in walks), sum(part.returns for part in walks)
    print(f"  together  {rooms} rooms entered, {returns} times back to one left before")


def print_package(package: str, modules: dict[str, Module], picture: Picture | None) -> None:
    rooms = Counter(room for name in modules if (room := room_of(name, package)))
    loose = [room for room in rooms if not modules[f"{package}.{room}"].is_package]
    arrows = arrows_of(modules, package)
    fullest, most = rooms.most_common(1)[0]
    print(package.replace(".", "/"))
    print(f"  modules   {sizes(lines_of_modules(modules))}")
    print(f"  functions {sizes(lines_of_functions(modules))}")
    print(f"  rooms     {len(rooms)}, of them {len(loose)} loose modules; the fullest is {fullest} with {most} modules")
    print(f"  arrows    {len(arrows)} between rooms, {backwards(arrows, package, picture)}")


def room_of(name: str, package: str) -> str:
    """Return the room of a module in a package, or "" for the package itself and for its `__main__`."""
    room = name[len(package) + 1 :].partition(".")[0]
    return "" if room == "__main__" else room


def lines_of_modules(modules: dict[str, Module]) -> dict[str, int]:
    return {name: len(module.path.read_text("utf-8").splitlines()) for name, module in modules.items()}


def lines_of_functions(modules: dict[str, Module]) -> dict[str, int]:
    """Return the lines of every function and method, with its decorators left out."""
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, module in modules.items()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def sizes(lines: dict[str, int]) -> Sizes:
    longest = max(lines, key=lambda name: lines[name])
    return Sizes(len(lines), median(lines.values()), lines[longest], longest)


def arrows_of(modules: dict[str, Module], package: str) -> Arrows:
    """Return how many imports lead from each room of a package to each other one."""
    return Counter(
        (here, there)
        for name, module in modules.items()
        for target, _ in ours(modules, module)
        if (here := room_of(name, package)) and (there := room_of(target.name, package)) and here != there
    )


def backwards(arrows: Arrows, package: str, picture: Picture | None) -> str:
    """Return in words how many arrows run against the picture, and how many are part of a circle."""
    together = {room: set(group) for group in circles(_targets(arrows)) for room in group}
    circling = sum(there in together.get(here, ()) for here, there in arrows)
    row = next((row for row in picture.rows if row.package == package), None) if picture else None
    if row is None:
        return f"{circling} in circles (this tree has no picture that could be read)"
    wrong = sum(row.step(there) >= row.step(here) for here, there in arrows if {here, there} <= set(row.rooms))
    return f"{wrong} backwards, {circling} in circles"


def _targets(arrows: Arrows) -> dict[str, set[str]]:
    targets: dict[str, set[str]] = {}
    for here, there in arrows:
        targets.setdefault(here, set()).add(there)
    return targets


def picture_of(root: Path) -> Picture | None:
    try:
        return read_picture((root / "README.md").read_text("utf-8"))
    except ValueError:
        return None


def walk(root: Path) -> Iterator[Walk]:
    """Send one submission through a tree, in a process of its own, and yield each step of its way."""
    run = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(WALK), str(root)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(run.stderr)
    for step, files in json.loads(run.stdout.splitlines()[-1]):
        rooms: list[str] = []
        for file in files:
            package, room = Path(file).with_suffix("").parts[:2]
            name = "forms" if room == "forms" else room if package == "collector" else f"site_builder/{room}"
            if rooms[-1:] != [name]:
                rooms.append(name)
        yield Walk(step, rooms, len(set(files)))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve())
