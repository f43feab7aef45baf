"""A message names the command by the name under which it is found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from site_builder.command_line import command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an environment of its own, as `make up` leaves it."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "homeward"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path


def test_beside_its_environment_it_is_named_with_the_path(folder: Path) -> None:
    assert command() == ".venv/bin/homeward"
    assert command("check --strict") == ".venv/bin/homeward check --strict"


def test_where_it_is_installed_for_all_folders_the_name_is_enough(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder / ".venv" / "bin"))
    assert command("check") == "homeward check"


def test_another_one_of_the_same_name_is_not_meant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = folder / "other"
    other.mkdir()
    (other / "homeward").write_text("#!/bin/sh\n")
    (other / "homeward").chmod(0o755)
    monkeypatch.setenv("PATH", str(other))
    assert command("check") == ".venv/bin/homeward check"
    (folder / ".venv" / "bin" / "homeward").unlink()
    assert command("check") == "homeward check"


def test_elsewhere_the_whole_path_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = folder / "my pages"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert command("check") == f"{folder}/.venv/bin/homeward check"


def test_a_path_with_spaces_can_be_typed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".venv").rename(folder / "my env")
    monkeypatch.setattr(sys, "executable", str(folder / "my env" / "bin" / "python"))
    assert command("check") == "'my env/bin/homeward' check"


def test_without_a_program_it_is_a_module(folder: Path) -> None:
    (folder / ".venv" / "bin" / "homeward").unlink()
    assert command("check") == f"{sys.executable} -m collector check"
