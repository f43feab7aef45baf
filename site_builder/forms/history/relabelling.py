"""The words of what is worked out from answers that have changed: scales, bands, values, alerts, each old → new.

Each row keeps the words that it was worked out with, so that none of these changes mixes answers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from site_builder.forms.history.change import Change
from site_builder.forms.history.versions import PublishedVersion, worked_out
from site_builder.forms.model.conditions import fields_of
from site_builder.forms.model.definition import Form


class Label(NamedTuple):
    """The words of one thing; `path` and `name` are for messages."""

    path: str
    name: str
    words: str


def relabelled(last: PublishedVersion, form: Form) -> Iterator[Change]:
    """Yield every title or label of a result that was published in other words."""
    before = dict(_labels(last))
    for key, label in _labels(form):
        if key in before and before[key].words not in ("", label.words):  # a lock of format 1 has rules without words
            yield Change(label.path, f"{label.name} was “{before[key].words}” and is “{label.words}” now")


def _labels(source: Form | PublishedVersion) -> Iterator[tuple[Hashable, Label]]:
    """Yield each label with what it is the label of, which its words do not change."""
    for criterion in source.criteria:
        path, name = f"criterion {criterion.id}", f"the title of the criterion '{criterion.id}'"
        yield ("criterion", criterion.id), Label(path, name, criterion.title)
    for scale in source.scales:
        yield ("scale", scale.id), Label(f"scale {scale.id}", f"the title of the scale '{scale.id}'", scale.title)
        for band in scale.bands:
            name = f"the band of '{scale.id}' from {band.at_least:g}"
            yield (scale.id, band.at_least), Label(f"scale {scale.id}", name, band.label)
    for computed in worked_out(source) if isinstance(source, Form) else source.computed:
        yield computed.id, Label(computed.id, f"the label of '{computed.id}'", computed.label)
    for number, alert in enumerate(source.alerts):
        tested = " and ".join(f"'{item}'" for item in dict.fromkeys(fields_of(alert.when)))
        name = f"the label of the alert on {tested}"
        yield (str(alert.when), alert.tier), Label(f"alert {number}", name, alert.label)
