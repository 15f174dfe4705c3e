"""Rich text (RTF 1.9): words, paragraphs and tables; hidden and deleted text, pictures and tables of fonts are not
read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from worker.extract.files.model import Block, Broken, FileText

MAX_DEPTH = 2_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object objdata themedata colorschememapping datastore latentstyles "
    b"listtable "
    b"listoverridetable rsidtbl generator xmlnstbl header headerl headerr headerf footer footerl footerr footerf "
    b"ftnsep "
    b"fldinst bkmkstart bkmkend filetbl revtbl shpinst nonshppict pntext pnseclvl".split()
)
_SHOWN_STARRED = frozenset({b"shpinst", b"shptxt"})
_SIGNS = {
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•",
    b"tab": " ", b"line": "\n", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_CHARSETS = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 204: "cp1251", 238: "cp1250"}


@dataclass(frozen=True, slots=True)
class _State:
    skipped: bool = False
    hidden: bool = False
    after_unicode: int = 1
    """bytes that stand for a \\u character in old readers, to be passed over"""
    codec: str = ""
    """of the font, '' for the file's own"""


class _Reader:
    def __init__(self) -> None:
        self.state = _State()
        self.stack: list[_State] = []
        self.codec = "cp1252"
        self.fonts: dict[int, str] = {}
        self.in_fonts = 0
        self.font = 0
        self.bytes = bytearray()
        self.words: list[str] = []
        self.blocks: list[Block] = []
        self.cells: list[str] = []
        self.rows: list[tuple[str, ...]] = []
        self.high = ""
        self.pass_over = 0
        self.starred = False
        self.in_table = False

    def flush(self) -> None:
        """Bytes gathered so far become characters; two bytes of one Han may stand in two tokens."""
        if self.bytes:
            data, self.bytes = bytes(self.bytes), bytearray()
            self.say(data.decode(self.state.codec or self.codec, "replace"))

    def say(self, text: str) -> None:
        if not self.state.skipped and not self.state.hidden:
            self.words.append(text)

    def word(self, name: bytes, number: int | None) -> None:
        starred, self.starred = self.starred, False
        if name in _SKIPPED or (starred and name not in _SHOWN_STARRED):
            self.in_fonts = len(self.stack) if name == b"fonttbl" else self.in_fonts
            self.state = replace(self.state, skipped=True)
        elif name == b"u" and number is not None:
            self.flush()
            self.unicode(number + 65536 if number < 0 else number)
            self.pass_over = self.state.after_unicode
        elif name == b"uc":
            self.state = replace(self.state, after_unicode=min(max(number or 0, 0), 8))
        elif name == b"ansicpg" and number:
            self.codec = _known("gb18030" if number == 936 else f"cp{number}")
        elif name in (b"f", b"fcharset"):
            self.of_font(name, number or 0)
        elif name in (b"v", b"deleted"):
            self.flush()
            self.state = replace(self.state, hidden=number != 0)
        elif name == b"plain":
            self.flush()
            self.state = replace(self.state, hidden=False, codec="")
        elif name in (b"par", b"sect", b"page"):
            self.flush()
            self.paragraph()
        elif name in (b"cell", b"nestcell"):
            self.flush()
            self.cells.append(self.taken().replace("\n", " "))
        elif name in (b"row", b"nestrow"):
            self.row()
        elif name in (b"intbl", b"pard"):
            self.in_table = name == b"intbl"
        elif name in _SIGNS:
            self.flush()
            self.say(_SIGNS[name])

    def of_font(self, name: bytes, number: int) -> None:
        """Fonts name the encoding of the bytes set in them."""
        if self.in_fonts and len(self.stack) >= self.in_fonts:
            if name == b"f":
                self.font = number
            else:
                self.fonts[self.font] = _CHARSETS.get(number, "")
        elif name == b"f":
            self.flush()
            self.state = replace(self.state, codec=self.fonts.get(number, ""))

    def unicode(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self.high = chr(code)
        elif self.high:
            pair, self.high = self.high + chr(code), ""
            self.say(pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        elif 0 < code < 0x110000 and not 0xDC00 <= code < 0xE000:
            self.say(chr(code))

    def taken(self) -> str:
        text, self.words = "".join(self.words), []
        return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)

    def paragraph(self) -> None:
        if self.in_table:
            self.say("\n")
            return
        self.table()
        if text := self.taken():
            self.blocks.append(Block("paragraph", text))

    def row(self) -> None:
        self.flush()
        if any(self.cells):
            self.rows.append(tuple(self.cells))
        self.cells, self.in_table = [], False

    def table(self) -> None:
        if self.rows:
            rows, self.rows = tuple(self.rows), []
            self.blocks.append(Block("table", "\n".join(" | ".join(row) for row in rows), rows=rows))


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken."""
    start = body.find(b"{\\rtf")
    if start < 0:
        raise Broken("no rich text")
    reader = _Reader()
    for match in _TOKEN.finditer(body, start):
        name, number, byte, sign, brace, plain = match.groups()
        if brace:
            _brace(reader, brace)
            if brace == b"}" and not reader.stack:
                break
        elif byte or plain:
            data = bytes([int(byte, 16)]) if byte else plain
            passed = min(reader.pass_over, len(data))
            reader.pass_over -= passed
            if not reader.state.skipped:
                reader.bytes += data[passed:]
        elif name:
            if name not in (b"u",):
                reader.flush()
            reader.word(name, int(number) if number else None)
        elif sign == b"*":
            reader.starred = True
        elif sign in (b"\\", b"{", b"}"):
            reader.bytes += sign
        elif sign == b"~":
            reader.bytes += b" "
        elif sign == b"_":
            reader.bytes += b"-"
    reader.flush()
    reader.row()
    reader.in_table = False
    reader.paragraph()
    reader.table()
    if not reader.blocks and body[start:].count(b"{") > body[start:].count(b"}"):
        raise Broken("rich text that ends in the middle")
    return FileText("rtf", tuple(reader.blocks))


def _brace(reader: _Reader, brace: bytes) -> None:
    reader.flush()
    if brace == b"{":
        if len(reader.stack) >= MAX_DEPTH:
            raise Broken("groups nested without end")
        reader.stack.append(reader.state)
    elif reader.stack:
        reader.state = reader.stack.pop()
        if len(reader.stack) < reader.in_fonts:
            reader.in_fonts = 0
    reader.starred = False


def _known(codec: str) -> str:
    try:
        codecs.lookup(codec)
    except LookupError:
        return "cp1252"
    return codec
