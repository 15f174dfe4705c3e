"""Beside a notice: its neighbours and lists of other documents move without a version; its own words never do."""

from __future__ import annotations

from tests.support.moving import content_of_page

BODY = (
    "老河堤加固工程自九月一日起施工，工期四个月，施工期间堤顶道路封闭，过往车辆请绕行北环路。",
    "沿堤住户的菜地与果树由镇里逐户登记，按市里公布的标准补偿，登记截止到八月二十日。",
    "施工单位每日清晨六时前、夜间十时后不得使用打桩设备，扰民可以向镇水利站反映，二十四小时内答复。",
    "施工期间镇水利站每周五在堤口公告栏张贴进度，并在村民大会上答复提问，意见簿放在值班室。",
    "工程竣工后堤顶道路改为步行道，沿线设八处座椅与十二盏路灯，由沿堤三个村轮流看护。",
)


def page(
    *, neighbours: str = "", side: str = "", notes: str = "", weather: str = "多云 21℃", body: tuple[str, ...] = BODY
) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in body)
    return f"""<html><head><title>关于老河堤加固施工的通告</title></head><body><div>河西镇 {weather}</div>
<h1>关于老河堤加固施工的通告</h1><div id="zoom">{paragraphs}</div>{notes}<div class="step">{neighbours}</div>
<div class="r">{side}</div></body></html>"""


def listed(*entries: str) -> str:
    return "<h3>热门信息</h3><ul>" + "".join(
        f'<li><a href="/tz/{place}/{len(entry)}.html">{entry}</a><span>2024-08-{10 + place}</span></li>'
        for place, entry in enumerate(entries)
    ) + "</ul>"  # fmt: skip


def said(**parts: object) -> str:
    return content_of_page(page(**parts)).content_hash  # type: ignore[arg-type]


def test_neighbours_change_with_every_notice_and_say_nothing_of_this_one() -> None:
    first = '<p>上一条：<a href="/tz/1.html">镇集市改期</a></p><p>下一条：<a href="/tz/3.html">没有了</a></p>'
    later = '<p>上一条：<a href="/tz/8.html">防汛演练</a></p><p>下一条：<a href="/tz/9.html">学校开学</a></p>'
    assert said(neighbours=first) == said(neighbours=later)


def test_neighbours_whose_label_and_link_stand_apart_say_nothing_either() -> None:
    first = '<div>上一篇：</div><div><a href="/tz/1.html">镇集市改期到周日</a></div>'
    later = '<div>上一篇：</div><div><a href="/tz/8.html">防汛演练周三举行</a></div>'
    assert said(neighbours=first) == said(neighbours=later)


def test_list_of_other_documents_beside_a_notice_may_change_whole() -> None:
    first = listed("镇集市改期", "防汛演练", "学校开学", "疫苗接种")
    later = listed("停水通知", "道路修补", "秋收农机调度", "老年食堂开业")
    assert said(side=first) == said(side=later)


def test_table_of_figures_beside_a_notice_is_no_list_of_documents() -> None:
    table = "<table><tr><td>住户</td><td>{}</td></tr><tr><td>菜地</td><td>31亩</td></tr></table>"
    assert said(notes=table.format(112)) != said(notes=table.format(113))


def test_two_links_beside_a_notice_are_its_own() -> None:
    links = '<p><a href="/files/plan-{}.html">施工平面图与绕行线</a></p><p><a href="/files/rate.html">补偿标准</a></p>'
    assert said(notes=links.format(1)) != said(notes=links.format(2))


def test_word_of_the_notice_counts_whatever_moves_beside_it() -> None:
    edited = (BODY[0].replace("九月一日", "九月三日"), *BODY[1:])
    assert said(side=listed("镇集市改期", "防汛演练", "学校开学")) != said(
        side=listed("停水通知", "道路修补", "秋收农机调度"), body=edited
    )


def test_weather_of_the_town_is_none_of_the_notice() -> None:
    assert said(weather="多云 21℃") == said(weather="小雨 14℃")
