"""One row of the table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, the figure, what it is compared with, the aim, and whether it was met."""

    what: str
    figure: str
    beside: str = ""
    aim: str = ""
    met: bool | None = None


def table(rows: Iterable[Row]) -> bool:
    """Print the rows as they come; True when no aim was missed."""
    well = True
    print(f"{'':46} {'figure':>14}  {'beside':<34} {'aim':<12}")
    for row in rows:
        mark = {None: "", True: "met", False: "MISSED"}[row.met]
        print(f"{row.what:46} {row.figure:>14}  {row.beside:<34} {row.aim:<12} {mark}", flush=True)
        well = well and row.met is not False
    return well
