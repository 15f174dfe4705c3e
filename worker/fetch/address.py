"""A URL as it will be dialled: one spelling per address, no user name, no fragment; anything but http(s) refused.

The rules are those of browsers (WHATWG URL, section 3.5 "Host parsing"): percent-encoded, full-width and numeric
spellings of a host are read before anybody judges it. That keeps messages and politeness exact; safety does not rest
on it, because `worker.fetch.dial` vets what a name resolves to, whatever its spelling was.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 8192
"""characters; longer addresses are refused (servers commonly stop at 8 KiB)"""

_PLAIN_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z_-][a-z0-9_-]*\.?")
_NUMERIC_LABEL = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_BLANKS = re.compile(r"[\t\r\n]")


class BadAddress(ValueError):
    """Not an address we would ever dial; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """One address, ready to dial."""

    url: str
    scheme: str
    host: str
    """in lower case, ASCII; an IPv6 address without brackets"""
    port: int

    @property
    def origin(self) -> str:
        """scheme://host:port, what robots.txt is valid for."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"

    @property
    def host_key(self) -> str:
        """What politeness counts by: the host, with its port where that is not the scheme's own."""
        host = self.host.rstrip(".")
        return host if self.port in (80, 443) else f"{_bracketed(host)}:{self.port}"


def host_key(url: str) -> str:
    """The key politeness counts `url` under; the text itself where it is no address."""
    try:
        return target(url).host_key
    except BadAddress:
        return url


def target(url: str, base: str | None = None) -> Target:
    """The address `url` means, resolved against `base`. Raises BadAddress."""
    cleaned = _BLANKS.sub("", url.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x1b \t\r\n"))
    before, mark, after = cleaned.partition("?")
    cleaned = before.replace("\\", "/") + mark + after
    try:
        parts = urlsplit(urljoin(base, cleaned) if base else cleaned)
        scheme, hostname, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"not a URL: {error}") from error
    if scheme not in DEFAULT_PORTS:
        raise BadAddress(f"scheme {scheme or '(none)'!r} is not fetched, only http and https")
    if not hostname:
        raise BadAddress("the URL names no host")
    if port == 0:
        raise BadAddress("port 0")
    host = canonical_host(hostname)
    path = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*[]-._")
    query = quote(parts.query, safe="%/:=&~+!$,;'@()*[]-._?|^`{}\\")
    netloc = _bracketed(host) if port in (None, DEFAULT_PORTS[scheme]) else f"{_bracketed(host)}:{port}"
    final = f"{scheme}://{netloc}{path}" + (f"?{query}" if query else "")
    if len(final) > MAX_URL:
        raise BadAddress(f"longer than {MAX_URL} characters")
    return Target(final, scheme, host, port or DEFAULT_PORTS[scheme])


def canonical_host(host: str) -> str:
    """The host a browser would ask for: decoded, lower case, ASCII, numbers as a dotted address. Raises BadAddress."""
    lowered = host.lower()
    if _PLAIN_HOST.fullmatch(lowered):
        return lowered
    if ":" in lowered:
        try:
            return str(ip_address(lowered.partition("%")[0]))
        except ValueError as error:
            raise BadAddress(f"{host!r} is no address") from error
    decoded = unicodedata.normalize("NFKC", unquote(lowered)).replace("。", ".").lower()
    if not decoded.isascii():
        try:
            decoded = idna.encode(decoded, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError) as error:
            raise BadAddress(f"{host!r} is no host name: {error}") from error
    labels = decoded.removesuffix(".").split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return str(_numeric(labels, host))
    if not _PLAIN_HOST.fullmatch(decoded):
        raise BadAddress(f"{host!r} is no host name")
    return decoded


def _numeric(labels: list[str], host: str) -> IPv4Address:
    """An IPv4 address in any of the spellings inet_aton takes: decimal, octal, hexadecimal, fewer than four parts."""
    try:
        numbers = [_number(label) for label in labels]
    except (ValueError, IndexError) as error:
        raise BadAddress(f"{host!r} is no address") from error
    *front, last = numbers
    if len(numbers) > 4 or any(number > 255 for number in front) or last >= 256 ** (5 - len(numbers)):
        raise BadAddress(f"{host!r} is no address")
    return IPv4Address(sum(number << (24 - 8 * place) for place, number in enumerate(front)) + last)


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
