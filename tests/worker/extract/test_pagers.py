"""Lists whose pager, or whose items, a script writes."""

from __future__ import annotations

import pytest

from worker.extract.general import EXTRACTOR
from worker.extract.model import Extraction, Reading
from worker.extract.pagers import next_page, opened

URL = "http://www.county.example/zwgk/tzgg/"
WORDS = ["渡口夏季时刻公告", "河堤加固工程招标公示", "夜间停水通知", "集市迁址说明", "老桥封闭检修通告"]
NEXT = {
    "createPageHTML(5, 0, 'index', 'html');": "index_1.html",
    'createPageHTML(5,3,"index","htm",88);': "index_4.htm",
    "createPageHTML(5, 4, 'index', 'html');": None,
    'createPageHTML("page_div",26, 1,"list","shtml",389);': "list_2.shtml",
    "createPageHTML('page_div',26, 25,'list','shtml',389);": "list_26.shtml",
    "createPageHTML('page_div',26, 26,'list','shtml',389);": None,
    'var pageCount=9, pageIndex=0, pageName="index"; createPageHTML("pager",pageCount,pageIndex,pageName,"html");': (
        "index_1.html"
    ),
    "function createPageHTML(_nPageCount, _nCurrIndex, _sName, _sExt){} createPageHTML(7,2,'index','html')": (
        "index_3.html"
    ),
    "var countPage = 13//pages\nvar currentPage = 2;//from 0": "index_3.html",
    "var countPage = 3; var currentPage = 2;": None,
    "createPageHTML(pages, page, name, ending)": None,
    "goPage(2)": None,
}
RECORD = '<record><![CDATA[<li><a href="/art/{n}.html">{words}</a><span>2024-06-1{n}</span></li>]]></record>'
ROW = '<record><![CDATA[<tr><td><a href="/art/{n}.html">{words}</a></td><td>[2024-06-1{n}]</td></tr>]]></record>'
GROUP = '<nextgroup><![CDATA[<a href="/module/jpage/dataproxy.jsp?page=1&columnid=9"></a>]]></nextgroup>'
EXPECTED = [(words, f"http://www.county.example/art/{n}.html", f"2024-06-1{n}") for n, words in enumerate(WORDS)]


def read(page: str, media_type: str = "text/html") -> Extraction:
    return EXTRACTOR(Reading(URL, URL, page, "utf-8", "test", kind="listing", media_type=media_type))


def island(template: str) -> str:
    records = "\n".join(template.format(n=n, words=words) for n, words in enumerate(WORDS))
    return f"<datastore>\n{GROUP}<recordset>{records}</recordset></datastore>"


@pytest.mark.parametrize("script", NEXT)
def test_the_next_page_is_computed_as_the_script_would(script: str) -> None:
    expected = NEXT[script]
    assert next_page(f"<html><script>{script}</script></html>", URL) == (expected and URL + expected)


def test_a_page_from_the_middle_keeps_its_own_name() -> None:
    script = "var countPage = 13; var currentPage = 2;"
    assert next_page(script, f"{URL}list_12_2.htm") == f"{URL}list_12_3.htm"


@pytest.mark.parametrize("template", [RECORD, ROW])
def test_items_in_an_island_of_xml_are_items(template: str) -> None:
    script = f'<div id="9"><script type="text/xml">{island(template)}</script></div><script>$("#9").jpage();</script>'
    said = read(f"<html><head><title>通知公告</title></head><body><h2>通知公告</h2>{script}</body></html>")
    assert [(item.title, item.url, item.date) for item in said.items] == EXPECTED
    assert said.next_page == "http://www.county.example/module/jpage/dataproxy.jsp?page=1&columnid=9"


def test_the_group_that_a_pager_asks_for_is_a_list_as_well() -> None:
    said = read(f'<?xml version="1.0" encoding="utf-8"?>{island(RECORD)}', "text/xml")
    assert [(item.title, item.url, item.date) for item in said.items] == EXPECTED
    assert said.next_page is not None


def test_an_island_without_records_leaves_the_page_as_it_is() -> None:
    assert "water" in opened("<script><datastore></datastore></script><p>water</p>")
    assert opened("<p>no island</p>") == "<p>no island</p>"
