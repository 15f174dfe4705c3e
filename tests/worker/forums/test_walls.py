"""Pages without content are told by structure and words, whatever status they came with."""

from __future__ import annotations

import pytest

from tests.worker.forums.golden import SERVED_AT, read
from worker.extract.model import Reading

DISCUZ = (
    "<html><head><title>提示信息 - 青溪社区 - Powered by Discuz!</title></head><body>"
    "<script>var discuz_uid = '0';</script>"
    '<div id="ct"><div id="messagetext" class="{kind}"><p>{words}</p></div>{login}</div></body></html>'
)
PHPBB = (
    '<html><body id="phpbb" class="section-app"><div id="page-body"><div class="panel" id="message"><div class="inner">'
    "<h2>Information</h2><p>{words}</p></div></div></div></body></html>"
)
SCRIPT = "<script type=\"text/javascript\">a=location;a.assign('/th'+'read-7-1-1.html?_ds'+'ign=12ab');</script>"
RELOAD = (
    "<html><head><title>{title}</title></head><body><script>setTimeout('reload()', 1001);</script>"
    "<b>{title}</b></body></html>"
)


def page(text: str, url: str = "http://bbs.example/thread-7-1-1.html") -> Reading:
    return Reading(url, url, text, "utf-8", "header", served_at=SERVED_AT)


@pytest.mark.parametrize(
    ("kind", "login", "words", "outcome"),
    [
        ("alert_error", False, "抱歉，指定的主题不存在或已被删除或正在被审核", "gone"),
        ("alert_error", False, "抱歉，指定的版块不存在", "gone"),
        ("alert_info", True, "抱歉，您尚未登录，没有权限访问该版块", "login-required"),
        ("alert_info", True, "抱歉，本帖要求阅读权限高于 90 才能浏览", "login-required"),
        ("alert_info", True, "服务器搬家，周一&#58;恢复", "maintenance"),
        ("alert_info", True, "管理员设置了每日 1:00-5:00 不能进行此操作或访问此页面", "maintenance"),
        ("alert_error", False, "您的 IP 地址已被禁止访问", "blocked"),
    ],
)
def test_discuz_message_page(kind: str, login: bool, words: str, outcome: str) -> None:
    text = DISCUZ.format(kind=kind, words=words, login='<div id="messagelogin"></div>' if login else "")
    said = read(page(text))
    assert (said.page_kind, said.outcome, said.documents) == ("not-content", outcome, ())


@pytest.mark.parametrize("text", [SCRIPT, RELOAD.format(title="页面重载开启"), RELOAD.format(title="3 + 9 + 4 = ?")])
def test_discuz_answers_in_place_of_a_page_are_blocked(text: str) -> None:
    assert read(page(text)).outcome == "blocked"


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("The requested topic does not exist.", "gone"),
        ("You are not authorised to read this forum.", "login-required"),
        ("Sorry but this board is currently unavailable.", "maintenance"),
    ],
)
def test_phpbb_message_page(words: str, outcome: str) -> None:
    assert read(page(PHPBB.format(words=words), "http://board.example/viewtopic.php?t=3")).outcome == outcome


MYBB = (
    '<html><head><title>Valley Forum</title><script>var my_post_key = "ab";</script></head><body><div id="container">'
    '<div id="content"><div class="navigation"><span class="active">Valley Forum</span></div><table class="tborder">'
    '<tr><td class="thead"><span class="smalltext"><strong>Valley Forum</strong></span></td></tr>'
    '<tr><td class="trow1">{words}</td></tr></table></div></div>Powered By MyBB</body></html>'
)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("The specified thread does not exist.", "gone"),
        ("You are either not logged in or do not have permission to view this page.", "login-required"),
        ("<p>This Bulletin Board is currently closed. Please come back later.</p>", "maintenance"),
        ('Please enter the password.<input type="password" name="pwverify" />', "blocked"),
        ("I'm sorry, but you are banned. You may not post, read threads, or access the forum.", "blocked"),
    ],
)
def test_mybb_message_page(words: str, outcome: str) -> None:
    assert read(page(MYBB.format(words=words), "http://forum.example/showthread.php?tid=4")).outcome == outcome


INVISION = (
    "<html><body class='ipsApp ipsApp_front ipsData' data-pageController='error'><div id='elError'>"
    "<p class='ipsType_large'>Sorry, there is a problem</p><div id='elErrorMessage'>{words}</div></div></body></html>"
)
TIEBA = "<html><head><title>{title}</title></head><body><h1 class='main-title'>{words}</h1></body></html>"
V2EX = '<html><head><title>{title}</title></head><body><div class="message" onclick="x">{words}</div></body></html>'
PHPBB2 = (
    '<html><body><table><tr><td class="bodyline"><table class="forumline"><tr><th class="thHead"><b>Information</b>'
    '</th></tr><tr><td class="row1" align="center"><span class="gen">{words}</span></td></tr></table></td></tr></table>'
    "</body></html>"
)
REDDIT = (
    "<html><head><title>Blocked</title></head><body class='reddit'><h1>You've been blocked by network security.</h1>"
    "</body></html>"
)
STACK = (
    '<html><head><title>Page not found - Hinges Stack Exchange</title><link rel="stylesheet" '
    'href="https://cdn.sstatic.net/Shared/stacks.css"></head><body><h1>Page not found</h1></body></html>'
)
VANILLA = (
    '<html><head><script>gdn=window.gdn||{{}};gdn.meta={{}};</script></head><body id="dashboard_home_filenotfound">'
    '<div class="Center SplashInfo"><h1>{title}</h1><div id="Message">{words}</div></div></body></html>'
)
VBULLETIN3 = (
    '<html><head><meta name="generator" content="vBulletin 3.8.7" /></head><body><table class="tborder"><tr>'
    '<td class="tcat">vBulletin Message</td></tr><tr><td class="panelsurround"><div class="panel">'
    '<div style="width:640px">{words}</div></div></td></tr></table></body></html>'
)
VBULLETIN4 = (
    '<html><head><meta name="generator" content="vBulletin 4.2.5" /></head><body><div class="standard_error">'
    '<h2 class="blockhead">vBulletin Message</h2><div class="blockbody formcontrols"><div class="blockrow restore">'
    "{words}</div></div></div></body></html>"
)
XENFORO = (
    '<html id="XF" data-template="error"><body><div class="p-body-pageContent"><div class="blockMessage">{words}</div>'
    '</div><a href="https://xenforo.com">Powered by XenForo</a></body></html>'
)
SMF = (
    '<html><head><script>var smf_theme_url = "x";</script></head><body><div id="fatal_error"><h3>An error has occurred'
    '</h3><div class="padding">{words}</div></div></body></html>'
)
FLUXBB = (
    '<html><body><div id="punmessage" class="pun"><div id="msg" class="block"><h2><span>Info</span></h2>'
    '<div class="box"><div class="inbox"><p>{words}</p></div></div></div><a href="#">FluxBB</a></div></body></html>'
)
PUNBB = (
    '<html><body><div id="brd-message" class="brd-page"><div class="main-content main-message"><p>{words}</p></div>'
    "</div></body></html>"
)
NODEBB = '<html><body class="page-{name} page-status-{code} theme-harmony"><div>{words}</div></body></html>'


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (NODEBB.format(name="topic", code=404, words="Page not found"), "gone"),
        (NODEBB.format(name="category", code=403, words="Access denied"), "login-required"),
        (NODEBB.format(name="index", code=503, words="Back soon"), "maintenance"),
        (TIEBA.format(title="贴吧404", words="很抱歉，该贴已被删除。"), "gone"),
        (TIEBA.format(title="百度安全验证", words="请完成下方验证"), "blocked"),
        (V2EX.format(title="V2EX › 主题未找到", words="你所查看的主题不存在"), "gone"),
        (V2EX.format(title="V2EX › 登录", words="你要查看的页面需要先登录"), "login-required"),
        ("No such item.", "gone"),
        ("Sorry, we're not able to serve your requests this quickly.", "blocked"),
        (REDDIT, "blocked"),
        (STACK, "gone"),
        (VANILLA.format(title="Page Not Found", words="The page you were looking for could not be found."), "gone"),
        (VANILLA.format(title="Permission Problem", words="You do not have permission to do that."), "login-required"),
        (VBULLETIN3.format(words="Invalid Thread specified. If you followed a valid link, please notify us"), "gone"),
        (VBULLETIN3.format(words="You are not logged in or you do not have permission to access this page."),
         "login-required"),
        (VBULLETIN4.format(words="Invalid Thread specified. If you followed a valid link, please notify us"), "gone"),
        (XENFORO.format(words="The requested thread could not be found."), "gone"),
        (XENFORO.format(words="You must be logged-in to do that."), "login-required"),
        (SMF.format(words="The topic or board you are looking for appears to be either missing or off limits to you."),
         "gone"),
        (FLUXBB.format(words="Bad request. The link you followed is incorrect or outdated."), "gone"),
        (FLUXBB.format(words="You do not have permission to access this page."), "login-required"),
        (PUNBB.format(words="Bad request. The link you followed is incorrect or outdated."), "gone"),
        (PHPBB2.format(words="The topic or post you requested does not exist"), "gone"),
        (INVISION.format(words="We could not locate the item you are trying to view."), "gone"),
        (INVISION.format(words="You do not have permission to view this topic."), "login-required"),
    ],
)
def test_an_engines_own_message_page(text: str, outcome: str) -> None:
    said = read(page(text, "https://quay.example/topic/31/x"))
    assert (said.page_kind, said.outcome, said.documents) == ("not-content", outcome, ())


def test_a_script_elsewhere_is_not_discuz_refusing_us() -> None:
    import worker.extract as registry

    elsewhere = page(SCRIPT, "http://news.example/a/b.html")
    assert registry.EXTRACTORS["discuz"].recognise(elsewhere) is None
