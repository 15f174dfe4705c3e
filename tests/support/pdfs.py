"""PDF files made by hand: no library, no font on the machine. Every character is set as a box and says what it means.

`Sheet` takes text, rules and pictures at places in points from the upper left corner; `pdf` writes the file.
`Letter` sets an official letter as offices do (GB/T 9704-2012): red header, number, title, addressee, paragraphs set
in by
two characters, 28 characters a line and 22 lines a page, signature, page numbers, and whatever furniture a test asks
for.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from worker.extract.files.model import FileText
from worker.extract.files.pdf.boxfont import box_font

BLACK, RED, GREY = (0.0, 0.0, 0.0), (0.9, 0.0, 0.0), (0.8, 0.8, 0.8)
_NOT_FIRST = "，。、；：？！）》”’」』】〕%"


def width(text: str, size: float) -> float:
    """How wide a text is set: a full-width character is one em, any other half."""
    return sum(size if ord(character) > 0x2000 else size / 2 for character in text)


@dataclass
class Sheet:
    """One page."""

    wide: float = 595.0
    high: float = 842.0
    rotate: int = 0
    ops: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    placed: list[tuple[float, float, str, float, tuple[float, float, float], float]] = field(default_factory=list)
    """(x, y, text, size, colour, spacing) of every text, for who draws the page otherwise"""
    rings: list[tuple[float, float, float]] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, size: float = 16.0, colour: tuple[float, float, float] = BLACK,
        spacing: float = 0.0, angle: tuple[float, float, float, float] = (1, 0, 0, 1), mode: int = 0,
        artifact: bool = False,
    ) -> None:  # fmt: skip
        """Text with its baseline at `y`; `spacing` points between characters, `mode` 3 is invisible."""
        self.used.update(text)
        self.placed.append((x, y, text, size, colour, spacing))
        data = text.encode("utf-16-be").hex()
        a, b, c, d = angle
        r, g, bl = colour
        op = (
            f"q {r} {g} {bl} rg BT /F1 {size} Tf {spacing} Tc {mode} Tr "
            f"{a} {b} {c} {d} {x:.2f} {self.high - y:.2f} Tm <{data}> Tj ET Q"
        )
        self.ops.append(f"/Artifact <</Type /Pagination>> BDC {op} EMC" if artifact else op)

    def rule(
        self, x0: float, y0: float, x1: float, y1: float, colour: tuple[float, float, float] = BLACK, thick: float = 0.7
    ) -> None:
        """A straight line."""
        r, g, b = colour
        self.ops.append(
            f"q {r} {g} {b} RG {thick} w {x0:.2f} {self.high - y0:.2f} m {x1:.2f} {self.high - y1:.2f} l S Q"
        )

    def ring(self, x: float, y: float, radius: float) -> None:
        """A red circle, as a seal has."""
        self.rings.append((x, y, radius))
        k, h = radius * 0.5523, self.high - y
        self.ops.append(
            f"q 0.9 0 0 RG 2 w {x + radius} {h} m {x + radius} {h + k} {x + k} {h + radius} {x} {h + radius} c "
            f"{x - k} {h + radius} {x - radius} {h + k} {x - radius} {h} c "
            f"{x - radius} {h - k} {x - k} {h - radius} {x} {h - radius} c "
            f"{x + k} {h - radius} {x + radius} {h - k} {x + radius} {h} c s Q"
        )

    def picture(self, x0: float, y0: float, x1: float, y1: float, pixels: bytes = b"\x80") -> None:
        """A grey picture of one pixel a byte, stretched over the box."""
        self.pictures.append(pixels)
        self.ops.append(f"q {x1 - x0} 0 0 {y1 - y0} {x0} {self.high - y1} cm /Im{len(self.pictures)} Do Q")

    def table(
        self,
        x: float,
        y: float,
        columns: Iterable[float],
        rows: list[list[str]],
        high: float = 24.0,
        size: float = 12.0,
    ) -> float:
        """A ruled table; returns where it ends."""
        edges = [x]
        for column in columns:
            edges.append(edges[-1] + column)
        bottom = y + high * len(rows)
        for place in range(len(rows) + 1):
            self.rule(edges[0], y + place * high, edges[-1], y + place * high)
        for edge in edges:
            self.rule(edge, y, edge, bottom)
        for place, row in enumerate(rows):
            for edge, cell in zip(edges, row, strict=False):
                self.text(edge + 4, y + place * high + high * 0.65, cell, size)
        return bottom


def pdf(sheets: list[Sheet], info: str = "", to_unicode: dict[str, str] | None = None, broken: bool = False) -> bytes:
    """The file. `to_unicode` replaces what characters are said to mean (a wrong ToUnicode table)."""
    objects: list[bytes] = []

    def add(body: str, stream: bytes | None = None) -> int:
        data = body.encode("latin-1")
        if stream is not None:
            data = data[:-2] + b" /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream"
        objects.append(data)
        return len(objects)

    add("<< /Type /Catalog /Pages 2 0 R >>")
    add("")
    used = sorted({character for sheet in sheets for character in sheet.used})
    meant = {character: (to_unicode or {}).get(character, character) for character in used}
    chunks = [list(meant.items())[at : at + 100] for at in range(0, len(meant), 100)]
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X "
        "def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    )
    for chunk in chunks:
        table += (
            f"{len(chunk)} beginbfchar\n"
            + "".join(f"<{ord(key):04X}> <{value.encode('utf-16-be').hex()}>\n" for key, value in chunk)
            + "endbfchar\n"
        )
    mapped = add("<< >>", (table + "endcmap end end").encode())
    outlines = add("<< /Filter /FlateDecode >>", zlib.compress(box_font()))
    glyphs = b"".join((2 if code < 0x2000 else 1).to_bytes(2, "big") for code in range(0x10000))
    numbers = add("<< /Filter /FlateDecode >>", zlib.compress(glyphs))
    descriptor = add(
        "<< /Type /FontDescriptor /FontName /AAAAAA+Boxes /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 /Ascent "
        "880 "
        f"/Descent -120 /CapHeight 700 /StemV 80 /FontFile2 {outlines} 0 R >>"
    )
    cid = add(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Boxes "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/DW 1000 /W [0 8191 500] /CIDToGIDMap {numbers} 0 R /FontDescriptor {descriptor} 0 R >>"
    )
    font = add(
        "<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Boxes /Encoding "
        f"/Identity-H /DescendantFonts [{cid} 0 R] /ToUnicode {mapped} 0 R >>"
    )
    pages = []
    for sheet in sheets:
        images = []
        for pixels in sheet.pictures:
            number = add(
                f"<< /Type /XObject /Subtype /Image /Width {len(pixels)} "
                "/Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 >>",
                pixels,
            )
            images.append(number)
        content = add("<< /Filter /FlateDecode >>", zlib.compress("\n".join(sheet.ops).encode()))
        named = " ".join(f"/Im{place} {number} 0 R" for place, number in enumerate(images, 1))
        pages.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.wide} "
                f"{sheet.high}] /Rotate {sheet.rotate} /Contents {content} 0 R "
                f"/Resources << /Font << /F1 {font} 0 R >> /XObject << {named} >> >> >>"
            )
        )
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{page} 0 R' for page in pages)}] >>".encode()
    document = add(f"<< {info} >>")
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + data + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        document,
        start,
    )
    return bytes(out[: len(out) // 2]) if broken else bytes(out)


@dataclass
class Letter:
    """An official letter to be set."""

    issuer: str
    number: str = ""
    title: tuple[str, ...] = ()
    addressee: str = ""
    body: tuple[str, ...] = ()
    signatory: str = ""
    date: str = ""
    after: tuple[str, ...] = ()
    """paragraphs after the date: contact, notes"""
    copied: tuple[str, ...] = ()
    """lines between the rules at the end: 抄送, 印发"""
    mark: str = ""
    """class of the reply, at the upper right"""
    header: str = ""
    """running header"""
    page_number: str = "— {page} —"
    watermark: str = ""
    seal: str = ""
    size: float = 16.0
    pitch: float = 28.0

    def sheets(self) -> list[Sheet]:
        """The letter on its pages."""
        setter = _Setter(self)
        setter.head()
        if self.addressee:
            setter.paragraph(f"{self.addressee}：", indent=0)
        for text in self.body:
            setter.paragraph(text)
        if self.signatory:
            setter.gap()
            setter.right(self.signatory)
            setter.right(self.date, seal=self.seal)
        for text in self.after:
            setter.paragraph(text)
        if self.copied:
            setter.imprint(self.copied)
        setter.furnish()
        return setter.sheets


class _Setter:
    LEFT, TOP, CHARACTERS, LINES = 79.0, 105.0, 28, 22

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.sheets = [Sheet()]
        self.y = self.TOP + letter.size
        self.right_edge = self.LEFT + self.CHARACTERS * letter.size

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    def _line(self) -> float:
        if self.y > self.TOP + self.LINES * self.letter.pitch:
            self.sheets.append(Sheet())
            self.y = self.TOP + self.letter.size
        y, self.y = self.y, self.y + self.letter.pitch
        return y

    def gap(self) -> None:
        self._line()

    def _centred(
        self, text: str, size: float, colour: tuple[float, float, float] = BLACK, spacing: float = 0.0
    ) -> None:
        wide = width(text, size) + spacing * (len(text) - 1)
        middle = (self.LEFT + self.right_edge) / 2
        y = self._line()
        self.sheet.text(middle - wide / 2, y, text, size, colour, spacing)

    def head(self) -> None:
        letter = self.letter
        if letter.mark:
            y = self._line()
            self.sheet.text(self.right_edge - width(letter.mark, letter.size), y, letter.mark, letter.size)
        if letter.issuer:
            size = min(36.0, 440 / max(len(letter.issuer), 1) * 0.9)
            self.y += 20
            self._centred(letter.issuer, size, RED, (430 - size * len(letter.issuer)) / len(letter.issuer))
            self.y += 14
        if letter.number:
            self._centred(letter.number, letter.size)
        if letter.issuer:
            y = self.y - 12
            self.sheet.rule(self.LEFT, y, self.right_edge, y, RED, 1.5)
            self.y += 16
        for line in letter.title:
            self._centred(line, 22.0)
            self.y += 4
        self.y += 10

    def paragraph(self, text: str, indent: int = 2) -> None:
        size = self.letter.size
        at, room = self.LEFT + indent * size, (self.CHARACTERS - indent) * size
        line = ""
        for character in text:
            if width(line + character, size) > room + 0.01 and character not in _NOT_FIRST:
                y = self._line()
                self.sheet.text(at, y, line, size)
                line, at, room = "", self.LEFT, self.CHARACTERS * size
            line += character
        y = self._line()
        self.sheet.text(at, y, line, size)

    def right(self, text: str, seal: str = "") -> None:
        size = self.letter.size
        y = self._line()
        x = self.right_edge - 4 * size - width(text, size)
        self.sheet.text(x, y, text, size)
        if seal:
            middle = x + width(text, size) / 2
            self.sheet.ring(middle, y - 10, 55)
            self.sheet.text(middle - width(seal, 10) / 2, y + 20, seal, 10, RED)
            for place, character in enumerate("专用电子印章样"):
                tilt = (place - 3) * 0.3
                self.sheet.text(
                    middle + (place - 3) * 14,
                    y - 40 + abs(place - 3) * 6,
                    character,
                    12,
                    RED,
                    angle=(1 - tilt**2 / 2, -tilt, tilt, 1 - tilt**2 / 2),
                )

    def imprint(self, lines: tuple[str, ...]) -> None:
        size = 14.0
        for line in lines:
            y = self._line()
            self.sheet.rule(self.LEFT, y - 20, self.right_edge, y - 20)
            self.sheet.text(self.LEFT + size, y, line, size)
        self.sheet.rule(self.LEFT, y + 8, self.right_edge, y + 8)

    def furnish(self) -> None:
        letter = self.letter
        for number, sheet in enumerate(self.sheets, 1):
            if letter.header:
                sheet.text(self.LEFT, 60, letter.header, 9)
            if letter.page_number:
                text = letter.page_number.format(page=number, pages=len(self.sheets))
                x = self.right_edge - width(text, 14) - 14 if number % 2 else self.LEFT + 14
                sheet.text(x, 770, text, 14)
            if letter.watermark:
                sheet.text(180, 560, letter.watermark, 60, GREY, angle=(0.7, 0.7, -0.7, 0.7))


def lines(file: FileText) -> list[str]:
    """The blocks of a file that was read."""
    return [block.text for block in file.blocks]


def furniture(file: FileText, what: str) -> list[str]:
    """What was taken for this kind of furniture."""
    return [item.text for item in file.furniture if item.what == what]
