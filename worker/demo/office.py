"""The county office's pages: a paged notice list, disclosure pages with label table and guideline meta tags, replies to
proposals between 上一条 and 下一条, and a page in GBK. Counters, clocks, tokens and weather change at every request."""

from __future__ import annotations

import random
from collections.abc import Sequence
from html import escape

from worker.demo.world import NOTICES, REPLIES, WATER_PRICE, Notice, World

SITE = "松湾县人民政府"
WATER_PATH = WATER_PRICE.path
PER_PAGE = 3
_WEATHER = ("多云 12~18℃", "小雨 9~13℃", "晴 11~21℃", "阴 10~15℃")


def notice_list(world: World, page: int) -> str | None:
    """Page `page` (from 0) of the notice list; None beyond its end. Removed notices are not on it."""
    shown = [notice for notice in world.notices.values() if not notice.removed]
    return _list(world, "通知公告", "/zwgk/tzgg/", shown, page)


def reply_list(world: World) -> str | None:
    """The list of replies to proposals."""
    return _list(world, "建议提案办理", "/zwgk/jytabl/", list(world.replies.values()), 0)


def notice_page(world: World, path: str) -> str | None:
    """The page of one notice or reply; None where there is none (any more)."""
    for column, name, order, notices in (
        ("/zwgk/tzgg/", "通知公告", NOTICES, world.notices),
        ("/zwgk/jytabl/", "建议提案办理", REPLIES, world.replies),
    ):
        if path in notices and not notices[path].removed:
            return _article(world, notices[path], column, name, _neighbours(order, path))
    return None


def gbk_page(world: World) -> bytes:
    """A page that says it is gb2312 and holds characters that only GBK has."""
    notice = world.water_price
    body = "".join(f"<p>{escape(line)}</p>\n" for line in notice.paragraphs)
    text = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>{notice.title}-松湾县发展和改革局</title></head>
<body><table width="760" align="center"><tr><td><a href="/">首页</a> | <a href="/zwgk/tzgg/">通知公告</a></td>
<td align="right">现在是 <script>document.write(new Date())</script> 访问量：{world.visited()}</td></tr></table>
<div class="content" id="zoom"><h1>{notice.title}</h1>
<p class="info">发布日期：{notice.published}　来源：{notice.source}　点击数：{world.visited()}</p>
{body}</div>
<div class="bottom">松湾县发展和改革局 版权所有</div></body></html>"""
    return text.encode("gbk")


def _neighbours(order: Sequence[Notice], path: str) -> tuple[Notice | None, Notice | None]:
    place = next(number for number, notice in enumerate(order) if notice.path == path)
    return (order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None)


def _list(world: World, name: str, column: str, notices: Sequence[Notice], page: int) -> str | None:
    pages = max((len(notices) + PER_PAGE - 1) // PER_PAGE, 1)
    if page >= pages:
        return None
    rows = "\n".join(
        f'<li><a href="{notice.path}" title="{escape(notice.title)}" target="_blank">{escape(notice.title)}</a>'
        f"<span>{notice.published}</span></li>"
        for notice in notices[page * PER_PAGE : (page + 1) * PER_PAGE]
    )
    links = "".join(
        f'<a href="{column}{_index(number)}"{" class=current" if number == page else ""}>{number + 1}</a>'
        for number in range(pages)
    )
    after = f'<a href="{column}{_index(page + 1)}">下一页</a>' if page + 1 < pages else "<span>下一页</span>"
    return _framed(
        world,
        f"{name}-{SITE}",
        [("ColumnName", name), ("ColumnType", "政务公开")],
        f"""<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; {name}</div>
<div class="list"><h2>{name}</h2>
<ul class="news-list">
{rows}
</ul>
<div class="page">共{pages}页 {links} {after}</div></div>""",
    )


def _index(number: int) -> str:
    return "index.html" if number == 0 else f"index_{number}.html"


def _article(
    world: World, notice: Notice, column: str, name: str, neighbours: tuple[Notice | None, Notice | None]
) -> str:
    metas = [
        ("ArticleTitle", notice.title), ("PubDate", f"{notice.published} 09:30"), ("ContentSource", notice.source),
        ("ColumnName", name), ("ColumnType", "政务公开"), ("Keywords", "松湾县"), ("Author", "办公室"),
    ]  # fmt: skip
    text = "\n".join(f'<p style="text-indent:2em">{escape(line)}</p>' for line in notice.paragraphs)
    files = "\n".join(f'<p class="fujian"><a href="{url}">{escape(label)}</a></p>' for url, label in notice.attachments)
    before, after = (f'<a href="{other.path}">{escape(other.title)}</a>' if other else "没有了" for other in neighbours)
    return _framed(
        world,
        f"{notice.title}-{SITE}",
        metas,
        f"""<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="{column}">{name}</a> &gt; 正文</div>
<div class="article">{_label_table(notice)}
<h1>{escape(notice.title)}</h1>
<div class="info"><span>发布时间：{notice.published} 09:30</span><span>来源：{notice.source}</span>
<span>浏览次数：<b id="hits">{world.visited()}</b></span>
<span class="tools">字体：[<a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(16)">中</a>
<a href="javascript:doZoom(14)">小</a>] <a href="javascript:window.print()">打印</a> <a href="javascript:;">分享</a></span></div>
<div class="TRS_Editor" id="zoom">
{text}
{files}
</div>
<div class="pages"><p>上一条：{before}</p><p>下一条：{after}</p></div></div>""",
    )


def _label_table(notice: Notice) -> str:
    if not notice.fields:
        return ""
    cells = [f'<td class="label">{label}：</td><td>{escape(value)}</td>' for label, value in notice.fields]
    cells.append(f'<td class="label">标题：</td><td>{escape(notice.title)}</td>')
    rows = "\n".join("<tr>" + "".join(cells[start : start + 2]) + "</tr>" for start in range(0, len(cells), 2))
    return f'<table class="xxgk-table" width="100%" border="1">\n{rows}\n</table>'


def _framed(world: World, title: str, metas: Sequence[tuple[str, str]], body: str) -> str:
    tags = "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in metas)
    token = random.getrandbits(64)
    now = f"{random.randint(7, 22):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8">
<title>{escape(title)}</title>
<meta name="SiteName" content="{SITE}"><meta name="SiteDomain" content="www.songwan.example">
{tags}
<link rel="stylesheet" href="/css/main.css?v={token:x}"><script nonce="{token:x}" src="/js/main.js?t={token}"></script>
</head><body>
<div class="top"><span>今天是 {now}</span> <span class="weather">天气：{random.choice(_WEATHER)}</span>
<a href="/login?jsessionid={token:X}">登录</a> <a href="javascript:;">无障碍浏览</a></div>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/zwgk/tzgg/">通知公告</a></li>
<li><a href="/zwgk/jytabl/">建议提案办理</a></li><li><a href="/gbk/shuijia.htm">价格公示</a></li></ul></div>
<div class="main">
{body}
</div>
<div class="footer"><p>主办：松湾县人民政府办公室　承办：县大数据中心</p>
<p>网站标识码：0000000000　您是第 {world.visited()} 位访问者　页面生成用时 {random.random():.4f} 秒</p></div>
</body></html>"""
