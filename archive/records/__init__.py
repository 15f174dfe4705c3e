"""The values that travel between rooms: frozen, slotted, without behaviour that needs a database.

One type per role: *known* (`Page`, `Head`), *intended* (`NewCapture`, `Revision`), *stored* (`Capture`, `Document`,
`Version`, `Change`). Datetimes are aware UTC, durations `timedelta`. JSON-like tuples hold plain values only.

A module is imported when one of its types is asked for: making all of their classes takes a tenth of what `status`
takes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.records.captures import Capture, Derivation, NewCapture
    from archive.records.consumers import Consumer, ConsumerLag
    from archive.records.documents import Change, Content, Document, Facts, Head, Nature, Part, SameContent, Version
    from archive.records.dossier import Family, Likeness, Mention, Remark, Thread, Timeline, VersionLine
    from archive.records.frontier import FoundPage, Page, PageStatus, PollResult, SourceRow, SourceState
    from archive.records.intended import Decision, Prepared, Removal, Revision, Sighting
    from archive.records.remedies import advice
    from archive.records.signals import DaemonState, Heartbeat, Incident, IncidentKind, SourceHealth, Verified
    from archive.records.words import CONTENT_OUTCOMES, OUTCOMES, Cause, ChangeKind, JsonMap, Kind, PageKind, State

__all__ = [
    "CONTENT_OUTCOMES", "OUTCOMES", "Capture", "Cause", "Change", "ChangeKind", "Consumer", "ConsumerLag", "Content",
    "DaemonState", "Decision", "Derivation", "Document", "Facts", "Family", "FoundPage", "Head", "Heartbeat",
    "Incident", "IncidentKind", "JsonMap", "Kind", "Likeness", "Mention", "Nature", "NewCapture", "Page", "PageKind",
    "PageStatus", "Part", "PollResult", "Prepared", "Remark", "Removal", "Revision", "SameContent", "Sighting",
    "SourceHealth", "SourceRow", "SourceState", "State", "Thread", "Timeline", "Verified", "Version", "VersionLine",
    "advice",
]  # fmt: skip

_MODULES = {
    "captures": "Capture Derivation NewCapture",
    "consumers": "Consumer ConsumerLag",
    "documents": "Change Content Document Facts Head Nature Part SameContent Version",
    "dossier": "Family Likeness Mention Remark Thread Timeline VersionLine",
    "frontier": "FoundPage Page PageStatus PollResult SourceRow SourceState",
    "intended": "Decision Prepared Removal Revision Sighting",
    "remedies": "advice",
    "signals": "DaemonState Heartbeat Incident IncidentKind SourceHealth Verified",
    "words": "CONTENT_OUTCOMES OUTCOMES Cause ChangeKind JsonMap Kind PageKind State",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """What the door names, imported from its module on first use."""
    if name not in _MODULE_OF:
        raise AttributeError(name)
    value = getattr(import_module(f"archive.records.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
