"""What a daemon counts since it was started, in plain numbers: `worker.metrics` puts them into Prometheus's words."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import timedelta

FETCH_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
DERIVE_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Histogram:
    """How often a time fell into which span."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, took: timedelta) -> None:
        """One more."""
        seconds = took.total_seconds()
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds

    def cumulative(self) -> list[tuple[str, float]]:
        """(upper bound, how many took no longer), as Prometheus wants them; the last is +Inf."""
        said, so_far = [], 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            so_far += count
            said.append((bound, float(so_far)))
        return said


class Tally:
    """Counts of one process; written by the daemon's loop, read by whoever asks. Sources are labels, addresses never:
    the configuration bounds how many there are."""

    def __init__(self) -> None:
        self.polls: Counter[tuple[str, str]] = Counter()
        """by source and outcome"""
        self.payload_bytes: Counter[str] = Counter()
        """of answers with a body, by source"""
        self.messages: Counter[tuple[str, str]] = Counter()
        """tries of notifiers, by notifier and what they came to"""
        self.fetch = Histogram(FETCH_BOUNDS)
        self.derive = Histogram(DERIVE_BOUNDS)

    def polled(self, source_id: str, outcome: str, size: int, fetched: timedelta, derived: timedelta) -> None:
        """One poll that ended: bytes of its body, how long the fetch took, and all that came after."""
        self.polls[source_id, outcome] += 1
        if size:
            self.payload_bytes[source_id] += size
        self.fetch.add(fetched)
        self.derive.add(derived)

    def told(self, notifier: str, outcome: str) -> None:
        """One try of a notifier: `sent`, or what went wrong."""
        self.messages[notifier, outcome] += 1
