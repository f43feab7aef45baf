"""What is said of a jump of the computer's clock."""

from __future__ import annotations

from datetime import timedelta

from collector.clinic_time import in_words
from collector.ledger.clock import Jump
from site_builder.forms.model.amounts import counted


def clock_notice(jump: Jump | None) -> str:
    """Return a sentence about a jump, for therapists and whoever looks after Homeward; "" for none."""
    if jump is None:
        return ""
    direction = "ahead" if jump.ahead > timedelta() else "back"
    read, expected = in_words(jump.read), in_words(jump.expected)
    return (
        f"The clock of this computer jumped {direction} by {_length(abs(jump.ahead))}: it read {read} UTC,"
        f" and {expected} was expected. Times around then may be wrong; the order of what was sent is not."
    )


def _length(length: timedelta) -> str:
    if length.days:
        return counted(length.days, "day")
    minutes = round(length.total_seconds() / 60)
    return counted(minutes // 60, "hour") if minutes >= 60 else counted(minutes, "minute")
