"""TLS: verified by default, accepted broken only by configuration, and the verdict always said."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from tests.support.faults import Exchange, FaultServer
from tests.support.fetching import fetcher, request
from tests.support.oldtls import without_secure_renegotiation
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
        assert "; `tls: accept-broken` takes it" in refused.error
        assert server.asked("/") == []
        first, again = fetch([url, url], roots, tls="accept-broken")
        assert (first.outcome, again.outcome) == ("ok", "ok")
        assert re.fullmatch(rf"TLSv1\.[23] sha256:[0-9a-f]{{64}} unverified: .*({says[how]}).*", first.tls)
        assert again.tls == first.tls


def test_a_certificate_that_was_renewed_is_verified_again(
    ca: trustme.CA, roots: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial, "SECOND_SECONDS", 0.0)
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


def old_protocol(ca: trustme.CA, version: ssl.TLSVersion) -> ssl.SSLContext:
    old = context(ca, "127.0.0.1")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = version
    return old


def small_key(ca: trustme.CA) -> ssl.SSLContext:
    """A server with an RSA key of 1024 bits."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    authority = load_pem_private_key(ca.private_key_pem.bytes(), None)
    assert isinstance(authority, ec.EllipticCurvePrivateKey)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.load_pem_x509_certificate(ca.cert_pem.bytes()).subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=True)
        .sign(authority, hashes.SHA256())
    )
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(Encoding.PEM))
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        made.load_cert_chain(file.name)
    return made


def old_exchange(ca: trustme.CA) -> ssl.SSLContext:
    """A server that only knows a key exchange of before forward secrecy."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("AES128-SHA:@SECLEVEL=0")
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA).configure_cert(made)
    return made


@contextmanager
def old_server(ca: trustme.CA, how: str) -> Iterator[str]:
    """The address of a page on a server that is old in this way."""
    if how == "no secure renegotiation":
        issued = ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA)
        certificate = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
        key = load_pem_private_key(issued.private_key_pem.bytes(), None)
        with without_secure_renegotiation(certificate, key) as url:
            yield url
        return
    made = {
        "TLS 1.0": lambda: old_protocol(ca, ssl.TLSVersion.TLSv1),
        "TLS 1.1": lambda: old_protocol(ca, ssl.TLSVersion.TLSv1_1),
        "small key": lambda: small_key(ca),
        "old key exchange": lambda: old_exchange(ca),
    }[how]()
    with FaultServer(tls=made) as server:
        yield server.says("/")


OLD = {
    "TLS 1.0": "TLSv1 .* verified, legacy: .*(protocol|unexpected eof)",
    "TLS 1.1": "TLSv1.1 .* verified, legacy: .*(protocol|unexpected eof)",
    "small key": ".* verified, legacy: .*too (small|weak)",
    "old key exchange": "TLSv1.2 .* verified, legacy: .*(handshake failure|unexpected eof)",
    "no secure renegotiation": "TLSv1.2 .* verified, legacy: unsafe legacy renegotiation disabled",
}


@pytest.mark.parametrize("how", OLD)
def test_an_old_server_is_refused_with_the_switch_that_takes_it_and_the_verdict_then_says_what_was_old(
    ca: trustme.CA, fetch: Fetch, roots: dict[str, str], how: str
) -> None:
    with old_server(ca, how) as url:
        refused = fetch(url, roots)
        assert refused.outcome == "error:tls"
        assert "; `tls: legacy` takes old servers" in refused.error
        first, again = fetch([url, url], roots, tls="legacy")
        assert (first.outcome, again.outcome, first.error) == ("ok", "ok", None)
        assert re.match(OLD[how], first.tls)
        assert again.tls == first.tls


def test_legacy_says_nothing_of_a_server_that_is_not_old(
    good: FaultServer, fetch: Fetch, roots: dict[str, str]
) -> None:
    assert VERIFIED.fullmatch(fetch(good.says("/"), roots, tls="legacy").tls)
    assert good.connections == 1


def test_a_switch_that_was_set_works_at_once(ca: trustme.CA, roots: dict[str, str]) -> None:
    async def go(url: str) -> list[str]:
        async with fetcher(**roots) as client:
            return [(await client.fetch(request(url, tls=mode))).outcome for mode in ("verify", "legacy", "verify")]

    with old_server(ca, "TLS 1.0") as url:
        assert asyncio.run(go(url)) == ["error:tls", "ok", "error:tls"]


@pytest.mark.parametrize(("mode", "how"), [("legacy", "verified, legacy: "), ("accept-broken", "unverified: ")])
def test_the_switches_hold_through_a_proxy(
    ca: trustme.CA, fetch: Fetch, roots: dict[str, str], mode: str, how: str
) -> None:
    with old_server(ca, "TLS 1.0") as url, FaultServer() as proxy:
        first, again = fetch([url, url], roots, tls=mode, proxy=tunnels(proxy, url))
    assert (first.outcome, again.outcome) == ("ok", "ok")
    assert how in first.tls
    assert again.tls == first.tls


def tunnels(proxy: FaultServer, url: str) -> str:
    """The address of this proxy, that connects to the server of `url` when asked to."""
    there = url.removeprefix("https://").partition("/")[0]

    async def connect(exchange: Exchange) -> None:
        reader, writer = await asyncio.open_connection(*there.split(":"))
        await exchange.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        try:
            await asyncio.gather(pass_on(exchange.reader, writer), pass_on(reader, exchange.writer))
        finally:
            writer.transport.abort()

    async def pass_on(here: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await here.read(65536):
                onward.write(data)
                await onward.drain()
        onward.close()

    return proxy.acts(there, connect)[: -len(there)]


def test_an_old_server_with_a_broken_chain_is_for_accept_broken(fetch: Fetch, roots: dict[str, str]) -> None:
    with FaultServer(tls=old_protocol(trustme.CA(), ssl.TLSVersion.TLSv1)) as server:
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
