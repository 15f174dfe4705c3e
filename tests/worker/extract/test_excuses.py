"""Pages that only say why they say nothing, and notices that speak of such pages."""

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
