"""One slip of the pen brings one message: every line of every example is spoilt in every way of `tests.cases.slips`."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.content.form_files import FormFiles, read_shared
from site_builder.content.library import read_body
from tests.cases.slips import SLIPS, spoilt_pages

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGES = {path.stem: path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.md"))}
# Slips after which a line means something else, so that two things are wrong: at most this share of them.
TWO_CAUSES = {
    "the line left out": 0.07,
    "half of the line": 0.04,
    "a comma left out": 0.1,
}
FEW = 0.02
MOST = 4  # messages about one slip, as where a question that four others wait for has lost its type


def problems(text: str) -> list[str]:
    shared = read_shared(EXAMPLES)
    read = read_body(text, "page.md", "", read_file=FormFiles(EXAMPLES, "page.md").read, lists=shared.lists)
    return [str(error) for error in read.errors]


@pytest.mark.parametrize("name", SLIPS)
def test_one_slip_brings_one_message(name: str) -> None:
    spoilt = [(page, at, problems(text)) for page in PAGES for at, text in spoilt_pages(PAGES[page], SLIPS[name])]
    several = [(page, at, messages) for page, at, messages in spoilt if len(messages) > 1]
    assert len(spoilt) > 10
    assert len(several) <= TWO_CAUSES.get(name, FEW) * len(spoilt), several[:3]
    assert all(len(messages) <= MOST for _, _, messages in several), several[:3]
    assert all("; " in message for _, _, messages in spoilt for message in messages)


@pytest.mark.parametrize(
    "name", [name for name in SLIPS if "script" in name or "soft hyphen" in name or "space behind" in name]
)
def test_a_sign_that_cannot_be_seen_is_named_where_it_stands(name: str) -> None:
    for page in PAGES:
        for at, text in spoilt_pages(PAGES[page], SLIPS[name]):
            line = text.split("\n")[at - 1]
            column = next(
                (number for number, sign in enumerate(line, 1) if sign in "\u00a0\u00ad\u200b\u0435\u043e"), 0
            )
            if not column or '"' in line[:column]:  # words may hold such signs
                continue
            messages = problems(text)
            assert len(messages) == 1, (page, at, messages)
            assert messages[0].startswith(f"page.md:{at}:{column} "), (page, at, line, messages)
            assert "(U+" in messages[0]
