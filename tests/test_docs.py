"""The documents match the code: commands, settings, kinds of field, tables, and every example."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from collector.caseload.dictionary import TABLES
from collector.cli import main
from collector.proxies import TrustedProxies
from collector.settings import Settings
from site_builder.content.library import read_library
from site_builder.forms.language.criteria import CLUSTER, CRITERION
from site_builder.forms.language.fields import OPTIONS
from site_builder.forms.language.scales import SCALE
from site_builder.forms.model.fields import KINDS
from site_builder.new import KINDS as STARTERS

ROOT = Path(__file__).parent.parent
REWRITE = os.environ.get("HOMEWARD_REWRITE_DOCS") == "1"


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands(group: click.Group = main, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Return every command with its full name, such as "client add"."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda value: str(value)[:30])
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    line = next((line for line in read("docs/reference.md").splitlines() if line.startswith(f"| `{name}")), "")
    assert line, f"docs/reference.md does not tell of {name}"
    for option in command.params:
        if isinstance(option, click.Option):
            assert f"`{option.opts[0]}`" in line


@pytest.mark.parametrize("name", ["docs/reference.md", "content/handbook/start.md"])
def test_every_kind_of_starter_is_documented(name: str) -> None:
    assert [kind for kind in STARTERS if f"`{kind}`" not in read(name)] == []


def test_every_documented_command_exists() -> None:
    table = read("docs/reference.md").split("## Commands")[1].split("\n## ")[0]
    documented = re.findall(r"^\| `([a-z -]+?)(?: [A-Z]+)*` \|", table, flags=re.M)
    assert sorted(documented) == sorted(name for name, _ in commands())


def test_every_setting_is_documented_and_read() -> None:
    documented = set(re.findall(r"^\| `(HOMEWARD_[A-Z_]+)`", read("docs/reference.md"), flags=re.M))
    fields = {f"HOMEWARD_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert documented == fields
    values = {"DATA": "d", "SITE": "s", "HOST": "::1", "PORT": "9", "HTTPS": "1", "TRUSTED_PROXIES": "unix"}
    values["GROUP"] = "7"
    changed = Settings.from_environment({f"HOMEWARD_{name}": value for name, value in values.items()})
    assert changed == Settings(Path("d"), Path("s"), "::1", 9, True, TrustedProxies(unix=True), 7)


def test_every_kind_of_field_is_documented() -> None:
    table = read("docs/worksheets.md").split("## Kinds of field")[1].split("##")[0]
    assert re.findall(r"^\| `([a-z ]+)` \|", table, flags=re.M) == list(KINDS)


@pytest.mark.parametrize("type", list(KINDS))
def test_every_option_of_a_type_is_documented(type: str) -> None:
    """The handbook's page of a type is written from this row."""
    row = next(line for line in read("docs/worksheets.md").splitlines() if line.startswith(f"| `{type}` |"))
    assert [option for option in OPTIONS[type] if not re.search(rf"`{option}\b", row)] == []


def test_the_readmes_worksheet_is_valid(tmp_path: Path) -> None:
    page = re.search(r"````markdown\n(.*?)````", read("README.md"), flags=re.S)
    assert page is not None
    assert len(page[1].splitlines()) == 5
    (tmp_path / "page.md").write_text(page[1], "utf-8")
    library = read_library(tmp_path)
    assert library.errors == ()
    assert [form.id for form in library.forms] == ["three-good-things"]


@pytest.mark.parametrize("page", re.findall(r"````markdown\n(.*?)````", read("docs/worksheets.md"), flags=re.S))
def test_the_references_worksheets_are_valid(page: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(page, "utf-8")
    library = read_library(tmp_path)
    assert library.errors == ()
    (only,) = library.pages
    assert only.form or only.practice


@pytest.mark.parametrize(("of", "options"), [("scale", SCALE), ("criterion", CRITERION), ("cluster", CLUSTER)])
def test_every_option_of_a_measure_is_documented(of: str, options: tuple[str, ...]) -> None:
    table = read("docs/worksheets.md").split(f"| option of a {of} |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, flags=re.M) == list(options)


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_links_between_documents_resolve(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)|src=\"([^\"]+)\"", read(name)):
        assert ((ROOT / name).parent / (target[0] or target[1])).exists(), target


MADE_WHEN_RUN = {"data/"}  # named in the documents, and in no checkout


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_every_path_that_is_named_exists(name: str) -> None:
    """A bare `name.py` is in a folder that the same paragraph names."""
    for paragraph in read(name).split("\n\n"):
        named = [path for path in re.findall(r"`([\w.-]+(?:/[\w.-]*)*)`", paragraph) if path not in MADE_WHEN_RUN]
        paths = [ROOT / path for path in named if "/" in path]
        assert [path for path in paths if not path.exists()] == []
        folders = [ROOT, *(path if path.is_dir() else path.parent for path in paths)]
        for file in (path for path in named if re.fullmatch(r"\w+\.(?:py|md|yml|js|css)", path)):
            assert any((folder / file).exists() for folder in folders), f"{file} is not beside any of {paths}"


def test_the_readmes_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.M))
    assert {"up", "test", "fast", "lint", "bench"} <= targets
    assert set(re.findall(r"`?make ([a-z]+)", read("README.md"))) <= targets


def caseload_document() -> str:
    """Return docs/caseload.md, generated from the dictionary that Datasette shows."""
    head = read("docs/caseload.md").split("## `")[0]
    parts = [head.rstrip()]
    for table, described in TABLES.items():
        rows = [f"| `{column}` | {meaning} |" for column, meaning in described.columns.items()]
        parts.append(
            "\n".join([f"## `{table}`", "", described.description, "", "| column | meaning |", "| --- | --- |", *rows])
        )
    return "\n\n".join(parts) + "\n"


def test_every_table_and_column_of_a_caseload_is_documented() -> None:
    """HOMEWARD_REWRITE_DOCS=1 rewrites the document."""
    if REWRITE:
        (ROOT / "docs" / "caseload.md").write_text(caseload_document(), "utf-8")
    assert read("docs/caseload.md") == caseload_document()
