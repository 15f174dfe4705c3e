"""TLS as each source wants it, and the verdict that is stored with every capture.

verify         TLS 1.2 or newer, chain and name checked against the system's roots (SSL_CERT_FILE is honoured)
accept-broken  the same first; where that fails (certificate or protocol) the connection is made all the same, by
whatever
               the server can, and the verdict says why it is not verified
legacy         chain and name checked, but TLS 1.0, old ciphers, small keys and servers without secure renegotiation
               (RFC 5746) are taken
"""

from __future__ import annotations

import hashlib
import ssl
import warnings
from typing import Literal

import certifi

Mode = Literal["verify", "accept-broken", "legacy"]


def context_for(mode: Mode, ca_file: str | None = None) -> ssl.SSLContext:
    """The context of the first handshake in this mode."""
    context = ssl.create_default_context(cafile=ca_file)
    if ca_file is None and not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    if mode == "legacy":
        _take_old_servers(context)
    context.set_alpn_protocols(["http/1.1"])
    return context


def unverified_context() -> ssl.SSLContext:
    """The context of the second handshake of `accept-broken`: nothing is checked, and the verdict says so."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _take_old_servers(context)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _take_old_servers(context: ssl.SSLContext) -> None:
    # without !aNULL a server (or whoever stands before it) could do without any certificate and still pass for verified
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1


def verdict(connection: ssl.SSLObject, broken: str | None) -> str:
    """`TLSv1.3 sha256:<hex of the leaf certificate> verified`, or `... unverified: <reason>`."""
    certificate = connection.getpeercert(binary_form=True)
    fingerprint = hashlib.sha256(certificate).hexdigest() if certificate else "none"
    return f"{connection.version()} sha256:{fingerprint} " + (f"unverified: {broken}" if broken else "verified")


def tls_error_behind(error: BaseException) -> ssl.SSLError | None:
    """The TLS error that led to this one, or None."""
    current: BaseException | None = error
    for _ in range(10):
        if current is None or isinstance(current, ssl.SSLError):
            return current
        current = current.__cause__ or current.__context__
    return None


def reason(error: BaseException) -> str:
    """Why a handshake failed, in OpenSSL's words without its codes."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or str(error)
    text = getattr(error, "reason", None) or str(error) or type(error).__name__
    return str(text).replace("_", " ").lower()
