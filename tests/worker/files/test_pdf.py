"""Official letters as PDF: paragraphs whole, fields exact, nothing of the paper in the text."""

from __future__ import annotations

import pytest

from tests.support.hostile import raw_pdf
from tests.support.letters import BODY, reply
from tests.support.pdfs import GREY, Sheet, furniture, lines, pdf
from worker.extract.files.model import Broken, FileText
from worker.extract.files.pdf.read import read
from worker.extract.files.said import Said, said


def paper(**changes: object) -> tuple[FileText, Said]:
    file = read(pdf(reply(**changes).sheets()))
    return file, said(file)


def test_paragraphs_broken_over_lines_and_pages_are_whole_again() -> None:
    file, words = paper()
    assert len(file.pages) == 2
    assert [text for text in BODY if text not in words.text.split("\n")] == []


@pytest.mark.parametrize("size", [14.0, 15.0, 16.0])
@pytest.mark.parametrize("number", ["— {page} —", "- {page} -", "第 {page} 页 共 {pages} 页", "{page}"])
def test_page_numbers_headers_and_watermarks_are_no_text_whatever_their_form(size: float, number: str) -> None:
    file, words = paper(
        size=size, pitch=size * 1.75, page_number=number, header="临江市政务内网打印", watermark="内部资料"
    )
    assert [text for text in BODY if text not in words.text.split("\n")] == []
    assert "内部资料" not in words.text
    assert "内网打印" not in words.text
    assert len(furniture(file, "page number")) == len(file.pages) == len(furniture(file, "header"))
    assert furniture(file, "watermark") == ["内部资料"] * len(file.pages)


def test_a_seal_over_the_signature_is_no_text() -> None:
    file, words = paper(seal="临江市工信局")
    assert "临江市工业和信息化局" in words.text.split("\n")
    assert words.fields["signatory"] == "临江市工业和信息化局"
    assert "印章" not in words.text
    assert "临江市工信局" not in words.text
    assert furniture(file, "seal")


def test_fields_of_a_reply_under_a_red_header() -> None:
    _, words = paper(seal="临江市工信局", watermark="样")
    assert words.title == "关于市政协六届二次会议第2023118号提案的答复"
    assert words.fields == {
        "issuer": "临江市工业和信息化局",
        "document_number": "临工信提〔2023〕17号",
        "addressee": "赵启明委员",
        "signatory": "临江市工业和信息化局",
        "signed_on": "2023-05-08",
        "written_on": "2023-05-08",
        "contact": "联系人：孙晓梅 联系电话：0571-88123456",
        "copied_to": "市政协提案委员会，市政府督查室",
        "printed_by": "临江市工业和信息化局办公室",
        "printed_on": "2023-05-09",
        "proposal": {
            "session": "市政协六届二次会议", "number": "2023118", "title": "关于加快城北旧厂区改造利用的建议",
            "proposer": "赵启明委员", "class": "A类",
        },
    }  # fmt: skip


def test_a_letterhead_without_number_and_signature_names_the_issuer_only() -> None:
    _, words = paper(issuer="临江市城市管理局", number="", signatory="", date="", copied=(), after=())
    assert words.fields["issuer"] == "临江市城市管理局"
    assert not {"document_number", "signatory", "written_on", "copied_to"} & words.fields.keys()


def test_what_the_producer_writes_about_itself_is_no_part_of_what_is_said() -> None:
    once = read(pdf(reply().sheets(), info="/Producer (A) /CreationDate (D:20230508120000)"))
    again = read(pdf(reply().sheets(), info="/Producer (B) /CreationDate (D:20240101120000)"))
    assert once.info != again.info
    assert said(once) == said(again)


def test_a_ruled_table_is_a_table_and_one_that_goes_on_overleaf_is_the_same_table() -> None:
    heads = ["序号", "项目", "金额（万元）"]
    rows = [[str(place), f"{name}段改造", f"{place * 120}"] for place, name in enumerate("甲乙丙丁戊己", 1)]
    first, second = Sheet(), Sheet()
    first.text(79, 120, "附表列出各标段的改造金额。")
    first.table(79, 640, (60, 200, 120), [heads, *rows[:3]])
    second.table(79, 90, (60, 200, 120), [heads, *rows[3:]])
    second.text(79, 300, "以上金额均含税。")
    file = read(pdf([first, second]))
    tables = [block for block in file.blocks if block.kind == "table"]
    assert len(tables) == 1
    assert tables[0].rows == tuple(map(tuple, [heads, *rows]))
    assert "序号 | 项目 | 金额（万元）\n1 | 甲段改造 | 120" in tables[0].text
    assert lines(file)[0] == "附表列出各标段的改造金额。"
    assert lines(file)[-1] == "以上金额均含税。"


def test_a_cell_over_several_lines_and_a_cell_over_several_columns_are_one_cell_each() -> None:
    sheet = Sheet()
    sheet.rule(80, 100, 380, 100), sheet.rule(80, 130, 380, 130), sheet.rule(80, 190, 380, 190)
    sheet.rule(80, 100, 80, 190), sheet.rule(380, 100, 380, 190), sheet.rule(180, 130, 180, 190)
    sheet.text(90, 120, "改造项目一览", 12), sheet.text(90, 150, "范围", 12)
    sheet.text(190, 150, "北至铁路专用线，", 12), sheet.text(190, 170, "南至滨江路。", 12)
    (table,) = read(pdf([sheet])).blocks
    assert table.rows == (("改造项目一览",), ("范围", "北至铁路专用线，南至滨江路。"))


def test_rows_that_stand_under_each_other_without_rules_are_a_table() -> None:
    sheet = Sheet()
    for place, row in enumerate(
        [("城区", "户数", "比例"), ("江北", "120", "35.1%"), ("江南", "98", "28.7%"), ("新城", "124", "36.2%")]
    ):
        for column, cell in enumerate(row):
            sheet.text(90 + column * 140, 120 + place * 24, cell, 12)
    (table,) = read(pdf([sheet])).blocks
    assert table.rows[1] == ("江北", "120", "35.1%")


def test_a_frame_round_one_text_is_no_table() -> None:
    sheet = Sheet()
    (
        sheet.rule(80, 100, 380, 100),
        sheet.rule(80, 160, 380, 160),
        sheet.rule(80, 100, 80, 160),
        sheet.rule(380, 100, 380, 160),
    )
    sheet.text(90, 135, "温馨提示：请携带身份证。", 14)
    (block,) = read(pdf([sheet])).blocks
    assert (block.kind, block.text) == ("paragraph", "温馨提示：请携带身份证。")


LEFT = (
    "城北片区的更新从去年春天开始筹备居民议事会先后开了九次每一次都有人提出"
    "新的想法也有人担心租金会跟着上涨设计师把这些意见一条一条都记录了下来了"
)
RIGHT = (
    "到了秋天第一批厂房的屋顶已经换上了新瓦老师傅们回到自己当年工作"
    "过的车间看见机床被擦得干干净净摆在大厅中央孩子们围着它们问这问那"
)


def test_two_columns_are_read_one_after_the_other() -> None:
    sheet = Sheet()
    sheet.text(200, 100, "老厂房里的新生活", 22)
    for column, text in enumerate((LEFT, RIGHT)):
        for place in range(0, len(text), 14):
            sheet.text(80 + column * 230, 150 + place / 14 * 24 + column * 7, text[place : place + 14], 14)
    assert lines(read(pdf([sheet]))) == ["老厂房里的新生活", LEFT + RIGHT]


def test_a_landscape_page_and_a_page_set_on_its_side_read_the_same() -> None:
    text = "本页横向排版，供打印使用。"
    turned = Sheet(rotate=90)
    for place in range(4):
        turned.text(200 + place * 28, 700, text, 14, angle=(0, 1, -1, 0))
    aside = Sheet()
    for place in range(4):
        aside.text(200 + place * 28, 700, text, 14, angle=(0, 1, -1, 0))
    for file in (read(pdf([turned])), read(pdf([aside]))):
        assert lines(file) == [text * 4]
        assert (file.pages[0].width, file.pages[0].height) == (842.0, 595.0)


def test_footnotes_stand_behind_the_text_and_do_not_cut_a_sentence() -> None:
    first, second = Sheet(), Sheet()
    text = (
        "全市常住人口继续增加，城北片区的增量主要来自新建的工人新村和科创街"
        "区，其中科创街区的常住人口比上年末增加了一成以上，增速居各片区之首。"
    )
    full = [text[place : place + 28] for place in range(0, len(text), 28)]
    for place, line in enumerate(full[:2]):
        first.text(79, 600 + place * 28, line)
    second.text(79, 120, full[2])
    first.rule(79, 690, 220, 690)
    first.text(79, 705, "①数据来自2023年人口抽样调查。", 9)
    file = read(pdf([first, second]))
    assert lines(file) == [text, "①数据来自2023年人口抽样调查。"]
    assert file.blocks[-1].kind == "note"


def test_raised_figures_do_not_become_part_of_a_number() -> None:
    sheet = Sheet()
    sheet.text(79, 120, "常住人口", 16)
    sheet.text(143, 113, "1", 8)
    sheet.text(147, 120, "768.5万人。", 16)
    assert lines(read(pdf([sheet]))) == ["常住人口¹768.5万人。"]


def test_text_from_top_to_bottom_is_left_alone_and_named() -> None:
    sheet = Sheet()
    for place, character in enumerate("临江市人民政府公报"):
        sheet.text(500, 150 + place * 24, character, 16)
    sheet.text(79, 420, "本期目录见次页。")
    file = read(pdf([sheet]))
    assert "临江市人民政府公报" in lines(file)
    assert "top to bottom" in file.unread[0]


def test_a_layer_of_private_characters_is_no_text() -> None:
    table = {character: chr(0xE000 + place) for place, character in enumerate(sorted(set("".join(BODY))))}
    file = read(pdf(reply(copied=(), after=()).sheets(), to_unicode=table))
    assert file.scans == (1, 2)
    assert "private mapping" in file.scan_why
    assert not file.blocks or "\ue000" not in "".join(lines(file))


def test_a_layer_that_means_other_characters_is_noticed() -> None:
    table = {
        character: chr(ord(character) + 0x300) for character in sorted(set("".join(BODY))) if "一" <= character <= "鿿"
    }
    file = read(pdf(reply().sheets(), to_unicode=table))
    assert file.scans == (1, 2)
    assert "wrong mapping" in file.scan_why


def test_a_scan_without_text_waits_for_ocr_and_another_scan_is_another_one() -> None:
    def scanned(pixels: bytes, info: str = "") -> FileText:
        sheet = Sheet()
        sheet.picture(0, 0, 595, 842, pixels)
        return read(pdf([sheet], info))

    file = scanned(b"\x10\x20")
    assert (file.blocks, file.scans) == ((), (1,))
    assert file.scan_digest == scanned(b"\x10\x20", "/ModDate (D:20240101)").scan_digest
    assert file.scan_digest != scanned(b"\x10\x21").scan_digest


def test_a_hidden_layer_under_a_picture_is_read_where_it_is_good_and_not_where_it_is_poor() -> None:
    def layered(text: str) -> FileText:
        sheet = Sheet()
        sheet.picture(0, 0, 595, 842)
        for place in range(0, len(text), 28):
            sheet.text(79, 120 + place, text[place : place + 28], 16, mode=3)
        return read(pdf([sheet]))

    good = layered(LEFT + RIGHT)
    assert good.scans == ()
    assert LEFT[:28] in "".join(lines(good))
    poor = layered("".join(character if place % 3 else "|" for place, character in enumerate(LEFT + RIGHT)))
    assert poor.scans == (1,)
    assert poor.blocks == ()


def test_producers_tags_name_headers_that_stand_on_one_page_only() -> None:
    sheet = Sheet()
    sheet.text(79, 60, "临江日报 2023年5月", 10, artifact=True)
    for place in range(3):
        sheet.text(79, 200 + place * 40, "这一段文字不在页眉里。")
    file = read(pdf([sheet]))
    assert "临江日报" not in "".join(lines(file))
    assert furniture(file, "header") == ["临江日报 2023年5月"]


def test_a_heading_set_with_wide_spaces_is_one_word() -> None:
    sheet = Sheet()
    sheet.text(200, 110, "通知", 22, spacing=44)
    sheet.text(111, 160, "请各单位按时参加会议。")
    assert lines(read(pdf([sheet])))[0] == "通知"


def test_full_width_blanks_are_one_space() -> None:
    sheet = Sheet()
    sheet.text(79, 200, "某某局办公室\u3000\u3000\u30002023年5月9日印发", 14)
    assert lines(read(pdf([sheet]))) == ["某某局办公室 2023年5月9日印发"]


def test_half_a_file_is_damaged() -> None:
    with pytest.raises(Broken):
        read(pdf(reply().sheets())[:200])


def test_pale_large_words_behind_the_text_are_a_watermark() -> None:
    sheet = Sheet()
    sheet.text(100, 400, "征求意见稿", 72, GREY)
    for place in range(5):
        sheet.text(79, 200 + place * 90, "正文照常显示，不受底纹影响。")
    file = read(pdf([sheet]))
    assert "征求意见稿" not in "".join(lines(file))
    assert furniture(file, "watermark") == ["征求意见稿"]


def test_a_chinese_font_that_is_named_and_not_embedded_loses_no_character() -> None:
    ops = "".join(
        f"BT /F1 16 Tf {80 + place * 16} 700 Td <{character.encode('utf-16-be').hex()}> Tj ET\n"
        for place, character in enumerate("每个字单独放置。")
    )
    file = read(
        raw_pdf(
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >"
            "> >>",
            ("<< >>", ops.encode()),
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] "
            ">>",
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
            "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
            "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        )
    )
    assert lines(file) == ["每个字单独放置。"]


def test_a_glyph_that_is_said_to_mean_a_radical_means_the_character_it_is_drawn_for() -> None:
    sheet = Sheet()
    sheet.text(80, 100, "四十六户橡胶企业见证门市改革，长期保留民用车辆行道。")
    mapped = {"户": "⼾", "胶": "㬵", "见": "⻅", "门": "⻔", "长": "⻓", "民": "⺠", "车": "⻋", "行": "行"}
    assert lines(read(pdf([sheet], to_unicode=mapped))) == ["四十六户橡胶企业见证门市改革，长期保留民用车辆行道。"]


def test_the_radical_of_the_door_is_the_traditional_character_on_a_traditional_page() -> None:
    sheet = Sheet()
    sheet.text(80, 100, "本會對各戶的資產進行調查。")
    assert lines(read(pdf([sheet], to_unicode={"戶": "⼾"}))) == ["本會對各戶的資產進行調查。"]
