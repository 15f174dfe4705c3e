"""A topic is read over all its pages; only a whole sweep over them says that a post is gone.

page k of a topic read -> part recorded -> every part read since the last sweep ended? -> what it did not show is
missing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import Transaction
from archive.records import Capture, Change, Decision, Derivation, Head, Part, Sighting
from worker.crossed import to_read_again
from worker.decide import judge_missing, merged, sweep
from worker.extract.model import TopicPart
from worker.settings import Confirm

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Swept:
    """What reading one part of a topic came to for the posts it did not show."""

    changes: tuple[Change, ...] = ()
    """the removals it confirms"""
    again: tuple[int, ...] = ()
    """pages that are due at once: a post may have slipped from one to another between their readings"""


def misanswered(part: TopicPart | None) -> bool:
    """Another page of the topic answered than the one asked for: it counts as not read."""
    return part is not None and part.asked is not None and part.asked != part.number


def left_out(tx: Transaction, part: TopicPart | None, at: datetime) -> bool:
    """Whether a page that another part answered for is none of the topic's pages: unless a part that was read after
    `at` says that there are so many by now."""
    if part is None or part.asked is None or not misanswered(part):
        return False
    topic = tx.heads([part.topic_key]).get(part.topic_key)
    if topic is None or parts_of(topic) < part.asked:
        return True
    return not any(known.read_at > at for known in tx.parts(part.topic_key))


def part_read(
    tx: Transaction, confirm: Confirm, capture: Capture, derivation: Derivation, part: TopicPart | None
) -> Swept:  # fmt: skip
    """Records that a part of a topic was read; the changes `gone` that a sweep it completes confirms."""
    if part is None or misanswered(part):
        return Swept()
    tx.record_part(
        Part(part.topic_key, part.number, capture.fetched_at, capture.capture_id, capture.page_id), part.total
    )  # fmt: skip
    return part_unchanged(tx, confirm, capture, derivation, part.topic_key, part.total)


def part_unchanged(
    tx: Transaction,
    confirm: Confirm,
    capture: Capture,
    derivation: Derivation,
    topic_key: str,
    total: int | None = None,
) -> Swept:
    """The same for a part whose reading time moved without being read anew (a revisit)."""
    now = capture.fetched_at
    topic = tx.heads([topic_key]).get(topic_key)
    if topic is None:
        return Swept()
    total, parts = total or parts_of(topic), tx.parts(topic_key)
    swept = sweep(topic, parts, total, now)
    if swept.ended_at is None:
        return Swept()
    # the last page of the sweep before was read at the very moment it ended: its posts are to be seen again as well
    missing = tx.missing_posts(topic_key, swept.since + MOMENT) if swept.since is not None else ()
    if again := to_read_again(missing, _shown(tx, missing), parts[:total]):
        # those that are due will be read anyway; the one just polled was due until now
        tx.make_due(now, page_ids=[n for n in again if n == capture.page_id or tx.page(n).next_poll_at > now])
        return Swept(again=tuple(again))
    if total > 1:
        tx.end_sweep(topic_key)
    ended = Sighting(topic.key, None, topic.missing_since, topic.missing_polls, swept.ended_at)
    decision = merged(judge_missing(missing, confirm, now), Decision(sightings=(ended,)))
    return Swept(tx.record_decision(capture, derivation, decision, now))


def _shown(tx: Transaction, missing: Sequence[Head]) -> dict[int, list[Head]]:
    """What the pages of the missing posts show without them: whatever stands there and was not missed in this sweep."""
    away = {head.key for head in missing}
    shown: dict[int, list[Head]] = {}
    for page_id in {head.page_id for head in missing if head.page_id is not None}:
        heads = tx.heads([key for key in tx.documents_on_page(page_id) if key not in away])
        shown[page_id] = [head for head in heads.values() if head.kind == "post"]
    return shown


def parts_of(topic: Head) -> int:
    """How many pages the topic had when it was last read."""
    parts = topic.facts.extra.get("parts")
    return parts if isinstance(parts, int) and parts > 0 else 1
