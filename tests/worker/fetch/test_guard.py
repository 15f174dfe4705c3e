"""Forbidden addresses are never dialled, whatever their spelling and whoever led us there: counted at the socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest

from tests.support.faults import FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch.guard import why_forbidden
from worker.fetch.model import Fetched

Fetch = Callable[..., Any]


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every address a socket of this process connects to or sends a datagram to, name servers aside."""
    seen: list[Any] = []
    original = asyncio.selector_events.BaseSelectorEventLoop.sock_connect  # type: ignore[attr-defined]

    async def counted(loop: Any, sock: socket.socket, address: Any) -> Any:
        seen.append(address)
        return await original(loop, sock, address)

    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", counted)  # type: ignore[attr-defined]
    yield seen


def spellings_of_4(address: str) -> list[str]:
    """One IPv4 address as people write it who do not want it recognised."""
    a, b, c, d = (int(part) for part in address.split("."))
    number = int(IPv4Address(address))
    low = f"{number & 0xFFFF:x}"
    high = f"{number >> 16:x}"
    return [
        address, f"{address}.", str(number), hex(number), f"0{number:o}", f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}", f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"0{a:o}.{b}.0x{c:x}.{d}", f"{a:04o}.{b:04o}.{c:04o}.{d:04o}", f"00000{a:o}.{b}.{c}.{d}",
        address.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")), address.replace(".", "。"),
        address.translate(str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")),
        "".join(f"%{ord(letter):02x}" for letter in address), address.replace(".", "%2e"),
        f"[::ffff:{address}]", f"[::ffff:{high}:{low}]", f"[0:0:0:0:0:ffff:{high}:{low}]", f"[::{address}]",
        f"[64:ff9b::{address}]", f"[64:ff9b::{high}:{low}]", f"[64:ff9b:1::{high}:{low}]", f"[2002:{high}:{low}::1]",
        f"[2001:0:4136:e378:8000:63bf:{0xFFFF ^ (number >> 16):x}:{0xFFFF ^ (number & 0xFFFF):x}]",
        f"[2001:4860::5efe:{high}:{low}]", f"[2001:4860::200:5efe:{high}:{low}]", f"user:pw@{address}",
        f"example.org@{address}", f"example.org%40@{address}", f"{address}:80", f"{address}:443",
    ]  # fmt: skip


FORBIDDEN_4 = [
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "198.18.0.1",
]  # fmt: skip
FORBIDDEN_6 = [
    "::1", "::", "fe80::1", "fe80::1%25lo", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "3fff::1",
    "2001::1", "2002:7f00:1::", "100::1", "5f00::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "4000::1",
    "::ffff:0:7f00:1",
    "0000:0000:0000:0000:0000:0000:0000:0001", "2620:4f:8000::1",
]  # fmt: skip
MORE = [
    "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "192.0.0.8", "192.0.2.1", "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1", "127.255.255.254", "10.255.255.255", "172.31.255.255", "100.127.255.255", "0.1.2.3", "192.0.0.170",
    "localhost", "localhost.", "LOCALHOST", "ⓛocalhost", "local%68ost",
]  # fmt: skip
SPELLINGS = [
    *(spelling for address in FORBIDDEN_4 for spelling in spellings_of_4(address)),
    *(f"[{address}]" for address in FORBIDDEN_6),
    *MORE,
]


REFUSED = {"error:forbidden-address", "error:scheme", "error:dns"}


def test_no_spelling_of_a_forbidden_address_is_dialled(dialled: list[Any]) -> None:
    assert len(set(SPELLINGS)) > 280

    async def go() -> list[Fetched]:
        async with fetcher(allow=()) as client:
            return [await client.fetch(request(f"http://{spelling}/")) for spelling in SPELLINGS]

    results = asyncio.run(go())
    wrong = [(got.url, got.outcome) for got in results if got.outcome not in REFUSED]
    assert wrong == []
    assert dialled == []
    assert sum(got.outcome == "error:forbidden-address" for got in results) > 200


def test_a_listed_network_is_dialled_and_nothing_beside_it(
    server: FaultServer, dialled: list[Any], fetch: Fetch
) -> None:
    url = server.says("/")
    assert fetch(url, {"allow": (ip_network("127.0.0.0/8"),)}).outcome == "ok"
    assert (
        fetch(url.replace("127.0.0.1", "[::ffff:127.0.0.1]"), {"allow": (ip_network("127.0.0.0/8"),)}).outcome == "ok"
    )
    dialled.clear()
    for host in ("[::1]", "10.0.0.1", "0.0.0.0", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"):
        assert fetch(f"http://{host}:{server.port}/").outcome == "error:forbidden-address"
    assert dialled == []


@pytest.mark.parametrize(
    "public", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "2001:4860:4860::8888"]
)
def test_public_addresses_may_be_dialled(public: str) -> None:
    assert why_forbidden(ip_address(public)) is None


def test_an_allowed_network_of_one_family_says_nothing_of_the_other() -> None:
    allow = (ip_network("127.0.0.0/8"),)
    assert why_forbidden(IPv6Address("::1"), allow) == "loopback"
    assert why_forbidden(IPv6Address("::ffff:127.0.0.1"), allow) is None
    assert why_forbidden(IPv6Address("64:ff9b::7f00:1"), allow) == "NAT64 of 127.0.0.1: loopback"


class Rebinding:
    """A name server that changes its mind: each name answers from its list, the last entry for ever."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): list(addresses) for name, addresses in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        left = self.answers[host]
        return [left.pop(0) if len(left) > 1 else left[0]]


def test_a_name_that_rebinds_between_two_requests_is_not_followed(server: FaultServer, dialled: list[Any]) -> None:
    """127.0.0.1 stands for the public address here, 127.0.0.2 for the private one."""
    resolver = Rebinding(evil_example=["127.0.0.1", "127.0.0.2"])
    url = f"http://evil.example:{server.port}/"
    server.says("/", headers={"Content-Type": "text/html", "Connection": "close"})
    server.says("/robots.txt", b"", headers={"Connection": "close"})

    async def go() -> list[Fetched]:
        async with fetcher(allow=(ip_network("127.0.0.1/32"),), resolver=resolver) as client:
            return [await client.fetch(request(url)), await client.fetch(request(url))]

    first, second = asyncio.run(go())
    assert {address[0] for address in dialled} == {"127.0.0.1"}
    assert len(dialled) == 1
    assert first.outcome == second.outcome == "error:forbidden-address"


def test_each_connection_dials_exactly_what_was_vetted_for_it(server: FaultServer, dialled: list[Any]) -> None:
    resolver = Rebinding(site_example=["127.0.0.1"])
    server.says("/", headers={"Content-Type": "text/html", "Connection": "close"})

    async def go() -> list[Fetched]:
        async with fetcher(allow=(ip_network("127.0.0.1/32"),), resolver=resolver) as client:
            return [await client.fetch(request(f"http://site.example:{server.port}/")) for _ in range(3)]

    assert [got.outcome for got in asyncio.run(go())] == ["ok"] * 3
    assert len(resolver.asked) == len(dialled)


def test_of_a_name_with_public_and_private_addresses_only_the_public_ones_are_dialled(dialled: list[Any]) -> None:
    async def both(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"]

    async def go() -> Fetched:
        async with fetcher(resolver=both, attempts=1) as client:
            return await client.fetch(request("http://mixed.example:1/"))

    assert asyncio.run(go()).outcome == "error:connect"
    assert [address[0] for address in dialled] == ["127.0.0.1"]


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://2130706434:9/",
        "//192.168.0.1/", "http://localhost.forbidden.example/", "http://0x7f.2/",
    ],
)  # fmt: skip
def test_a_redirect_to_a_forbidden_address_is_not_followed(
    server: FaultServer, dialled: list[Any], target: str
) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return ["10.1.2.3"]

    url = server.says("/", b"", 302, {"Location": target})

    async def go() -> Fetched:
        async with fetcher(allow=(ip_network("127.0.0.1/32"),), resolver=resolver) as client:
            return await client.fetch(request(url))

    got = asyncio.run(go())
    assert got.outcome == "error:forbidden-address"
    assert {address[0] for address in dialled} == {"127.0.0.1"}
    assert got.redirects[0][0] == 302


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:6379/_x", "javascript:alert(1)",
        "data:text/html,hi",
        "ssh://127.0.0.1/", "unix:/run/x.sock", "http://127.0.0.1:99999/", "http://[::1/", "view-source:http://x/",
    ],
)  # fmt: skip
def test_other_schemes_are_refused_directly_and_behind_a_redirect(
    server: FaultServer, fetch: Fetch, target: str
) -> None:
    assert fetch(target).outcome == "error:scheme"
    assert fetch(server.says("/", b"", 302, {"Location": target})).outcome == "error:scheme"


def test_robots_txt_that_leads_to_a_forbidden_address_is_not_followed(
    server: FaultServer, fetch: Fetch, dialled: list[Any]
) -> None:
    server.says("/robots.txt", b"", 302, {"Location": "http://10.0.0.1/robots.txt"})
    assert fetch(server.says("/")).outcome == "ok"
    assert {address[0] for address in dialled} == {"127.0.0.1"}


def test_a_proxy_on_a_private_network_must_be_listed_too(server: FaultServer, dialled: list[Any], fetch: Fetch) -> None:
    got = fetch("http://93.184.216.34/", {"allow": ()}, proxy=f"http://127.0.0.1:{server.port}")
    assert got.outcome == "error:forbidden-address"
    assert dialled == []


def test_a_private_target_behind_a_proxy_is_refused_where_we_can_see_it(
    server: FaultServer, dialled: list[Any], fetch: Fetch
) -> None:
    got = fetch("http://10.0.0.1/", proxy=f"http://127.0.0.1:{server.port}")
    assert got.outcome == "error:forbidden-address"
    assert dialled == []


def test_a_name_without_an_address_and_a_name_server_that_fails(fetch: Fetch) -> None:
    async def nothing(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def failing(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    gone = fetch("http://gone.example/", {"resolver": nothing})
    ill = fetch("http://ill.example/", {"resolver": failing}, deadline=timedelta(seconds=2))
    assert (gone.outcome, gone.transient) == ("error:dns", False)
    assert (ill.outcome, ill.transient) == ("error:dns", True)


@pytest.mark.parametrize("host", ["xn--localhost", "xn--i-7iq.example", "xn--.example", "xn--a", "a" * 64])
def test_names_that_unicode_does_not_know_are_looked_up_as_they_are(fetch: Fetch, host: str) -> None:
    asked: list[str] = []

    async def resolver(name: str, port: int) -> list[str]:
        asked.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    got = fetch(f"http://{host}/", {"resolver": resolver})
    assert (got.outcome, asked) == ("error:dns", [host])
