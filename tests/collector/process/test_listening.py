"""The site and the review on Unix sockets, asked as a proxy and our own commands ask them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from collector.process import up
from collector.process.listening import Place, PlaceTaken, review_of, site_of
from collector.process.server import GuardedServer
from collector.proxies import TrustedProxies
from collector.settings import Settings

Serve = Callable[..., GuardedServer]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: a socket's is limited."""
    with TemporaryDirectory(prefix="hw") as folder:
        yield Path(folder) / "sockets"


def test_the_site_answers_on_a_unix_socket_that_the_folder_guards(
    settings: Settings, folder: Path, serve: Serve
) -> None:
    ours = replace(settings, host=f"unix:{folder}")
    place = site_of(ours)
    before = os.umask(0o077)
    try:
        place.require_free()
        serve(place=place, ours=ours)
    finally:
        os.umask(before)
    assert up.ask_health(ours)[1]["ledger"] == "ok"
    assert place.socket is not None
    assert (folder.stat().st_mode & 0o007, place.socket.stat().st_mode & 0o666) == (0, 0o666)
    with pytest.raises(PlaceTaken, match="Something else listens"):
        place.require_free()


def test_a_socket_whose_listener_has_died_is_in_nobodys_way(folder: Path) -> None:
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(folder / "site.sock"))
    Place("localhost", socket=folder / "site.sock").require_free()
    assert not (folder / "site.sock").exists()


def test_a_file_is_not_taken_for_a_socket(folder: Path) -> None:
    folder.mkdir()
    (folder / "site.sock").write_text("mine")
    with pytest.raises(PlaceTaken, match="in the way"):
        Place("localhost", socket=folder / "site.sock").require_free()
    assert (folder / "site.sock").read_text() == "mine"


def test_a_folder_that_cannot_be_is_told(folder: Path) -> None:
    with pytest.raises(PlaceTaken, match="There can be no socket"):
        Place("localhost", socket=folder / "deeper" / "site.sock").require_free()


def test_places_are_called_as_people_call_them() -> None:
    assert str(site_of(Settings())) == "http://127.0.0.1:8000/"
    assert str(review_of(Settings(host="::1"))) == "http://[::1]:8001/"
    assert str(review_of(Settings(host="unix:/run/homeward"))) == "unix:/run/homeward/review.sock"


FORWARDED = {"X-Forwarded-For": "192.0.2.7"}


def test_a_proxy_that_nobody_has_named_is_told_in_health_and_in_one_line_of_the_log(
    settings: Settings, folder: Path, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    ours = replace(settings, host=f"unix:{folder}")
    place = site_of(ours)
    place.require_free()
    serve(place=place, ours=ours)
    assert "proxy" not in up.ask_health(ours)[1]
    for _ in range(20):
        place.get("/health", FORWARDED)
    well, report = up.ask_health(ours)
    assert (well, "HOMEWARD_TRUSTED_PROXIES" in report["proxy"]) == (True, True)
    assert json.loads(place.get("/health")[1]) == {"status": "ok"}, "a stranger does not hear it"
    assert sum("HOMEWARD_TRUSTED_PROXIES" in line for line in caplog.text.splitlines()) == 1


def test_of_a_proxy_that_is_named_nothing_is_told(settings: Settings, folder: Path, serve: Serve) -> None:
    ours = replace(settings, host=f"unix:{folder}", trusted_proxies=TrustedProxies(unix=True))
    site_of(ours).require_free()
    serve(place=site_of(ours), ours=ours)
    site_of(ours).get("/health", FORWARDED)
    assert "proxy" not in up.ask_health(ours)[1]
