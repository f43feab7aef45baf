"""Warnings of MkDocs are collected in the thread that caused them, and not printed."""

from __future__ import annotations

import logging
import threading

import pytest

from site_builder.publishing.mkdocs_log import collected_warnings, quiet_mkdocs

LOG = logging.getLogger("mkdocs.anywhere")


def test_a_warning_is_collected_once_and_not_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    with quiet_mkdocs(), quiet_mkdocs(), collected_warnings() as warnings:
        LOG.warning("a %s", "word")
        LOG.debug("nothing")
    assert warnings == ["a word"]
    assert caplog.messages == []
    LOG.warning("aloud")
    assert (warnings, caplog.messages) == (["a word"], ["aloud"])


def test_each_thread_and_each_nested_build_collects_its_own() -> None:
    with quiet_mkdocs(), collected_warnings() as outer:
        with collected_warnings() as inner:
            LOG.warning("inner")
        LOG.warning("outer")
        thread = threading.Thread(target=LOG.warning, args=("elsewhere",))
        thread.start()
        thread.join()
    assert (inner, outer) == (["inner"], ["outer"])
