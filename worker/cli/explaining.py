"""What `explain` prints of one page: for people, and as one value for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from worker.cli.examining import Look
from worker.cli.output import cut, harmless, harmless_lines, plain, screen_width
from worker.decode import Decoded
from worker.extract.model import Extracted

LINES_OF_TEXT = 12
"""of each document's text"""
LINKS_SHOWN = 15


def explained(look: Look) -> str:
    """The page for people, section by section."""
    return "\n".join(_lines(look))


def findings(look: Look) -> dict[str, Any]:
    """The same as one value."""
    fetched, result = look.fetched, look.result
    extraction = result.extraction if result else None
    return {
        "url": look.url,
        "outcome": look.outcome,
        "status": fetched.status if fetched else None,
        "final_url": fetched.final_url if fetched else look.url,
        "redirects": fetched.redirects if fetched else (),
        "error": (fetched.error if fetched else None) or (result.error if result else None),
        "tls": fetched.tls if fetched else None,
        "duration": fetched.duration if fetched else None,
        "bytes": len(fetched.body) if fetched else None,
        "encoding": _encoding(result.decoded) if result and result.decoded else None,
        "extractor": result.extractor if result else None,
        "revision": result.revision if result else None,
        "why": result.why if result else None,
        "kind": extraction.page_kind if extraction else None,
        "platform": extraction.platform if extraction else None,
        "documents": extraction.documents if extraction else (),
        "part": extraction.part if extraction else None,
        "next_page": extraction.next_page if extraction else None,
        "follows": [{"url": page.url, "kind": page.kind, "list_page": page.list_page} for page in look.followed],
        "left_out": extraction.dropped if extraction else (),
        "source": look.source.source_id,
    }


def _lines(look: Look) -> Iterator[str]:
    fetched, result = look.fetched, look.result
    if fetched is not None:
        facts = [
            str(fetched.status or "no answer"),
            f"{len(fetched.body):,} bytes",
            f"{fetched.duration.total_seconds():.2f} s",
        ]
        yield from _pair("outcome", f"{look.outcome}  ({', '.join(facts)})")
        for status, target in fetched.redirects:
            yield from _pair("redirect", f"{status} {target}")
        if fetched.error:
            yield from _pair("error", fetched.error)
        if fetched.tls:
            yield from _pair("tls", fetched.tls)
    else:
        yield from _pair("outcome", look.outcome)
    if result is None:
        return
    if result.decoded is not None:
        yield from _pair("encoding", f"{result.decoded.encoding}  ({result.decoded.evidence})")
    yield from _pair("read by", f"{result.extractor} revision {result.revision}  ({result.why})")
    if result.error:
        yield from _pair("missed", result.error)
    extraction = result.extraction
    if extraction is None:
        return
    platform = f", platform {extraction.platform}" if extraction.platform else ""
    yield from _pair("kind", extraction.page_kind + platform)
    if extraction.part is not None:
        yield from _pair("part", f"page {extraction.part.number} of {extraction.part.total} of a topic")
    for document in extraction.documents:
        yield ""
        yield from _document(document)
    if look.followed:
        yield ""
        yield f"would follow {len(look.followed)} links"
        for page in look.followed[:LINKS_SHOWN]:
            yield cut(f"  {page.kind:<8} {page.url}", screen_width())
        if len(look.followed) > LINKS_SHOWN:
            yield f"  ... and {len(look.followed) - LINKS_SHOWN} more (--json shows all)"
    if extraction.dropped:
        yield ""
        yield "left out"
        for block in extraction.dropped[:LINKS_SHOWN]:
            yield cut(f"  {block.what}: {' '.join(block.text.split())}", screen_width())
        if len(extraction.dropped) > LINKS_SHOWN:
            yield f"  ... and {len(extraction.dropped) - LINKS_SHOWN} more"


def _encoding(decoded: Decoded) -> dict[str, Any]:
    """How the body was read, without the body."""
    return {
        "encoding": decoded.encoding, "evidence": decoded.evidence, "declared": decoded.declared,
        "replacements": decoded.replacements,
    }  # fmt: skip


def _pair(name: str, text: str) -> Iterator[str]:
    yield cut(f"{name:<9} {text}", max(screen_width(), 200))


def _document(document: Extracted) -> Iterator[str]:
    facts = document.facts
    known = {
        "floor": facts.floor, "author": facts.author, "published": facts.published_at, "edited": facts.edited_at,
        "board": facts.board,
    }  # fmt: skip
    said = "  ".join(f"{name} {plain(value)}" for name, value in known.items() if value is not None)
    yield cut(f"{document.kind}  {document.title}".rstrip(), screen_width())
    if said:
        yield f"  {harmless(said)}"
    if pages := facts.extra.get("needs_ocr"):
        yield cut(f"  {_scanned(pages)}", max(screen_width(), 200))
    for name, value in document.fields.items():
        if name != "unread_sha256":  # tells versions of pictures apart, and a reader nothing
            yield f"  {name}: {_field(value)}" + _where(document.evidence.get(name))
    lines = harmless_lines(document.text).splitlines()
    for line in lines[:LINES_OF_TEXT]:
        yield cut(f"  | {line}", screen_width())
    if len(lines) > LINES_OF_TEXT:
        yield f"  | ... {len(lines) - LINES_OF_TEXT} more lines"
    for attachment in document.attachments:
        yield cut(f"  attachment: {attachment.get('name')}  {attachment.get('url')}", screen_width())


def _scanned(pages: object) -> str:
    """Which pages are pictures, and who reads them."""
    from worker.extract.files.engine import engine_name

    numbers = ", ".join(map(str, pages)) if isinstance(pages, list | tuple) else str(pages)
    reader = "the daemon and `muniment poll` recognise them, so does --html" if engine_name() else "needs muniment[ocr]"
    return f"pictures of text on page {numbers}: {reader}"


def _where(evidence: object) -> str:
    """Where a field was read, and what other places say."""
    if not isinstance(evidence, Mapping):
        return f"  ({harmless(str(evidence))})" if evidence else ""
    others = "; ".join(f"{name} {_field(value)}" for name, value in evidence.items() if name != "from")
    return f"  ({harmless(str(evidence.get('from', '')))}{'; ' + others if others else ''})"


def _field(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_field(item)}" for name, item in value.items())
    return harmless(str(plain(value)))
