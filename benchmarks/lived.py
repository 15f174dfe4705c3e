"""A small archive that has lived: every table that `verify` covers has rows of every kind, those that keeping house
leaves included. What `benchmarks.damages` and `benchmarks.kills` work on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from archive import Transaction, Writer, open_archive, open_writable
from archive.compact import compact
from archive.importing import PastCapture, import_captures
from archive.records import Capture, ChangeKind, Decision, Facts, Nature, NewCapture, Removal, Sighting
from archive.retention import Rule, plan, remove
from tests.archive.house import SITE, decided, derived, fetched, later, revision, says, watched
from worker.migrate import upgrade

VISITS = 12
TAIL = 6
"""captures after which nothing was decided, each a commit of its own: a tail that can be cut off without a trace"""
_LINES = 60


def bodies(seed: int, count: int) -> Iterator[bytes]:
    """What a page brings at each visit: one line in sixty is edited, and a counter moves."""
    chance = random.Random(seed)
    lines = [f"<p>{number} {chance.getrandbits(200):x}</p>" for number in range(_LINES)]
    for visit in range(count):
        lines[chance.randrange(_LINES)] = f"<p>edited {chance.getrandbits(200):x}</p>"
        yield "\n".join([*lines, f"<i>{visit * 7919} views</i>"]).encode()


def live(url: str) -> None:
    """Makes the archive at `url`: notices that change, return and go, a topic, posts, captures that failed, an import,
    a better extractor, compaction, retention, and a tail of captures only."""
    upgrade(url)
    with open_writable(url) as writer:
        notice, topic, error = watched(writer, "notice", "topic", "error")
        for visit, body in enumerate(bodies(1, VISITS)):
            with writer.begin() as tx:
                _notice(tx, tx.record_capture(_varied(notice, visit, "notice"), body), visit)
            with writer.begin() as tx:
                _topic(tx, tx.record_capture(_varied(topic, visit, "topic"), body[: 2000 + visit * 50]), visit)
                failed = fetched(error, later(visit), outcome="error:http-5xx", path="error")
                tx.record_capture(replace(failed, error="503 Service Unavailable", status=503), None)
        _past(writer)
        _reread(writer)
        compact(writer)
        _forget(writer)
        for visit, body in enumerate(bodies(2, TAIL)):
            with writer.begin() as tx:
                tx.record_capture(_varied(topic, 900 + visit, "topic"), body)


def _varied(page: int, visit: int, path: str) -> NewCapture:
    cookie = ("Set-Cookie", f"session={random.Random(visit).getrandbits(128):032x}; path=/")
    new = fetched(page, later(visit), path=path, headers=(("Server", "nginx"), ("X-Visit", f"{visit}"), cookie))
    return replace(new, final_url=f"{SITE}{path}?visit={visit}") if visit % 4 == 1 else new


def _notice(tx: Transaction, capture: Capture, visit: int) -> None:
    """Said anew every third visit, back to an earlier text once, and gone in the end."""
    said = says(
        f"Notice of the town, state {visit // 3 % 3}: the bridge stays closed until further notice.",
        "Bridge", {"issuer": "交通局", "document_number": f"交〔2024〕{visit // 3 % 3}号"},
    )  # fmt: skip
    facts = Facts(f"{SITE}notice", published_at=later(-9), edited_at=later(visit), extra={"visit": visit})
    if visit == VISITS - 1:
        decided(tx, capture, gone=(Removal("notice"),))
    elif visit % 3:
        decided(tx, capture, sightings=(Sighting("notice", facts),))
    else:
        nature = Nature(True, 0.1, None, ("body",)) if visit else None
        back = 1 if visit == 9 else None
        kind: ChangeKind = "changed" if visit else "new"
        decided(tx, capture, revision("notice", said, kind, facts=facts, returns_to=back, nature=nature))


def _topic(tx: Transaction, capture: Capture, visit: int) -> None:
    """A topic whose posts grow in number; the first one is edited now and then."""
    head = Facts(f"{SITE}topic", "李四", "7", platform="discuz", platform_id="5", board="杂谈", board_key="38")
    head = replace(head, closed=False)
    posts = []
    for floor in range(1, 2 + visit // 2):
        facts = Facts(
            f"{SITE}topic#{floor}", "张三", f"{floor}", floor, later(floor), later(visit), "discuz", f"{floor}", part=1,
            quotes=({"author": "李四", "text": "说过"},), code=("x = 1",), hidden=({"text": "回复可见"},),
        )  # fmt: skip
        said = says(f"post {floor}, as of {visit // 4 if floor == 1 else 0}", "")
        change: ChangeKind = "changed" if visit and floor == 1 else "new"
        if visit % 4 == 0 if change == "changed" else visit % 2 == 0 and floor == 1 + visit // 2:
            posts.append(revision(f"post {floor}", said, change, kind="post", facts=facts, parent="topic"))
    topic = revision("topic", says("", "Who knows the bridge?"), "new", kind="topic", facts=head)
    moved = replace(head, board="交通", board_key="39", closed=True)
    if visit == 0:
        decided(tx, capture, topic, *posts)
    elif visit == 7:
        decided(tx, capture, replace(topic, facts=moved, change="moved", writes_version=False), *posts)
    else:
        decided(tx, capture, *posts, seen=("topic",))


def _past(writer: Writer) -> None:
    """An import of what the notice said before it was watched, and of a page that nobody watches."""
    past = [(SITE + "notice", later(-5000 + number), body) for number, body in enumerate(bodies(3, 3))]
    past.append((SITE + "unwatched", later(-9000), b"<p>once</p>"))
    import_captures(writer, (PastCapture(*each, media_type="text/html") for each in past), now=later(0))


def _reread(writer: Writer) -> None:
    """A better extractor reads the topic's last capture again: a version whose cause is our own."""
    with open_archive(writer.url) as archive:
        capture = [each for each in archive.captures() if each.url == SITE + "topic" and each.outcome == "ok"][-1]
    with writer.begin() as tx:
        said = says("post 1, read better", "")
        again = replace(revision("post 1", said, "changed", kind="post", parent="topic"), cause="rederived")
        tx.record_decision(capture, derived(capture, number=2), Decision((again,)), later(100))


def _forget(writer: Writer) -> None:
    """Retention removes the bytes that made no version."""
    with open_archive(writer.url) as archive:
        removable = plan(archive, [Rule(timedelta(0))], later(10_000))
    remove(writer, removable)
