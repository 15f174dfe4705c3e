"""Where a page stands: what its next capture is compared with, and its next headers are compressed against."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select, update

from archive.errors import NotFound
from archive.schema import pages, payloads
from archive.session import Session
from archive.statement import Statement

_PAGE = Statement(
    select(
        pages.c.url,
        pages.c.host,
        pages.c.kind,
        pages.c.payload_no,
        pages.c.payload_capture_no,
        pages.c.headers_base_no,
        payloads.c.digest,
        payloads.c.size,
    )
    .outerjoin(payloads, payloads.c.payload_no == pages.c.payload_no)
    .where(pages.c.page_no == bindparam("wanted"))
)
_NEW_PAYLOAD = Statement(
    update(pages)
    .where(
        pages.c.page_no == bindparam("wanted"),
        pages.c.payload_capture_no.is_not_distinct_from(bindparam("old_capture")),
    )
    # what read the payload before says nothing of this one
    .values(payload_no=bindparam("new_payload"), payload_capture_no=bindparam("new_capture"), derived_with=None)
)
_NEW_HEADERS = Statement(
    update(pages).where(pages.c.page_no == bindparam("wanted")).values(headers_base_no=bindparam("new_capture"))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one page stands; numbers are None before its first payload, and its first headers."""

    page_no: int
    url: str
    host: str
    kind: str
    payload_no: int | None
    payload_capture_no: int | None
    """the capture that brought it"""
    headers_base_no: int | None
    """the capture whose headers others are compressed against"""
    digest: str | None
    size: int | None


def standing(session: Session, page_no: int) -> Standing:
    """Where the page stands. Raises NotFound."""
    row = _PAGE.row(session.connection, {"wanted": page_no})
    if row is None:
        raise NotFound(f"no page {page_no}")
    digest = row["digest"]
    return Standing(page_no, **{**row, "digest": None if digest is None else bytes(digest).hex()})


def move(session: Session, before: Standing, after: Standing) -> None:
    """Writes where the page stands now, if that is elsewhere; a payload that came meanwhile by another way stands."""
    connection = session.connection
    if after.headers_base_no != before.headers_base_no:
        _NEW_HEADERS.run(connection, {"wanted": after.page_no, "new_capture": after.headers_base_no})
    if after.payload_capture_no != before.payload_capture_no:
        _NEW_PAYLOAD.run(
            connection,
            {
                "wanted": after.page_no, "old_capture": before.payload_capture_no, "new_payload": after.payload_no,
                "new_capture": after.payload_capture_no,
            },
        )  # fmt: skip


def with_payload_of(now: Standing, other: Standing) -> Standing:
    """The same page with the payload of another moment."""
    return replace(
        now, payload_no=other.payload_no, payload_capture_no=other.payload_capture_no, digest=other.digest,
        size=other.size,
    )  # fmt: skip
