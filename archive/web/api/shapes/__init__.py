"""What the API answers: the shapes, named and filled as the SQL views are (docs/schema.md). OpenAPI is made from these.

Ids are opaque text; times are UTC, RFC 3339; `next` is the address of the next page, null on the last one.
"""

from archive.web.api.shapes.kinds import (
    Hit,
    Hits,
    Notice,
    Notices,
    Piece,
    Post,
    Posts,
    Span,
    Topic,
    Topics,
)
from archive.web.api.shapes.said import (
    Change,
    Changes,
    Difference,
    Document,
    Documents,
    Line,
    Same,
    SameContent,
    Segment,
    Version,
    Versions,
    WholeDocument,
)
from archive.web.api.shapes.watched import (
    Capture,
    Captures,
    Incident,
    Incidents,
    Page,
    Pages,
    Source,
    Sources,
    WholeCapture,
)
from archive.web.api.shapes.whole import (
    BadParameter,
    Daemon,
    Growth,
    Index,
    Problem,
    Stats,
)

__all__ = [
    "BadParameter", "Capture", "Captures", "Change", "Changes", "Daemon", "Difference", "Document", "Documents",
    "Growth", "Hit", "Hits", "Incident", "Incidents", "Index", "Line", "Notice", "Notices", "Page", "Pages", "Piece",
    "Post", "Posts", "Problem", "Same", "SameContent", "Segment", "Source", "Sources", "Span", "Stats", "Topic",
    "Topics", "Version", "Versions", "WholeCapture", "WholeDocument",
]  # fmt: skip
