"""The content that comes with Homeward has no mistakes, and its measures match their sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.checks import check
from site_builder.content.library import read_library
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Matrix, Repeat

LIBRARY = read_library(Path(__file__).parents[3] / "content")
FORMS = {form.id: form for form in LIBRARY.forms}


def test_the_content_has_no_mistakes() -> None:
    root = Path(__file__).parents[3]
    assert check(root / "content", root / "mkdocs.yml").findings == ()
    assert set(FORMS) >= {"thought-record", "relaxation-log", "sleep-diary", "phq9", "gad7"}


@pytest.mark.parametrize(
    ("id", "items", "bands", "cut_offs", "reliable_change", "alerts"),
    [
        # Read: bands, caseness, and reliable change as in NHS Talking Therapies; the paper of 2001 itself was not read.
        ("phq9", 9, [0, 5, 10, 15, 20], {"caseness": 10}, 6, [("q9", "equals", "1"), ("q9", "at_least", 2)]),
        # Read: bands, caseness 8 in NHS Talking Therapies, 10 for screening; the paper of 2006 itself was not read.
        ("gad7", 7, [0, 5, 10, 15], {"caseness": 8, "screening": 10}, 4, []),
    ],
)
def test_a_measure_is_scored_as_its_source_says(
    id: str, items: int, bands: list[float], cut_offs: dict[str, float], reliable_change: float, alerts: list[object]
) -> None:
    form = FORMS[id]
    (scale,) = form.scales
    assert scale.items == tuple(f"q{number}" for number in range(1, items + 1))
    assert not scale.reversed
    assert [band.at_least for band in scale.bands] == bands
    assert all("not a diagnosis" in band.meaning for band in scale.bands)
    assert {cutoff.name: cutoff.points for cutoff in scale.cutoffs} == cut_offs
    assert (scale.missing_up_to, scale.reliable_change, scale.better) == (2, reliable_change, "lower")
    assert [(c.field, c.test, c.value) for alert in form.alerts for c in alert.when] == alerts
    assert [alert.tier for alert in form.alerts] == ["soon", "urgent"][: len(alerts)]
    assert "No permission is required" in form.licence
    matrix = next(field for field in form.fields if isinstance(field, Matrix))
    assert [(choice.code, choice.label) for choice in matrix.choices] == [
        ("0", "Not at all"),
        ("1", "Several days"),
        ("2", "More than half the days"),
        ("3", "Nearly every day"),
    ]


def test_the_thought_record_has_its_seven_columns_and_asks_for_the_feelings_last() -> None:
    form: Form = FORMS["thought-record"]
    assert len(form.sections) == 7
    feelings = next(field for field in form.fields if isinstance(field, Repeat))
    assert [(field.id, field.late) for field in feelings.of] == [
        ("feeling", False),
        ("before", False),
        ("now", True),
    ]
