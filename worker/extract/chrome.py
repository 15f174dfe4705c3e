"""Furniture of pages by what it says: share bars, font switches, breadcrumbs, neighbours, footers. Data first, with
the kind
each line is (shown by `explain`). Only whole short lines are judged; a sentence that mentions printing is no chrome."""

from __future__ import annotations

import re

from worker.remembered import remembered

_SPACE = re.compile(r"[\s\u3000\xa0]+")

LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "tools",
        re.compile(
            r"[【\[（(《<>|｜·•\-—\s]*(?:(?:我要|在线|立即)?(?:打印(?:此页|本页|页面|本文|文章|正文|内容|文档)?|关闭(?:此页|本页|窗口|页面|本窗口|当前页)?|收藏(?:此页|本页|本文|网页)?"
            r"|分享(?:到|至|本文|按钮|文章|给朋友)?.{0,24}|返回(?:顶部|首页|列表|上一页|上页|上级|目录|上一级)?|回到顶部|顶部|TOP|top|Top|复制链接|一键分享|推荐(?:本文|给好友)|纠错|我要纠错|网站纠错"
            r"|字体(?:大小|颜色)?|字号|大|中|小|特大|超大|默认|加入收藏|设为首页|朗读|语音播报|听新闻|下载|预览|点赞|举报|转发|评论|留言|更多|查看更多|点击查看更多|扫一扫分享|微信|微博|新浪微博|QQ空间|QQ好友|人人网|朋友圈"
            r"|[a-zA-Z]{1,2}[+-]|A\+|A-|T\||T)[【\[（(《】\]）)》<>|｜:：·•\-—\s]*)+"
        ),
    ),
    ("font switch", re.compile(r"[【\[（(]?\s*(?:设置)?字[体号]\s*(?:大小)?\s*[:：]?.{0,24}?[大中小].{0,30}")),
    ("counter",
    re.compile(r"[（(\[【]?(?:浏览|点击|阅读|访问|阅览|查看|点击率|人气)(?:次数|量|数|人次|人数)?\s*[:：]?\s*[\d,]*\s*次?[】\]）)]?")),
    ("counter",
    re.compile(r"(?:您|你)?是?(?:本文|本站|此页)?(?:第|已有)\s*\d*\s*(?:位|人)?\s*(?:访客|浏览|阅读|访问).{0,12}")),
    (
        "scan to phone",
        re.compile(r".{0,16}(?:扫一扫|扫描二维码|扫码|微信扫|二维码).{0,30}|.{0,4}手机(?:上)?(?:浏览|阅读|查看|打开)(?:本页|此页|当前页).{0,8}"),
    ),
    ("breadcrumbs",
    re.compile(r"(?:您?(?:现在|当前)?(?:的)?(?:所在)?(?:的)?位置|当前位置|您所处的位置|您所在位置|现在位置)\s*(?:是|[:：]|在).*|(?:首\s*页|主页|Home)\s*(?:[>＞»/›\\-]+.*)?")),
    ("neighbours",
    re.compile(r"[【\[（(<《·]*\s*(?:上一?[条篇页个则]|下一?[条篇页个则]|前一?[条篇页]|后一?[条篇页])(?:文章|信息|新闻|内容|公告|：|:|\]|】|】|）|\)|\s|$|没有|>|》|无).*")),
    ("pager",
    re.compile(r"(?=.*[上下]一?[页頁]|.*共\s*\d+\s*[页頁])(?:[上下]一?[页頁]|[首尾末][页頁]|共\s*\d+\s*[页頁]|第\s*\d+\s*[页頁]|[\d\s:：<>«»|/\\\[\]【】()（）.…])+")),
    ("footer",
    re.compile(
        r"(?:.*[\u4e00-\u9fff]ICP[备证].{0,30}|公网?安?备\s*\d{6,}.*|网站标识码.*|.{0,40}版权所有.*|Copyright\b.*|©.*|"
        r"All [Rr]ights? [Rr]eserved.*|技术支持\s*[:：]\s*[一-鿿].*|建议使用.{0,20}(?:浏览器|分辨率).*|"
        r"主办(?:单位)?\s*[:：].*|承办(?:单位)?\s*[:：].{0,40}|网站地图.*|"
        r"联系我们.*)"
    )),
    ("login",
    re.compile(r"(?:请|您需要)?(?:先)?(?:登录|登陆|注册)(?:后(?:才可以|再|可)?.{0,12}|\s*[|/]?\s*(?:立即)?注册.*)?")),
    ("browser note",
    re.compile(r".{0,12}浏览器(?:暂?不支持|版本过低).{0,40}|.*(?:请开启|不支持|禁用)\s*(?:JavaScript|javascript|JS|脚本).*")),
    ("share",
    re.compile(r"(?:share|tweet|print|email|facebook|twitter|linkedin|whatsapp|pinterest|copy link)(?:\s+(?:this|on|"
        r"via|page|article|.{2,12}))?", re.I)),
)  # fmt: skip
"""kinds of chrome lines; seen on the recorded pages of provinces, counties, ministries and newspapers"""

_LINE = re.compile(
    "|".join(f"((?i:{pattern.pattern}))" if pattern.flags & re.I else f"({pattern.pattern})" for _, pattern in LINES)
).fullmatch
"""all kinds at once, a group each: asked line by line and kind by kind, they took ten times as long"""

TAIL = re.compile(
    r"[【\[（(<《>|·■◆●\s]*(?:相关(?:阅读|新闻|链接|文章|报道|信息|文件|稿件|内容|资讯|推荐|专题|政策|解读|文档|附件下载)|延伸阅读|推荐(?:阅读|新闻|文章|内容)|热门(?:推荐|新闻|文章|点击|阅读|标签|排行)|热点(?:推荐|排行|新闻|文章|资讯|信息|专题)|精彩(?:推荐|图片|内容)"
    r"|猜你喜欢|为您推荐|为你推荐|更多(?:精彩|内容|新闻|相关|阅读|>>|》)|往期回顾|阅读下一篇|友情链接|最新(?:评论|文章|新闻|更新)|网友评论|我要评论|发表评论|评论列表|关键词阅读|频道推荐|图片新闻|阅读排行|点击排行|排行榜|今日推荐"
    r"|免责声明|特别声明|版权声明|网站声明|延伸推荐|上一篇|下一篇|上一条|下一条|相关搜索|新闻推荐|视频推荐|编辑推荐|大家都在看|热评|跟贴|热词)[】\]）)>》:：\s]*.{0,12}"
)
"""headings after which a page speaks of other things"""

_FURNITURE = frozenset(
    ["nav", "navbar", "navigation", "menu", "footer", "foot", "header", "breadcrumb", "breadcrumbs", "crumb", "crumbs",
    "side", "sidebar", "share", "sharing", "bdshare", "bdsharebuttonbox", "social", "related", "recommend",
    "recommended", "recommends", "comment", "comments", "commentlist", "pagination", "pager", "advert", "advertisement",
    "ads", "ad", "banner", "login", "search", "copyright", "toolbar", "tool", "tools", "hot", "hotnews", "rank",
    "ranking", "cookie", "cookies", "popup", "modal", "tag", "tags", "qr", "qrcode", "ewm", "erweima", "fenxiang",
    "links", "friendlink", "yqlj", "newsletter", "subscribe", "promo", "sponsor", "widget", "skip", "position",
    "location", "dqwz", "weizhi", "dangqian", "mbx"]
)
"""words in a class or id that name furniture"""
_CONTENT = frozenset(
    ["zoom", "article", "content", "contents", "context", "contxt", "contenttxt", "maintxt", "maintext", "zw",
    "zhengwen", "wenzhang", "detail", "details", "artibody", "entry", "view", "story", "body", "vsb", "editor",
    "ueditor", "newscon", "newscontent", "nr", "neirong", "infocon", "xl", "xlnr", "wp", "articlecontent",
    "fontcontent", "rich", "postbody", "ucap", "txt", "text", "con", "articlebody", "pagesconte"
        "nt", "articletext", "mainbody", "bodytext", "artical", "artcontent", "newstext", "showcontent"]
)
"""words in a class or id that name a text: TRS_Editor, UCAP-CONTENT, vsb_content, zoom, v_news_content,
wp_articlecontent ..."""
_NAMES = re.compile(r' (?:class|id)="([^"]*)"').findall
_WORDS = re.compile(r"[a-z]+").findall


def chrome(line: str) -> str | None:
    """The kind of chrome a line is, or None where it is none."""
    return None if len(line) > 160 else _kind(line)


@remembered
def _kind(line: str) -> str | None:
    """Remembered: several rules ask for each line of a page, and sites repeat their furniture."""
    match = _LINE(_SPACE.sub(" ", line).strip())
    return LINES[match.lastindex - 1][0] if match is not None and match.lastindex is not None else None


def ends_text(line: str) -> bool:
    """Whether a short line is a heading after which the page speaks of other things (related news, comments)."""
    return len(line) <= 40 and TAIL.fullmatch(line) is not None


@remembered
def class_hint(attrs: str) -> int:
    """1 where class or id say content, -1 where they say furniture, 0 otherwise."""
    if "class=" not in attrs and "id=" not in attrs:
        return 0
    words = set(_WORDS(" ".join(_NAMES(attrs)).lower()))
    if not words.isdisjoint(_CONTENT):
        return 1
    return 0 if words.isdisjoint(_FURNITURE) else -1
