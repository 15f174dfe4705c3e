"""Captures: one row for each attempt to fetch a URL, with its payload once and its headers small. `Transaction` is
their door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from archive import headers
from archive.digest import sha256
from archive.errors import Damaged, NotFound
from archive.frames import FIRST
from archive.payloads import Base, put
from archive.records import Capture, Derivation, NewCapture
from archive.rows import maybe, storable
from archive.schema import captures, derivations, labels, pages, payloads, sources
from archive.session import Session
from archive.standing import Standing, move, standing
from archive.statement import Statement
from archive.zstd import ZstdError

_media, _tls = labels.alias("media"), labels.alias("tls")
CAPTURE = (
    select(
        captures, pages.c.url.label("page_url"), sources.c.source_id, payloads.c.digest, payloads.c.size,
        _media.c.label.label("media_type"), _tls.c.label.label("tls"),
    )
    .join(pages, pages.c.page_no == captures.c.page_no)
    .join(sources, sources.c.source_no == captures.c.source_no)
    .outerjoin(payloads, payloads.c.payload_no == captures.c.payload_no)
    .outerjoin(_media, _media.c.label_no == captures.c.media_type_no)
    .outerjoin(_tls, _tls.c.label_no == captures.c.tls_no)
)  # fmt: skip
_BY_ID = Statement(CAPTURE.where(captures.c.capture_no == bindparam("wanted")))
_HEADERS = Statement(select(captures.c.headers).where(captures.c.capture_no == bindparam("wanted")))
_INSERT = Statement(insert(captures).returning(captures.c.capture_no))


def record_capture(session: Session, new: NewCapture, payload: bytes | None) -> Capture:
    """Stores one attempt (see `Transaction.record_capture`)."""
    before = standing(session, new.page_id)
    capture, after = record_after(session, before, new, payload)
    move(session, before, after)
    return capture


def record_after(
    session: Session, page: Standing, new: NewCapture, payload: bytes | None
) -> tuple[Capture, Standing]:  # fmt: skip
    """Stores one attempt at a page that stands so, and where it stands then; that is not written."""
    source_no = session.source_no(new.source_id)
    if source_no is None:
        raise NotFound(f"no source {new.source_id!r}")
    new = _as_revisit(new, payload, page.digest)
    # before the payload: who brings a new label waits here for whoever else does, with nothing that others wait for
    media_type_no, tls_no = session.label(new.media_type), session.label(new.tls)
    digest, size, payload_no = None, None, None
    again = new.outcome in ("revisit", "not-modified")
    if again:
        digest, size, payload_no = page.digest, page.size, page.payload_no
    elif payload is not None:
        digest, size = sha256(payload), len(payload)
        payload_no = _put(session, page, payload)
    base_no, base = page.headers_base_no, None
    if new.headers and base_no is not None:
        base = headers_base(session.connection, base_no)
    frame, against_base = headers.pack(new.headers, base, new.fetched_at)
    row: dict[str, Any] = {
        "page_no": new.page_id, "source_no": source_no, "fetched_at": new.fetched_at, "outcome": new.outcome,
        "status": new.status, "payload_no": payload_no, "revisit_of": page.payload_capture_no if again else None,
        "duration_ms": None if new.duration is None else round(new.duration / timedelta(milliseconds=1)),
        "media_type_no": media_type_no, "tls_no": tls_no,
        "url": None if new.url == page.url else storable(new.url),
        "final_url": None if new.final_url == new.url else storable(new.final_url),
        "error": maybe(new.error), "headers": frame, "headers_base_no": base_no if against_base else None,
    }  # fmt: skip
    number = _INSERT.value(session.connection, row)
    if frame is not None and not against_base:
        page = replace(page, headers_base_no=number)
    if new.outcome in ("ok", "moved") and payload_no is not None:
        page = replace(page, payload_no=payload_no, payload_capture_no=number, digest=digest, size=size)
    stored = Capture(
        number, new.page_id, new.source_id, storable(new.url), storable(new.final_url), new.fetched_at, new.outcome,
        new.status, maybe(new.error), _label(new.media_type), new.headers,
        None if row["duration_ms"] is None else timedelta(milliseconds=row["duration_ms"]), _label(new.tls), digest,
        size,
        row["revisit_of"],
    )  # fmt: skip
    session.saw(new.fetched_at)
    session.entry("captures", (number,), capture_values(stored, row))
    return stored, page


def _put(session: Session, page: Standing, payload: bytes) -> int:
    """Stores the payload against the page's last one or, for a page's first, against a page of the same kind and
    host."""
    if page.payload_no is not None:
        return put(session, payload, Base(page.payload_no, own=True))[0]
    like = (page.host, page.kind)
    sibling = session.sibling(like)
    number, alone = put(session, payload, Base(sibling, own=False) if sibling is not None else None, FIRST)
    if alone:
        session.siblings[like] = number
    return number


def _as_revisit(new: NewCapture, payload: bytes | None, last: str | None) -> NewCapture:
    if new.outcome == "ok" and payload is not None and last is not None and sha256(payload) == last:
        return replace(new, outcome="revisit")
    return new


def _label(said: str | None) -> str | None:
    from archive.session import LONGEST_LABEL

    return None if said is None else storable(said[:LONGEST_LABEL])


def capture_values(capture: Capture, row: Mapping[Any, Any]) -> list[object]:
    """What the chain takes of a capture; of its `row` what is kept in another form than it is said."""
    return [
        capture.capture_id, capture.page_id, capture.source_id, capture.url, row["url"], capture.final_url,
        row["final_url"], capture.fetched_at, capture.outcome, capture.status, capture.error, capture.media_type,
        row["headers"], row["headers_base_no"], row["duration_ms"], capture.tls, capture.payload_digest,
        capture.payload_bytes, capture.revisit_of,
    ]  # fmt: skip


def capture(connection: Connection, capture_id: int) -> Capture:
    """The capture of that number. Raises NotFound."""
    row = _BY_ID.row(connection, {"wanted": capture_id})
    if row is None:
        raise NotFound(f"no capture {capture_id}")
    return capture_of(connection, row)


def derivation(connection: Connection, capture_id: int) -> Derivation | None:
    """What the last reading of a capture made of it, or None."""
    row = _LAST_DERIVATION.row(connection, {"wanted": capture_id})
    return None if row is None else Derivation(
        row["capture_no"], row["extractor"], row["revision"], row["outcome"], row["at"], row["encoding"],
        row["evidence"], row["error"],
    )  # fmt: skip


def capture_of(connection: Connection, row: Mapping[Any, Any]) -> Capture:
    """A capture from a row of `CAPTURE`. Raises Damaged where its headers cannot be read."""
    base_no, number = row["headers_base_no"], row["capture_no"]
    try:
        base = headers_base(connection, base_no) if base_no is not None else None
        frame = bytes(row["headers"]) if row["headers"] is not None else None
        said = headers.unpack(frame, base, row["fetched_at"])
    except (ZstdError, ValueError, NotFound) as error:
        raise Damaged(f"captures {number}: headers: {error}") from error
    url = row["url"] if row["url"] is not None else row["page_url"]
    duration = row["duration_ms"]
    return Capture(
        number, row["page_no"], row["source_id"], url, row["final_url"] if row["final_url"] is not None else url,
        row["fetched_at"], row["outcome"], row["status"], row["error"], row["media_type"], said,
        None if duration is None else timedelta(milliseconds=duration), row["tls"],
        None if row["digest"] is None else bytes(row["digest"]).hex(), row["size"], row["revisit_of"],
    )  # fmt: skip


def headers_base(connection: Connection, capture_no: int) -> bytes:
    """The headers of a capture that others are compressed against. Raises NotFound."""
    frame = _HEADERS.value(connection, {"wanted": capture_no})
    if frame is None:
        raise NotFound(f"no headers of capture {capture_no}")
    return headers.base_of(bytes(frame))


_encoding, _evidence, _extractor = labels.alias("encoding"), labels.alias("evidence"), labels.alias("extractor")
DERIVATION = (
    select(
        derivations.c.capture_no, derivations.c.number, _extractor.c.label.label("extractor"), derivations.c.revision,
        derivations.c.outcome, derivations.c.at, _encoding.c.label.label("encoding"),
        _evidence.c.label.label("evidence"), derivations.c.error,
    )
    .join(_extractor, _extractor.c.label_no == derivations.c.extractor_no)
    .outerjoin(_encoding, _encoding.c.label_no == derivations.c.encoding_no)
    .outerjoin(_evidence, _evidence.c.label_no == derivations.c.evidence_no)
)  # fmt: skip
_INSERT_DERIVATION = Statement(insert(derivations))
_LAST_DERIVATION = Statement(
    DERIVATION.where(derivations.c.capture_no == bindparam("wanted")).order_by(derivations.c.number.desc()).limit(1)
)
SAID = ("extractor", "revision", "outcome", "encoding", "evidence", "error")


def record_derivation(session: Session, derivation: Derivation) -> None:
    """Appends what a reading made of a capture, unless the last one said the same."""
    said = {
        "extractor": _label(derivation.extractor), "revision": derivation.revision, "outcome": derivation.outcome,
        "encoding": _label(derivation.encoding), "evidence": _label(derivation.encoding_evidence),
        "error": maybe(derivation.error),
    }  # fmt: skip
    last = _LAST_DERIVATION.row(session.connection, {"wanted": derivation.capture_id})
    if last is not None and all(last[name] == said[name] for name in SAID):
        return
    number = last["number"] + 1 if last else 1
    _INSERT_DERIVATION.run(
        session.connection,
        {
            "capture_no": derivation.capture_id, "number": number, "extractor_no": session.label(derivation.extractor),
            "revision": derivation.revision, "outcome": derivation.outcome, "at": derivation.at,
            "encoding_no": session.label(derivation.encoding),
            "evidence_no": session.label(derivation.encoding_evidence), "error": said["error"],
        },
    )  # fmt: skip
    session.saw(derivation.at)
    session.entry(
        "derivations",
        (derivation.capture_id, number),
        derivation_values({**said, "capture_no": derivation.capture_id, "number": number, "at": derivation.at}),
    )


def derivation_values(row: Mapping[Any, Any]) -> Sequence[object]:
    """What the chain takes of a derivation."""
    return [row["capture_no"], row["number"], row["at"], *(row[name] for name in SAID)]
