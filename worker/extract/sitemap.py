"""Sitemaps (sitemaps.org 0.9): an index leads to more sitemaps, a set to pages; plain lists of addresses count as
well."""

from __future__ import annotations

from urllib.parse import urljoin

from worker.extract import xmltree
from worker.extract.dates import moment
from worker.extract.model import Extraction, FoundLink, LinkKind, NothingFound, Reading

MAXIMUM = 50_000
"""addresses of one sitemap (the protocol's own limit)"""


class Sitemap:
    """Reads sitemaps into links: other sitemaps are list pages, pages are items with the day they last changed."""

    name = "sitemap"
    revision = 1

    def recognise(self, reading: Reading) -> str | None:
        """The root element, or the configured kind for a plain list."""
        start = reading.text[:2000].lower()
        if "<urlset" in start or "<sitemapindex" in start:
            return "root element of a sitemap"
        return "configured as a sitemap" if reading.kind == "sitemap" and "<html" not in start else None

    def __call__(self, reading: Reading) -> Extraction:
        """The links. Raises NothingFound where there are none."""
        text = reading.text.lstrip("\ufeff \r\n\t")
        links = _xml(text, reading.url) if text.startswith("<") else _lines(text)
        if not links:
            raise NothingFound("a sitemap without addresses")
        return Extraction(
            self.name, self.revision, "sitemap", why=f"{len(links)} addresses", links=tuple(links[:MAXIMUM]),
            items=tuple(link for link in links[:MAXIMUM] if link.kind == "item"),
        )  # fmt: skip


def _xml(text: str, base: str) -> list[FoundLink]:
    root = xmltree.parse(text)
    found = []
    for entry in xmltree.children(root, "sitemap", "url"):
        address = xmltree.words(entry, "loc")
        if not address.startswith("http"):
            continue
        changed = xmltree.words(entry, "lastmod")
        day = moment(changed)
        kind: LinkKind = "list" if xmltree.name(entry) == "sitemap" else "item"
        date = day.day if day else None
        found.append(FoundLink(urljoin(base, address), kind, "", date, activity=changed or None))
    return found


def _lines(text: str) -> list[FoundLink]:
    lines = (line.strip() for line in text.splitlines())
    return [FoundLink(line, "item") for line in lines if line.startswith(("http://", "https://")) and " " not in line]


EXTRACTOR = Sitemap()
