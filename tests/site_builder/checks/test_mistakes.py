"""More than twenty seeded mistakes: whole pages as people break them, what is told, and the mended page.

In `mistakes/`: NAME.md is the broken page, NAME.mended.md the same page mended, NAME.txt what the check says and, below
it, the words of the message that tell what to write.
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


def told(name: str) -> tuple[str, str]:
    """Give the message, and the words in it that say what to write."""
    message, words = (MISTAKES / f"{name}.txt").read_text("utf-8").splitlines()
    return message, words.removeprefix("words: ")


def found(page: Path, text: str) -> list[str]:
    page.write_text(text, "utf-8")
    return [str(finding) for finding in check(Path("content")).findings]


def changed(broken: str, mended: str) -> Iterator[int]:
    """Give the lines of the broken page, from 1, that the mend changes, and those beside a line that it adds."""
    lines = broken.splitlines(), mended.splitlines()
    for kind, first, last, _, _ in difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from range(first + 1, max(last, first + 1) + 2)


@pytest.fixture
def around(clinic: Path) -> Path:
    """The pages that those with mistakes link to or repeat."""
    (clinic / "content/guides/why-practice.md").write_text(f"{FRONT}# Why\n\n## Make it small enough\n")
    (clinic / "content/worksheets/three-good-things.md").write_text(THREE)
    return clinic


@pytest.mark.parametrize("name", NAMES)
def test_the_message_alone_mends_the_page(around: Path, name: str) -> None:
    message, words = told(name)
    page = Path(message.split(":")[0])
    broken, mended = ((MISTAKES / f"{name}{end}.md").read_text("utf-8") for end in ("", ".mended"))
    assert found(page, broken) == [message]
    assert found(page, mended) == []
    place = re.match(r"[^:]+:(\d+):\d+ ", message)
    assert place is not None
    # A fence that lacks its end is told where it starts; where it should end, the message says.
    assert int(place[1]) in changed(broken, mended) or "below" in message
    assert words
    assert words in message.partition("; ")[2]


def test_there_are_twenty_at_least() -> None:
    assert len(NAMES) >= 20
