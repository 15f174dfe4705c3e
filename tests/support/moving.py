# ruff: noqa: E501
"""Pages of our own whose chrome moves at every visit: a county office's statistics page, and a board's thread.

`County()` and `Thread()` hold what a page says and what moves around it; `replace` one part and render both.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from archive.records import Content
from worker.reading import Payload, Read, read
from worker.settings import Source

URL = "http://www.county.example/health/figures.html"
ROWS = (("North Ward", "118", "3"), ("South Ward", "97", "0"), ("Harbour", "41", "1"))
NEWS = (
    ("Clinic opening hours over the holidays", "/news/2024/clinic-hours.html"),
    ("How to read the weekly figures", "/news/2024/how-to-read.html"),
    ("Water quality at the public baths in March", "/news/2024/baths.html"),
)
MENU = ("Home", "Services", "Council", "Jobs", "Contact", "Maps", "Tenders")
PARAGRAPHS = (
    "The county office publishes the number of cases reported by its wards every Thursday at noon.",
    "Figures of the last two days may still change, because wards report late. Corrections are marked in the table.",
    "Residents who need a test can register by telephone; appointments are given within three working days.",
)


@dataclass(frozen=True)
class County:
    """A statistics page: what it says, and what moves around it."""

    title: str = "Weekly case figures of the county"
    paragraphs: tuple[str, ...] = PARAGRAPHS
    rows: tuple[tuple[str, str, str], ...] = ROWS
    notice: str = "The help desk is closed on 2 April because of a staff meeting of the whole office."
    report: str = "/files/2024/figures-week-12.pdf"
    report_name: str = "Report of week 12"
    chart: str = "/charts/cases-week-12.png"
    news: tuple[tuple[str, str], ...] = NEWS
    updated: str = "28 March 2024"
    menu: tuple[str, ...] = MENU
    views: int = 1204
    clock: str = "Today is Thursday, 28 March 2024 12:30:45"
    token: str = "f3a91c7be2d04455"
    build: str = "4f2a9c1d"
    stamp: int = 1711629045
    banner: str = "/banners/library.jpg"
    banner_link: str = "/library/index.html"
    weather: str = "Cloudy 9 °C"
    seconds: str = "0.031"
    session: str = "0A1B2C3D4E5F60718293A4B5C6D7E8F9"
    email: str = "2f4a5b6c7d"
    socials: tuple[str, ...] = ("facebook.com/county", "twitter.com/county", "youtube.com/county")
    online: int = 12
    classes: str = "wide"
    random_id: str = "v-8213"

    def html(self) -> str:
        """The page as a server sends it."""
        rows = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in self.rows)
        news = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in self.news)
        menu = "".join(f'<li><a href="/{name.lower()}/;jsessionid={self.session}">{name}</a></li>' for name in self.menu)
        socials = "".join(f'<a href="https://www.{place}"><img src="/i/{place[:4]}.png"></a>' for place in self.socials)
        paragraphs = "".join(f"<p>{text}</p>" for text in self.paragraphs)
        return f"""<!DOCTYPE html><html lang="en"><head><title>{self.title}</title>
<meta name="csrf-token" content="{self.token}{self.build}">
<link rel="stylesheet" href="/css/site.{self.build}.css?v={self.stamp}">
<script nonce="{self.token}">window.build = "{self.build}"; var now = {self.stamp};</script>
</head><body class="{self.classes}"><!-- generated {self.stamp} by node {self.build} -->
<div class="topbar">{self.clock}</div>
<div class="weather-box">{self.weather}</div>
<nav id="mainNav"><ul>{menu}</ul></nav>
<form action="/search?sid={self.token}"><input type="hidden" name="formhash" value="{self.token}"><input name="q"></form>
<div class="page {self.classes}" id="{self.random_id}">
<h1>{self.title}</h1>
<p>Updated: {self.updated}</p>
{paragraphs}
<table><tr><th>Ward</th><th>Cases</th><th>New</th></tr>{rows}</table>
<p><img src="{self.chart}?{self.stamp}" alt="Cases by week"></p>
<p><a href="{self.report}?sid={self.token}&amp;v={self.stamp}">{self.report_name}</a></p>
<p>Write to <a href="/cdn-cgi/l/email-protection#{self.email}">[email&#160;protected]</a> with questions about the figures.</p>
<div class="box"><b>Please note</b><p>{self.notice}</p></div>
<h2>More from the office</h2><ul class="list">{news}</ul>
<p>Views: {self.views:,}</p>
</div>
<div class="rotator"><a href="{self.banner_link}"><img src="{self.banner}"></a></div>
<div class="social">{socials}</div>
<div>Users online: {self.online} guests</div>
<div class="footer">© The county office. Page generated in {self.seconds} seconds</div>
</body></html>"""


def moved(page: County, seed: int) -> County:
    """The same page at another visit: everything that says nothing has moved."""
    dice = random.Random(seed)
    now = datetime(2024, 3, 28, 8, tzinfo=UTC) + timedelta(seconds=dice.randrange(10**7))

    def digits(n: int) -> str:
        return "".join(dice.choice("0123456789abcdef") for _ in range(n))

    return replace(
        page, views=dice.randrange(10**6), clock=f"Today is {now:%A, %d %B %Y %H:%M:%S}", token=digits(16), build=digits(8),
        stamp=int(now.timestamp()), banner=f"/banners/{dice.choice('abcdef')}.jpg", banner_link=f"/{dice.choice('xyz')}/index.html",
        weather=f"{dice.choice(['Sunny', 'Cloudy', 'Rain'])} {dice.randrange(-9, 35)} °C", seconds=f"0.{dice.randrange(1000):03}",
        session=digits(32).upper(), email=digits(10), socials=tuple(dice.sample(page.socials, len(page.socials))),
        online=dice.randrange(900), classes=dice.choice(["wide", "narrow", "wide js-off"]), random_id=f"v-{dice.randrange(9999)}",
    )  # fmt: skip


@dataclass(frozen=True)
class Thread:
    """A thread as Discuz X3.4 renders one to a guest; `seed` moves the chrome, `posts` is what people wrote."""

    seed: int = 0
    posts: tuple[str, ...] = ("桥头那段路灯坏了三天，晚上走路看不清，请有关部门看看。", "已经报给街道了，说是周五来修。", "谢谢楼上，周五我去看。")

    def html(self) -> str:
        """The page, UTF-8."""
        dice = random.Random(self.seed)
        now = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(10**7))
        form, sid = f"{dice.randrange(16**8):08x}", f"{dice.randrange(36**6):06d}"[:6]
        posts = "".join(self._post(number, text, dice) for number, text in enumerate(self.posts, 1))
        members = " ".join(f"<a href='home.php?mod=space&uid={dice.randrange(999)}'>u{dice.randrange(99)}</a>" for _ in range(5))
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>路灯坏了 - 街坊邻里 - 小镇论坛 - Powered by Discuz!</title>
<meta name="generator" content="Discuz! X3.4"><script>var SITEURL='/', formhash = '{form}', cookiepre = 'x_', t = {dice.randrange(10**9)};</script>
<link rel="stylesheet" href="data/cache/style_1_common.css?{form[:3]}"></head>
<body id="nv_forum" class="pg_viewthread"><div id="toptb"><a href="member.php?mod=logging&action=login&formhash={form}">登录</a>
<a href="member.php?mod=register">立即注册</a></div>
<div id="nv"><ul><li><a href="forum.php">论坛</a></li><li><a href="portal.php">门户</a></li><li><a href="misc.php?mod=tag">标签</a></li></ul></div>
<div id="pt"><a href="forum.php">小镇论坛</a> › <a href="forum.php?mod=forumdisplay&fid=2">街坊邻里</a></div>
<form action="search.php?sid={sid}"><input type="hidden" name="formhash" value="{form}"></form>
<div id="chart">今日: {dice.randrange(90)} | 昨日: {dice.randrange(90)} | 帖子: {dice.randrange(9999)} | 会员: {dice.randrange(999)}</div>
<div id="postlist"><span class="xg1">查看:</span> <span class="xi1">{dice.randrange(9999)}</span> <span class="xg1">回复:</span> <span class="xi1">2</span>
<h1><span id="thread_subject">路灯坏了</span></h1>{posts}</div>
<div id="online"><strong>当前在线</strong> <span>在线会员 - {dice.randrange(99)} 人在线 - {dice.randrange(99)} 会员 - {dice.randrange(99)} 位游客</span>
<p class="online-list">{members}</p></div>
<div id="ft"><p>Powered by <strong>Discuz!</strong> X3.4</p>
<p>GMT+8, {now:%Y-%m-%d %H:%M} , Processed in 0.{dice.randrange(10**6):06} second(s), {dice.randrange(5, 20)} queries .</p></div>
</body></html>"""

    def _post(self, number: int, text: str, dice: random.Random) -> str:
        return f"""<div id="post_{100 + number}"><table id="pid{100 + number}"><tr><td class="pls">
<div class="authi"><a href="home.php?mod=space&uid={number}">街坊{number}</a></div>
<p>在线时间{dice.randrange(999)} 小时</p><dl><dt>积分</dt><dd>{dice.randrange(9999)}</dd></dl></td>
<td class="plc"><em id="authorposton{100 + number}">发表于 2024-2-{number} 10:0{number}</em>
<td class="t_f" id="postmessage_{100 + number}">{text}</td>
<a href="misc.php?mod=report&rid={100 + number}&formhash={dice.randrange(16**8):08x}">举报</a></td></tr></table></div>"""


def reading_of(html: str | bytes, url: str = URL, kind: str = "page") -> Read:
    """What the real rooms read from this page."""
    body = html if isinstance(html, bytes) else html.encode()
    at = datetime(2024, 4, 1, tzinfo=UTC)
    return read(Payload(body, url, url, at), Source("s", url, kind="page"), kind, f"page|{url}")


def content_of_page(html: str | bytes, url: str = URL) -> Content:
    """The content of the one document this page is."""
    result = reading_of(html, url)
    assert result.outcome == "ok", (result.outcome, result.why, result.error)
    (seen,) = result.seen
    return seen.content
