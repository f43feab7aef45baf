"""docs/server/Caddyfile at work: two host names, each with TLS by a certificate that Caddy makes itself here."""

from __future__ import annotations

import gzip
import os
import re
import signal
import socket
import ssl
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector import people
from collector.endpoints.app import create_app
from collector.endpoints.catalogue_file import read_catalogue
from collector.ledger.opening import open_ledger
from collector.middleware.security_headers import HTTPS_ONLY
from collector.process.listening import review_of, site_of
from collector.projector import Projector
from collector.proxies import TrustedProxies
from collector.publishing import publish
from collector.review.gateway import create_review
from collector.secrets import details_key, load_secret
from collector.settings import Settings
from collector.storage import Storage
from tests.collector.endpoints.conftest import DIARY, build_site
from tests.collector.process.test_up import served
from tests.loopback import caddy_program, free_pair

pytestmark = pytest.mark.crash

CADDYFILE = Path(__file__).parents[2] / "docs" / "server" / "Caddyfile"
SITE, REVIEW = "homework.clinic.example", "review.clinic.example"
PATIENCE = 20.0  # seconds
PASSWORD = "correct horse battery"
# No network, no root certificate put into this computer, no second port: else as it stands in the documents.
LOCAL = "{{\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttps_port {port}\n"


@dataclass(frozen=True)
class Answer:
    """What came back through Caddy."""

    status: int
    headers: dict[str, str]
    body: str
    set_cookies: tuple[str, ...] = ()

    @property
    def cookies(self) -> str:
        """Return the cookies that were set, as a browser sends them back."""
        return "; ".join(cookie.partition(";")[0] for cookie in self.set_cookies)


class OverTls(HTTPConnection):
    """A connection to one of the host names, from an address of this computer."""

    def __init__(self, host: str, port: int, address: str, trust: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address, self.trust = address, trust

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout, source_address=(self.address, 0))
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)


@dataclass
class Front:
    """A running Caddy, and what stands behind it."""

    settings: Settings
    port: int
    trust: ssl.SSLContext
    log: Path
    token: str
    behind: ExitStack

    def ask(
        self,
        host: str,
        method: str,
        path: str,
        address: str = "127.0.0.2",
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = OverTls(host, self.port, address, self.trust)
        try:
            connection.request(method, path, body or None, {"Accept": "text/html"} | (headers or {}))
            answer = connection.getresponse()
            raw = answer.read()
            text = gzip.decompress(raw) if answer.headers["content-encoding"] == "gzip" else raw
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, text.decode(), tuple(answer.headers.get_all("set-cookie") or ()))
        finally:
            connection.close()

    def post(
        self,
        host: str,
        path: str,
        form: dict[str, str],
        address: str = "127.0.0.2",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a form as a browser does that is on a page of this host."""
        place = {"Host": f"{host}:{self.port}", "Origin": f"https://{host}:{self.port}"}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(host, "POST", path, address, urlencode(form).encode(), place | kind | (headers or {}))


@contextmanager
def caddy(
    folder: Path, settings: Settings, text: str = CADDYFILE.read_text("utf-8")
) -> Iterator[tuple[int, Path, ssl.SSLContext]]:
    """Run Caddy with the documents' file; yield its port, its log, and the trust in its certificate."""
    program = caddy_program()
    port = free_pair()
    text = text.replace("{\n", LOCAL.format(port=port), 1)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{settings.port}")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{settings.review_port}")
    (folder / "Caddyfile").write_text(text, "utf-8")
    homes = {name: str(folder / "caddy") for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    log = folder / "caddy.log"
    command = [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=os.environ | homes, stdout=output, stderr=output)
    try:
        root = folder / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        trust = ssl.create_default_context(cafile=str(wait_for(process, port, root, log)))
        yield port, log, trust
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(process: subprocess.Popen[bytes], port: int, root: Path, log: Path) -> Path:
    """Wait until Caddy has its certificates for both names, and return the file with its root."""
    certificates = root.parents[3] / "certificates" / "local"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            certified = all((certificates / host).exists() for host in (SITE, REVIEW))
            if certified and probe.connect_ex(("127.0.0.1", port)) == 0:
                return root
        time.sleep(0.05)
    pytest.fail(f"Caddy does not come up: {log.read_text()}")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    trusted = TrustedProxies.read("127.0.0.1")
    settings = Settings(
        data=folder / "data", site=folder / "site", port=free_pair(), https=True, trusted_proxies=trusted
    )
    build_site(settings.site, DIARY)
    with open_ledger(Storage(settings)) as (ledger, access):
        publish(ledger, access, read_catalogue(settings.site))
        people.add_therapist(ledger, "Ana", password=PASSWORD)
        token = people.add_client(ledger, "ana", "A client").token
    with ExitStack() as opened, ExitStack() as behind:
        behind.enter_context(served(create_app(settings), site_of(settings), settings))
        behind.enter_context(served(create_review(settings), review_of(settings), settings))
        port, log, trust = opened.enter_context(caddy(folder, settings))
        yield Front(settings, port, trust, log, token, behind)


@pytest.mark.parametrize("host", [SITE, REVIEW])
def test_browsers_must_keep_to_tls(front: Front, host: str) -> None:
    answer = front.ask(host, "GET", "/open" if host == SITE else "/sign-in")
    assert answer.status == 200
    (name, value), *_ = HTTPS_ONLY.items()
    assert answer.headers[name.lower()] == value
    assert "server" not in answer.headers


def test_what_a_client_sends_through_tls_is_read_by_the_therapist_through_tls(front: Front) -> None:
    opened = front.post(SITE, "/open", {"token": front.token})
    assert opened.cookies.startswith("__Host-hw_client=")
    sent = {"_id": str(uuid.uuid4()), "situation": "A letter came."}
    stored = front.post(SITE, "/forms/diary", sent, headers={"Cookie": opened.cookies})
    assert (stored.status, stored.headers["location"]) == (303, f"/receipts/{sent['_id']}")
    with Projector(front.settings) as projector:
        projector.catch_up()
    signed_in = front.post(REVIEW, "/sign-in", {"name": "ana", "password": PASSWORD})
    assert "__Host-hw_person=" in signed_in.cookies
    for cookie in opened.set_cookies + signed_in.set_cookies:
        assert cookie.startswith("__Host-")
        assert {"secure", "httponly"} <= {part.strip().lower() for part in cookie.split(";")}
    page = front.ask(REVIEW, "GET", "/c/ana/caseload/diary", headers={"Cookie": signed_in.cookies})
    assert "A letter came." in page.body


def test_wrong_codes_from_one_address_shut_no_other_out(front: Front) -> None:
    claims = (f"192.0.2.{number}" for number in range(1, 60))
    tries = [
        front.post(SITE, "/open", {"code": "WRONG"}, "127.0.0.9", {"X-Forwarded-For": claim}).status for claim in claims
    ]
    assert tries[-1] == 429  # whatever it says of where it comes from
    assert front.post(SITE, "/open", {"token": front.token}, "127.0.0.10").status == 303


def test_pages_of_the_site_are_compressed_and_those_with_answers_are_not(front: Front) -> None:
    wide = {"Accept-Encoding": "gzip, zstd"}
    assert front.ask(SITE, "GET", "/openapi.json", headers=wide).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in front.ask(REVIEW, "GET", "/sign-in", headers=wide).headers


def test_the_details_are_not_for_the_world(front: Front) -> None:
    key = f"Bearer {details_key(load_secret(front.settings))}"
    for path in ("/metrics", "/%6detrics", "/metrics/", "//metrics"):
        assert front.ask(SITE, "GET", path, headers={"Authorization": key}).status == 404
    connection = HTTPConnection("127.0.0.1", front.settings.port, timeout=PATIENCE)
    connection.request("GET", "/metrics", headers={"Authorization": key})
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize(("host", "path", "most"), [(SITE, "/forms/diary", 17), (REVIEW, "/sign-in", 1)])
def test_a_body_that_is_too_large_is_refused_in_our_words(front: Front, host: str, path: str, most: int) -> None:
    answer = front.ask(host, "POST", path, body=b"x" * (most * 1_100_000), headers={"Content-Type": "application/json"})
    assert answer.status == 413
    assert "content-security-policy" in answer.headers


def test_while_homeward_is_started_again_browsers_are_asked_to_wait(front: Front) -> None:
    """The last test but one: it stops what stands behind."""
    front.behind.close()
    answer = front.ask(REVIEW, "GET", "/c/ana/caseload?sql=canary")
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert "server" not in answer.headers
    written = front.log.read_text()
    assert "canary" not in written
    assert not re.search(r"acme|letsencrypt|zerossl", written)
    assert "admin endpoint disabled" in written


def test_no_query_is_in_what_caddy_logs_when_it_fails(front: Front, tmp_path: Path) -> None:
    """Errors that are answered are not logged, but an operator may take that away."""
    text = re.sub(r"\thandle_errors \{.*?\n\t\}\n", "", CADDYFILE.read_text("utf-8"), flags=re.S)
    canary = {"Cookie": "canary=1", "Referer": "https://x/?canary"}
    with caddy(tmp_path, front.settings, text) as (port, log, trust):
        other = replace(front, port=port, trust=trust)
        assert other.ask(REVIEW, "GET", "/c/ana/caseload?sql=canary", headers=canary).status == 502
    assert "/c/ana/caseload?" in log.read_text()
    assert "canary" not in log.read_text()
