"""The tool counts the present tree, and follows a submission through it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.house import Walk, main, print_package
from tools.rooms import modules_of, read_picture

ROOT = Path(__file__).parents[2]
TREE = {
    "site/__init__.py": "",
    "site/pages.py": "def read():\n    return 1\n",
    "site/forms/__init__.py": "from site.pages import read\n",
    "site/forms/form.py": "import site.cli\n\n\nclass Form:\n    def ask(self):\n        a = 1\n        return a\n",
    "site/cli.py": "import site.forms.form\n",
}
PICTURE = "```rooms\nsite   pages ← forms ← cli\n```\n"


def test_a_package_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    print_package("site", modules_of(tmp_path, ("site",)), read_picture(PICTURE))
    assert capsys.readouterr().out.splitlines() == [
        "site",
        "  modules   5, median 1 lines, longest 7 (site.forms.form)",
        "  functions 2, median 2.5 lines, longest 3 (site.forms.form:5 ask)",
        "  rooms     3, of them 2 loose modules; the fullest is forms with 2 modules",
        "  arrows    3 between rooms, 1 backwards, 2 in circles",
    ]


def test_a_way_that_comes_back_is_counted() -> None:
    assert Walk("sent", ["a", "b", "a", "c", "b"], 4).returns == 2


def test_one_submission_walks_through_the_whole_house(capsys: pytest.CaptureFixture[str]) -> None:
    main(ROOT)
    out = capsys.readouterr().out
    ways = dict(re.findall(r"^  (sent|folded|read) +(.*)$", out, flags=re.MULTILINE))
    rooms = {way: set(listed.split(" → ")) for way, listed in ways.items()}  # their order is that of several threads
    assert rooms["sent"] >= {"middleware", "endpoints", "forms", "ledger"}
    assert rooms["folded"] >= {"projector", "caseload", "ledger", "position"}
    assert rooms["read"] >= {"middleware", "review", "caseload", "forms", "ledger"}
