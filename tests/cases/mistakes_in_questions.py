"""Mistakes in a form's blocks and questions: each with its places (« before the character), and part of its message."""

from __future__ import annotations

import textwrap


def question(text: str) -> str:
    """Return an otherwise valid form with the lines of one question."""
    return "form: abc\nfields:\n  fear:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")


MISTAKES_IN_QUESTIONS: dict[str, tuple[str, list[str]]] = {
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
}  # fmt: skip
