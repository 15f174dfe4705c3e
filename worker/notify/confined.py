"""Libraries that make connections of their own, kept to addresses that may be dialled.

Python tells its audit hooks of every connection before it is made (PEP 578): where a thread is confined, the address is
judged there, the very one that is dialled, whatever names, redirects and proxies led to it. A hook stays for good, so
it is set when first needed, and asks nothing of other threads.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address

from worker.fetch.guard import Network, why_forbidden

_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class _Confined(threading.local):
    allow: Sequence[Network] | None = None
    """networks of the operator's own that this thread may reach; None: it is not confined"""
    refused: str = ""


_here = _Confined()
_set = threading.Lock()
_hooked = False


class Refused(PermissionError):
    """A connection that is not made. An OSError, so that libraries treat it as one that failed."""


@contextmanager
def confined(allow: Sequence[Network]) -> Iterator[list[str]]:
    """Inside, this thread connects to public addresses and the networks of `allow` only. Gives a list that says, at the
    end, what was refused."""
    _listen()
    said: list[str] = []
    _here.allow, _here.refused = allow, ""
    try:
        yield said
    finally:
        if _here.refused:
            said.append(_here.refused)
        _here.allow = None


def _listen() -> None:
    global _hooked
    with _set:
        if not _hooked:
            sys.addaudithook(_judge)
            _hooked = True


def _judge(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _EVENTS or _here.allow is None or not isinstance(at := arguments[1], tuple):
        return  # what is no tuple is a socket of this machine, as desktops have
    why = _why_not(str(at[0]), _here.allow)
    if why is not None:
        _here.refused = why
        raise Refused(why)


def _why_not(host: str, allow: Sequence[Network]) -> str | None:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return f"{host!r} is no address: a name that is looked up only when it is dialled cannot be judged"
    why = why_forbidden(address, allow)
    return why and f"{address}: {why}; if it is meant, write allow: [{address}] into the notifier"
