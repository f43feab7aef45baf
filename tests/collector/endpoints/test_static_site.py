from __future__ import annotations

import shutil

import pytest
from starlette.testclient import TestClient

from collector.endpoints.static_site import A_DAY, ASK_EACH_TIME, FOR_EVER, caching

from .conftest import DIARY, Clinic, build_site


def test_the_sites_pages_are_public(charlie: TestClient) -> None:
    assert "Welcome" in charlie.get("/").text
    assert "Thought record" in charlie.get("/worksheets/diary/").text
    assert charlie.head("/worksheets/diary/").status_code == 200


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/", ASK_EACH_TIME),
        ("/worksheets/diary/", ASK_EACH_TIME),
        ("/assets/main.1e989742.min.js", FOR_EVER),
        ("/assets/open.js", ASK_EACH_TIME),
        ("/assets/face.woff2", A_DAY),
        ("/forms.json", ASK_EACH_TIME),
    ],
)
def test_each_file_is_cached_for_the_right_time(charlie: TestClient, path: str, cache: str) -> None:
    answer = charlie.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == cache
    again = charlie.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == cache


@pytest.mark.parametrize(
    ("name", "cache"),
    [
        ("bundle.79ae519e.min.js", FOR_EVER),
        ("palette.ab4e12ef.css", FOR_EVER),
        ("workers/search.2c215733.min.js", FOR_EVER),
        ("guide.deadbeef/index.html", ASK_EACH_TIME),
        ("logo.svg", A_DAY),
        ("tokens.css", ASK_EACH_TIME),
    ],
)
def test_a_name_with_a_hash_is_cached_for_ever(name: str, cache: str) -> None:
    assert caching(name) == cache


def test_a_folder_without_a_slash_redirects_to_its_page(charlie: TestClient) -> None:
    answer = charlie.get("/worksheets/diary", headers={"host": "evil.example"})
    assert answer.status_code == 307
    assert answer.headers["location"] == "/worksheets/diary/"
    assert charlie.get("http://clinic.example//worksheets/diary").headers["location"] == "/worksheets/diary/"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/worksheets/",
        "/assets/",
        "/shell.html",
        "/csp.json",
        "/../data/ledger.db",
        "/..%2fdata/ledger.db",
        "/%2e%2e/data/secret",
        "/worksheets/..%2f..%2fdata%2fsecret",
        "/%00",
        "/.%00/",
        "/" + "a" * 3000,
        "/%ff%fe",
        "/\\windows",
        "/leave",
        "/forms/",
    ],
)
def test_a_missing_page_is_explained_in_words(charlie: TestClient, path: str) -> None:
    answer = charlie.get(path)
    assert answer.status_code == 404
    assert "This page is not here" in answer.text
    assert "<h1>" not in answer.text or "</h1>" in answer.text


def test_a_program_gets_json_for_a_missing_page(charlie: TestClient) -> None:
    answer = charlie.get("/nothing", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_a_symlink_out_of_the_folder_is_not_followed(clinic: Clinic, charlie: TestClient) -> None:
    (clinic.settings.site / "out").symlink_to(clinic.settings.data)
    assert charlie.get("/out/secret").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_page_can_only_be_read(charlie: TestClient, method: str) -> None:
    answer = charlie.request(method, "/worksheets/diary/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_a_new_build_replaces_the_old_one(clinic: Clinic, charlie: TestClient) -> None:
    site = clinic.settings.site
    fresh = site.with_name("fresh")
    build_site(fresh, DIARY)
    (fresh / "index.html").write_text("Hello again", "utf-8")
    etag = charlie.get("/").headers["etag"]
    site.rename(site.with_name("old"))
    fresh.rename(site)
    assert "Hello again" in charlie.get("/", headers={"if-none-match": etag}).text
    assert charlie.get("/worksheets/phq2/").status_code == 404


def test_before_the_first_build_pages_are_not_found_and_nothing_breaks(clinic: Clinic, charlie: TestClient) -> None:
    shutil.rmtree(clinic.settings.site)
    clinic.services.built_site.looked_at = -1
    assert charlie.get("/").status_code == 404
    assert charlie.get("/open").status_code == 200
