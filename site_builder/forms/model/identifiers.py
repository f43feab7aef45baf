"""Which names a form may use, and what an author probably meant by any other."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

LONGEST_NAME = 60  # characters; short enough for every database, URL and CSV header
MOST_NAMED = 12  # in one message; all twelve types of answer fit
SURELY = 0.75  # difflib's ratio: one slip in a short word
LIKENESS = 0.6  # difflib's ratio: finds a swapped, missing or added letter, and little else

# Columns that every table of a caseload file already has, or that SQLite reserves.
RESERVED_COLUMNS = frozenset(
    ("submission", "client", "form", "version", "sent", "received", "row", "id", "rowid", "oid", "_rowid_")
)
# Tables and views of a caseload file that belong to no form.
RESERVED_TABLES = frozenset(
    (
        "clients", "homework", "submissions", "scores", "scales", "alerts", "feedback", "progress",
        "adherence", "outcomes", "questions", "problems", "written", "criteria", "clusters",
    )
)  # fmt: skip

_FORM = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)
_FIELD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_CODE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})|[A-Za-z][A-Za-z0-9_-]*", re.ASCII)

_WHOLE = re.compile(r"\+?(?P<sign>-?)0*(?P<figures>[0-9]{1,9})(?:[.,]0*)?", re.ASCII)
_POINT = re.compile(r"[+-]?[0-9]+[.,][0-9]+", re.ASCII)
# Letters as they are spelt in plain ones; what NFKD takes apart, like é, needs no entry.
_SPELT = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa", "ł": "l", "đ": "d",
    "ð": "d", "þ": "th", "ı": "i",
    **dict(zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
         "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "i", "i", "ie", "g"],
        strict=True,
    )),
    **dict(zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω", ["a", "b", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o",
         "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o"], strict=True
    )),
}  # fmt: skip

# Words that people know from other tools. The right-hand side is suggested, never assumed.
HABITS = {
    "boolean": "yes no", "bool": "yes no", "int": "number", "decimal": "number", "double": "number",
    "numeric": "number", "counter": "number", "str": "text", "input": "text", "multiselect": "choices",
    "tags": "choices", "radios": "choice",
    "longtext": "long text", "multiline": "long text", "essay": "long text", "vas": "rating", "range": "rating",
    "nrs": "rating", "stars": "rating", "timespan": "duration", "checkbox": "choices", "checkboxes": "choices",
    "dropdown": "choice", "float": "number", "grid": "matrix", "integer": "number", "likert": "rating",
    "list": "repeat", "multiple choice": "choices", "paragraph": "long text", "radio": "choice",
    "scale": "rating", "select": "choice", "slider": "rating", "string": "text", "table": "matrix",
    "textarea": "long text", "yesno": "yes no", "yes/no": "yes no", "true/false": "yes no",
    "label": "ask", "question": "ask", "prompt": "ask", "help": "hint", "description": "hint",
    "note": "hint", "mandatory": "required", "options": "choices", "answers": "choices",
    "questions": "fields", "items": "fields", "min": "from", "max": "to", "labels": "ends",
    "name": "form", "id": "form", "license": "licence", "cutoffs": "cut_offs", "cutoff": "cut_offs",
    "direction": "better", "threshold": "counts_from", "minimum": "needs", "at least": "needs", "symptoms": "items",
}  # fmt: skip

# Words with several meanings: the first that fits the place is suggested.
FURTHER_HABITS = {
    "min": ("at_least",), "minimum": ("from", "at_least"), "max": ("at_most",), "maximum": ("to", "at_most"),
    "if": ("when",), "show_if": ("when",), "depends": ("when",), "fields": ("of",), "questions": ("of", "fields"),
    "items": ("rows", "of"), "optional": ("required",), "difference": ("minus",), "subtract": ("minus",),
    "add": ("sum",), "total": ("sum",), "percent": ("ratio",), "duration": ("time between",),
    "average": ("mean",), "exclusive": ("alone",),
}  # fmt: skip


def suggest(word: str, known: Iterable[str]) -> str:
    """Return "did you mean '…'?" with the likeliest known name, or else a list of the known names."""
    known = list(known)
    if meant := meant_by(word, known):
        return f"did you mean '{meant}'?"
    return f"there is: {', '.join(known[:MOST_NAMED])}" if known else ""


def meant_by(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that somebody meant most likely; None if nothing is near."""
    known = list(known)
    plain = re.sub(r"[\s_-]+", " ", word.strip().lower())
    by_plain = {re.sub(r"[\s_-]+", " ", name): name for name in known}
    meant = by_plain.get(plain) or HABITS.get(plain)
    if meant not in known:
        meant = next((other for other in FURTHER_HABITS.get(plain, ()) if other in known), None)
    if meant not in known:
        meant = next((by_plain[name] for name in by_plain if sorted(name) == sorted(plain)), None)
    if meant not in known:
        near = difflib.get_close_matches(plain, by_plain, n=1, cutoff=LIKENESS)
        meant = by_plain[near[0]] if near else None
    return meant


def is_surely(word: str, meant: str) -> bool:
    """Return whether a word is a known one with a slip in it, or what other tools call it, and hardly anything else."""
    plain = word.strip().lower()
    if HABITS.get(plain) == meant or meant in FURTHER_HABITS.get(plain, ()) or sorted(plain) == sorted(meant):
        return True
    return difflib.SequenceMatcher(None, plain, meant).ratio() >= SURELY


def unfit_form_id(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the id of a form, and the remedy; None if it is fine."""
    if not _FORM.fullmatch(name) or len(name) > LONGEST_NAME:
        return f"'{name}' cannot be the name of a form", _write(name, "-", "hyphens")
    return unfit_table(name.replace("-", "_"), name)


def unfit_table(table: str, name: str) -> tuple[str, str] | None:
    """Return why a caseload file cannot have a table of this name, and the remedy; `name` is what the author wrote."""
    taken = table in RESERVED_TABLES or table.startswith(("sqlite", "written_fts")) or table.endswith("_fts")
    return (f"'{name}' is a name that the caseload file needs itself", "choose another name") if taken else None


def unfit_field_id(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the id of a question, row or scale, and the remedy; None if it is fine."""
    if name.lower() in RESERVED_COLUMNS:
        return f"'{name}' is a name that every table has already", "choose another name"
    if not _FIELD.fullmatch(name) or len(name) > LONGEST_NAME:
        return f"'{name}' cannot be the name of a question", _write(name, "_", "underscores")
    return None


def unfit_code(code: str) -> tuple[str, str] | None:
    """Return what is wrong with the code of a choice, and the remedy; None if it is fine."""
    if _CODE.fullmatch(code) and len(code) <= LONGEST_NAME and code != "-0":
        return None
    if not code.strip():
        return "this choice has no code", "write a whole number or one short word in front of the colon"
    problem = f"'{code}' cannot be the code of a choice"
    figures = "".join(str(unicodedata.decimal(sign, sign)) for sign in code)
    if whole := _WHOLE.fullmatch(figures):
        number = f"{whole['sign']}{whole['figures']}" if int(whole["figures"]) else "0"
        return problem, f"write {number}: a number as a code has no plus, no zeros in front and no point"
    if _POINT.fullmatch(figures):
        remedy = "write a short word as the code, and what it counts beside it"
        return problem, f"{remedy}, like some: {{label: Some, points: {figures.replace(',', '.')}}}"
    remedy = "write a whole number or one short word, then a colon, then what people read"
    near = slug(code, "_")
    return problem, f"{remedy}, like {near or 'often'}: {code}"


def _write(name: str, joint: str, joints: str) -> str:
    rule = f"use a to z, 0 to 9 and {joints}, and start with a letter"
    near = slug(name, joint)
    return f"{rule}, like '{near}'" if near and near != name else rule


def slug(name: str, joint: str) -> str:
    """Return the name that is nearest to some words, in plain letters; "" if none can begin with them."""
    spelt = unicodedata.normalize("NFKD", "".join(_SPELT.get(sign, sign) for sign in name.lower()))
    plain = "".join(sign for sign in spelt if not unicodedata.combining(sign))
    near = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)
    return near[:LONGEST_NAME] if near[:1].isalpha() else ""
