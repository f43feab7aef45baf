"""A small clinic with a first page, a worksheet, and another page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from site_builder.publishing.mkdocs_log import quiet_mkdocs

SHEET = """# Three good things

Before the form.

```yaml form
form: three-good-things
fields:
  first: What went well today?
  mood: {ask: How do you feel?, type: rating}
```
"""
CONFIG = """
site_name: Lantern Lane
site_url: https://example.org/clinic/
docs_dir: content
theme: {name: mkdocs, highlightjs: false, custom_dir: look}
plugins: [search]
markdown_extensions:
  - site_builder.extension: {content: content}
extra:
  clinic: {name: Lantern Lane Clinic, help_url: help/, help_title: Get help now, phone: "112", hours: Always}
"""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep MkDocs quiet, as the preview does."""
    with quiet_mkdocs():
        yield


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content" / "sheets").mkdir(parents=True)
    (tmp_path / "look").mkdir()
    (tmp_path / "content" / "index.md").write_text("# Welcome\n\n[A sheet](sheets/good.md)\n")
    (tmp_path / "content" / "other.md").write_text("# Other\n\nAnother page.\n")
    (tmp_path / "content" / "sheets" / "good.md").write_text(SHEET)
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def sheet(clinic: Path) -> Path:
    return clinic / "content" / "sheets" / "good.md"
