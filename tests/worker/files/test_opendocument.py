"""OpenDocument texts, spreadsheets and slides, and PPTX: what a reader sees, in order."""

from __future__ import annotations

import pytest

from tests.support.office import zipped
from tests.support.opendocument import opendocument, pptx, shape
from worker.extract.files import sheets
from worker.extract.files.child import read as child
from worker.extract.files.containers import type_of
from worker.extract.files.model import Bomb, Broken, Encrypted, FileText
from worker.extract.files.odf import read as odf
from worker.extract.files.said import said
from worker.extract.files.slides import pptx as slides

LISTS = (
    '<text:list-style style:name="L">'
    '<text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" style:num-prefix="（" style:num-suffix="）"/>'
    '<text:list-level-style-bullet text:level="3" text:bullet-char="•"/></text:list-style>'
)


def lines(file: FileText) -> list[str]:
    return [block.text for block in file.blocks]


def item(*inner: str) -> str:
    return f"<text:list-item>{''.join(inner)}</text:list-item>"


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def test_odt_shows_what_was_inserted_and_not_what_was_deleted_hidden_or_remarked() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>三十日</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        + p(
            "征收期限<text:change/><text:change-start/>六十日<text:change-end/>"
            "<office:annotation><text:p>领导批注</text:p></office:annotation>"
            '<text:span text:style-name="H">内部掌握</text:span>，从公布<text:s/>之日起。'
        )
    )
    hidden = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    assert lines(odf.read(opendocument("text", body, automatic=hidden))) == ["征收期限六十日，从公布 之日起。"]


def test_odt_counts_list_numbers_on_and_anew_as_the_file_says() -> None:
    deeper = (
        f"<text:list>{item(p('目的'))}{item(p('依据'), '<text:list>' + item(p('法律')) + '</text:list>')}</text:list>"
    )
    body = (
        f'<text:list text:style-name="L">{item(p("总则"), deeper)}</text:list>' + p("插入的一段。")
        + f'<text:list text:style-name="L" text:continue-numbering="true">{item(p("范围"), p("另起一行"))}</text:list>'
        + f'<text:list text:style-name="L">{item(p("附则"))}</text:list>'
    )  # fmt: skip
    assert lines(odf.read(opendocument("text", body, styles=LISTS))) == [
        "一、总则", "（1）目的", "（2）依据", "法律", "插入的一段。", "二、范围", "另起一行", "一、附则",
    ]  # fmt: skip


def test_odt_tables_boxes_notes_and_page_edges() -> None:
    cells = "<table:table-cell>{}</table:table-cell>"
    inner = f"<table:table><table:table-row>{cells.format(p('嵌套'))}</table:table-row></table:table>"
    body = (
        "<table:table><table:table-header-rows><table:table-row>"
        f"<table:table-cell table:number-columns-spanned='2'>{p('合并')}</table:table-cell>"
        f"<table:covered-table-cell/>{cells.format(p('右'))}</table:table-row></table:table-header-rows>"
        f"<table:table-row>{cells.format(p('甲') + inner)}{cells.format(p('乙'))}{cells.format(p('丙'))}"
        "</table:table-row></table:table>"
        + p(
            "尾段<draw:frame><draw:text-box>" + p("框内文字") + "</draw:text-box></draw:frame>见注"
            "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
            + p("按日历日计。") + "</text:note-body></text:note>。"
        )
    )  # fmt: skip
    master = "<style:master-page><style:footer><text:p>内部资料</text:p></style:footer></style:master-page>"
    file = odf.read(opendocument("text", body, master=master))
    assert lines(file) == ["合并 | 右\n甲 嵌套 | 乙 | 丙", "尾段见注。", "框内文字", "按日历日计。"]
    assert [block.kind for block in file.blocks] == ["table", "paragraph", "paragraph", "note"]
    assert [(item.what, item.text) for item in file.furniture] == [("footer", "内部资料")]


def test_odt_under_a_red_header_has_the_fields_of_a_letter() -> None:
    style = '<style:style style:name="{}" style:family="paragraph"><style:paragraph-properties fo:text-align="{}"/>'
    styles = (
        style.format("Red", "center") + '<style:text-properties fo:color="#e00000" fo:font-size="26pt"/></style:style>'
        + style.format("Head", "center") + '<style:text-properties style:font-size-asian="22pt"/></style:style>'
        + style.format("Right", "end") + "</style:style>"
    )  # fmt: skip
    body = (
        p("临江市民政局文件", "Red") + p("临民发〔2024〕6号") + p("关于做好冬季救助工作的通知", "Head")
        + p("各县（区）民政局：") + p("近期气温骤降，为确保困难群众温暖过冬，现就有关事项通知如下，请认真抓好落实。")
        + p("临江市民政局", "Right") + p("2024年12月3日", "Right")
    )  # fmt: skip
    words = said(odf.read(opendocument("text", body, automatic=styles)))
    assert words.title == "关于做好冬季救助工作的通知"
    assert words.fields["issuer"] == words.fields["signatory"] == "临江市民政局"
    assert (words.fields["document_number"], words.fields["written_on"]) == ("临民发〔2024〕6号", "2024-12-03")


def test_ods_is_read_as_a_spreadsheet() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'
    body = (
        "<table:table table:name='名单'><table:table-row>" + cell.format("姓名") + cell.format("金额")
        + "</table:table-row><table:table-row>" + cell.format("张三") + number.format("100.5")
        + "</table:table-row></table:table>"
    )  # fmt: skip
    file = sheets.read(opendocument("spreadsheet", body))
    assert (file.type, lines(file)) == ("ods", ["姓名 | 金额\n张三 | 100.5"])


@pytest.mark.parametrize("kind", ["text", "presentation", "spreadsheet"])
def test_opendocument_under_a_password_is_encrypted(kind: str) -> None:
    body = zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": "<m:manifest xmlns:m='x'><m:encryption-data/></m:manifest>",
            "content.xml": b"\x00\x8f\xff",
        }
    )
    with pytest.raises(Encrypted):
        child(body, {"name": "", "type": ""})


def test_odp_slides_have_titles_and_neither_notes_nor_footers() -> None:
    box = "<draw:frame presentation:class='{}'><draw:text-box>{}</draw:text-box></draw:frame>"
    first = "<draw:page>" + box.format("title", p("年度汇报")) + box.format("outline", p("第一项") + p("第二项"))
    first += (
        box.format("footer", p("市统计局")) + f"<presentation:notes>{p('讲者备注')}</presentation:notes></draw:page>"
    )
    file = odf.read(opendocument("presentation", first + "<draw:page>" + box.format("", p("结论")) + "</draw:page>"))
    assert [(block.kind, block.text, block.page) for block in file.blocks] == [
        ("heading", "年度汇报", 1), ("paragraph", "第一项", 1), ("paragraph", "第二项", 1), ("paragraph", "结论", 2),
    ]  # fmt: skip
    assert [(item.what, item.text) for item in file.furniture] == [("footer", "市统计局")]


def test_pptx_slides_come_in_the_order_shown_with_tables_and_without_hidden_ones() -> None:
    cell = "<a:tc{}><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    rows = (
        cell.format(" gridSpan='2'", "合计") + cell.format(" hMerge='1'", ""),
        cell.format("", "甲") + cell.format("", "100"),
    )
    table = f"<p:graphicFrame><a:tbl>{''.join(f'<a:tr>{row}</a:tr>' for row in rows)}</a:tbl></p:graphicFrame>"
    body = pptx(
        shape("年度", "汇报", placeholder="ctrTitle")
        + f"<p:grpSp>{shape('第一项')}</p:grpSp>"
        + shape("3", placeholder="sldNum"),
        f"<p:sld show='0'>{shape('藏起来的')}</p:sld>",
        table,
    )
    file = slides.read(body)
    assert type_of(body) == "pptx"
    assert lines(file) == ["年度 汇报", "第一项", "合计\n甲 | 100"]
    assert file.unread == ("slide 2: hidden",)
    assert [(item.what, item.text) for item in file.furniture] == [("page number", "3")]
    assert said(file).title == "年度汇报"


def test_hostile_opendocument_and_slides_are_named_or_cut() -> None:
    nested = "<text:list><text:list-item>" * 300 + p("x") + "</text:list-item></text:list>" * 300
    with pytest.raises(Bomb):
        odf.read(opendocument("text", nested))
    kind = {"mimetype": "application/vnd.oasis.opendocument.text"}
    with pytest.raises(Bomb):
        odf.read(zipped({**kind, "content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}))
    with pytest.raises(Broken):
        odf.read(zipped({**kind, "content.xml": "<a/>"}))
    endless = (
        '<table:table><table:table-row table:number-rows-repeated="1048576">'
        f'<table:table-cell table:number-columns-repeated="16384">{p("x")}</table:table-cell>'
        "</table:table-row></table:table>"
    )
    assert len(lines(odf.read(opendocument("text", endless)))[0]) < 100_000
    style = '<style:style style:name="{}" style:family="paragraph" style:parent-style-name="{}"/>'
    circle = style.format("a", "b") + style.format("b", "a")
    assert lines(odf.read(opendocument("text", p("x", "a"), automatic=circle))) == ["x"]
    with pytest.raises(Broken):
        slides.read(pptx())
