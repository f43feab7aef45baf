"""Answers as they were sent, for a sheet that fits no table: nothing of it is left out, whatever is wrong with it.

The words of the questions are looked up in the stored definition, read as plain JSON, because a definition that cannot
be read as a form still holds them. A name without words stands as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from site_builder.forms.model.wording import plain

Part = Mapping[str, Any]


def as_sent(answers: Any, body: Any) -> list[tuple[str, str]]:
    """Return (question, answer) in words, one pair for each answer."""
    if not isinstance(answers, dict):
        return [("", _text(answers, {}))]
    return list(_pairs(answers, dict(_questions(body)), ""))


def _questions(part: Any) -> Iterator[tuple[str, Part]]:
    """Yield every question of a definition by its id, those inside a repeat too."""
    if isinstance(part, dict):
        if isinstance(part.get("id"), str) and isinstance(part.get("ask"), str):
            yield part["id"], part
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from _questions(inner)


def _pairs(answers: Part, questions: Mapping[str, Part], before: str) -> Iterator[tuple[str, str]]:
    for id, answer in answers.items():
        question = questions.get(id, {})
        ask = before + plain(str(question.get("ask") or id))
        choices = _labels(question.get("choices"))
        if isinstance(answer, dict):
            rows = _labels(question.get("rows"))
            yield from ((f"{ask} {rows.get(row, row)}", _text(code, choices)) for row, code in answer.items())
        elif isinstance(answer, list) and any(isinstance(entry, dict) for entry in answer):
            inner = dict(_questions(question.get("of")))
            for number, entry in enumerate(answer, 1):
                entries = entry if isinstance(entry, dict) else {"": entry}
                yield from _pairs(entries, inner, f"{ask} {number}. ")
        else:
            yield ask, _text(answer, choices)


def _labels(choices: Any) -> dict[str, str]:
    """Return the label of each code. Raises nothing: what is no list of choices has none."""
    listed = choices if isinstance(choices, list) else []
    return {str(each.get("code")): str(each.get("label")) for each in listed if isinstance(each, dict)}


def _text(answer: Any, labels: Mapping[str, str]) -> str:
    if isinstance(answer, list):
        return ", ".join(_text(each, labels) for each in answer)
    if isinstance(answer, str):
        return labels.get(answer) or answer
    return labels.get(str(answer)) or json.dumps(answer, ensure_ascii=False)
