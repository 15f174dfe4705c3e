"""An archive with something to see on every page, written by people who mean well and by people who do not.

`filled(writer)`: honest documents with several versions, edits of every kind, a topic with posts, a removal and a
return; and sixty hostile documents, with what breaks pages in every place where a document has text.
"""

from __future__ import annotations

from dataclasses import replace

from archive import Writer
from archive.records import Content, Facts, FoundPage, JsonMap, Kind, NewCapture, Removal
from tests.archive.house import SITE, START, decided, later, revision
from tests.archive.shelf import Shelf, contains

ELSEWHERE = "http://elsewhere.invalid"
"""where hostile text would lead or fetch from"""

SCRIPTS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1><animate onbegin=window.ran=1 attributeName=x dur=1s></svg>",
    "\"><script>window.ran=1</script>",
    "' onmouseover='window.ran=1' autofocus onfocus='window.ran=1",
    "\" onfocus=window.ran=1 autofocus tabindex=1 x=\"",
    "</title><script>window.ran=1</script>",
    "</textarea></select></style><script>window.ran=1</script>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    f"<object data='{ELSEWHERE}/x.swf'></object><embed src='{ELSEWHERE}/y'>",
    f"<link rel=stylesheet href='{ELSEWHERE}/z.css'><style>@import '{ELSEWHERE}/z.css';</style>",
    f"<img src='{ELSEWHERE}/beacon.gif'><video src='{ELSEWHERE}/v' autoplay></video>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}/'>",
    f"<base href='{ELSEWHERE}/'><form action='{ELSEWHERE}'><button>send</button></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.ran=1&gt;'>",
    "<!--><script>window.ran=1</script>-->",
    "<details open ontoggle=window.ran=1>",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
    "&#60;script&#62;window.ran=1&#60;/script&#62;",
    "\u003cscript\u003ewindow.ran=1\u003c/script\u003e",
    "<scr<script>ipt>window.ran=1</scr</script>ipt>",
    "＜script＞window.ran=1＜/script＞",
)
TEMPLATES = (
    "{{ 7 * 7 }}", "{% for x in (1).__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}", "${7*7}", "#{7*7}",
    "<%= 7 * 7 %>", "{{ request.app.state.web.settings.token }}", "{0.__class__}", "%(token)s %s %n", "{n}|{zone}",
)
ADDRESSES = (
    "javascript:window.ran=1", "JaVaScRiPt:window.ran=1", "java\tscript:window.ran=1", " javascript:window.ran=1",
    "data:text/html,<script>window.ran=1</script>", "vbscript:msgbox(1)", "file:///etc/passwd", "//elsewhere.invalid/x",
    "http://elsewhere.invalid/\"onmouseover=\"window.ran=1", "http://[::1/", "blob:http://127.0.0.1/x",
    "\x01javascript:1",
)
TURNED = (
    "\u202egnp.exe\u202c report", "\u2066\u2067\u2068 unclosed isolates", "\u202a\u202b\u202d\u202e" * 20 + "turned",
    "שלום עולם this is after", "هذا نص عربي طويل مع English inside 123", "a\u200bb\u200cc\u200dd\ufeffe",
    "Z\u0335\u0321\u0322\u0323\u0324\u0325\u0326\u0327\u0328\u0329\u032a\u032b\u032c\u032d\u032e\u032f" * 12,
    "\x00\x07\x1b[31mred\x1b[0m\x7f", "line\u2028separator\u2029paragraph", "\U000e0041\U000e0042tagged",
)
SIGNS = (
    "😀\u200d" * 900, "👍" + "🏿" * 900, "ᄀ" * 900, "क" + "ा" * 900, "ក" + "្ក" * 900, "ก" + "็" * 900,
    "\u0600" * 900 + "1",
)
"""what a browser draws as one sign, and never breaks"""
HUGE = (
    "W" * 5000, "无" * 5000, "https://example.org/" + "a" * 3000, "a_b" * 1500, "-" * 4000, "\u00a0" * 500 + "x",
    "👩‍👩‍👧‍👦" * 300, "- item\n" + " " * 600 + "- item",
)
KINDS: tuple[Kind, ...] = ("notice", "article", "post", "file")
HOSTILE = (*SCRIPTS, *TEMPLATES, *ADDRESSES, *TURNED, *SIGNS, *HUGE)
assert len(HOSTILE) >= 60

NOTICE = (
    "各乡镇人民政府，县直各部门：\n为进一步做好农村危房改造工作，现将有关事项通知如下。\n一、补助对象为低保户、分散供养特困人员和"
    "贫困残疾人家庭。\n二、补助标准为每户一万元，由县财政局核定后发放。\n三、申请截止时间为二〇二四年六月三十日。\n特此通知。"
)
EDITED = NOTICE.replace("每户一万元", "每户八千元").replace("六月三十日", "五月三十一日")
WATER = (
    "The water supply in the northern district will be interrupted on Monday, 4 March, from 8 to 12.\n"
    "Households on the hill should store water for one day.\nQuestions are answered at the town hall."
)


def filled(writer: Writer) -> None:
    """Everything, honest documents first, so that the hostile ones are the newest."""
    shelf = Shelf(writer, "county-notices", "town-board", "paper", "hostile")
    shelf.judges = True
    _honest(shelf)
    _topic(writer)
    _hostile(shelf)


def _honest(shelf: Shelf) -> None:
    fields = {"document_number": "县办发〔2024〕12号", "issuer": "县人民政府办公室", "published_on": "2024-03-01"}
    title = "关于印发农村危房改造实施方案的通知"
    paper = ({"url": SITE + "plan.pdf", "name": "实施方案.pdf", "size": 48211},)
    shelf.say("notice", NOTICE, title, at=0, fields=fields, attachments=paper)
    shelf.say("water", WATER, "Water supply interrupted on Monday", at=4, kind="article", source="paper")
    shelf.say("copy", NOTICE, title, at=6, fields=fields, attachments=paper)
    shelf.say("notice", EDITED, title, at=1500, fields=fields, attachments=paper)
    moved = WATER.replace("Monday, 4 March", "Tuesday, 5 March").split("\n")
    shelf.say("water", "\n".join([moved[2], moved[0], moved[1]]), "Water supply interrupted on Tuesday", at=1560)
    shelf.say("notice", NOTICE, title, at=3000, fields=fields | {"validity": "废止"}, attachments=paper)
    for number in range(3):
        shelf.say(f"item{number}", f"第{number}号公告的正文，内容很短。", f"第{number}号公告", at=3100 + number)
    shelf.remove("item1", at=4000)


def _topic(writer: Writer) -> None:
    key, url = "board|topic/7", SITE + "thread-7-1-1.html"
    with writer.begin() as tx:
        tx.add_pages([FoundPage("town-board", url, "topic", depth=1)], START)
        page = tx.page_by_url(url)
        assert page is not None
    posts = [
        ("post/1", "路人甲", 1, "今天北区停水了，大家知道什么时候恢复吗？"),
        ("post/2", "Nora", 2, "The notice says noon."),
        ("post/3", "匿名用户", 3, "已经恢复了。"),
    ]  # fmt: skip
    at = 60.0
    for edited in (False, True):
        with writer.begin() as tx:
            new = NewCapture(page.page_id, "town-board", url, url, later(at), "ok", 200, media_type="text/html")
            capture = tx.record_capture(new, f"<p>thread {at}</p>".encode())
            said = [
                revision(
                    f"board|{name}",
                    Content(f"c1:{name}{edited}", "", text + (" （已编辑）" if edited else "")),
                    "changed" if edited else "new",
                    kind="post",
                    parent=key,
                    facts=Facts(
                        f"{url}#{name}", author, None, floor, later(50 + floor), platform="discuz", part=1
                    ),
                )
                for name, author, floor, text in posts
                if not edited or floor == 1
            ]
            thread = Facts(url, "路人甲", board="本地杂谈", platform="discuz", platform_id="7", published_at=later(51))
            said = [replace(one, changed_fields={"text": [posts[0][3], one.content.text]}) for one in said]
            topic = revision(key, Content("c1:topic", "北区停水", ""), "new", kind="topic", facts=thread)
            gone = (Removal("board|post/3"),) if edited else ()
            decided(tx, capture, *([] if edited else [topic]), *said, gone=gone)
        at = 2000.0


def _hostile(shelf: Shelf) -> None:
    for number, text in enumerate(HOSTILE):
        other = HOSTILE[-1 - number]
        kind = KINDS[number % len(KINDS)]
        entries: tuple[JsonMap, ...] = ({"url": text, "name": other, "alt": other, "text": other, "size": 1},)
        facts = Facts(
            text if "://" in text or ":" in text[:14] else f"{SITE}{number}", author=text[:400], board=text[:400],
            platform="discuz", quotes=({"author": text, "text": other},), code=(text,), hidden=({"text": text},),
        )  # fmt: skip
        for version in range(2):
            said = f"{text}\n{other}" + ("\nsecond version " + text if version else "")
            content = contains(said, text, {"issuer": text, "published_on": "2024-03-01", text[:200]: other}, entries)
            at = 5000 + 2 * number + version
            shelf.keep(f"hostile/{number}", content, at=at, kind=kind, source="hostile", facts=facts)
