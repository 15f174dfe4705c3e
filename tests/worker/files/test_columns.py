"""Two columns: what stands under both is read after both, and paragraphs so long that few lines begin set in."""

from __future__ import annotations

from tests.support.pdfs import Sheet, lines, pdf
from worker.extract.files.pdf.read import read

_BODY = "各乡镇要抓紧排查老旧泵站和沟渠并逐处造册落实责任人员按时完成"
SIZE, PITCH = 10.0, 17.0


def column(sheet: Sheet, x: float, rows: list[str], y: float = 100.0) -> None:
    """Rows of one column; one that begins with blanks is set in."""
    for place, row in enumerate(rows):
        bare = row.lstrip("　")
        sheet.text(x + (len(row) - len(bare)) * SIZE, y + place * PITCH, bare, SIZE)


def full(count: int) -> list[str]:
    """Lines that fill a column of 22 characters."""
    return [(_BODY * 2)[place : place + 22] for place in range(count)]


def test_what_stands_under_both_columns_is_read_after_both() -> None:
    sheet = Sheet()
    column(sheet, 60, ["　　" + _BODY[:20], *full(7)])
    column(sheet, 310, [*full(6), "右栏到此结束。"])
    column(sheet, 60, ["负责人：席平安", "联系电话：0571-88123456"], y=300)
    column(sheet, 420, ["临江市水务局", "2024年5月21日"], y=300)
    said = "\n".join(lines(read(pdf([sheet]))))
    assert said.index("右栏到此结束") < said.index("负责人") < said.index("联系电话")
    assert said.index("右栏到此结束") < said.index("临江市水务局")


def test_a_longer_column_is_read_to_its_end_before_the_next() -> None:
    sheet = Sheet()
    column(sheet, 60, ["　　" + _BODY[:20], *full(11), "左栏到此结束。"])
    column(sheet, 310, ["　　" + _BODY[:20], *full(5), "右栏到此结束。"])
    said = "\n".join(lines(read(pdf([sheet]))))
    assert said.index("左栏到此结束") < said.index("右栏到此结束")


def test_few_lines_set_in_after_sentences_that_end_early_are_how_paragraphs_begin() -> None:
    rows: list[str] = []
    for _ in range(5):
        rows += ["　　" + _BODY[:20], *full(5), _BODY[:19], "为“十五五”打下基础，逐" + _BODY[:10], "如期完成。"]
    sheet = Sheet()
    column(sheet, 60, rows, y=50)
    found = lines(read(pdf([sheet])))
    assert [text[-5:] for text in found] == ["如期完成。"] * 5


def test_a_first_line_with_as_much_room_behind_as_before_is_no_heading() -> None:
    sheet = Sheet()
    for place, row in enumerate(full(6)):
        sheet.text(60, 100 + place * PITCH, row, SIZE)
    sheet.text(60 + 2.5 * SIZE, 100 + 6 * PITCH, "（九）加大了力度。拿出“真金白银”，", SIZE)
    sheet.text(60, 100 + 7 * PITCH, full(1)[0], SIZE)
    assert any("真金白银”，各乡镇" in text for text in lines(read(pdf([sheet]))))
