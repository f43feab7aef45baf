"""Warnings about a measure that does not say in plain words what its results mean, or that they are no diagnosis."""

from __future__ import annotations

from collections.abc import Iterator

from site_builder.forms.language.yaml_tree import Table, Value, Word
from site_builder.forms.model.diagnosis import NO_DIAGNOSIS, says_no_diagnosis
from site_builder.forms.model.errors import FormError, Source


def unexplained(head: Table) -> Iterator[FormError]:
    """Yield a warning for each band and criterion whose meaning is missing or does not mention diagnosis.

    `head` is a form's first block. The form works and is scored all the same.
    """
    for scale in _tables(head.get("scales")):
        bands = scale.get("bands")
        for start, band in bands.entries if isinstance(bands, Table) else ():
            yield from _of_band(start, band)
    criteria = head.get("criteria")
    for name, criterion in criteria.entries if isinstance(criteria, Table) else ():
        if isinstance(criterion, Table):
            yield from _of(f"the criterion '{name.text}'", name, criterion)


def _tables(value: Value | None) -> Iterator[Table]:
    entries = value.entries if isinstance(value, Table) else ()
    yield from (under for _, under in entries if isinstance(under, Table))


def _of_band(start: Word, band: Value) -> Iterator[FormError]:
    if isinstance(band, Table):
        yield from _of(f"the band from {start.text}", start, band)
    elif isinstance(band, Word) and band.kind != "lost":
        problem = f"the band from {start.text} does not say what it means"
        remedy = f'write it like this: {start.text}: {{label: {band.text}, meaning: "In plain words. {NO_DIAGNOSIS}"}}'
        yield _warning(start.source, problem, remedy)


def _of(what: str, at: Word, table: Table) -> Iterator[FormError]:
    meaning = table.get("meaning")
    if meaning is None:
        problem = f"{what} does not say what it means"
        yield _warning(at.source, problem, f"add 'meaning:' in plain words, and end it with: {NO_DIAGNOSIS}")
    elif isinstance(meaning, Word) and meaning.kind != "lost" and not says_no_diagnosis(meaning.text):
        problem = f"the meaning of {what} does not say that it is not a diagnosis"
        yield _warning(meaning.source, problem, f"add: {NO_DIAGNOSIS}")


def _warning(at: Source, problem: str, remedy: str) -> FormError:
    return FormError(at, problem, remedy, rule="meaning", severity="warning")
