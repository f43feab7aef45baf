"""Who may try a password next: strangers slow each other down, and shut nobody out.

A password is checked by a hash that takes a core for a tenth of a second, so tries stand in a line (line.py). In front
are devices that have signed in as this person before; then strangers, whoever has tried least lately; then, slowly,
those who have used up what is free. Nobody is ever refused for longer than LONGEST_REST.

What a stranger can guess, for one name: FREE_FOR_NAME a day from each address, and, over all addresses and names
together, one every SLOW_EVERY seconds; from one address one every LONGEST_REST seconds. That is 10,800 a day from one
address, 44,200 from a hundred, and 143,200 from ten thousand. A password that Homeward makes has 80 bits: ten thousand
addresses for ten years find it with a chance of 1 in 2 million billion. Who chooses one has at least twelve characters.

Memory is bounded, and flushing it resets nobody's count cheaply: a name is counted for an address only while the
address has free tries, so that each key costs a free try. To push out 50,000 keys takes all the free tries of more than
800 addresses, and gives ten of them back. The networks around an address are counted too, so that one site's 65,536
networks of IPv6 are not 65,536 strangers.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from collector.endpoints.tallies import Tally
from collector.passwords import decoy_hash
from collector.review.line import Line, Place, Rank

DAY = 24 * 3600
FREE_FOR_NAME = 10  # tries of one name from one address: slips, and a password forgotten
FREE_FOR_DEVICE = 10  # of a device that has signed in before; after these it is a stranger
FREE_FOR_ADDRESS = 60  # of all names; the therapists of a clinic share one, and those who get in are not counted
WIDER = 4  # times as many for the network around it, and again for the one around that
FREE = (FREE_FOR_ADDRESS * WIDER**2, FREE_FOR_ADDRESS * WIDER, FREE_FOR_ADDRESS)  # the widest first
PREFIXES = {4: (16, 24, 32), 6: (32, 48, 64)}  # what a provider is handed out, a site, and a household
SHORTEST_REST, LONGEST_REST = 1.0, 8.0  # seconds between slow tries of one name from one address; it grows by one each
SLOW_EVERY = 2.0  # seconds between all slow tries


class Attempts:
    """Counts the tries of names, addresses and devices, and keeps the line in which they wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.line = Line(SLOW_EVERY, clock)
        self._names = Tally(2 * FREE_FOR_NAME, DAY / FREE_FOR_NAME, clock)
        self._devices = Tally(FREE_FOR_DEVICE, DAY / FREE_FOR_DEVICE, clock)
        self._networks = [Tally(2 * free, DAY / free, clock) for free in FREE]
        decoy_hash()  # computed now, so that the first unknown name takes no longer than later ones

    @asynccontextmanager
    async def turn(self, name: str, address: str, device: str = "") -> AsyncIterator[Callable[[], None]]:
        """Wait for this try's turn; `device` is one that has signed in as this person before, "" for any other.

        Yields the function to call when the password was right: the try is not counted then. Raises TooMany.
        """
        place, take_back = self._counted(name, address, device)
        async with self.line.turn(place):
            yield take_back

    def _counted(self, name: str, address: str, device: str) -> tuple[Place, Callable[[], None]]:
        """Count a try before its password is checked, so that many at once are counted too."""
        if device and self._devices.count(device) < FREE_FOR_DEVICE:
            place = Place(Rank.KNOWN, self._devices.count(device), device, device)
            self._devices.add(device)
            return place, lambda: self._devices.add(device, -1)
        counted, tried, beyond = self._networks_counted(address)
        own = self._networks[-1].count(networks_of(address)[-1])
        pair = f"{address} {name}"
        beyond = max(beyond, self._names.count(pair) - FREE_FOR_NAME)
        if tried < 1 or self._names.count(pair):  # a key of its own costs a free try
            counted.append((self._names, pair))
        for tally, key in counted:
            tally.add(key)

        def take_back() -> None:
            for tally, key in counted:
                tally.add(key, -1)

        if beyond < 0:
            return Place(Rank.STRANGER, tried, address, pair, own=own), take_back
        rest = min(LONGEST_REST, SHORTEST_REST + beyond)
        return Place(Rank.SLOW, tried, address, pair, rest, own), take_back

    def _networks_counted(self, address: str) -> tuple[list[tuple[Tally, str]], float, int]:
        """Return where a try from here is counted, how much of what is free is used up, and by how many it is beyond.

        The widest network comes first; within one that is used up, none is counted by itself.
        """
        counted, tried, beyond = [], 0.0, -FREE_FOR_ADDRESS
        for tally, free, network in zip(self._networks, FREE, networks_of(address), strict=True):
            counted.append((tally, network))
            tried = min(max(tried, tally.count(network) / free), 1.0)
            beyond = max(beyond, tally.count(network) - free)
            if beyond >= 0:
                break
        return counted, tried, beyond


def networks_of(address: str) -> list[str]:
    """Return the networks that an address block lies in, the widest first, and the block itself."""
    try:
        block = ipaddress.ip_network(address)
    except ValueError:
        return [address] * len(FREE)
    prefixes = (min(prefix, block.prefixlen) for prefix in PREFIXES[block.version])
    return [str(block.supernet(new_prefix=prefix)) for prefix in prefixes]
