"""A range of items, `q1-q16` → each of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from site_builder.forms.language.yaml_tree import Mistakes, Word

_RANGE = re.compile(r"(?P<name>[A-Za-z]\w*?)(?P<first>\d{1,4})\s*(?P<dash>[-–—‑−]|\.\.+|…|:|to\b)\s*"
                    r"(?P<other>[A-Za-z]\w*?)?(?P<last>\d{1,4})", re.ASCII)  # fmt: skip
_DASHES = "-–—‑−"  # whichever the keyboard or the word processor makes
_MOST_NAMED = 6  # in one message


def expand(items: Sequence[Word], known: Collection[str] | None, mistakes: Mistakes) -> tuple[Word, ...]:
    """Return the items with every range written out, each at the place of its range.

    An item of a range that is not among the `known` is reported, once for the range, and left out; None knows all.
    """
    return tuple(word for item in items for word in _expanded(item, known, mistakes))


def _expanded(item: Word, known: Collection[str] | None, mistakes: Mistakes) -> Sequence[Word]:
    match = None if known and item.text in known else _RANGE.fullmatch(item.text.strip())
    if match is None:
        return (item,)
    name, first, last = match["name"], match["first"], match["last"]
    if match["dash"] not in _DASHES or match["other"] is None:
        mistakes.add(item.source, f"'{item.text}' is no range", f"write {name}{first}-{match['other'] or name}{last}")
    elif match["other"] != name:
        problem = f"'{name}' and '{match['other']}' are not one row of numbered questions"
        mistakes.add(item.source, problem, f"a range goes from one number to another, like {name}1-{name}9")
    elif int(first) >= int(last):
        same = int(first) == int(last)
        problem = f"the range '{item.text}' " + ("is a single question" if same else "runs backwards")
        mistakes.add(item.source, problem, f"write {name}{first}" if same else f"write {name}{last}-{name}{first}")
    else:
        width = len(first) if first.startswith("0") else 1
        names = [f"{name}{number:0{width}}" for number in range(int(first), int(last) + 1)]
        missing = [each for each in names if known is not None and each not in known]
        _report(item, missing, mistakes)
        return [Word(item.source, each) for each in names if each not in missing]
    return ()


def _report(item: Word, missing: Sequence[str], mistakes: Mistakes) -> None:
    if not missing:
        return
    several = f", and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    listed = ", ".join(f"'{name}'" for name in missing[:_MOST_NAMED])
    are = "is no question" if len(missing) == 1 else "are no questions"
    problem = f"in the range '{item.text}' {are}: {listed}{several}"
    mistakes.add(item.source, problem, "check the names, or write several ranges, like [q1-q6, q8-q16]")
