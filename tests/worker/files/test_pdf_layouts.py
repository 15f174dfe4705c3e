"""Layouts of other makers of PDFs: where lines, tables, titles and footnotes are hard to tell apart."""

from __future__ import annotations

from tests.support.letters import reply
from tests.support.pdfs import RED, Sheet, lines, pdf
from worker.extract.files.pdf.read import read
from worker.extract.files.said import said


def set_in_lines(*rows: str, size: float = 16.0, pitch: float = 28.0) -> Sheet:
    """Rows one under another, set in by the blanks they begin with."""
    sheet = Sheet()
    for place, row in enumerate(rows):
        bare = row.lstrip("　")
        sheet.text(80 + (len(row) - len(bare)) * size, 100 + place * pitch, bare, size)
    return sheet


def test_a_character_is_not_parted_from_the_quotes_beside_it_and_its_line_ends_early_for_them() -> None:
    sheet = set_in_lines(
        "　　今年以来各乡镇抓紧排查老旧泵站和沟渠并提出",
        "到“十五五”末全部改造的目标，现有登记的“老大",
        "难”“硬骨头”点位三百余处，逐处造册并落实责任人。",
        "　　下一步将加强督促检查，逐步形成完整的格局",
        "成“3+12+6”的体系，请您继续支持。",
    )
    assert [text[:6] for text in lines(read(pdf([sheet])))] == ["今年以来各乡", "下一步将加强"]


def test_a_red_header_of_two_lines_set_wide_apart_names_one_issuer() -> None:
    sheet = Sheet()
    sheet.text(80, 100, "临江市住房和城乡建设管理", 32, RED)
    sheet.text(216, 168, "局文件", 32, RED)
    for place, row in enumerate(
        ("　　您提出的建议收悉。我们会同有关部门进行了认真研究", "，征求了各乡镇的意见，现将办理情况答复如下，请审阅。")
        * 3
    ):
        bare = row.lstrip("　")
        sheet.text(80 + (len(row) - len(bare)) * 15, 260 + place * 26, bare, 15)
    assert said(read(pdf([sheet]))).fields["issuer"] == "临江市住房和城乡建设管理局"


def test_who_gets_a_copy_is_read_from_a_ruled_imprint_too() -> None:
    letter = reply(copied=())
    sheets = letter.sheets()
    sheets[-1].table(
        80, 620, [250, 190], [["抄送：市政协提案委员会，市政府督查室。"], ["临江市工信局办公室", "2023年5月9日印发"]]
    )
    fields = said(read(pdf(sheets))).fields
    assert fields["copied_to"] == "市政协提案委员会，市政府督查室"
    assert (fields["printed_by"], fields["printed_on"]) == ("临江市工信局办公室", "2023-05-09")


def test_letters_of_a_ligature_are_not_taken_for_print_over_print() -> None:
    sheet = Sheet()
    sheet.text(80, 100, "The O#ce of sta% at Cardi&.", 12)
    mapped = {"#": "ffi", "%": "ff", "&": "ff"}
    assert lines(read(pdf([sheet], to_unicode=mapped))) == ["The Office of staff at Cardiff."]


def test_a_table_open_at_its_sides_with_rules_between_groups_only_keeps_its_rows() -> None:
    sheet = Sheet()
    groups = [
        [
            ["河东新区", "甲镇", "9", "262", "41.1%"],
            ["", "乙镇", "13", "567", "37.3%"],
            ["", "丙乡", "1", "1,230", "5%"],
        ],
        [["河西区", "丁镇", "26", "609", "36.0%"], ["", "戊乡", "14", "494", "30.6%"]],
        [["全市", "", "63", "3,162", "33.0%"]],
    ]
    y = 100.0
    sheet.rule(60, y, 500, y)
    for group in groups:
        for row in group:
            y += 18
            for x, cell in zip((64, 170, 280, 360, 440), row, strict=True):
                sheet.text(x, y - 5, cell, 10)
        sheet.rule(60, y, 500, y)
    sheet.rule(250, 100, 250, y)
    sheet.rule(345, 100, 345, y)
    (table,) = read(pdf([sheet])).blocks
    assert table.rows == tuple(tuple(row) for group in groups for row in group)


def test_a_letterhead_that_lost_its_red_on_the_scanner_is_the_issuer_and_not_the_title() -> None:
    letter = reply(issuer="临江市工业和信息化局", number="", copied=())
    sheets = letter.sheets()
    for sheet in sheets:
        sheet.ops = [op.replace("0.9 0.0 0.0 rg", "0 0 0 rg").replace("0.9 0.0 0.0 RG", "0 0 0 RG") for op in sheet.ops]
    words = said(read(pdf(sheets)))
    assert words.title == "关于市政协六届二次会议第2023118号提案的答复"
    assert words.fields["issuer"] == "临江市工业和信息化局"


def test_a_table_of_three_level_rules_has_its_head_and_its_cells_over_several_lines() -> None:
    sheet = Sheet()
    sheet.text(80, 80, "各区情况如下：", 14)
    for y in (100, 140, 200):
        sheet.rule(80, y, 500, y)
    for x, first, second in (
        (95, "区", ""),
        (200, "户籍人口", "（万人）"),
        (320, "男性", "（万人）"),
        (430, "女性", ""),
    ):
        sheet.text(x, 117, first, 10)
        sheet.text(x, 133, second, 10)
    for y, row in ((158, ("河东区", "124.88", "60.48", "64.40")), (176, ("河西区", "73.40", "35.61", "37.79"))):
        for x, cell in zip((90, 205, 322, 432), row, strict=True):
            sheet.text(x, y, cell, 10)
    for y in (260, 285, 330):
        sheet.rule(80, y, 500, y)
    for place, area in enumerate(("福田", "罗湖", "盐田", "南山")):
        sheet.text(180 + 80 * place, 277, area, 10)
        sheet.text(180 + 80 * place, 310, f"1{place}6.5", 10)
    sheet.text(90, 302, "常住人口", 10)
    sheet.text(90, 318, "（万人）", 10)
    sheet.text(80, 360, "以上不含合作区。", 14)
    first, *tables, last = read(pdf([sheet])).blocks
    assert (first.text, last.text) == ("各区情况如下：", "以上不含合作区。")
    assert [table.rows for table in tables] == [
        (
            ("区", "户籍人口（万人）", "男性（万人）", "女性"),
            ("河东区", "124.88", "60.48", "64.40"),
            ("河西区", "73.40", "35.61", "37.79"),
        ),
        (("", "福田", "罗湖", "盐田", "南山"), ("常住人口（万人）", "106.5", "116.5", "126.5", "136.5")),
    ]


def english(sheet: Sheet, y: float, rows: tuple[str, ...], x: float = 80.0, size: float = 12.0) -> None:
    for place, row in enumerate(rows):
        sheet.text(x, y + place * size * 1.3, row, size)


PROSE = (
    "The council met twice in the spring to hear what the users of the",
    "river had to say of the new weir, and agreed that the sluice is to",
    "be kept open from May to the end of August of every year, so that",
    "fish may pass.",
)


def test_a_quotation_set_in_at_both_sides_is_one_paragraph_of_its_own() -> None:
    sheet = Sheet()
    english(sheet, 100, PROSE)
    english(
        sheet,
        175,
        (
            "Whoever takes water from the river above the weir",
            "shall measure it at the place of taking, and tell",
            "the council of it.",
        ),
        x=116,
    )
    english(sheet, 235, PROSE)
    assert [text[:12] for text in lines(read(pdf([sheet])))] == ["The council ", "Whoever take", "The council "]


def test_footnotes_under_a_line_of_dashes_stand_behind_the_text_too() -> None:
    first, second = Sheet(), Sheet()
    english(first, 500, PROSE[:3])
    first.text(80, 570, "——————", 12)
    first.text(80, 586, "1", 6)
    english(first, 590, ("  The weir was built in 1911 and raised twice.",), size=9)
    english(second, 100, PROSE[3:])
    assert lines(read(pdf([first, second]))) == [
        " ".join(PROSE),
        "¹ The weir was built in 1911 and raised twice.",
    ]


def test_a_line_that_ends_with_a_comma_goes_on_however_early_it_ends() -> None:
    sheet = set_in_lines(
        "　　今年以来各乡镇抓紧排查老旧泵站、水闸、",
        "涵洞和机井共三百余处，逐处登记造册并落实责任人。",
        "　　下一步将加强督促检查，确保任务取得实效，请您",
        "继续支持。",
    )
    assert [text[:6] for text in lines(read(pdf([sheet])))] == ["今年以来各乡", "下一步将加强"]


def test_a_title_no_larger_than_the_text_that_fills_its_line_does_not_run_into_the_addressee() -> None:
    sheet = Sheet()
    rows = (
        (100, 0, "关于市政协六届二次会议第二〇二三一一八号提案的答复"),
        (145, 0, "赵启明委员："),
        (173, 2, "您提出的提案收悉，我们会同有关部门作了认真研究，"),
        (201, 0, "现答复如下。"),
    )
    for y, indent, row in rows:
        sheet.text(80 + 16 * indent, y, row, 16)
    assert [text[:5] for text in lines(read(pdf([sheet])))] == ["关于市政协", "赵启明委员", "您提出的提"]


def test_the_class_of_a_reply_under_its_label_is_no_title() -> None:
    letter = reply(mark="办理结果：A类", title=(), number="")
    sheets = letter.sheets()
    words = said(read(pdf(sheets)))
    assert words.title != "办理结果：A类"
    assert "办理结果：A类" in words.text.split("\n")


def test_a_title_over_two_centred_lines_is_whole_though_it_is_no_larger_than_the_text() -> None:
    letter = reply(title=(" ", " "))
    (first, *_) = sheets = letter.sheets()
    for op in first.ops:
        if "赵启明委员".encode("utf-16-be").hex() in op:
            y = first.high - float(op.split(" Tm ")[0].split()[-1])
    first.text(190, y - 70, "关于市政协六届二次会议第2023", 16)
    first.text(235, y - 42, "118号提案的答复", 16)
    words = said(read(pdf(sheets)))
    assert words.title == "关于市政协六届二次会议第2023118号提案的答复"
    assert words.fields["proposal"]["number"] == "2023118"
