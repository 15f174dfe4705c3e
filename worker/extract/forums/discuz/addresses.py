"""Discuz! addresses: what they ask for, and the one form of each that stands for its variants.

Seen: X3.4 with and without rewriting, X2, archiver, touch. The last number of thread-T-P-X.html is the list page one
came from; `extra`, `sid`, `_dsign`, `fromuid` and the like never change what is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.extract.forums.place import query_of, with_query, without

_THREAD = re.compile(r"/(thread-|t-?)(\d+)-(\d+)-\d+(\.html)?$")
_THREAD_SHORT = re.compile(r"/(?:thread|t|tid)-(\d+)(?:-(\d+))?(?:-\d+)?\.html$")
_FORUM = re.compile(r"/(?:(?:forum|fid)-(\w+)-(\d+)|f-?(\d+)-(\d+))(?:\.html)?$")
_FILTERED = re.compile(r"/forum-(\w+)-(\d+)-(?:digest|typeid|sortid|filter|orderby)_\w+\.html$")
_ARCHIVED = re.compile(r"/archiver/(?:index\.php)?\??/?(tid|fid)-(\d+)(?:-page-(\d+))?\.html")
_EMPTY = ("extra", "sid", "_dsign", "fromuid", "fromguid", "highlight", "from", "typeid", "sortid", "forumlist", "pid")
_VARIANTS = ("authorid", "ordertype", "action", "viewpid", "stand")
ROOT_TAIL = r"(?:archiver|wap)/[^/]*$"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: `topic`, `board` or `front`, which one, which page."""

    what: str
    number: str = ""
    page: int | None = None
    variant: bool = False
    """one author only, reverse order, a filter, a print view: not the topic or board itself"""


def asked(url: str) -> Asked | None:
    """What a Discuz! address asks for; None where it is none of the three."""
    parts = urlsplit(url)
    if match := _ARCHIVED.search(f"{parts.path}?{parts.query}" if parts.query else parts.path):
        page = match[3] or (re.search(r"[?&]page=(\d+)", url) or [None, None])[1]
        return Asked("topic" if match[1] == "tid" else "board", match[2], int(page) if page else None)
    if match := _THREAD.search(parts.path):
        return Asked("topic", match[2], int(match[3]))
    if match := _THREAD_SHORT.search(parts.path):
        return Asked("topic", match[1], int(match[2] or 1))
    if match := _FORUM.search(parts.path):
        return Asked("board", match[1] or match[3], int(match[2] or match[4]))
    if match := _FILTERED.search(parts.path):
        return Asked("board", match[1], int(match[2]), True)
    query = query_of(url)
    name = parts.path.rpartition("/")[2]
    page = int(query["page"]) if query.get("page", "").isdigit() else None
    mod = query.get("mod") or {"viewthread.php": "viewthread", "forumdisplay.php": "forumdisplay"}.get(name, "")
    if mod == "viewthread" and query.get("tid", "").isdigit():
        odd = any(query.get(key) not in (None, "", "0") for key in _VARIANTS)
        return Asked("topic", query["tid"], page, odd)
    if mod == "forumdisplay" and query.get("fid"):
        odd = any(query.get(key) for key in ("filter", "orderby", "typeid", "sortid", "action"))
        return Asked("board", query["fid"], page, odd)
    if not mod and name in ("", "forum.php", "index.php", "index.html", "forum.html", "portal.php"):
        return Asked("front")
    return None


def canonical(url: str, page: int | None = None) -> str:
    """The form of a thread's or board's address that stands for its variants, at `page` (None: as it is)."""
    wanted = asked(url)
    if wanted is None or wanted.what == "front":
        return without(url, _EMPTY)
    number = page or wanted.page or 1
    parts = urlsplit(url)
    path = parts.path
    if match := _THREAD.search(path):
        return with_query(url.replace(match[0], f"/{match[1]}{match[2]}-{number}-1{match[4] or ''}", 1), {})
    if match := _FORUM.search(path):
        place = 2 if match[2] else 4
        return with_query(url, {}).replace(path, path[: match.start(place)] + str(number) + path[match.end(place) :])
    if _THREAD_SHORT.search(path):
        return with_query(url, {})
    if _ARCHIVED.search(f"{path}?{parts.query}" if parts.query else path):
        bare = re.sub(r"(?:-page-\d+)?\.html.*$", ".html", url)
        return bare if number == 1 else f"{bare}{'&' if '?' in bare else '?'}page={number}"
    query = query_of(url)
    keep = {key: query[key] for key in ("mod", "tid" if wanted.what == "topic" else "fid", "mobile") if key in query}
    return with_query(url, keep | ({"page": str(number)} if number > 1 else {}))
