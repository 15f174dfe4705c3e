"""Pages that only say why they say nothing, and notices that speak of such pages."""

# ruff: noqa: E501 - a page is easier to see on one line

from __future__ import annotations

import pytest

from worker.extract.general import General
from worker.extract.model import Reading

URL = "http://county.example/gk/1.html"
TOP = '<div class="top"><a href="/">首页</a><a href="/gk">政务公开</a><a href="/fw">办事服务</a></div>'
FOOT = '<div class="foot">版权所有 某县人民政府 <a href="/map">网站地图</a></div>'


def outcome_of(title: str, body: str) -> str | None:
    html = f"<html><head><title>{title}</title></head><body>{TOP}{body}{FOOT}</body></html>"
    said = General()(Reading(URL, URL, html, "utf-8", "header", kind="page"))
    return None if said.documents else said.outcome


@pytest.mark.parametrize(
    ("title", "body", "outcome"),
    [
        ("404错误页面", "<h2>抱歉，您访问的页面不存在或已删除</h2><p>5秒后返回<a href=/>首页</a></p>", "soft-404"),
        ("提示信息", "<div>你访问的文档不存在！</div><a href=/>如果没有反应，请点击这里</a>", "soft-404"),
        ("Page not found - Council", "<h1>Page not found</h1><p>Try the search.</p>", "soft-404"),
        ("提示", "<p>您的访问过于频繁，请稍后再试！</p>", "blocked"),
        ("提示", "<p>系统繁忙，请稍候再试</p>", "maintenance"),
        ("某栏目 - 某县人民政府", "<h1>某栏目</h1><p>很抱歉，您要访问的页面不存在！</p>", "soft-404"),
        ("系统提示", "<p>您查看的信息不存在或者未通过审核！</p>", "soft-404"),
        ("Oops! - Council", "<h1>Oops!</h1><p>Sorry, we can't find the page you're looking for.</p>", "soft-404"),
        ("政府信息公开 - 某县", "<h1>政府信息公开</h1><p>该信息不存在！</p>", "soft-404"),
        ("403 Forbidden", "<h1>403 Forbidden</h1><hr>nginx", "blocked"),
        ("验证", "<p>为了您的正常访问，请先完成安全验证</p>", "blocked"),
        ("系统错误", "<p>系统错误，请联系管理员</p>", "maintenance"),
    ],
)
def test_a_page_that_says_why_it_says_nothing_is_no_content(title: str, body: str, outcome: str) -> None:
    assert outcome_of(title, body) == outcome


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "关于网站404错误页面整改情况的通报 - 某县人民政府",
            "<h1>关于网站404错误页面整改情况的通报</h1><p>经查，三个单位的网站有页面不存在的情况，限本周内改正。</p>",
        ),
        (
            "系统维护通知 - 某县人民政府",
            "<h1>系统维护通知</h1><p>医保系统正在升级，三月一日至三日暂停办理，请合理安排时间。</p>"
            "<p>某县医疗保障局 2026年2月27日</p>",
        ),
        (
            "关于规范网上预约挂号的通知",
            "<h1>关于规范网上预约挂号的通知</h1><p>部分用户访问过于频繁，影响他人预约，自下月起将予以限制。</p>",
        ),
    ],
)
def test_a_notice_about_such_pages_is_content(title: str, body: str) -> None:
    assert outcome_of(title, body) is None


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Web应用防火墙采购项目中标公告", "<p>项目编号：ABC-1</p><p>中标供应商：某科技公司</p><p>中标金额：12万元</p>"),
        ("页面不存在怎么办？", "<p>如果您访问的页面不存在，请先检查网址，再通过站内搜索查找。</p>"),
        ("县政府网站改版升级", "<p>县政府网站正在改版升级，新版网站突出政策解读和办事服务，栏目由四十二个精简为二十八个，下月上线。</p>"),
        ("人民路正在升级改造", "<p>人民路正在升级改造，请过往车辆绕行。</p>"),
        ("因系统错误多收水费已全部退还", "<p>因系统错误，四月共多收水费一万二千元，现已全部退还用户。</p>"),
        ("网上预约操作说明", "<p>第二步：输入手机号并完成安全验证。第三步：提交，系统繁忙时请稍后再试。</p>"),
        ("社保卡激活常见问题", "<p>提示“系统繁忙，请稍后再试”的，请过半小时再操作。</p>"),
        ("“该信息不存在”类问题整改情况", "<p>经查，提示“该信息不存在”的链接共七条，已全部修复。</p>"),
        ("关于启用短信验证码的公告", "<p>登录时请输入验证码。</p>"),
        ("Forbidden City treasures come to the museum", "<p>The exhibition opens on 3 May. Tickets are free for residents.</p>"),
        ("Lost dog not found after storm", "<p>Volunteers searched the woods until midnight. The dog was not found.</p>"),
        ("Why “404 Not Found” matters", "<p>Broken links cost trust. In our test, 14 of 300 pages answered 404 Not Found.</p>"),
        ("公示栏公示", "<p><img src='/scan.jpg' width=800 height=1200></p>"),
    ],
)
def test_a_page_under_a_headline_of_its_own_is_content_whatever_it_speaks_of(headline: str, body: str) -> None:
    assert outcome_of(f"{headline} - 某县人民政府", f"<h1>{headline}</h1>{body}") is None


def test_labels_under_a_headline_are_all_of_them_text() -> None:
    body = "<p>项目编号：ABC-1</p><p>中标供应商：某科技公司</p><p>中标金额：12万元</p>"
    html = f"<html><head><title>防火墙采购中标公告</title></head><body>{TOP}<h1>防火墙采购中标公告</h1>{body}{FOOT}</body></html>"
    (document,) = General()(Reading(URL, URL, html, "utf-8", "header", kind="page")).documents
    assert document.text.split("\n") == ["项目编号：ABC-1", "中标供应商：某科技公司", "中标金额：12万元"]


def test_a_heading_that_is_a_site_s_name_is_no_headline() -> None:
    assert outcome_of("某县人民政府", "<h1>某县人民政府</h1><p>您访问的页面不存在</p>") == "soft-404"


def test_a_column_with_nothing_under_its_heading_is_empty_though_the_foot_has_links() -> None:
    left = "".join(f'<li><a href="/c{n}/">{name}</a></li>' for n, name in enumerate(("机构简介", "规划信息", "重大项目", "招考录用")))
    help_ = '<ul><li><a href="/help"><img src="/i/h.png"><span>使用帮助</span></a></li><li><a href="/law">网站声明</a></li></ul>'
    body = (
        f'<div class="left"><ul>{left}</ul></div><div class="right"><div class="list"><dl><dt><span>重大项目</span></dt></dl>'
        f'<div id="page-div"></div></div></div><div class="footer"><div class="foot_right">{help_}</div>'
        "<p>主办：某县教育局　地址：某县东街二十六号　电话：0000-86113000</p></div>"
    )
    assert outcome_of("重大项目_某县教育局", body) == "empty"
