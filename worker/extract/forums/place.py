"""Where a forum lives and how its pages are numbered: identities and addresses that survive URL variants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

MAX_PAGES = 10_000
"""no pager is believed beyond this many pages"""

_NUMBER = re.compile(r"\d+")


def site_of(url: str, *, drop: str = "") -> str:
    """host[:port] and folder of a forum's page, without scheme: what tells one forum from another.

    `drop` is a regular expression for the tail of the path that is no part of the forum's root.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    if port and (parts.scheme, port) not in (("http", 80), ("https", 443)):
        host += f":{port}"
    path = re.sub(drop, "", parts.path) if drop else parts.path
    return host + path[: path.rfind("/") + 1].rstrip("/")


def query_of(url: str) -> dict[str, str]:
    """The query's parameters, the last of each name; `;` separates as `&` does."""
    return dict(parse_qsl(urlsplit(url).query.replace(";", "&"), keep_blank_values=True))


def with_query(url: str, keep: Mapping[str, str]) -> str:
    """The same address with exactly this query, no fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(keep, quote_via=quote), ""))


def without(url: str, names: Iterable[str]) -> str:
    """The same address without these parameters and without fragment; untouched where it has none of them."""
    parts = urlsplit(url)
    gone = set(names)
    kept = [piece for piece in re.split("[&;]", parts.query) if unquote(piece.partition("=")[0]) not in gone and piece]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))


def numbered(examples: Mapping[int, str], total: int, first: str | None = None) -> dict[int, str]:
    """Addresses of all pages 1..total out of the few a pager shows (page number -> URL).

    The one number in the address that moves with the page number is found by comparing; a start offset (`start=20`)
    is such a number too. Pages whose address cannot be told are left out.
    """
    found = dict(examples)
    if first is not None:
        found[1] = first
    rule = _rule(examples)
    if rule is None:
        return found
    head, tail, step, base = rule
    for page in range(2, min(total, MAX_PAGES) + 1):
        found.setdefault(page, f"{head}{step * page + base}{tail}")
    return found


def _rule(examples: Mapping[int, str]) -> tuple[str, str, int, int] | None:
    later = sorted((page, url) for page, url in examples.items() if page > 1)
    if not later:
        return None
    if len(later) > 1:
        (one, here), (other, there) = later[0], later[-1]
        places = list(_NUMBER.finditer(here))
        theirs = list(_NUMBER.finditer(there))
        if len(places) == len(theirs) and _NUMBER.sub("#", here) == _NUMBER.sub("#", there):
            moved = [i for i, (a, b) in enumerate(zip(places, theirs, strict=True)) if a[0] != b[0]]
            if len(moved) == 1:
                spot, value, far = places[moved[0]], int(places[moved[0]][0]), int(theirs[moved[0]][0])
                step, rest = divmod(far - value, other - one)
                if rest == 0 and step > 0:
                    return here[: spot.start()], here[spot.end() :], step, value - step * one
    page, url = later[0]
    for spot in reversed(list(_NUMBER.finditer(url))):
        value, before = int(spot[0]), url[: spot.start()].lower()
        if (
            re.search(r"(?:start|st|offset|from|(?:topic|board)=\d+\.)[=-]?$", before)
            and value % (page - 1) == 0
            and value
        ):
            step = value // (page - 1)
            return url[: spot.start()], url[spot.end() :], step, -step
    for wanted in (r"(?:page|pagenumber|pg|paged|p|seite)[=/_-]?$", r"[-_/=.]$"):
        for spot in reversed(list(_NUMBER.finditer(url))):
            if int(spot[0]) == page and re.search(wanted, url[: spot.start()].lower()):
                return url[: spot.start()], url[spot.end() :], 1, 0
    return None
