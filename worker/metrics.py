"""The one door to prometheus-client: numbers of the daemon and of the archive in Prometheus's text format.

    muniment_polls_total muniment_fetch_seconds muniment_derive_seconds ...    of a daemon, since it was started
    muniment_lateness_seconds muniment_due_pages muniment_paused ...           from its heartbeat
    muniment_changes_total muniment_versions muniment_database_bytes ...       of the archive

`run` says all of them, `serve` all but the first. Labels are sources, outcomes, kinds and notifiers; never an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive.records import Heartbeat
from worker.watch import lateness, ready

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from archive.counting import Numbers
    from worker.tally import Histogram, Tally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def rendered(now: datetime, tally: Tally | None, beat: Heartbeat | None, numbers: Numbers | None) -> bytes:
    """The whole answer to a scrape. `numbers` None: the archive did not answer."""
    from prometheus_client import CollectorRegistry, generate_latest

    class Collected:
        def collect(self) -> Iterator[Metric]:
            yield from _of_archive(numbers)
            yield from _of_heartbeat(beat, now)
            if tally is not None:
                yield from _of_daemon(tally)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collected())
    return generate_latest(registry)


def _gauge(name: str, meaning: str, value: float | None) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    if value is not None:
        yield GaugeMetricFamily(f"muniment_{name}", meaning, value=value)


def _labelled(
    name: str, meaning: str, labels: tuple[str, ...], rows: Iterator[tuple[tuple[str, ...], float]], counter: bool
) -> Metric:  # fmt: skip
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    kind = CounterMetricFamily if counter else GaugeMetricFamily
    family = kind(f"muniment_{name}", meaning, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _histogram(name: str, meaning: str, histogram: Histogram) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(f"muniment_{name}", meaning)
    family.add_metric([], histogram.cumulative(), histogram.total)
    return family


def _of_daemon(tally: Tally) -> Iterator[Metric]:
    polls = ((key, float(count)) for key, count in sorted(tally.polls.items()))
    yield _labelled("polls", "Polls that ended, by source and outcome.", ("source", "outcome"), polls, True)
    sizes = (((name,), float(size)) for name, size in sorted(tally.payload_bytes.items()))
    yield _labelled("payload_bytes", "Bytes of the bodies received, by source.", ("source",), sizes, True)
    tries = ((key, float(count)) for key, count in sorted(tally.messages.items()))
    meaning = "Tries to send a message, by notifier and what they came to: `sent`, or what went wrong."
    yield _labelled("notifier_messages", meaning, ("notifier", "outcome"), tries, True)
    yield _histogram("fetch_seconds", "Time of one fetch, politeness included.", tally.fetch)
    yield _histogram("derive_seconds", "Time from an answer until it was stored, read and decided.", tally.derive)


def _of_heartbeat(beat: Heartbeat | None, now: datetime) -> Iterator[Metric]:
    yield from _gauge("ready", "1 while polling truly happens, as /readyz says.", float(ready(beat, now).ready))
    if beat is None:
        return
    yield from _gauge("heartbeat_timestamp_seconds", "When the daemon last said how it is.", _unix(beat.beat_at))
    yield from _gauge("last_tick_timestamp_seconds", "When due pages were last looked for.", _unix(beat.ticked_at))
    yield from _gauge("last_poll_timestamp_seconds", "When a poll last ended.", _unix(beat.polled_at))
    yield from _gauge("start_timestamp_seconds", "When the daemon was started.", _unix(beat.started_at))
    yield from _gauge("paused", "1 while polling pauses for want of room on the disk.", float(beat.state == "paused"))
    yield from _gauge("due_pages", "Pages that are due.", float(beat.due))
    late = lateness(beat, now).total_seconds()
    yield from _gauge("lateness_seconds", "For how long the page has been due that is due for longest.", late)
    yield from _gauge("busy_hosts", "Hosts being polled.", float(beat.busy))
    yield from _gauge("disk_free_bytes", "Room left on the archive's disk (SQLite only).", _maybe(beat.disk_free))
    yield from _gauge("disk_floor_bytes", "Below so much room polling pauses.", _maybe(beat.disk_floor))
    yield from _gauge("memory_bytes", "Resident memory of the daemon.", _maybe(beat.memory))


def _of_archive(numbers: Numbers | None) -> Iterator[Metric]:
    yield from _gauge("archive_up", "1 when the archive answered this scrape.", float(numbers is not None))
    if numbers is None:
        return
    kinds = (((kind,), float(count)) for kind, count in numbers.changes.items())
    yield _labelled("changes", "Lines of the change log, by kind.", ("kind",), kinds, True)
    states = (((state,), float(count)) for state, count in sorted(numbers.documents.items()))
    yield _labelled("documents", "Documents, by state.", ("state",), states, False)
    yield from _gauge("versions", "Versions of documents.", float(numbers.versions))
    yield from _gauge("captures", "Attempts to fetch a page that are kept.", float(numbers.captures))
    yield from _gauge("sources", "Sources that are watched.", float(numbers.sources))
    yield from _gauge("database_bytes", "Size of the database, indexes included.", float(numbers.database_bytes))
    counts: dict[tuple[str, ...], float] = {}
    for one in numbers.incidents:
        key = (one.source_id or "", one.kind)
        counts[key] = counts.get(key, 0.0) + 1
    yield _labelled("incidents_open", "Incidents that last.", ("source", "kind"), iter(sorted(counts.items())), False)
    lags = (((lag.consumer.name,), float(lag.waiting)) for lag in numbers.consumers)
    yield _labelled("notifier_waiting", "Changes that a notifier has not yet read.", ("notifier",), lags, False)
    failing = (((lag.consumer.name,), float(lag.consumer.failures)) for lag in numbers.consumers)
    yield _labelled("notifier_failures", "Failures of a notifier in a row.", ("notifier",), failing, False)
    aside = (((lag.consumer.name,), float(lag.consumer.set_aside)) for lag in numbers.consumers)
    yield _labelled("notifier_set_aside", "Messages of a notifier that were given up.", ("notifier",), aside, True)


def _unix(moment: datetime | None) -> float | None:
    return moment.astimezone(UTC).timestamp() if moment is not None else None


def _maybe(number: int | None) -> float | None:
    return float(number) if number is not None else None
