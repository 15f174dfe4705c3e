"""Around a notice: what heads and feet of sites say of the visit makes no version; what stands there of the notice
does."""

from __future__ import annotations

import pytest

from tests.support.moving import content_of_page
from worker.judgement import describe

BODY = (
    "东渡口旧桥自十一月五日起封闭检修，行人与车辆改走下游新桥，封闭期间渡口夜间不开放。",
    "检修分两段进行，先换桥面板，后补栏杆，由县公路段负责，工期五十天，遇霜冻顺延。",
    "沿线两所小学的校车改在新桥东头停靠，上学时间提前十分钟，由学校逐户通知家长。",
    "运粮车辆请避开早晚各一小时，桥头设值守点，发现裂缝或松动请拨打公路段值班电话。",
    "检修期间下游新桥限载十吨、限速二十公里，超限车辆须绕行国道，交警在两端桥头查验。",
    "工程款由省养路费列支，不向沿线村组摊派，收支在公路段门口公告栏按月公布，欢迎监督。",
)


def page(*, head: str = "", meta: str = "", foot: str = "", side: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY)
    return f"""<html><head><title>关于封闭东渡口旧桥的通告</title></head><body><div>{head}</div>
<table><tr><td><h1>关于封闭东渡口旧桥的通告</h1><p>{meta}</p><div id="zoom">{paragraphs}</div></td>
<td>{side}</td></tr></table><div>{foot}</div></body></html>"""


def changes(first: dict[str, str], later: dict[str, str]) -> dict[str, object]:
    return dict(describe(content_of_page(page(**first)), content_of_page(page(**later))))


@pytest.mark.parametrize(
    ("part", "first", "later"),
    [
        ("head", "2026年03月01日 星期日", "2026年03月02日 星期一"),
        ("head", "Sunday, 1 March 2026", "Monday, 2 March 2026"),
        (
            "head",
            '热搜：<a href="/search?wd=a">公积金</a> <a href="/search?wd=b">社保</a>',
            '热搜：<a href="/search?wd=c">车辆年检</a> <a href="/search?wd=d">户口</a>',
        ),
        ("head", '<a href=/login?token=6f1d2c3b4a596877>登录</a>', '<a href=/login?token=00ab12cd34ef5678>登录</a>'),
        ("head", '<a href=/wap?token=6f1d2c3b4a596877>手机版</a>', '<a href=/wap?token=00ab12cd34ef5678>手机版</a>'),
        ("head", "<img src=/pic/spring.jpg>", "<img src=/pic/congress.jpg>"),
        ("foot", '<img src="/pic/a1.jpg" width="760" height="90">', '<img src="/pic/a2.jpg" width="760" height="90">'),
        ("foot", "您是第 1204 位访客 | 河东县公路段", "您是第 1391 位访客 | 河东县公路段"),
    ],
    ids=["day", "english day", "asked for", "login", "token", "masthead", "flat banner", "visitors in a line"],
)
def test_what_a_site_says_of_the_visit_makes_no_version(part: str, first: str, later: str) -> None:
    assert changes({part: first}, {part: later}) == {}


@pytest.mark.parametrize(
    ("part", "first", "later"),
    [
        ("foot", "桥头值守点设在 2026年03月01日 开放的新亭", "桥头值守点设在 2026年03月08日 开放的新亭"),
        ("foot", '<img src=/pic/plan-1.png width=600 height=400>', '<img src=/pic/plan-2.png width=600 height=400>'),
        ("foot", '<a href="/plan?v=1">绕行路线图</a>', '<a href="/plan?v=2">绕行路线图</a>'),
        ("foot", '<a href="/research/?plan=1">绕行研究</a>', '<a href="/research/?plan=2">绕行研究</a>'),
    ],
    ids=["day in a sentence", "plan", "link", "no search"],
)  # fmt: skip
def test_what_stands_around_of_the_notice_itself_does(part: str, first: str, later: str) -> None:
    assert changes({part: first}, {part: later}) != {}


def test_corrected_date_is_one_change_of_one_field() -> None:
    meta = "发布时间：2025-11-{} 10:22 来源：县公路段 字体：【大 中 小】 打印本页"
    assert changes({"meta": meta.format("01")}, {"meta": meta.format("03")}) == {
        "published_on": ["2025-11-01", "2025-11-03"],
        "date_only": True,
    }


def test_list_beside_a_notice_is_left_out_whole_where_its_short_entries_look_like_a_menu() -> None:
    def listed(*entries: str) -> str:
        return "<ul>" + "".join(f"<li><a href='/xw/{len(name)}.html'>{name}</a></li>" for name in entries) + "</ul>"

    first = listed("秋粮收购开始", "渡口夜间停航", "县城供暖", "老年食堂开业", "关于开展第三季度乡道养护评比的通知")
    later = listed("渡口夜间停航", "县城供暖", "老年食堂开业", "秋粮收购开始", "粮站周末照常收粮")
    assert changes({"side": first}, {"side": later}) == {}
