"""What MkDocs warns of is gathered where it was caused, and printed nowhere."""

from __future__ import annotations

import logging
import threading

import pytest

from site_builder.said_by_mkdocs import gathered, quiet_mkdocs

LOG = logging.getLogger("mkdocs.anywhere")


def test_a_warning_is_gathered_once_and_not_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    with quiet_mkdocs(), quiet_mkdocs(), gathered() as said:
        LOG.warning("a %s", "word")
        LOG.debug("nothing")
    assert said == ["a word"]
    assert caplog.messages == []
    LOG.warning("aloud")
    assert (said, caplog.messages) == (["a word"], ["aloud"])


def test_each_thread_has_its_own_and_a_build_inside_another_too() -> None:
    with quiet_mkdocs(), gathered() as outer:
        with gathered() as inner:
            LOG.warning("inner")
        LOG.warning("outer")
        thread = threading.Thread(target=LOG.warning, args=("elsewhere",))
        thread.start()
        thread.join()
    assert (inner, outer) == (["inner"], ["outer"])
