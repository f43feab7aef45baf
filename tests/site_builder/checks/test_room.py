"""A form that no table of a caseload file has room for is a mistake, before anything was ever published."""

from __future__ import annotations

from tests.site_builder.checks.conftest import CheckPage


def page(count: int) -> str:
    rows = "\n".join(f"      q{number}: Question {number}" for number in range(count))
    items = "  items:\n    ask: How often?\n    type: matrix\n    choices: {0: Never, 1: Often}\n    rows:\n"
    return f"# Long\n\n```yaml form\nform: long\nfields:\n{items}{rows}\n```\n"


def test_a_form_with_more_questions_than_a_table_has_columns_is_refused(check_page: CheckPage) -> None:
    problem = "this form would ask 2,100 questions, and a table of a caseload file has room for 1,996"
    assert check_page(page(2_100)) == [f"4:7 {problem}; divide it into several forms"]
    assert check_page(page(1_996)) == []
