"""The bands and cut-offs of a scale: where a score of it begins to mean something else."""

from __future__ import annotations

from site_builder.forms.language.options import Options, number, words
from site_builder.forms.language.yaml_tree import Mistakes, Table, Value, Word
from site_builder.forms.model.definition import PLACES, Band, Cutoff
from site_builder.forms.model.errors import FormError
from site_builder.forms.model.identifiers import unfit_field_id

Reach = tuple[float, float]  # the lowest and highest possible score

_BANDS_LIKE = "bands: {0: Mild, 10: Moderate}"


def read_bands(options: Options, reach: Reach | None) -> tuple[Band, ...]:
    """Read the bands, which begin at the lowest score and have no gaps."""
    table, mistakes = options.entries("bands", _BANDS_LIKE), options.mistakes
    bands: list[Band] = []
    before = len(mistakes)
    for key, value in table.entries if table else ():
        starts = number(key, "where a band starts", mistakes)
        if starts is None:
            continue
        if bands and starts <= bands[-1].at_least:
            problem = f"the band from {starts:g} stands after the band from {bands[-1].at_least:g}"
            mistakes.add(key.source, problem, "write the bands from the lowest to the highest")
        elif not bands or reach is None or starts > reach[1]:
            _out_of_reach(key, "the band from", starts, reach, mistakes)
        require_as_fine(key, "a band", starts, mistakes)
        bands.append(_band(key, starts, value, mistakes))
    if reach and bands and len(mistakes) == before and bands[0].at_least > reach[0] and table:
        problem = f"a score of {reach[0]:g} would have no band: the first one starts at {bands[0].at_least:g}"
        remedy = f"start the first band at {reach[0]:g}, the lowest score; or check what the items count"
        mistakes.add(table.entries[0][0].source, problem, remedy)
    return tuple(bands)


def _band(key: Word, starts: float, value: Value, mistakes: Mistakes) -> Band:
    if not isinstance(value, Table):
        return Band(starts, words(value, f"the name of the band from {key.text}", mistakes))
    options = Options(value, mistakes, "a band")
    options.only(("label", "meaning"))
    if options.lacks("label"):
        mistakes.add(key.source, f"the band from {key.text} has no name", "add 'label:'")
    return Band(starts, options.words("label"), options.words("meaning"))


def read_cutoffs(options: Options, reach: Reach | None) -> tuple[Cutoff, ...]:
    table, mistakes = options.entries("cut_offs", "cut_offs: {caseness: 10}"), options.mistakes
    cutoffs = []
    for key, value in table.entries if table else ():
        if unfit := unfit_field_id(key.text):
            mistakes.add(key.source, unfit[0].replace("question", "cut-off"), unfit[1])
        score = number(value, f"the cut-off '{key.text}'", mistakes)
        if score is not None and isinstance(value, Word):
            _out_of_reach(value, f"the cut-off '{key.text}' at", score, reach, mistakes)
            require_as_fine(value, "a cut-off", score, mistakes)
            cutoffs.append(Cutoff(key.text, score))
    return tuple(cutoffs)


def _out_of_reach(at: Word, what: str, score: float, reach: Reach | None, mistakes: Mistakes) -> None:
    if reach is None or reach[0] <= score <= reach[1]:
        return
    problem = f"{what} {score:g} is outside of the possible scores, {reach[0]:g} to {reach[1]:g}"
    remedy = "check the number, the items and the multiplier"
    if score < reach[0]:
        remedy = (
            f"start at {reach[0]:g}; or, if the measure counts each item from 0, write its choices from 0,"
            " or give them points: 0 and up"
        )
    mistakes.add(at.source, problem, remedy)


def require_as_fine(at: Value, what: str, score: float, mistakes: Mistakes) -> None:
    """Report a limit that is finer than scores are, which are compared with it as they are shown."""
    if round(score, PLACES) != score:
        mistakes.add(at.source, f"{what} at {score:g} is finer than a score", f"write at most {PLACES} decimals")


def check_lowest(
    name: Word, options: Options, reach: Reach | None, bands: tuple[Band, ...], cutoffs: tuple[Cutoff, ...]
) -> FormError | None:
    """Return a question about a lowest score that is not 0; a `lowest` that is not the lowest score is a mistake."""
    if reach is None:
        return None
    lowest = options.number("lowest")
    if lowest is None and reach[0] and cutoffs and not bands and "lowest" not in options:
        problem = f"the lowest possible score of '{name.text}' is {reach[0]:g}, not 0, as its items count from there"
        remedy = f"if the cut-offs are meant so, add lowest: {reach[0]:g}; if not, let the items count from 0"
        return FormError(name.source, problem, remedy, rule="lowest", severity="warning")
    if lowest is not None and lowest != reach[0]:
        at = options.table.get("lowest") or options.key("lowest")
        problem = f"the lowest possible score is {reach[0]:g}, not {lowest:g}"
        options.mistakes.add(at.source, problem, "check what the items count, and the multiplier")
    return None
