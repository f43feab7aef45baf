"""Whom a request comes from: the address that connected, or the one that a trusted proxy names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from collector.errors import UnfitSetting

SETTING = "HOMEWARD_TRUSTED_PROXIES"
UNIX = "unix"  # whoever may connect to the Unix socket that we listen on
MOST_HOPS = 16  # proxies one behind the other; more are not looked at, however long the header is
LONGEST_HOP = 64  # characters of an IPv6 address with brackets and port, and some to spare

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The proxies whose word on where a request comes from is believed; nobody's, unless the setting names them."""

    networks: tuple[Network, ...] = ()
    unix: bool = False

    @classmethod
    def read(cls, text: str) -> TrustedProxies:
        """Read the setting: addresses, networks and `unix`, with commas between them. Raises UnfitSetting."""
        words = [word for part in text.split(",") for word in part.split()]
        return cls(tuple(_network(word) for word in words if word != UNIX), UNIX in words)

    def trusts(self, peer: str | None) -> bool:
        """Return whether this address is one of theirs; None stands for a peer on a Unix socket."""
        address = _address(peer) if peer else None
        return self._has(address) if address else self.unix and peer is None

    def client(self, peer: str | None, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return the address of the client for whom `peer`, which is trusted, passes a request on.

        That is the last address in X-Forwarded-For that is no trusted proxy's: whatever stands before it, the client
        may have written. At a word that is no address, such as `unknown`, the request counts as the proxy's behind it.
        """
        hops = b",".join(value for name, value in headers if name == b"x-forwarded-for").rsplit(b",", MOST_HOPS)
        for hop in reversed(hops[-MOST_HOPS:]):
            word = hop.decode("latin-1").strip()
            if not word:
                continue
            address = _address(word)
            if address is None:
                break
            peer = str(address)
            if not self._has(address):
                break
        return peer

    def _has(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def address_block_of(host: str) -> str:
    """Return the address itself, or for IPv6 the /64 network of its household; what is no address stays as it is."""
    address = _address(host)
    if address is None:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address.packed, 64), strict=False))
    return str(address)


def _address(word: str) -> Address | None:
    """Return the address in `192.0.2.7`, `192.0.2.7:80`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:80`."""
    if len(word) > LONGEST_HOP:
        return None
    host, port = word, ""
    if word.startswith("["):
        host, _, port = word[1:].partition("]")
    elif word.count(":") == 1:
        host, _, port = word.partition(":")
        port = f":{port}"
    if port and not (port[0] == ":" and port[1:].isdecimal()):
        return None
    try:
        address = ipaddress.ip_address(host.partition("%")[0])  # fe80::1%eth0 is one address on every interface
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(word: str) -> Network:
    try:
        network = ipaddress.ip_network(word, strict=False)
        if not network.prefixlen:
            raise UnfitSetting(
                f"{SETTING}: “{word}” is everybody, and a stranger could then name any address as their own."
                " Name the proxy's own address."
            )
        if "/" in word and ipaddress.ip_interface(word).ip != network.network_address:
            raise UnfitSetting(f"{SETTING}: “{word}” is an address within a network. Write {network}, or the address.")
    except ValueError as error:
        raise UnfitSetting(
            f"{SETTING}: “{word}” is no address and no network. Write for instance"
            " “127.0.0.1, 10.1.0.0/16, ::1” or, for a proxy on a Unix socket, “unix”."
        ) from error
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    return ipaddress.ip_network(mapped) if mapped and network.num_addresses == 1 else network


NOBODY = TrustedProxies()
