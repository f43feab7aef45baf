"""The deployment's secret: one for everybody who asks, readable only by its owner."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.errors import UnfitSecret
from collector.secrets import derive, load_secret


def test_the_secret_is_created_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret"
    secret = load_secret(path)
    assert len(secret) == 32
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_simultaneous_requests_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(load_secret, [tmp_path / "secret"] * 64))) == 1


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_secret(tmp_path / "secret")
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(UnfitSecret, match="chmod 600"):
        load_secret(tmp_path / "secret")


@pytest.mark.parametrize("content", ["", "short", "ab" * 31, "ü" * 64, "zz" * 32])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret"
    path.write_text(content, "utf-8")
    path.chmod(0o600)
    with pytest.raises(UnfitSecret, match=r"secret does not hold a secret\. Put back the one from your backup\.$"):
        load_secret(path)


def test_each_purpose_has_its_own_key() -> None:
    secret = bytes(32)
    keys = {derive(secret, "ledger"), derive(secret, "caseload alice"), derive(bytes([1] * 32), "ledger")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert derive(secret, "ledger") == derive(secret, "ledger")
