"""Files that mean harm or are broken: bombs, cycles, nests without end, cut and locked files, files that are something
else."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.support.letters import reply
from tests.support.office import W, docx, ofd, ofd_text, p, xlsx, zipped
from tests.support.ole import ole, word
from tests.support.pdfs import pdf


def raw_pdf(*objects: str | tuple[str, bytes], trailer: str = "/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, thing in enumerate(objects, 1):
        places.append(len(out))
        body, stream = thing if isinstance(thing, tuple) else (thing, None)
        data = body.encode("latin-1")
        if stream is not None:
            data = data.rstrip()[:-2] + b" /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream"
        out += b"%d 0 obj\n" % number + data + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + f"trailer << /Size {len(objects) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF".encode())


_CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
_PAGE = (
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << "
    "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /X 5 0 R >> >> >>"
)
_PAGES = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"


def stream_bomb() -> bytes:
    """A content stream of 600 MB of blanks in a few kilobytes, packed twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(600)) + packer.flush()
    return raw_pdf(
        _CATALOG, _PAGES, _PAGE, ("<< /Filter [/FlateDecode /FlateDecode] >>", zlib.compress(once, 9)), "<< >>"
    )


def form_bomb() -> bytes:
    """Forms that draw the next form ten times, twelve deep."""
    forms: list[str | tuple[str, bytes]] = []
    for level in range(12):
        forms.append(
            (
                f"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X {6 + level} 0 R >> "
                ">> >>",
                b"/X Do " * 10,
            )
        )
    forms.append(("<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] >>", b"0 0 m 10 10 l S"))
    return raw_pdf(_CATALOG, _PAGES, _PAGE, ("<< >>", b"/X Do"), *forms)


def many_pages(count: int) -> bytes:
    """So many pages that are all the same object."""
    kids = "3 0 R " * count
    return raw_pdf(
        _CATALOG,
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>",
        _PAGE,
        ("<< >>", b"BT /F1 12 Tf 50 700 Td (Hello) Tj ET"),
        "<< >>",
    )


def many_glyphs() -> bytes:
    """Half a million letters on one page."""
    line = b"BT /F1 1 Tf 1 0 0 1 10 %d Tm (" + b"x" * 1000 + b") Tj ET\n"
    return raw_pdf(
        _CATALOG,
        _PAGES,
        _PAGE,
        ("<< /Filter /FlateDecode >>", zlib.compress(b"".join(line % (n % 800) for n in range(500)))),
        "<< >>",
    )


def many_rules() -> bytes:
    """Two hundred thousand lines on one page."""
    ops = b"".join(
        b"%d 0 m %d 800 l S 0 %d m 600 %d l S\n" % (n % 600, n % 600, n % 800, n % 800) for n in range(100_000)
    )
    return raw_pdf(_CATALOG, _PAGES, _PAGE, ("<< /Filter /FlateDecode >>", zlib.compress(ops)), "<< >>")


def locked_pdf() -> bytes:
    """A PDF under a password (its hashes are of no password anybody knows)."""
    lock = "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> >>"
    return raw_pdf(
        _CATALOG, _PAGES, _PAGE, ("<< >>", b"x"), "<< >>", lock, trailer="/Root 1 0 R /Encrypt 6 0 R /ID "
        "[<00112233445566778899aabbccddeeff>"
        " <00112233445566778899aabbccddeeff>]"
    )  # fmt: skip


def zip_bomb(megabytes: int, name: str = "a.txt") -> bytes:
    """One member of so many megabytes of zeros."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as container,
        container.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(megabytes):
            member.write(b"0" * (1 << 20))
    return out.getvalue()


def lying_zip() -> bytes:
    """A member that unpacks to 100 MB and says it is 100 bytes."""
    data = bytearray(zip_bomb(100))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 100)
    return bytes(data)


def nested_zip(depth: int) -> bytes:
    """Archives in archives."""
    data = zipped({"a.txt": "x"})
    for _ in range(depth):
        data = zipped({"in.zip": data})
    return data


def many_members(count: int) -> bytes:
    """An archive of so many empty files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for number in range(count):
            container.writestr(f"{number}.txt", "")
    return out.getvalue()


def laughing(root: str) -> str:
    """XML whose entities multiply."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "ha">{entities}]><{root}>&l9;</{root}>'


def _deep(tag: str, depth: int, inside: str) -> str:
    return f"<{tag}>" * depth + inside + f"</{tag}>" * depth


def hostile() -> dict[str, bytes]:
    """Name -> file. What a reader does with each is said where it is used."""
    letter = pdf(reply().sheets())
    deep_table = "<w:tbl><w:tr><w:tc>" * 100 + p("x") + "</w:tc></w:tr></w:tbl>" * 100
    return {
        "pdf: stream bomb": stream_bomb(),
        "pdf: form bomb": form_bomb(),
        "pdf: 10,000 pages": many_pages(10_000),
        "pdf: 500,000 letters on a page": many_glyphs(),
        "pdf: 200,000 lines on a page": many_rules(),
        "pdf: password": locked_pdf(),
        "pdf: pages that are their own parents": raw_pdf(_CATALOG, "<< /Type /Pages /Count 5 /Kids [2 0 R 2 0 R] >>"),
        "pdf: form that draws itself": raw_pdf(
            _CATALOG, _PAGES, _PAGE, ("<< >>", b"/X Do"),
            ("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> >>",
            b"/X Do /X Do"),
        ),
        "pdf: bookmarks in a circle": raw_pdf(
            "<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>", _PAGES, _PAGE, ("<< >>", b""), "<< >>",
            "<< /Type /Outlines /First 7 0 R /Last 7 0 R >>", "<< /Title (a) /Parent 6 0 R /Next 7 0 R /First 7 0 R >>",
        ),
        "pdf: no pages": raw_pdf(_CATALOG, "<< /Type /Pages /Count 0 /Kids [] >>"),
        "pdf: huge page": raw_pdf(_CATALOG, _PAGES, _PAGE.replace("600 800", "1e30 1e30"), ("<< >>", b""), "<< >>"),
        "pdf: arrays nested 100,000 deep": raw_pdf(_CATALOG, _PAGES, _PAGE, ("<< >>", b""),
        "[" * 100_000 + "]" * 100_000),
        "pdf: reference to itself as length": b"%PDF-1.4\n1 0 obj << /Length 1 0 R >> "
        b"stream\nx\nendstream endobj\ntrailer << /Root 1 0 R >>",
        "pdf: picture of 2 gigapixels": raw_pdf(
            _CATALOG, _PAGES, _PAGE, ("<< >>", b"q 600 0 0 800 0 0 cm /X Do Q"),
            ("<< /Type /XObject /Subtype /Image /Width 50000 /Height 50000 "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode >>", zlib.compress(b"\x00" * 10_000_000)),
        ),
        "pdf: only the mark": b"%PDF-1.7\n",
        "pdf: mark and noise": b"%PDF-1.7\n" + bytes(range(256)) * 400,
        **{f"pdf: cut at {share} %": letter[: len(letter) * share // 100] for share in (5, 30, 60, 90)},
        "pdf: bytes turned": bytes(byte ^ (0x55 if place % 97 == 0 else 0) for place, byte in enumerate(letter)),
        "zip: bomb of 400 MB": zip_bomb(400),
        "zip: lying about its size": lying_zip(),
        "zip: ten deep": nested_zip(10),
        "zip: 30,000 members": many_members(30_000),
        "zip: password": bytes(_flagged(zipped({"a.txt": "secret"}))),
        "zip: only the mark": b"PK\x03\x04",
        "zip: cut": zipped({"a.txt": "x" * 1000})[:-30],
        "zip: empty": b"PK\x05\x06" + b"\x00" * 18,
        "docx: laughing": zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": laughing("w:document")}),
        "docx: outer entity": zipped(
            {
                "[Content_Types].xml": "<Types/>",
                "word/document.xml": "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w:document "
                f"{W}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>",
            }
        ),
        "docx: tables nested 100 deep": docx(deep_table),
        "docx: elements nested 100,000 deep": docx(_deep("w:sdt", 100_000, "")),
        "docx: not XML": zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": b"\x00\x01\x02"}),
        "docx: XML cut": zipped({"[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {W}><w:body><w:p>"}),
        "docx: no document": zipped({"[Content_Types].xml": "<Types/>", "word/x.xml": "<x/>"}),
        "docx: bomb": zipped({"[Content_Types].xml": "<Types/>",
        "word/document.xml": "<a>" + " " * 100_000_000 + "</a>"}),
        "docx: styles based on each other": docx(
            p("x", "<w:pStyle w:val='A'/>"),
            styles=f"<w:styles {W}><w:style w:styleId='A'><w:basedOn w:val='B'/></w:style>"
            "<w:style w:styleId='B'><w:basedOn w:val='A'/></w:style></w:styles>",
        ),
        "docx: password": ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
        "xlsx: bomb": zipped({**_members(xlsx({"A": [["x"]]})),
        "xl/sharedStrings.xml": "<sst>" + " " * 200_000_000 + "</sst>"}),
        "xlsx: one cell at the far corner": _far_corner(),
        "xlsx: laughing": zipped({**_members(xlsx({"A": [["x"]]})), "xl/worksheets/sheet1.xml": laughing("worksheet")}),
        "xlsx: cut": xlsx({"A": [["x"]]})[:-200],
        "doc: password": word("x\r", encrypted=True),
        "doc: no table": ole({"WordDocument": b"\xec\xa5\xc1\x00" + b"\x00" * 2000}),
        "doc: piece table of nonsense": _damaged_word(),
        "ole: only the mark": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "ole: sectors in a circle": _circular_ole(),
        "ole: slides": ole({"PowerPoint Document": b"x"}),
        "ole: message": ole({"__substg1.0_0037001F": b"x"}),
        "ofd: laughing": zipped({"OFD.xml": laughing("OFD")}),
        "ofd: no document": zipped({"OFD.xml": "<ofd:OFD xmlns:ofd='x'/>"}),
        "ofd: pages missing": zipped({**_members(ofd([""])), "Doc_0/Pages/Page_0/Content.xml": "<x"}),
        "ofd: a distance repeated without end": ofd([ofd_text(10, 10, "x" * 50).replace("g 49 5.6",
        "g 999999999 5.6 " * 50)]),
        "rtf: groups nested 100,000 deep": b"{\\rtf1" + b"{" * 100_000,
        "rtf: cut": b"{\\rtf1\\ansi{\\fonttbl",
        "rtf: binary of endless length": b"{\\rtf1\\bin9999999999 x}",
        "rar": b"Rar!\x1a\x07\x01\x00" + b"\x00" * 200,
        "7z": b"7z\xbc\xaf\x27\x1c" + b"\x00" * 200,
        "picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 200,
        "script in PostScript": b"%!PS\n{ } loop",
    }  # fmt: skip


def _members(data: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        return {name: container.read(name) for name in container.namelist()}


def _flagged(data: bytes) -> bytearray:
    """All members marked as encrypted."""
    out = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(mark)
        out[at + place] |= 1
    return out


def _far_corner() -> bytes:
    members = _members(xlsx({"A": [["x"]]}))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    members["xl/worksheets/sheet1.xml"] = (
        f"<worksheet xmlns='{main}'><sheetData><row r='1'><c r='A1'><v>1</v></c></row>"
        "<row r='1048576'><c r='XFD1048576'><v>2</v></c></row></sheetData></worksheet>"
    )
    return zipped(members)


def _damaged_word() -> bytes:
    data = bytearray(word("x" * 200 + "\r"))
    at = data.find(b"\x02\x10\x00\x00\x00")
    data[at + 5 : at + 13] = b"\xff" * 8
    return bytes(data)


def _circular_ole() -> bytes:
    data = bytearray(word("x\r"))
    sector = struct.unpack_from("<I", data, 76)[0]
    struct.pack_into("<I", data, 512 * (sector + 1), 0)
    return bytes(data)
