"""Pages that are not there and pages behind a login, by what they say: data, as `marks` is for blocks."""

from __future__ import annotations

import re

_SORRY = r"(?:(?:非常|很|十分)?(?:对不起|抱歉|遗憾)[,，!！。 ]*)?"
_WHOSE = r"(?:您|你)?(?:所|正在|想要|要)?(?:访问|请求|查找|浏览|查看|打开|找|查询|寻找)?的?"
_THING = r"(?:页面|网页|文章|内容|信息|文件|帖子|主题|资源|栏目|页)"
_ABSENT = (
    r"(?:并?不存在|未找到|没有找到|没找到|找不到了?|无法找到|已(?:经|被)*删除|已失效|不见了|走丢了|丢失了?|飞走了)"
)
_MISSING = (
    r"(?:error |错误 ?|http )?404(?:[ ,:：-]*(?:error|page|错误|页面|错误页面?|页面错误|错误提示|提示"
    r"|not found|file not found|page not found"
    rf"|{_THING}?{_ABSENT}))?",
    r"(?:404 )?(?:page|file|document|content|object|resource) (?:was |is |could |can )?not (?:be )?found",
    r"not found",
    r"(?:the )?page (?:you (?:requested|are looking for) )?(?:does not exist|doesn(?:'|’)t exist|cannot be found"
    r"|can(?:'|’)t be found|is missing|could not be found|no longer exists)",
    rf"{_SORRY}{_WHOSE}{_THING}{_ABSENT}(?:或(?:者)?已?(?:经|被)*(?:删除|移除|失效))?了?",
    rf"{_SORRY}(?:找不到|未找到|无法找到|没有找到)(?:该|此|您要的|您访问的|相关|指定的?|您要查看的)?{_THING}",
    r"無法找到(?:該|此)?(?:網頁|頁面)", r"頁面不存在", r"找不到(?:網頁|頁面)",
    r"seite nicht gefunden", r"page (?:non trouvée|introuvable)", r"página no encontrada", r"страница не найдена",
    r"ページが見つかりません",
)  # fmt: skip
MISSING = re.compile(rf"(?:{'|'.join(_MISSING)})[.!。！~…:：]*", re.IGNORECASE)
"""a title, one of its parts, or a heading that is nothing but this says the page is not there. Seen on: nginx, IIS,
Apache and Tomcat defaults answered with 200, TRS and Jpage portals, WordPress, Drupal, DedeCMS"""
TITLE_PARTS = re.compile(r"\s*(?:[|_—–·»]|\s-\s|-{2,})\s*|(?<=\D)-(?=\D)|(?<=[\u4e00-\u9fff\d])-(?=[\u4e00-\u9fff])")
MOST_WORDS_OF_MISSING = 500
"""visible characters outside links that a soft 404 says at most"""

LOGIN_ADDRESS = re.compile(
    r"/(?:log-?in|sign-?in|logon|sso|passport|cas|oauth2?|authorize|account/login|users/sign_in|wp-login)(?:[/.?;!]|$)"
    r"|[?&](?:mod=logging|action=login|mode=login|act=login)(?:&|$)",
    re.IGNORECASE,
)
"""addresses of login pages: Discuz member.php?mod=logging, phpBB ucp.php?mode=login, CAS, WordPress and the usual
paths"""
PASSWORD_FIELD = re.compile(r"<input[^>]{1,400}type\s*=\s*[\"']?password", re.IGNORECASE)
MOST_WORDS_OF_LOGIN = 300
"""visible characters outside links that a page which is only a login form says at most"""

FORUM_GENERATOR = re.compile(
    r"<meta[^>]{1,100}name=[\"']generator[\"'][^>]{1,100}content=[\"'][^\"']{0,100}"
    r"(?:discuz|phpbb|vbulletin|xenforo|phpwind|discourse|nodebb|mybb|smf|flarum|ipb|invision)",
    re.IGNORECASE,
)
"""a forum's own pages are judged by its extractor, which knows them better"""
