"""Form blocks in Markdown: recognised, left alone as an example, or reported as a mistake."""

from __future__ import annotations

import textwrap

import pytest

from site_builder.content.fences import Fenced, find_fences
from site_builder.forms.language.yaml_tree import Block, Mistakes

FORM = "form: abc\nfields: {a: What?}"


def find(text: str, first_line: int = 1) -> tuple[list[Fenced], list[tuple[str, int, int]]]:
    mistakes = Mistakes("page.md")
    forms = list(find_fences(textwrap.dedent(text).strip("\n"), mistakes, first_line).forms)
    messages = [(f"{e.problem}; {e.remedy}", e.source.line, e.source.column) for e in mistakes.errors]
    return forms, messages


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("```yaml form", "```"),
        ("``` yaml  form ", "``` "),
        ("````yaml form", "````"),
        ("```yaml form", "`````"),
        ("~~~yaml form", "~~~"),
        ("```yaml form", "  ```"),
    ],
)
def test_a_form_block_is_recognised(opening: str, closing: str) -> None:
    forms, messages = find(f"# Title\n\n{opening}\n{FORM}\n{closing}\n\nWords.", first_line=8)
    assert forms == [Fenced(2, 5, Block(FORM, 11))]
    assert not messages


def test_several_blocks_are_returned_in_order() -> None:
    forms, messages = find(f"```yaml form\n{FORM}\n```\nWords\n```yaml form\nfields: {{b: Why?}}\n```")
    assert [(fenced.first, fenced.last) for fenced in forms] == [(0, 3), (5, 7)]
    assert not messages


@pytest.mark.parametrize(
    "text",
    [
        f"````markdown\n```yaml form\n{FORM}\n```\n````",
        f"~~~~\n~~~yaml form\n{FORM}\n~~~\n~~~~",
        f"~~~\n```yaml form\n{FORM}\n```\n~~~",
        f"- A list:\n\n    ````\n    ```yaml form\n    {FORM}\n    ```\n    ````",
        f"<!--\n```yaml form\n{FORM}\n```\n-->",
        "```python\nform = yaml.load('form')\n```",
        "```yaml\nsite_name: Ours\n```",
        '```yaml title="mkdocs.yml"\nnav: []\n```',
        "```toml form\na = 1\n```",
        "The words `yaml form` behind three backticks start a form.",
        "`yaml form` starts a form.",
    ],
)
def test_examples_and_other_code_are_left_alone(text: str) -> None:
    assert find(text) == ([], [])


@pytest.mark.parametrize(
    "info",
    [
        "yaml from", "yaml  forms", "yml form", "YAML Form", "ymal form", "yaml fom", "form yaml", "yaml-form",
        "yamlform", "form", "{.yaml .form}", "yaml form linenums",
    ],
)  # fmt: skip
def test_a_mistyped_fence_is_a_mistake(info: str) -> None:
    forms, messages = find(f"Words.\n\n``` {info}\n{FORM}\n```\n")
    assert messages == [(f"'{info}' does not start a form; did you mean 'yaml form'?", 3, 5)]
    assert forms == [Fenced(2, 5, None)]


@pytest.mark.parametrize("info", ["yaml", "yml", ""])
def test_plain_code_that_holds_a_form_is_a_mistake(info: str) -> None:
    forms, messages = find(f"```{info}\nform: abc\nfields:\n  a: What?\n```")
    assert [fenced.block for fenced in forms] == [None]
    assert messages[0][0].startswith("this code looks like a form, but does not start like one")
    assert messages[0][1:] == (1, 1)


def test_too_few_backticks_in_a_numbered_list_are_a_mistake() -> None:
    _, messages = find("1. `yaml form\n   form: abc\n   `")
    assert messages == [("a form starts with three backticks; write ```yaml form", 1, 4)]


@pytest.mark.parametrize("ticks", ["`", "``"])
def test_too_few_backticks_are_a_mistake(ticks: str) -> None:
    _, messages = find(f"Words.\n\n{ticks}yaml form\n{FORM}\n{ticks}")
    assert messages == [("a form starts with three backticks; write ```yaml form", 3, 1)]


@pytest.mark.parametrize(
    ("before", "column"),
    [("  ", 3), ("    ", 5), ("\t", 2), ("> ", 3), ("- ", 3), ("1. ", 4), (">     ", 7), ("* > ", 5)],
)
def test_a_form_inside_something_else_is_a_mistake(before: str, column: int) -> None:
    inner = " " * len(before)
    forms, messages = find(f"Words:\n\n{before}```yaml form\n{inner}form: abc\n{inner}```\n\nMore.")
    assert forms == [Fenced(2, 4, None)]
    ((message, line, at),) = messages
    assert message.startswith("a form cannot stand inside a list, a quotation or a box; move the fence")
    assert (line, at) == (3, column)


@pytest.mark.parametrize(
    "after",
    ["", "\n\nMore words.\n\n# And a heading", "\n\n```python\nx = 1\n```", "\n    ```", "\n``", "\n``` end"],
)
def test_a_form_without_an_end_is_a_mistake(after: str) -> None:
    forms, messages = find(f"Words.\n\n```yaml form\n{FORM}{after}")
    assert messages == [
        ("the form that starts here does not end; write ``` on a line of its own below its questions", 3, 1)
    ]
    assert forms[0].first == 2


def test_the_form_after_an_unclosed_one_is_still_recognised() -> None:
    forms, messages = find(f"```yaml form\n{FORM}\n\n```yaml form\nfields: {{b: Why?}}\n```")
    assert [(fenced.first, fenced.block and fenced.block.line) for fenced in forms] == [(0, None), (4, 6)]
    assert [line for _, line, _ in messages] == [1]


def test_a_form_that_other_code_swallows_is_a_mistake() -> None:
    _, messages = find(f"```text\nnever closed\n\n```yaml form\n{FORM}\n```")
    ((message, line, column),) = messages
    assert message.startswith("this form is inside the code that starts in line 1; end that code before it")
    assert (line, column) == (4, 1)


def test_code_that_never_ends_hides_no_form() -> None:
    forms, _ = find(f"````text\nnever closed\n\n```yaml form\n{FORM}\n```")
    assert [fenced.block for fenced in forms] == [Block(FORM, 5)]


@pytest.mark.parametrize("opening", ["````markdown", "````", "~~~~text", "> `````md"])
def test_a_longer_fence_without_an_end_above_a_form_is_a_mistake(opening: str) -> None:
    mark = opening.removeprefix("> ").rstrip("abcdefghijklmnopqrstuvwxyz")
    _, ((message, line, _),) = find(f"Words.\n\n{opening}\n# Title\n\n```yaml form\n{FORM}\n```\n")
    assert message == f"the code that starts here does not end; write {mark} on a line of its own below it"
    assert line == 3
    assert find(f"```yaml form\n{FORM}\n```\n\n{opening}\nWords.")[1] == []


def test_a_comment_that_never_ends_hides_no_form() -> None:
    forms, _ = find(f"<!-- never closed\n\n```yaml form\n{FORM}\n```")
    assert [fenced.block for fenced in forms] == [Block(FORM, 4)]


# --- examples


def find_all_examples(
    text: str, first_line: int = 1
) -> tuple[list[tuple[int, int, str | None, int]], list[tuple[str, int, int]]]:
    mistakes = Mistakes("page.md")
    examples = list(find_fences(text, mistakes, first_line).examples)
    messages = [(f"{e.problem}; {e.remedy}", e.source.line, e.source.column) for e in mistakes.errors]
    return [(example.first, example.last, example.text, example.line) for example in examples], messages


BLOCK = f"```yaml form\n{FORM}\n```"


def test_an_example_is_recognised_and_its_form_is_not_the_pages() -> None:
    text = f"Words.\n\n````markdown form example\n# A\n{BLOCK}\n````\n\n{BLOCK}\n\n````markdown form example\nB\n````"
    examples, messages = find_all_examples(text, first_line=10)
    assert examples == [(2, 8, f"# A\n{BLOCK}", 13), (15, 17, "B", 26)]
    assert messages == []
    assert [(fenced.first, fenced.last) for fenced in find(text)[0]] == [(10, 13)]


@pytest.mark.parametrize(
    "text",
    [
        f"````markdown\n{BLOCK}\n````",
        f"`````markdown\n````markdown form example\n{BLOCK}\n````\n`````",
        f"<!--\n````markdown form example\n{BLOCK}\n````\n-->",
        "For example, ```` starts a longer fence.",
        "```python example\nx = 1\n```",
    ],
)
def test_text_about_examples_is_no_example(text: str) -> None:
    assert find_all_examples(text) == ([], [])


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        (f"````markdown form exmaple\n{BLOCK}\n````", "'markdown form exmaple' does not start an example; did you", 1),
        (f"````markdown form eaxmple\n{BLOCK}\n````", "'markdown form eaxmple' does not start an example; did you", 1),
        (f"````markdwon from example\n{BLOCK}\n````", "did you mean 'markdown form example'?", 1),
        (f"````markdown example form\n{BLOCK}\n````", "did you mean 'markdown form example'?", 1),
        (f"````form example markdown\n{BLOCK}\n````", "did you mean 'markdown form example'?", 1),
        (f"> ````markdown form example\n> {BLOCK}\n> ````", "cannot stand inside a list, a quotation or a box", 3),
        (f"````markdown form example\n{BLOCK}\n", "the example that starts here does not end; write ````", 1),
    ],
)
def test_a_mistyped_example_is_a_mistake(text: str, message: str, column: int) -> None:
    examples, ((message_at, line, at),) = find_all_examples(f"Words.\n\n{text}")
    assert [example[2] for example in examples] == [None]
    assert message in message_at
    assert (line, at) == (3, column)


def test_an_example_without_an_end_is_reported_once() -> None:
    text = f"````markdown form example\n{BLOCK}\n"
    assert len(find_all_examples(text)[1]) == 1


def test_three_backticks_cannot_contain_an_example() -> None:
    _, ((message, line, column),) = find(f"```markdown form example\n{BLOCK}\n```")
    assert "to show an example, start the code with four backticks" in message
    assert (line, column) == (2, 1)


def test_a_form_without_its_fence_is_reported() -> None:
    forms, messages = find("# Title\n\nform: abc\nfields:\n  a: What?\n\nWords.", first_line=5)
    assert forms == [Fenced(2, 4, None)]
    assert messages == [
        (
            "this looks like a form, and stands in no fence;"
            " write ```yaml form on a line of its own above it, and ``` below it",
            7,
            1,
        )
    ]


@pytest.mark.parametrize("text", ["form: the way it looks\nfields: meadows", "form: abc\n\nfields:"])
def test_prose_about_forms_is_no_form(text: str) -> None:
    assert find(text) == ([], [])


@pytest.mark.parametrize(
    ("opening", "message", "place"),
    [
        ("\u200b```yaml form", "there is a zero width space (U+200B) in front of the backticks", (3, 1)),
        ("```y\u0430ml form", "the '\u0430' here is a Cyrillic small letter a (U+0430), in 'yaml form'", (3, 5)),
        ("```yaml\u00ad form", "there is a soft hyphen (U+00AD), which cannot be seen, in 'yaml form'", (3, 8)),
    ],
)
def test_an_odd_sign_in_a_fence_is_named_where_it_stands(opening: str, message: str, place: tuple[int, int]) -> None:
    _, ((problem, *at),) = find(f"# Title\n\n{opening}\n{FORM}\n```")
    assert problem.startswith(message)
    assert tuple(at) == place
