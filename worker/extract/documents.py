"""From what a page says to what the archive keeps: kind, identity, facts and fields of its document, and its links."""

from __future__ import annotations

from datetime import datetime, time, tzinfo
from zoneinfo import ZoneInfo

from archive.records import Facts, Kind
from worker.extract import fields as fields_of
from worker.extract import listing
from worker.extract.article import PageText
from worker.extract.government.labels import STRONG
from worker.extract.keys import page_key
from worker.extract.markdown import written
from worker.extract.model import Extracted, FoundLink, Reading

_CHINA = ZoneInfo("Asia/Shanghai")
_UTC = ZoneInfo("UTC")
_AUTHORITY = ("document_number", "index_number", "addressee", "signatory")


def document(reading: Reading, page: PageText, fields: fields_of.Fields, kind: Kind | None = None) -> Extracted:
    """The page as one document: a `notice` where it speaks as an authority, else an `article`, unless a kind is
    given."""
    values = dict(fields.values)
    lines = page.lines
    facts = Facts(
        url=reading.url,
        author=_text(values.get("author")),
        published_at=fields.published_at or _published(values, reading, "".join(lines[:20]) + page.title.text),
    )
    return Extracted(
        key=page_key(reading.url),
        kind=kind or kind_of(page, fields),
        facts=facts,
        title=page.title.text,
        text="\n".join(lines),
        fields=values,
        links=tuple(page.links),
        images=tuple(page.images),
        attachments=tuple(page.attachments),
        markdown=written(reading.tree, reading.tree.walk, page.paragraphs),
        evidence={"title": _title_evidence(page), **fields.evidence},
    )  # fmt: skip


def kind_of(page: PageText, fields: fields_of.Fields) -> Kind:
    """`notice` for what has a number, a label table, an addressee or a signature; `article` otherwise."""
    if any(fields.values.get(name) for name in _AUTHORITY):
        return "notice"
    return "notice" if sum(pair.name in STRONG and bool(pair.value) for pair in page.labelled) >= 2 else "article"


def _title_evidence(page: PageText) -> dict[str, object]:
    said: dict[str, object] = {"from": page.title.said}
    return said | {"others": [list(other) for other in page.title.others]} if page.title.others else said


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _published(values: dict[str, object], reading: Reading, text: str) -> datetime | None:
    day = values.get("published_on")
    if not isinstance(day, str):
        return None
    clock = values.get("published_time")
    zone: tzinfo = reading.zone or (
        _CHINA if any("\u4e00" <= character <= "\u9fff" for character in text[:400]) else _UTC
    )
    at = time.fromisoformat(clock) if isinstance(clock, str) else time()
    return datetime.combine(datetime.fromisoformat(day).date(), at, zone).astimezone(_UTC)


def list_document(reading: Reading, title: str, found: listing.List) -> Extracted:
    """A list as one document (`keep_list`): a line per item, its date and its words; the items are its content
    links."""
    return Extracted(
        key=page_key(reading.url),
        kind="list",
        facts=Facts(url=reading.url),
        title=title,
        text="\n".join(f"{item.date} | {item.title}" if item.date else item.title for item in found.items),
        links=tuple({"url": item.url, "text": item.title} for item in found.items if item.url),
    )


def file_links(page: PageText) -> tuple[FoundLink, ...]:
    """The attachments as links worth following."""
    return tuple(FoundLink(a["url"], "file", a["name"]) for a in page.attachments if a.get("url"))


def list_items(found: listing.List) -> tuple[FoundLink, ...]:
    """A list's items as it prints them, dead links (`url` empty) included."""
    return tuple(FoundLink(item.url or "", "item", item.title, item.date) for item in found.items)


def list_links(found: listing.List) -> tuple[FoundLink, ...]:
    """A list's items and its next page as links worth following."""
    items = [item for item in list_items(found) if item.url]
    if found.next_page:
        items.append(FoundLink(found.next_page, "list", "next page"))
    return tuple(items)
