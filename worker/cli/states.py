"""How sources and pages fare, as `status` prints it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from worker.cli.output import ago, as_json_text, table
from worker.errors import UsageError
from worker.watch import ready

if TYPE_CHECKING:
    from archive import Archive

PATIENCE = timedelta(minutes=10)
"""pages due for longer, while none was polled, mean that polling has stopped"""


def sources_shown(archive: Archive, now: datetime, as_json: bool) -> str:
    """All sources, the broken ones with what went wrong."""
    states = archive.sources()
    if as_json:
        return as_json_text(states)
    if not states:
        return "no sources yet; `muniment run` and `muniment poll --all` take them from the configuration"
    rows = [
        (
            state.source_id,
            state.pages,
            state.documents,
            state.versions,
            ago(state.last_poll_at, now),
            ago(state.next_poll_at, now) if state.enabled else "resting",
            state.failing_pages or None,
            state.last_outcome or "not polled",
        )
        for state in states
    ]
    headings = ("source", "pages", "docs", "versions", "polled", "next", "failing", "outcome")
    lines = [table(rows, headings, grow=0)]
    for state in states:
        if state.failures:
            said = f": {state.last_error}" if state.last_error else ""
            lines.append(f"{state.source_id}: failed {state.failures} times in a row ({state.last_outcome}{said})")
    if waiting := archive.waiting_for_ocr():
        lines.append(f"{waiting} scanned {'file waits' if waiting == 1 else 'files wait'} for OCR ({_engine()})")
    return "\n".join([*lines, *_operating(archive, now)])


def _engine() -> str:
    """What waiting scans wait for: their turn, or the extra."""
    from worker.extract.files.engine import engine_name

    engine = engine_name()
    return f"{engine}, one after the other while the daemon runs" if engine else "needs the extra: muniment[ocr]"


def _operating(archive: Archive, now: datetime) -> list[str]:
    """Whether polling truly happens, and what needs a person: nothing where all is well and nothing is said."""
    lines = []
    beat = archive.heartbeat()
    # rounds of `poll` may have taken a stopped daemon's place: then it is missed only where pages are overdue
    if beat is not None and (
        beat.state != "stopped" or now - beat.beat_at < PATIENCE or not by_due(archive, now)[0]
    ):  # fmt: skip
        judged = ready(beat, now)
        due, busy = counted(beat.due, "page"), counted(beat.busy, "host")
        said = f"polling: last tick {ago(beat.ticked_at, now)}, {due} due, {busy} busy"
        lines += [f"not polling: {reason}" for reason in judged.reasons] or [said]
    if opened := archive.incidents(open_only=True):
        count = f"{len(opened)} incident{'s need' if len(opened) > 1 else ' needs'} a person"
        lines.append(f"{count}: muniment incidents")
    return lines


def counted(number: int, thing: str) -> str:
    """`1 page`, `3 pages`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def pages_shown(archive: Archive, source_id: str, now: datetime, as_json: bool) -> str:
    """The pages of one source. Raises UsageError for an unknown one."""
    from worker.sources.values import near

    known = [state.source_id for state in archive.sources()]
    if source_id not in known:
        raise UsageError(f'no source "{source_id}" in the archive;{near(source_id, known)}'.rstrip(";"))
    pages = list(archive.pages(source_id))
    if as_json:
        return as_json_text(pages)
    rows = [
        (
            page.kind,
            page.documents,
            ago(page.last_poll_at, now),
            ago(page.next_poll_at, now),
            page.last_outcome,
            page.url,
        )
        for page in pages
    ]
    return table(rows, ("kind", "docs", "polled", "next", "outcome", "page"))


def alive(archive: Archive, now: datetime) -> tuple[bool, str]:
    """Whether polling truly happens, and a line that says so: by the daemon's own heartbeat where it was heard of, else
    (rounds of `poll`, an older daemon) by when pages were due and polled."""
    beat = archive.heartbeat()
    if beat is not None and beat.state != "stopped":
        judged = ready(beat, now)
        if not judged.ready:
            return False, f"not polling: {'; '.join(judged.reasons)}"
        return True, f"polling: last tick {ago(beat.ticked_at, now)}, last poll {ago(beat.polled_at, now)}"
    return by_due(archive, now)


def by_due(archive: Archive, now: datetime) -> tuple[bool, str]:
    """The same, told from when pages were due and polled."""
    states = [state for state in archive.sources() if state.enabled]
    due = min((state.next_poll_at for state in states if state.next_poll_at), default=None)
    last = max((state.last_poll_at for state in states if state.last_poll_at), default=None)
    if due is None or due > now - PATIENCE:
        return True, f"polling: next page due {ago(due, now)}, last poll {ago(last, now)}"
    if last is not None and last > now - PATIENCE:
        return True, f"polling: behind since {ago(due, now)}, last poll {ago(last, now)}"
    return False, f"not polling: a page has been due since {ago(due, now)}, last poll {ago(last, now)}"
