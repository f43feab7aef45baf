"""A search finds what a therapist means by it, marks it, and never fails."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from collector.caseload.schema import migrations
from collector.caseload.searching import TOKENIZER, expression, hits, indexed
from collector.driver import sqlite3
from tests.cases.searches import SEARCHES, TYPED, Search

SCHEMA = f"CREATE VIRTUAL TABLE t USING fts5(a, tokenize='{TOKENIZER}')"


@pytest.fixture(scope="module")
def file() -> Database:
    database = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    migrations.apply(database)
    return database


def write(file: Database, text: str) -> None:
    file.execute("DELETE FROM written")
    row = ("s", "c", "f", "q", text, indexed(text), "2026-03-09T14:02:11.123Z")
    columns = "submission, client, form, question, answer, words, received"
    file.execute(f"INSERT INTO written ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def count(file: Database, search: str) -> int:
    matches = file.execute("SELECT count(*) FROM written_fts WHERE written_fts MATCH ?", (expression(search),))
    return int(matches.fetchone()[0])


@pytest.mark.parametrize("case", SEARCHES, ids=lambda case: f"{case.search} in {case.written}")
def test_a_search_finds_and_marks_what_is_meant(file: Database, case: Search) -> None:
    write(file, case.written)
    assert count(file, case.search) == bool(case.marked)
    if case.marked:
        assert case.marked in [case.written[hit.start : hit.end] for hit in hits(case.written, case.search)]


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed)[:20])
def test_nothing_that_is_typed_is_an_error(file: Database, typed: str) -> None:
    write(file, "not a word of it")
    typed = typed.encode("utf-8", "replace").decode()
    started = time.process_time()
    count(file, typed)
    hits("a word of it" * 1_000, typed)
    assert time.process_time() - started < 5


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_found_by_itself(written: str, search: str) -> None:
    file = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    file.execute(SCHEMA)
    file.execute("INSERT INTO t VALUES (?)", (indexed(written) or written,))
    matches = file.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression(search),)).fetchone()[0]
    assert bool(matches) <= bool(hits(written, search)), "what is found is marked"
    file.conn.close()


@pytest.mark.parametrize("text", ["\U0001f602", "a ", "a_", "\u6050", "a" + " " * 100])
def test_no_search_takes_long_to_be_marked(text: str) -> None:
    repeated = text * (20_000 // len(text))
    for search in (f"{text * 40}x", " ".join(f'"{text * number}x"' for number in range(1, 20))):
        before = time.process_time()
        hits(repeated, search)
        assert time.process_time() - before < 5  # with forty emoji, there was no end of it


def test_what_is_deleted_leaves_the_index(file: Database) -> None:
    write(file, "我今天很难过")
    assert count(file, "难过") == 1
    file.execute("DELETE FROM written")
    assert count(file, "难过") == 0
    assert b"\xe9\x9a\xbe" not in b"".join(row[0] for row in file.execute("SELECT block FROM written_fts_data"))
