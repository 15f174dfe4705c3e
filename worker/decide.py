"""What a page that was read changes in the archive: new, changed, unchanged, gone, back, moved, or only our own
reading.

Pure: everything known comes in as values, everything intended goes out as a `Decision`. Nothing here knows how a page
was fetched or how a row is written.

    seen documents + heads -> revisions (versions to write) and sightings (seen as known)
    a topic's sweep        -> which of its posts are missing, and which removals are confirmed
    a page that answers    -> whether its removal is confirmed
    `gone` or `soft-404`
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.records import (
    Cause,
    ChangeKind,
    Content,
    Decision,
    Facts,
    Head,
    JsonMap,
    Kind,
    Nature,
    Page,
    Part,
    Prepared,
    Removal,
    Revision,
    Sighting,
)
from worker.judgement import describe, nature_of
from worker.settings import Confirm


@dataclass(frozen=True, slots=True)
class Seen:
    """One document as a capture says it, normalised and hashed."""

    key: str
    kind: Kind
    facts: Facts
    content: Content
    parent_key: str | None = None
    prepared: Prepared | None = None
    """for the archive's indexes; no part of deciding"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows of the documents that were seen: their heads, the heads' contents where they differ from
    what was seen, and which earlier version said what (content hash -> number)."""

    heads: Mapping[str, Head]
    contents: Mapping[str, Content]
    earlier: Mapping[str, Mapping[str, int]]


def decide(
    seen: Sequence[Seen], known: Known, captured_at: datetime, cause: Cause = "source", passing: Collection[str] = ()
) -> Decision:  # fmt: skip
    """What the documents of one capture change. A capture older than a document's head changes nothing of it.

    `passing` names natures of change (`date_only`, `order_only`) that the source's settings pass over.
    """
    revisions: list[Revision] = []
    sightings: list[Sighting] = []
    for document in {item.key: item for item in seen}.values():
        head = known.heads.get(document.key)
        if head is None:
            revisions.append(_revision(document, cause, "new"))
        elif captured_at < head.captured_at:
            continue
        else:
            document = _as_fine(document, head)
            intended = _against(document, head, known, cause, passing)
            revisions += intended
            if not any(revision.writes_version for revision in intended):
                sightings.append(Sighting(document.key, document.facts if document.facts != head.facts else None))
    return Decision(tuple(revisions), tuple(sightings))


def _as_fine(document: Seen, head: Head) -> Seen:
    """A document whose time the page only says roughly (`3 days ago`), with the finer time that is already known: the
    page said it when the post was younger. One that it contradicts is corrected."""
    said, known = document.facts, head.facts
    rough, before = _rough(said), _rough(known)
    if not rough or said.published_at is None or known.published_at is None:
        return document
    if before > rough or abs(said.published_at - known.published_at) > timedelta(seconds=rough + before):
        return document
    extra = {**said.extra, "rough": before} if before else {n: v for n, v in said.extra.items() if n != "rough"}
    return replace(document, facts=replace(said, published_at=known.published_at, extra=extra))


def _rough(facts: Facts) -> float:
    seconds = facts.extra.get("rough")
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _against(document: Seen, head: Head, known: Known, cause: Cause, passing: Collection[str]) -> list[Revision]:
    """A known document seen again: what it says now, and its move (which writes no version): first, unless it was
    gone."""
    intended: list[Revision] = []
    moved = _moved(head.facts, document.facts) if cause == "source" else {}
    move = [_revision(document, cause, "moved", fields=moved, writes_version=False)] if moved else []
    same = document.content.content_hash == head.content_hash
    said = {} if same else _described(document, head, known)
    fields = {name: value for name, value in said.items() if isinstance(value, list)}
    nature = nature_of(said, cause)
    returns = None if same else _returns_to(document, known)
    if head.state == "gone" and cause == "source":
        intended.append(_revision(document, cause, "back", returns, fields, writes_version=not same, nature=nature))
        return intended + move
    if not same and not any(said.get(name) for name in passing):
        intended.append(_revision(document, cause, "changed", returns, fields, nature=nature))
    return move + intended


def _revision(
    document: Seen, cause: Cause, change: ChangeKind, returns_to: int | None = None,
    fields: JsonMap | None = None, writes_version: bool = True, nature: Nature | None = None,
) -> Revision:  # fmt: skip
    return Revision(
        key=document.key, kind=document.kind, facts=document.facts, content=document.content, cause=cause,
        change=change, parent_key=document.parent_key, returns_to=returns_to, changed_fields=fields or {},
        writes_version=writes_version, nature=nature, prepared=document.prepared,
    )  # fmt: skip


def _described(document: Seen, head: Head, known: Known) -> JsonMap:
    old = known.contents.get(head.content_hash)
    if old is None:
        return {}
    said, was, now = describe(old, document.content), head.facts, document.facts
    if document.kind != "post" or "text" not in said or "date_only" in said or _shielded(was) or _shielded(now):
        return said
    return {**said, "silent": not _owned_up(was, now)}


def _owned_up(old: Facts, new: Facts) -> bool:
    """Whether a post says that it was edited since it was last read: its edit notice is new, or dated later."""
    return new.edited_at is not None and (old.edited_at is None or new.edited_at > old.edited_at)


def _shielded(facts: Facts) -> bool:
    return any(part.get("kind") == "shielded" for part in facts.hidden)


def _returns_to(document: Seen, known: Known) -> int | None:
    return known.earlier.get(document.key, {}).get(document.content.content_hash)


def returns_before(document: Seen, known: Known) -> int:
    """How often a document came back to a state it had left, where it now says something it said before; else 0."""
    head, states = known.heads.get(document.key), known.earlier.get(document.key, {})
    return head.number - len(states) if head and document.content.content_hash in states else 0


def _moved(old: Facts, new: Facts) -> JsonMap:
    """A topic in another board, or a page whose address moved for good or came back. Ids stay."""
    if old.board_key and new.board_key and old.board_key != new.board_key:
        return {"board": [old.board or old.board_key, new.board or new.board_key]}
    if old.platform_id is None and old.url != new.url:
        there, back = new.extra.get("moved_from") == old.url, old.extra.get("moved_from") == new.url
        return {"url": [old.url, new.url]} if there or back else {}
    return {}


@dataclass(frozen=True, slots=True)
class Sweep:
    """A topic read over all its pages. `ended_at` None: some part was not read since the last sweep, nothing is
    judged."""

    ended_at: datetime | None
    since: datetime | None
    """when the sweep before ended: a post not seen after that is missing"""


def sweep(topic: Head | None, parts: Sequence[Part], total: int, now: datetime) -> Sweep:
    """Whether the reading at `now` completed a sweep: every part from 1 to `total` was read since the last one ended.

    Only whole sweeps judge: a deleted post shifts its neighbours from page to page, and a page that could not be read
    may hold what is missing elsewhere.
    """
    since = topic.missing_counted_at if topic else None
    read = {part.part: part.read_at for part in parts}
    times = [read[number] for number in range(1, total + 1) if number in read]
    whole = len(times) == total and all(since is None or time > since for time in times)
    # parts fetched at the same time are settled in any order: the sweep lasts until the latest reading, or that one
    # would count for the next sweep too
    return Sweep(max(now, *times) if whole else None, since)


def judge_missing(missing: Sequence[Head], confirm: Confirm, now: datetime) -> Decision:
    """Posts that a whole sweep did not show: counted, and gone once confirmed over `confirm.polls` and
    `confirm.over`."""
    sightings: list[Sighting] = []
    removals: list[Removal] = []
    for head in missing:
        since, polls = head.missing_since or now, head.missing_polls + 1
        if polls >= confirm.polls and now - since >= confirm.over:
            removals.append(Removal(head.key))
        else:
            sightings.append(Sighting(head.key, None, since, polls, now, seen=False))
    return Decision(sightings=tuple(sightings), removals=tuple(removals))


@dataclass(frozen=True, slots=True)
class Missing:
    """A page that answered that it is not there, counted."""

    since: datetime
    polls: int
    confirmed: bool


def judge_page(page: Page, confirm: Confirm, now: datetime) -> Missing:
    """Counts one more answer `gone` or `soft-404` of a page; confirmed over `confirm.polls` and `confirm.over`."""
    since, polls = page.missing_since or now, page.missing_polls + 1
    return Missing(since, polls, polls >= confirm.polls and now - since >= confirm.over)


def remove(keys: Sequence[str], children: Sequence[str] = ()) -> Decision:
    """Confirmed removals: one `gone` for each of `keys`; `children` (posts of a gone topic) only change their state."""
    return Decision(removals=(*map(Removal, keys), *(Removal(key, logged=False) for key in children)))


def merged(*decisions: Decision) -> Decision:
    """Several decisions about one capture as one."""
    return Decision(
        tuple(revision for decision in decisions for revision in decision.revisions),
        tuple(sighting for decision in decisions for sighting in decision.sightings),
        tuple(removal for decision in decisions for removal in decision.removals),
    )
