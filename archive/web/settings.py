"""Where the pages are served, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK_NAMES = ("localhost",)
DEFAULT_LISTEN = "127.0.0.1:8020"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The `web` block of sources.yaml."""

    listen: str = DEFAULT_LISTEN
    """HOST:PORT; port 0 takes a free one"""
    token: str | None = None
    """asked of everybody, where given"""
    proxy: tuple[str, ...] = ()
    """addresses of the reverse proxies that ask for themselves who may read: nobody else is answered"""
    hosts: tuple[str, ...] = ()
    """names under which the pages are reached, beside localhost and plain addresses"""
    title: str = "Muniment"
    zone: str = "UTC"
    """time zone in which times are shown"""

    @property
    def host(self) -> str:
        """The address to listen on."""
        return address(self.listen)[0]

    @property
    def port(self) -> int:
        """The port to listen on."""
        return address(self.listen)[1]


def address(listen: str) -> tuple[str, int]:
    """`127.0.0.1:8020`, `[::1]:8020`, `:8020` or `8020` as host and port. Raises ValueError saying what to write."""
    host, colon, port = listen.strip().rpartition(":")
    if not colon:
        host = "127.0.0.1"
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{listen!r} is no address to listen on; write for example 127.0.0.1:8020 or 0.0.0.0:8020")
    if host.count(":") and not (host.startswith("[") and host.endswith("]")):
        raise ValueError(f"{listen!r}: an IPv6 address stands in brackets, for example [::1]:8020")
    return host.strip("[]") or "0.0.0.0", int(port)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(settings: WebSettings) -> str | None:
    """Why the pages are not served at this address, and what to do; None where they may be."""
    if is_loopback(settings.host) or settings.token or settings.proxy:
        return None
    return (
        f"{settings.listen} can be reached from other machines, and nothing asks who reads. Set web.token in the "
        "configuration (token: ${MUNIMENT_WEB_TOKEN}) or name the reverse proxy that asks (proxy: 10.0.0.2), or listen "
        "on 127.0.0.1"
    )
