"""The theme's own templates, on the pages of a small site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from site_builder.publishing.build import build

THEME = Path(__file__).parents[3] / "site_builder" / "theme"
FORM = """```yaml form
form: {}
title: A form
fields: {{low: {{ask: Low?, type: yes no}}}}
```
"""
EXAMPLE = "````markdown form example\n{}````\n"
PAGES = {
    "index.md": "# Welcome\n",
    "guide.md": "---\nreviewed: '2026-03-09'\nreviewed_by: us alone\nsources: [A book]\n---\n# A guide\n",
    "other.md": "---\nreviewed: '2026-03-09'\nsources: [A book]\n---\n# Another guide\n",
    "sheet.md": f"# A worksheet\n\n{FORM.format('one')}",
    "shown.md": f"---\naudience: clinic\n---\n# An example\n\n{EXAMPLE.format(FORM.format('two'))}",
    "both.md": f"---\naudience: clinic\n---\n# Both\n\n{EXAMPLE.format(FORM.format('three'))}\n{FORM.format('four')}",
}
CONFIG = f"""
site_name: Lantern Lane
site_url: https://example.org/
docs_dir: content
theme: {{name: material, custom_dir: '{THEME.as_posix()}', static_templates: [shell.html], font: false}}
plugins: []
nav:
  - index.md
  - Guides: [{{Fear: [guide.md]}}, {{Sleep: [other.md]}}]
  - Sheets: [sheet.md]
  - Handbook: [shown.md, both.md]
markdown_extensions: [{{site_builder.extension: {{content: content}}}}]
extra:
  clinic: {{name: Lantern Lane Clinic, help_url: guide/, help_title: Get help now, help: Call us.}}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built site: a page of each kind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "content" / name).write_text(text, "utf-8")
    (tmp_path / "mkdocs.yml").write_text(CONFIG, "utf-8")
    build(tmp_path / "mkdocs.yml", tmp_path / "site")
    return tmp_path / "site"


def read(page: Path) -> str:
    return page.read_text("utf-8")


def test_a_form_that_can_be_sent_lies_on_a_sheet_and_an_example_does_not(site: Path) -> None:
    on_a_sheet = {page.parent.name for page in site.glob("*/index.html") if " hw-sheet" in page.read_text("utf-8")}
    assert on_a_sheet == {"sheet", "both"}
    assert " hw-sheet" not in (site / "index.html").read_text("utf-8")


def test_a_group_in_the_menu_is_closed_unless_its_page_is_read(site: Path) -> None:
    group = '<details class="hw-menu__part"{}>\n        <summary>{}</summary>'
    page = read(site / "guide" / "index.html")
    assert group.format(" open", "Fear") in page
    assert group.format("", "Sleep") in page
    assert 'href="../other/">Another guide</a>' in page
    assert " open" not in "".join(re.findall(r'<details class="hw-menu__part"[^>]*>', read(site / "shell.html")))


def test_a_guide_ends_with_who_has_read_it_through(site: Path) -> None:
    day = 'Last read through <time datetime="2026-03-09">9 March 2026</time>'
    assert f"{day} by us alone." in read(site / "guide" / "index.html")
    assert f"{day}." in read(site / "other" / "index.html")


def test_the_shell_leaves_it_to_the_collector(site: Path) -> None:
    assert '<div class="md-content hw-page hw-page--page <!--hw:sheet-->"' in (site / "shell.html").read_text("utf-8")
