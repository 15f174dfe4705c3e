"""Who wrote a Discuz! post, and on which floor, where the page says it in another way than most."""

from __future__ import annotations

from tests.worker.forums.golden import SERVED_AT, read
from worker.extract.model import Extracted, Reading

COMMENT = """<div id="comment_{pid}" class="cm"><h3 class="psth xs1">点评</h3><div class="pstl xs1 cl">
<div class="psta vm"><a href="space-uid-9.html" class="xi2 xw1">路过的铁匠</a></div>
<div class="psti">说得在理&nbsp;<span class="xg1">发表于 2026-11-2 08:00</span></div></div></div>"""


def post(pid: int, floor: str, beside: str, *, over: str = "", below: str = "") -> str:
    return f"""<div id="post_{pid}"><table id="pid{pid}" summary="pid{pid}"><tr>
<td class="pls" rowspan="2"><div id="favatar{pid}" class="pls favatar">{beside}</div></td>
<td class="plc"><div class="pi"><strong><a href="#" id="postnum{pid}">{floor}</a></strong>
<div class="pti"><div class="authi">{over}<em id="authorposton{pid}">发表于 2026-11-1 09:{pid}</em></div></div></div>
<div class="pct"><div class="pcb"><div class="t_fsz"><table><tr>
<td class="t_f" id="postmessage_{pid}">第{pid}篇的话</td>
</tr></table></div>{below}</div></div></td></tr></table></div>"""


def named(name: str) -> str:
    return f'<div class="pi"><div class="authi"><a href="space-uid-3.html" class="xw1">{name}</a></div></div>'


def posts(*boxes: str, page: int = 1) -> list[Extracted]:
    text = f"""<html><head><script>var discuz_uid = '0';</script></head><body>
<script>var fid = parseInt('12'), tid = parseInt('77');</script><div class="pg"><a href="thread-77-1-1.html">1</a>
<strong>{page}</strong><span title="共 {page} 页">/ {page} 页</span></div><div id="postlist"><h1 class="ts">
<span id="thread_subject">旧窑的烟道怎么清</span></h1>{"".join(boxes)}</div></body></html>"""
    url = f"http://bbs.example/thread-77-{page}-1.html"
    said = read(Reading(url, url, text, "utf-8", "header", served_at=SERVED_AT))
    return [document for document in said.documents if document.kind == "post"]


def test_deleted_member_keeps_his_name_though_another_comments_on_his_post() -> None:
    gone = '<div class="pi">窑工旧号 <em>该用户已被删除</em></div>'
    (said,) = posts(post(31, "楼主", gone, below=COMMENT.format(pid=31)))
    assert (said.facts.author, said.facts.author_id) == ("窑工旧号", None)


def test_anonymous_author_is_not_who_rated_the_post() -> None:
    rating = '<dl id="ratelog_31" class="rate"><dd><a href="space-uid-5.html">路过的铁匠</a></dd></dl>'
    (said,) = posts(post(31, "楼主", '<div class="pi">匿名</div>', over="匿名&nbsp;", below=rating))
    assert said.facts.author == "匿名"


def test_anonymous_author_is_not_the_link_that_turns_the_order() -> None:
    turn = '<a href="forum.php?mod=viewthread&amp;tid=77&amp;ordertype=1">倒序浏览</a>'
    box = post(31, "楼主", '<div class="pi">匿名</div>', over=f"匿名&nbsp;{turn}").replace(' id="favatar31"', "")
    (said,) = posts(box)
    assert said.facts.author == "匿名"


def test_member_linked_from_his_own_words_is_not_their_author() -> None:
    link = '<a href="space-uid-5.html">路过的铁匠</a>'
    box = post(31, "楼主", '<div class="pi">匿名</div>').replace("第31篇的话", f"谢谢 {link}")
    (said,) = posts(box)
    assert (said.facts.author, said.text) == ("匿名", "谢谢 路过的铁匠")


def test_floors_that_the_forum_names_itself_are_counted_on() -> None:
    names = ["楼主", "沙发", "板凳", "地板", "地下室", "下水道", "<em>7</em><sup>#</sup>"]
    said = posts(*(post(30 + n, name, named("老窑")) for n, name in enumerate(names, 1)))
    assert [one.facts.floor for one in said] == [1, 2, 3, 4, 5, 6, 7]


def test_named_floors_at_the_end_and_at_the_start_of_a_page_are_counted_too() -> None:
    ending = posts(*(post(30 + n, name, named("老窑")) for n, name in enumerate(["地板", "地下室", "下水道"], 1)))
    begun = posts(*(post(30 + n, name, named("老窑")) for n, name in enumerate(["下水道", "<em>7</em>#"], 1)), page=2)
    assert [one.facts.floor for one in ending] == [4, 5, 6]
    assert [one.facts.floor for one in begun] == [6, 7]


def test_pinned_reply_keeps_its_floor_and_a_picked_one_has_none() -> None:
    pinned = '<img src="static/image/common/settop.png" title="置顶回复" /> 来自 43<sup>#</sup>'
    names = ["楼主", pinned, "推荐", "沙发", "地下室", "地板"]
    said = posts(*(post(30 + n, name, named("老窑")) for n, name in enumerate(names, 1)))
    assert [one.facts.floor for one in said] == [1, 43, None, 2, 3, 4]
