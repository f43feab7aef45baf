"""Links, pictures and ids of a page match those that Python-Markdown renders, with their places."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest

from site_builder.content.fences import find_fences
from site_builder.content.library import read_library
from site_builder.content.outline import Outline, outline_of
from site_builder.forms.language.yaml_tree import Mistakes

CONTENT = read_library(Path(__file__).parents[3] / "content")
EXTENSIONS = ["admonition", "attr_list", "md_in_html", "tables", "toc", "fenced_code"]


class RenderedParts(HTMLParser):
    """The links, pictures and ids in the HTML of Python-Markdown."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.parts: dict[str, list[str]] = {"links": [], "pictures": [], "ids": []}
        lines = body.split("\n")
        shown = [(place.first, place.last) for place in find_fences(body, Mistakes("")).in_order]
        for first, last in shown:
            lines[first : last + 1] = [""] * (last + 1 - first)
        self.feed(markdown.markdown("\n".join(lines), extensions=EXTENSIONS))
        self.parts = {name: sorted(values) for name, values in self.parts.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        for name, value in (
            ("links", attributes.get("href") if tag == "a" else None),
            ("pictures", attributes.get("src") if tag == "img" else None),
            ("ids", attributes.get("id")),
            ("ids", attributes.get("name") if tag == "a" else None),
        ):
            if value is not None:
                self.parts[name].append(value)


def parts_of(outline: Outline) -> dict[str, list[str]]:
    return {
        "links": sorted(link.target for link in outline.links if link.kind == "link" and not link.wrong),
        "pictures": sorted(link.target for link in outline.links if link.kind == "picture"),
        "ids": sorted(anchor.id for anchor in outline.anchors),
    }


@pytest.mark.parametrize("page", CONTENT.pages, ids=lambda page: page.path)
def test_the_pages_that_come_with_homeward(page: object) -> None:
    body = getattr(page, "body", "")
    assert body
    assert parts_of(outline_of(body)) == RenderedParts(body).parts


@pytest.mark.parametrize(
    "text",
    [
        "# A *b* `c` & d\n\n# A\n\n## A\n",
        "# T {#top .x}\n\ntext [a](b.md){#link}\n{: #para }\n\nTitle\n====\n",
        "# A #\n\n## A {: #given }\n\n### ![pic](p.png) B\n",
        "# Überblick für alle!\n\n# 1. Eins\n\n# A_b c\n\n## What's “this”?\n",
        '<p id="next">A</p>\n\n## Next\n',
        '<div id="next" markdown>\nA\n</div>\n\n## Next\n',
        "<div markdown>\n[a](x.md)\n\n# Inside\n</div>\n\n[b](y.md)\n",
        "<div markdown>[a](x.md) text</div>\n\n- [c](z.md)\n",
        "<p id='p'>[not](a.md) <a href='b'>b</a>\n\n[nor this](c.md)</p>\n\n[yes](d.md)\n",
        "<details markdown>\n<summary>S <a href='s.md'>s</a></summary>\n\n[in](in.md)\n\n</details>\n\n[out](out.md)\n",
        "Text <span id=\"s\">x</span> <a name='n'></a>\n\n<hr id='h'>\n\n<h2 id=two>Two</h2>\n",
        "`[a](b.md)` <!-- [c](d.md) -->\n\n<!--\n[x](y.md)\n\n[z](w.md)\n-->\n[real](r.md)\n",
        "```\n[a](b.md)\n```\n\n~~~~ text\n[a](b.md)\n~~~~\n[c](d.md)\n",
        "```\nnever closed\n\n[a](b.md)\n",
        "    [code](no.md)\n\ntext\n    [yes](yes.md)\n",
        "[a][r] and [r] and [b][]\n\n[r]: x.md 'T'\n[b]: <y.md>\n",
        "[a](b.md#x_y) [b](<c d.md>) [c](d(e).md) [d](e.md 'x')\n\n\\[a](b.md) [c\\]](c.md)\n",
        "<http://example.org> <a@example.org> http://bare.example.org\n",
        '![alt *em*](a.png "t") [![in](i.png)](l.md)\n',
        "| a | b |\n|---|---|\n| [x](y.md) | [x](z.md) |\n",
        '!!! note "See [x](t.md)"\n\n    [a](b.md)\n\n    - [c](d.md)\n\n        [deep](e.md)\n\n[f](g.md)\n',
        "- a\n\n    !!! note\n\n        [x](x.md)\n\n    [y](y.md)\n",
        "1. x\n\n    [a](b.md)\n2. y\n    - [c](d.md)\n        - [e](f.md)\n",
        "* a\n* [b](b.md)\n\n   [c](c.md)\n\npara\n- [d](d.md)\n\n> [q](q.md)\n> # In a quotation\n",
    ],
)
def test_every_notation(text: str) -> None:
    assert parts_of(outline_of(text)) == RenderedParts(text).parts


def test_places_are_those_of_the_file() -> None:
    text = "One\n[a](a.md) and [b](b.md)\n\n> - [c](c.md)\n\n<p>x\n <a href='d'>d</a></p>\n\n| e | [f](f.md) |\n|-|-|\n"
    assert [(link.target, link.line, link.column) for link in outline_of(text, first_line=10).links] == [
        ("a.md", 11, 1), ("b.md", 11, 15), ("c.md", 13, 5), ("d", 16, 2), ("f.md", 18, 7),
    ]  # fmt: skip


def test_unreadable_html_hides_nothing_else() -> None:
    assert [link.target for link in outline_of("<p><![odd x</p>\n\n[a](a.md)\n").links] == ["a.md"]
