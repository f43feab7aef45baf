"""Who may see what: every address is requested by a stranger, by Alice, whose caseload it is, and by Bob."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from datasette import hookimpl
from datasette.plugins import pm
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.driver import connect
from collector.ledger.events import caseload_added, member_added, member_removed, person_added

from .conftest import CLIENTS, Clinic, diary_of

OPEN_TO_ALICE = {
    "": 303,
    "/": 200,
    "/.json": 200,
    "/caseload": 200,
    "/caseload.json": 200,
    "/caseload?sql=select+*+from+evening": 200,
    "/caseload.json?sql=select+*+from+evening": 200,
    "/caseload.csv?sql=select+*+from+evening": 200,
    "/caseload/": 302,
    "/caseload/evening": 200,
    "/caseload/evening.json": 200,
    "/caseload/evening.csv": 200,
    "/caseload/evening.csv?_stream=on": 200,
    "/caseload/evening?_where=1=1": 200,
    "/caseload/evening?_facet=q1": 200,
    "/caseload/evening.json?_facet=client&_labels=on": 200,
    '/caseload/clients?_through={"table":"evening","column":"q1","value":"3"}': 200,
    "/caseload/written?_search=diary": 200,
    "/caseload/submissions": 200,
    "/caseload/no_such_table": 404,
    "/-/static/app.css": 200,
}
SHUT_TO_ALL = (
    "/caseload.db",
    "/caseload.jsono/../../caseload.db",
    "/_memory",
    "/_memory.json?sql=select+1",
    "/:memory:",
    "/_internal",
    "/_internal.json",
    "/_internal/databases",
    "/~5Finternal",
    "/%5Finternal",
    "/-/",
    "/-/databases",
    "/-/databases.json",
    "/-/settings",
    "/-/settings.json",
    "/-/config",
    "/-/threads",
    "/-/threads.json",
    "/-/actor",
    "/-/actor.json",
    "/-/metadata.json",
    "/-/versions.json",
    "/-/plugins.json",
    "/-/permissions",
    "/-/messages",
    "/-/allow-debug",
    "/-/patterns",
    "/-/auth-token",
    "/-/logout",
    "/-/static",
    "/%2D/databases",
    "/%2d%2Fdatabases",
    "//-/databases",
    "/./-/databases",
    "/c/alice/-/databases",
    "/favicon.ico",
    "/bob",
    "/bob.db",
)
EVERY_ADDRESS = (*OPEN_TO_ALICE, *SHUT_TO_ALL)


def test_a_therapist_reads_her_own_caseload(alice: TestClient) -> None:
    answered = {address: alice.get(f"/c/alice{address}").status_code for address in OPEN_TO_ALICE}
    assert answered == OPEN_TO_ALICE


def test_after_an_upgrade_a_caseload_waits_for_the_projector(clinic: Clinic, alice: TestClient) -> None:
    with closing(connect(clinic.settings.caseloads / "alice.db")) as file, file:
        file.execute("DELETE FROM _sqlite_migrations WHERE name = (SELECT max(name) FROM _sqlite_migrations)")
    answer = alice.get("/c/alice/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "Nothing is lost. Wait a minute" in answer.text


def test_datasettes_own_services_are_closed_even_to_a_member(alice: TestClient) -> None:
    for address in SHUT_TO_ALL:
        answer = alice.get(f"/c/alice{address}")
        assert answer.status_code == 404, address
        assert answer.content == alice.get(f"/c/no-such-caseload{address}").content, address


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_a_stranger_gets_the_same_answer_as_for_a_missing_caseload(clinic: Clinic, accept: str) -> None:
    bob = clinic.signed_in("bob", accept)
    for address in EVERY_ADDRESS:
        refused, nowhere = bob.get(f"/c/alice{address}"), bob.get(f"/c/nowhere{address}")
        assert refused.status_code == 404, address
        assert refused.content == nowhere.content, address
        assert {**refused.headers, "content-security-policy": ""} == {**nowhere.headers, "content-security-policy": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent_to_datasette(alice: TestClient, bob: TestClient, method: str) -> None:
    assert alice.request(method, "/c/alice/caseload/evening").status_code == 405
    assert bob.request(method, "/c/alice/caseload/evening").status_code == 404


def test_anyone_not_signed_in_is_sent_to_the_sign_in(clinic: Clinic, charlie: TestClient) -> None:
    for address in EVERY_ADDRESS:
        answer = charlie.get(f"/c/alice{address}")
        assert answer.status_code in (303, 401), address
        assert not answer.content or answer.json() == {"title": "Sign in first", "status": 401}
    answer = charlie.get("/c/alice/caseload/evening?_facet=q1")
    assert answer.headers["location"] == "/sign-in?next=%2Fc%2Falice%2Fcaseload%2Fevening%3F_facet%3Dq1"
    assert charlie.get("/").headers["location"] == "/sign-in"
    assert charlie.post("/c/alice/").status_code == 401
    assert clinic.visitor(accept="application/json").get("/c/alice/").status_code == 401
    assert len(clinic.services.instances) == 0


def test_a_therapists_pages_contain_only_her_own_clients_words(alice: TestClient, bob: TestClient) -> None:
    assert diary_of("alice") in alice.get("/c/alice/caseload/evening").text
    assert diary_of("bob") in bob.get("/c/bob/caseload/evening").text
    for address, status in OPEN_TO_ALICE.items():
        page = alice.get(f"/c/alice{address}")
        assert page.status_code == status
        assert diary_of("bob") not in page.text
        assert CLIENTS["bob"] not in page.text


def test_home_leads_to_the_only_caseload_or_lists_them(clinic: Clinic, alice: TestClient) -> None:
    assert alice.get("/").headers["location"] == "/c/alice/"
    clinic.ledger.append([member_added("bob", "alice", role="cover")])
    page = alice.get("/").text
    assert re.findall(r'href="(/c/[^"]+)"', page) == ["/c/alice/", "/c/bob/"]
    assert alice.get("/c/bob/caseload/evening").status_code == 200  # a cover reads, from the next request on
    for caseload in ("alice", "bob"):
        clinic.ledger.append([member_removed(caseload, "alice")])
    assert "member of no caseload" in alice.get("/").text


def test_a_removed_member_is_denied_on_the_next_request(clinic: Clinic, alice: TestClient) -> None:
    assert alice.get("/c/alice/caseload/evening").status_code == 200
    clinic.ledger.append([member_removed("alice", "alice")])
    for address in EVERY_ADDRESS:
        assert alice.get(f"/c/alice{address}").status_code == 404


def test_a_caseload_without_a_file_says_that_nothing_has_arrived(clinic: Clinic, alice: TestClient) -> None:
    clinic.ledger.append([caseload_added("new", "A new caseload"), member_added("new", "alice", role="therapist")])
    page = alice.get("/c/new/")
    assert page.status_code == 200
    assert "Nothing has arrived yet" in page.text


FORBIDDEN_SQL = (
    "attach database '/tmp/other.db' as other",
    "with a as (select 1) insert into clients select 1,2,3,4",
    "insert into clients values ('x', 'x', 'x', 'x')",
    "delete from evening",
    "pragma query_only = 0",
    "pragma database_list",
    "vacuum into '/tmp/other.db'",
    "select load_extension('/tmp/other.so')",
    "select sqlcipher_export('main')",
    "select * from pragma_database_list",
    "explain attach database '/tmp/other.db' as other",
    "select * from other.clients",
)


def test_sql_cannot_write_and_reaches_no_other_file(clinic: Clinic, alice: TestClient) -> None:
    for sql in FORBIDDEN_SQL:
        answer = alice.get("/c/alice/caseload.json", params={"sql": sql})
        assert answer.status_code == 400, sql
        assert str(clinic.settings.data) not in answer.text
    with closing(connect(clinic.settings.caseloads / "alice.db", read_only=True)) as rows:
        assert rows.execute("SELECT count(*) FROM evening").fetchone() == (2,)


def test_an_endless_query_is_stopped(alice: TestClient) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    answer = alice.get("/c/alice/caseload.json", params={"sql": endless})
    assert answer.status_code == 400
    assert "too long" in answer.text


def test_a_failing_query_leaves_no_words_in_the_logs(
    alice: TestClient, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for address in ("/c/alice/caseload", "/c/alice/caseload.json", "/c/alice/caseload/written?_search=canary%22"):
        alice.get(address, params={"sql": "select 'canary' from nowhere where"} if "?" not in address else None)
    captured = capfd.readouterr()
    assert "canary" not in captured.out + captured.err + caplog.text


@pytest.mark.parametrize("address", ["/", "/caseload", "/caseload/evening", "/caseload?sql=select+1", "/client/ALMA22"])
def test_pages_run_only_scripts_with_the_nonce(alice: TestClient, address: str) -> None:
    answer = alice.get(f"/c/alice{address}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    assert len(nonces) == 1
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", answer.text):
        assert f'nonce="{next(iter(nonces))}"' in tag
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", answer.text)
    assert nonces.isdisjoint(re.findall(r"'nonce-([^']+)'", alice.get("/c/alice/").headers["content-security-policy"]))


@pytest.mark.parametrize("address", ["/", "/sign-in", "/c/alice/", "/c/alice/caseload/evening.json", "/c/bob/", "/no"])
def test_every_answer_has_strict_headers(alice: TestClient, charlie: TestClient, address: str) -> None:
    for visitor in (alice, charlie):
        headers = visitor.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        for name in ("referrer-policy", "cache-control", "content-security-policy"):
            assert len(headers.get_list(name)) == 1


def test_links_stay_within_the_caseload_and_work(alice: TestClient) -> None:
    pages = ["/c/alice/", "/c/alice/caseload", "/c/alice/caseload/evening?_facet=q1", "/c/alice/caseload/clients"]
    links = {link for page in pages for link in re.findall(r'(?:href|src)="([^"#]+)"', alice.get(page).text)}
    own = {link.replace("&amp;", "&") for link in links if link.startswith(("/", "http://review.example"))}
    assert len(own) > 20
    for link in own:
        assert alice.get(link, follow_redirects=True).status_code == 200, link  # from %20 to Datasette's ~20


def test_datasette_sees_no_cookie_and_sets_none(clinic: Clinic, alice: TestClient) -> None:
    alice.cookies.set("ds_actor", "forged")
    answer = alice.get("/c/alice/caseload?sql=select+1", headers={"Authorization": "Bearer forged"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert alice.cookies[clinic.services.cookies.cookie.name] not in answer.text


class Listener:
    """A plugin of Datasette's that notes the headers of each request, and sets cookies on each answer."""

    __name__ = "listener"  # a plugin has one, as a module does

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, bytes]] = []

    @hookimpl  # type: ignore[untyped-decorator]  # Datasette carries no types
    def asgi_wrapper(self) -> Callable[[ASGIApp], ASGIApp]:
        return self.listening

    def listening(self, app: ASGIApp) -> ASGIApp:
        async def listen(scope: Scope, receive: Receive, send: Send) -> None:
            self.heard += scope["headers"]

            async def send_with_cookies(message: Message) -> None:
                if message["type"] == "http.response.start":
                    cookies = [(name, b"ds_actor=forged; Path=/") for name in (b"set-cookie", b"Set-Cookie")]
                    message = {**message, "headers": [*message["headers"], *cookies]}
                await send(message)

            await app(scope, receive, send_with_cookies)

        return listen


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    pm.register(listener)
    yield listener
    pm.unregister(listener)


@pytest.mark.parametrize("address", ["/", "/caseload/evening", "/caseload/evening.csv", "/-/static/app.css"])
def test_datasette_hears_no_secret_and_its_cookies_do_not_come_back(
    listener: Listener, alice: TestClient, address: str
) -> None:
    headers = {"Authorization": "Bearer canary", "Cookie": f"ds_actor=canary; hw_person={alice.cookies['hw_person']}"}
    answer = alice.get(f"/c/alice{address}", headers=headers)
    assert answer.status_code == 200
    names = {name.lower() for name, _ in listener.heard}
    assert b"host" in names, "it was asked"
    assert names.isdisjoint({b"authorization", b"cookie"})
    assert not [value for _, value in listener.heard if b"canary" in value]
    assert "set-cookie" not in answer.headers


def test_a_person_called_root_has_no_more_rights(clinic: Clinic) -> None:
    secret = clinic.services.access.person("alice")
    assert secret
    clinic.ledger.append(
        [
            person_added("root", name="Root", password=secret.password),
            member_added("alice", "root", role="cover"),
        ]
    )
    root = clinic.signed_in("root")
    assert root.get("/c/alice/_internal").status_code == 404
    assert root.get("/c/alice/-/permissions").status_code == 404
    assert "allow-debug" not in root.get("/c/alice/").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_another_site_cannot_sign_out_or_in(clinic: Clinic, alice: TestClient, headers: dict[str, str]) -> None:
    assert alice.post("/sign-out", headers=headers).status_code == 403
    assert alice.post("/sign-in", headers=headers).status_code == 403
    assert alice.get("/c/alice/").status_code == 200


def test_styles_are_public_and_cached(charlie: TestClient) -> None:
    for name in ("review.css", "tokens.css"):
        answer = charlie.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"  # kept, and asked about each time
        assert "etag" in answer.headers
    assert charlie.get("/static/no-such.css").status_code == 404
    assert charlie.get("/static/../gateway.py").status_code == 404


def test_over_https_links_and_cookies_are_for_https(make_clinic: Callable[..., Clinic]) -> None:
    clinic = make_clinic(https=True)
    alice = clinic.signed_in("alice")
    page = alice.get("/c/alice/caseload/evening?_facet=q1")
    assert "http://" not in page.text
    assert page.headers["strict-transport-security"]


def test_a_formula_in_a_csv_becomes_text(alice: TestClient) -> None:
    for address in ("evening.csv", "evening.csv?_stream=on", "evening.csv?_dl=1"):
        assert ",'=1+1," in alice.get(f"/c/alice/caseload/{address}").text
