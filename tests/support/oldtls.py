"""A server of before 2010: TLS 1.2 without secure renegotiation (RFC 5746), which no library here can be asked for.

One handshake a connection, ECDHE-RSA-AES128-GCM-SHA256 on P-256 only (RFC 5246, 5288, 8422), then one page.
"""

from __future__ import annotations

import hmac
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VERSION = b"\x03\x03"
SUITE = b"\xc0\x2f"
CHANGE, HANDSHAKE, DATA = 20, 22, 23
PAGE = b"<html><p>a page of an old server</p></html>"


def _prf(secret: bytes, label: bytes, seed: bytes, size: int) -> bytes:
    made, turn = b"", label + seed
    while len(made) < size:
        turn = hmac.digest(secret, turn, "sha256")
        made += hmac.digest(secret, turn + label + seed, "sha256")
    return made[:size]


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


class _Line:
    """One connection: records in and out, and all that was said in the handshake."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.said = b""
        self.keys: tuple[bytes, bytes, bytes, bytes] | None = None
        """client's key, server's key, client's salt, server's salt"""
        self._sent = self._read = 0

    def send(self, kind: int, body: bytes, sealed: bool = False) -> None:
        if kind == HANDSHAKE:
            self.said += body
        if sealed:
            assert self.keys is not None
            number = self._sent.to_bytes(8, "big")
            bound = number + bytes([kind]) + VERSION + len(body).to_bytes(2, "big")
            body = number + AESGCM(self.keys[1]).encrypt(self.keys[3] + number, body, bound)
            self._sent += 1
        self._line.sendall(bytes([kind]) + VERSION + len(body).to_bytes(2, "big") + body)

    def receive(self, sealed: bool = False) -> bytes:
        head = self._exactly(5)
        body = self._exactly(int.from_bytes(head[3:], "big"))
        if sealed:
            assert self.keys is not None
            bound = self._read.to_bytes(8, "big") + head[:1] + VERSION + (len(body) - 24).to_bytes(2, "big")
            body = AESGCM(self.keys[0]).decrypt(self.keys[2] + body[:8], body[8:], bound)
            self._read += 1
        if head[0] == HANDSHAKE:
            self.said += body
        return body

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._line.recv(size - len(data))
            if not more:
                raise ConnectionError("the other side went away")
            data += more
        return data


def _talk(line: _Line, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> None:
    hello = line.receive()
    theirs, ours = hello[6:38], os.urandom(32)
    line.send(HANDSHAKE, _message(2, VERSION + ours + b"\0" + SUITE + b"\0"))  # no extensions, RFC 5746's neither
    der = certificate.public_bytes(Encoding.DER)
    listed = len(der).to_bytes(3, "big") + der
    line.send(HANDSHAKE, _message(11, len(listed).to_bytes(3, "big") + listed))
    share = ec.generate_private_key(ec.SECP256R1())
    point = share.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    offered = b"\x03\x00\x17" + bytes([len(point)]) + point
    signed = key.sign(theirs + ours + offered, padding.PKCS1v15(), hashes.SHA256())
    line.send(HANDSHAKE, _message(12, offered + b"\x04\x01" + len(signed).to_bytes(2, "big") + signed))
    line.send(HANDSHAKE, _message(14, b""))
    point = line.receive()[5:]
    common = share.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    master = _prf(common, b"master secret", theirs + ours, 48)
    block = _prf(master, b"key expansion", ours + theirs, 40)
    line.keys = block[:16], block[16:32], block[32:36], block[36:40]
    assert line.receive() == b"\x01"
    line.receive(sealed=True)
    done = _prf(master, b"server finished", hashes_of(line.said), 12)
    line.send(CHANGE, b"\x01")
    line.send(HANDSHAKE, _message(20, done), sealed=True)
    while True:
        line.receive(sealed=True)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}\r\n\r\n"
        line.send(DATA, head.encode() + PAGE, sealed=True)


def hashes_of(said: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(said)
    return digest.finalize()


@contextmanager
def without_secure_renegotiation(certificate: x509.Certificate, key: Any) -> Iterator[str]:
    """Serves PAGE at every path of the URL it gives."""

    def serve(line: socket.socket) -> None:
        with line, suppress(OSError):
            _talk(_Line(line), certificate, key)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
