"""The board: front page, board, topics over several pages, in the shape of the Discuz! X3.4 default template.

What such a board changes at every request changes here, too: form hash, online list, views, ranks, clocks, "Processed in",
rotating advertisements.
"""

from __future__ import annotations

import random
from html import escape

from worker.demo.world import Post, Topic, World

NAME = "松湾百姓论坛"
BOARD, FID = "百姓问政", 36
POSTS_PER_PAGE = 5
_ADS = ("钢材现货报价", "货代拼箱咨询", "标准厂房招租", "周末农家乐")
_VISITORS = ("路过的风", "钢材老周", "会计小吴", "陈工", "外贸林姐", "海关阿梅")


def front(world: World) -> str:
    """The front page with its one board."""
    topics = len(world.topics)
    last = next(iter(world.topics.values()))
    return _page(
        world,
        f"{NAME} -  Powered by Discuz!",
        f"""<div id="pt" class="bm cl"><div class="z"><a href="./" class="nvhm" title="首页">{NAME}</a><em>&raquo;</em>
<a href="forum.php">论坛</a></div></div>
<div id="ct" class="wp cl"><div id="chart" class="bm bw0 cl"><p class="chart z">今日: <em>{random.randint(1, 40)}</em>
<span class="pipe">|</span>昨日: <em>{random.randint(1, 40)}</em><span class="pipe">|</span>会员: <em>1204</em></p></div>
<div class="mn"><div class="fl bm"><div class="bm bmw cl"><div class="bm_h cl"><h2><a href="forum.php?gid=1">问政</a></h2></div>
<div id="category_1" class="bm_c"><table cellspacing="0" cellpadding="0" class="fl_tb"><tr>
<td class="fl_icn"><a href="forum-{FID}-1.html"><img src="static/image/common/forum.gif" alt="{BOARD}" /></a></td>
<td><h2><a href="forum-{FID}-1.html">{BOARD}</a><em class="xw0 xi1" title="今日"> ({random.randint(1, 9)})</em></h2></td>
<td class="fl_i"><span class="xi2">{topics}</span><span class="xg1"> / {sum(len(t.posts) for t in world.topics.values())}</span></td>
<td class="fl_by"><div><a href="forum.php?mod=redirect&amp;tid={last.tid}&amp;goto=lastpost#lastpost" class="xi2">{escape(last.title)}</a>
<cite>{random.randint(2, 50)} 分钟前 <a href="space-username-x.html">{escape(last.posts[-1].author)}</a></cite></div></td>
</tr></table></div></div></div>
{_online()}</div></div>""",
    )


def board(world: World) -> str:
    """The one list page of the board."""
    rows = "\n".join(_row(topic) for topic in world.topics.values())
    return _page(
        world,
        f"{BOARD} -  {NAME} -  Powered by Discuz!",
        f"""<div id="pt" class="bm cl"><div class="z"><a href="./" class="nvhm" title="首页">{NAME}</a><em>&raquo;</em>
<a href="forum.php">论坛</a> <em>&rsaquo;</em> <a href="forum.php?gid=1">问政</a><em>&rsaquo;</em>
<a href="forum-{FID}-1.html">{BOARD}</a></div></div>
<div class="boardnav"><div id="ct" class="wp cl"><div class="mn"><div class="bm bml pbn"><div class="bm_h cl"><h1 class="xs2">
<a href="forum-{FID}-1.html">{BOARD}</a><span class="xs1 xw0 i">今日: <strong class="xi1">{random.randint(0, 9)}</strong>
<span class="pipe">|</span>主题: <strong class="xi1">{len(world.topics)}</strong></span></h1></div></div>
<div id="threadlist" class="tl bm bmw"><div class="th"><table cellspacing="0" cellpadding="0"><tr><th colspan="2">全部主题</th>
<td class="by">作者</td><td class="num">回复/查看</td><td class="by">最后发表</td></tr></table></div>
<div class="bm_c"><form method="post" name="moderate" id="moderate" action="forum.php?mod=topicadmin">
<input type="hidden" name="formhash" value="{_hash()}" />
<table summary="forum_{FID}" cellspacing="0" cellpadding="0" id="threadlisttableid">
{rows}
</table></form></div></div></div></div></div>""",
        fid=FID,
    )


def topic_page(world: World, tid: int, number: int) -> str | None:
    """Page `number` of a topic; a number beyond the end serves the last page, as such boards do."""
    topic = world.topics.get(tid)
    if topic is None:
        return None
    total = (len(topic.posts) + POSTS_PER_PAGE - 1) // POSTS_PER_PAGE
    number = min(max(number, 1), total)
    first = (number - 1) * POSTS_PER_PAGE
    posts = "\n".join(
        _post(topic, post, first + place + 1) for place, post in enumerate(topic.posts[first : first + POSTS_PER_PAGE])
    )
    pages = _pager(topic, number, total)
    return _page(
        world,
        f"{topic.title} - {BOARD} -  {NAME} -  Powered by Discuz!",
        f"""<script type="text/javascript">var fid = parseInt('{FID}'), tid = parseInt('{tid}');</script>
<div id="pt" class="bm cl"><div class="z"><a href="./" class="nvhm" title="首页">{NAME}</a><em>&raquo;</em>
<a href="forum.php">论坛</a> <em>&rsaquo;</em> <a href="forum.php?gid=1">问政</a> <em>&rsaquo;</em>
<a href="forum-{FID}-1.html">{BOARD}</a> <em>&rsaquo;</em> <a href="thread-{tid}-1-1.html">{escape(topic.title)}</a></div></div>
<div id="ct" class="wp cl">
<div id="pgt" class="pgs mbm cl "><div class="pgt">{pages}</div><span class="y pgb"><a href="forum-{FID}-1.html">返回列表</a></span></div>
<div id="postlist" class="pl bm"><table cellspacing="0" cellpadding="0"><tr><td class="pls ptn pbn"><div class="hm ptn">
<span class="xg1">查看:</span> <span class="xi1">{random.randint(200, 9000)}</span><span class="pipe">|</span>
<span class="xg1">回复:</span> <span class="xi1">{len(topic.posts) - 1}</span></div></td>
<td class="plc ptm pbn vwthd"><h1 class="ts"><span id="thread_subject">{escape(topic.title)}</span></h1>
<span class="xg1"><a href="thread-{tid}-1-1.html">[复制链接]</a></span></td></tr></table>
{posts}
<div id="postlistreply" class="pl"><div id="post_new" class="viewthread_table" style="display: none"></div></div></div>
<form method="post" name="modactions" id="modactions"><input type="hidden" name="formhash" value="{_hash()}" /></form>
<div class="pgs mtm mbm cl">{pages}</div>
<div id="f_pst" class="pl bm bmw"><div class="pt hm">您需要登录后才可以回帖
<a href="member.php?mod=logging&amp;action=login" class="xi2">登录</a></div></div></div>""",
        fid=FID,
    )


def missing(world: World) -> str:
    """What the board says of a topic that is not there."""
    return _page(
        world,
        f"提示信息 -  {NAME} -  Powered by Discuz!",
        '<div id="ct" class="wp cl w"><div class="nfl"><div class="f_c altw"><div id="messagetext" class="alert_error">'
        "<p>抱歉，指定的主题不存在或已被删除或正在被审核</p></div></div></div></div>",
    )


def _row(topic: Topic) -> str:
    first, last = topic.posts[0], topic.posts[-1]
    return f"""<tbody id="normalthread_{topic.tid}"><tr>
<td class="icn"><a href="thread-{topic.tid}-1-1.html" title="新窗口打开" target="_blank"><img src="static/image/common/folder_common.gif" /></a></td>
<th class="common"> <a href="thread-{topic.tid}-1-1.html" onclick="atarget(this)" class="s xst">{escape(topic.title)}</a></th>
<td class="by"><cite><a href="space-uid-{first.uid}.html" c="1">{escape(first.author)}</a></cite><em><span>{first.posted.split()[0]}</span></em></td>
<td class="num"><a href="thread-{topic.tid}-1-1.html" class="xi2">{len(topic.posts) - 1}</a><em>{random.randint(200, 9000)}</em></td>
<td class="by"><cite><a href="space-username-x.html" c="1">{escape(last.author)}</a></cite>
<em><a href="forum.php?mod=redirect&tid={topic.tid}&goto=lastpost#lastpost">{last.posted.rpartition(":")[0]}</a></em></td>
</tr></tbody>"""


def _pager(topic: Topic, number: int, total: int) -> str:
    if total == 1:
        return ""
    links = "".join(
        f"<strong>{n}</strong>" if n == number else f'<a href="thread-{topic.tid}-{n}-1.html">{n}</a>'
        for n in range(1, total + 1)
    )
    after = f'<a href="thread-{topic.tid}-{number + 1}-1.html" class="nxt">下一页</a>' if number < total else ""
    return f"""<div class="pg">{links}<label><input type="text" name="custompage" class="px" size="2" value="{number}" />
<span title="共 {total} 页"> / {total} 页</span></label>{after}</div>"""


def _post(topic: Topic, post: Post, floor: int) -> str:
    named = {1: "楼主", 2: "沙发", 3: "板凳", 4: "地板"}.get(floor, f"<em>{floor}</em><sup>#</sup>")
    quote = ""
    if post.quote:
        quote = f"""<div class="quote"><blockquote><font size="2"><font color="#999999">{post.quote[0]} 发表于 2026-3-12 15:41</font></font><br />
{escape(post.quote[1])}</blockquote></div><br />
"""
    edited = f'<i class="pstatus"> {post.edited} </i><br /><br />\n' if post.edited else ""
    points = random.randint(10, 400)
    return f"""<div id="post_{post.pid}" ><table id="pid{post.pid}" class="plhin" summary="pid{post.pid}" cellspacing="0" cellpadding="0">
<tr><td class="pls" rowspan="2"><div id="favatar{post.pid}" class="pls cl favatar"><div class="pi"><div class="authi">
<a href="space-uid-{post.uid}.html" target="_blank" class="xw1">{escape(post.author)}</a></div></div>
<div class="p_pop blk bui" id="userinfo{post.pid}" style="display: none;"><em>{random.choice(("当前在线", "当前离线"))}</em></div>
<div class="tns xg2"><table cellspacing="0" cellpadding="0"><th><p>{random.randint(1, 9)}</p>主题</th><td><p>{points}</p>积分</td></table></div>
<p><em><a href="home.php?mod=spacecp&amp;ac=usergroup&amp;gid=10" target="_blank">新手上路</a></em></p>
<div id="g_up{post.pid}_menu" class="tip tip_4" style="display: none;"><div class="tip_c">新手上路, 积分 {points}</div></div></div></td>
<td class="plc"><div class="pi"><strong><a href="forum.php?mod=redirect&goto=findpost&ptid={topic.tid}&pid={post.pid}" id="postnum{post.pid}">
{named}</a></strong><div class="pti"><div class="pdbt"></div><div class="authi">
<em id="authorposton{post.pid}">发表于 {post.posted}</em><span class="pipe">|</span>
<a href="forum.php?mod=viewthread&amp;tid={topic.tid}&amp;authorid={post.uid}" rel="nofollow">只看该作者</a></div></div></div>
<div class="pct"><div class="pcb"><div class="t_fsz"><table cellspacing="0" cellpadding="0"><tr><td class="t_f" id="postmessage_{post.pid}">
{edited}{quote}{escape(post.text)}</td></tr></table></div>
<div id="comment_{post.pid}" class="cm"></div><div id="post_rate_div_{post.pid}"></div></div></div></td></tr>
<tr><td class="plc plm"><div class="a_pb"><a href="/ad/{random.randint(1, 99)}">【广告】{random.choice(_ADS)}</a></div></td></tr>
<tr><td class="pls"></td><td class="plc"><div class="po hin"><div class="pob cl"><em><a class="fastre"
href="forum.php?mod=post&amp;action=reply&amp;fid={FID}&amp;tid={topic.tid}&amp;repquote={post.pid}">回复</a></em>
<p><a href="javascript:;" class="showmenu">使用道具</a><a href="javascript:;">举报</a></p></div></div></td></tr></table></div>"""


def _online() -> str:
    people = random.sample(_VISITORS, 3)
    listed = "".join(f'<li title="时间: {random.randint(10, 59)}"><a href="#">{name}</a></li>' for name in people)
    return f"""<div id="online" class="bm oll"><div class="bm_h"><h3><strong><a href="home.php?mod=space&amp;do=online">在线会员</a></strong>
<span class="xs1">- <strong>{random.randint(3, 80)}</strong> 人在线</span></h3></div><dl id="onlinelist" class="bm_c"><dd><ul class="cl">{listed}</ul></dd></dl></div>"""


def _hash() -> str:
    return f"{random.getrandbits(32):08x}"


def _page(world: World, title: str, body: str, fid: int | None = None) -> str:
    formhash, kind = _hash(), "viewthread" if fid else "index"
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{escape(title)}</title>
<meta name="generator" content="Discuz! X3.4" /><meta name="author" content="Discuz! Team and Comsenz UI Team" />
<link rel="stylesheet" type="text/css" href="data/cache/style_1_common.css?{formhash[:3]}" />
<script type="text/javascript">var STYLEID = '1', STATICURL = 'static/', VERHASH = '{formhash[:3]}', charset = 'utf-8', discuz_uid = '0', cookiepre = 'demo_2132_';</script>
</head>
<body id="nv_forum" class="pg_{kind}">
<div id="toptb" class="cl"><div class="wp"><div class="z"><a href="javascript:;">设为首页</a><a href="javascript:;">收藏本站</a></div></div></div>
<div id="hd"><div class="wp"><div class="hdc cl"><h2><a href="./" title="{NAME}">{NAME}</a></h2>
<form method="post" id="lsform" action="member.php?mod=logging&amp;action=login"><input type="hidden" name="formhash" value="{formhash}" /></form></div>
<div id="nv"><ul><li class="a" id="mn_forum"><a href="forum.php" title="BBS">论坛<span>BBS</span></a></li></ul></div></div></div>
<div id="wp" class="wp">
<div class="wp a_t"><a href="/ad/{random.randint(1, 99)}">文字广告：{random.choice(_ADS)}</a></div>
{body}
</div>
<div id="ft" class="wp cl"><div id="flk" class="y"><p><a href="archiver/">Archiver</a><span class="pipe">|</span><strong><a href="./">{NAME}</a></strong></p>
<p class="xs0">GMT+8, 2026-3-{random.randint(18, 30)} {random.randint(0, 23):02}:{random.randint(0, 59):02}<span id="debuginfo">
, Processed in {random.random():.6f} second(s), {random.randint(8, 30)} queries .</span></p></div>
<div id="frt"><p>Powered by <strong><a href="https://www.discuz.vip/">Discuz!</a></strong> <em>X3.4</em></p></div></div>
<div style="display:none">{world.visited()}</div>
</body></html>"""
