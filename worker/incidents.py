"""Incidents: what needs a person is said once when it begins and once when it is over. Judging is pure.

    the entry page failed ENTRY_FAILURES times in a row,
    or said as often that it is not there, or that is confirmed   entry-failing, until it answers
    a fifth of the pages, and at least PAGES, fail lastingly      pages-failing, until less than half as many do
    the disk is full or nearly so, polling pauses                 disk-full, until it goes on
    a receiver wants no more messages of a notifier               notifier-stopped, until none is stopped

`review` reads the health of the sources that were polled since it was last called and writes what changed, in one
transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from archive.records import Incident, IncidentKind, SourceHealth, advice

if TYPE_CHECKING:
    from archive import Transaction

ENTRY_FAILURES = 3
PAGES = 5
SHARE = 0.2
UNWATCHED = "the source is no longer watched"


def entry_failing(health: SourceHealth) -> bool:
    """Whether the entry page fails for so long that a person should know."""
    return health.failures >= ENTRY_FAILURES or health.gone


def pages_failing(health: SourceHealth, *, open_already: bool) -> bool:
    """Whether too many of a source's pages fail; one that is open stays so until clearly fewer do."""
    least = max(PAGES, SHARE * health.pages)
    return health.failing > least / 2 if open_already else health.failing >= least


def judge(health: SourceHealth, known: Sequence[Incident], now: datetime) -> tuple[Incident, ...]:
    """The source's incidents that changed: new ones (number 0), those still open that say something else now, those
    that are over. `known` are its open ones."""
    by_kind = {incident.kind: incident for incident in known}
    steps = []
    if not health.enabled:
        return tuple(_closed(incident, now, UNWATCHED) for incident in known)
    entry, pages = by_kind.get("entry-failing"), by_kind.get("pages-failing")
    if entry_failing(health) or (entry is not None and health.failures):
        what = "is gone" if health.gone else f"failed {times(health.failures)} in a row"
        said = f"the entry page {what} ({health.outcome}" + (f": {health.error})" if health.error else ")")
        reason = f"{said}; {advice(health.outcome)}"
        steps.append(_held(entry, "entry-failing", health, health.outcome, reason, health.failures, now))
    elif entry is not None:
        steps.append(_closed(entry, now, "the entry page answers again"))
    if pages_failing(health, open_already=pages is not None):
        said = f"{health.failing} of {health.pages} pages fail, most with {health.failing_outcome}"
        reason = f"{said}; {advice(health.failing_outcome)}"
        steps.append(_held(pages, "pages-failing", health, health.failing_outcome, reason, health.failing, now))
    elif pages is not None:
        steps.append(_closed(pages, now, f"{health.failing or 'none'} of its pages fail"))
    return tuple(step for step in steps if step is not None)


def times(count: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _held(
    known: Incident | None, kind: IncidentKind, health: SourceHealth, outcome: str | None, reason: str, count: int,
    now: datetime,
) -> Incident | None:  # fmt: skip
    if known is None:
        return Incident(0, health.source_id, kind, health.url, health.host, now, now, None, outcome, reason, count)
    same = (known.outcome, known.count, known.reason) == (outcome, count, reason)
    return None if same else replace(known, last_at=now, outcome=outcome, reason=reason, count=count)


def _closed(known: Incident, now: datetime, why: str) -> Incident:
    return replace(known, last_at=now, closed_at=now, reason=f"{known.reason}. Over: {why}")


def judge_disk(paused: str | None, known: Sequence[Incident], now: datetime) -> tuple[Incident, ...]:
    """The daemon's own incident: `paused` says why polling pauses for want of room, None that it does not."""
    opened = next((incident for incident in known if incident.kind == "disk-full"), None)
    if paused is not None and opened is None:
        return (Incident(0, None, "disk-full", None, None, now, now, None, None, paused, 1),)
    if paused is None and opened is not None:
        return (_closed(opened, now, "there is room again"),)
    return ()


def judge_notifiers(
    stopped: Mapping[str, str], known: Sequence[Incident], now: datetime
) -> tuple[Incident, ...]:  # fmt: skip
    """The daemon's other incident: notifiers by name, and why each tells nobody any more."""
    opened = next((incident for incident in known if incident.kind == "notifier-stopped"), None)
    if stopped:
        said = "; ".join(
            f"notifier {name} stopped ({why}): `muniment notify --resume {name}`" for name, why in stopped.items()
        )
        if opened is None:
            return (Incident(0, None, "notifier-stopped", None, None, now, now, None, None, said, len(stopped)),)
        return () if opened.reason == said else (replace(opened, last_at=now, reason=said, count=len(stopped)),)
    return () if opened is None else (_closed(opened, now, "no notifier is stopped"),)


def review(
    tx: Transaction, source_ids: Collection[str] | None, now: datetime, paused: str | None = None,
    notifiers: Collection[str] | None = None,
) -> tuple[Incident, ...]:  # fmt: skip
    """Writes what changed about incidents of these sources (None: of all), of the disk, and of these notifiers (None:
    of none); those opened and closed."""
    opened = tx.open_incidents()
    steps = list(judge_disk(paused, opened, now))
    if notifiers is not None:
        met = [found for name in notifiers if (found := tx.consumer(name)) is not None]
        stopped = {found.name: found.stopped for found in met if found.stopped is not None}
        steps += judge_notifiers(stopped, opened, now)
    wanted = None if source_ids is None else {*source_ids, *(one.source_id for one in opened if one.source_id)}
    for health in tx.source_health(wanted) if wanted is None or wanted else ():
        steps += judge(health, [one for one in opened if one.source_id == health.source_id], now)
    tx.record_incidents(steps)
    return tuple(step for step in steps if step.incident_id == 0 or step.closed_at is not None)
