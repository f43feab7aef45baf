"""Everything that an author or a client writes is read back from the HTML as the same text, and adds no element."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from site_builder.forms.html.render import render_form
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.fields import LongText, OneOf, Text
from site_builder.forms.model.markup import joined, tag
from site_builder.publishing.mistakes_page import mistakes_html

# Without NUL and line ends, which an HTML parser normalises, and without the marks of Markdown in a label.
ALPHABET = st.sampled_from("<>&\"'/=;!-#ax1 é中") | st.characters(exclude_categories=("Cs", "Cc"))
WORDS = st.text(ALPHABET, min_size=1).filter(lambda words: not set(words) & set("*_`[\\"))
TYPED = st.text(ALPHABET | st.sampled_from("*_`[\\"), min_size=1)


class Read(HTMLParser):
    """The text of each element by its class, the attributes of each element by its name, and the names in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.texts.append("")
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.names.append(f"/{tag}")
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data
        else:
            self.texts.append(data)


def a_form(words: str) -> Form:
    fields = (
        Text(id="short", ask=words, hint=words, required=True),
        LongText(id="long", ask=words, required=True),
        OneOf(id="one", ask=words, choices=(Choice("a", words), Choice("b", "B")), required=True),
    )
    return Form(id="sheet", version=1, title=words, sections=(Section(fields, why=words),))


@given(WORDS, TYPED)
def test_text_in_a_form_is_read_back_as_written(words: str, typed: str) -> None:
    answers: dict[str, Any] = {"short": typed, "long": typed, "one": "a"}
    options: dict[str, Any] = {"action": "/forms/sheet", "problems": {"short": typed}}
    plain = Read(render_form(a_form("plain"), answers=answers | {"short": "x", "long": "x"}, **options))
    shown = Read(render_form(a_form(words), answers=answers, **options))
    assert shown.names == plain.names
    assert shown.texts.count(words) >= 6  # three questions, a hint, a choice and the section's reason
    (short,) = (attributes for _, attributes in shown.attributes if attributes.get("name") == "short")
    assert short["value"] == typed
    assert f"\n{typed}" in shown.texts  # of the textarea, after the line break that browsers drop
    assert f" {typed}" in shown.texts  # the problem, after the word "Error:"
    (section,) = (attributes for name, attributes in shown.attributes if name == "section")
    assert section["aria-label"] == words


@given(WORDS, TYPED)
def test_text_of_answers_is_read_back_as_written(words: str, typed: str) -> None:
    stored = {"short": typed, "long": typed, "one": "a"}
    shown = Read(render_answers(a_form(words), stored))
    assert shown.names == Read(render_answers(a_form("plain"), stored)).names
    assert [text for text in shown.texts if text] == [words, typed, words, typed, words, words]


@given(TYPED)
def test_text_of_a_mistake_is_read_back_as_written(words: str) -> None:
    def shown(words: str) -> Read:
        return Read(mistakes_html([FormError(Source("a.md", 2, 1), words, words)], f"\n{words}", 1))

    read = shown(words)
    assert read.names == shown("Words").names
    assert f"    2 | {words}" in read.texts


@given(TYPED)
def test_only_the_type_decides_what_is_escaped(words: str) -> None:
    once = tag("p", words)
    assert tag("div", once) == joined((Markup("<div>"), once, Markup("</div>")))
    assert [text for text in Read(once).texts if text] == [words]
    assert Read(tag("p", title=once)).attributes == [("p", {"title": str(once)})]
