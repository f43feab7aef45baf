"""Reads what mkdocs.yml says about the pages, with places; without MkDocs, whose import takes longer than a check."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from site_builder.content.clinic_settings import Setting, clinic_settings, extension_setting
from site_builder.content.form_files import place_in, unreadable
from site_builder.forms.language.yaml_tree import Block, Mistakes, read_block
from site_builder.forms.model.errors import FormError, SiteError, Source

EXTENSION = "site_builder.extension"
_ALWAYS_LEFT_OUT = ".*\n/templates/\n"  # MkDocs puts these before every `exclude_docs`
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableSettings(SiteError):
    """The site's settings are missing or cannot be read."""


@dataclass(frozen=True)
class Site:
    """The pages in the menu, the pages that are left out, and the form of their addresses; `menu` keeps its levels.

    `clinic` is `extra.clinic`. `risk_help` is the text beside risky answers, where the extension has one of its own.
    `start` is the top of the settings; None while they have not been read.
    """

    nav: tuple[tuple[str, Source], ...] = ()
    exclude_docs: str = ""
    directories: bool = True
    menu: Any = None
    not_in_nav: str = ""
    errors: tuple[FormError, ...] = ()
    clinic: Mapping[str, Setting] = field(default_factory=dict)
    risk_help: Setting | None = None
    start: Source | None = None

    @property
    def clinic_at(self) -> Source | None:
        """The place of what `extra.clinic` leaves out: the first of its settings, or the top of the file."""
        return min((setting.at for setting in self.clinic.values()), default=self.start)

    @cached_property
    def _left_out(self) -> Callable[[str], bool]:
        if not self.exclude_docs:
            return lambda path: False
        from pathspec.gitignore import GitIgnoreSpec

        return GitIgnoreSpec.from_lines((_ALWAYS_LEFT_OUT + self.exclude_docs).splitlines()).match_file

    def leaves_out(self, path: str) -> bool:
        """Return whether `exclude_docs` keeps a page from being published."""
        return self._left_out(path)

    def lists(self, path: str) -> bool:
        """Return whether a page is in the menu, or left out of it on purpose; every page is where there is no menu."""
        return not self.nav or path in self._listed or self._unlisted_on_purpose(path)

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(target for target, _ in self.nav)

    @cached_property
    def _unlisted_on_purpose(self) -> Callable[[str], bool]:
        if not self.not_in_nav:
            return lambda path: False
        from pathspec.gitignore import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self.not_in_nav.splitlines()).match_file


def content_of(config: Path) -> Path:
    """Return the folder of the pages that the settings name. Raises UnreadableSettings."""
    folder = config.parent / _docs(config, _by_name(_root(config)))
    return Path(os.path.relpath(folder)) if folder.is_relative_to(Path.cwd()) else folder


def read_site(config: Path, content: Path) -> Site:
    """Return what the settings say, or the defaults when they are about another folder. Raises UnreadableSettings."""
    root = _root(config)
    values = _by_name(root)
    docs = _docs(config, values)
    folder = config.parent / docs
    if os.path.realpath(folder) != os.path.realpath(content):
        return Site()
    try:
        nav = tuple(_nav(values.get("nav"), config.as_posix()))
    except RecursionError as error:
        raise UnreadableSettings(_at(config, values["nav"], "'nav' holds itself, and has no end")) from error
    directories = _word(values.get("use_directory_urls"), "true").lower() != "false"
    site = Site(
        nav,
        _word(values.get("exclude_docs"), ""),
        directories,
        _plain(values.get("nav")),
        _word(values.get("not_in_nav"), ""),
        tuple(_mistakes(config, values)),
        clinic=clinic_settings(root, config),
        risk_help=extension_setting(root, "help", config.as_posix()),
        start=Source(config.as_posix(), 1, 1),
    )
    try:
        site.leaves_out("")
    except ValueError as error:
        problem = f"'exclude_docs' cannot be read: {error}"
        raise UnreadableSettings(_at(config, values["exclude_docs"], problem)) from error
    return site


def _root(config: Path) -> Any:
    try:
        # Composed, never constructed: the file may refer to Python objects and environment variables.
        return yaml.compose(config.read_text("utf-8-sig"), _Loader)
    except FileNotFoundError as error:
        raise UnreadableSettings(f"There is no file '{config}'. Name the site's settings with --config.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        message = yaml_mistake(config) or f"{config} cannot be read: {' '.join(str(error).split())}"
        raise UnreadableSettings(message) from error
    except RecursionError as error:
        raise UnreadableSettings(f"{config} cannot be read: it is nested too deeply.") from error
    except OSError as error:
        raise UnreadableSettings(f"{config} cannot be read: {error.strerror}.") from error


def _by_name(root: Any) -> dict[str, Any]:
    return {str(key.value): value for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}


def _docs(config: Path, values: dict[str, Any]) -> str:
    docs = _word(values.get("docs_dir"), "docs")
    if "\0" in docs:
        raise UnreadableSettings(_at(config, values["docs_dir"], "'docs_dir' cannot be the name of a folder"))
    return docs


def _mistakes(config: Path, values: dict[str, Any]) -> Iterator[FormError]:
    """Report settings under which forms would not be read; what they inherit is not known here."""
    extensions = values.get("markdown_extensions")
    items = extensions.value if isinstance(extensions, yaml.CollectionNode) else ()
    names = {str(getattr(item[0] if isinstance(item, tuple) else item, "value", "")) for item in items}
    names |= {str(key.value) for item in items if isinstance(item, yaml.MappingNode) for key, _ in item.value}
    if EXTENSION not in names and "INHERIT" not in values:
        mark = extensions.start_mark if extensions else None
        at = Source(config.as_posix(), mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)
        problem = f"'{EXTENSION}' is not among 'markdown_extensions', and forms are not read without it"
        yield FormError(at, problem, f"add the line '- {EXTENSION}' there", rule="settings")


def yaml_mistake(config: Path) -> str:
    """Return a message with place and remedy for settings that are not YAML; "" when there is none."""
    mistakes = Mistakes(config.as_posix())
    try:
        read_block(Block(config.read_text("utf-8-sig"), 1), mistakes)
    except UnicodeDecodeError as error:
        return str(FormError(place_in(config.as_posix(), error), *unreadable(error)))
    except OSError:
        return ""
    return str(mistakes.errors[0]) if mistakes.errors else ""


def _at(config: Path, node: Any, problem: str) -> str:
    return f"{config}:{node.start_mark.line + 1}:{node.start_mark.column + 1} {problem}"


def _word(node: Any, default: str) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else default


def _plain(node: Any) -> Any:
    """Return a menu as lists, tables and words; None for whatever else stands in it."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {_word(key, ""): _plain(value) for key, value in node.value}
    return str(node.value) if isinstance(node, yaml.ScalarNode) and node.value else None


def _nav(node: Any, shown: str) -> Iterator[tuple[str, Source]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _nav(item, shown)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _nav(value, shown)
    elif isinstance(node, yaml.ScalarNode) and node.value:
        yield str(node.value), Source(shown, node.start_mark.line + 1, node.start_mark.column + 1)
