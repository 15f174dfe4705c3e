"""Single values of sources.yaml, each read from what a person writes: durations, sizes, zones, patterns, addresses.

Every function returns the value or raises ValueError with a message that says what is wrong and what to write instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from worker.disk import Floor

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|[kKMG](?:i?B)?)?")
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
_SOURCE_ID = re.compile(r"\w[\w.-]{0,99}")
LONGEST = timedelta(days=3660)
"""no duration in a configuration is longer"""


def shown(value: object) -> str:
    """The value as the message quotes it: JSON, cut at 80 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def near(word: str, known: Iterable[str]) -> str:
    """` did you mean "..."?` with the nearest known word, or an empty string."""
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f' did you mean "{found[0]}"?' if found else ""


def duration(value: object) -> timedelta:
    """`30m`, `2h`, `1d`, `90s`, `1h30m`, `500ms`, `1w` or 0 as a timedelta of at most ten years."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if text == "0":
        return timedelta(0)
    if not _DURATION.fullmatch(text):
        raise ValueError(f"{shown(value)} is not a duration; use for example 30m, 2h, 1d")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(text))
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"{shown(value)} is longer than ten years; use for example 30m, 2h, 1d")
    return timedelta(seconds=seconds)


def size(value: object) -> int:
    """`32MiB`, `500 KB` or a number of bytes, as bytes."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"{shown(value)} is not a size; use for example 500KB, 32MiB, 1GiB")
    unit = (match[2] or "B").upper()
    found = int(float(match[1]) * _BYTES[unit if unit.endswith("B") else unit + "IB"])
    if found < 1:
        raise ValueError(f"{shown(value)} leaves no room for any page; use for example 32MiB")
    return found


def floor(value: object) -> Floor:
    """Room that must be left on a disk: `500MB`, `2%`, or 0 for none."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if text == "0":
        return Floor(size=0)
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text):
        if float(found[1]) >= 100:
            raise ValueError(f"{shown(value)} leaves no room for anything; use for example 2%")
        return Floor(share=float(found[1]) / 100)
    try:
        return Floor(size=size(value))
    except ValueError:
        raise ValueError(f"{shown(value)} is no amount of room; use for example 500MB, 2%, 0") from None


def zone(value: object) -> str:
    """The name of a time zone the machine knows, such as `Asia/Shanghai`."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(str(value))
    except (OSError, ValueError, LookupError):
        names = {name.lower(): name for name in available_timezones()}
        close = get_close_matches(str(value).lower(), list(names), n=1, cutoff=0.6)
        help_ = f"did you mean {names[close[0]]}?" if close else "use for example Asia/Shanghai"
        raise ValueError(f"{shown(value)} is not a time zone; {help_}") from None
    return str(value)


def web_address(value: object) -> str:
    """An absolute http(s) URL without credentials."""
    text = str(value)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{shown(value)} is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{shown(value)} is not a URL of a page; use for example https://example.org/notices/")
    if any(character.isspace() or ord(character) < 32 for character in text):
        raise ValueError(f"{shown(value)} holds a blank; write %20 instead")
    if parts.username or parts.password:
        raise ValueError(
            f"{shown(parts.hostname)}: a URL must not carry a password, it goes into logs; use headers: with ${{NAME}}"
        )
    return text


def proxy_address(value: object) -> str:
    """An http(s) proxy; credentials are allowed here (from `${NAME}`)."""
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a proxy; use for example http://proxy.example.org:3128")
    return str(value)


def pattern(value: object) -> str:
    """A regular expression that compiles."""
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"{shown(value)} is not a regular expression: {error}") from None
    return str(value)


def selector(value: object) -> str:
    """A CSS selector the reader understands."""
    from worker.extract.selectors import fault

    problem = fault(str(value))
    if problem:
        raise ValueError(f"{shown(value)} is not a CSS selector; use for example div.list a, #content")
    return str(value)


def ignored(value: object) -> str:
    """A CSS selector, or a /pattern/ between slashes."""
    text = str(value)
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        pattern(text[1:-1])
        return text
    return selector(text)


def window(value: object) -> str:
    """A span of the day, `22:00-06:00`."""
    text = str(value).replace(" ", "")
    if not _WINDOW.fullmatch(text):
        raise ValueError(f"{shown(value)} is not a span of the day; use for example 22:00-06:00")
    return text


def network(value: object) -> IPv4Network | IPv6Network:
    """An address range, `10.0.0.0/8` or `fd00::/8`, or one address."""
    try:
        return ip_network(str(value), strict=True)
    except ValueError as error:
        raise ValueError(f"{shown(value)} is not a network: {error}; use for example 10.0.0.0/8") from None


def source_id(value: object) -> str:
    """A name of letters, digits, `_`, `-` and `.`, at most 100 characters."""
    text = str(value)
    if not _SOURCE_ID.fullmatch(text):
        raise ValueError(f"{shown(value)} is not an id; use letters, digits, - _ . such as county-notices")
    return text


def header_name(value: object) -> str:
    """The name of a request header that a source may set."""
    text = str(value)
    if not _HEADER_NAME.fullmatch(text):
        raise ValueError(f"{shown(value)} is not the name of a header")
    if text.lower() in {"host", "content-length", "transfer-encoding", "connection", "cookie"}:
        raise ValueError(f"{shown(value)} cannot be set here" + ("; use cookies:" if text.lower() == "cookie" else ""))
    return text


def line(value: object) -> str:
    """Text without line breaks or control characters (header and cookie values)."""
    text = str(value)
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("holds a line break or a control character")
    return text


def mailbox(value: object) -> str:
    """A mail address, `clerk@example.org` or `Muniment <muniment@example.org>`."""
    from email.utils import parseaddr

    text = line(value)
    address = parseaddr(text)[1]
    name, at, domain = address.rpartition("@")
    if not (name and at and domain) or any(character.isspace() for character in address) or "," in text:
        raise ValueError(f"{shown(text)} is not a mail address; use for example clerk@example.org")
    return text


def server(value: object) -> str:
    """A host with or without a port."""
    text = str(value)
    try:
        parts = urlsplit(f"//{text}")
        good = bool(parts.hostname) and parts.netloc == text and "@" not in text and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or any(character.isspace() for character in text):
        raise ValueError(f"{shown(text)} is not a server; use for example smtp.example.org or smtp.example.org:2525")
    return text


def database(value: object) -> str:
    """A database URL: SQLite or Postgres through psycopg."""
    text = str(value)
    if not re.match(r"(sqlite|postgresql\+psycopg)://", text):
        raise ValueError(
            f"{shown(text.partition('@')[0] if '@' not in text else text.partition(':')[0])} is not a database; "
            "use sqlite:///muniment.db or postgresql+psycopg://user@host/name"
        )
    return text


def listen(value: object) -> str:
    """An address to serve pages on: `127.0.0.1:8020`, `[::1]:8020`, `0.0.0.0:8020`."""
    text = str(value)
    parts = urlsplit(f"//{text}")
    try:
        good = bool(parts.hostname) and parts.port is not None and not (parts.path or parts.query or parts.username)
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{shown(value)} is no address to listen on; use for example 127.0.0.1:8020")
    return text


def peer(value: object) -> str:
    """The address of one machine, such as `10.0.0.2`."""
    try:
        return str(ip_address(str(value)))
    except ValueError:
        raise ValueError(f"{shown(value)} is not an address; use for example 10.0.0.2") from None


def host_name(value: object) -> str:
    """A name as browsers put it into an address: no scheme, no port."""
    text = str(value).lower().rstrip(".")
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", text):
        raise ValueError(f"{shown(value)} is not a host's name; use for example archive.example.org")
    return text


def token(value: object) -> str:
    """A secret of at least 16 printable ASCII characters."""
    text = str(value).strip()
    if len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("is too weak; use 16 or more letters and digits, for example from `openssl rand -hex 24`")
    return text
