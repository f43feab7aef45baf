from __future__ import annotations

import pytest
from hypothesis import given, strategies

from collector.errors import UnfitSetting
from collector.proxies import TrustedProxies, address_block_of
from collector.settings import Settings

LOCAL = TrustedProxies.read("127.0.0.1, ::1, 10.1.0.0/16, unix")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (["192.0.2.7"], "192.0.2.7"),
        (["192.0.2.7:4711"], "192.0.2.7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["::ffff:192.0.2.7"], "192.0.2.7"),
        (["fe80::7%eth0"], "fe80::7"),
        (["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
        (["203.0.113.9", "192.0.2.7"], "192.0.2.7"),
        (["203.0.113.9, 192.0.2.7, 10.1.2.3"], "192.0.2.7"),
        (["203.0.113.9", "192.0.2.7,10.1.2.3 ", "::ffff:127.0.0.1"], "192.0.2.7"),
        (["192.0.2.7, , "], "192.0.2.7"),
        (["10.1.2.3, 10.1.2.4"], "10.1.2.3"),
        (["unknown"], "127.0.0.1"),
        (["192.0.2.7, unknown"], "127.0.0.1"),
        (["unknown, 10.1.2.3"], "10.1.2.3"),
        (["192.0.2.7:http"], "127.0.0.1"),
        (["[2001:db8::7"], "2001:db8::7"),
        (["[2001:db8::7]x"], "127.0.0.1"),
        (["192.0.2.300"], "127.0.0.1"),
        (["192.0.2.7\x00"], "127.0.0.1"),
        (["x" * 30_000], "127.0.0.1"),
        (["fe80::7%" + "x" * 30_000], "127.0.0.1"),
        (["203.0.113.9," * 2_000 + "192.0.2.7"], "192.0.2.7"),
        (["unix"], "127.0.0.1"),
        ([""], "127.0.0.1"),
        ([], "127.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(forwarded: list[str], client: str) -> None:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    assert LOCAL.client("127.0.0.1", [(b"host", b"x"), *headers]) == client


def test_however_long_a_chain_of_proxies_is_only_its_end_is_read() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.7" + b", 10.1.2.3" * 3_000)]
    assert LOCAL.client("127.0.0.1", headers) == "10.1.2.3"


@given(strategies.binary(max_size=300))
def test_no_header_is_taken_for_an_address_that_it_is_not(value: bytes) -> None:
    client = LOCAL.client(None, [(b"x-forwarded-for", value)])
    assert client is None or (len(client) < 40 and address_block_of(client))


@pytest.mark.parametrize(
    ("setting", "peer", "believed"),
    [
        ("", "127.0.0.1", False),
        ("", None, False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "::ffff:127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.1", None, False),
        ("::1", "0:0:0:0:0:0:0:1", True),
        ("10.1.0.0/16", "10.1.255.255", True),
        ("10.1.0.0/16", "10.2.0.0", False),
        ("2001:db8::/32", "2001:db8:9::9", True),
        ("unix", None, True),
        ("unix", "127.0.0.1", False),
        (" 10.1.0.0/16,127.0.0.1  unix,", None, True),
    ],
)
def test_only_who_is_named_is_believed(setting: str, peer: str | None, believed: bool) -> None:
    assert TrustedProxies.read(setting).trusts(peer) is believed


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("localhost", "“localhost” is no address and no network"),
        ("127.0.0.1:80", "no address and no network"),
        ("127.0.0.1, caddy", "“caddy” is no address and no network"),
        ("*", "no address and no network"),
        ("10.1.2.3/16", "Write 10.1.0.0/16, or the address"),
        ("0.0.0.0/0", "is everybody"),
        ("::/0", "is everybody"),
        ("10.0.0.0/33", "no address and no network"),
    ],
)
def test_a_slip_in_the_setting_is_told_at_the_start(setting: str, words: str) -> None:
    with pytest.raises(UnfitSetting, match=r"^HOMEWARD_TRUSTED_PROXIES: ") as slip:
        Settings.from_environment({"HOMEWARD_TRUSTED_PROXIES": setting})
    assert words in str(slip.value)


@pytest.mark.parametrize("port", ["", "x", "0", "-1", "65535", "1e3", "٣", "9" * 5000])
def test_a_port_that_is_none_is_told(port: str) -> None:
    with pytest.raises(UnfitSetting, match=r"^HOMEWARD_PORT: "):
        Settings.from_environment({"HOMEWARD_PORT": port})


@pytest.mark.parametrize("host", ["unix:", "unix:run", "unix:/" + "x" * 200])
def test_a_folder_for_sockets_that_can_be_none_is_told(host: str) -> None:
    with pytest.raises(UnfitSetting, match=r"^HOMEWARD_HOST: "):
        Settings.from_environment({"HOMEWARD_HOST": host})


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::7%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_is_one_block(address: str, block: str) -> None:
    assert address_block_of(address) == block
