"""How findings are printed, and how a check ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from site_builder.checks.formats import github, gnu, text
from site_builder.cli import check
from site_builder.forms.model.errors import FormError, Source

MISTAKE = FormError(Source("a,b:c.md", 3, 4), "50% are\r\nlost", "see: this, that", rule="link")
WARNING = FormError(Source("a.md", 1, 2), "hard", rule="reading", severity="warning")
# The pattern that editors use for GCC's messages.
COMPILER = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<kind>error|warning): (?P<message>.+)$")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check, arguments)


def test_a_workflow_command_escapes_special_characters() -> None:
    assert github(MISTAKE) == (
        "::error file=a%2Cb%3Ac.md,line=3,col=4,title=homeward check%3A link::50%25 are%0D%0Alost; see: this, that"
    )
    assert github(WARNING) == "::warning file=a.md,line=1,col=2,title=homeward check%3A reading::hard"


def test_the_gnu_format_matches_that_of_compilers() -> None:
    match = COMPILER.match(gnu(WARNING))
    assert match is not None
    assert match.groupdict() == {
        "file": "a.md", "line": "1", "column": "2", "kind": "warning", "message": "hard [reading]",
    }  # fmt: skip


def test_people_see_which_findings_are_warnings() -> None:
    assert text(WARNING) == "a.md:1:2 warning: hard"


def test_a_safe_change_is_a_note() -> None:
    change = FormError(Source("a.md", 1, 2), "'mood' has another wording", rule="lock", severity="change")
    assert text(change) == "a.md:1:2 change: 'mood' has another wording"
    assert gnu(change) == "a.md:1:2: note: 'mood' has another wording [lock]"
    assert github(change).startswith("::notice file=a.md,line=1,col=2,")


@pytest.fixture
def warned(clinic: Path) -> Path:
    (clinic / "content/page.md").write_text("# Page\n\n![IMG_1.png](pictures/stair.svg)\n")
    return clinic


def test_warnings_fail_only_when_asked_to(warned: Path) -> None:
    assert (run().exit_code, run("--strict").exit_code) == (0, 1)
    assert run().stdout.splitlines()[-1] == "3 pages, 0 forms, no mistakes, 1 warning"


def test_mistakes_and_warnings_are_in_text_order(warned: Path) -> None:
    (warned / "content/page.md").write_text("# P\n\n[x](y.md)\n\n![IMG_1.png](pictures/stair.svg)\n\n[x](z.md)\n")
    result = run()
    assert result.exit_code == 1
    assert [line.split(" ")[0] for line in result.stdout.splitlines()[:-1]] == [
        "content/page.md:3:1", "content/page.md:5:1", "content/page.md:7:1",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["gnu", "github"])
def test_machine_formats_print_only_findings_to_stdout(warned: Path, kind: str) -> None:
    result = run("--format", kind)
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == "3 pages, 0 forms, no mistakes, 1 warning\n"


@pytest.mark.parametrize("options", [["--json"], ["--format", "json"]])
def test_json_has_each_finding_with_its_rule(warned: Path, options: list[str]) -> None:
    facts = json.loads(run(*options).stdout)
    assert facts["mistakes"] == []
    assert facts["warnings"][0] == {
        "file": "content/page.md", "line": 3, "column": 1, "rule": "alt",
        "problem": "the words for a picture are only the name of a file, 'IMG_1.png'",
        "remedy": "say in a few words what the picture shows",
    }  # fmt: skip


def test_missing_settings_are_reported_in_a_sentence(clinic: Path) -> None:
    result = run("--config", "nowhere.yml")
    assert result.exit_code == 1
    assert result.stderr == "There is no file 'nowhere.yml'. Name the site's settings with --config.\n"
    (clinic / "mkdocs.yml").write_text("nav: [")
    assert run().stderr.startswith("mkdocs.yml:1:6 the '[' that opens here is not closed; close it with ']'")
