"""What MkDocs warns of is collected where it was caused, and printed nowhere."""

from __future__ import annotations

import logging
import threading

import pytest

from site_builder.said_by_mkdocs import collected_warnings, quiet_mkdocs

LOG = logging.getLogger("mkdocs.anywhere")


def test_a_warning_is_gathered_once_and_not_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    with quiet_mkdocs(), quiet_mkdocs(), collected_warnings() as said:
        LOG.warning("a %s", "word")
        LOG.debug("nothing")
    assert said == ["a word"]
    assert caplog.messages == []
    LOG.warning("aloud")
    assert (said, caplog.messages) == (["a word"], ["aloud"])


def test_each_thread_has_its_own_and_a_build_inside_another_too() -> None:
    with quiet_mkdocs(), collected_warnings() as outer:
        with collected_warnings() as inner:
            LOG.warning("inner")
        LOG.warning("outer")
        thread = threading.Thread(target=LOG.warning, args=("elsewhere",))
        thread.start()
        thread.join()
    assert (inner, outer) == (["inner"], ["outer"])
