"""TLS as each source wants it, and the verdict that is stored with every capture.

verify         TLS 1.2 or newer, chain and name checked against the system's roots (SSL_CERT_FILE is honoured)
accept-broken  the same first; where that fails (certificate or protocol) the connection is made all the same, by
               whatever the server can, and the verdict says why it is not verified
legacy         the same first; where the server is too old for it, chain and name are still checked, but TLS 1.0, old
               ciphers, small keys and servers without secure renegotiation (RFC 5746) are taken, and the verdict says
               what was old
"""

from __future__ import annotations

import hashlib
import re
import ssl
import warnings
from typing import Literal

import certifi

Mode = Literal["verify", "accept-broken", "legacy"]


_TOO_OLD = re.compile(
    "legacy renegotiation|unsupported protocol|protocol version|no protocols|too (weak|small|short)|no ciphers"
    "|no shared|wrong (cipher|signature)|legacy sigalg|handshake failure|unexpected eof"
)
"""words of OpenSSL for what `legacy` takes; some old servers end a handshake without a word"""


def context_for(ca_file: str | None = None) -> ssl.SSLContext:
    """The context of the first handshake."""
    context = ssl.create_default_context(cafile=ca_file)
    if ca_file is None and not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


class Second:
    """The second handshake of a mode: with whom, and what the verdict then says."""

    def __init__(self, mode: Mode, ca_file: str | None = None) -> None:
        self._mode = mode
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None

    def why(self, error: BaseException) -> str | None:
        """Why it is made after this failure of the first, as the verdict will say it; None where it is not."""
        broken = tls_error_behind(error)
        if self._mode == "legacy":
            words = reason(broken) if broken is not None else "connection closed in the handshake"
            # what does not hold but for its age does not hold the second time either
            checked = isinstance(broken, ssl.SSLCertVerificationError) and _TOO_OLD.search(words.lower()) is None
            return None if checked else f"verified, legacy: {words}"
        if self._mode == "accept-broken" and broken is not None:
            return f"unverified: {reason(broken)}"
        return None

    @property
    def context(self) -> ssl.SSLContext:
        """What it is made with."""
        if self._context is None:
            self._context = context_for(self._ca_file)
            if self._mode == "accept-broken":
                self._context.check_hostname = False
                self._context.verify_mode = ssl.CERT_NONE
            _take_old_servers(self._context)
        return self._context


def switch(mode: Mode, why: str) -> str:
    """Which `tls:` would take a server whose handshake failed for this reason, in words to put behind it; or none."""
    if mode == "verify" and _TOO_OLD.search(why.lower()) is not None:
        return "; `tls: legacy` takes old servers"
    if mode != "accept-broken" and "certificate not verified" in why:
        return "; `tls: accept-broken` takes it, and every capture then says so"
    return ""


def _take_old_servers(context: ssl.SSLContext) -> None:
    # without !aNULL a server (or whoever stands before it) could do without any certificate and still pass for verified
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1


def verdict(connection: ssl.SSLObject, second: str | None) -> str:
    """`TLSv1.3 sha256:<hex of the leaf certificate> verified`; `... unverified: <reason>` or `... verified, legacy:
    <reason>` after a second handshake."""
    certificate = connection.getpeercert(binary_form=True)
    fingerprint = hashlib.sha256(certificate).hexdigest() if certificate else "none"
    return f"{connection.version()} sha256:{fingerprint} {second or 'verified'}"


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
