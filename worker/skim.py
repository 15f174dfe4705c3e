"""Whether a page that came back with other bytes can have changed at all: a digest of all that readers read on it.

    bytes - scripts, styles, comments -> lines -> of each line its pieces of text, and what its tags point to and say
    (`href src title datetime content` ...), volatile parts left out -> SHA-256

What looks like a clock or a counter is left out only where it surely stands alone: from one block's tag to the next on
one line, outside tables. In a sentence or beside a heading cell the same words may be a deadline.

Two payloads with the same skim say the same, whatever their classes, tokens, nonces and build hashes are, so the second
need not be parsed. Another skim says nothing yet: the page is read. Works on bytes, in every encoding that keeps `<`,
`>`
and quotes to themselves (UTF-8, GB18030, Big5, Shift JIS, ISO 8859): decoding would cost as much again. Lines are
remembered: a page that comes back is mostly lines seen before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

from worker.normalise import clean_url, fold, quiet
from worker.remembered import remembered

RECIPE = "s4"
LONG = 4096
"""bytes; longer lines are cut between tags, so that minified pages are remembered in parts too"""

_ENDINGS = (b"</div>", b"</li>", b"</p>", b"</tr>", b">")
_SEAMS = tuple((ending + newline, ending) for ending in _ENDINGS for newline in (b"\n", b"\r\n"))
"""where a page is parted, and what of it ends a part: by the first, and what is still long by the next"""
_TAG_SEAMS = tuple((ending + b"><", ending) for ending in (b"</div", b"</li", b"</p", b"</tr"))
"""where a long line is parted in the same way"""
_PIECES = re.compile(rb"<(/?[a-zA-Z][^>]*)>|([^<>]+)|[<>]")
_SAID = re.compile(
    rb"(?:^|[\s\"'-])(href|src|content|datetime|title|alt|file|original|zoomfile|lang|style|hidden|colspan|rowspan)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?",
    re.IGNORECASE,
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p)\b", re.IGNORECASE)
_TOKEN = re.compile(r"^(?!\d{4}-\d\d-\d\dT\d\d)(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9+/=_.:|-]{16,}$")
_CUTS = (
    (b"<script", b"</script"),
    (b"<SCRIPT", b"</SCRIPT"),
    (b"<style", b"</style"),
    (b"<STYLE", b"</STYLE"),
    (b"<svg", b"</svg"),
    (b"<!--", b"-->"),
)
_LOW_CUTS = tuple(cut for cut in _CUTS if not cut[0].isupper())
"""for pages without capitals: each is looked for in all of the page"""
_WRITING = (b"write(", b"writeln(", b"reatePage", b"<datastore", b"countPage")
"""marks of scripts that readers look into: links and page numbers they write into the page"""
_SCRIPT, _SCRIPT_END = re.compile(rb"<script", re.IGNORECASE), re.compile(rb"</script", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TABLE = re.compile(rb"<(/?)table\b", re.IGNORECASE)
BLOCKS = frozenset(
    b"address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form h1 h2"
    b" h3 h4 h5 h6 header html li main nav ol p pre section summary ul".split()
)
"""elements whose text readers take as lines of their own"""
_CELLS = frozenset(b"table tbody thead tfoot caption tr td th".split())
_CALLED = re.compile(rb"[\s\"'](?:name|property|itemprop)\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
_FIELD = re.compile(
    r"title|date|time|issued|created|modified|updated|source|author|publish|creator|column|identifier|number|description",
    re.IGNORECASE,
)
"""metas that readers may take for a field of the document: what they hold is no token, though an index number may look
like one"""
_DATED = frozenset([b"content", b"datetime"])
"""attributes whose clocks are dates that readers take"""
_TARGETS = frozenset([b"href", b"src", b"file", b"original", b"zoomfile"])


def skim(body: bytes) -> str:
    """The digest, `s4:` and 64 hexadecimal digits; of all bytes where the payload is no HTML.

    For pages read as one document: a forum's readers look at attributes and data that are not in it, and there a line
    that
    looks like a counter may be an author's.
    """
    if not _HTML.search(body, 0, LONG):
        return f"{RECIPE}:{hashlib.sha256(body).hexdigest()}"
    digest = hashlib.sha256()
    if b"ld+json" in body or b"LD+JSON" in body:
        for said_apart in _json_ld(body):
            digest.update(said_apart)
    for opening, ending in _CUTS if b"<S" in body else _LOW_CUTS:
        if opening in body:
            body = _without(body, opening, ending)
    said, tables = [], 0
    for part in _parts(body, _SEAMS):
        words, tables = (_part if len(part) < LONG else _part.__wrapped__)(part, tables)
        said.append(words)
    digest.update("".join(said).encode("utf-8", "surrogatepass"))
    return f"{RECIPE}:{digest.hexdigest()}"


def _json_ld(body: bytes) -> Iterator[bytes]:
    """What scripts of JSON-LD hold, in one pass, whatever never ends: an expression for all of it looks through the
    rest of the page at each opening, and no other thread runs meanwhile."""
    inside = False
    for part in _SCRIPT.split(body)[1:]:
        if not inside:
            tag, opened, part = part.partition(b">")
            inside = bool(opened) and b"application/ld+json" in tag.lower()
        if inside:
            text, *after = _SCRIPT_END.split(part, 1)
            inside = not after
            yield text


def _parts(body: bytes, seams: tuple[tuple[bytes, bytes], ...]) -> list[bytes]:
    """The page in parts of some lines each, cut at the same places wherever they stand: without the line ends that were
    cut at."""
    if len(body) < LONG or not seams:
        return [body]
    seam, ending = seams[0]
    *heads, last = body.split(seam)
    parts = []
    for head in heads:
        if len(head) < LONG:
            parts.append(head + ending)
        else:
            parts += _parts(head + ending, seams[1:])
    return parts + _parts(last, seams[1:])


@lru_cache(maxsize=1 << 13)
def _part(part: bytes, tables: int) -> tuple[str, int]:
    """What a part of a page says that begins within so many tables, and within how many it ends: a page that comes back
    is mostly parts seen before, of some twenty lines each."""
    said = []
    for line in part.split(b"\n"):
        if len(line) < LONG:
            said.append(_line(line, tables > 0))
            tables = _tables(line, tables)
            continue
        for piece in _parts(line, _TAG_SEAMS):
            words, tables = (_pieces if len(piece) < LONG else _pieces.__wrapped__)(piece, tables)
            said.append(words)
    return "".join(said), tables


@lru_cache(maxsize=1 << 13)
def _pieces(line: bytes, tables: int) -> tuple[str, int]:
    """The same for a piece of a long line."""
    said = []
    for piece in line.split(b"><"):
        said.append(_between(piece, tables > 0))
        tables = _tables(b"<" + piece, tables)
    return "".join(said), tables


def _without(body: bytes, opening: bytes, ending: bytes) -> bytes:
    """The bytes without what stands between each opening and its ending; what never ends is kept, and so is a script
    that
    writes into the page."""
    head, *parts = body.split(opening)
    kept = [head]
    for part in parts:
        inside, found, rest = part.partition(ending)
        kept.append(rest if found and not any(mark in inside for mark in _WRITING) else part)
    return b"".join(kept)


def _tables(line: bytes, depth: int) -> int:
    """In how many tables the next line stands."""
    if b"able" not in line and b"ABLE" not in line:
        return depth
    for ending in _TABLE.findall(line):
        depth = max(depth - 1, 0) if ending else depth + 1
    return depth


@remembered
def _line(line: bytes, tabled: bool) -> str:
    """What one line of markup says, each piece closed by a mark; empty where it says nothing."""
    return _said_by(line, tabled)


@remembered
def _between(piece: bytes, tabled: bool) -> str:
    """What a piece of a long line says that was cut between `>` and `<`."""
    return _said_by(b"<" + piece + b">", tabled)


def _said_by(line: bytes, tabled: bool) -> str:
    said: list[str] = []
    run: list[tuple[bool, str]] = []
    """what stands since the last block began: words (True) and what tags between them say"""
    alone = False
    """whether the run began with a block's tag, outside tables"""
    if b">" in line and line.find(b">") < (line.find(b"<") if b"<" in line else len(line)):
        inside, _, line = line.partition(b">")  # the line began inside a tag
        said.append(_tag(inside))
    for tag, text in _PIECES.findall(line):
        if text:
            if not text.isspace():
                run.append((True, _plain(text)))
        elif tag:
            name = tag.split(None, 1)[0].strip(b"/").lower()
            if name in _CELLS:
                tabled = True
            if name in BLOCKS or name in _CELLS:
                if run:
                    said += _told(run, alone and not tabled)
                    run = []
                if name in _CELLS and not tag.startswith(b"/"):
                    said.append(name.decode())  # the same words in other rows and cells are another table
                alone = not tabled
            if attributes := _tag(tag):
                run.append((False, attributes))
    said += _told(run, False)
    return "".join(f"{piece}\0" for piece in said if piece)


def _told(run: list[tuple[bool, str]], alone: bool) -> list[str]:
    """What stands between two tags of blocks; without its volatile parts where it is sure to stand `alone`."""
    if alone and (words := fold("".join(piece for is_text, piece in run if is_text))):
        rest = quiet(words)
        if rest != words:
            return [*(piece for is_text, piece in run if not is_text), rest]
    return [fold(piece) if is_text else piece for is_text, piece in run]


def _tag(tag: bytes) -> str:
    """What one tag's attributes say: targets without volatile parts, words without counters, nothing for tokens."""
    if (b"=" not in tag and b"hidden" not in tag) or (tag.startswith(b"link") and b"next" not in tag):
        return ""
    said, named = [], False
    if tag[:5].lower() == b"meta ":
        called = _plain(b" ".join(_CALLED.findall(tag)))
        said, named = [called], _FIELD.search(called) is not None
    for name, value in _SAID.findall(tag):
        low, plain = name.lower(), _plain(value).strip("\"'")
        if low == b"hidden" or low == b"style":
            said.append("hidden" if low == b"hidden" or _HIDDEN.search(plain) else "")
        elif low in _TARGETS:
            said.append("" if plain.startswith(("data:", "javascript:", "#")) else clean_url(plain))
        elif named or not _TOKEN.match(plain):
            said.append(fold(plain) if low in _DATED else quiet(fold(plain)))
    return " ".join(filter(None, said))


def _plain(piece: bytes) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return piece.decode("latin-1")
