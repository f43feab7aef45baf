"""A value that is worked out from answers, as a form defines it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Formula: TypeAlias = Literal["time between", "sum", "minus", "ratio", "mean"]


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that is worked out by `formula` from the questions and values that `of` names.

    It is not an answer and is never sent: readers of the answers work it out anew. `unit` is "minutes", "%", or that
    of the questions.
    """

    id: str
    label: str
    formula: Formula
    of: tuple[str, ...]
    unit: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether the formula has as many values as it needs."""
        return len(self.of) == 2 if self.formula in ("time between", "ratio") else bool(self.of)

    @property
    def takes(self) -> tuple[str, ...]:
        """The types of question that it can be made of."""
        return ("time",) if self.formula == "time between" else ("number", "rating", "duration")
