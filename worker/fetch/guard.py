"""Which network addresses may be dialled. Pure but for the resolver it is handed.

Everything that is not ordinary public unicast is forbidden unless the operator lists its network. Addresses that
carry an IPv4 address inside (mapped, NAT64, ISATAP) are judged by what they carry; tunnels that nobody should meet
on a web server (6to4, Teredo, IPv4-compatible) are forbidden as such. Tables: IANA IPv4 and IPv6 Special-Purpose
Address Registries.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host name, port) -> addresses as text; raises OSError where the name has none"""

RESOLVER_THREADS = 8
"""names looked up at the same time; a name server that hangs never takes the threads that read pages"""

_FORBIDDEN_4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this host"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "IETF protocol assignments"), ("192.0.2.0/24", "documentation"), ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"), ("192.88.99.0/24", "6to4 relay"), ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"), ("198.18.0.0/15", "benchmarking"), ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved or broadcast"),
    )
)  # fmt: skip
_GLOBAL_6 = IPv6Network("2000::/3")
_FORBIDDEN_6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::1/128", "loopback"), ("::/128", "unspecified"), ("::/96", "IPv4-compatible"),
        ("64:ff9b:1::/48", "local NAT64"), ("100::/64", "discard"), ("2001::/32", "Teredo"),
        ("2001::/23", "IETF protocol assignments"),
        ("2001:db8::/32", "documentation"), ("2002::/16", "6to4"), ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"), ("5f00::/16", "segment routing"), ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
    )
)  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


class Forbidden(Exception):
    """An address that is not dialled; the message names it and says why."""


class NoSuchHost(Exception):
    """A name without an address. `transient`: the name server failed rather than denied."""

    def __init__(self, message: str, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


def why_forbidden(address: Address, allow: Sequence[Network] = ()) -> str | None:
    """Why `address` is not dialled, or None where it may be. `allow` lists networks of the operator's own."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return why_forbidden(address.ipv4_mapped, allow)
        address = IPv6Address(int(address))
    if any(address.version == network.version and address in network for network in allow):
        return None
    if isinstance(address, IPv4Address):
        return next((why for network, why in _FORBIDDEN_4 if address in network), None)
    return _why_forbidden_6(address)


def _why_forbidden_6(address: IPv6Address) -> str | None:
    carried = IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64:
        inner = why_forbidden(carried)
        return f"NAT64 of {carried}: {inner}" if inner else None
    for network, why in _FORBIDDEN_6:
        if address in network:
            return why
    if address not in _GLOBAL_6:
        return "not global unicast"
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        inner = why_forbidden(carried)
        return f"ISATAP of {carried}: {inner}" if inner else None
    return None


class Guard:
    """Turns a host into the addresses that may be dialled for it, at the moment of dialling."""

    def __init__(self, allow: Sequence[Network] = (), resolver: Resolver | None = None) -> None:
        self.allow = tuple(allow)
        self._threads: ThreadPoolExecutor | None = None
        self._resolve = resolver or self._system

    async def vetted(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be dialled, in the resolver's order. Raises Forbidden or NoSuchHost."""
        allowed, refused = [], ""
        for text in await self._addresses(host, port):
            address = ip_address(text.partition("%")[0])
            why = why_forbidden(address, self.allow)
            if why is None:
                mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
                allowed.append(str(mapped or address))
            else:
                refused = f"{host} is {address}: {why}" if host != str(address) else f"{address}: {why}"
        if not allowed:
            raise Forbidden(f"{refused}; if it is meant, write network: {{allow: [{address}]}} into the configuration")
        return list(dict.fromkeys(allowed))

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            pass
        try:
            found = await self._resolve(host, port)
        except socket.gaierror as error:
            again = error.errno == socket.EAI_AGAIN
            raise NoSuchHost(f"{host}: {error.strerror or error}", transient=again) from error
        except (OSError, UnicodeError) as error:
            raise NoSuchHost(f"{host}: {error}", transient=isinstance(error, OSError)) from error
        if not found:
            raise NoSuchHost(f"{host} has no address", transient=False)
        return found

    async def _system(self, host: str, port: int) -> Sequence[str]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolve")
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(entry[4][0]) for entry in found]

    def close(self) -> None:
        """Lets the resolver's threads end."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
