"""What an operator reads: one line a poll, one a change; a failure that lasts is named once, and once when it is
over."""

from __future__ import annotations

from archive.records import Change, Incident
from worker import logs
from worker.poll import Polled

QUIET = frozenset({"ok", "revisit", "not-modified", "moved", "gone", "soft-404"})
"""outcomes that are answers, not failures"""


class Teller:
    """Turns polls into log lines."""

    def __init__(self) -> None:
        self._log = logs.get("worker")

    def polled(self, polled: Polled) -> None:
        """The line of one poll, and a line for each change it brought."""
        page, settled, fetched = polled.page, polled.settled, polled.fetched
        failing = is_failure(settled.outcome)
        bound = self._log.bind(source=page.source_id, url=page.url)
        line = {
            "outcome": settled.outcome,
            "status": fetched.status,
            "ms": round(polled.took.total_seconds() * 1000),
            "changes": len(settled.changes) or None,
            "pages": settled.new_pages or None,
            "next": f"{settled.next_poll_at:%Y-%m-%dT%H:%M:%SZ}",
            "note": settled.note,
        }
        line = {name: value for name, value in line.items() if value is not None}
        if failing and page.failures == 0:
            bound.warning("failing", **line)
        elif failing:  # named already: the line is there for who asks for it
            bound.debug("still failing", failures=settled.failures, **line)
        elif page.failures:
            bound.info("recovered", failures=page.failures, **line)
        else:
            bound.info("polled", **line)
        for change in settled.changes:
            self.changed(change)

    def changed(self, change: Change) -> None:
        """The line of one change."""
        self._log.info(
            change.kind, seq=change.seq, source=change.source_id, document=change.document_id,
            kind=change.document_kind,
            version=change.version, title=(change.title or "")[:60] or None,
            cause=None if change.cause == "source" else change.cause,
            fields=",".join(change.fields) or None, url=change.url,
        )  # fmt: skip


def is_failure(outcome: str) -> bool:
    """Whether a poll with this outcome failed (contract: a 404 or 410 of a page once known is an answer)."""
    return outcome not in QUIET


def tell_incident(incident: Incident) -> None:
    """The line of an incident that opened, or is over."""
    log = logs.get("incidents")
    values = {"source": incident.source_id, "kind": incident.kind, "reason": incident.reason}
    if incident.closed_at is None:
        log.error("incident", **values)
    else:
        log.info("incident over", lasted=incident.closed_at - incident.opened_at, **values)
