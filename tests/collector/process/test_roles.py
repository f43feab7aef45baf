"""Each role loads what it needs, and nothing of what only authors of content need."""

from __future__ import annotations

import subprocess
import sys

import pytest

FOR_AUTHORS = ("ruamel", "mkdocs", "markdown_it", "syllapy")
IMPORTS = {
    "collect": "from collector.endpoints.app import create_app as role",
    "project": "from collector.projector import Projector as role",
    "review": "from collector.review.gateway import create_review as role",
}


def loaded(*imports: str) -> set[str]:
    """Return the packages that a new Python has loaded after these imports."""
    code = "\n".join((*imports, "import sys", "print(*{name.partition('.')[0] for name in sys.modules})"))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("role", ["collect", "project"])
def test_a_role_loads_no_parser_of_content(role: str) -> None:
    """Through the command line, as the supervisor starts it."""
    packages = loaded("import collector.cli", "import collector.process.roles, collector.process.server", IMPORTS[role])
    assert not packages & {*FOR_AUTHORS, "datasette", "yaml"}


def test_only_the_review_loads_datasette() -> None:
    assert "datasette" in loaded("import collector.process.roles", IMPORTS["review"])
