"""What a page that is no content looks like, and what only looks like one. Pages in the shape of the wild, own words."""

# ruff: noqa: E501 - a page is easier to see on one line

from __future__ import annotations

import time

import pytest

from worker.fetch.outcome import body_outcome, judge

URL = "http://www.example.gov.cn/art/1.html"


def page(title: str, body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def said(
    status: int, text: str, headers: dict[str, str] | None = None, final: str = URL, permanent: bool = False
) -> str:
    return judge(status, headers or {}, text, requested=URL, final=final, permanent=permanent)[0]


NOTICE = page(
    "关于系统维护期间办理业务的通知 - 县政务服务中心",
    "<h1>关于系统维护期间办理业务的通知</h1>"
    + "<p>因省级平台升级改造，定于本月十五日零时至六时进行系统维护，期间请持身份证到窗口办理，确需网上办理的请提前。</p>"
    * 6,
)
CHROME = "".join(f'<li><a href="/c{n}/">栏目名称第{n}号</a></li>' for n in range(60))

BLOCKED = {
    "Cloudflare managed challenge": (
        403,
        page("Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript>"
             "<script>(function(){window._cf_chl_opt={cvId:'3'};})();</script>"),
    ),
    "Cloudflare 1020": (403, page("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>")),
    "Ruishu 412": (
        412,
        "<html><head><meta content='abc' r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=8;</script>"
        "<script src='/x/y.js' r='m'></script></head><body></body></html>",
    ),
    "Ruishu 202": (202, "<html><head><script>$_ts=window['$_ts']||{};</script></head><body onload='a()'></body></html>"),
    "Jiasule first answer": (
        521, "<script>document.cookie=('_')+('_')+('jsl')+'_clearance_s=1';location.href=location.pathname</script>",
    ),
    "Jiasule second answer": (521, "<script>var _0x1a2b=['a'];function go(){document['cookie']='x'}go({'bts':[1]})</script>"),
    "Aliyun cookie script": (
        200, "<html><script>var arg1='83A1';function setCookie(n,v){document.cookie=n+'='+v;}"
        "setCookie('acw_sc__v2',x);document.location.reload();</script></html>",
    ),
    "Aliyun WAF": (405, page("405", "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>")),
    "captcha": (200, page("安全验证", "<div>请完成下方验证后继续访问</div><div id=captcha></div>")),
    "banned": (200, page("提示信息", "<p>您的IP地址已被列入黑名单，禁止访问</p>")),
    "too many": (200, page("Too many requests", "<h1>Too many requests</h1><p>Please wait before you try again.</p>")),
    "safedog": (200, page("网站防火墙", "<h1>网站防火墙</h1><p>您的请求带有不合法参数</p>")),
    "WAF notice": (403, page("403", "<p>您的请求过于频繁，已被拦截</p>")),
    "Discuz reload": (
        200, page("页面重载开启", "<script>function reload(){document.location.reload();}setTimeout('reload()',1001);</script>"
                  "<b>页面重载开启</b>欢迎来访，页面马上再次打开"),
    ),
    "Discuz too fast": (200, page("频繁刷新限制", "<b>频繁刷新限制</b>您访问本站速度过快")),
    "Discuz question": (200, page("16 + 6 + 9 = ?", "<form><b>16 + 6 + 9 = ?</b><input name=answer></form>")),
    "a script in disguise": (
        200, "<script>function f(){var c=f.caller;return 1}_a=window;_b='href';_a[_b]='/th'+'read';location.replace(x)</script>",
    ),
    "a cookie and the page again": (200, "<html><script>document.cookie='k=1';window.location.reload();</script></html>"),
    "Akamai": (403, page("Access Denied", "You don't have permission to access \"http://x/\" on this server."
                         "<p>Reference&#32;&#35;18.1&#46;2")),
    "Incapsula": (200, "<html><head><script src='/_Incapsula_Resource?SWJIYLWA=1'></script></head><body></body></html>"),
    "Cloudflare in Chinese": (200, page("请稍候…", "<p>正在验证您是否是真人。</p>")),
    "Google": (200, page("Sorry...", "<p>Our systems have detected unusual traffic from your computer network.</p>")),
    "a slider": (200, page("滑动验证页面", "<p>请按住滑块，拖动到最右边</p>")),
    "360 script": (200, "<html><script>k='wzws_cid|location';eval(k)</script></html>"),
    "Anubis": (200, page("Making sure you&#39;re not a bot!", "<p>Loading...</p>")),
    "Aliyun slider": (200, page("验证码拦截", "<p>为保证您的正常访问，请进行如下验证</p>")),
    "Tencent WAF": (403, page("T-Sec-Waf", "<p>您的请求可能存在威胁，已被拦截！</p>")),
    "guard with a status of its own": (493, page("网站卫士", "<p>您所提交的请求含有不合法的参数，已被网站卫士拦截</p>")),
    "SafeLine": (468, page("", "<div id=slg></div><script src='/.safeline/static/a.js'></script>")),
    "Baidu": (200, page("百度安全验证", "<p>网络不给力，请稍后重试</p>")),
    "F5": (200, page("Request Rejected", "The requested URL was rejected. Please consult with your administrator.")),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKED)
def test_a_block_is_blocked(name: str) -> None:
    status, text = BLOCKED[name]
    assert said(status, text) == "blocked"


def test_a_challenge_by_its_header_is_blocked() -> None:
    assert said(200, NOTICE, {"cf-mitigated": "challenge"}) == "blocked"


@pytest.mark.parametrize(
    ("text", "status", "outcome"),
    [
        (page("系统维护中", "<h2>系统正在维护，请稍后访问</h2>"), 200, "maintenance"),
        (page("Maintenance", "<h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1>"), 503, "maintenance"),
        (page("网站升级公告", "<p>网站正在升级改造</p>"), 503, "maintenance"),
        (page("系統維護", "<h1>系統維護</h1><p>系統維護中，請稍後再試</p>"), 200, "maintenance"),
        (page("网站建设中", "<h1>网站建设中</h1><p>网站正在建设中...</p>"), 200, "maintenance"),
        (page("Board is offline", "<p>The board is currently offline for maintenance.</p>"), 200, "maintenance"),
        (page("站点关闭", "<h1>站点关闭</h1><p>站点临时关闭，维护中</p>"), 200, "maintenance"),
        (page("HTTP Status 500 – Internal Server Error",
              "<h1>HTTP Status 500 – Internal Server Error</h1><pre>java.lang.NullPointerException</pre>"), 200, "maintenance"),
        (page("运行时错误", "<h2>应用程序中的服务器错误。</h2><p>当前自定义错误设置禁止查看详细信息。</p>"), 200, "maintenance"),
        (NOTICE, 200, "ok"),
        (page("503", "<h1>Service Unavailable</h1>"), 503, "error:http-5xx"),
        (page("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr>nginx"), 502, "error:http-5xx"),
    ],
)  # fmt: skip
def test_maintenance(text: str, status: int, outcome: str) -> None:
    assert said(status, text) == outcome


@pytest.mark.parametrize(
    "title",
    ["404 Not Found", "404", "页面不存在", "您访问的页面不存在", "Page not found", "404错误页面 - 某某县人民政府", "抱歉，您访问的页面找不到了！",
     "对不起，您要查看的页面不存在或已删除", "404-页面未找到-县政府门户网站", "Page not found | City of Springfield", "HTTP 404 Not Found",
     "The page you requested could not be found", "找不到该页面"],
)  # fmt: skip
def test_a_soft_404_by_its_title(title: str) -> None:
    assert said(200, page(title, f"<ul>{CHROME}</ul><p>请检查地址，或返回首页。</p>")) == "soft-404"


@pytest.mark.parametrize(
    "text",
    [
        NOTICE,
        page("如何处理 404 Not Found - 技术论坛", "<h1>如何处理 404 Not Found</h1>" + "<p>我的服务器总是这样回答，请问怎么办？</p>" * 40),
        page("404 Not Found", "<h1>404 Not Found</h1>" + "<p>一首新歌的名字，歌词如下，共有许多行，这里写下全部的内容。</p>" * 30),
        page("404团部队旧址 - 文物保护", "<p>旧址保存完好。</p>"),
        page("县长信箱", "<form>用户名<input name=u>密码<input type=password></form>" + "<p>来信摘要：关于道路照明的建议，已办结。</p>" * 30),
        page("登录注册须知", "<p>本须知适用于所有用户。</p>" * 40),
        page("验证码短信诈骗预警", "<h1>验证码短信诈骗预警</h1><p>近期多发，请注意防范。</p>" * 10),
        page("关于网站维护的招标公告", "<h1>关于网站维护的招标公告</h1>" + "<p>本项目为网站维护服务，预算金额二十万元，投标截止时间为本月三十日。</p>" * 8),
        page("短公告", "<p>明天放假。</p>"),
        page("首页", f"<ul>{CHROME}</ul>"),
        page("关于规范预约挂号的通知", "<h1>关于规范预约挂号的通知</h1><p>您的访问过于频繁时，系统将暂停该账号使用。</p>"),
        page("关于变更登录方式的通知 - 某平台", "<p>本平台改用统一身份认证登录。</p><form><input type=password></form>"),
        page("医保系统维护通知", "<p>医保系统正在升级维护，三日内暂停办理。</p><p>县医保局</p><p>2026年2月27日</p>"),
        page("Bridge closed", "<p>The bridge is closed for scheduled maintenance until Friday; take the ring road.</p>"),
        page("How a challenge works", "<p>Checking your browser before accessing a page takes seconds. We explain.</p>" * 6),
        page("网站防火墙采购结果公示", "<h1>网站防火墙采购结果公示</h1><p>成交供应商：某公司</p>"),
        page("县政府网站改版升级 - 某县", "<h1>县政府网站改版升级</h1><p>县政府网站正在改版升级，新版下月上线。</p>"),
        page("我县加强网络安全防护", "<h1>我县加强网络安全防护</h1><p>全县网站部署宝塔防火墙等产品，拦截攻击三万次。</p>"),
        page("How our form keeps robots out", "<h1>How our form keeps robots out</h1><p>It asks you to verify you are human.</p>"),
        page("Online payments unavailable on Sunday",
             "<h1>Online payments unavailable on Sunday</h1><p>The system will be down for scheduled maintenance.</p>"),
        page("访问过于频繁？论坛限流规则说明",
             "<h1>访问过于频繁？论坛限流规则说明</h1><p>论坛提示“您的访问过于频繁，请稍后再试”，因为一分钟内请求过多。</p>"),
        page("Installing nginx", "<h1>Installing nginx</h1><p>It says: Welcome to nginx! The server is working.</p>"),
        page("关于未备案网站清理的通知", "<p>对未备案网站，一律暂时无法访问。各单位须于月底前完成核查。</p>"),
        page("服务器错误排查指南", "<p>先看日志，再看磁盘。</p>"),
        page("网站建设中的几点经验", "<p>网站建设中，栏目设置有几个问题。</p>"),
        page("某论坛守则", "<h1>论坛守则</h1><p>请文明发言。</p><form><input name=u><input type=password></form>"),
        '{"error": "not found"}',
        "User-agent: *\nDisallow: /",
    ],
)  # fmt: skip
def test_content_that_speaks_of_such_things_is_content(text: str) -> None:
    assert body_outcome(text, 200) is None


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Welcome to nginx!", "If you see this page, the web server is successfully installed and working."),
        ("IIS Windows Server", ""),
        ("网站未备案", "该网站暂时无法访问，可能由于原备案号被取消。"),
        ("域名已过期", "您访问的域名已过期，请及时续费。"),
    ],
)
def test_a_page_of_the_machine_or_of_its_hoster_is_no_content_of_the_site(title: str, words: str) -> None:
    assert said(200, page(title, f"<h1>{title}</h1><p>{words}</p>")) == "empty"


def test_a_forums_own_pages_are_left_to_its_extractor() -> None:
    generator = '<meta name="generator" content="Discuz! X3.4" />'
    assert body_outcome(page("404 Not Found", "<p>求助</p>", generator), 200) is None
    assert body_outcome(page("404 Not Found", "<p>求助</p>"), 200) is not None


def test_a_login_form_and_nothing_else_is_a_wall() -> None:
    form = "<form><label>用户名</label><input name=u><label>密码</label><input type='password'><button>登录</button></form>"
    assert said(200, page("登录", form)) == "login-required"
    assert said(401, "") == "login-required"
    assert said(200, NOTICE, final="http://www.example.gov.cn/sso/login?back=1") == "login-required"
    assert said(200, NOTICE, final="http://www.example.gov.cn/catalogin/1.html") == "ok"


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (404, "<h1>x</h1>", "gone"),
        (410, "", "gone"),
        (403, "<h1>403 Forbidden</h1>", "error:http-4xx"),
        (400, "", "error:http-4xx"),
        (451, "", "error:http-4xx"),
        (429, "", "error:rate-limited"),
        (500, "", "error:http-5xx"),
        (304, "", "not-modified"),
        (204, "", "empty"),
        (200, "", "empty"),
        (200, " \r\n ", "empty"),
        (300, "x", "error:redirects"),
    ],
)
def test_statuses(status: int, text: str, outcome: str) -> None:
    assert said(status, text) == outcome


def test_a_page_that_only_leads_on_is_empty_and_says_where() -> None:
    hop = "<html><head><script>window.location.href='/col/col1/index.html';</script></head></html>"
    refresh = "<html><head><meta http-equiv='refresh' content='0;url=/index.shtml'></head></html>"
    assert body_outcome(hop, 200) == ("empty", "a script or a refresh leads on to /col/col1/index.html")
    assert body_outcome(refresh, 200) == ("empty", "a script or a refresh leads on to /index.shtml")


def test_a_script_shell_suggests_rendering() -> None:
    shell = page("某某平台", '<div id="app"></div><script src="/js/app.js"></script>')
    outcome = body_outcome(shell, 200)
    assert outcome is not None
    assert outcome[0] == "empty"
    assert "render: browser" in outcome[1]
    data = page("某某平台", '<div id="app"></div><script type="application/json">{"posts":[]}</script>')
    assert body_outcome(data, 200) is None


def test_moved_needs_a_permanent_redirect_to_another_address() -> None:
    assert said(200, NOTICE, final="http://www.example.gov.cn/new/1.html", permanent=True) == "moved"
    assert said(200, NOTICE, final="http://www.example.gov.cn/new/1.html") == "ok"
    assert said(200, NOTICE, permanent=True) == "ok"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script" * 25_000, "<!--" * 45_000, "<a " * 60_000, "<title" * 30_000, "<h1>" * 45_000, "<meta " * 30_000,
        "<input " * 28_000, "<" * 190_000, "<html>" + "<div id=" * 22_000, "<script>" + "location" * 20_000,
        "<title>" + "404" * 60_000, "<p>" + "您的" * 90_000, "<html>" + "\x00" * 190_000, "<title>" + "-" * 190_000,
    ],
)  # fmt: skip
def test_no_page_makes_judging_slow(hostile: str) -> None:
    started = time.perf_counter()
    body_outcome("<html>" + hostile, 200)
    judge(503, {}, "<html>" + hostile, requested=URL, final=URL, permanent=False)
    assert time.perf_counter() - started < 1.0
