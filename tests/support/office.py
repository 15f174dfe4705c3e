"""DOCX, XLSX and OFD files made by hand: the parts a reader needs, and nothing else."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A ZIP file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A Word file; `parts` are further parts by name (`styles`, `numbering`, `footnotes`, `header1`)."""
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            **{f"word/{name}.xml": text for name, text in parts.items()},
        }
    )


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>"
        "</w:p>"
    )


def xlsx(sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    """A spreadsheet of inline strings and numbers."""
    names = list(sheets)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        "<Override PartName='/xl/workbook.xml' "
        "ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
        "</Types>",
        "_rels/.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='rId1' Type='{rel}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{main}' xmlns:r='{rel}'><sheets>"
        + "".join(
            f"<sheet name='{name}' sheetId='{place}' "
            f"r:id='rId{place}'{' state=`hidden`'.replace('`', chr(39)) if name in hidden else ''}/>"
            for place, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        + "".join(
            f"<Relationship Id='rId{place}' Type='{rel}/worksheet' Target='worksheets/sheet{place}.xml'/>"
            for place in range(1, len(names) + 1)
        )
        + "</Relationships>",
    }
    for place, name in enumerate(names, 1):
        rows = []
        for number, row in enumerate(sheets[name], 1):
            cells = "".join(
                f"<c r='{chr(65 + column)}{number}'"
                + (
                    f"><v>{cell}</v></c>"
                    if isinstance(cell, (int, float))
                    else f" t='inlineStr'><is><t>{escape(str(cell))}</t></is></c>"
                )
                for column, cell in enumerate(row)
                if cell is not None
            )
            rows.append(f"<row r='{number}'>{cells}</row>")
        members[f"xl/worksheets/sheet{place}.xml"] = (
            f"<worksheet xmlns='{main}'><sheetData>{''.join(rows)}</sheetData></worksheet>"
        )
    return zipped(members)


def ofd(pages: list[str]) -> bytes:
    """An OFD file; each page is the inside of its layer."""
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    members: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocInfo><ofd:Author>某</ofd:Author></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>"
        "0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
        "<ofd:Pages>"
        + "".join(f"<ofd:Page ID='{place}' BaseLoc='Pages/Page_{place}/Content.xml'/>" for place in range(len(pages)))
        + "</ofd:Pages></ofd:Document>",
    }
    for place, inside in enumerate(pages):
        members[f"Doc_0/Pages/Page_{place}/Content.xml"] = (
            f"<ofd:Page {ns}><ofd:Content><ofd:Layer>{inside}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return zipped(members)


def ofd_text(x: float, y: float, text: str, size: float = 5.6, colour: str = "0 0 0") -> str:
    """A text object with its upper left corner at x, y (millimetres), full-width letters."""
    return (
        f"<ofd:TextObject Boundary='{x} {y} {size * len(text):.1f} "
        f"{size * 1.2:.1f}' Size='{size}'><ofd:FillColor Value='{colour}'/>"
        f"<ofd:TextCode X='0' Y='{size * 0.85}' DeltaX='g {max(len(text) - 1, 1)} "
        f"{size}'>{escape(text)}</ofd:TextCode></ofd:TextObject>"
    )
