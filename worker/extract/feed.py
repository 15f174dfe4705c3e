"""Feeds: RSS 0.9 to 2.0 (and RSS 1.0 / RDF), Atom (RFC 4287), JSON Feed. A feed is a list: its entries are links to
follow."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin
from xml.etree import ElementTree

from worker.extract import xmltree
from worker.extract.dates import moment
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading
from worker.extract.walk import clean

_TYPES = frozenset(["application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"])
_ROOTS = ("<rss", "<feed", "<rdf:rdf", "<rdf")


class Feed:
    """Reads feeds of every kind into the links of their entries."""

    name = "feed"
    revision = 1

    def recognise(self, reading: Reading) -> str | None:
        """The media type, or the root element, says so."""
        start = reading.text[:2000].lstrip("\ufeff \r\n\t").lower()
        if reading.media_type in _TYPES:
            return f"media type {reading.media_type}"
        if start.startswith(("<?xml", *_ROOTS)) and any(root in start for root in _ROOTS) and "<html" not in start:
            return "root element of a feed"
        if start.startswith("{") and "jsonfeed.org/version" in start:
            return "JSON Feed version"
        return None

    def __call__(self, reading: Reading) -> Extraction:
        """The entries, newest as the feed has them. Raises NothingFound for what is no feed."""
        if reading.text.lstrip("\ufeff \r\n\t").startswith("{"):
            title, entries, following = _json(reading)
        else:
            title, entries, following = _xml(reading)
        links = [entry for entry in entries if entry.url]
        if following:
            links.append(FoundLink(following, "list", "next page"))
        return Extraction(
            self.name, self.revision, "feed", links=tuple(links), next_page=following, title=title,
            items=tuple(entries),
            why=f"{len(entries)} entries",
        )  # fmt: skip


def _xml(reading: Reading) -> tuple[str, list[FoundLink], str | None]:
    root = xmltree.parse(reading.text)
    if xmltree.name(root) not in ("rss", "feed", "rdf"):
        raise NothingFound(f"no feed: the root element is {xmltree.name(root)}")
    channel = next(xmltree.children(root, "channel"), root)
    entries = [
        *xmltree.children(channel, "item", "entry"),
        *(xmltree.children(root, "item") if channel is not root else ()),
    ]
    following = next(
        (
            link.get("href")
            for link in xmltree.children(channel, "link")
            if link.get("rel") == "next" and link.get("href")
        ),
        None,
    )
    return (
        xmltree.words(channel, "title"),
        [_entry(entry, reading.url) for entry in entries],
        urljoin(reading.url, following) if following else None,
    )


def _entry(entry: ElementTree.Element, base: str) -> FoundLink:
    address = ""
    for link in xmltree.children(entry, "link"):
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            address = link.get("href") or ""
            break
        if link.text and link.text.strip():
            address = link.text.strip()
            break
    if not address:
        guid = next(xmltree.children(entry, "guid", "id"), None)
        if (
            guid is not None
            and guid.text
            and guid.text.strip().startswith("http")
            and guid.get("isPermaLink") != "false"
        ):
            address = guid.text.strip()
    title = clean(xmltree.words(entry, "title"))
    said = xmltree.words(entry, "pubdate", "published", "date", "issued", "updated")
    updated = xmltree.words(entry, "updated", "modified") or said
    return FoundLink(urljoin(base, address) if address else "", "item", title, day(said), activity=updated or None)


def _json(reading: Reading) -> tuple[str, list[FoundLink], str | None]:
    try:
        data = json.loads(reading.text)
    except (ValueError, RecursionError) as error:
        raise NothingFound(f"not JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise NothingFound("a JSON Feed without items")
    entries = []
    for item in data["items"]:
        if isinstance(item, dict):
            said = str(item.get("date_published") or item.get("date_modified") or "")
            address = str(item.get("url") or "")
            updated = str(item.get("date_modified") or said)
            title = clean(str(item.get("title") or ""))
            entries.append(
                FoundLink(
                    urljoin(reading.url, address) if address else "", "item", title, day(said), activity=updated or None
                )
            )
    following = data.get("next_url")
    return (
        str(data.get("title") or ""),
        entries,
        urljoin(reading.url, following) if isinstance(following, str) else None,
    )


def day(said: str) -> str | None:
    """The day an RFC 5322 or RFC 3339 time (or a date in words) prints, ISO, in its own zone; None without one."""
    if not said:
        return None
    try:
        return parsedate_to_datetime(said).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        found = moment(said)
        return found.day if found else None


EXTRACTOR = Feed()
