"""One decision into rows: contents, documents, versions, sightings, changes, derivation. `Transaction` is its door.

    contents ensured -> new documents inserted -> known ones locked -> states worked out here -> rows written

A document's row is inserted before it is locked, and versions are numbered under that lock: two writers that found the
same document end with versions 1 and 2, or with one version where both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from archive.captures import record_derivation
from archive.chained import document_values, version_values
from archive.contents import ensure_contents
from archive.digest import document_id_of
from archive.heads import stored
from archive.near import Moved, heads_moved
from archive.records import (
    Capture,
    Change,
    ChangeKind,
    Decision,
    Derivation,
    Facts,
    Removal,
    Revision,
    Sighting,
)
from archive.rows import facts_columns, storable
from archive.schema import documents, pages, sightings, versions
from archive.session import Session
from archive.statement import Statement, on_conflict

_PARENTS = Statement(
    select(documents.c.document_id, documents.c.document_no).where(
        documents.c.document_id.in_(bindparam("wanted", expanding=True))
    ),
    many="wanted",
)
_INSERT_DOCUMENT = Statement(
    lambda postgres: on_conflict(postgres, documents).returning(documents.c.document_id, documents.c.document_no)
)
_UPDATE_COLUMNS = tuple(
    c.name for c in documents.c if c.name not in ("document_no", "document_id", "key", "source_no", "first_seen_at")
)
_UPDATE = Statement(
    update(documents)
    .where(documents.c.document_no == bindparam("wanted"))
    .values({name: bindparam(f"new_{name}") for name in _UPDATE_COLUMNS})
)
_SEEN = Statement(
    update(sightings)
    .where(sightings.c.document_no == bindparam("wanted"))
    .values({c.name: bindparam(f"new_{c.name}") for c in sightings.c if c.name != "document_no"})
)
_LEFT = Statement(update(pages).where(pages.c.page_no == bindparam("wanted")).values(derived_with=None))
_INSERT_VERSION, _INSERT_SIGHTING = Statement(insert(versions)), Statement(insert(sightings))


@dataclass(slots=True)
class _State:
    """A document as this decision leaves it; `row` and `seen` are the columns of its two tables."""

    row: dict[str, Any]
    seen: dict[str, Any]
    title: str
    source_id: str
    content_hash: str | None
    parent_id: str | None
    fresh: bool = False
    """inserted by this decision"""
    dirty: bool = False
    sighted: bool = False


@dataclass(slots=True)
class _Writing:
    """What one decision has come to so far."""

    session: Session
    capture: Capture
    derivation: Derivation
    now: datetime
    content_nos: dict[str, int] = field(default_factory=dict)
    states: dict[str, _State] = field(default_factory=dict)
    versions: list[tuple[_State, dict[str, Any]]] = field(default_factory=list)
    changes: list[tuple[_State, Change]] = field(default_factory=list)
    moves: list[tuple[_State, int | None, Revision]] = field(default_factory=list)
    """documents with another content than before: its number then, and what they say now"""
    left: set[int] = field(default_factory=set)
    """pages whose last payload no longer tells what was last seen on them"""

    @property
    def seen_capture(self) -> int:
        """The capture that first brought this payload to its page."""
        return self.capture.revisit_of or self.capture.capture_id


def record_decision(
    session: Session, capture: Capture, derivation: Derivation, decision: Decision, now: datetime
) -> tuple[Change, ...]:
    """Writes all that one derived capture changes (see `Transaction.record_decision`)."""
    session.saw(now)
    record_derivation_of(session, capture, derivation)
    if not (decision.revisions or decision.sightings or decision.removals):
        return ()
    writing = _Writing(session, capture, derivation, now)
    written = [revision for revision in decision.revisions if revision.writes_version]
    prepared = {revision.content.content_hash: revision.prepared for revision in written if revision.prepared}
    writing.content_nos = ensure_contents(session, [revision.content for revision in written], prepared)
    _load(writing, decision)
    for revision in decision.revisions:
        if revision.key in writing.states:
            _revise(writing, writing.states[revision.key], revision)
    for sighting in decision.sightings:
        if sighting.key in writing.states:
            _sight(writing, writing.states[sighting.key], sighting)
    for removal in decision.removals:
        if removal.key in writing.states:
            _remove(writing, writing.states[removal.key], removal)
    _write(writing)
    for state, change in writing.changes:
        session.change(change, state.row["document_no"])
    return tuple(change for _, change in writing.changes)


def record_derivation_of(session: Session, capture: Capture, derivation: Derivation) -> None:
    """Appends the derivation, unless it only repeats what the exchange itself said."""
    if derivation.extractor != "none" or derivation.outcome != capture.outcome or derivation.error is not None:
        record_derivation(session, derivation)


# --- known and new documents ---------------------------------------------------------------------------------------


def _load(writing: _Writing, decision: Decision) -> None:
    keys = [item.key for group in (decision.revisions, decision.sightings, decision.removals) for item in group]
    known = stored(writing.session, keys)
    new = {r.key: r for r in decision.revisions if storable(r.key) not in known and r.writes_version}
    # parents first: a post's row points to its topic's
    orphans = {key: r for key, r in new.items() if r.parent_key not in new}
    for group in (orphans, {key: r for key, r in new.items() if key not in orphans}):
        if group:
            _insert(writing, group)
    if late := [key for key in new if key not in writing.states]:
        known |= stored(writing.session, late)  # another writer was faster
    for key in keys:
        row = known.get(storable(key))
        if row is not None and key not in writing.states:
            writing.states[key] = _known_state(row)


def _known_state(row: Mapping[Any, Any]) -> _State:
    columns = {name: row[name] for name in documents.c.keys()}  # noqa: SIM118
    seen = {
        "page_no": row["page_no"], "capture_no": row["seen_capture_no"], "last_seen_at": row["seen_at"],
        "last_checked_at": row["checked_at"], "missing_since": row["missing_since"],
        "missing_polls": row["missing_polls"], "missing_counted_at": row["missing_counted_at"],
    }  # fmt: skip
    return _State(columns, seen, row["title"] or "", row["source_id"], row["content_hash"], row["parent_id"])


def _insert(writing: _Writing, new: Mapping[str, Revision]) -> None:
    """Inserts documents as their first version leaves them; those another writer has inserted meanwhile are left
    out."""
    capture, session = writing.capture, writing.session
    source_no = session.source_no(capture.source_id)
    parents = _parent_nos(writing, new.values())
    rows = {}
    for key, revision in new.items():
        rows[document_id_of(storable(key))] = key, {
            "document_id": document_id_of(storable(key)), "key": storable(key), "kind": revision.kind,
            "source_no": source_no, "parent_no": parents.get(revision.parent_key), "state": "present",
            "first_seen_at": capture.fetched_at, **_head(writing, 1, revision), **facts_columns(revision.facts),
        }  # fmt: skip
    ordered = (
        [rows[document_id][1] for document_id in sorted(rows)]
        if session.postgres
        else [row for _, row in rows.values()]
    )
    for added in _INSERT_DOCUMENT.rows_of_each(session.connection, ordered):
        key, row = rows[added["document_id"]]
        seen = {
            "page_no": None, "capture_no": None, "last_seen_at": capture.fetched_at,
            "last_checked_at": capture.fetched_at,
            "missing_since": None, "missing_polls": 0, "missing_counted_at": None,
        }  # fmt: skip
        parent = new[key].parent_key
        parent_id = document_id_of(storable(parent)) if parent is not None and row["parent_no"] is not None else None
        row = {"document_no": added["document_no"], **row}
        writing.states[key] = _State(row, seen, "", capture.source_id, None, parent_id, fresh=True)


def _parent_nos(writing: _Writing, revisions: Any) -> dict[str | None, int]:
    numbers: dict[str | None, int] = {}
    wanted = {}
    for parent in {revision.parent_key for revision in revisions if revision.parent_key is not None}:
        if parent in writing.states:
            numbers[parent] = writing.states[parent].row["document_no"]
        else:
            wanted[document_id_of(storable(parent))] = parent
    if wanted:
        for row in _PARENTS.rows(writing.session.connection, {"wanted": sorted(wanted)}):
            numbers[wanted[row["document_id"]]] = row["document_no"]
    return numbers


def _head(writing: _Writing, number: int, revision: Revision) -> dict[str, Any]:
    return {
        "version": number, "content_no": writing.content_nos[revision.content.content_hash],
        "capture_no": writing.capture.capture_id, "captured_at": writing.capture.fetched_at,
        "extractor": writing.derivation.extractor, "extractor_revision": writing.derivation.revision,
    }  # fmt: skip


# --- what the decision says ----------------------------------------------------------------------------------------


def _revise(writing: _Writing, state: _State, revision: Revision) -> None:
    before = state.row["version"] if not state.fresh or state.content_hash is not None else None
    kind, writes = revision.change, revision.writes_version
    if writes and before is not None and state.content_hash == revision.content.content_hash:
        # another writer has said the same meanwhile; what is left is that it was seen
        writes, kind = False, "back" if kind == "back" else None
    elif kind == "new" and before is not None:
        kind = "changed"
    if kind == "back" or (kind == "changed" and revision.cause == "source") or before is None:
        state.row["state"] = "present"
    state.row["kind"] = revision.kind
    if state.row["parent_no"] is None and revision.parent_key is not None:
        state.row["parent_no"] = _parent_nos(writing, [revision]).get(revision.parent_key)
        state.parent_id = document_id_of(storable(revision.parent_key)) if state.row["parent_no"] is not None else None
    state.row.update(facts_columns(revision.facts))
    state.dirty = True
    if writes:
        number = (before or 0) + 1
        writing.moves.append((state, None if before is None else state.row["content_no"], revision))
        state.row.update(_head(writing, number, revision))
        state.content_hash, state.title = revision.content.content_hash, storable(revision.content.title)
        returns = revision.returns_to if revision.returns_to is not None and revision.returns_to < number else None
        writing.versions.append((state, _version(writing, state, revision, number, returns)))
    _mark_seen(writing, state, None, 0, None)
    if kind is not None:
        _say(writing, state, kind, revision, before)


def _version(
    writing: _Writing, state: _State, revision: Revision, number: int, returns_to: int | None
) -> dict[str, Any]:
    return {
        "document_no": state.row["document_no"], "number": number, "content_no": state.row["content_no"],
        "cause": revision.cause, "returns_to": returns_to, "captured_at": writing.capture.fetched_at,
        "capture_no": writing.capture.capture_id, "extractor_no": writing.session.label(writing.derivation.extractor),
        "extractor_revision": writing.derivation.revision, "published_at": state.row["published_at"],
        "url": state.row["url"],
    }  # fmt: skip


def _sight(writing: _Writing, state: _State, sighting: Sighting) -> None:
    if sighting.facts is not None:
        _replace_facts(state, sighting.facts)
    if sighting.seen:
        _mark_seen(writing, state, sighting.missing_since, sighting.missing_polls, sighting.missing_counted_at)
        return
    state.seen.update(
        missing_since=sighting.missing_since, missing_polls=sighting.missing_polls,
        missing_counted_at=sighting.missing_counted_at
    )  # fmt: skip
    state.seen["last_checked_at"] = max(state.seen["last_checked_at"], writing.capture.fetched_at)
    state.sighted = True


def _replace_facts(state: _State, facts: Facts) -> None:
    columns = facts_columns(facts)
    if any(state.row[name] != value for name, value in columns.items()):
        state.row.update(columns)
        state.dirty = True


def _mark_seen(
    writing: _Writing, state: _State, since: datetime | None, polls: int, counted_at: datetime | None
) -> None:
    at, seen = writing.capture.fetched_at, state.seen
    if at >= seen["last_seen_at"]:
        # a topic is seen on each of its pages, and never judged by where
        if seen["page_no"] not in (None, writing.capture.page_id) and state.row["kind"] != "topic":
            writing.left.add(seen["page_no"])
        seen.update(page_no=writing.capture.page_id, capture_no=writing.seen_capture, last_seen_at=at)
        seen.update(missing_since=since, missing_polls=polls)
    elif seen["page_no"] not in (None, writing.capture.page_id) and state.row["kind"] != "topic":
        # shown here before it was shown there: the same bytes again would say that it is back here
        writing.left.add(writing.capture.page_id)
        writing.session.overtaken.add(writing.capture.page_id)
    seen["last_checked_at"] = max(seen["last_checked_at"], at)
    # a topic's sweep ended when it ended, however often the topic is seen afterwards
    seen.update(missing_counted_at=counted_at or seen["missing_counted_at"])
    state.sighted = True


def _remove(writing: _Writing, state: _State, removal: Removal) -> None:
    if state.row["state"] == "gone":
        return
    state.row["state"] = "gone"
    state.dirty = state.sighted = True
    if state.seen["page_no"] is not None:
        writing.left.add(state.seen["page_no"])
    state.seen["last_checked_at"] = max(state.seen["last_checked_at"], writing.capture.fetched_at)
    if removal.logged:
        _say(writing, state, "gone", None, state.row["version"])


def _say(writing: _Writing, state: _State, kind: ChangeKind, revision: Revision | None, before: int | None) -> None:
    change = Change(
        seq=0, at=writing.now, kind=kind, source_id=state.source_id, document_id=state.row["document_id"],
        document_kind=state.row["kind"], title=state.title, url=state.row["url"], version=state.row["version"],
        previous_version=before, cause=revision.cause if revision else "source", capture_id=writing.capture.capture_id,
        fields=revision.changed_fields if revision else {}, nature=revision.nature if revision else None,
    )  # fmt: skip
    writing.changes.append((state, change))


# --- rows ----------------------------------------------------------------------------------------------------------


def _write(writing: _Writing) -> None:
    session, states = writing.session, list(writing.states.values())
    changed = [state for state in states if state.dirty and not state.fresh]
    _UPDATE.run_each(
        session.connection,
        [{"wanted": s.row["document_no"], **{f"new_{n}": s.row[n] for n in _UPDATE_COLUMNS}} for s in changed],
    )
    _INSERT_VERSION.run_each(session.connection, [row for _, row in writing.versions])
    fresh = [{"document_no": s.row["document_no"], **s.seen} for s in states if s.fresh]
    _INSERT_SIGHTING.run_each(session.connection, fresh)
    again = [s for s in states if s.sighted and not s.fresh]
    _SEEN.run_each(
        session.connection,
        [{"wanted": s.row["document_no"], **{f"new_{n}": v for n, v in s.seen.items()}} for s in again],
    )
    # the same bytes again must be read again there: a document that moved on, or is gone, may be on it
    _LEFT.run_each(session.connection, [{"wanted": number} for number in sorted(writing.left)])
    hashes = {number: content_hash for content_hash, number in writing.content_nos.items()}
    for state, row in writing.versions:
        content_hash, extractor = hashes[row["content_no"]], writing.derivation.extractor
        values = version_values(row, state.row["document_id"], content_hash, extractor)
        session.entry("versions", (row["document_no"], row["number"]), values)
    for state in states:
        if state.dirty or state.fresh:
            values = document_values(state.row, state.source_id, state.parent_id, state.content_hash)
            session.entry("documents", (state.row["document_no"],), values, "set")
    moved = [_moved(writing, state, before_no, revision) for state, before_no, revision in writing.moves]
    heads_moved(session.connection, moved, writing.now)


def _moved(writing: _Writing, state: _State, before_no: int | None, revision: Revision) -> Moved:
    said, ready = revision.content, revision.prepared
    return Moved(
        state.row["document_no"], before_no, writing.content_nos[said.content_hash], said.title, said.text, said.fields,
        ready.bands if ready else None,
    )  # fmt: skip
