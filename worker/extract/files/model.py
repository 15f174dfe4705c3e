"""What a file says, as every reader of files gives it, and the ways in which a file cannot be read.

bytes --reader of the format--> FileText(blocks, furniture, info ...) --said--> title, text, fields

Unreadable              base; `outcome` is the capture's outcome (contract section 1)
├── Encrypted           a password is needed          error:encrypted
├── Broken              not what it claims to be      error:damaged
├── Unsupported         a type no reader knows        error:unsupported
└── Bomb                far larger than it may be     error:bomb
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["paragraph", "heading", "table", "note"]
Role = Literal["", "red-header", "title", "right", "centre", "margin"]
"""what the layout says of a block: printed in red at the top, the title, set to the right, centred, in a side box"""


class Unreadable(Exception):
    """A file that cannot be read; the message says what was met, `outcome` how the capture is kept."""

    outcome = "error:parse"


class Encrypted(Unreadable):
    """The file opens with a password only."""

    outcome = "error:encrypted"


class Broken(Unreadable):
    """The bytes are not a whole file of their type."""

    outcome = "error:damaged"


class Unsupported(Unreadable):
    """No reader knows this type; the message starts with it."""

    outcome = "error:unsupported"


class Bomb(Unreadable):
    """The file unpacks or unfolds beyond its limits."""

    outcome = "error:bomb"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, table or note, in reading order."""

    kind: BlockKind
    text: str
    """a table's rows are lines, its cells separated by ` | `"""
    page: int = 1
    role: Role = ""
    level: int = 0
    """of a heading, from 1"""
    rows: tuple[tuple[str, ...], ...] = ()
    box: tuple[float, float, float, float] | None = None
    """left, top, right, bottom in points from the page's upper left corner, where the format has places"""
    size: float = 0.0
    """of its letters in points, 0 where unknown"""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Something on a page that is none of the document's words: left out of the text, shown by `explain`."""

    what: str
    """`header`, `footer`, `page number`, `watermark`, `seal`, `hidden` ..."""
    page: int
    text: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page's size in points, for drawing."""

    page: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class FileText:
    """All that a file says."""

    type: str
    """by content: pdf, docx, doc, rtf, xlsx, xls, ods, odt, odp, pptx, ofd, text, csv, zip"""
    blocks: tuple[Block, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    info: dict[str, str] = field(default_factory=dict)
    """what the file says of itself (producer, dates, author): evidence, no part of what the document says"""
    outline: tuple[str, ...] = ()
    """bookmarks, two spaces of indent a level"""
    pages: tuple[PageSize, ...] = ()
    unread: tuple[str, ...] = ()
    """what is there but was not read, in words: `page 2: vertical text` ..."""
    scans: tuple[int, ...] = ()
    """pages that are pictures without usable text: they need OCR"""
    scan_why: str = ""
    scan_digest: str = ""
    """of the pictures on those pages: what tells a replaced scan from the same one saved again"""
    attachments: tuple[tuple[str, str], ...] = ()
    """(name, type) of files inside a ZIP"""
    confidence: tuple[float, ...] = ()
    """of OCR, one for each line read, 0 to 1"""
