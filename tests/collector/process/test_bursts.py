from __future__ import annotations

import io
import logging

import pytest

from collector.process import bursts


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(bursts.Bursts())
    logger = logging.Logger("door")
    logger.addHandler(handler)
    return logger, stream


def test_a_burst_is_one_line_and_is_counted_later(
    log: tuple[logging.Logger, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, stream = log
    for _ in range(10_000):
        logger.warning("no request: %s", 7)
    logger.warning("no request: %s", 8)
    assert stream.getvalue() == "no request: 7\nno request: 8\n"
    monkeypatch.setattr(bursts, "QUIET", 0.0)
    logger.warning("no request: %s", 7)
    assert stream.getvalue().endswith("8\nno request: 7 (and 9999 times before)\n")


def test_a_long_message_is_cut_and_what_is_remembered_is_bounded(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.warning("x" * 1_000_000)
    assert len(stream.getvalue()) < 5_000
    for number in range(1_000):
        logger.warning("%s", number)
    (remembered,) = (each for each in logger.handlers[0].filters if isinstance(each, bursts.Bursts))
    assert len(remembered.since) <= bursts.MOST_KINDS


def test_per_cent_signs_stay_as_they_are(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.warning("%s", "100 %s %d")
    assert stream.getvalue() == "100 %s %d\n"
