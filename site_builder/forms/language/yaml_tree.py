"""A block of YAML → words, tables and lists with their places; YAML's traps are reported as mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from site_builder.forms.language.yaml_errors import in_plain_words
from site_builder.forms.language.yaml_nodes import compose
from site_builder.forms.model.errors import FormError, Source

QUOTES = "put quotes around it"
Kind = Literal["words", "number", "flag", "date", "nothing", "lost"]


@dataclass(frozen=True, slots=True)
class Block:
    """The text inside one fence; `line` and `column` are the place of its first character on the page.

    `page` is the file that it is in, if that is not the page itself.
    """

    text: str
    line: int
    column: int = 1
    page: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A scalar as written: a name, wording, a number.

    `kind` is what YAML takes it for; "lost" means that it could not be read, which has already been reported.
    """

    source: Source
    text: str
    kind: Kind = "words"


@dataclass(frozen=True, slots=True)
class Table:
    """Names with their values, in the order of the text; no name appears twice.

    `whole` is False if a name could not be read; that has already been reported.
    """

    source: Source
    entries: tuple[tuple[Word, Value], ...]
    whole: bool = True

    def get(self, name: str) -> Value | None:
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> Word | None:
        return next((key for key, _ in self.entries if key.text == name), None)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values."""

    source: Source
    items: tuple[Value, ...]


Value: TypeAlias = Word | Table | Listing

_KINDS: dict[str, Kind] = {
    "int": "number", "float": "number", "bool": "flag", "timestamp": "date", "null": "nothing",
}  # fmt: skip
_COMMENT = re.compile(r"[ \t]+#")
_CURLY = re.compile("[“„‘][^”’“]*$")  # cut off before its end, by a comma, a colon or a bracket
_NAME = re.compile(r"[ ]*[a-z_]+:(?:[ ]|$)", re.ASCII)
_NO_SPACE = re.compile(r"[ ]*[A-Za-z_]\w*:(?!//)[^\s]", re.ASCII)
# Characters that are invisible or look like a space, and make YAML read something other than what one sees.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_MARGIN = re.compile(r"""[ ]*(?P<odd>[^\S ])|[ ]*[^\s:"']*[:-](?P<after>[^\S ])""")


class Mistakes:
    """Collects every mistake on a page, so that all of them are reported at once."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.errors: list[FormError] = []

    def add(self, at: Source, problem: str, remedy: str = "", *, rule: str = "form") -> None:
        self.errors.append(FormError(at, problem, remedy, rule=rule))

    def __len__(self) -> int:
        return len(self.errors)


def read_block(block: Block, mistakes: Mistakes) -> Table | None:
    """Read one block; None if it is not a table of names. Its mistakes are added to `mistakes`."""
    start = Source(block.page or mistakes.page, block.line, block.column)
    before = len(mistakes)
    for line, column, problem, remedy in _odd_characters(block.text):
        mistakes.add(_shifted(start, line, column), problem, remedy)
    if len(mistakes) > before:
        return None
    try:
        node = compose(block.text)
    except MarkedYAMLError as error:
        line, column, problem, remedy = in_plain_words(error, block.text)
        mistakes.add(_shifted(start, line, column), problem, remedy)
        return None
    except (YAMLError, RecursionError, ValueError, OverflowError):
        mistakes.add(start, "this block cannot be read", "look for characters that do not belong here")
        return None
    if node is None:
        mistakes.add(start, "this block is empty", "add 'fields:' with the questions, or delete the block")
        return None
    tree = _Tree(block.text, start, mistakes).value(node)
    if isinstance(tree, Table):
        return tree
    if isinstance(tree, Word) and tree.kind == "lost":
        return None
    mistakes.add(tree.source, "this block has no names in it", "write each line as name: value, with a space")
    return None


def _odd_characters(text: str) -> Iterator[tuple[int, int, str, str]]:
    for number, line in enumerate(text.split("\n")):
        if line.startswith("%"):
            yield number, 0, "a line cannot start with '%'", "put quotes around the value, or delete the line"
        elif odd := _MARGIN.match(line):
            column = odd.start("odd") if odd["odd"] else odd.start("after")
            if line[column] == "\t":
                yield number, column, "there is a tab", "use spaces"
            else:
                yield number, column, "there is a special space", "delete it and type a plain space"
        elif unseen := _UNSEEN.search(line):
            yield number, unseen.start(), "there is a character that cannot be seen", "delete it"


def _shifted(start: Source, line: int, column: int) -> Source:
    return Source(start.page, start.line + line, start.column + column)


class _Tree:
    """Turns the nodes of one block into values, and reports what YAML would silently change or drop."""

    def __init__(self, text: str, start: Source, mistakes: Mistakes) -> None:
        self.lines = text.split("\n")
        self.start = start
        self.mistakes = mistakes

    def value(self, node: Node) -> Value:
        source = self.at(node.start_mark)
        written = self.rest_of_line(node.start_mark)
        if node.anchor is not None or written.startswith(("&", "!")):
            self.mistakes.add(source, f"'{written[:1]}' has a meaning of its own at the start", QUOTES)
            return Word(source, "", "lost")
        if isinstance(node, MappingNode):
            entries = tuple(self.entries(node))
            return Table(source, entries, whole=len(entries) == len(node.value))
        if isinstance(node, SequenceNode):
            return Listing(source, tuple(self.value(item) for item in node.value))
        return self.word(node) if isinstance(node, ScalarNode) else Word(source, "")

    def entries(self, node: MappingNode) -> Iterator[tuple[Word, Value]]:
        first: dict[str, Word] = {}
        for key_node, value_node in node.value:
            value = self.value(value_node)
            if not isinstance(key_node, ScalarNode):
                self.mistakes.add(self.at(key_node.start_mark), "a name has to be a plain word", QUOTES)
                continue
            key = self.value(key_node)
            if not isinstance(key, Word) or key.kind == "lost":
                continue
            if key.kind in ("nothing", "flag", "date"):
                shown = f"'{key.text}'" if key.text else "nothing"
                self.mistakes.add(key.source, f"{shown} is not taken as a word here", QUOTES)
            elif key.text in first:
                line = first[key.text].source.line
                remedy = f"it stands in line {line} already; keep one of the two"
                self.mistakes.add(key.source, f"'{key.text}' is given twice", remedy)
            else:
                first[key.text] = key
                yield key, self.placed_if_empty(key, value, key_node)

    def placed_if_empty(self, key: Word, value: Value, key_node: ScalarNode) -> Value:
        """Return an empty value with the place of its name; one that '#' emptied (`ask: # of days`) is reported."""
        if not isinstance(value, Word) or value.kind != "nothing" or value.text:
            return value
        if match := re.match(r"\s*:\s+#", self.rest_of_line(key_node.end_mark)):
            at = self.at(key_node.end_mark, match.end() - 1)
            self.mistakes.add(at, "what follows '#' is left out", "put quotes around the value")
            return Word(at, "", "lost")
        return Word(key.source, "", "nothing")

    def word(self, node: ScalarNode) -> Word:
        source = self.at(node.start_mark)
        kind = _KINDS.get(str(node.tag).rpartition(":")[2], "words")
        if node.style is not None:
            return self.quoted(node, source, node.value.strip())
        if match := _COMMENT.match(self.rest_of_line(node.end_mark)):
            at = self.at(node.end_mark, match.end() - 1)
            remedy = "put quotes around the value if it belongs to it, or put the comment on a line of its own"
            self.mistakes.add(at, "what follows '#' is left out", remedy)
        if _CURLY.match(node.value):
            remedy = 'type straight ones ("), at both ends of the value'
            self.mistakes.add(source, "these are curly quotation marks, which close nothing", remedy)
            return Word(source, "", "lost")
        return Word(source, node.value, "lost" if self.has_lost_names(node) else kind)

    def quoted(self, node: ScalarNode, source: Source, text: str) -> Word:
        further = self.lines[node.start_mark.line + 1 : node.end_mark.line + 1]
        if node.style in ("'", '"') and any(map(_NAME.match, further)):
            problem = "the quotation mark that opens here is closed several lines further down"
            self.mistakes.add(source, problem, "close it at the end of the value")
            return Word(source, "", "lost")
        if _UNSEEN.search(text):  # an escape, like "\\0" or half of a surrogate pair; no database stores it
            self.mistakes.add(source, "there is a character that cannot be seen", "delete it")
            return Word(source, "", "lost")
        return Word(source, text)

    def has_lost_names(self, node: ScalarNode) -> bool:
        """Report a line `type:rating` without a space, which YAML reads as more of the words before it."""
        before = len(self.mistakes)
        for number in range(node.start_mark.line, node.end_mark.line + 1):
            start = node.start_mark.column if number == node.start_mark.line else 0
            end = node.end_mark.column if number == node.end_mark.line else None
            written = self.lines[number][start:end]
            if _NO_SPACE.match(written):
                column = start + len(written) - len(written.lstrip()) + written.lstrip().index(":")
                at = _shifted(self.start, number, column)
                remedy = "write a space after it, or put quotes around the value"
                self.mistakes.add(at, "there is no space after the colon", remedy)
        return len(self.mistakes) > before

    def at(self, mark: StringMark, further: int = 0) -> Source:
        return _shifted(self.start, mark.line, mark.column + further)

    def rest_of_line(self, mark: StringMark) -> str:
        return self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else ""
