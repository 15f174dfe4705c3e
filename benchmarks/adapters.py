"""Four plain functions over the real code, so that outside programs can score it (contract section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def _reading(body: bytes, url: str, headers: dict[str, str] | None = None) -> Any:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    from worker.decode import Decoded, decode
    from worker.extract.files import sniff
    from worker.extract.model import Reading

    names = {name.lower(): value for name, value in (headers or {}).items()}
    binary = sniff.family(body)
    decoded = Decoded("", "binary", binary, None, 0) if binary else decode(body, names.get("content-type"))
    try:
        served = parsedate_to_datetime(names["date"])
    except (KeyError, ValueError, TypeError):
        served = datetime.now(UTC)
    media_type = (names.get("content-type") or "text/html").partition(";")[0].strip().lower()
    return Reading(
        url=url, requested_url=url, text=decoded.text, encoding=decoded.encoding, evidence=decoded.evidence,
        headers=names,
        served_at=served, media_type=media_type, body=body, read={"ocr": "now"},
    )  # fmt: skip


def main_text(html: bytes, url: str) -> str:
    """What a reader would call the page's content, every kind of page, as plain text."""
    from worker.extract.general import main_text as read_text

    return read_text(_reading(html, url))


main_text.input = "bytes"  # type: ignore[attr-defined]  # evaluators look for it on the function


def read(body: bytes, url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The page as a plain dict: kind, title, text (paragraphs), fields, attachments, posts, items, next_page."""
    from worker.extract.model import NothingFound
    from worker.extract.recognise import recognise

    reading = _reading(body, url, headers)
    try:
        extractor, _ = recognise(reading)
        said = extractor(reading)
    except NothingFound:
        return {"kind": "not-content"}
    result: dict[str, Any] = {"kind": said.page_kind, "title": said.title, "fields": {}, "text": [], "attachments": []}
    if said.page_kind == "listing" or said.page_kind == "board":
        result["kind"] = "list"
        offered = said.items or tuple(link for link in said.links if link.kind in ("item", "topic", "board"))
        result["items"] = [{"title": link.title, "url": link.url or None, "date": link.date} for link in offered]
        result["next_page"] = said.next_page or next((link.url for link in said.links if link.kind == "list"), None)
        return result
    heads = [document for document in said.documents if document.kind != "post"]
    if heads:
        head = heads[0]
        result |= {
            "kind": head.kind,
            "title": head.title,
            "text": head.text.split("\n") if head.text else [],
            "fields": dict(head.fields),
            "attachments": [dict(attachment) for attachment in head.attachments],
            "images": [dict(image) for image in head.images],
            "links": [dict(link) for link in head.links],
            "markdown": head.markdown,
        }
    posts = [document for document in said.documents if document.kind == "post"]
    if posts:
        result["posts"] = [
            {
                "platform_id": post.facts.platform_id,
                "floor": post.facts.floor,
                "author": post.facts.author,
                "posted_at": post.facts.published_at.isoformat() if post.facts.published_at else None,
                "edited_at": post.facts.edited_at.isoformat() if post.facts.edited_at else None,
                "text": post.text,
                "quotes": [dict(quote) for quote in post.facts.quotes],
                "code": list(post.facts.code),
                "images": [dict(image) for image in post.images],
                "attachments": [dict(attachment) for attachment in post.attachments],
            }
            for post in posts
        ]
    result["next_page"] = said.next_page
    return result


def play(url: str, captures: list[tuple[str, bytes]]) -> dict[str, str]:
    """For each capture of one page, in order, what became of it: `version same suspect return outcome`."""
    from benchmarks import histories

    return histories.play(url, captures)


def store(database_url: str, captures: Iterable[tuple[str, str, bytes]]) -> None:
    """Puts (URL, RFC 3339 time, body) into an archive as captures of the past, and compacts it; nothing is derived."""
    from datetime import UTC, datetime

    from archive import open_writable
    from archive.compact import compact
    from archive.importing import PastCapture, import_captures
    from worker.migrate import upgrade

    upgrade(database_url)
    with open_writable(database_url) as writer:
        past = (
            PastCapture(url, datetime.fromisoformat(at), body, media_type="text/html") for url, at, body in captures
        )
        import_captures(writer, past, now=datetime.now(UTC))
        compact(writer)
