"""What deciding intends: written by the archive in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from archive.records.documents import Content, Facts, Nature
from archive.records.words import Cause, ChangeKind, JsonMap, Kind


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the archive's indexes take of a content, worked out where the page was read (`archive.prepare`): one thread
    writes for all, and need not count words meanwhile."""

    tokens: str
    """the search index's tokens, sorted, a space between"""
    bands: tuple[int, ...]
    """digests by which reprints are found; empty for a text too short to be one"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A version we intend to write (or, with `number` None and `change` set, a change without a new version)."""

    key: str
    kind: Kind
    facts: Facts
    content: Content
    cause: Cause
    change: ChangeKind | None
    """None: a version without a line in the change log (never for cause `source`)"""
    parent_key: str | None = None
    returns_to: int | None = None
    changed_fields: JsonMap = field(default_factory=dict)
    """{"name": [old, new]}"""
    writes_version: bool = True
    nature: Nature | None = None
    """what kind of change it is; None where nothing was compared"""
    prepared: Prepared | None = None
    """None: the transaction works it out itself"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document seen again as it is known; `facts` replace the stored ones where given."""

    key: str
    facts: Facts | None = None
    missing_since: datetime | None = None
    missing_polls: int = 0
    missing_counted_at: datetime | None = None
    seen: bool = True
    """False: only the missing counters move"""


@dataclass(frozen=True, slots=True)
class Removal:
    """A document confirmed gone: one change `gone`, or only the state where `logged` is False (posts of a gone
    topic)."""

    key: str
    logged: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """All that one derived capture changes, written in one transaction, in this order."""

    revisions: tuple[Revision, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    removals: tuple[Removal, ...] = ()
