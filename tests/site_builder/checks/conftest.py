"""The content of a small clinic, to which each test adds a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder.checks import check

CheckPage = Callable[..., list[str]]

FRONT = '---\nauthor: Dr Alice Example\nreviewed: "2026-03-09"\nsources: ["Beck AT. Cognitive Therapy. 1979."]\n---\n\n'


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("guides", "worksheets", "measures", "pictures"):
        (tmp_path / "content" / folder).mkdir(parents=True)
    (tmp_path / "content/index.md").write_text("# Welcome\n")
    (tmp_path / "content/guides/why-practice.md").write_text(f"{FRONT}# Why practice helps\n\n## Make it small\n")
    (tmp_path / "content/pictures/stair.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture
def check_page(clinic: Path) -> CheckPage:
    """Return a function that writes a page, checks it, and returns the findings without the page's name.

    Those of the rule `without` are left out.
    """

    def run(text: str, page: str = "page.md", config: str = "", without: str = "") -> list[str]:
        (clinic / "content" / page).write_text(text, "utf-8")
        if config:
            (clinic / "mkdocs.yml").write_text(
                f"docs_dir: content\n{config}\nmarkdown_extensions: [site_builder.extension]\n"
            )
        report = check(Path("content"), Path("mkdocs.yml") if config else None)
        return [str(finding).removeprefix(f"content/{page}:") for finding in report.findings if finding.rule != without]

    return run
