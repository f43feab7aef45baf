"""A block of YAML → words, tables and lists with their places; YAML's traps are reported as mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from site_builder.forms.language.odd_signs import without_odd_signs
from site_builder.forms.language.yaml_errors import in_plain_words
from site_builder.forms.language.yaml_nodes import compose
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.signs import NEVER, UNSEEN, name_of, oddity, plain

QUOTES = "put quotes around it"
MANY = 3  # unknown names, from which on they are told in one message
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


def names_in(value: Value) -> Iterator[str]:
    """Yield every name in a value, at any depth."""
    if isinstance(value, Table):
        for key, under in value.entries:
            yield key.text
            yield from names_in(under)
    elif isinstance(value, Listing):
        for item in value.items:
            yield from names_in(item)


_KINDS: dict[str, Kind] = {
    "int": "number", "float": "number", "bool": "flag", "timestamp": "date", "null": "nothing",
}  # fmt: skip
_COMMENT = re.compile(r"[ \t]+#")
_CURLY = re.compile("[“„‘][^”’“]*$")  # cut off before its end, by a comma, a colon or a bracket
_NAME = re.compile(r"[ ]*[a-z_]+:(?:[ ]|$)", re.ASCII)
_NO_SPACE = re.compile(r"[ ]*[A-Za-z_]\w*:(?!//)[^\s]", re.ASCII)
_ANCHOR = re.compile(r"&[\w-]+(?=\s|$)")
# Values that are names, codes or words of the language and not wording, besides the names of the same block.
_KEYWORDS = frozenset(
    (
        "text", "long text", "number", "rating", "choice", "choices", "yes no", "date", "time", "duration", "matrix",
        "repeat", "true", "false", "yes", "no", "lower", "higher", "last", "none", "urgent", "soon", "sum", "mean",
    )
)  # fmt: skip
_NAMING = frozenset(("form", "from", "same_as", "was"))  # options whose value is a name
_FIGURES = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


class Mistakes:
    """Collects every mistake on a page, so that all of them are reported at once."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.errors: list[FormError] = []
        self.first: dict[str, int] = {}  # of `add_unknown`: where in `errors` each stands

    def add(self, at: Source, problem: str, remedy: str = "", *, rule: str = "form") -> None:
        self.errors.append(FormError(at, problem, remedy, rule=rule))

    def add_unknown(self, name: Word, where: str, remedy: str) -> None:
        """Add a name that no question has; where it stands again, the message about the first says so."""
        problem = f"there is no question '{name.text}'{where}"
        place = self.first.setdefault(problem, len(self.errors))
        if place == len(self.errors):
            self.add(name.source, problem, remedy)
            return
        before, line = self.errors[place], name.source.line
        lines = before.problem.removeprefix(problem) or " (and in line)"
        if f" {line}" not in lines and line != before.source.line:
            joint = "," if lines[-2].isdigit() else ""
            lines = f"{lines[:-1]}{joint} {line})"
            self.errors[place] = FormError(before.source, problem + lines, before.remedy, rule=before.rule)

    def in_one(self) -> list[FormError]:
        """Return every mistake; many unknown names, which have one cause, are told in one."""
        places = sorted(self.first.values(), key=lambda place: self.errors[place].source)
        if len(places) < MANY:
            return self.errors
        first, second = (self.errors[place] for place in places[:2])
        names = [error.problem.split("'")[1] for error in (first, second)]
        problem = f"there are no questions '{names[0]}', '{names[1]}' and {len(places) - 2} others that are named"
        one = FormError(first.source, problem, "write them, or take their names out", rule=first.rule)
        return [one, *(error for place, error in enumerate(self.errors) if place not in places)]

    def __len__(self) -> int:
        return len(self.errors)


def read_block(block: Block, mistakes: Mistakes) -> Table | None:
    """Read one block; None if it is not a table of names. Its mistakes are added to `mistakes`."""
    start = Source(block.page or mistakes.page, block.line, block.column)
    before = len(mistakes)
    text, odd = without_odd_signs(block.text)
    for line, column, problem, remedy in odd:
        mistakes.add(_shifted(start, line, column), problem, remedy)
    if text is None:
        return None
    try:
        node = compose(text)
    except MarkedYAMLError as error:
        if len(mistakes) == before:  # otherwise the odd sign may be the reason
            line, column, problem, remedy = in_plain_words(error, text)
            mistakes.add(_shifted(start, line, column), problem, remedy)
        return None
    except (YAMLError, RecursionError, ValueError, OverflowError):
        mistakes.add(start, "this block cannot be read", "look for characters that do not belong here")
        return None
    if node is None:
        mistakes.add(start, "this block is empty", "add 'fields:' with the questions, or delete the block")
        return None
    tree = _Tree(text, start, mistakes).read(node)
    if isinstance(tree, Table):
        return tree
    if isinstance(tree, Word) and tree.kind == "lost":
        return None
    mistakes.add(tree.source, "this block has no names in it", "write each line as name: value, with a space")
    return None


def _shifted(start: Source, line: int, column: int) -> Source:
    return Source(start.page, start.line + line, start.column + column)


def _names_in(node: Node) -> Iterator[str]:
    """Yield every name in a tree of nodes, at any depth."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value
            yield from _names_in(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _names_in(item)


def _is_empty(value: Value) -> bool:
    return isinstance(value, Word) and value.kind != "lost" and not value.text.strip()


class _Tree:
    """Turns the nodes of one block into values, and reports what YAML would silently change or drop."""

    def __init__(self, text: str, start: Source, mistakes: Mistakes) -> None:
        self.lines = text.split("\n")
        self.start = start
        self.mistakes = mistakes
        self.plain = text.isascii()
        self.names: frozenset[str] = frozenset()
        self.anchors: set[Source] = set()  # those that have been reported: each alias leads to one of them

    def read(self, node: Node) -> Value:
        """Return the whole tree."""
        if not self.plain:
            self.names = frozenset(map(plain, _names_in(node)))
        return self.value(node)

    def value(self, node: Node) -> Value:
        value = self.as_written(node)
        if self.plain or not isinstance(value, Word) or value.text.isascii():
            return value
        return self.keyword(value, quote=0 if isinstance(node, ScalarNode) and node.style is None else 1)

    def as_written(self, node: Node) -> Value:
        source = self.at(node.start_mark)
        written = self.rest_of_line(node.start_mark)
        if node.anchor is not None or written.startswith(("&", "!")):
            self.report_anchor(source, written)
            return Word(source, "", "lost")
        if isinstance(node, MappingNode):
            entries = tuple(self.entries(node))
            return Table(source, entries, whole=len(entries) == len(node.value))
        if isinstance(node, SequenceNode):
            return Listing(source, tuple(self.value(item) for item in node.value))
        return self.word(node) if isinstance(node, ScalarNode) else Word(source, "")

    def report_anchor(self, source: Source, written: str) -> None:
        """Report YAML's own ways to repeat and to convert; an anchor is reported once, and its aliases are not."""
        if source not in self.anchors:
            self.anchors.add(source)
            what, remedy = f"'{written[:1]}' has a meaning of its own at the start", QUOTES
            anchor = _ANCHOR.match(written)
            if anchor and any(f"*{anchor[0][1:]}" in line for line in self.lines):
                what = f"'{anchor[0]}' is a way to repeat lines that worksheets do not have"
                remedy = f"write them again where '*{anchor[0][1:]}' stands; choices can be named once for all"
            self.mistakes.add(source, what, remedy)

    def entries(self, node: MappingNode) -> Iterator[tuple[Word, Value]]:
        first: dict[str, Word] = {}
        read: dict[str, Value] = {}
        twice: list[Word] = []
        for key_node, value_node in node.value:
            value = self.value(value_node)
            if not isinstance(key_node, ScalarNode):
                self.mistakes.add(self.at(key_node.start_mark), "a name has to be a plain word", QUOTES)
                continue
            key = self.as_written(key_node)
            if not isinstance(key, Word) or key.kind == "lost":
                continue
            key = key if key.text.isascii() else self.name(key, key_node)
            if key.kind == "lost":
                continue
            if key.text in _NAMING and isinstance(value, Word) and not value.text.isascii():
                value = self.name(value, value_node)
            if key.text == "<<" and value_node.anchor is not None:
                continue  # its anchor has been reported
            if key.text == "<<":
                self.mistakes.add(key.source, "'<<' copies nothing into a worksheet", "write the lines out here")
            elif key.kind in ("nothing", "flag", "date"):
                shown = f"'{key.text}'" if key.text else "nothing"
                self.mistakes.add(key.source, f"{shown} is not taken as a word here", QUOTES)
            elif key.text in first:
                twice.append(key)
                if _is_empty(read[key.text]):
                    read[key.text] = self.placed_if_empty(key, value, key_node)
            else:
                first[key.text] = key
                read[key.text] = self.placed_if_empty(key, value, key_node)
        if twice:
            self.report_twice(twice, first, read)
        yield from ((first[name], value) for name, value in read.items())

    def report_twice(self, twice: list[Word], first: dict[str, Word], read: dict[str, Value]) -> None:
        """Report names that stand in a table twice; of several, the name above them is missing or too far in."""
        key, line = twice[0], first[twice[0].text].source.line
        above = [
            name for name, value in read.items() if _is_empty(value) and first[name].source.line == key.source.line - 1
        ]
        if len(twice) > 1 and above:
            self.mistakes.add(
                first[above[0]].source, f"'{above[0]}' stands too far in", "move it and its lines to the left"
            )
            del read[above[0]]
        elif len(twice) > 1:
            problem = f"'{key.text}' and '{twice[1].text}' stand in line {line} and below it already"
            self.mistakes.add(
                key.source, problem, "write the name of what they belong to above them, further to the left"
            )
        else:
            remedy = f"it stands in line {line} already; keep one of the two"
            self.mistakes.add(key.source, f"'{key.text}' is given twice", remedy)

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
        if self.has_lost_names(node):
            return Word(source, node.value, "lost")
        return Word(source, node.value, kind)

    def quoted(self, node: ScalarNode, source: Source, text: str) -> Word:
        further = self.lines[node.start_mark.line + 1 : node.end_mark.line + 1]
        if node.style in ("'", '"') and any(map(_NAME.match, further)):
            problem = "the quotation mark that opens here is closed several lines further down"
            self.mistakes.add(source, problem, "close it at the end of the value")
            return Word(source, "", "lost")
        if never := NEVER.search(text):  # an escape, like "\\0" or half of a surrogate pair; no database stores it
            self.mistakes.add(
                source, f"there is a {name_of(never[0])} in these words, which cannot be seen", "delete it"
            )
            return Word(source, "", "lost")
        return Word(source, text)

    def name(self, key: Word, node: ScalarNode) -> Word:
        """Return a name without odd signs, which are reported."""
        meant = plain(key.text)
        odd = oddity(key.text)
        if odd and ":" in meant and node.style is None:
            self.report_odd(key, (odd[0], odd[1], "type a plain colon and a space"), quote=0)
            return Word(key.source, meant, "lost")
        if odd is None or not (meant.isascii() or UNSEEN.search(key.text)):
            return key  # a word of another language, which is no name, or a code with letters of its own
        self.report_odd(key, odd, quote=0 if node.style is None else 1)
        return Word(key.source, meant, key.kind)

    def keyword(self, word: Word, quote: int) -> Word:
        """Return a name, a number or a word of the language without odd signs; wording stays as it is."""
        meant = plain(word.text)
        if meant == word.text or not (meant in self.names or meant in _KEYWORDS or _FIGURES.fullmatch(meant)):
            return word
        odd = oddity(word.text)
        if odd is None or (odd[1].startswith("the") and _FIGURES.fullmatch(meant)):
            return word  # a minus sign as people set it; what needs a number says so
        self.report_odd(word, odd, quote)
        return Word(word.source, meant, word.kind)

    def report_odd(self, word: Word, odd: tuple[int, str, str], quote: int) -> None:
        at = Source(word.source.page, word.source.line, word.source.column + quote + odd[0])
        self.mistakes.add(at, f"{odd[1]}, in '{plain(word.text)}'", odd[2])

    def has_lost_names(self, node: ScalarNode) -> bool:
        """Report a line `type:rating` without a space, which YAML reads as more of the words before it."""
        before = len(self.mistakes)
        for number in range(node.start_mark.line, node.end_mark.line + 1):
            start = node.start_mark.column if number == node.start_mark.line else 0
            end = node.end_mark.column if number == node.end_mark.line else None
            written = self.lines[number][start:end]
            if _NO_SPACE.match(written):
                column = start + len(written) - len(written.lstrip()) + written.lstrip().index(":")
                odd = oddity(written.lstrip()) if UNSEEN.match(self.lines[number], column + 1) else None
                problem = odd[1] if odd else "there is no space after the colon"
                remedy = "type a plain space" if odd else "write a space after it, or put quotes around the value"
                self.mistakes.add(_shifted(self.start, number, column + (odd is not None)), problem, remedy)
        return len(self.mistakes) > before

    def at(self, mark: StringMark, further: int = 0) -> Source:
        return _shifted(self.start, mark.line, mark.column + further)

    def rest_of_line(self, mark: StringMark) -> str:
        return self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else ""
