"""The commands `homeward check` and `homeward new`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from site_builder.checks.formats import FORMATS
from site_builder.forms.history.published import Published
from site_builder.forms.model.errors import SiteError
from site_builder.new import KINDS
from site_builder.new import new as start

SETTINGS = Path("mkdocs.yml")
CONTENT = Path("content")


@click.command()
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    help="The folder of the pages.  [default: 'docs_dir' of the settings; content, where there are none]",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The site's settings, whose menu is checked as well.  [default: mkdocs.yml, where there is one]",
)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False),
    help="The data folder, whose ledger is compared with, too.  [default: data, where there is one]",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--format", "format_", type=click.Choice((*FORMATS, "json")), default="text", show_default=True,
    help="For people, for editors, for GitHub Actions, for programs.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def check(
    published_in: Callable[[Path | None], Published | None] | None,
    content: Path | None,
    config: Path | None,
    data: Path | None,
    strict: bool,
    format_: str,
    as_json: bool,
) -> None:
    """Look for mistakes in the content; each with its file, line and column."""
    from site_builder.checks import check as check_content  # loads Markdown, which other commands can do without
    from site_builder.content.mkdocs_settings import content_of

    try:
        config = config or (SETTINGS if SETTINGS.is_file() else None)
        content = content or (content_of(config) if config else CONTENT)
        report = check_content(content, config, published_in(data) if published_in else None)
    except SiteError as error:
        _fail(error)
    if as_json or format_ == "json":
        _print(report.to_json())
    else:
        for finding in (*report.findings, *report.changes):
            click.echo(FORMATS[format_](finding))
        click.echo(str(report), err=format_ != "text")
    sys.exit(1 if report.errors or (strict and report.warnings) else 0)


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("name")
@click.option(
    "--content", type=click.Path(path_type=Path), default=Path("content"), show_default=True,
    help="The folder of the pages.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def new(kind: str, name: str, content: Path, as_json: bool) -> None:
    """Write a good starting file for a page called NAME; a pencil marks what is left to be written."""
    try:
        started = start(kind, name, content)
    except SiteError as error:
        _fail(error)
    if as_json:
        _print(started.to_json())
    else:
        click.echo(str(started))


def _print(facts: dict[str, Any]) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False))


def _fail(error: SiteError) -> None:
    click.echo(str(error), err=True)
    sys.exit(1)


commands = [check, new]
