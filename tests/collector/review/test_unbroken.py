"""Names with a hyphen stay on one line."""

from __future__ import annotations

import pytest

from collector.review.unbroken import unbroken

PHQ = '<span class="hw-unbroken">PHQ-9</span>'


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("PHQ-9", PHQ),
        ("Reliably worse: PHQ-9 from 10 to 19.", f"Reliably worse: {PHQ} from 10 to 19."),
        ("PHQ-9, CORE-10", f'{PHQ}, <span class="hw-unbroken">CORE-10</span>'),
        ("self-harm and 2026-03-09", "self-harm and 2026-03-09"),
        ("<b>PHQ-9</b> & more", f"&lt;b&gt;{PHQ}&lt;/b&gt; &amp; more"),
        ("", ""),
    ],
)
def test_a_line_does_not_end_inside_of_a_name(words: str, html: str) -> None:
    assert unbroken(words) == html
