"""A form whose longest answers cannot be sent together is a mistake."""

from __future__ import annotations

from tests.site_builder.checks.conftest import CheckPage

FORM = """# Steps

```yaml form
form: steps
fields:
  steps:
    ask: Which steps?
    type: repeat
    of:
      one: {ask: First?, type: long text}
      two: {ask: Second?, type: long text}
      three: {ask: Third?, type: long text%s}
```
"""


def test_the_longest_answers_together_can_be_sent(check_page: CheckPage) -> None:
    assert check_page(FORM % "") == [
        "4:7 its answers may have 1,900,000 characters together, and at most 1,300,000 can be sent; "
        "below, lower 'max_length' of a long text or 'at_most' of a repeat"
    ]
    assert check_page(FORM % ", max_length: 2000") == []
