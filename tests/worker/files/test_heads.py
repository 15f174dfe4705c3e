"""Tables with open heads, words broken at a line's end, blanks set as white."""

from __future__ import annotations

import pytest

from tests.support.pdfs import Sheet, lines, pdf, width
from worker.extract.files.layout.lines import compounds_of, joined
from worker.extract.files.model import Block
from worker.extract.files.pdf.read import read


def tables(sheet: Sheet) -> list[Block]:
    """The tables of a file of this one sheet."""
    return [block for block in read(pdf([sheet])).blocks if block.kind == "table"]


def test_cells_of_two_lines_belong_to_the_value_set_at_half_their_height() -> None:
    sheet = Sheet()
    sheet.text(84, 120, "单位名称", 10)
    sheet.text(400, 120, "累计件数", 10)
    sheet.rule(80, 130, 500, 130)
    for place, (above, below, value) in enumerate(
        [("城北区水务和", "城乡建设局", "195"), ("城南区水务和", "城乡建设局", "37"), ("城东区农业和", "农村局", "8")]
    ):
        y = 130 + 40 * place
        sheet.text(84, y + 15, above, 10)
        sheet.text(84, y + 29, below, 10)
        sheet.text(400, y + 22, value, 10)
        sheet.rule(80, y + 40, 500, y + 40)
    (table,) = tables(sheet)
    assert table.rows == (
        ("单位名称", "累计件数"),
        ("城北区水务和城乡建设局", "195"),
        ("城南区水务和城乡建设局", "37"),
        ("城东区农业和农村局", "8"),
    )


def test_a_head_of_several_lines_above_the_first_level_rule_is_one_row_of_the_table() -> None:
    sheet = Sheet()
    for x in (200, 500):
        sheet.rule(x, 100, x, 240)
    for y in (150, 195, 240):
        sheet.rule(80, y, 500, y)
    for x, words in ((210, ("新增",)), (300, ("办结", "件数")), (400, ("每万人", "办结", "件数"))):
        for place, word in enumerate(words):
            sheet.text(x, 115 + 6 * (3 - len(words)) + 12 * place, word, 10)
    for group, y in (("北部", 150), ("南部", 195)):
        sheet.text(84, y + 14, group, 10)
        for place, name in enumerate(("一区", "二区", "三区")):
            for x, cell in ((130, name), (210, "12"), (300, "345"), (400, "6.7")):
                sheet.text(x, y + 14 + 13 * place, cell, 10)
    (table,) = tables(sheet)
    assert table.rows[0] == ("", "", "新增", "办结件数", "每万人办结件数")
    assert table.rows[1] == ("北部", "一区", "12", "345", "6.7")
    assert len(table.rows) == 7


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("an appli-", "cation was made", "an application was made"),
        ("the out-of-", "state waters", "the out-of-state waters"),
        ("from 2023-", "2025 on", "from 2023-2025 on"),
        ("by COVID-", "19 cases", "by COVID-19 cases"),
        ("a dash -", "and more", "a dash - and more"),
        ("States pre-", "empt them", "States pre-empt them"),
        ("make clear that", "“all states", "make clear that “all states"),
        ("its tributaries.”", "See also", "its tributaries.” See also"),
        ("the State’s", "own", "the State’s own"),
        ("他说", "“可以”", "他说“可以”"),
        ("称为“一网”", "的平台", "称为“一网”的平台"),
        ("第3", "“条”", "第3“条”"),
    ],
)
def test_lines_are_joined_as_their_script_asks_for(before: str, after: str, whole: str) -> None:
    compounds = compounds_of("laws that do not pre-empt a cross-border sale, A-1 and 2-3")
    assert compounds == ["pre-empt", "cross-border"]
    assert joined(before, after, compounds) == whole


def set_with_gaps(gap: float, between: float) -> Sheet:
    """Lines in which figures stand `gap` ems from the Han beside them, but one that stands `between` ems."""
    sheet = Sheet()
    for row in range(4):
        x = 80.0
        for place, part in enumerate(("全县共有泵站", "34", "处，其中老旧泵站", "12", "处需要改造")):
            sheet.text(x, 100 + 28 * row, part, 16)
            x += width(part, 16) + 16 * (between if row == 1 and place == 0 else gap)
    return sheet


def test_a_blank_that_is_set_as_white_is_a_space_where_figures_touch_their_neighbours() -> None:
    (text,) = lines(read(pdf([set_with_gaps(0.0, 0.25)])))
    assert text.count(" ") == 1
    assert "全县共有泵站 34处" in text


def test_white_that_a_program_sets_around_all_figures_is_no_space() -> None:
    (text,) = lines(read(pdf([set_with_gaps(0.2, 0.3)])))
    assert " " not in text


def test_joined_letters_that_came_out_as_signs_are_named_and_other_signs_are_not() -> None:
    broken = Sheet()
    broken.text(60, 100, "In care home se#ngs a propor%on of (na%onal) sta%s%cs.", 12)
    sound = Sheet()
    sound.text(60, 100, "Paid $5 at 40% off, see a%b and https://x.example/?a%20b#c or C#.", 12)
    assert read(pdf([broken])).unread == (
        "page 1: signs where the page has letters: se#ngs, propor%on, na%onal, sta%s%cs",
    )
    assert read(pdf([sound])).unread == ()
