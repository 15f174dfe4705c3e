"""Whether polling truly happens: judged from what the daemon says of itself, by itself and by other processes.

    stalled    inside the daemon, by its watchdog: no tick ended, or hosts are being polled and no poll ever ends
    ready      from a heartbeat, for /readyz and `muniment status`

Pure: what is judged and the time are arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.records import Heartbeat

BEAT_SECONDS = 10
SILENT = timedelta(seconds=60)
"""a daemon that was not heard of for longer is not there, or hangs"""
LATE = timedelta(minutes=10)
"""pages due for longer, while no poll ends, mean that polling has stopped"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What moves in a daemon that polls; times in monotonic seconds."""

    ticked: float
    polled: float
    """when a poll last ended, or the first of those under way began"""
    busy: int
    """hosts being polled"""


def stalled(progress: Progress, now: float, patience: float, longest_poll: float) -> str | None:
    """What stands still for longer than it may, in words; None where all moves."""
    if (quiet := now - progress.ticked) > patience:
        return f"due pages were last looked for {quiet:.0f} s ago"
    if progress.busy and (quiet := now - progress.polled) > max(longest_poll, patience):
        return f"{progress.busy} hosts are being polled, and no poll has ended for {quiet:.0f} s"
    return None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether polling truly happens, and if not, why and what to do."""

    ready: bool
    reasons: tuple[str, ...] = ()


def ready(beat: Heartbeat | None, now: datetime) -> Readiness:
    """The judgement over what a daemon last said of itself."""
    if beat is None:
        return Readiness(False, ("no daemon has polled this archive yet: start `muniment run`",))
    who = f"pid {beat.pid} on {beat.host}"
    if beat.state == "stopped":
        return Readiness(False, (f"the daemon ({who}) was stopped {spoken(now - beat.beat_at)} ago",))
    if now - beat.beat_at > SILENT:
        quiet = spoken(now - beat.beat_at)
        return Readiness(False, (f"the daemon ({who}) was last heard of {quiet} ago: it was killed, or hangs",))
    reasons = []
    if beat.state == "paused":
        reasons.append(f"polling pauses: {beat.reason}")
    if now - (beat.ticked_at or beat.started_at) > SILENT:
        reasons.append(f"due pages were last looked for {spoken(now - (beat.ticked_at or beat.started_at))} ago")
    since = beat.polled_at or beat.started_at
    if beat.state == "polling" and lateness(beat, now) > LATE and now - since > LATE:
        reasons.append(f"a page has been due for {spoken(lateness(beat, now))}, and no poll ended meanwhile")
    return Readiness(not reasons, tuple(reasons))


def lateness(beat: Heartbeat, now: datetime) -> timedelta:
    """For how long the page has been due that is due for longest, of those whose host may be asked."""
    return max(now - beat.due_since, timedelta(0)) if beat.due_since is not None else timedelta(0)


def spoken(span: timedelta) -> str:
    """A duration in its largest unit: `42 s`, `3 min`."""
    seconds = max(int(span.total_seconds()), 0)
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
