"""An article over several pages: which part of it a page is, and where the next part stands.

Parts differ in one number of their address and in nothing else: `t88.html`, `t88_1.html` (TRS), `t88_2.html` (DedeCMS,
EmpireCMS), `88-2.html`, `/88/2/` (WordPress), `?id=88&page=2`. A link that says `next page` and leads elsewhere is a
neighbour's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from worker.extract import listing
from worker.extract.model import Extraction, FoundLink, Reading
from worker.extract.sieve import Words
from worker.extract.tree import Tree

MARKS = Words(
    "下一页", "下页", "下一頁", "上一页", "上页", "上一頁", "rel=next", 'rel="next"', 'rel="prev"', ">next", ">prev",
    "page-links", "pagelist", any_case=True,
)  # fmt: skip
"""one of them, or a script's pager, stands in the first part"""
_SUFFIX = re.compile(r"[_-](\d{1,2})(?=\.[a-z]{3,5}$)|(?<=[^/])/(\d{1,2})/?$", re.I)
_NUMBER = re.compile(r"\W*(\d{1,2})\W*")
_TURNS = re.compile(r"\W*(?:\d{1,2}|第?\d{1,2}[页頁]|[上下首前后]一?[页頁]|(?:prev|next|first)\w*(?: page)?)\W*", re.I)
"""words of a pager's link"""
_PARAMETERS = ("page", "p", "pageno", "currentpage", "pageindex", "page_no", "pg")


def linked(page: Extraction, reading: Reading, script: str) -> Extraction:
    """A page that was read as one document; where it is a part of a longer article, the document says which, and the
    next part is a link worth following. `script`: the page's text where its scripts write a pager, else nothing."""
    part = part_of(reading, script)
    if part is None:
        return page
    documents = tuple(
        replace(one, facts=replace(one.facts, part=part.number, extra={**one.facts.extra, "first_part": part.first}))
        for one in page.documents
    )
    links = page.links
    if part.following is not None:
        links = (*links, FoundLink(part.following, "part", part=part.number + 1))
    return replace(page, documents=documents, links=links, next_page=part.following)


@dataclass(frozen=True, slots=True)
class Part:
    """The part a page is, counted from 1; the addresses of the first and of the next one (None: this is the last)."""

    number: int
    first: str
    following: str | None


def part_of(reading: Reading, script: str) -> Part | None:
    """None for a page that is the whole article."""
    first, number = _split(reading.url)
    if number is None and not script and not reading.holds(MARKS):
        return None
    shown = _linked(reading.tree)
    following = listing.next_page(reading.tree, script)
    if following is None or not _follows(following, reading.url, first, number):
        labelled = (url for url, words in shown if _NUMBER.fullmatch(words))
        following = next((url for url in labelled if _follows(url, reading.url, first, number)), None)
    if number is None or (following is not None and _same(_split(following)[0], reading.url)):
        return Part(1, reading.url, following) if following is not None else None
    if not script and not any(_same(url, first) for url, _ in shown):
        return None
    return Part(number + (1 if script else _offset(shown, first)), first, following)


def _follows(url: str, here: str, first: str, number: int | None) -> bool:
    """Whether an address is the next part's: of the page's own with a number, or of its own number and one more."""
    start, after = _split(url)
    if _same(start, here):
        return after in (1, 2)
    return number is not None and after == number + 1 and _same(start, first)


def _split(url: str) -> tuple[str, int | None]:
    """The address of the first part and the number in this one's."""
    parts = urlsplit(url.partition("#")[0])
    if match := _SUFFIX.search(parts.path):
        path = parts.path[: match.start()] + (parts.path[match.end() :] if match[1] else "/")
        return urlunsplit(parts._replace(path=path)), int(match[1] or match[2])
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    number = next((int(value) for name, value in pairs if name.lower() in _PARAMETERS and value.isdigit()), None)
    left = urlencode([pair for pair in pairs if pair[0].lower() not in _PARAMETERS])
    return urlunsplit(parts._replace(query=left)), number


def _same(one: str, other: str) -> bool:
    return one.partition("#")[0].rstrip("/") == other.partition("#")[0].rstrip("/")


def _linked(tree: Tree) -> list[tuple[str, str]]:
    """(address, words) of the links that a pager may have."""
    anchors = ((anchor, tree.walk.words_of(anchor) or "") for anchor in tree.walk.anchors)
    return [(url, words) for one, words in anchors if _TURNS.fullmatch(words) and (url := tree.absolute(one.href))]


def _offset(shown: list[tuple[str, str]], first: str) -> int:
    """What must be added to an address's number to have the part's: 1 where the second part is `_1`."""
    for url, words in shown:
        start, number = _split(url)
        if number and _same(start, first) and (label := _NUMBER.fullmatch(words)):
            return int(label[1]) - number
    return 0
