"""Questions that depend on others are read in full, or refused with the place and the remedy."""

from __future__ import annotations

import textwrap

import pytest

from site_builder.forms.language.form import Block, parse_blocks, read_lists
from site_builder.forms.language.yaml_tree import Mistakes
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors
from site_builder.forms.model.fields import Matrix, OneOf, Rating, Repeat

FILES = {
    "sleep.yml": "form: sleep\nfields: {slept: How was it?}",
    "dreams.yml": "fields: {dreamt: What did you dream?}",
    "twice.yml": "from: sleep.yml",
    "fenced.yml": "```yaml form\nform: sleep\nfields: {slept: How was it?}\n```\n",
    "broken.yml": "form: sleep\nfields:\n  slept: {ask: How?, type: raiting}",
}
SHARED = {"how_often": (Choice("0", "Never"), Choice("1", "Often")), "torn": None}
ABOVE = """\
form: abc
fields:
  practised: {ask: Did you practise?, type: yes no}
  before: {ask: How strong?, type: rating, from: 0, to: 100, ends: [Not at all, Very]}
  to_bed: {ask: To bed?, type: time}
  got_up: {ask: Up?, type: time}
  awake: {ask: How long awake?, type: duration}
  minutes: {ask: How long?, type: number, unit: minutes}
  cups: {ask: How many cups?, type: number, unit: cups}
  places: {ask: Where?, type: choices, choices: {home: At home, out: Out}}
  week: {ask: This week?, type: matrix, choices: {0: No, 1: Yes}, rows: {q1: Tense, q2: Low}}
  steps: {ask: Which steps?, type: repeat, of: {step: Which?, hard: {ask: How hard?, type: rating, asked: last}}}
"""


def read_file(name: str) -> Block | str:
    return Block(FILES[name], 1, page=name) if name in FILES else "there is none"


def parse(*texts: str) -> Form:
    blocks = [Block(text, 1 + 100 * number) for number, text in enumerate(texts)]
    return parse_blocks(blocks, page="page.md", title="A page", read_file=read_file, lists=SHARED)


def with_question(text: str) -> str:
    return f"{ABOVE}  then: {text}\n"


def refused(*texts: str) -> tuple[list[str], list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """Return the messages, their places, and the places of the marks « in the texts."""
    plain, marks = [], []
    for block, text in enumerate(texts):
        for number, line in enumerate(text.split("\n")):
            marks += [("page.md", 1 + 100 * block + number, line.index("«") + 1)] if "«" in line else []
        plain.append(text.replace("«", ""))
    with pytest.raises(FormErrors) as caught:
        parse(*plain)
    errors = caught.value.errors
    return (
        [f"{e.problem}; {e.remedy}" for e in errors],
        [(e.source.page, e.source.line, e.source.column) for e in errors],
        marks,
    )


MISTAKES = {
    "when on nothing": (with_question("{ask: Then?, «when: }"), "write it like this: when: {practised: yes}"),
    "when on a word": (with_question("{ask: Then?, when: «practised}"), "'when' needs names with values"),
    "when on a mistyped question": (
        with_question("{ask: Then?, when: {«practiced: yes}}"),
        "there is no question 'practiced' above this one; did you mean 'practised'?",
    ),
    "when on itself": (with_question("{ask: Then?, when: {«then: yes}}"), "there is no question 'then' above this one"),
    "when on a question below": (
        ABOVE.replace("type: yes no}", "type: yes no, when: {«before: {at_least: 5}}}"),
        "there is no question 'before' above this one; a question can only depend on what is asked above it",
    ),
    "when on another case": (with_question("{ask: Then?, when: {«Practised: yes}}"), "did you mean 'practised'?"),
    "when on a mistyped code": (with_question("{ask: Then?, when: {practised: «yess}}"), "did you mean 'yes'?"),
    "when on true": (with_question("{ask: Then?, when: {practised: «true}}"), "'true' is not one of the answers"),
    "when on the code of several": (with_question("{ask: Then?, when: {places: «hme}}"), "did you mean 'home'?"),
    "when beyond the rating": (
        with_question("{ask: Then?, when: {before: {at_least: «101}}}"),
        "the answers go from 0 to 100; write a number that can be answered; a question that is never asked",
    ),
    "when on a whole matrix": (with_question("{ask: Then?, when: {«week: 1}}"), "name one of its rows: q1, q2"),
    "when on a repeat": (with_question("{ask: Then?, when: {«steps: 1}}"), "'steps' is a repeat"),
    "when on a question of a repeat": (with_question("{ask: Then?, when: {«step: 1}}"), "inside the repeat 'steps'"),
    "when on what is asked last": (
        ABOVE.replace("asked: last}}", "asked: last}, more: {ask: And?, when: {«hard: {at_least: 5}}}}"),
        "'hard' is asked last, after this question",
    ),
    "when on a row's own name further down": (
        ABOVE.replace("of: {step: Which?,", "of: {step: {ask: Which?, when: {«before: {at_least: 1}}}, before: B?,"),
        "there is no question 'before' above this one; a question can only depend on what is asked above it",
    ),
    "when with or": (
        with_question("{ask: Then?, when: {practised: «yes or no}}"),
        "'yes or no' is not one of the answers; for one of several write a list, like practised: [yes, no]",
    ),
    "when with a sign": (
        with_question("{ask: Then?, when: {before: «'>= 50'}}"),
        "'>= 50' is not a number; write before: {at_least: 50}",
    ),
    "when with at most": (with_question("{ask: Then?, when: {before: «'< 5'}}"), "write before: {at_most: 5}"),
    "when with a plus": (with_question("{ask: Then?, when: {cups: «2+}}"), "write cups: {at_least: 2}"),
    "when answered, in a word": (
        with_question("{ask: Then?, when: {«to_bed: answered}}"),
        "an answer of the type time cannot be compared; write to_bed: {answered: true}, or ask it as a choice",
    ),
    "same_as of the form in a row": (
        ABOVE.replace("{step: Which?,", "{step: Which?, again: {same_as: «before},"),
        "'before' is asked once, outside of this repeat; name a question of the same row, or ask it again outside",
    ),
    "computed among the questions": (
        ABOVE + "  «computed: {x: {label: X, sum: [cups, cups]}}",
        "'computed' stands among the questions; it belongs to the block: move it and its lines to the left margin",
    ),
    "a formula under another name": (
        ABOVE + "computed: {x: {label: X, «difference: [cups, cups]}}",
        "'difference' is not an option of a computed value; did you mean 'minus'?",
    ),
    "min of a number": (with_question("{ask: Then?, type: number, «min: 1}"), "did you mean 'at_least'?"),
    "if": (with_question("{ask: Then?, «if: {practised: yes}}"), "did you mean 'when'?"),
    "a file with its fence": ("from: fenced.yml", "there are backticks around the form in this file"),
    "curly quotes around a colon": (
        with_question("«“What now: tell me”"),
        'these are curly quotation marks, which close nothing; type straight ones ("), at both ends of the value',
    ),
    "curly quotes around a comma": (
        with_question("{ask: “What, now: tell”}"),  # the comma has begun another option, which is told as well
        "these are curly quotation marks",
    ),
    "same_as of nothing": (
        with_question("{same_as: «befor}"),
        "there is no question 'befor' above this one; did you mean 'before'?",
    ),
    "same_as of a repeat": (with_question("{same_as: «steps}"), "'steps' is a repeat, which cannot be asked again"),
    "same_as with a type": (
        with_question("{same_as: before, «type: rating}"),
        "'type' does not belong to a question with 'same_as'; it is taken from 'before'; leave this line out",
    ),
    "same_as with a range": (with_question("{same_as: before, «to: 10}"), "it is taken from 'before'"),
    "choices of no list": (
        with_question("{ask: How often?, type: choice, choices: «how_oftn}"),
        "there is no list of choices called 'how_oftn'; did you mean 'how_often'?",
    ),
    "a list that is one for all pages": (
        ABOVE + "choices: {«how_often: {0: No, 1: Yes}}",
        "there is a list 'how_often' for all pages already; use that one",
    ),
    "a list of words": (ABOVE + "choices: {«often: [Never, Always]}", "'often' is not a list of choices"),
    "a file that is not there": ("from: «nowhere.yml", "the file 'nowhere.yml' cannot be read; there is none"),
    "a file without a name": ("«from: ", "it needs the name of a file"),
    "a link that leads nowhere": (
        with_question("{ask: Then?, hint: «'See [this](../guides/sleep.md)'}"),
        "the link to '../guides/sleep.md' cannot stand in a question; write the whole address (https://…)",
    ),
    "a computed value without a formula": (ABOVE + "computed: {«x: {label: X}}", "'x' has no formula"),
    "a computed value with an expression": (ABOVE + "computed: {«x: cups * 2}", "'x' has no formula; write it like"),
    "a computed value without a label": (ABOVE + "computed: {«x: {sum: [cups, cups]}}", "'x' has no label"),
    "a computed value with a taken name": (
        ABOVE + "computed: {«cups: {label: X, sum: [cups, cups]}}",
        "the name 'cups' is taken",
    ),
    "two formulas": (
        ABOVE + "computed: {x: {label: X, sum: [cups, cups], «ratio: [cups, cups]}}",
        "'x' has more than one formula; give it one of: time between, sum, minus, ratio",
    ),
    "a mistyped formula": (
        ABOVE + "computed: {x: {label: X, «time betwen: [to_bed, got_up], sum: [cups, cups]}}",
        "did you mean 'time between'?",
    ),
    "time between what are no times": (
        ABOVE + "computed: {x: {label: X, time between: [to_bed, «cups]}}",
        "'cups' is not a time of day; 'time between' takes two questions of the type time",
    ),
    "a sum with a time of day": (
        ABOVE + "computed: {x: {label: X, sum: [cups, «to_bed]}}",
        "'to_bed' is a time of day; work out a length first, with 'time between'",
    ),
    "a sum of two units": (
        ABOVE + "computed: {x: {label: X, sum: [cups, «minutes]}}",
        "'cups' is in cups and 'minutes' in minutes; give both the same unit",
    ),
    "a sum of words": (ABOVE + "computed: {x: {label: X, sum: [cups, «practised]}}", "of the type yes no, which 'sum'"),
    "a ratio of three": (ABOVE + "computed: {x: {label: X, «ratio: [cups, cups, cups]}}", "'ratio' needs two names"),
    "a value made of an unknown one": (
        ABOVE + "computed: {x: {label: X, minus: [«awke, minutes]}}",
        "there is no question 'awke' above this one; did you mean 'awake'?",
    ),
    "a score of what is not always asked": (
        "form: m\nlicence: Made up for a test.\nscales: {total: {items: [a, «b]}}\nfields:\n"
        "  a: {ask: A?, type: rating}\n  b: {ask: B?, type: rating, when: {a: {at_least: 1}}}",
        "'b' is not always asked, so a score with it would compare unlike with unlike",
    ),
    "a score of what is worked out": (
        "form: m\nlicence: Made up for a test.\nscales: {total: {items: [a, «c]}}\nfields:\n"
        "  a: {ask: A?, type: rating}\n  b: {ask: B?, type: rating}\ncomputed: {c: {label: C, sum: [a, b]}}",
        "'c' is worked out, so it is not an answer; name the questions that it is made of",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_reported_with_its_place(text: str, message: str) -> None:
    messages, places, marks = refused(text)
    assert places == marks or not marks
    assert message in messages[0]


def test_a_broken_question_is_not_reported_twice() -> None:
    text = ABOVE.replace("{ask: Did you practise?, type: yes no}", "{ask: Did you practise?, «type: yesno}")
    messages, _, _ = refused(text + "  then: {ask: Then?, when: {practised: yes}}\n")
    assert len(messages) == 1


def test_words_may_be_in_curly_quotes() -> None:
    assert (
        parse(with_question("{ask: “Then” what?, hint: “Even though…” or so}")).fields[-1].hint
        == "“Even though…” or so"
    )


def test_conditions_can_be_written_in_full_or_in_short() -> None:
    then = parse(with_question("{ask: Then?, when: {practised: yes, before: {at_least: 50, at_most: 90}, q1: [0, 1]}}"))
    assert then.fields[-1].when == (
        Condition("practised", "equals", "yes"),
        Condition("before", "at_least", 50),
        Condition("before", "at_most", 90),
        Condition("q1", "one_of", ("0", "1")),
    )


def test_a_condition_in_a_row_looks_at_the_row_first_and_then_at_the_form() -> None:
    text = ABOVE.replace(
        "of: {step: Which?,", "of: {step: Which?, why: {ask: Why?, when: {practised: yes, step: {answered: yes}}},"
    )
    (steps,) = (field for field in parse(text).fields if isinstance(field, Repeat))
    assert [condition.field for condition in steps.of[1].when] == ["practised", "step"]


def test_asking_again_copies_everything_but_the_words() -> None:
    again = parse(with_question("{same_as: before, ask: How strong is it now?}")).fields[-1]
    assert again == Rating(
        id="then", ask="How strong is it now?", highest=100, ends=("Not at all", "Very"), same_as="before"
    )
    assert parse(with_question("{same_as: before}")).fields[-1].ask == "How strong?"


def test_a_question_of_a_repeat_is_asked_again_last() -> None:
    text = ABOVE.replace("asked: last}}", "}, now: {same_as: hard, ask: And now?, asked: last}}")
    (steps,) = (field for field in parse(text).fields if isinstance(field, Repeat))
    assert (steps.of[2].same_as, steps.of[2].late, steps.of[2].type) == ("hard", True, "rating")


def test_lists_of_choices_are_shared_on_a_page_and_across_the_site() -> None:
    form = parse(
        "form: abc\nchoices: {size: {s: Small, l: Large}}\nfields: {a: {ask: A?, type: choice, choices: size}}",
        "fields: {b: {ask: B?, type: matrix, choices: how_often, rows: {b1: One}}, "
        "c: {ask: C?, type: choice, choices: size}}",
    )
    a, b, c = form.fields
    assert isinstance(a, OneOf)
    assert isinstance(b, Matrix)
    assert isinstance(c, OneOf)
    assert a.choices == c.choices == (Choice("s", "Small"), Choice("l", "Large"))
    assert b.choices == SHARED["how_often"]


def test_a_list_with_mistakes_is_not_called_unknown() -> None:
    with pytest.raises(FormErrors) as caught:
        parse("form: abc\nfields: {a: {ask: A?, type: choice, choices: torn}, b: {ask: B?, typ: text}}")
    assert [error.problem for error in caught.value.errors] == ["'typ' is not an option of a question"]


def test_a_question_with_broken_choices_is_not_half_read() -> None:
    with pytest.raises(FormErrors) as caught:
        parse(
            "form: abc\nfields: {a: {ask: A?, type: matrix, choices: torn, rows: {a1: One}}, b: {ask: B?, typ: text}}\n"
            "alerts: [{label: X, when: {a1: 1}}]"
        )
    assert [error.problem for error in caught.value.errors] == ["'typ' is not an option of a question"]


def test_mistakes_in_the_file_of_shared_choices_are_reported() -> None:
    mistakes = Mistakes("_choices.yml")
    lists = read_lists(Block("often: {0: Never, 1: Often}\nbad: words\nno code: {a b: X}", 1), mistakes)
    assert lists["often"] == (Choice("0", "Never"), Choice("1", "Often"))
    assert lists["bad"] is None
    assert [(error.source.line, error.source.column) for error in mistakes.errors] == [(2, 1), (3, 11)]


def test_a_block_can_be_in_a_file() -> None:
    form = parse("from: sleep.yml", "from: dreams.yml")
    assert form.id == "sleep"
    assert [field.id for field in form.fields] == ["slept", "dreamt"]


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (
            ("from: sleep.yml", "from: sleep.yml"),
            "this page has the questions of 'sleep.yml' already; delete one of the two",
        ),
        (
            ("from: sleep.yml", "from: dreams.yml", "from: dreams.yml"),
            "this page has the questions of 'dreams.yml' already; delete one of the two blocks",
        ),
        (
            ("form: abc\nfields: {a: What?}", "from: sleep.yml"),
            "'sleep.yml' holds a form of its own, and this page has one already; give it a page of its own",
        ),
    ],
)
def test_the_same_questions_twice_are_one_mistake_where_the_file_is_named(
    blocks: tuple[str, ...], message: str
) -> None:
    with pytest.raises(FormErrors) as caught:
        parse(*blocks)
    (error,) = caught.value.errors
    assert error.message.startswith(message)
    assert (error.source.page, error.source.line) == ("page.md", 1 + 100 * (len(blocks) - 1))


def test_a_mistake_in_a_file_names_the_file() -> None:
    with pytest.raises(FormErrors) as caught:
        parse("from: broken.yml")
    assert str(caught.value).startswith("broken.yml:3:28 'raiting' is not an answer type; did you mean 'rating'?")


def test_a_file_cannot_refer_to_another_file() -> None:
    with pytest.raises(FormErrors, match=r"twice.yml:1:1 a file cannot take its questions from another file"):
        parse("from: twice.yml")


def test_computed_values_know_their_units() -> None:
    form = parse(
        ABOVE
        + textwrap.dedent("""\
        computed:
          in_bed: {label: Time in bed, time between: [to_bed, got_up]}
          asleep: {label: Sleep, minus: [in_bed, awake, minutes]}
          efficiency: {label: Efficiency, ratio: [asleep, in_bed]}
          drinks: {label: Drinks, sum: [cups, cups]}
        """)
    )
    assert form.computed == (
        Computed("in_bed", "Time in bed", "time between", ("to_bed", "got_up"), "minutes"),
        Computed("asleep", "Sleep", "minus", ("in_bed", "awake", "minutes"), "minutes"),
        Computed("efficiency", "Efficiency", "ratio", ("asleep", "in_bed"), "%"),
        Computed("drinks", "Drinks", "sum", ("cups", "cups"), "cups"),
    )
