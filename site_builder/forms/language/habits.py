"""What people write who know other tools: types that worksheets do not have, and what to write in their place."""

from __future__ import annotations

_NO_FILES = "a worksheet takes words and numbers only: ask for it in words, or have it brought along"
_BETWEEN = "write it as text of the page, between two blocks"
_TWO = "ask for the day and for the time in two questions, with type: date and type: time"
_WORDS = "write type: text, and say in the hint what to write"
_SEVERAL = "write type: choices if several may be ticked, or type: yes no"
_WORKED_OUT = "write it under 'computed:' of the block, with a formula"
_ROWS = "write type: rating for one statement, or type: matrix for several with the same answers"

TYPES = {
    **dict.fromkeys(("datetime", "datetime-local", "date time", "date and time", "timestamp"), _TWO),
    **dict.fromkeys(("email", "e-mail", "phone", "tel", "telephone", "url", "link", "address", "password"), _WORDS),
    **dict.fromkeys(("checkbox", "check box", "toggle", "switch", "tick"), _SEVERAL),
    **dict.fromkeys(("percent", "percentage"), "write type: rating, with to: 100, or type: number, with unit: '%'"),
    **dict.fromkeys(("likert", "grid", "table"), _ROWS),
    **dict.fromkeys(("money", "currency"), "write type: number, with a unit"),
    **dict.fromkeys(
        ("file", "upload", "image", "picture", "photo", "audio", "video", "signature", "drawing"), _NO_FILES
    ),
    **dict.fromkeys(("heading", "header", "title", "section", "html", "info", "note", "label", "divider"), _BETWEEN),
    **dict.fromkeys(("calculated", "computed", "formula", "hidden", "score", "sum"), _WORKED_OUT),
    **dict.fromkeys(("group", "loop", "list", "array", "rows"), "write type: repeat, with the questions under 'of:'"),
    **dict.fromkeys(("month", "week", "year"), "write type: date, or type: number"),
    **dict.fromkeys(("ranking", "rank", "order", "sort"), "ask of each how important it is, with type: matrix"),
    **dict.fromkeys(("minutes", "hours", "timer"), "write type: duration"),
}

_BLANK_ROWS = "nobody has to fill in a row; blank_rows: 2 shows two to begin with"
REPEAT = {
    **dict.fromkeys(("min_rows", "min", "minimum", "at_least", "rows", "required_rows", "count"), _BLANK_ROWS),
    **dict.fromkeys(("max_rows", "max", "maximum", "limit"), "write at_most: with the highest number of rows"),
}


def instead_of_type(typed: str) -> str:
    """Return what to write in place of a type of another tool; "" for any other word."""
    return TYPES.get(" ".join(typed.lower().replace("_", " ").split()), "")
