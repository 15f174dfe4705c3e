"""What a page looks like to an extractor, and what an extractor says of it.

    bytes --decode--> Reading --extractor--> Extraction(documents, links, ...) --normalise--> content hash --> decide

An extractor is a plain object with `name`, `revision` and `__call__(Reading) -> Extraction`. It knows no network,
clock or
database. It raises `NothingFound` when a page it recognised holds nothing where something should be: the capture then
stays underived and is read again by a later revision; nothing is ever called gone because a reader failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Literal, Protocol

from archive.records import Facts, JsonMap, Kind

if TYPE_CHECKING:
    from worker.extract.sieve import Sieve, Words
    from worker.extract.tree import Tree

LinkKind = Literal["board", "list", "topic", "part", "item", "file", "feed"]
"""board: another board; list: another page of this list; part: another page of this topic or article; item: a
listing's item"""


class NothingFound(Exception):
    """A page was recognised, but what it should hold is not there; the message says what was missed."""


@dataclass(slots=True)
class Reading:
    """One payload as text, with what is known of how it came. `tree` parses at most once."""

    url: str
    """final URL: what relative links are relative to, before <base>"""
    requested_url: str
    text: str
    encoding: str
    evidence: str
    """why this encoding: `bom`, `header`, `meta`, `utf-8`, `detector` ... with what lost"""
    headers: Mapping[str, str] = field(default_factory=dict)
    """response headers, names in lower case"""
    served_at: datetime | None = None
    """the Date header: the clock that relative times are resolved against"""
    media_type: str = "text/html"
    zone: tzinfo | None = None
    """the page's zone where the source or the site's language says one"""
    body: bytes = b""
    kind: str = "auto"
    """the page's configured or expected kind"""
    read: Mapping[str, str] = field(default_factory=dict)
    """the source's own selectors (`read:` in sources.yaml)"""
    ignore: tuple[str, ...] = ()
    """the source's selectors and /patterns/ of what never counts"""
    keep_list: bool = False
    """whether a listing is a document too (`keep_list` in sources.yaml)"""
    _tree: Tree | None = None
    _low: bytes | None = None
    _sieve: Sieve | None = None

    @property
    def low(self) -> bytes:
        """The page in UTF-8, its ASCII letters in lower case: words are looked for in it before an expression is tried
        on the text, at a tenth of the cost."""
        if self._low is None:
            self._low = self.text.encode("utf-8", "replace").lower()
        return self._low

    def holds(self, words: Words) -> bool:
        """Whether one of the words stands on the page. Cheap for words that do not: all pages are asked for all
        platforms' signs."""
        if self._sieve is None:
            from worker.extract.sieve import Sieve

            self._sieve = Sieve(self.low)
        for word, low, pieces in words.said:
            if self._sieve.may_hold(pieces) and (low in self.low if word is None else word in self.text):
                return True
        return False

    @property
    def tree(self) -> Tree:
        """The parsed page; parsed on first use, then kept."""
        if self._tree is None:
            from worker.extract.tree import Tree

            self._tree = Tree(self.text, self.url)
        return self._tree


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link worth following, as the page says it; whether it is followed is the frontier's decision."""

    url: str
    kind: LinkKind
    title: str = ""
    date: str | None = None
    """the item's date as the list prints it, ISO where it could be read"""
    activity: str | None = None
    """replies and last post of a topic as the board prints them (never views): another value means poll now"""
    part: int | None = None
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class Extracted:
    """One document a page says: identity, facts, content. `key` is stable over URL variants and shifts of pages."""

    key: str
    kind: Kind
    facts: Facts
    title: str
    text: str
    """paragraphs separated by a newline, table cells by ` | `"""
    fields: JsonMap = field(default_factory=dict)
    links: tuple[JsonMap, ...] = ()
    images: tuple[JsonMap, ...] = ()
    attachments: tuple[JsonMap, ...] = ()
    margin: tuple[str, ...] = ()
    markdown: str | None = None
    evidence: JsonMap = field(default_factory=dict)
    parent_key: str | None = None


@dataclass(frozen=True, slots=True)
class TopicPart:
    """Which page of which topic this is: what the judgement "this post is gone" rests on."""

    topic_key: str
    number: int
    """page number as the page itself says it, from 1"""
    total: int
    """pages the topic has by what this page says"""
    asked: int | None = None
    """page number the URL asked for, where it names one; another than `number` means: not read"""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A block left out, for `explain`."""

    what: str
    """kind of chrome: `navigation`, `signature`, `edit notice`, `jammer` ..."""
    text: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one page says."""

    extractor: str
    revision: int
    page_kind: str
    """board, listing, topic, page, feed, sitemap, or `not-content`"""
    outcome: str = "ok"
    """`ok`, or what reading the body showed: soft-404, gone, login-required, blocked, maintenance, empty,
    `error:parse`"""
    why: str = ""
    """why this extractor and this outcome, in words for `explain`"""
    documents: tuple[Extracted, ...] = ()
    links: tuple[FoundLink, ...] = ()
    part: TopicPart | None = None
    next_page: str | None = None
    platform: str | None = None
    dropped: tuple[Dropped, ...] = ()
    title: str = ""
    """what the page is called where it is no document (a listing's heading)"""
    items: tuple[FoundLink, ...] = ()
    """a listing's items as it prints them, those with a dead link (`url` empty) too; `links` holds what can be
    followed"""


class Extractor(Protocol):
    """Reads one family of pages."""

    name: str
    revision: int

    def recognise(self, reading: Reading) -> str | None:
        """Why this page is one of this extractor's (shown by `explain`), or None. Cheap: looks, does not read."""

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says. Raises NothingFound where a recognised page lacks what it must hold."""
