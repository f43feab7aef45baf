"""Practice → HTML: a list of its steps with their times, which the script of the page can lead through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from site_builder.forms.model.amounts import counted
from site_builder.forms.model.markup import NO_HTML, Markup, joined, tag
from site_builder.practices.model import Log, Pace, Practice, Step

_MINUTE = 60
STOP_ANY_TIME = "You can stop at any time. Your eyes may stay open."
TO_THE_LOG = "Note how it went"


def render_practice(practice: Practice, *, log_url: str = "", example: bool = False) -> Markup:
    """Return the whole practice. `log_url` is the page of its log, "" where there is none.

    An `example` can be tried out and leads nowhere.
    """
    log = practice.log if log_url and not example else None
    return tag(
        "homeward-practice",
        tag("p", f"{_about(practice)} {STOP_ANY_TIME}", class_="hw-practice__length"),
        *_lists(practice),
        tag("p", tag("a", TO_THE_LOG, href=log_url), class_="hw-practice__log") if log else NO_HTML,
        class_="hw-practice",
        data_practice=practice.id,
        data_title=practice.title,
        data_log=_suggested(log) if log else None,
    )


def in_words(seconds: float) -> str:
    """Return a length of time as it is said: "4.5 seconds", "1 minute 30 seconds"."""
    minutes, rest = divmod(seconds, _MINUTE)
    parts = [counted(int(minutes), "minute")] if minutes else []
    parts += [counted(float(rest), "second")] if rest or not minutes else []
    return " ".join(parts)


def roughly(seconds: float) -> str:
    """Return a length of time in whole minutes, for the whole of a practice."""
    minutes = int(seconds / _MINUTE + 0.5)  # half a minute is rounded up, never to the even one
    return f"about {counted(minutes, 'minute')}" if minutes else "less than a minute"


def _about(practice: Practice) -> str:
    return f"It takes {roughly(practice.longest)}."


def _suggested(log: Log) -> str:
    return json.dumps({"form": log.form, "minutes": log.minutes, "answers": dict(log.answers)}, ensure_ascii=False)


def _lists(practice: Practice) -> Iterator[Markup]:
    if practice.opening:
        yield _list(practice.opening)
    chosen = [pace for pace in practice.paces if pace.name]
    if chosen:
        yield tag("p", "Choose the pace that is easy for you:", class_="hw-practice__choose")
    for pace in practice.paces:
        yield from _pace(pace)
    if practice.closing:
        yield tag("p", "Then:", class_="hw-practice__then") if practice.paces else NO_HTML
        yield _list(practice.closing)


def _pace(pace: Pace) -> Iterator[Markup]:
    if pace.name:
        yield tag("p", tag("strong", pace.name), class_="hw-practice__pace")
    yield _list(pace.steps, pace)
    if pace.rounds > 1:
        often = f"Do this {pace.rounds} times. That takes {roughly(pace.seconds)}."
        yield tag("p", often, class_="hw-practice__rounds")


def _list(steps: Sequence[Step], pace: Pace | None = None) -> Markup:
    return tag(
        "ol",
        *map(_step, steps),
        class_="hw-practice__steps",
        data_rounds=pace.rounds if pace else 1,
        data_pace=pace.name if pace else None,
    )


def _step(step: Step) -> Markup:
    return tag(
        "li",
        joined((tag("span", step.say, class_="hw-practice__say"), " ")),
        tag("span", in_words(step.seconds), class_="hw-practice__time"),
        data_seconds=f"{step.seconds:g}",
        data_shape=step.shape,
    )
