"""Times that readers write into an address: `?at=2024-03-01`, `?at=2024-03-01T08:30`, `?at=2024-03-01T08:30:00Z`."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from archive.web.failures import BadQuestion
from archive.web.words import word


def moment(said: str | None, zone: ZoneInfo) -> datetime | None:
    """The time in UTC; without a zone it is local to `zone`, a date alone is its end, a minute is its end (a page shows
    times cut to the minute, and what happened in it counts). None for no text. Raises BadQuestion."""
    text = (said or "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        message = word("{value} is no time; write at=2024-03-01 or at=2024-03-01T08:30:00Z")
        raise BadQuestion(message, value=text[:40]) from None
    if len(text) == 10:
        found = datetime.combine(found, time.max)
    elif len(text) == 16:
        found = found.replace(second=59, microsecond=999_999)
    return within(found.replace(tzinfo=zone) if found.tzinfo is None else found, text)


def within(found: datetime, said: str) -> datetime:
    """The time in UTC. Raises BadQuestion in the first and the last year of the calendar: in another zone, or a day on,
    there might be no such time."""
    if not 1 < found.year < 9999:
        message = word("{value} is beyond the calendar; write a time such as 2024-03-01T08:30:00Z")
        raise BadQuestion(message, value=said[:40])
    return found.astimezone(UTC)


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """A time as the field of a form holds it."""
    return "" if at is None else at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
