"""Sources, the pages they lead to, and incidents."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from archive.errors import NotFound
from archive.listing import incidents_found, page_found, pages_found, source_number
from archive.records import PageStatus, SourceState
from archive.web.api import shapes
from archive.web.api.asks import PAGED, Asked, Parameter
from archive.web.api.endpoint import Endpoint
from archive.web.api.kept import kept
from archive.web.api.of_changes import whole_number
from archive.web.api.of_documents import SOURCE

if TYPE_CHECKING:
    from archive import Archive


def _source(state: SourceState) -> shapes.Source:
    return shapes.Source(**{field.name: getattr(state, field.name) for field in fields(shapes.Source)})


def _states(archive: Archive) -> list[SourceState]:
    return kept(archive, "sources", 2.0, archive.sources)


def listed(archive: Archive, asked: Asked) -> shapes.Sources:
    """Every source."""
    return shapes.Sources(tuple(map(_source, _states(archive))))


def one(archive: Archive, asked: Asked) -> shapes.Source:
    """One source. Raises NotFound."""
    wanted = str(asked.text("source_id"))
    with archive.connect() as connection:
        source_number(connection, wanted)
    found = next((state for state in _states(archive) if state.source_id == wanted), None)
    if found is None:
        raise NotFound(f"no source {wanted!r}")
    return _source(found)


def _page(status: PageStatus) -> shapes.Page:
    return shapes.Page(
        str(status.page_id), status.source_id, status.url, status.kind, status.last_poll_at, status.last_outcome,
        status.next_poll_at, status.failures, status.documents,
    )  # fmt: skip


def pages(archive: Archive, asked: Asked) -> shapes.Pages:
    """A page of pages."""
    with archive.connect() as connection:
        found = pages_found(
            connection, source_id=asked.text("source_id"), outcome=asked.text("outcome"), failing=asked.flag("failing"),
            after=whole_number(asked) or 0, limit=asked.limit(),
        )  # fmt: skip
    return shapes.Pages(tuple(map(_page, found.rows)), asked.next(found.on))


def page(archive: Archive, asked: Asked) -> shapes.Page:
    """One page. Raises NotFound."""
    said = str(asked.text("page_id"))
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise NotFound(f"no page {said[:60]!r}; ids of pages stand in /pages")
    with archive.connect() as connection:
        return _page(page_found(connection, int(said)))


def incidents(archive: Archive, asked: Asked) -> shapes.Incidents:
    """A page of incidents, newest first."""
    with archive.connect() as connection:
        found = incidents_found(
            connection, source_id=asked.text("source_id"), open_only=asked.flag("open"), before=whole_number(asked),
            limit=asked.limit(),
        )  # fmt: skip
    said = tuple(
        shapes.Incident(
            str(each.incident_id), each.source_id, each.kind, each.url, each.host, each.opened_at, each.closed_at,
            each.last_at, each.outcome, each.reason, each.count,
        )
        for each in found.rows
    )  # fmt: skip
    return shapes.Incidents(said, asked.next(found.on))


ENDPOINTS = (
    Endpoint("/sources", "sources", "Every source with its health.", shapes.Sources, listed, group="sources"),
    Endpoint(
        "/sources/{source_id}", "source", "One source.", shapes.Source, one, group="sources",
        path_says={"source_id": "id of a source, as in sources.yaml"},
    ),
    Endpoint(
        "/pages", "page_status", "Pages that are visited again and again. A page of the list may hold few or none "
        "while there is a `next`.", shapes.Pages, pages,
        (SOURCE, Parameter("outcome", "only those whose last poll ended so, such as `ok` or `error:timeout`"),
         Parameter("failing", "only those that fail", "flag"), *PAGED), group="sources",
    ),
    Endpoint(
        "/pages/{page_id}", "page", "One page.", shapes.Page, page, group="sources",
        path_says={"page_id": "id of a page"},
    ),
    Endpoint(
        "/incidents", "incidents", "What needed a person, newest first.", shapes.Incidents, incidents,
        (SOURCE, Parameter("open", "only what is not over", "flag"), *PAGED), group="sources",
    ),
)  # fmt: skip
