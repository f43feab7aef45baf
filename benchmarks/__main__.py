"""`python -m benchmarks [name …]`: prints the table, and exits with 1 when a target was missed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

from benchmarks.report import Row, table

NAMES = ("ingest", "projection", "caseload_pages", "queries", "site", "check", "preview", "memory")


def rows(names: list[str]) -> Iterator[Row]:
    for name in names:
        yield from importlib.import_module(f"benchmarks.{name}").measure()


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(NAMES)
    if unknown := set(chosen) - set(NAMES):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
    sys.exit(0 if table(rows(chosen)) else 1)
