"""Rich text (RTF 1.9): words, paragraphs and tables; hidden and deleted text, pictures and tables of fonts are not
read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from worker.extract.files.model import Block, Broken, FileText, Role

MAX_DEPTH = 2_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object objdata themedata colorschememapping datastore latentstyles "
    b"listtable "
    b"listoverridetable rsidtbl generator xmlnstbl header headerl headerr headerf footer footerl footerr footerf "
    b"ftnsep "
    b"fldinst bkmkstart bkmkend filetbl revtbl sp nonshppict nonesttables pntext pnseclvl".split()
)
_SHOWN_STARRED = frozenset({b"shpinst", b"shptxt", b"footnote"})
_SIGNS = {
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•",
    b"tab": " ", b"line": "\n", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_CHARSETS = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 204: "cp1251", 238: "cp1250"}


_ALIGNED: dict[bytes, Role] = {b"qc": "centre", b"qr": "right", b"ql": "", b"qj": "", b"qd": ""}
_AFTER_NUMBER = re.compile(r"^(\S{0,12}[^\x00-\x7f]) ")
"""`一、 总则`: the tab behind a full-width number is no word's space"""
_COLOURS = re.compile(rb"\\colortbl([^{}]*)")
_PART = re.compile(rb"\\(red|green|blue)(\d{1,3})")


@dataclass(frozen=True, slots=True)
class _State:
    skipped: bool = False
    hidden: bool = False
    after_unicode: int = 1
    """bytes that stand for a \\u character in old readers, to be passed over"""
    codec: str = ""
    """of the font, '' for the file's own"""
    size: float = 12.0
    """points"""
    red: bool = False


class _Reader:
    def __init__(self, reds: frozenset[int]) -> None:
        self.state = _State()
        self.reds = reds
        """numbers of colours that are red"""
        self.align: Role = ""
        self.outline = 0
        self.look: _State | None = None
        """how the paragraph's first words are set"""
        self.merged: list[bool] = []
        """for each cell of the row: whether it goes on from the row above"""
        self.goes_on = False
        self.listed = False
        """whether the paragraph begins with a list number"""
        self.boxes: list[str] = []
        """paragraphs of text boxes, to follow the paragraph they hang on"""
        self.box_at = 0
        """groups around the words of a text box or a note, 0 outside of one"""
        self.in_note = False
        self.notes: list[Block] = []
        self.outside: tuple[list[str], bool] = ([], False)
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
            if self.look is None and not self.box_at and text.strip():
                self.look = self.state
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
            self.state = replace(self.state, hidden=False, codec="", size=12.0, red=False)
        elif name in (b"par", b"sect", b"page"):
            self.flush()
            self.paragraph()
        elif name == b"nestcell":
            self.flush()
            self.say(" ")
        elif name == b"cell":
            self.flush()
            self.cells.append(self.taken().replace("\n", " "))
            self.look = None
        elif name == b"row":
            self.row()
        elif name in (b"shptxt", b"footnote") and not self.box_at and not self.state.skipped:
            self.flush()
            self.in_note = name == b"footnote"
            self.box_at, self.outside, self.words = len(self.stack), (self.words, self.in_table), []
        elif name in _SIGNS:
            self.flush()
            self.say(_SIGNS[name])
        else:
            self.property(name, number)

    def property(self, name: bytes, number: int | None) -> None:
        """How what follows is set."""
        if name == b"fs":
            self.flush()
            self.state = replace(self.state, size=(number or 24) / 2)
        elif name == b"cf":
            self.flush()
            self.state = replace(self.state, red=number in self.reds)
        elif name == b"listtext":
            self.listed = True
        elif name in (b"intbl", b"pard"):
            self.in_table = name == b"intbl"
            if name == b"pard" and not self.box_at:
                self.align, self.outline = "", 0
        elif name in _ALIGNED and not self.box_at:
            self.align = _ALIGNED[name]
        elif name == b"outlinelevel":
            self.outline = number + 1 if number is not None and 0 <= number < 9 else 0
        elif name == b"trowd" and not self.state.skipped:
            self.merged, self.goes_on = [], False
        elif name == b"clvmrg":
            self.goes_on = True
        elif name == b"cellx" and not self.state.skipped:
            self.merged.append(self.goes_on)
            self.goes_on = False

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
        if self.in_table or self.box_at:
            self.say("\n")
            return
        self.table()
        text, look, self.look = self.taken(), self.look or self.state, None
        if self.listed:
            text, self.listed = _AFTER_NUMBER.sub(r"\1", text), False
        if text:
            self.blocks.append(self._block(text, look))
        boxes, self.boxes = self.boxes, []
        self.blocks += [Block("paragraph", line) for line in boxes]

    def _block(self, text: str, look: _State) -> Block:
        role: Role = "red-header" if look.red and len(self.blocks) < 6 else self.align
        level = self.outline or (1 if role == "centre" and look.size >= 18 and len(text) < 160 else 0)
        heading = level and len(text) < 300
        return Block("heading" if heading else "paragraph", text, role=role, level=level if heading else 0)

    def leave_box(self) -> None:
        """The words of a text box or a note are over: those around it go on."""
        self.box_at, lines = 0, self.taken().split("\n")
        self.words, self.in_table = self.outside
        said = [line for line in lines if line]
        if self.in_note:
            self.notes += [Block("note", " ".join(said))] if said else []
        else:
            self.boxes += said

    def row(self) -> None:
        self.flush()
        gone = {place for place, merged in enumerate(self.merged) if merged}
        cells = tuple(cell for place, cell in enumerate(self.cells) if place not in gone)
        if any(cells):
            self.rows.append(cells)
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
    reader = _Reader(_reds(body))
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
    if not (reader.blocks or reader.notes) and body[start:].count(b"{") > body[start:].count(b"}"):
        raise Broken("rich text that ends in the middle")
    return FileText("rtf", tuple(reader.blocks + reader.notes))


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
        if len(reader.stack) < reader.box_at:
            reader.leave_box()
    reader.starred = False


def _reds(body: bytes) -> frozenset[int]:
    """Numbers of the colours in the file's table that are red."""
    found = _COLOURS.search(body)
    colours = found.group(1).split(b";")[:-1] if found else []
    reds = set()
    for place, colour in enumerate(colours[:1000]):
        said = {name: int(value) for name, value in _PART.findall(colour)}
        red, green, blue = (said.get(name, 0) for name in (b"red", b"green", b"blue"))
        if red > 140 and red - green > 70 and red - blue > 70:
            reds.add(place)
    return frozenset(reds)


def _known(codec: str) -> str:
    try:
        codecs.lookup(codec)
    except LookupError:
        return "cp1252"
    return codec
