"""Every command that a document names is found in the folder where `make up` has run, and works there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from collector.cli import main

ROOT = Path(__file__).parent.parent
PROGRAM = ".venv/bin/homeward"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "content").rglob("*.md"))]
INSTALLED = "- run: pip install .\n"  # an example where homeward is on the path
ENDING = ("make check", "make build", f"{PROGRAM} new ", f"{PROGRAM} check")  # by themselves, and without a network


def named_in(document: Path) -> Iterator[str]:
    """Yield every command of a document: in code between words, and on the lines of its blocks for a shell."""
    text = document.read_text("utf-8").replace("\\ ", " ")
    for block in re.findall(r"^ *(?:```+)(?:sh|yaml|vim)\n(.*?)^ *```+$", text, flags=re.M | re.S):
        for line in map(str.strip, block.splitlines()):
            if match := re.search(r"^sudo (?:\.venv/bin/)?homeward (.*?)(?: +#.*)?$", line):  # on a server, docs/server
                yield f"{PROGRAM} {match[1]}"
            elif match := re.search(r"(?:^|run: |makeprg=)((?:make|\S*homeward) .*?)(?: +#.*)?$", line):
                yield match[1] if INSTALLED not in block else match[1].replace("homeward", PROGRAM, 1)
    for code in re.findall(r"(?<!`)`((?:make|[\w./]*homeward)\s[^`]+)`(?!`)", text):
        yield " ".join(code.split())


COMMANDS = sorted({command for document in DOCUMENTS for command in named_in(document)})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `make up` leaves it, with the environment in which this test runs, and nothing of it on the path."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "mkdocs.yml"):
        shutil.copy2(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "content", tmp_path / "content")
    (tmp_path / "site_builder").symlink_to(ROOT / "site_builder")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for mark in (".installed", ".test-installed"):
        (tmp_path / ".venv" / mark).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return tmp_path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_documents_name_commands_in_blocks_and_between_words() -> None:
    assert {"make up", "make test", "make check", "make preview", "make build"} <= set(COMMANDS)
    assert f'{PROGRAM} new worksheet "Three good things"' in COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_found_where_it_is_typed(folder: Path, command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program in ("make", PROGRAM), f"`{command}` is not found after `make up`"
    if program == "make":
        dry = run("make", "--dry-run", *arguments)
        assert dry.returncode == 0, dry.stderr
        assert "pip install" not in dry.stdout, "the set-up has been done, in this folder"
    else:
        assert parsed(arguments), f"there is no command `{command}`"


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith(ENDING)])
def test_a_command_that_ends_by_itself_works(folder: Path, command: str) -> None:
    ended = run(*shlex.split(command))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_what_a_command_says_can_be_typed_in_turn(folder: Path) -> None:
    ended = run(f"{folder}/{PROGRAM}", "new", "worksheet", "Three good things")
    suggested = re.findall(r"`([^`]+)`", ended.stdout)
    assert [words.split()[1] for words in suggested] == ["preview", "check"]
    assert "✎" in run(*shlex.split(suggested[1])).stdout


def parsed(arguments: list[str]) -> bool:
    """Return whether these words lead to a command, with options that it has."""
    group: click.Command = main
    words = list(arguments)
    context = click.Context(main)
    while isinstance(group, click.Group) and words:
        step = group.get_command(context, words.pop(0))
        if step is None:
            return False
        group = step
    known = {name for option in group.params for name in option.opts}
    return all(word.split("=")[0] in known for word in words if word.startswith("--"))
