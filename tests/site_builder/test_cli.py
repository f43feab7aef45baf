"""The command `check`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from site_builder.cli import commands

FORM = "# ABC\n\n```yaml form\nform: abc\nfields:\n  a: {ask: What?, type: %s}\n```\n"
CONFIG = """
site_name: Lantern Lane
docs_dir: content
theme: {name: mkdocs, highlightjs: false}
plugins: []
markdown_extensions: [site_builder.extension]
extra: {clinic: {phone: "112", hours: Always}}
"""


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "abc.md").write_text(FORM % "date")
    (tmp_path / "content" / "index.md").write_text("# Welcome\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    return tmp_path


def run(*arguments: str) -> Result:
    homeward = click.Group(commands={command.name or "": command for command in commands})
    return CliRunner().invoke(homeward, arguments)


def test_a_check_without_mistakes(clinic: Path) -> None:
    result = run("check")
    assert (result.exit_code, result.output) == (
        0,
        "2 pages, 1 form, no mistakes; there is no forms.lock to compare the forms with\n",
    )


def test_a_check_prints_a_line_for_each_mistake(clinic: Path) -> None:
    (clinic / "content" / "abc.md").write_text(FORM % "dat")
    result = run("check")
    assert result.exit_code == 1
    assert result.output == (
        "content/abc.md:6:25 'dat' is not an answer type; did you mean 'date'?\n"
        "2 pages, 1 form, 1 mistake; there is no forms.lock to compare the forms with\n"
    )


def test_a_check_as_json(clinic: Path) -> None:
    (clinic / "content" / "abc.md").write_text(FORM % "dat")
    result = run("check", "--json")
    assert result.exit_code == 1
    (mistake,) = json.loads(result.output)["mistakes"]
    assert (mistake["file"], mistake["line"], mistake["column"]) == ("content/abc.md", 6, 25)


def test_a_check_without_content_fails_with_a_sentence(clinic: Path) -> None:
    result = run("check", "--content", "nowhere")
    assert result.exit_code == 1
    assert result.stderr == "There is no folder 'nowhere'. Name the folder of the content.\n"
