"""More than twenty typical mistakes: a broken page, the message about it, and the corrected page.

In `mistakes/`, NAME.md is the broken page and NAME.mended.md the corrected one. NAME.txt has the message and, below it,
the part of the message that says what to write.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_builder.checks import check
from tests.site_builder.checks.conftest import FRONT

MISTAKES = Path(__file__).parents[1] / "mistakes"
NAMES = sorted(path.stem for path in MISTAKES.glob("*.txt"))
THREE = "# Three good things\n\n```yaml form\nform: three-good-things\nfields: {a: What went well?}\n```\n"


def expected(name: str) -> tuple[str, str]:
    """Return the message, and the part of it that says what to write."""
    message, words = (MISTAKES / f"{name}.txt").read_text("utf-8").splitlines()
    return message, words.removeprefix("words: ")


def findings(page: Path, text: str) -> list[str]:
    page.write_text(text, "utf-8")
    return [str(finding) for finding in check(Path("content")).findings]


def changed(broken: str, mended: str) -> Iterator[int]:
    """Return the lines of the broken page, from 1, that the correction changes or adds a line next to."""
    lines = broken.splitlines(), mended.splitlines()
    for kind, first, last, _, _ in difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from range(first + 1, max(last, first + 1) + 2)


@pytest.fixture
def around(clinic: Path) -> Path:
    """Add the pages that the broken pages link to or repeat."""
    (clinic / "content/guides/why-practice.md").write_text(f"{FRONT}# Why\n\n## Make it small enough\n")
    (clinic / "content/worksheets/three-good-things.md").write_text(THREE)
    return clinic


@pytest.mark.parametrize("name", NAMES)
def test_the_message_alone_is_enough_to_correct_the_page(around: Path, name: str) -> None:
    message, words = expected(name)
    page = Path(message.split(":")[0])
    broken, mended = ((MISTAKES / f"{name}{end}.md").read_text("utf-8") for end in ("", ".mended"))
    assert findings(page, broken) == [message]
    assert findings(page, mended) == []
    place = re.match(r"[^:]+:(\d+):\d+ ", message)
    assert place is not None
    # An unclosed fence is reported where it starts; the message says where to close it.
    assert int(place[1]) in changed(broken, mended) or "below" in message
    assert words
    assert words in message.partition("; ")[2]


def test_there_are_at_least_twenty() -> None:
    assert len(NAMES) >= 20
