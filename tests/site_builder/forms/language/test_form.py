"""Forms as an author would write them are read in full, or refused with the place and the remedy."""

from __future__ import annotations

import textwrap

import pytest

from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Band, Cutoff, Form
from site_builder.forms.model.errors import FormErrors
from site_builder.forms.model.fields import (
    AnyOf,
    Date,
    Duration,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
)

FIRST_LINE = 11  # of the first block; each later block starts 100 lines further down


def parse(*texts: str, title: str = "A worksheet") -> Form:
    blocks = [Block(textwrap.dedent(text).strip("\n"), FIRST_LINE + 100 * n) for n, text in enumerate(texts)]
    return parse_blocks(blocks, page="page.md", title=title)


def fields(text: str) -> Form:
    """Return a form with these questions."""
    return parse("form: abc\nfields:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "  "))


def refused(*texts: str) -> list[tuple[str, int, int]]:
    with pytest.raises(FormErrors) as caught:
        parse(*texts)
    return [(f"{e.problem}; {e.remedy}", e.source.line, e.source.column) for e in caught.value.errors]


def marked(*texts: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Remove the marks « from texts and return their places."""
    plain, places = [], []
    for number, text in enumerate(texts):
        lines = textwrap.dedent(text).strip("\n").split("\n")
        for index, line in enumerate(lines):
            while "«" in line:
                places.append((FIRST_LINE + 100 * number + index, line.index("«") + 1))
                line = line.replace("«", "", 1)
            lines[index] = line
        plain.append("\n".join(lines))
    return plain, places


def test_a_bare_string_is_a_line_of_text() -> None:
    assert fields("situation: What was happening?").fields == (Text(id="situation", ask="What was happening?"),)


def test_every_type_takes_its_own_options() -> None:
    form = fields("""
        name: {ask: "Who, if anybody, was there?", max_length: 80}
        story: {ask: What happened?, type: long text, hint: In your own words., required: true}
        cups: {ask: How many cups?, type: number, at_least: 0, at_most: 20.5, decimals: 1, unit: cups}
        fear: {ask: How afraid?, type: rating, from: 0, to: 100, step: 5, ends: [Not at all, Very much]}
        mood: {ask: How are you?, type: rating}
        kind: {ask: Which kind?, type: choice, choices: {a: Alone, b: With others}}
        where:
          ask: Where?
          type: choices
          choices:
            home: At home
            no: Nowhere
        done: {ask: Did you do it?, type: yes no, required: yes}
        day: {ask: Which day?, type: date}
        next: {ask: When again?, type: date, future: yes}
        at: {ask: At what time?, type: time}
        took: {ask: How long?, type: duration, at_most: 90}
        week:
          ask: How often?
          type: matrix
          choices: {0: Never, 1: Often}
          rows: {q1: Feeling tense, q2: "Worrying: a lot"}
        steps:
          ask: Which steps?
          type: repeat
          called: step
          blank_rows: 2
          at_most: 5
          of:
            what: What is it?
            now: {ask: How hard is it now?, type: rating, asked: last}
    """)
    never_often = (Choice("0", "Never"), Choice("1", "Often"))
    assert form.fields == (
        Text(id="name", ask="Who, if anybody, was there?", max_length=80),
        LongText(id="story", ask="What happened?", hint="In your own words.", required=True),
        Number(id="cups", ask="How many cups?", at_least=0, at_most=20.5, decimals=1, unit="cups"),
        Rating(id="fear", ask="How afraid?", highest=100, step=5, ends=("Not at all", "Very much")),
        Rating(id="mood", ask="How are you?"),
        OneOf(id="kind", ask="Which kind?", choices=(Choice("a", "Alone"), Choice("b", "With others"))),
        AnyOf(id="where", ask="Where?", choices=(Choice("home", "At home"), Choice("no", "Nowhere"))),
        YesNo(id="done", ask="Did you do it?", required=True),
        Date(id="day", ask="Which day?"),
        Date(id="next", ask="When again?", future=True),
        Time(id="at", ask="At what time?"),
        Duration(id="took", ask="How long?", at_most=90),
        Matrix(
            id="week",
            ask="How often?",
            choices=never_often,
            rows=(Choice("q1", "Feeling tense"), Choice("q2", "Worrying: a lot")),
        ),
        Repeat(
            id="steps",
            ask="Which steps?",
            called="step",
            blank_rows=2,
            at_most=5,
            of=(Text(id="what", ask="What is it?"), Rating(id="now", ask="How hard is it now?", late=True)),
        ),
    )


def test_several_blocks_are_the_sections_of_one_form() -> None:
    form = parse(
        """
        form: thought-record
        version: 2
        purpose: Catch a strong feeling.
        with_clinician: true
        title: What happened
        why: Facts first.
        fields:
          situation: What was happening?
        """,
        """
        fields:
          thought: What went through your mind?
        """,
        title="Thought record",
    )
    assert (form.id, form.version, form.title) == ("thought-record", 2, "Thought record")
    assert (form.purpose, form.with_clinician) == ("Catch a strong feeling.", True)
    assert [(section.title, section.why) for section in form.sections] == [
        ("What happened", "Facts first."),
        ("", ""),
    ]
    assert [field.id for field in form.fields] == ["situation", "thought"]


def test_a_form_without_a_title_is_titled_after_its_page() -> None:
    assert parse("form: thought-record\nfields: {a: What?}", title="").title == "Thought record"


MEASURE = """
    form: worry
    licence: Our own words, free to use.
    source: Made up
    scales:
      total:
        title: Worry
        items: [q1, q2, fear]
        reversed: [q2]
        multiplier: 2
        missing: 1
        bands:
          0: Little
          10: {label: Much, meaning: "This is not a diagnosis."}
        cut_offs: {caseness: 12}
        reliable_change: 4.5
        better: higher
    alerts:
      - label: Thoughts of self-harm
        when: {q2: {at_least: 1}, kind: a}
      - label: Very afraid
        when:
          fear: {at_least: 8, at_most: 10}
          q1: [1, 2]
          note: {answered: true}
    fields:
      week:
        ask: How often?
        type: matrix
        choices: {0: Never, 1: Sometimes, 2: Often}
        rows: {q1: Worrying, q2: Thinking of death}
      fear: {ask: How afraid?, type: rating}
      kind: {ask: Which kind?, type: choice, choices: {a: Alone, b: With others}}
      note: Anything else?
"""


def test_a_measure_has_its_scale() -> None:
    (scale,) = parse(MEASURE).scales
    assert (scale.id, scale.title, scale.items, scale.reversed) == (
        "total",
        "Worry",
        ("q1", "q2", "fear"),
        ("q2",),
    )
    assert (scale.multiplier, scale.missing_up_to, scale.reliable_change, scale.better) == (
        2,
        1,
        4.5,
        "higher",
    )
    assert scale.bands == (Band(0, "Little"), Band(10, "Much", "This is not a diagnosis."))
    assert scale.cutoffs == (Cutoff("caseness", 12),)


def test_alerts_can_be_written_in_every_way() -> None:
    first, second = parse(MEASURE).alerts
    assert first.when == (Condition("q2", "at_least", 1), Condition("kind", "equals", "a"))
    assert second.when == (
        Condition("fear", "at_least", 8),
        Condition("fear", "at_most", 10),
        Condition("q1", "one_of", ("1", "2")),
        Condition("note", "answered", True),
    )


def test_the_definition_survives_json() -> None:
    form = parse(MEASURE)
    assert Form.from_json(form.to_json()).hash == form.hash


def test_codes_are_strings_however_they_are_written() -> None:
    assert fields("a: {ask: What?, type: choice, choices: {0: No, -1: Less, '2': More}}").fields == (
        OneOf(id="a", ask="What?", choices=(Choice("0", "No"), Choice("-1", "Less"), Choice("2", "More"))),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("No", "No"),
        ("off", "off"),
        ("12", "12"),
        ("'true'", "true"),
        ('"What # is it?"', "What # is it?"),
        ("C# or music", "C# or music"),
        ("At 10:30, what?", "At 10:30, what?"),
        ("See https://example.org", "See https://example.org"),
        ("'I can''t'", "I can't"),
        ("Über „Gefühle“ — 感情?", "Über „Gefühle“ — 感情?"),
        (">-\n    One line\n    and another", "One line and another"),
        ("One line\n    and another", "One line and another"),
    ],
)
def test_words_are_read_as_written(written: str, read: str) -> None:
    assert fields(f"a: {written}").fields[0].ask == read


def question(text: str) -> str:
    """Return an otherwise valid form with the lines of one question."""
    return "form: abc\nfields:\n  fear:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")


def measure(text: str) -> str:
    """Return a measure of the items q1 and q2 (0 to 3), fear (0 to 10) and others, with these rules."""
    return (
        "form: worry\nlicence: Our own.\n"
        + textwrap.dedent(text).strip("\n")
        + textwrap.dedent("""
            fields:
              week:
                ask: How often?
                type: matrix
                choices: {0: Never, 3: Often}
                rows: {q1: Worrying, q2: Thinking of death}
              fear: {ask: How afraid?, type: rating}
              kind: {ask: Which kind?, type: choice, choices: {alone: Alone, others: With others}}
              place: {ask: Where?, type: choices, choices: {home: At home, away: Away}}
              cups: {ask: How many cups?, type: number, at_most: 20}
              took: {ask: How long?, type: duration, at_most: 60}
              note: Anything else?
              day: {ask: Which day?, type: date}
              harm: {ask: Did you?, type: yes no}
              steps: {ask: Which steps?, type: repeat, of: {hard: {ask: How hard?, type: rating}}}
            """)
    )


def criterion(clusters: str, scales: str = "") -> str:
    """Return a measure of the same items with these clusters; an answer of 2 or more counts."""
    return measure(f"{scales}\ncriteria: {{dsm: {{counts_from: 2, clusters: {{{clusters}}}}}}}".strip("\n"))


MISTAKES: dict[str, tuple[str, list[str]]] = {
    # --- types and options that are not there
    "mistyped type": (
        question("ask: How afraid?\ntype: «raiting"),
        ["'raiting' is not an answer type; did you mean 'rating'?"],
    ),
    "type from another tool": (question("ask: Why?\ntype: «slider"), ["did you mean 'rating'?"]),
    "type with an underscore": (question("ask: Why?\ntype: «long_text"), ["did you mean 'long text'?"]),
    "type that nobody can guess": (question("ask: Why?\ntype: «xyzzy"), ["there is: text, long text, number"]),
    "mistyped option": (
        question("ask: How afraid?\n«requierd: true"),
        ["'requierd' is not an option of the type text; did you mean 'required'?"],
    ),
    "option from another tool": (question("«label: How afraid?\nask: Why?"), ["did you mean 'ask'?"]),
    "option of another type": (
        question("ask: Why?\n«choices: {a: A, b: B}"),
        ["this question has 'choices', and it does not say its type; add type: choice or type: choices or"],
    ),
    "option of a rating on a number": (
        question("ask: Why?\ntype: number\n«from: 1"),
        ["'from' does not belong to the type number; it belongs to the type rating"],
    ),
    "option of a question too far out": (
        "form: abc\nfields:\n  a: What?\n«ask: What?",
        ["'ask' does not belong to the form; it belongs to a question"],
    ),
    "asked last outside of a repeat": (
        question("ask: Why?\n«asked: last"),
        ["it belongs inside a repeat's 'of'"],
    ),
    "mistyped option of the form": ("form: abc\n«purpos: x\nfields: {a: What?}", ["did you mean 'purpose'?"]),
    "question at the margin": (
        "form: abc\nfields: {a: What?}\n«believed: How much?",
        ["'believed' is not an option of the form; if it is a question, move it under 'fields:'"],
    ),
    "lost flag, number and list": (
        question("ask: A?\ntype: rating\nrequired: «&a true\nfrom: «&b 1\nends: «&c [A, B]"),
        ["'&' has a meaning"] * 3,
    ),
    "American licence": ("form: abc\n«license: x\nfields: {a: What?}", ["did you mean 'licence'?"]),
    "questions instead of fields": (
        "form: abc\n«questions: {a: What?}",
        ["did you mean 'fields'?"],
    ),
    # --- files and lists
    "from a file and more": (
        "form: abc\n«from: phq9.yml\nfields: {a: What?}",
        ["holds nothing else; move form, fields into the file"],
    ),
    # --- YAML's own traps
    "comment after a value": (
        question("ask: Which step «# are you on?"),
        ["what follows '#' is left out; put quotes around the value"],
    ),
    "comment after a bare question": ("form: abc\nfields:\n  a: Which step «# are you on?", ["'#' is left out"]),
    "comment after a code": (question("ask: A?\ntype: rating\nto: 10 «# ten"), ["'#' is left out"]),
    "comment in braces": ("form: abc\nfields:\n  a: {ask: Which «# of them?}", ["what follows '#' is left out"]),
    "value that starts with a number sign": (question("ask: «# of days"), ["what follows '#' is left out"]),
    "null as a name": ("form: abc\nfields:\n  «null: What?", ["'null' is not taken as a word here; put quotes"]),
    "nothing as a name": ("form: abc\nfields:\n  «: What?", ["nothing is not taken as a word here"]),
    "true as a code": (
        question("ask: A?\ntype: choice\nchoices: {«true: Right, b: Wrong}"),
        ["'true' is not taken as a word here; put quotes around it"],
    ),
    "date as a code": (
        question("ask: A?\ntype: choice\nchoices: {«2026-01-01: New year, b: Other}"),
        ["'2026-01-01' is not taken as a word here; put quotes around it"],
    ),
    "null as words": (question("ask: «null"), ["'null' is not taken as words; put quotes around it"]),
    "tilde as words": (question("ask: «~"), ["'~' is not taken as words"]),
    "true as words": (question("ask: «true"), ["'true' is not taken as words; put quotes around it"]),
    "date as words": (question("ask: A?\nhint: «2026-01-01"), ["'2026-01-01' is not taken as words"]),
    "label true": (
        question("ask: A?\ntype: choice\nchoices: {a: «true, b: B}"),
        ["'true' is not taken as words; put quotes around it"],
    ),
    "the same option twice": (question("ask: A?\n«ask: B?"), ["'ask' is given twice; it stands in line 14"]),
    "the same question twice": (
        "form: abc\nfields:\n  a: What?\n  b: Why?\n  «a: Where?",
        ["'a' is given twice; it stands in line 13 already"],
    ),
    "the same code twice": (
        question("ask: A?\ntype: choice\nchoices: {1: A, 2: B, «'1': C}"),
        ["'1' is given twice"],
    ),
    "tab in front": ("form: abc\nfields:\n«\ta: What?", ["there is a tab; use spaces"]),
    "tab after the colon": ("form:«\tabc\nfields: {a: What?}", ["there is a tab; use spaces"]),
    "tab at the end": ("form: abc«\t\nfields: {a: What?}", ["there is a tab; use spaces"]),
    "several tabs": ("form: abc\nfields:\n«\ta: What?\n«\tb: Why?", ["there is a tab", "there is a tab"]),
    "space that is none": ("form: abc\nfields:\n  a:«\u00a0What?", ["a no-break space (U+00A0), which"]),
    "character that cannot be seen": ("form: abc\nfields:\n  a: Wh«\u2028at?", ["cannot be seen; delete it"]),
    "unquoted colon": (
        "form: abc\nfields:\n  a: Situation«: what happened?",
        ["there is a second colon in this line; put quotes around the words"],
    ),
    "colon at the end": (question("ask: What happened«:"), ["there is a second colon in this line"]),
    "unquoted colon in braces": (
        "form: abc\nfields:\n  a: {ask: Situation«: what?, type: text}",
        ["there is a second colon in this value"],
    ),
    "unquoted colon in a list": (
        question("ask: A?\ntype: rating\nends: [«Low: none, High]"),
        ["each of 'ends' has to be words; put quotes around it if it contains a colon"],
    ),
    "no space after the colon": ("form: abc\nfields:\n  a«:What?", ["there is no space after the colon"]),
    "no space after a later colon": (
        "form: abc\nfields:\n  a: What?\n  b«:Why?",
        ["there is no space after the colon; write a space after it"],
    ),
    "no space after an option's colon": (
        "form: abc\nfields:\n  a:\n    ask«:What?\n    type«:date",
        ["there is no space after the colon", "there is no space after the colon"],
    ),
    "name without a colon": ("form: abc\nfields:\n  «situation", ["'fields' needs names with values"]),
    "option without a colon": (
        "form: abc\nfields:\n  a:\n    ask«\n    type: date",
        ["there is no colon with a space after the name"],
    ),
    "line too far in": (
        "form: abc\nfields:\n  a: What?\n    «b: Why?",
        ["this line stands further in than the one above it; take away spaces"],
    ),
    "line not far enough in": (
        "form: abc\nfields:\n    a: What?\n  «b: Why?",
        ["this line does not line up with those above it"],
    ),
    "quotation mark left open": (question('ask: «"What?\ntype: date'), ["that opens here is not closed"]),
    "quotation mark closed too late": (
        "form: abc\nfields:\n  a: «\"What?\n  b: Why?\"",
        ["the quotation mark that opens here is closed several lines further down"],
    ),
    "escape that no database takes": (question('ask: «"What\\0?"'), ["cannot be seen; delete it"]),
    "half a character": (question('ask: «"What\\ud800?"'), ["cannot be seen; delete it"]),
    "escape beyond all characters": ("«" + question('ask: "\\UFFFFFFFF"'), ["cannot be read"]),
    "words after the quotation": (question('ask: "Bad" «thoughts?'), ["words after the closing quotation mark"]),
    "apostrophe in single quotes": (question("ask: 'I can'«t sleep'"), ["closing quotation mark"]),
    "backslash in double quotes": (question('ask: "a«\\q"'), ["'\\' has a meaning of its own"]),
    "brace left open": (
        "form: abc\nfields:\n  a: «{ask: What?, type: date\n  b: Why?",
        ["the '{' that opens here is not closed"],
    ),
    "bracket first": (question("ask: [Optional] «thoughts?"), ["there are words after the closing bracket"]),
    "one brace too many": ("form: abc\nfields: {a: What?}«}", ["there is one '}' too many; delete it"]),
    "star first": (question("ask: «*Really*?"), ["'*' has a meaning of its own at the start; put quotes"]),
    "ampersand first": (question("ask: «&c. What?"), ["'&' has a meaning of its own at the start"]),
    "exclamation mark first": (question("ask: «!important thing?"), ["'!' has a meaning of its own"]),
    "at sign first": (question("ask: «@home?"), ["'@' has a meaning of its own at the start"]),
    "backtick first": (question("ask: «`x`?"), ["'`' has a meaning of its own at the start"]),
    "greater-than first": (question("ask: «> 5 cups?"), ["'>' has a meaning of its own at the start"]),
    "dash first": (question("ask: «- what?"), ["'-' has a meaning of its own at the start"]),
    "comma in braces": (
        "form: abc\nfields:\n  a: {ask: Where, «when and who?}",
        ["'when and who?' is not an option of the type text; if it belongs to the words before it"],
    ),
    "three dashes": ("form: abc\nfields: {a: What?}\n«---\nb: c", ["there are three dashes"]),
    "directive": ("«%YAML 1.1\n---\nform: abc\nfields: {a: What?}", ["a line cannot start with '%'"]),
    "list as a name": ("form: abc\nfields:\n  ? «[a, b]\n  : What?", ["a name has to be a plain word"]),
    "brace open to the end": ("form: abc\nfields: «{a: What?,", ["the '{' that opens here is not closed"]),
    "only a lost value": ("«&a form", ["'&' has a meaning of its own at the start"]),
    "name that starts with a star": ("form: abc\nfields:\n  «&x y: What?", ["'&' has a meaning of its own"]),
    "comment that cuts a value": (
        question("ask: Where\n# were\n  «you?"),
        ["a comment has cut off what stands here; put quotes around the whole value"],
    ),
    # --- blocks
    "empty block": ("«", ["this block is empty"]),
    "only a comment": ("«# to do", ["this block is empty"]),
    "only words": ("«What was happening?", ["this block has no names in it"]),
    "a list of questions": (
        "form: abc\nfields:\n  «- a: What?\n  - b: Why?",
        ["'fields' needs names with values; write it like this: fields: {situation"],
    ),
    "no questions": ("«form: abc\npurpose: None.", ["this block asks nothing"]),
    "empty fields": ("form: abc\n«fields:", ["'fields' is empty"]),
    "first block without a form": ("«fields: {a: What?}", ["the first block does not name its form"]),
    # --- names
    "form with capitals": (
        "form: «Thought Record\nfields: {a: What?}",
        ["'Thought Record' cannot be the name of a form; use a to z, 0 to 9 and hyphens, "
         "and start with a letter, like 'thought-record'"],
    ),
    "form with an underscore": ("form: «a_b\nfields: {a: What?}", ["like 'a-b'"]),
    "form that the caseload file needs": (
        "form: «clients\nfields: {a: What?}",
        ["'clients' is a name that the caseload file needs itself; choose another name"],
    ),
    "form like a full-text table": ("form: «notes-fts\nfields: {a: What?}", ["needs itself"]),
    "form like a table of SQLite": ("form: «sqlite-notes\nfields: {a: What?}", ["needs itself"]),
    "form named by nothing": ("«form:\nfields: {a: What?}", ["'form' has no words"]),
    "question with a hyphen": (
        "form: abc\nfields:\n  «how-strong: How strong?",
        ["'how-strong' cannot be the name of a question; use a to z, 0 to 9 and underscores"],
    ),
    "question with an underscore first": ("form: abc\nfields:\n  «_a: What?", ["cannot be the name"]),
    "question with a number first": ("form: abc\nfields:\n  «1: What?", ["'1' cannot be the name of a question"]),
    "question with a capital": ("form: abc\nfields:\n  «Mood: What?", ["like 'mood'"]),
    "question with a reserved name": (
        "form: abc\nfields:\n  «client: Who?",
        ["'client' is a name that every table has already; choose another name"],
    ),
    "reserved name but for capitals": ("form: abc\nfields:\n  «RowID: Who?", ["every table has already"]),
    "row with a reserved name": (
        question("ask: A?\ntype: matrix\nchoices: {0: A, 1: B}\nrows: {«version: Feeling tense}"),
        ["'version' is a name that every table has already"],
    ),
    "subfield with a reserved name": (
        question("ask: A?\ntype: repeat\nof: {«row: Which row?}"),
        ["'row' is a name that every table has already"],
    ),
    "row that is named like a question": (
        "form: abc\nfields:\n  q1: What?\n  m: {ask: A?, type: matrix, choices: {0: A, 1: B}, rows: {«q1: B}}",
        ["the name 'q1' is taken; choose another name; it stands in line 13 already"],
    ),
    "names equal but for capitals": (
        "form: abc\nfields:\n  mood: What?\n  «MOOD: What?",
        ["cannot be the name of a question"],
    ),
    "repeat whose table is needed": (
        "form: abc\nfields:\n  «x_fts: {ask: A?, type: repeat, of: {a: What?}}",
        ["needs itself"],
    ),
    # --- questions
    "question without words": ("form: abc\nfields:\n  «a:", ["'a' asks nothing; write the question"]),
    "question without ask": ("form: abc\nfields:\n  «a: {type: date}", ["'a' has no question; add 'ask:'"]),
    "question with an empty ask": (question("ask: «''"), ["'ask' has no words"]),
    "question as a list": ("form: abc\nfields:\n  a: «[What?]", ["'a' is a list; write its options"]),
    "ask as options": (question("ask: «{a: b}"), ["'ask' has to be words"]),
    "future maybe": (question("ask: A?\ntype: date\nfuture: «soon"), ["'future' has to be true or false"]),
    "required maybe": (question("ask: A?\nrequired: «maybe"), ["'required' has to be true or false"]),
    "max_length in words": (question("ask: A?\nmax_length: «ten"), ["has to be a number, not 'ten'"]),
    "max_length too long": (question("ask: A?\nmax_length: «99999"), ["a whole number from 1 to 20000"]),
    "number with a comma": (question("ask: A?\ntype: number\nat_least: «0,5"), ["like 10 or 0.5"]),
    "number with an exponent": (question("ask: A?\ntype: number\nat_least: «1e3"), ["in figures"]),
    "number whose limits cross": (
        question("ask: A?\ntype: number\nat_least: 9\n«at_most: 3"),
        ["'at_most' is less than 'at_least' (3 and 9); swap them"],
    ),
    "rating that goes down": (
        question("ask: A?\ntype: rating\nfrom: 10\n«to: 0"),
        ["a rating from 10 to 0 has nothing to choose from"],
    ),
    "rating of one number": (question("ask: A?\ntype: rating\n«to: 0"), ["nothing to choose from"]),
    "rating in halves": (question("ask: A?\ntype: rating\nto: «4.5"), ["has to be a whole number"]),
    "rating with an odd step": (
        question("ask: A?\ntype: rating\nto: 100\n«step: 30"),
        ["steps of 30 do not lead from 0 to 100"],
    ),
    "three ends": (question("ask: A?\ntype: rating\nends: «[No, Some, Much]"), ["two ends, not 3"]),
    "one end": (question("ask: A?\ntype: rating\nends: «[No]"), ["a rating has two ends, not 1"]),
    "ends in one string": (question("ask: A?\ntype: rating\nends: «No to much"), ["'ends' has to be a list"]),
    "no choices": (question("ask: A?\n«type: choice"), ["the type choice needs choices"]),
    "empty choices": (question("ask: A?\ntype: choice\nchoices: «{}"), ["'choices' needs names with values"]),
    "nothing in choices": (question("ask: A?\ntype: choice\n«choices:"), ["'choices' is empty"]),
    "choices as a list": (
        question("ask: A?\ntype: choice\nchoices: «[Never, Often]"),
        ["'choices' needs names with values; write it like this: choices: {0: Never, 1: Sometimes}"],
    ),
    "one choice": (question("ask: A?\ntype: choice\n«choices: {a: A}"), ["there is only one choice"]),
    "choice without words": (question("ask: A?\ntype: choice\nchoices: {«a: , b: B}"), ["'a' has no words"]),
    "code with spaces": (
        question("ask: A?\ntype: choice\nchoices: {«Very much: Very much, b: B}"),
        ["'Very much' cannot be the code of a choice; write a whole number or one short word"],
    ),
    "code with a leading zero": (question("ask: A?\ntype: choice\nchoices: {«01: A, b: B}"), ["cannot be the"]),
    "matrix without rows": (
        question("ask: A?\n«type: matrix\nchoices: {0: A, 1: B}"),
        ["a matrix needs rows"],
    ),
    "matrix with rows as a list": (
        question("ask: A?\ntype: matrix\nchoices: {0: A, 1: B}\nrows: «[Tense, Sad]"),
        ["'rows' needs names with values; write it like this: rows: {q1: Feeling tense}"],
    ),
    "repeat of nothing": (question("ask: A?\n«type: repeat"), ["a repeat needs questions"]),
    "repeat in a repeat": (
        question("ask: A?\ntype: repeat\nof:\n  b: {ask: B?, «type: repeat, of: {c: C?}}"),
        ["a repeat cannot stand inside a repeat; move it out"],
    ),
    "matrix in a repeat": (
        question("ask: A?\ntype: repeat\nof:\n  b: {ask: B?, «type: matrix, choices: {0: A, 1: B}, rows: {c: C}}"),
        ["a matrix cannot stand inside a repeat"],
    ),
    "asked at another time": (
        question("ask: A?\ntype: repeat\nof:\n  b: {ask: B?, asked: «first}\n  c: C?"),
        ["'asked' can only be 'last'"],
    ),
    "all asked last": (
        question("ask: A?\ntype: repeat\n«of:\n  b: {ask: B?, asked: last}"),
        ["every question of this repeat is asked last"],
    ),
    "more blank rows than rows": (
        question("ask: A?\ntype: repeat\nat_most: 2\nblank_rows: «3\nof: {b: B?}"),
        ["'blank_rows' has to be a whole number from 1 to 2"],
    ),
    "version in words": ("form: abc\nversion: «new\nfields: {a: What?}", ["'version' has to be a number"]),
    "version nought": ("form: abc\nversion: «0\nfields: {a: What?}", ["a whole number from 1 to 9999"]),
    # --- measures
    "measure without a licence": (
        measure("«scales: {total: {items: [q1]}}").replace("licence: Our own.\n", ""),
        ["a measure without a licence cannot be published; add 'licence:'"],
    ),
    "measure with an empty licence": (
        measure("scales: {total: {items: [q1]}}").replace("licence: Our own.", "licence: «''"),
        ["'licence' has no words"],
    ),
    "scale without items": (measure("scales:\n  «total: {title: T}"), ["the scale 'total' has no items"]),
    "scale as a list": (measure("scales:\n  «total: [q1]"), ["the scale 'total' has no items"]),
    "scale with no items": (measure("scales: {total: {items: «[]}}"), ["'items' is empty"]),
    "scale with a bad name": (measure("scales: {«To tal: {items: [q1]}}"), ["cannot be the name of a scale"]),
    "unknown item": (
        measure("scales: {total: {items: [q1, «q3]}}"),
        ["there is no question 'q3'; there is: q1, q2, fear, kind"],
    ),
    "item that is a whole matrix": (
        measure("scales: {total: {items: [«week]}}"),
        ["'week' is a whole matrix; name its rows: q1, q2"],
    ),
    "item in a repeat": (measure("scales: {t: {items: [«hard]}}"), ["stands inside the repeat 'steps'"]),
    "item that is a repeat": (measure("scales: {t: {items: [«steps]}}"), ["'steps' is a repeat"]),
    "item with words as codes": (
        measure("scales: {total: {items: [q1, «kind]}}"),
        ["'kind' has no numbers to add up; use whole numbers as the codes of its choices"],
    ),
    "item that is text": (measure("scales: {t: {items: [«note]}}"), ["'note' has no numbers to add up"]),
    "item twice": (measure("scales: {t: {items: [q1, «q1]}}"), ["'q1' is counted twice"]),
    "reversed item that does not count": (
        measure("scales: {t: {items: [q1], reversed: [«q2]}}"),
        ["'q2' is not among the items of this scale; there is: q1"],
    ),
    "multiplier nought": (measure("scales: {t: {items: [q1], «multiplier: 0}}"), ["more than 0"]),
    "all items missing": (
        measure("scales: {t: {items: [q1, q2], missing: «2}}"),
        ["'missing' has to be a whole number from 0 to 1"],
    ),
    "bands out of order": (
        measure("scales: {t: {items: [fear], bands: {0: Low, 8: High, «5: Middle}}}"),
        ["the band from 5 stands after the band from 8; write the bands from the lowest"],
    ),
    "band out of reach": (
        measure("scales: {t: {items: [q1, q2], bands: {0: Low, «7: High}}}"),
        ["the band from 7 is outside of the possible scores, 0 to 6"],
    ),
    "band from a word": (measure("scales: {t: {items: [q1], bands: {«low: Low}}}"), ["where a band starts"]),
    "band without a name": (
        measure("scales: {t: {items: [q1], bands: {«0: {meaning: Little.}}}}"),
        ["the band from 0 has no name"],
    ),
    "cut-off out of reach": (
        measure("scales: {t: {items: [q1, q2], multiplier: 2, cut_offs: {caseness: «13}}}"),
        ["the cut-off 'caseness' at 13 is outside of the possible scores, 0 to 12"],
    ),
    "cut-offs as a number": (
        measure("scales: {t: {items: [q1], cut_offs: «2}}"),
        ["'cut_offs' needs names with values; write it like this: cut_offs: {caseness: 10}"],
    ),
    "mistyped option of a scale": (
        measure("scales: {t: {items: [q1], «cutoffs: {caseness: 1}}}"),
        ["'cutoffs' is not an option of a scale; did you mean 'cut_offs'?"],
    ),
    "change that cannot be": (
        measure("scales: {t: {items: [q1], reliable_change: «4}}"),
        ["a change of 4 points is not possible on this scale"],
    ),
    "better sideways": (
        measure("scales: {t: {items: [q1], better: «down}}"),
        ["'better' can be lower or higher, not 'down'"],
    ),
    # --- alerts
    "possible change alone": (
        measure("scales: {t: {items: [q1], possible_change: «2}}"),
        ["'possible_change' needs a 'reliable_change' beside it"],
    ),
    "possible change above the reliable one": (
        measure("scales: {t: {items: [q1], reliable_change: 2, possible_change: «3}}"),
        ["a possible change of 3 points is not less than the reliable one of 2"],
    ),
    # --- criteria
    "criterion without a licence": (
        criterion("b: {items: [q1], needs: 1}").replace("licence: Our own.\n", "").replace("criteria", "«criteria"),
        ["a measure without a licence cannot be published"],
    ),
    "criteria without names": (measure("criteria: «yes"), ["'criteria' needs names with values; write it like this"]),
    "criterion with a bad name": (
        criterion("b: {items: [q1], needs: 1}").replace("dsm", "«DSM-5"),
        ["'DSM-5' cannot be the name of a criterion; use a to z, 0 to 9 and underscores"],
    ),
    "criterion as a number": (measure("criteria: {«dsm: 2}"), ["the criterion 'dsm' has no clusters; write it like"]),
    "criterion without clusters": (
        measure("criteria: {«dsm: {counts_from: 2}}"),
        ["the criterion 'dsm' has no clusters; write it like this: clusters: {b:"],
    ),
    "mistyped option of a criterion": (
        criterion("b: {items: [q1], needs: 1}").replace("counts_from", "«count_from"),
        ["not an option of a criterion; did you mean 'counts_from'?"],
    ),
    "criterion that no answer meets": (
        criterion("b: {items: [q1], needs: 1}").replace("from: 2", "from: «4"),
        ["from 4 on, no answer to 'q1' counts: they go from 0 to 3; write the lowest answer that is a symptom"],
    ),
    "criterion that every answer meets": (
        criterion("b: {items: [fear, q1], needs: 1}").replace("from: 2", "from: «0"),
        ["from 0 on, every answer to 'fear' counts: they go from 0 to 10"],
    ),
    "criterion from a word": (
        criterion("b: {items: [q1], needs: 1}").replace("from: 2", "from: «moderate"),
        ["'counts_from' has to be a number, not 'moderate'"],
    ),
    "cluster as a list": (
        criterion("«b: [q1]"),
        ["the cluster 'b' has no items; write it like this: clusters: {b: {items: [q1, q2], needs: 1}}"],
    ),
    "cluster with a bad name": (
        criterion("«B: {items: [q1], needs: 1}"),
        ["'B' cannot be the name of a cluster; use a to z, 0 to 9 and underscores, and start with a letter, like 'b'"],
    ),
    "cluster without items": (criterion("«b: {needs: 1}"), ["the cluster 'b' has no items; add items: [q1, q2]"]),
    "empty cluster": (criterion("b: {items: «[], needs: 1}"), ["'items' is empty"]),
    "cluster that does not say how many": (
        criterion("«b: {items: [q1]}"),
        ["the cluster 'b' does not say how many of its items are needed; add needs: 1"],
    ),
    "habit in a cluster": (
        criterion("b: {items: [q1], «at_least: 1}"),
        ["'at_least' is not an option of a cluster; did you mean 'needs'?"],
    ),
    "cluster that needs more than it has": (
        criterion("b: {items: [q1, q2], needs: «3}"),
        ["'needs' is 3, and the cluster 'b' has 2 items; write a whole number from 1 to 2, or add the items"],
    ),
    "cluster that needs nothing": (
        criterion("b: {items: [q1], needs: «0}"),
        ["'needs' is 0, and the cluster 'b' has only one item; write needs: 1"],
    ),
    "cluster that needs half": (criterion("b: {items: [q1, q2], needs: «1.5}"), ["'needs' is 1.5"]),
    "cluster with an unknown item": (
        criterion("b: {items: [q1, «q3], needs: 1}"),
        ["there is no question 'q3'; there is: q1, q2, fear"],
    ),
    "cluster with an item without numbers": (
        criterion("b: {items: [q1, «kind], needs: 1}"),
        ["'kind' has no numbers to add up; use whole numbers as the codes of its choices"],
    ),
    "cluster with an item twice": (criterion("b: {items: [q1, «q1], needs: 1}"), ["'q1' is counted twice"]),
    "item in two clusters": (
        criterion("b: {items: [q1], needs: 1}, c: {items: [q2, «q1], needs: 1}"),
        ["'q1' stands in the cluster 'b' already; an answer counts for one cluster: delete one of the two"],
    ),
    "reversed item that no cluster has": (
        criterion("b: {items: [q1], needs: 1}").replace("counts_from", "reversed: [«q2], counts_from"),
        ["'q2' is not among the items of this criterion; there is: q1"],
    ),
    "item reversed in the scale alone": (
        criterion("b: {items: [q1], needs: 1}", "scales: {t: {items: [q1], reversed: [q1]}}").replace("dsm", "«dsm"),
        ["'q1' is reversed in the scale 't', and not in the criterion 'dsm'; add it here too: reversed: [q1]"],
    ),
    "item reversed in the criterion alone": (
        criterion("b: {items: [q1], needs: 1}", "scales: {t: {items: [q1]}}").replace(
            "counts_from", "reversed: [«q1], counts_from"
        ),
        ["'q1' is reversed here, and not in the scale 't'; reverse it in both, or in neither"],
    ),
    "alert without options": (measure("alerts: [«self-harm]"), ["an alert needs 'label' and 'when'"]),
    "alert with an empty test": (measure("alerts: [{label: X, when: {q2: «{}}}]"), ["nothing is asked of 'q2'"]),
    "alert between crossed limits": (
        measure("alerts: [{label: X, when: {«fear: {at_least: 8, at_most: 3}}}]"),
        ["this can never happen: 'at_least' is more than 'at_most'"],
    ),
    "alert beyond what the number allows": (
        measure("alerts: [{label: X, when: {cups: {at_least: «21}}}]"),
        ["this can never happen: the answers go from any number to 20"],
    ),
    "alert beyond what the duration allows": (
        measure("alerts: [{label: X, when: {took: «61}}]"),
        ["this can never happen: the answers go from 0 to 60"],
    ),
    "alert as a table": (measure("«alerts: {label: X, when: {q2: 1}}"), ["'alerts' has to be a list"]),
    "alert without a label": (measure("alerts: [«{when: {q2: 3}}]"), ["this alert has no 'label'"]),
    "alert without a condition": (measure("alerts: [«{label: X}]"), ["this alert has no 'when'"]),
    "alert on nothing": (measure("alerts: [{label: X, when: «{}}]"), ["'when' needs names with values"]),
    "alert on an unknown item": (
        measure("alerts: [{label: X, when: {«q9: {at_least: 1}}}]"),
        ["there is no question 'q9'"],
    ),
    "alert on a whole matrix": (measure("alerts: [{label: X, when: {«week: 3}}]"), ["name its rows: q1, q2"]),
    "alert on a repeat": (measure("alerts: [{label: X, when: {«hard: 3}}]"), ["inside the repeat 'steps'"]),
    "alert with a mistyped test": (
        measure("alerts: [{label: X, when: {q2: {«at_leest: 1}}}]"),
        ["'at_leest' is not an option of a condition; did you mean 'at_least'?"],
    ),
    "alert that never goes off": (
        measure("alerts: [{label: X, when: {q2: {at_least: «4}}}]"),
        ["go from 0 to 3; write a number that can be answered; an alert that never goes off is worse than none"],
    ),
    "alert on a code that is not there": (
        measure("alerts: [{label: X, when: {kind: «alon}}]"),
        ["'alon' is not one of the answers; did you mean 'alone'?"],
    ),
    "alert on a number beyond the rating": (measure("alerts: [{label: X, when: {fear: «11}}]"), ["never happen"]),
    "alert on true": (measure("alerts: [{label: X, when: {harm: «true}}]"), ["'true' is not one of the answers"]),
    "alert on the size of words": (
        measure("alerts: [{label: X, when: {kind: {«at_least: 1}}}]"),
        ["'at_least' needs an answer that is a number"],
    ),
    "alert on the words of a text": (measure("alerts: [{label: X, when: {«note: help}}]"), ["the type text"]),
    "alert on one of nothing": (measure("alerts: [{label: X, when: {q2: «[]}}]"), ["'one_of' has to be a list"]),
    "alert on answered perhaps": (
        measure("alerts: [{label: X, when: {note: {answered: «perhaps}}}]"),
        ["'answered' has to be true or false"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_reported_with_its_place(text: str, parts: list[str]) -> None:
    texts, places = marked(text)
    mistakes = refused(*texts)
    assert [(line, column) for _, line, column in mistakes] == places
    for (message, _, _), part in zip(mistakes, parts, strict=True):
        assert part in message


def test_all_mistakes_of_all_blocks_are_reported_at_once() -> None:
    texts, places = marked(
        """
        form: abc
        «porpose: Many mistakes.
        fields:
          a: {ask: What?, type: «dat}
          b: {ask: Why «# not?}
          «client: Who?
        """.replace("{ask: Why «# not?}", "Why «# not?"),
        """
        title: A block that YAML cannot read
        fields:
          c: Situation«: what?
        """,
        """
        «form: def
        «scales: {t: {items: [a]}}
        fields:
          «A: What?
        """,
    )
    assert [(line, column) for _, line, column in refused(*texts)] == places


def test_a_question_with_a_mistake_is_not_called_unknown_elsewhere() -> None:
    texts, places = marked(measure("scales: {t: {items: [q1, fear]}}").replace("type: rating}\n", "type: «ratin}\n", 1))
    assert [(line, column) for _, line, column in refused(*texts)] == places


def test_names_that_may_be_in_an_unread_block_are_not_called_unknown() -> None:
    texts, places = marked(
        "form: abc\nalerts: [{label: X, when: {later: {at_least: 1}}}]\nfields: {a: What?}",
        "fields:\n  later: {ask: Later«: how?}",
    )
    assert [(line, column) for _, line, column in refused(*texts)] == places


def test_a_second_form_needs_a_page_of_its_own() -> None:
    (mistake,) = refused("form: abc\nfields: {a: What?}", "form: def\nfields: {b: Why?}")
    assert "a second form needs a page of its own" in mistake[0]
    assert mistake[1:] == (FIRST_LINE + 100, 1)


def test_the_licence_of_a_later_block_belongs_in_the_first() -> None:
    (mistake,) = refused("form: abc\nfields: {a: What?}", "licence: Free.\nfields: {b: Why?}")
    assert "it belongs in the first block of the page" in mistake[0]


def test_endless_nesting_is_a_mistake_and_not_a_crash() -> None:
    assert "cannot be read" in refused("form: " + "[" * 5000)[0][0]


def test_a_message_reads_as_one_line_with_its_place() -> None:
    with pytest.raises(FormErrors) as caught:
        parse("form: abc\nfields:\n  a:\n    ask: How much?\n    type: raiting")
    assert str(caught.value) == ("page.md:15:11 'raiting' is not an answer type; did you mean 'rating'?")
