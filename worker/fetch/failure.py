"""What went wrong with an exchange: foreign exceptions turned into one of ours at one border, to the most exact kind.

    Failure(kind, why, transient)   kind is the KIND of the outcome `error:KIND` (contract section 1)

`transient` says whether trying again within the same fetch makes sense; it is set here, where the cause is known.
"""

from __future__ import annotations

import errno
import os
import ssl

import httpcore
import httpx

from worker.fetch.address import BadAddress
from worker.fetch.dial import Again, OverBudget
from worker.fetch.guard import Forbidden, NoSuchHost
from worker.fetch.putby import NoSpace
from worker.fetch.tls import reason
from worker.fetch.unpack import BadEncoding, Oversized


class Failure(Exception):
    """An exchange that brought no answer."""

    def __init__(self, kind: str, why: str, transient: bool = False) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why
        self.transient = transient


def failure_of(error: Exception) -> Failure | None:
    """The failure an exception of the layers below means; None where it is not theirs (a bug of ours)."""
    if isinstance(error, Failure):
        return error
    for types, make in _RULES:
        if isinstance(error, types):
            return make(error)
    return None


def _connect(error: Exception) -> Failure:
    again = isinstance(error, Again)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failure("tls", f"certificate not verified: {reason(cause)}", transient=again)
        if isinstance(cause, ssl.SSLError):
            return Failure("tls", f"TLS handshake failed: {reason(cause)}", transient=again)
        if isinstance(cause, ConnectionResetError):
            return Failure("reset", "connection reset", transient=True)
        if isinstance(cause, OSError) and cause.errno:
            return Failure("connect", _words(cause), transient=cause.errno != errno.EACCES)
    return Failure("connect", str(error) or "no connection", transient=True)


def _read(error: Exception) -> Failure:
    return Failure("reset", "connection reset while it was used", transient=True)


def _protocol(error: Exception) -> Failure:
    text = str(error)
    if "without sending a response" in text:
        return Failure("reset", "connection closed without an answer", transient=True)
    return Failure("parse", f"not HTTP: {text}")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < 10:
        found.append(current)
        if isinstance(current, BaseExceptionGroup):
            found.extend(current.exceptions)
        current = current.__cause__ or current.__context__
    return found


def _words(error: OSError) -> str:
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


_RULES = (
    (Forbidden, lambda e: Failure("forbidden-address", str(e))),
    (BadAddress, lambda e: Failure("scheme", str(e))),
    (NoSuchHost, lambda e: Failure("dns", str(e), transient=e.transient)),
    (OverBudget, lambda e: Failure("too-large", "more bytes on the wire than the budget of this fetch")),
    (Oversized, lambda e: Failure("bomb" if e.bomb else "too-large", str(e))),
    (NoSpace, lambda e: Failure("too-large", str(e))),
    (BadEncoding, lambda e: Failure("encoding", str(e))),
    (
        (httpx.ConnectTimeout, httpcore.ConnectTimeout),
        lambda e: Failure("timeout", "no connection in time", transient=True),
    ),
    ((httpx.TimeoutException, httpcore.TimeoutException), lambda e: Failure("timeout", "no answer in time")),
    ((httpx.ConnectError, httpcore.ConnectError), _connect),
    ((httpx.ProxyError, httpcore.ProxyError), lambda e: Failure("connect", f"the proxy refused: {e}")),
    ((httpx.ReadError, httpx.WriteError, httpx.CloseError), _read),
    ((httpcore.ReadError, httpcore.WriteError), _read),
    ((httpx.ProtocolError, httpcore.ProtocolError), _protocol),
    ((httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol, httpx.InvalidURL), lambda e: Failure("scheme", str(e))),
    (ssl.SSLError, lambda e: Failure("tls", reason(e))),
    (OSError, lambda e: Failure("connect", _words(e), transient=True)),
)
