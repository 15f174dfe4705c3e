"""What describes a document in layouts of its own: labels over values, boxes without a gap, a newspaper's byline."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.extract.general import read
from worker.extract.model import Reading

BODY = "".join(
    f"<p>{line}</p>"
    for line in (
        "为方便沿河住户出行，镇里决定自十月起增开早班渡船，每日清晨五时半由东岸开出，逢集加开一班。",
        "船票仍为一元，六十岁以上老人和学生凭证免费；大件农具须另行登记，每件收两元，由船工代收。",
        "遇大雾、大风停航，停航信息在两岸码头公告栏和村广播同时公布，请住户留意并相互转告。",
    )
)


def fields(head: str) -> dict[str, object]:
    text = f"""<html><head><title>关于增开早班渡船的通知</title></head><body>{head}
<h1>关于增开早班渡船的通知</h1><div id="zoom">{BODY}</div></body></html>"""
    url = "http://ferry.example/tz/12.html"
    now = datetime(2024, 10, 9, tzinfo=UTC)
    (said,) = read(Reading(url, url, text, "utf-8", "header", served_at=now), "government", 1).documents
    return dict(said.fields)


def test_row_of_labels_over_a_row_of_values_is_read_by_columns() -> None:
    said = fields(
        "<table><tr><th>索引号</th><th>发布机构</th><th>公开方式</th></tr>"
        "<tr><td>HX-2024-0012</td><td>河西镇人民政府</td><td>主动公开</td></tr>"
        "<tr><th>关键词</th><th>有效性</th><th>成文日期</th></tr>"
        "<tr><td></td><td>有效</td><td>2024年9月28日</td></tr></table>"
    )
    assert (said["index_number"], said["issuer"], said["publicity"]) == ("HX-2024-0012", "河西镇人民政府", "主动公开")
    assert (said["validity"], said["written_on"]) == ("有效", "2024-09-28")
    assert "keywords" not in said


def test_table_of_several_documents_under_such_labels_describes_none_of_them() -> None:
    said = fields(
        "<table><tr><th>文件名称</th><th>索引号</th><th>发布机构</th></tr>"
        "<tr><td>渡口管理办法</td><td>HX-2019-0003</td><td>河西镇渡口所</td></tr>"
        "<tr><td>船工守则</td><td>HX-2019-0004</td><td>河西镇渡口所</td></tr></table>"
    )
    assert said.get("index_number") != "HX-2019-0003"


def test_boxes_side_by_side_without_a_gap_end_each_others_values() -> None:
    said = fields(
        '<div class="xx"><span>索引号：<i>HX-2024-0012</i></span><span>发布机构：<i>河西镇人民政府</i></span>'
        "<span>关键词：<i></i></span><span>有效性：<i>有效</i></span><span>文号：<i>河政发〔2024〕12号</i></span></div>"
    )
    assert (said["index_number"], said["issuer"]) == ("HX-2024-0012", "河西镇人民政府")
    assert (said["validity"], said["document_number"]) == ("有效", "河政发〔2024〕12号")


def test_list_whose_lines_are_labels_with_their_values_needs_no_colons() -> None:
    said = fields(
        "<ul><li><b>索 引 号</b><span>HX-2024-0012</span></li><li><b>发布机构</b><span>河西镇人民政府</span></li>"
        "<li><b>文号</b><span>河政发〔2024〕12号</span></li><li><b>载体类型</b><span></span></li>"
        "<li><b>公开日期</b><span>2024-09-30 09:15</span></li></ul>"
    )
    assert (said["index_number"], said["issuer"]) == ("HX-2024-0012", "河西镇人民政府")
    assert (said["document_number"], said["published_on"]) == ("河政发〔2024〕12号", "2024-09-30")


def test_list_of_links_that_begin_with_such_words_is_no_table() -> None:
    said = fields(
        "<ul><li>发布机构职能</li><li>有效性评估报告</li><li>索引号编制规则</li><li>通知公告</li></ul>"
    )
    assert not {"issuer", "validity", "index_number"} & said.keys()


def test_empty_labels_do_not_take_the_ending_of_the_value_before_them() -> None:
    said = fields(
        '<div class="xx"><span>关键词：<i></i></span><span>索引号：<i>HX-2024-0012</i></span>'
        "<span>公开属性：<i>主动公开</i></span><span>依 据：<i></i></span><span>时效性：<i>有效</i></span></div>"
    )
    assert (said["publicity"], said["validity"], said["index_number"]) == ("主动公开", "有效", "HX-2024-0012")
    assert "keywords" not in said


def test_byline_under_a_newspapers_title_names_its_authors() -> None:
    text = f"""<html><head><title>早班渡船开了-河西日报</title></head><body><table><tr><td>早班渡船开了</td></tr>
<tr><td>——沿河住户出行记</td></tr><tr><td>陈秋水 何大山 文/图</td></tr></table>
<div id="ozoom">{BODY}</div></body></html>"""
    url = "http://paper.example/html/2024-10/09/content_7.htm"
    (said,) = read(Reading(url, url, text, "utf-8", "header"), "article", 1).documents
    assert (said.title, said.fields["author"]) == ("早班渡船开了", "陈秋水 何大山")


def test_e_paper_is_dated_by_its_issue_above_the_lists_of_its_pages() -> None:
    pages = "".join(f'<li><a href="content_{n}.htm">本版第{n}篇</a></li>' for n in range(9))
    text = f"""<html><head><title>早班渡船开了-河西日报</title></head><body><div>2024年10月09日 星期三</div>
<ul>{pages}</ul><table><tr><td>早班渡船开了</td></tr></table><div id="ozoom">{BODY}</div></body></html>"""
    days = {
        url: read(Reading(url, url, text, "utf-8", "header"), "article", 1).documents[0].fields.get("published_on")
        for url in ("http://paper.example/html/2024-10/09/content_7.htm", "http://paper.example/html/content_7.htm")
    }
    assert list(days.values()) == ["2024-10-09", None]


def pictured(table: str) -> tuple[list[str], list[str | None]]:
    """The text, and the captions of the pictures, of an article that begins with this table."""
    text = f"""<html><head><title>早班渡船开了-河西日报</title></head><body><h1>早班渡船开了</h1>
<div id="ozoom">{table}{BODY}</div></body></html>"""
    url = "http://ferry.example/html/2024-10/09/content_7.htm"
    now = datetime(2024, 10, 9, tzinfo=UTC)
    (said,) = read(Reading(url, url, text, "utf-8", "header", served_at=now), "article", 1).documents
    return said.text.split("\n"), [str(image.get("caption")) if "caption" in image else None for image in said.images]


def test_line_under_a_picture_in_a_table_of_their_own_is_its_caption() -> None:
    lines, captions = pictured('<table><tr><td><img src="a.jpg"></td></tr><tr><td>首班船离岸。</td></tr></table>')
    assert captions == ["首班船离岸。"] and "首班船离岸。" not in lines and len(lines) == 3


SPEAK_OF_IT = ["图为首班船离岸。", "▲首班船", "图二：首班船。", "首班船离岸。　何岸 摄", "（资料图片）"]


@pytest.mark.parametrize("line", SPEAK_OF_IT)
def test_paragraph_that_says_it_is_about_the_picture_above_it_stands_with_the_picture_too(line: str) -> None:
    lines, captions = pictured(f'<p><img src="a.jpg"></p><p>{line}</p>')
    assert captions == [line.replace("\u3000", " ")] and lines[0] == captions[0]


@pytest.mark.parametrize("line", ["船离岸了。", "图书馆同日开门。", "摄影比赛今天开始。"])
def test_paragraph_under_a_picture_is_no_caption_without_saying_so(line: str) -> None:
    assert pictured(f'<p><img src="a.jpg"></p><p>{line}</p>')[1] == [None]


def test_tables_of_several_lines_or_pictures_are_text() -> None:
    one = '<table><tr><td><img src="a.jpg"></td><td>首班船离岸。</td></tr><tr><td>末班</td><td>十点</td></tr></table>'
    two = '<table><tr><td><img src="a.jpg"></td><td>首班船离岸。</td><td><img src="b.jpg"></td></tr></table>'
    assert "末班 | 十点" in pictured(one)[0]
    for table in (one, two):
        lines, captions = pictured(table)
        assert any("首班船离岸。" in line for line in lines) and not any(captions)
