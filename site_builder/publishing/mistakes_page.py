"""Shows mistakes on the page that has them, each with its place and the lines around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from site_builder.forms.model.errors import FormError, Severity
from site_builder.forms.model.markup import NO_HTML, Markup, joined, tag

_LINES_AROUND = 2  # before and after a mistake: enough to recognise the place
_ADVICE: dict[Severity, str] = {
    "mistake": "Clients never see this: a page with a mistake is not published. Mend it, save, and it goes away.",
    "warning": "Clients never see this. The page can be published as it is; it is better without.",
}


def mistakes_html(errors: Sequence[FormError], body: str = "", first_line: int = 1) -> Markup:
    """Return the mistakes of a page as HTML, then its warnings; text of the page is escaped.

    The lines shown come from the file that a mistake names or, where there is no such file, from `body`, which begins
    at `first_line`.
    """
    boxes = []
    for severity, advice in _ADVICE.items():
        shown = [_mistake(error, body, first_line) for error in errors if error.severity == severity]
        if shown:
            title = f"a {severity}" if len(shown) == 1 else f"{len(shown)} {severity}s"
            boxes.append(
                tag(
                    "div",
                    tag("h2", f"This page has {title}"),
                    tag("p", advice),
                    tag("ol", *(tag("li", mistake) for mistake in shown)),
                    class_="hw-mistakes",
                    role="region",
                    aria_label=f"{severity.capitalize()}s on this page",
                )
            )
    return joined(boxes)


def sentence(words: str) -> str:
    """Return a message from the middle of a line as a full sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if re.search(r'[.?!:]$', words) else '.'}" if words else ""


def _mistake(error: FormError, body: str, first_line: int) -> Markup:
    at = error.source
    problem = tag("p", sentence(error.problem), class_="hw-mistakes__problem")
    remedy = tag("p", sentence(error.remedy)) if error.remedy else NO_HTML
    place = tag("p", f"{at.page}, line {at.line}, column {at.column}", class_="hw-mistakes__place")
    return problem + remedy + place + _excerpt(error, *_lines(at.page, body, first_line))


def _lines(page: str, body: str, first_line: int) -> tuple[list[str], int]:
    """Return the lines of the text that contains a mistake, and the number of the first one."""
    try:
        return Path(page).read_text("utf-8-sig", errors="replace").split("\n"), 1
    except OSError:
        return body.split("\n"), first_line


def _excerpt(error: FormError, lines: Sequence[str], first_line: int) -> Markup:
    at = error.source.line - first_line
    if not 0 <= at < len(lines):
        return NO_HTML
    shown: list[str] = []
    for number in range(max(at - _LINES_AROUND, 0), min(at + _LINES_AROUND + 1, len(lines))):
        line = f"{number + first_line:>5} | {lines[number]}"
        shown.append(tag("strong", line) if number == at else line)
        if number == at:
            # Tabs stay tabs, so that the mark is under the letter at any tab width.
            before = re.sub(r"[^\t]", " ", lines[number][: error.source.column - 1])
            shown.append(tag("span", f"      | {before}^", aria_hidden="true"))
    return tag("pre", tag("code", Markup("\n").join(shown)), tabindex="0", aria_label="The lines around it")
