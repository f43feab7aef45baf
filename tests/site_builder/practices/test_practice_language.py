"""What an author may write as a practice, and every mistake with its place and remedy."""

from __future__ import annotations

import pytest

from site_builder.content.library import read_body
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.errors import FormErrors
from site_builder.practices.language import LONGEST, MOST_ROUNDS, ReadPractice, read_practice
from site_builder.practices.model import Log, Pace, Step
from site_builder.practices.steps import LONGEST_STEP, LONGEST_WORDS, MOST_STEPS

LOG = "log: relaxation-log\n"
STEPS = "steps:\n  - 30: Listen.\n"


def read(text: str) -> ReadPractice:
    return read_practice(Block(text, 1), page="page.md", title="A page")


def mistakes(text: str) -> list[str]:
    with pytest.raises(FormErrors) as refused:
        read(text)
    return [str(error) for error in refused.value.errors]


def test_a_breath_goes_on_for_as_many_minutes_as_are_written() -> None:
    practice = read("practice: box\nbreath: {in: 4, hold: 4, out: 4, wait: 4}\nminutes: 3\n").practice
    (pace,) = practice.paces
    assert [(step.say, step.seconds, step.shape) for step in pace.steps] == [
        ("Breathe in", 4, "grow"),
        ("Hold", 4, "hold"),
        ("Breathe out", 4, "shrink"),
        ("Wait", 4, "hold"),
    ]
    assert (pace.rounds, practice.longest, practice.title) == (11, 176, "A page")


def test_paces_have_their_own_rounds_and_the_authors_words() -> None:
    text = "practice: a\npaces: {Gentle: {in: 3, out: 4}, Slow: {in: 4, out: 6}}\nwords: {in: Ein}\nminutes: 5\n"
    paces = read(text).practice.paces
    assert [(pace.name, pace.rounds, pace.steps[0].say) for pace in paces] == [
        ("Gentle", 42, "Ein"),
        ("Slow", 30, "Ein"),
    ]


def test_groups_are_tensed_and_let_go_and_written_once() -> None:
    text = "practice: a\ngroups:\n  tense: 6\n  rest: 20\n  parts:\n    - Right hand: Make a fist.\n    - Both legs\n"
    assert read(text).practice.paces == (
        Pace(
            (
                Step("Right hand. Make a fist.", 6, "grow"),
                Step("Let go.", 20, "shrink"),
                Step("Both legs", 6, "grow"),
                Step("Let go.", 20, "shrink"),
            )
        ),
    )


@pytest.mark.parametrize(
    "step", ["20: Feel it’s weight – now.", "Feel it: 20", "{say: Feel it, seconds: 20}", "{20: Feel it}", "20: 5 4 3"]
)
def test_a_step_can_be_written_in_several_ways(step: str) -> None:
    (pace,) = read(f"practice: a\nsteps:\n  - {step}\n").practice.paces
    assert [one.seconds for one in pace.steps] == [20]


def test_a_log_names_its_questions() -> None:
    assert read(f"practice: a\n{STEPS}{LOG}").practice.log == Log("relaxation-log")
    text = f"practice: a\n{STEPS}log: {{form: diary, minutes: how_long, answers: {{exercise: pmr}}}}\n"
    assert read(text).practice.log == Log("diary", "how_long", (("exercise", "pmr"),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STEPS, "1:1 this block does not name its practice; add a line like practice: calm-place"),
        (f"practice: Calm Place\n{STEPS}", "1:11 'Calm Place' cannot be the name of a practice; use a to z"),
        ("practice: a\n", "1:1 this practice has no steps; write them like this: steps: ["),
        ("practice: a\nsteps:\n", "2:1 'steps' is empty; write a line for each, like - 20: Feel"),
        ("practice: a\nsteps: []\n", "2:8 'steps' is empty; write a line for each, like - 20: Feel"),
        ("practice: a\nsteps:\n  30: Listen.\n", "3:3 'steps' has to be a list, with a dash before each; write a line"),
        ("practice: a\nsteps:\n  - Listen.\n", "3:5 this step does not say how many seconds it takes; write it like"),
        (
            "practice: a\nsteps:\n  - Listen: 30 s\n",
            "3:13 the seconds of this step have to be a number, not '30 s'; write",
        ),
        (
            "practice: a\nsteps:\n  - 0: Listen.\n",
            "3:5 the seconds of a step cannot be 0; write a number of seconds from 1",
        ),
        ("practice: a\nsteps:\n  - -5: Listen.\n", "3:5 the seconds of a step cannot be -5; write a number of seconds"),
        (
            "practice: a\nsteps:\n  - 36000: Listen.\n",
            "3:5 the seconds of a step cannot be 36000; write a number of seconds",
        ),
        (
            "practice: a\nsteps:\n  - 2.25: Listen.\n",
            "3:5 the seconds of a step cannot be 2.25; use whole and half seconds",
        ),
        ("practice: a\nsteps:\n  - 20: ''\n", "3:9 this step has no words; write them after the colon"),
        (
            "practice: a\nsteps:\n  - {say: Listen., second: 20}\n",
            "3:20 'second' is not an option of a step; did you mean 's",
        ),
        (
            "practice: a\nsteps:\n  - {say: Listen.}\n",
            "3:5 this step does not say how many seconds it takes; add seconds: 20",
        ),
        ("practice: a\nsteps:\n  - {seconds: 20}\n", "3:5 this step does not say anything; add say: Breathe in"),
        (
            "practice: a\nsteps:\n  - {say: A, seconds: 20, shape: gro}\n",
            "3:34 'gro' is no shape; did you mean 'grow'?",
        ),
        (f"practice: a\nstesp: x\n{STEPS}", "2:1 'stesp' is not an option of a practice; did you mean 'steps'?"),
        (
            f"practice: a\n{STEPS}breath: {{in: 4, out: 4}}\n",
            "4:1 'steps' and 'breath' both say what is done here; keep",
        ),
        (
            f"practice: a\n{STEPS}words: {{in: Ein}}\n",
            "4:1 'words' are those of a breath, not of 'steps'; write the words",
        ),
        (
            f"practice: a\n{STEPS}rounds: 0\n",
            f"4:9 'rounds' has to be a whole number from 1 to {MOST_ROUNDS}; write one",
        ),
        (
            f"practice: a\n{STEPS}rounds: 2\nminutes: 3\n",
            "5:1 'rounds' and 'minutes' both say how long it takes; keep one",
        ),
        (
            f"practice: a\n{STEPS}rounds: 300\n",
            "4:1 this practice takes 150 minutes, and 60 are the most; make it shorter",
        ),
        (
            "practice: a\nsteps:\n  - 5: Listen.\n",
            "2:1 this practice is over after 5 seconds; make it last 20 seconds",
        ),
        (
            "practice: a\nbreath: {in: 4, out: 6}\n",
            "1:1 it is not said how long this goes on; add a line like minutes: 5",
        ),
        ("practice: a\nbreath: 4\nminutes: 5\n", "2:9 'breath' needs names with values; write it like this: breath: {"),
        (
            "practice: a\nbreath: {in: 4}\nminutes: 5\n",
            "2:9 this breath has no 'out'; write it like this: {in: 4, out: 6}",
        ),
        (
            "practice: a\nbreath: {in: 1, out: 1}\nminutes: 5\n",
            "2:9 a breath of 2 seconds is so fast that it makes diz",
        ),
        (
            "practice: a\nbreath: {in: 10, out: 10, wait: 5}\nminutes: 5\n",
            "2:9 a breath of 25 seconds is too slow to be safe",
        ),
        (
            "practice: a\nbreath: {in: 6, out: 4}\nminutes: 5\n",
            "2:9 breathing in takes longer than breathing out, which",
        ),
        (
            "practice: a\nbreath: {in: 4, hold: 30, out: 4}\nminutes: 5\n",
            "2:23 'hold' cannot be 30; write a number of sec",
        ),
        ("practice: a\npaces: {Slow: 6}\nminutes: 5\n", "2:15 this is no breath; write it like this: {in: 4, out: 6}"),
        ("practice: a\ngroups: {tense: 5}\n", "2:9 these groups have no parts; add 'parts:' with lines like - Right"),
        (
            "practice: a\ngroups: {tense: 60, parts: [Hand]}\n",
            "2:17 'tense' cannot be 60; write a number of seconds from 1",
        ),
        (
            "practice: a\ngroups: {tense: 9, rest: 3, parts: [Hand]}\n",
            "2:20 letting go is shorter than tensing; write more",
        ),
        (f"practice: a\n{STEPS}log: {{frm: x}}\n", "4:7 'frm' is not an option of a log; did you mean 'form'?"),
        (
            f"practice: a\n{STEPS}log: {{minutes: x}}\n",
            "4:6 it is not said which form the log is; write it like this: log:",
        ),
        (
            f"practice: a\n{STEPS}title: {'x' * 90}\n",
            "4:1 this title has 90 characters, and 80 are the most; say the rest",
        ),
        ("practice: a\nsteps:\n  - 20: [a]\n", "3:9 this step has to be words; put quotes around it"),
        ("practice: a\nsteps:\n  - 20: “Listen\n", "3:9 these are curly quotation marks, which close nothing; type"),
        ("practice: a\nsteps:\n  - 20: a\u200b\n  - 2\u200b0: b\n", "4:6 there is a zero width space"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(text: str, message: str) -> None:
    (mistake,) = mistakes(text)
    assert mistake.startswith(f"page.md:{message}"), mistake


def test_words_and_lists_that_are_too_long_are_reported() -> None:
    assert f"{LONGEST_WORDS} are the most" in mistakes(f"practice: a\nsteps:\n  - 20: {'x' * (LONGEST_WORDS + 1)}\n")[0]
    steps = "  - 20: x\n" * (MOST_STEPS + 1)
    assert f"{MOST_STEPS} are the most" in mistakes(f"practice: a\nsteps:\n{steps}")[0]
    assert LONGEST_STEP <= LONGEST


def test_every_mistake_is_reported_at_once() -> None:
    text = "practice: A\nsteps:\n  - 0: a\n  - Listen.\nrounds: many\nlog: {frm: a}\n"
    assert [line.split(" ")[0] for line in mistakes(text)] == [
        f"page.md:{place}" for place in ("1:11", "3:5", "4:5", "5:9", "6:7")
    ]


@pytest.mark.parametrize("words", ["Feel <b>this</b>.", "Feel **this**.", "&nbsp;", "![a](b.png)"])
def test_markup_in_words_is_a_warning_because_it_is_shown_as_it_stands(words: str) -> None:
    (warning,) = read(f'practice: a\nsteps:\n  - 20: "{words}"\n{LOG}').warnings
    assert (warning.rule, warning.source.line) == ("markup", 3)


def test_a_practice_without_a_log_is_warned_about() -> None:
    (warning,) = read(f"practice: a\n{STEPS}").warnings
    assert warning.message.startswith("this practice ends without a log")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "```yaml practise\npractice: a\n```",
            "1:4 'yaml practise' does not start a practice; did you mean 'yaml practice'?",
        ),
        (
            "```yml practice\npractice: a\n```",
            "1:4 'yml practice' does not start a practice; did you mean 'yaml practice'?",
        ),
        ("```practice\npractice: a\n```", "1:4 'practice' does not start a practice; did you mean 'yaml practice'?"),
        ("``yaml practice\npractice: a\n``", "1:1 a practice starts with three backticks; write ```yaml practice"),
        (
            "```yaml practice\npractice: a\n",
            "1:1 the practice that starts here does not end; write ``` on a line of its",
        ),
        ("- ```yaml practice\n  practice: a\n  ```", "1:3 a practice cannot stand inside a list, a quotation or a box"),
        (
            "```yaml\npractice: a\n```",
            "1:1 this code looks like a practice, but does not start like one; write ```yaml",
        ),
        (
            f"```yaml practice\npractice: a\n{STEPS}```\n\n```yaml practice\npractice: b\n```",
            "7:1 this page has a practice",
        ),
        (
            "```yaml practice\npractice: a\n```\n\n```yaml form\nform: b\nfields: {a: A?}\n```",
            "1:1 a page has a form or a pr",
        ),
        ("````markdown practice example\nNothing.\n````", "2:1 this example shows no practice; put a practice into it"),
    ],
)
def test_a_fence_with_a_slip_is_reported(body: str, message: str) -> None:
    (error,) = read_body(body, "page.md", "A page").errors
    assert str(error).startswith(f"page.md:{message}"), error
