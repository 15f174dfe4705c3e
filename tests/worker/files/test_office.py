"""Word, spreadsheets, OFD, text and archives: what a reader sees, in order, and nothing a reader does not see."""

from __future__ import annotations

import struct
import zipfile

import pytest

from tests.support.office import W, docx, ofd, ofd_text, p, xlsx, zipped
from tests.support.ole import ole, word
from worker.extract.files import csv, rtf, sheets, text
from worker.extract.files import zip as archive
from worker.extract.files.containers import type_of
from worker.extract.files.model import Broken, Encrypted, FileText
from worker.extract.files.ofd import read as ofd_reader
from worker.extract.files.said import said
from worker.extract.files.sniff import family
from worker.extract.files.word import doc
from worker.extract.files.word import docx as docx_reader


def lines(file: FileText) -> list[str]:
    return [block.text for block in file.blocks]


def test_docx_shows_inserted_and_not_deleted_or_hidden_text() -> None:
    body = (
        "<w:p><w:r><w:t>征收期限</w:t></w:r><w:del><w:r><w:delText>三十日</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>六十日</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>内部</w:t></w:r><w:r><w:t>。</w:t></w:r></w:p>"
    )
    assert lines(docx_reader.read(docx(body))) == ["征收期限六十日。"]


def test_docx_counts_list_numbers_out() -> None:
    numbering = (
        f"<w:numbering {W}><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'>"
        "<w:start w:val='1'/><w:numFmt w:val='chineseCountingThousand'/>"
        "<w:lvlText w:val='%1、'/></w:lvl><w:lvl w:ilvl='1'><w:start w:val='1'/>"
        "<w:numFmt w:val='decimal'/><w:lvlText w:val='（%2）'/></w:lvl>"
        "</w:abstractNum><w:num w:numId='3'><w:abstractNumId w:val='0'/></w:num></w:numbering>"
    )
    first, second = (f"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='3'/></w:numPr>" for level in (0, 1))
    body = p("总则", first) + p("目的", second) + p("依据", second) + p("范围", first) + p("对象", second)
    assert lines(docx_reader.read(docx(body, numbering=numbering))) == [
        "一、总则",
        "（1）目的",
        "（2）依据",
        "二、范围",
        "（1）对象",
    ]


def test_docx_fields_show_their_result_and_text_boxes_follow_once() -> None:
    body = (
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGEREF _Toc</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>第12页</w:t></w:r><w:r><w:fldChar "
        "w:fldCharType='end'/></w:r>"
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>"
        + p("框内说明")
        + "</w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent>"
        + p("框内说明")
        + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert lines(docx_reader.read(docx(body))) == ["第12页", "框内说明"]


def test_docx_tables_merged_cells_and_footnotes() -> None:
    def tc(text: str, merge: str = "") -> str:
        return f"<w:tc><w:tcPr>{merge}</w:tcPr>{p(text)}</w:tc>"

    table = (
        "<w:tbl><w:tr>"
        + tc("片区", "<w:vMerge w:val='restart'/>")
        + tc("户数")
        + "</w:tr><w:tr>"
        + tc("", "<w:vMerge/>")
        + tc("120")
        + "</w:tr></w:tbl>"
    )
    body = table + "<w:p><w:r><w:t>见注</w:t><w:footnoteReference w:id='2'/></w:r></w:p>"
    notes = f"<w:footnotes {W}><w:footnote w:id='2'>{p('以户籍为准。')}</w:footnote></w:footnotes>"
    file = docx_reader.read(docx(body, footnotes=notes))
    assert file.blocks[0].rows == (("片区", "户数"), ("120",))
    assert [(block.kind, block.text) for block in file.blocks[1:]] == [("paragraph", "见注"), ("note", "以户籍为准。")]


def test_docx_styles_are_found_by_their_whole_id_with_what_they_are_based_on() -> None:
    styles = (
        f"<w:styles {W}>"
        "<w:style w:type='table' w:default='1' w:styleId='T'><w:pPr><w:jc w:val='right'/></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:default='1' w:styleId='a'><w:pPr><w:jc w:val='both'/></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='a1'/>"
        "<w:style w:type='paragraph' w:styleId='R&amp;D &quot;1&quot;'><w:basedOn w:val='top'/></w:style>"
        '<w:style w:styleId="top" w:type="paragraph"><w:basedOn w:val="a1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr>'
        "<w:rPr><w:color w:val='FF0000'/></w:rPr></w:style></w:styles>"
    )
    body = p("研发", "<w:pStyle w:val='R&amp;D &quot;1&quot;'/>") + p("正文") + p("别的", "<w:pStyle w:val='none'/>")
    heading, *others = docx_reader.read(docx(body, styles=styles)).blocks
    assert (heading.kind, heading.level, heading.role) == ("heading", 2, "red-header")
    assert [(block.kind, block.role) for block in others] == [("paragraph", "")] * 2


def test_docx_under_a_red_header_has_the_fields_of_a_letter() -> None:
    centre, red = "<w:jc w:val='center'/>", "<w:color w:val='FF0000'/><w:sz w:val='72'/>"
    body = (
        p("临江市民政局文件", centre, red) + p("临民发〔2024〕6号", centre)
        + p("关于做好冬季救助工作的", centre, "<w:sz w:val='44'/>")
        + p("通知", centre, "<w:sz w:val='44'/>") + p("各县（区）民政局：")
        + p("近期气温骤降，为确保困难群众温暖过冬，现就有关事项通知如下，请认真抓好落实。")
        + p("临江市民政局", "<w:jc w:val='right'/>") + p("2024年12月3日", "<w:jc w:val='right'/>")
    )  # fmt: skip
    words = said(docx_reader.read(docx(body)))
    assert words.title == "关于做好冬季救助工作的通知"
    assert words.fields["issuer"] == words.fields["signatory"] == "临江市民政局"
    assert words.fields["document_number"] == "临民发〔2024〕6号"
    assert words.fields["written_on"] == "2024-12-03"


def test_doc_text_in_both_widths_and_its_fields() -> None:
    file = doc.read(word("防汛值班安排\r各单位注意\x13 HYPERLINK x \x14值班电话\x15：12345。\r"))
    assert lines(file) == ["防汛值班安排", "各单位注意值班电话：12345。"]
    assert lines(doc.read(word("Plain words\rand more\r", narrow=True))) == ["Plain words", "and more"]


def test_doc_and_ooxml_under_a_password_are_encrypted() -> None:
    with pytest.raises(Encrypted):
        doc.read(word("密\r", encrypted=True))
    with pytest.raises(Encrypted):
        type_of(ole({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}))


def test_types_are_told_by_content() -> None:
    assert type_of(docx(p("x"))) == "docx"
    assert type_of(xlsx({"A": [["x"]]})) == "xlsx"
    assert type_of(ofd([""])) == "ofd"
    assert type_of(word("x\r")) == "doc"
    assert type_of(ole({"Workbook": b"x"})) == "xls"
    assert type_of(zipped({"a.txt": "x"})) == "zip"


def test_archives_and_programs_of_other_kinds_are_named_and_words_that_begin_like_them_are_words() -> None:
    tape = b"a.txt".ljust(257, b"\x00") + b"ustar\x0000" + bytes(200) + b"words"
    program = (b"MZ".ljust(60, b"\x00") + struct.pack("<I", 64) + b"PE\x00\x00").ljust(200, b"\x00")
    named = [type_of(body) for body in (tape, program, b"BZh91AY&SY" + bytes(50), b"\xfd7zXZ\x00" + bytes(50))]
    assert named == ["tar", "program", "bzip2", "xz"]
    assert [family(body) for body in (b"MZ is a county code", b"BZh is none", b"RIFF of the guitar")] == [None] * 3


def test_xlsx_sheets_titles_numbers_and_hidden_sheets() -> None:
    file = sheets.read(
        xlsx(
            {"汇总": [["2024年补助发放表"], ["姓名", "金额"], ["甲", 1200], ["乙", 35.5]], "底稿": [["勿外传"]]},
            hidden=("底稿",),
        )
    )
    assert lines(file) == ["2024年补助发放表", "姓名 | 金额\n甲 | 1200\n乙 | 35.5"]
    assert file.unread == ("hidden sheet: 底稿",)
    assert said(file).title == "2024年补助发放表"


def test_ofd_reads_like_a_pdf() -> None:
    text = (
        "本办法自公布之日起施行，由市住房和城乡建设局负责解释，此前规定与"
        "本办法不一致的以本办法为准，各县区可结合实际制定实施细则并报备案。"
    )
    rows = [text[place : place + 25] for place in range(0, len(text), 25)]
    page = ofd_text(30, 30, "临江市住房和城乡建设局文件", 8, "230 0 0") + ofd_text(70, 45, "临建发〔2024〕8号")
    page += "".join(
        ofd_text(30 + (11.2 if place == 0 else 0), 70 + place * 10, row if place else row[:23])
        for place, row in enumerate([rows[0]])
    )
    whole = text[:23] + text[23:]
    page += "".join(ofd_text(30, 80 + place * 10, whole[23 + place * 25 : 48 + place * 25]) for place in range(2))
    file = ofd_reader.read(ofd([page]))
    words = said(file)
    assert words.text.split("\n")[-1] == text
    assert words.fields["issuer"] == "临江市住房和城乡建设局"
    assert words.fields["document_number"] == "临建发〔2024〕8号"


def test_text_in_gbk_and_csv() -> None:
    assert lines(text.read("第一段。\r\n\r\n第二段，编码是国标。\r\n".encode("gb18030"))) == [
        "第一段。",
        "第二段，编码是国标。",
    ]
    (table,) = csv.read('姓名,地址\n甲,"江北, 一号"\n'.encode()).blocks
    assert table.rows == (("姓名", "地址"), ("甲", "江北, 一号"))
    with pytest.raises(Broken):
        text.read(bytes(range(256)) * 20)


def test_rtf_in_gbk_with_hidden_text_and_a_table() -> None:
    source = (
        r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}{\info{\title x}}\f0 \'d6\'d8\'d2\'aa{\v "
        r"hidden}\u36890?\u30693?\par"
        r"\trowd\cellx100\cellx200\intbl A\cell B\cell\row\pard End.\par}"
    )
    assert lines(rtf.read(source.encode())) == ["重要通知", "A | B", "End."]


def test_rtf_centred_large_and_red_words_are_what_they_are_in_word() -> None:
    body = (
        rb"{\rtf1\ansi\ansicpg936{\colortbl;\red0\green0\blue0;\red224\green0\blue0;}"
        rb"\pard\plain\qc\cf2\fs52 " + "临江市民政局".encode("gbk") + rb"\par\pard\plain\qc\fs44 "
        + "关于冬季救助的通知".encode("gbk") + rb"\par\pard\plain\qr\fs32 " + "2024年12月3日".encode("gbk") + rb"\par}"
    )  # fmt: skip
    file = rtf.read(body)
    assert [(block.kind, block.role) for block in file.blocks] == [
        ("paragraph", "red-header"), ("heading", "centre"), ("paragraph", "right"),
    ]  # fmt: skip
    assert said(file).title == "关于冬季救助的通知"


def test_rtf_list_numbers_stand_before_their_words() -> None:
    number = "{\\listtext\\pard\\plain %s\\tab}"
    body = "{\\rtf1\\ansi\\ansicpg936 " + number % "一、" + "总则\\par " + number % "1." + "目的\\par }"
    assert lines(rtf.read(body.encode("gbk"))) == ["一、总则", "1. 目的"]


def test_rtf_footnotes_stand_behind_the_text() -> None:
    body = (
        rb"{\rtf1\ansi begin{\super\chftn{\*\footnote\chftn\pard\plain first note\par}} end"
        rb"{\footnote \pard second}.\par next\par}"
    )
    file = rtf.read(body)
    assert lines(file) == ["begin end.", "next", "first note", "second"]
    assert [block.kind for block in file.blocks] == ["paragraph", "paragraph", "note", "note"]


def test_rtf_tables_inside_tables_merged_cells_and_text_boxes() -> None:
    body = (
        rb"{\rtf1\ansi\trowd\clvmgf\cellx100\cellx200\pard\intbl A\cell B\par"
        rb"\pard\intbl\itap2 inner\nestcell{\*\nesttableprops\trowd\cellx50\nestrow}{\nonesttables\par}"
        rb"\pard\intbl \cell\row\trowd\clvmrg\cellx100\cellx200\pard\intbl \cell C\cell\row\pard "
        rb"last{\shp{\*\shpinst\shpleft0{\sp{\sn shapeType}{\sv 202}}{\shptxt boxed\par\pard}}} words\par}"
    )
    assert lines(rtf.read(body)) == ["A | B inner\nC", "last words", "boxed"]


def test_zip_names_in_gbk_and_paths_that_climb_are_only_names() -> None:
    info = zipfile.ZipInfo("x")
    info.filename, info.flag_bits = "附件1.txt".encode("gbk").decode("cp437"), 0
    assert archive.name_of(info) == "附件1.txt"
    info.filename = "../../etc/passwd"
    assert archive.name_of(info) == "etc/passwd"
    file = archive.read(zipped({"../a.txt": "甲", "b/c.docx": docx(p("乙")), "d.bin": b"\x00\x01"}))
    assert lines(file) == ["a.txt", "甲", "b/c.docx", "乙"]
    assert file.attachments == (("a.txt", "text"), ("b/c.docx", "docx"), ("d.bin", "unsupported"))


def doc_level(start: int, shape: int, text: str, places: tuple[int, ...] = (1,)) -> bytes:
    """A level of a list of a Word 97 file: characters 0 to 8 stand for the number of that level."""
    held = bytes(places).ljust(9, b"\x00")
    return (
        struct.pack("<iBB9sBiIBBBB", start, shape, 0, held, 0, 0, 0, 0, 0, 0, 0)
        + struct.pack("<H", len(text))
        + text.encode("utf-16-le")
    )


def test_doc_counts_list_numbers_out_of_paragraphs_and_their_styles() -> None:
    heads = struct.pack("<h", 2)
    heads += b"".join(struct.pack("<iI9HBB", key, 0, *[0xFFF] * 9, simple, 0) for key, simple in ((77, 0), (88, 1)))
    levels = doc_level(1, 39, "\x00、") + doc_level(1, 39, "（\x01）", (2,)) + doc_level(1, 0, "") * 7
    levels += doc_level(3, 0, "第\x00条", (2,))
    overrides = struct.pack("<I", 2) + b"".join(struct.pack("<iIIBBBB", key, 0, 0, 0, 0, 0, 0) for key in (77, 88))
    in_list, centred, first, second, none = b"\x0b\x46", b"\x03\x24\x01", b"\x01\x00", b"\x02\x00", b"\x00\x00"
    style = struct.pack("<HHHHHH", 0, 1 | 0xFFF << 4, 1, 0, 0, 2) + "条款".encode("utf-16-le") + b"\x00\x00"
    style += struct.pack("<HH", 2 + 7, 1) + in_list + second + centred
    sheet = struct.pack("<HHHH", 6, 2, 10, 0) + struct.pack("<HH", 0, len(style)) + style
    body = word(
        "甲方责任\r按时付款\r配合验收\r无号\r乙方责任\r总则\r离开了列表\r",
        sprms=(
            none + in_list + first,
            none + in_list + first + b"\x0a\x26\x01",
            none + in_list + first + b"\x0a\x26\x01",
            none,
            none + in_list + first,
            first,
            first + in_list + none,
        ),
        tables={0x02E2: (heads, levels), 0x02EA: (overrides, b""), 0xA2: (sheet, b"")},
    )
    file = doc.read(body)
    assert lines(file) == [
        "一、甲方责任",
        "（一）按时付款",
        "（二）配合验收",
        "无号",
        "二、乙方责任",
        "第3条总则",
        "离开了列表",
    ]
    assert [block.role for block in file.blocks[4:]] == ["", "centre", "centre"]


def test_doc_with_a_cut_table_of_lists_says_its_text_without_numbers() -> None:
    heads = struct.pack("<hiI9HBB", 4000, 66, 0, *[0xFFF] * 9, 0, 0)
    overrides = struct.pack("<IiIIBBBB", 4000, 77, 0, 0, 0, 0, 0, 0)
    body = word(
        "甲方\r",
        sprms=(b"\x00\x00\x0b\x46\x01\x00",),
        tables={0x02EA: (overrides, b""), 0x02E2: (heads, doc_level(1, 0, "\x00."))},
    )
    assert lines(doc.read(body)) == ["甲方"]
