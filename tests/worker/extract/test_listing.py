"""Lists in the layouts of the wild: items with their days, dead links, the next page however it is written."""

from __future__ import annotations

import pytest

from worker.extract.general import EXTRACTOR
from worker.extract.model import Extraction, NothingFound, Reading

URL = "http://www.county.example/zwgk/tzgg/"
NAV = (
    '<div class="nav"><ul>'
    + "".join(f'<li><a href="/c{n}/">{w}栏目</a></li>' for n, w in enumerate("甲乙丙丁戊己庚"))
    + "</ul></div>"
)
FOOT = '<div class="footer">版权所有：某县人民政府 <a href="/map.html">网站地图</a></div>'
WORDS = [
    "清明节放假安排的通知",
    "城区道路施工公告",
    "公开招聘教师简章",
    "水质监测结果公示",
    "老旧小区改造名单公示",
    "春耕补贴发放通知",
]


def read(body: str, kind: str = "auto", head: str = "", keep_list: bool = False) -> Extraction:
    text = f"<html><head><title>通知公告_某县人民政府</title>{head}</head><body>{NAV}{body}{FOOT}</body></html>"
    return EXTRACTOR(Reading(URL, URL, text, "utf-8", "test", kind=kind, keep_list=keep_list))


def rows(template: str) -> str:
    return "".join(template.format(title=title, n=n, day=f"2024-03-{n + 10}") for n, title in enumerate(WORDS))


EXPECTED = [(f"{URL}t{n}.html", title, f"2024-03-{n + 10}") for n, title in enumerate(WORDS)]
LAYOUTS = {
    "date before": '<li><span>[{day}]</span><a href="t{n}.html">{title}</a></li>',
    "date after": '<li><a href="./t{n}.html" title="{title}">·{title}</a><span class="date">{day}</span></li>',
    "date in the link": '<li><a href="t{n}.html">{title} <em>({day})</em></a></li>',
    "table": '<tr><td>{n}</td><td><a href="t{n}.html">{title}</a></td><td>{day}</td></tr>',
    "divisions": '<div class="row"><div class="bt"><a href="t{n}.html">{title}</a></div><div class="rq">{day}</div>'
        '</div>',
    "with summary": '<div class="item"><h3><a href="t{n}.html">{title}</a></h3><p>为做好有关工作，'
        '现将具体事项通知如下，请遵照执行。<a href="t{n}.html">[查看全文]</a></p><p>发布时间：{day} 10:20</p></div>',
    "with picture": '<li><a href="t{n}.html"><img src="p{n}.jpg"></a><a href="t{n}.html">{title}</a><i>{day}</i></li>',
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_item_has_its_address_title_and_day(layout: str) -> None:
    body = rows(LAYOUTS[layout])
    around = f"<table>{body}</table>" if layout == "table" else f'<ul class="list">{body}</ul>'
    said = read(f'<div class="main"><h2>通知公告</h2>{around}</div>')
    assert said.page_kind == "listing" and not said.documents
    assert [(link.url, link.title, link.date) for link in said.links if link.kind == "item"] == EXPECTED
    assert said.title == "通知公告"


def test_a_date_in_pieces_is_a_date() -> None:
    body = "".join(
        f'<li><div class="d"><b>{n + 10}</b><span>2024-03</span></div><a href="t{n}.html">{title}</a></li>'
        for n, title in enumerate(WORDS)
    )
    assert [link.date for link in read(f"<ul>{body}</ul>").links if link.kind == "item"] == [row[2] for row in EXPECTED]


def test_dead_links_are_items_that_cannot_be_followed() -> None:
    body = rows('<li><a href="javascript:;">{title}</a><span>{day}</span></li>')
    said = read(f"<ul>{body}</ul>")
    assert [(item.url, item.title) for item in said.items] == [("", title) for title in WORDS]
    assert not [link for link in said.links if link.kind == "item"]


NEXT = {
    '<a href="index.html">上一页</a> <a href="index_2.html">下一页</a> <a href="index_9.html">'
    '尾页</a>': f"{URL}index_2.html",
    '<a href="index.html">1</a><a class="cur" href="index_1.html">2</a><a href="index_2.html">'
    '3</a>': f"{URL}index_2.html",
    '<script>createPageHTML(5, 0, "index", "html");</script>': f"{URL}index_1.html",
    '<script>createPageHTML(5, 4, "index", "html");</script>': None,
    '<span>下一页</span>': None,
    '<a href="javascript:;">下一页</a>': None,
    '<a href="?page=2" class="next">Next »</a>': f"{URL}?page=2",
}  # fmt: skip


@pytest.mark.parametrize("pager", NEXT)
def test_the_next_page_is_found_however_it_is_written(pager: str) -> None:
    said = read(f"<ul>{rows(LAYOUTS['date after'])}</ul><div class='page'>{pager}</div>")
    assert said.next_page == NEXT[pager]
    assert [link.url for link in said.links if link.kind == "list"] == ([NEXT[pager]] if NEXT[pager] else [])


def test_a_menu_of_departments_is_no_list() -> None:
    body = "".join(
        f'<li><a href="/d{n}/">{name}</a></li>'
        for n, name in enumerate(["教育局", "科技局", "民政局", "财政局", "水利局", "卫健委"])
    )
    assert read(f"<ul>{body}</ul>").page_kind == "not-content"


def test_an_article_beside_a_list_of_others_stays_an_article() -> None:
    side = f'<div class="side"><ul>{rows(LAYOUTS["date after"])}</ul></div>'
    text = (
        "<p>　　三月十日，县里召开春耕会议，部署种子、化肥和农机调度工作。</p><p>　　会议要求，各镇要把补贴发放到户，"
        "确保不误农时。</p>"
    )
    said = read(
        '<h1>县里部署春耕</h1><div class="info">发布时间：2024-03-10 来源：县农业局</div><div class="content">'
        f"{text}</div>{side}"
    )
    assert said.page_kind == "page"
    assert said.documents[0].text.count("\n") == 1


def test_keep_list_makes_a_document_of_its_lines() -> None:
    said = read(f"<ul>{rows(LAYOUTS['date after'])}</ul>", kind="listing", keep_list=True)
    (document,) = said.documents
    assert document.kind == "list" and document.text.split("\n")[0] == f"2024-03-10 | {WORDS[0]}"
    assert [link["url"] for link in document.links] == [row[0] for row in EXPECTED]


def test_a_listing_without_items_is_nothing_found_and_never_an_empty_list() -> None:
    with pytest.raises(NothingFound):
        read("<p>近期系统调整，栏目内容请到政务服务大厅查询，给您带来不便敬请谅解。</p>", kind="listing")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("<h1>404</h1><p>您访问的页面不存在或已删除！</p>", "soft-404"),
        ("<p>Sorry, the page cannot be found.</p>", "soft-404"),
        ("<div id='app'></div>", "empty"),
    ],
)
def test_a_page_that_says_nothing_is_no_content(body: str, outcome: str) -> None:
    html = f"<html><head><title></title></head><body>{body}</body></html>"
    said = EXTRACTOR(Reading(URL, URL, html, "utf-8", "test"))
    assert (said.page_kind, said.outcome, said.documents) == ("not-content", outcome, ())
