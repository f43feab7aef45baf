"""What is one thing is written in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.caseload.columns import STANDARD
from collector.middleware import security_headers
from site_builder.forms.model.identifiers import RESERVED_COLUMNS
from site_builder.preview import guard

ROOT = Path(__file__).parent.parent

# A piece of source that only one module may hold, and where.
ONCE = {
    r"timedelta\(hours=72\)": "collector/ledger/access_events.py",
    r"\bLATE = ": "collector/position.py",
    r"\[a-z0-9\]\+\(-\[a-z0-9\]\+\)\*": "collector/ledger/names.py",
    r"application/problem\+json": "collector/endpoints/problems.py",
    r"It is not your fault": "collector/endpoints/problems.py",
    r"__Host-\{": "collector/endpoints/cookies.py",
    r"samesite=": "collector/endpoints/cookies.py",
    r"jinja2\.Environment\(": "collector/endpoints/rendering.py",
    r"PasswordHasher\(": "collector/passwords.py",
    r"The submission, a UUID": "collector/caseload/columns.py",
}


@pytest.mark.parametrize(("piece", "place"), ONCE.items())
def test_a_decision_is_written_in_one_module(piece: str, place: str) -> None:
    holders = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "collector").rglob("*.py"))
        if re.search(piece, path.read_text("utf-8"))
    ]
    assert holders == [place]


def test_the_preview_sends_the_headers_of_the_real_site() -> None:
    """They are two packages; the preview only allows inline code, hashed when a site is built, and its own frame."""
    policy = security_headers.page_policy(("'unsafe-inline'",), ("'unsafe-inline'",))
    own = {"Content-Security-Policy": policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")}
    assert {**own, **security_headers.ALWAYS} == guard.HEADERS


def test_no_question_can_take_the_name_of_a_standard_column() -> None:
    assert set(STANDARD) <= RESERVED_COLUMNS
