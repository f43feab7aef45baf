"""A block of `yaml practice` → a practice, or every mistake in it with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from site_builder.forms.language.options import Options, is_lost, words
from site_builder.forms.language.raw_markup import markup_in
from site_builder.forms.language.yaml_tree import Block, Mistakes, Table, Word, read_block
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.errors import FormError, FormErrors, Source
from site_builder.forms.model.identifiers import unfit_form_id
from site_builder.practices.breaths import read_breath, read_paces
from site_builder.practices.model import Log, Pace, Practice
from site_builder.practices.steps import read_groups, read_steps

PRACTICE = (
    "practice",
    "title",
    "opening",
    "breath",
    "paces",
    "words",
    "groups",
    "steps",
    "rounds",
    "minutes",
    "closing",
    "log",
)
LOG = ("form", "minutes", "answers")
KINDS = ("breath", "paces", "groups", "steps")
LONGEST_TITLE = 80  # characters; it is a heading on a phone
MOST_ROUNDS = 300  # an hour of breaths, at five a minute
LONGEST = 60 * 60  # seconds; longer ones are guided in person, and a slip of a nought is far more likely
SHORTEST = 20  # seconds; below it, there is no time to begin
_LIKE = "steps: [{20: Feel your feet on the floor.}]"
_LOG_LIKE = "log: {form: relaxation-log, minutes: minutes}"


@dataclass(frozen=True, slots=True)
class ReadPractice:
    """A practice with the places of its parts (`practice`, `log`, `minutes`, `answers mood`), and its warnings."""

    practice: Practice
    places: Mapping[str, Source]
    warnings: tuple[FormError, ...] = ()


def read_practice(block: Block, *, page: str, title: str) -> ReadPractice:
    """Return the practice of a block; `title` is the page's. Raises FormErrors with every mistake."""
    mistakes = Mistakes(page)
    table = read_block(block, mistakes)
    if table is None:
        raise FormErrors(mistakes.errors)
    options = Options(table, mistakes, "a practice")
    options.only(PRACTICE)
    id = _id(options)
    practice = Practice(
        id,
        _title(options) or title or id.replace("-", " ").capitalize(),
        _paces(options),
        read_steps(options, "opening"),
        read_steps(options, "closing"),
        _log(options),
    )
    if not mistakes.errors:
        _check_length(practice, options)
    if mistakes.errors:
        raise FormErrors(mistakes.errors)
    return ReadPractice(practice, dict(_places(table)), tuple(_warnings(options, practice)))


def _id(options: Options) -> str:
    if options.lacks("practice"):
        remedy = "add a line like practice: calm-place"
        options.mistakes.add(options.table.source, "this block does not name its practice", remedy)
        return ""
    name, value = options.words("practice"), options.table.get("practice")
    if name and value and (unfit := unfit_form_id(name)):
        options.mistakes.add(value.source, unfit[0].replace("a form", "a practice"), unfit[1])
    return name


def _title(options: Options) -> str:
    title = options.words("title")
    if len(title) > LONGEST_TITLE:
        problem = f"this title has {counted(len(title), 'character')}, and {LONGEST_TITLE} are the most"
        options.mistakes.add(options.key("title").source, problem, "say the rest on the page")
    return title


def _paces(options: Options) -> tuple[Pace, ...]:
    """Read the one option that says what is done, and how often."""
    kinds = [key.text for key, _ in options.table.entries if key.text in KINDS]
    if not kinds:
        if not options.unclear:
            options.mistakes.add(options.table.source, "this practice has no steps", f"write them like this: {_LIKE}")
        return ()
    if len(kinds) > 1:
        problem = f"'{kinds[0]}' and '{kinds[1]}' both say what is done here"
        options.mistakes.add(options.key(kinds[1]).source, problem, "keep one of them")
        return ()
    if "words" in options and kinds[0] not in ("breath", "paces"):
        remedy = "write the words in the steps themselves"
        options.mistakes.add(options.key("words").source, f"'words' are those of a breath, not of '{kinds[0]}'", remedy)
    readers = {"breath": read_breath, "paces": read_paces}
    if kinds[0] in readers:
        return _in_rounds(options, readers[kinds[0]](options), needed=True)
    steps = read_groups(options) if kinds[0] == "groups" else read_steps(options, "steps")
    return _in_rounds(options, (Pace(steps),) if steps else (), needed=False)


def _in_rounds(options: Options, paces: Sequence[Pace], *, needed: bool) -> tuple[Pace, ...]:
    """Return the paces with how often each is done: `rounds` times, or as often as fits into `minutes`."""
    if "rounds" in options and "minutes" in options:
        remedy = "keep one of the two: the other follows from it"
        options.mistakes.add(options.key("minutes").source, "'rounds' and 'minutes' both say how long it takes", remedy)
        return ()
    if "minutes" in options:
        minutes = options.whole("minutes", 1, 1, LONGEST // 60)
        rounds = [max(1, int(60 * minutes / pace.seconds)) for pace in paces]
    else:
        rounds = [options.whole("rounds", 1, 1, MOST_ROUNDS)] * len(paces)
        if needed and options.lacks("rounds"):
            problem = "it is not said how long this goes on"
            options.mistakes.add(options.table.source, problem, "add a line like minutes: 5, or rounds: 30")
    return tuple(Pace(pace.steps, often, pace.name) for pace, often in zip(paces, rounds, strict=True))


def _check_length(practice: Practice, options: Options) -> None:
    says = ("rounds", "minutes", *KINDS)
    at = options.key(next(name for name in says if name in options)).source
    if practice.longest > LONGEST:
        problem = (
            f"this practice takes {counted(round(practice.longest / 60), 'minute')}, and {LONGEST // 60} are the most"
        )
        options.mistakes.add(at, problem, "make it shorter; a client can always do it again")
    elif practice.longest < SHORTEST:
        problem = f"this practice is over after {counted(float(practice.longest), 'second')}"
        options.mistakes.add(
            at, problem, f"make it last {counted(SHORTEST, 'second')} or more; seconds stand before each step"
        )


def _log(options: Options) -> Log | None:
    value = options.table.get("log")
    if value is None or is_lost(value):
        return None
    if isinstance(value, Word):
        name = words(value, "'log'", options.mistakes)
        return Log(name) if name else None
    table = options.entries("log", _LOG_LIKE)
    if table is None:
        return None
    inner = Options(table, options.mistakes, "a log")
    inner.only(LOG)
    if inner.lacks("form"):
        options.mistakes.add(table.source, "it is not said which form the log is", f"write it like this: {_LOG_LIKE}")
    answers = inner.entries("answers", "answers: {exercise: breathing}")
    suggested = ((key.text, words(value, f"'{key.text}'", options.mistakes)) for key, value in _entries(answers))
    return Log(inner.words("form"), inner.words("minutes", "minutes"), tuple(suggested))


def _entries(table: Table | None) -> tuple[tuple[Word, Word], ...]:
    return table.entries if table else ()  # type: ignore[return-value]  # `words` reports what is no word


def _places(table: Table) -> Iterator[tuple[str, Source]]:
    if key := table.get("practice"):
        yield "practice", key.source
    log = table.get("log")
    if log is None:
        return
    yield "log", log.source
    if isinstance(log, Table):
        for name in LOG:
            if inner := log.get(name):
                yield ("log" if name == "form" else name), inner.source
        answers = log.get("answers")
        for key, value in answers.entries if isinstance(answers, Table) else ():
            yield f"question {key.text}", key.source
            yield f"answer {key.text}", value.source


def _warnings(options: Options, practice: Practice) -> Iterator[FormError]:
    yield from markup_in(options.table)
    if practice.log is None:
        problem, remedy = "this practice ends without a log", f"add a line like {_LOG_LIKE}"
        at = options.key("practice").source
        yield FormError(at, problem, remedy, rule="practice", severity="warning")
