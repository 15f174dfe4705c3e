"""Tables in a notice keep every row: the total that ends the text, rows of noughts, rows named like tools."""

from __future__ import annotations

import pytest

from tests.support.moving import content_of_page

BODY = (
    "全镇春季造林任务已按村分解，各村须在清明前完成整地，苗木由镇林业站统一调拨，不得自行采购。",
    "验收以成活率为准，秋后由镇林业站会同村委会逐块查验，成活率不足八成的须在次年春季补植。",
    "补植苗木由责任村承担，镇里不再拨付，经费使用情况按季度在村务公开栏公布，接受村民监督。",
)


def said(rows: list[tuple[str, str]], behind: str = "") -> list[str]:
    cells = "".join(f"<tr><td>{name}</td><td>{figure}</td></tr>" for name, figure in rows)
    text = "".join(f"<p>{line}</p>" for line in BODY)
    page = f"""<html><head><title>关于春季造林任务的通知</title></head><body><h1>关于春季造林任务的通知</h1>
<div id="zoom">{text}<table>{cells}</table>{behind}</div></body></html>"""
    return content_of_page(page).text.split("\n")[len(BODY) :]


@pytest.mark.parametrize(
    "rows",
    [
        [("东沟村", "12"), ("西沟村", "18"), ("合计", "30")],
        [("村", "亩"), ("0", "0"), ("0", "0"), ("0", "0")],
        [("事项", "次数"), ("打印", "12"), ("下载", "31"), ("登录", "70")],
    ],
    ids=["total", "noughts", "named like tools"],
)
def test_every_row_of_a_table_is_kept(rows: list[tuple[str, str]]) -> None:
    assert said(rows) == [" | ".join(row) for row in rows]


def test_pager_behind_a_text_is_no_row_of_its_table() -> None:
    rows = [("东沟村", "12"), ("西沟村", "18")]
    pager = "<table><tr><td><a href='/2'>2</a></td><td><a href='/3'>3</a></td></tr></table>"
    assert said(rows, pager) == [" | ".join(row) for row in rows]
