"""Shows mistakes on the page that has them, each with its place and the lines around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from site_builder.forms.model.errors import FormError, Severity

_LINES_AROUND = 2  # before and after a mistake: enough to recognise the place
_ADVICE: dict[Severity, str] = {
    "mistake": "Clients never see this: a page with a mistake is not published. Mend it, save, and it goes away.",
    "warning": "Clients never see this. The page can be published as it is; it is better without.",
}


def mistakes_html(errors: Sequence[FormError], body: str = "", first_line: int = 1) -> str:
    """Return the mistakes of a page as HTML, then its warnings; text of the page is escaped.

    The lines shown come from the file that a mistake names or, where there is no such file, from `body`, which begins
    at `first_line`.
    """
    boxes = []
    for severity, advice in _ADVICE.items():
        shown = [_mistake(error, body, first_line) for error in errors if error.severity == severity]
        if shown:
            title = f"a {severity}" if len(shown) == 1 else f"{len(shown)} {severity}s"
            entries = "".join(f"<li>{one}</li>" for one in shown)
            boxes.append(
                f'<div class="hw-mistakes" role="region" aria-label="{severity.capitalize()}s on this page">'
                f"<h2>This page has {title}</h2><p>{advice}</p><ol>{entries}</ol></div>"
            )
    return "".join(boxes)


def sentence(words: str) -> str:
    """Return a message from the middle of a line as a full sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if re.search(r'[.?!:]$', words) else '.'}" if words else ""


def _mistake(error: FormError, body: str, first_line: int) -> str:
    at = error.source
    problem = f'<p class="hw-mistakes__problem">{escape(sentence(error.problem))}</p>'
    remedy = f"<p>{escape(sentence(error.remedy))}</p>" if error.remedy else ""
    place = f'<p class="hw-mistakes__place">{escape(at.page)}, line {at.line}, column {at.column}</p>'
    return problem + remedy + place + _excerpt(error, *_lines(at.page, body, first_line))


def _lines(page: str, body: str, first_line: int) -> tuple[list[str], int]:
    """Return the lines of the text that contains a mistake, and the number of the first one."""
    try:
        return Path(page).read_text("utf-8-sig", errors="replace").splitlines(), 1
    except OSError:
        return body.split("\n"), first_line


def _excerpt(error: FormError, lines: Sequence[str], first_line: int) -> str:
    at = error.source.line - first_line
    if not 0 <= at < len(lines):
        return ""
    shown = []
    for number in range(max(at - _LINES_AROUND, 0), min(at + _LINES_AROUND + 1, len(lines))):
        line = escape(f"{number + first_line:>5} | {lines[number]}")
        shown.append(f"<strong>{line}</strong>" if number == at else line)
        if number == at:
            # Tabs stay tabs, so that the mark is under the letter at any tab width.
            before = re.sub(r"[^\t]", " ", lines[number][: error.source.column - 1])
            shown.append(f'<span aria-hidden="true">      | {before}^</span>')
    lines_shown = "\n".join(shown)
    return f'<pre tabindex="0" aria-label="The lines around it"><code>{lines_shown}</code></pre>'
