"""TLS: verified by default, accepted broken only by configuration, and the verdict always said."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support.faults import FaultServer
from tests.support.fetching import fetcher, request
from worker.fetch import dial

Fetch = Callable[..., Any]
VERIFIED = re.compile(r"TLSv1\.[23] sha256:[0-9a-f]{64} verified")


def context(ca: trustme.CA, name: str, **options: Any) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name, **options).configure_cert(made)
    return made


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def roots(ca: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """Options of a fetcher that trusts this test's authority."""
    file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return {"ca_file": str(file)}


@pytest.fixture
def good(ca: trustme.CA) -> Iterator[FaultServer]:
    with FaultServer(tls=context(ca, "127.0.0.1")) as running:
        yield running


def test_a_good_certificate_is_verified_and_its_fingerprint_kept(
    good: FaultServer, fetch: Fetch, roots: dict[str, str]
) -> None:
    first, second = fetch([good.says("/a"), good.says("/b")], roots)
    assert (first.outcome, second.outcome) == ("ok", "ok")
    assert VERIFIED.fullmatch(first.tls)
    assert second.tls == first.tls
    assert good.connections == 1


@pytest.mark.parametrize("how", ["unknown authority", "another host", "expired"])
def test_a_broken_certificate_is_refused_unless_the_source_accepts_it(
    ca: trustme.CA, fetch: Fetch, roots: dict[str, str], how: str
) -> None:
    tls = {
        "unknown authority": lambda: context(trustme.CA(), "127.0.0.1"),
        "another host": lambda: context(ca, "forum.example"),
        "expired": lambda: context(ca, "127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    }[how]()
    says = {
        "unknown authority": "unable to get local issuer|self.signed",
        "another host": "mismatch",
        "expired": "expired",
    }
    with FaultServer(tls=tls) as server:
        url = server.says("/")
        refused = fetch(url, roots)
        assert refused.outcome == "error:tls"
        assert re.search(says[how], refused.error)
        assert server.asked("/") == []
        first, again = fetch([url, url], roots, tls="accept-broken")
        assert (first.outcome, again.outcome) == ("ok", "ok")
        assert re.fullmatch(rf"TLSv1\.[23] sha256:[0-9a-f]{{64}} unverified: .*({says[how]}).*", first.tls)
        assert again.tls == first.tls


def test_a_certificate_that_was_renewed_is_verified_again(
    ca: trustme.CA, roots: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial, "BROKEN_SECONDS", 0.0)
    tls = context(ca, "127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC))

    async def go(url: str) -> tuple[str | None, str | None]:
        async with fetcher(**roots) as client:
            before = await client.fetch(request(url, tls="accept-broken"))
            ca.issue_cert("127.0.0.1").configure_cert(tls)
            after = await client.fetch(request(url, tls="accept-broken"))
            return before.tls, after.tls

    with FaultServer(tls=tls) as server:
        before, after = asyncio.run(go(server.says("/", headers={"Connection": "close"})))
    assert re.search("unverified: .*expired", before or "")
    assert VERIFIED.fullmatch(after or "")


def test_accept_broken_still_verifies_what_is_whole(good: FaultServer, fetch: Fetch, roots: dict[str, str]) -> None:
    assert VERIFIED.fullmatch(fetch(good.says("/"), roots, tls="accept-broken").tls)


def test_old_protocols_need_the_legacy_switch(ca: trustme.CA, fetch: Fetch, roots: dict[str, str]) -> None:
    old = context(ca, "127.0.0.1")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1
    with FaultServer(tls=old) as server:
        url = server.says("/")
        assert fetch(url, roots).outcome == "error:tls"
        got = fetch(url, roots, tls="legacy")
        assert got.outcome == "ok"
        assert got.tls.startswith("TLSv1 sha256:")
        assert got.tls.endswith(" verified")


def test_an_old_server_with_a_broken_chain_is_for_accept_broken(fetch: Fetch, roots: dict[str, str]) -> None:
    old = context(trustme.CA(), "127.0.0.1")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1
    with FaultServer(tls=old) as server:
        url = server.says("/")
        assert fetch(url, roots, tls="legacy").outcome == "error:tls"
        got = fetch(url, roots, tls="accept-broken")
        assert got.outcome == "ok"
        assert re.fullmatch(r"TLSv1 sha256:[0-9a-f]{64} unverified: .+", got.tls)


def test_legacy_does_not_accept_a_broken_chain(fetch: Fetch, roots: dict[str, str]) -> None:
    with FaultServer(tls=context(trustme.CA(), "127.0.0.1")) as server:
        assert fetch(server.says("/"), roots, tls="legacy").outcome == "error:tls"


def test_https_spoken_to_a_server_that_speaks_http_is_a_tls_error(fetch: Fetch) -> None:
    def refuse() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                line.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=refuse, daemon=True).start()
        got = fetch(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        listener.shutdown(socket.SHUT_RDWR)
    assert (got.outcome, got.error) == ("error:tls", "TLS handshake failed: wrong version number")


def test_plain_http_has_no_verdict(server: FaultServer, fetch: Fetch) -> None:
    assert fetch(server.says("/")).tls is None


def test_credentials_are_not_carried_from_https_down_to_http(
    good: FaultServer, server: FaultServer, fetch: Fetch, roots: dict[str, str]
) -> None:
    server.says("/")
    start = good.says("/", b"", 302, {"Location": server.url("/")})
    fetch(start, roots, headers={"Authorization": "Bearer token"})
    assert "authorization" in good.asked("/")[0].headers
    assert "authorization" not in server.asked("/")[0].headers


@pytest.mark.parametrize("mode", ["verify", "legacy"])
def test_a_server_without_any_certificate_is_refused(fetch: Fetch, roots: dict[str, str], mode: str) -> None:
    anonymous = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    anonymous.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")
    anonymous.maximum_version = ssl.TLSVersion.TLSv1_2
    with FaultServer(tls=anonymous) as server:
        assert fetch(server.says("/"), roots, tls=mode).outcome == "error:tls"
        assert server.hits == []
