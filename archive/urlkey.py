"""The canonical form of a URL by which a page is known once: SURT (host labels reversed), `org,example)/a/b?c=1`.

Two URLs with one key are one page. Taken away: scheme, `www.`, default port, user, fragment, session ids, tracking
parameters, the order of the query, ways of writing the same escape (RFC 3986 section 6.2.2). Kept: case of path and
query, a trailing slash; servers tell those apart.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from urllib.parse import urlsplit

LONGEST = 500
"""characters; a longer key ends in the digest of the whole one (database indexes have their limits)"""

_SESSION = re.compile(
    r"^(?:phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|zenid|oscsid)=|^(?:sid|s)=[0-9a-f]{32}$",
    re.IGNORECASE,
)
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|msclkid|yclid|spm|from_source)=", re.IGNORECASE)
_PATH_SESSION = re.compile(r";jsessionid=[^/;?]*|/\(S\([0-9a-z]{24}\)\)", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_NEVER_BARE = re.compile(r'[^!-~]+|["<>\\^`{|}]+')
"""what no URL holds unescaped (RFC 3986 section 2): browsers escape some of it, servers take it either way"""
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def urlkey(url: str) -> str:
    """The key of a URL; at most `LONGEST` characters. A text that is no URL is its own key."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return _bounded(url)
    if not parts.hostname:
        return _bounded(url)
    host = _surt(parts.hostname)
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = _escapes(_without_dots(_PATH_SESSION.sub("", parts.path))) or "/"
    query = "&".join(sorted(filter(_counts, _escapes(parts.query).split("&"))))
    # a hash-bang names a page of its own (AJAX crawling scheme, still found on old forums)
    tail = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return _bounded(f"{host}){path}{'?' + query if query else ''}{tail}")


def host_of(url: str) -> str:
    """Host, ASCII and in lower case, with its port where that is neither 80 nor 443: what politeness is kept
    towards."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    host = _ascii((parts.hostname or "").rstrip("."))
    if port in (None, 80, 443):
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _surt(host: str) -> str:
    host = host.lower().rstrip(".")
    try:
        return f"[{ipaddress.IPv6Address(host)}]" if ":" in host else str(ipaddress.IPv4Address(host))
    except ValueError:
        pass
    host = _ascii(host)
    return ",".join(reversed(host.removeprefix("www.").split(".")))


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _escapes(text: str) -> str:
    text = _NEVER_BARE.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode("utf-8", "replace")), text)
    return (
        _ESCAPE.sub(lambda m: c if (c := chr(int(m[1], 16))) in _UNRESERVED else m[0].upper(), text)
        if "%" in text
        else text
    )


def _counts(parameter: str) -> bool:
    return bool(parameter) and not _SESSION.search(parameter) and not _TRACKING.search(parameter)


def _bounded(key: str) -> str:
    if len(key) <= LONGEST:
        return key
    return f"{key[: LONGEST - 65]}#{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
