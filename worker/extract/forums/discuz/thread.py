"""A Discuz! thread page: its topic and its posts.

Selectors seen on the default templates of X2, X2.5, X3.1 to X3.5: every post is `#pidN` (a table), its text
`#postmessage_N`, its author `#favatarN .authi a`, its time `#authorpostonN`, its floor `#postnumN`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import Body, Walk, quote_of, squeeze
from worker.extract.forums.discuz import heading, mobile
from worker.extract.forums.discuz import page as pages
from worker.extract.forums.discuz.addresses import Asked, asked, canonical
from worker.extract.forums.place import query_of, with_query
from worker.extract.forums.posts import Post, Topic, documents
from worker.extract.forums.times import Clock, read_time
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading, TopicPart

NAME = "discuz"
MARKS = {
    ".jammer": "drop jammer", ".pstatus": "drop edit notice", ".quote": "quote", "blockquote": "quote",
    ".blockcode": "code", ".locked": "hidden", ".showhide": "hidden", ".tip": "drop file menu",
    ".attach_nopermission": "drop file notice", ".attach_popup": "drop file menu", ".sign": "drop signature",
    ".modact": "drop moderation notice", ".cm": "drop comments", ".rate": "drop ratings", ".psth": "drop ratings",
    ".aimg_tip": "drop file menu", ".a_pr": "drop advertisement", ".a_pt": "drop advertisement",
    ".a_pb": "drop advertisement", ".pcht": "drop poll", ".attnm": "file", ".tattl": "file", "ignore_js_op": "file",
    ".xg1": "drop file size", ".rusld": "drop best answer",
    ".postappend": "line", ".y_search": "drop search box",
}  # fmt: skip

_EDITED = re.compile(
    r"本[帖贴帖].{0,3}最[后後]由\s*(?P<by>.*?)\s*[于於]\s*(?P<at>.+?)\s*[编編][辑輯]"
    r"|last edited by (?P<by_en>.*?) (?:at|on) (?P<at_en>.+)",
    re.S | re.I,
)
_LABEL = re.compile(r"^引用[:：]\s*")
_QUOTED = re.compile(
    r"^(?:引用:?\s*)?(?:原帖由\s*)?(?P<who>.{1,60}?)\s*(?:发表于|發表於|于|於|posted at|posted on)"
    r"\s*(?P<when>\d[^\n]*?|[^\n]{0,30}前)\s*$",
    re.I,
)
_ATTACHMENT = re.compile(r"mod=attachment|attachment\.php\?aid=")
_CHROME = re.compile(r"(?:^|/)(?:static/image/|images/(?:common|default|smilies|attachicons)/)")
_TID = re.compile(r"tid\s*=\s*(?:parseInt\('(\d+)'\)|'(\d+)')")
_PID = re.compile(r"pid=(\d+)")
CLOSED = ("locked.gif", "locked.png", "/close.gif", 'title="关闭"', 'title="關閉"', "fico-lock")
"""signs of a closed thread beside its title"""
_REPLIES = re.compile(r"(?:回复|回復|回覆)[:：]?\s*</span>\s*<span[^>]*>(\d+)")
_SHIELDED = re.compile(r"屏蔽|被禁止或删除|被禁止或刪除|待审核|待審核|审核中")


def read(reading: Reading, what: Asked | None) -> Extraction:
    """The thread page's topic, posts and parts. Raises NothingFound where no post can be found."""
    clock, site = pages.clock(reading), pages.site(reading)
    doubled = mobile.boxes(reading) if mobile.SIGN in reading.text else []
    boxes = [] if doubled else _boxes(reading)
    tid = _tid(reading, what)
    title = _title(reading)
    if not (boxes or doubled) or tid is None or not title:
        missed = "posts" if not (boxes or doubled) else "its number" if tid is None else "title"
        raise NothingFound(f"a Discuz! thread without {missed}")
    here = what if what is not None and what.what == "topic" else None
    first = _first_url(reading, tid)
    pager = pages.pager(reading, first)
    posts = [post for pid, box in boxes if (post := _post(reading, pid, box, clock)) is not None]
    posts += [post for pid, head, box in doubled if (post := _plain(reading, pid, head, box, clock)) is not None]
    if posts and pager.number == 1 and all(post.floor != 1 for post in posts) and not posts[0].floor:
        posts[0] = replace(posts[0], floor=1)
    posts = list(heading.counted(posts))
    name, number = pages.board(reading)
    opening = next((post for post in posts if post.floor == 1), None)
    head = reading.text[: reading.text.find('id="pid')]
    beside = head[max(head.find("thread_subject"), 0) :]
    replies = _REPLIES.search(head)
    urls = dict(pager.urls)
    first = urls.get(1, first)
    topic = Topic(
        NAME, site, tid, title, first, name, number,
        closed=any(sign in beside for sign in CLOSED),
        author=opening.author if opening else _opener(reading), published_at=opening.published_at if opening else None,
        replies=int(replies[1]) if replies else None,
    )  # fmt: skip
    odd = here is not None and here.variant
    wanted = asked(reading.requested_url) or here
    number_asked = wanted.page if wanted is not None and wanted.what == "topic" else None
    part = None if odd else TopicPart(topic.key, pager.number, pager.total, number_asked)
    return Extraction(
        NAME, 0, "topic", why="posts of a Discuz! thread", part=part, platform=NAME,
        documents=documents(topic, posts, pager.number, urls.get(pager.number, first), clock.how, pager.total),
        links=() if odd else tuple(FoundLink(url, "part", part=page) for page, url in pager.urls),
        next_page=urls.get(pager.number + 1),
        dropped=tuple(piece for post in posts for piece in post.body.dropped),
    )  # fmt: skip


def _tid(reading: Reading, what: Asked | None) -> str | None:
    match = _TID.search(reading.text)
    if match is not None:
        return match[1] or match[2]
    return what.number if what is not None and what.what == "topic" else None


def _title(reading: Reading) -> str:
    subject = reading.tree.first("#thread_subject")
    if subject is not None and (title := squeeze(subject.text(deep=True))):
        return title
    line = reading.tree.first("h1")
    return squeeze(line.text(deep=True)) if line is not None else ""


def _opener(reading: Reading) -> str | None:
    """The opening post's author, whom X3 names on later pages."""
    links = reading.tree.css("#tath a[title]")
    return squeeze(links[-1].text(deep=True)) or links[-1].attributes.get("title") if links else None


def _first_url(reading: Reading, tid: str) -> str:
    """Page 1's canonical address in the style of the page's own address, else of its canonical link."""
    here = asked(reading.url)
    if here is not None and here.what == "topic" and here.number == tid:
        return canonical(reading.url, 1)
    link = reading.tree.first('link[rel="canonical"]')
    href = reading.tree.absolute(link.attributes.get("href")) if link is not None else None
    if href and (there := asked(href)) is not None and there.number == tid:
        return canonical(href, 1)
    return reading.tree.absolute(f"forum.php?mod=viewthread&tid={tid}") or reading.url


def _boxes(reading: Reading) -> list[tuple[str, LexborNode]]:
    """(number, box) of every post: the template's own boxes, else what stands around one post's text alone."""
    tree = reading.tree
    found: dict[str, LexborNode] = {}
    for box in tree.css('[id^="pid"]'):
        if (pid := (box.id or "")[3:]).isdigit():
            found.setdefault(pid, box)
    if not found:
        for box in tree.css('[id^="post_"]'):
            if (pid := (box.id or "")[5:]).isdigit():
                found.setdefault(pid, box)
    texts = tree.css('[id^="postmessage_"]')
    numbers = [(text.id or "").removeprefix("postmessage_") for text in texts]
    if all(pid in found or not pid.isdigit() for pid in numbers):
        return list(found.items())
    ordered: dict[str, LexborNode] = {}
    for pid, text in zip(numbers, texts, strict=True):
        if pid.isdigit():
            ordered[pid] = found.get(pid) or _around(text)
    return list((ordered | {pid: box for pid, box in found.items() if pid not in ordered}).items())


def _around(text: LexborNode) -> LexborNode:
    """The largest element around one post's text that holds no other post's."""
    box, outer = text, text.parent
    while outer is not None and outer.tag != "body" and len(outer.css('[id^="postmessage_"]')) == 1:
        box, outer = outer, outer.parent
    return box


def _post(reading: Reading, pid: str, box: LexborNode, clock: Clock) -> Post | None:
    own = Own(reading, clock)
    message = box.css_first(f"#postmessage_{pid}")
    notice = None
    if message is None:
        notice = next((words for node in box.css(".locked") if (words := squeeze(node.text(deep=True)))), None)
        if notice is None:
            return None
    body = own.read(message, box)
    author, author_id = heading.author(box, pid)
    when = box.css_first(f"#authorposton{pid}") or heading.dated(box)
    published, how = heading.time(when, clock)
    return Post(
        pid, body, author, author_id, heading.floor(box.css_first(f"#postnum{pid}")), published, own.edited_at,
        shielded=_said(notice), anchor=f"pid{pid}",
        fields=_options(box), time=how,
    )  # fmt: skip


def _said(notice: str | None) -> str | None:
    return notice.removeprefix("提示:").strip() if notice is not None else None


def shielded_notice(body: Body) -> str | None:
    """The forum's words where they stand alone in place of a post's text, which is then empty."""
    if body.text or body.quotes or body.images or not body.hidden:
        return None
    words = str(body.hidden[0]["text"])
    if not _SHIELDED.search(words):
        return None
    body.hidden.clear()
    return _said(words)


def _plain(reading: Reading, pid: str, head: LexborNode, box: LexborNode, clock: Clock) -> Post | None:
    """A post of the template for plain telephones."""
    message, notice = box.css_first(f"#postmessage_{pid}"), mobile.notice(box)
    if message is None and notice is None:
        return None
    own = Own(reading, clock)
    body = own.read(message, box)
    published, how = heading.time(head.css_first(f"#authorposton{pid}"), clock)
    floor, author, author_id = mobile.heading(head)
    return Post(
        pid, body, author, author_id, heading.floor_of(floor), published, own.edited_at,
        shielded=_said(notice) if message is None else None, anchor=f"pid{pid}", time=how,
    )  # fmt: skip


class Own:
    """How Discuz! writes a post's text: edit notice, quotes, placeholders of images, attachments."""

    def __init__(self, reading: Reading, clock: Clock) -> None:
        self.clock = clock
        self.edited_at: datetime | None = None
        self.walk = Walk(
            reading.tree, MARKS, quote=self._quote, image=_image, file=_file, address=address, files=_ATTACHMENT
        )

    def read(self, message: LexborNode | None, box: LexborNode) -> Body:
        """The post's text and what hangs on it: attachments under it, parts that only some may read."""
        outside: list[LexborNode] = []
        if message is not None:
            notice = message.css_first(".pstatus")
            if notice is not None and (match := _EDITED.search(notice.text(deep=True))):
                at = notice.css_first("span[title]")
                shown = at.attributes.get("title") if at is not None else match["at"] or match["at_en"]
                self.edited_at = read_time(shown, self.clock)
            outside = box.css(".pattl")
        body = self.walk.read_post(message, *outside)
        if message is not None:
            self._walls(box, body)
        return body

    def _walls(self, box: LexborNode, body: Body) -> None:
        for node in box.css(".locked"):
            words = squeeze(node.text(deep=True))
            if all(words != part["text"] for part in body.hidden):
                body.hidden.append({"kind": "hidden", "text": words})

    def _quote(self, node: LexborNode, walk: Walk) -> JsonMap:
        author = pid = at = None
        link = node.css_first('a[href*="findpost"]')
        head = link or node.css_first("font[size]") or node.css_first("cite")
        if head is not None:
            words = squeeze(head.text(deep=True)).partition("\n")[0]
            if match := _QUOTED.match(words):
                author, at = match["who"], read_time(match["when"], self.clock)
                if link is not None and (found := _PID.search(link.attributes.get("href") or "")):
                    pid = found[1]
                (link or head).decompose()
        inner = node.css_first("blockquote") if node.tag != "blockquote" else None
        body = walk.read(inner or node)
        if author is None and body.lines and (match := _QUOTED.match(body.lines[0])):
            author, at = match["who"], read_time(match["when"], self.clock)
            del body.lines[0]
        if author is not None and body.lines and _LABEL.match(body.lines[0]):  # X3.4 for phones writes it first
            body.lines[:1] = [rest] if (rest := _LABEL.sub("", body.lines[0])) else []
        return quote_of(body, author=author, pid=pid, at=at.isoformat() if at else None)


def _image(attributes: dict[str, str | None]) -> tuple[str, str] | None:
    if "smilieid" in attributes:
        return None
    for name in ("file", "zoomfile", "src"):
        source = attributes.get(name)
        if source and not source.startswith("data:"):
            if name == "src" and _CHROME.search(source):
                return None
            return source, squeeze(attributes.get("alt") or "")
    return None


def _file(node: LexborNode, walk: Walk) -> JsonMap | None:
    """A file under the post (`dl.tattl`, `p.attnm`): a picture's real path, or the file's name and number."""
    picture = node.css_first("img[file], img[zoomfile]")
    if picture is not None:
        walk.picture(picture.attributes)
        return None
    link = node if node.tag == "a" else node.css_first('a[href*="attachment"]')
    url = walk.address(link.attributes.get("href")) if link is not None else None
    name = squeeze(link.text(deep=True)) if link is not None else ""
    return {"url": url, "name": name} if url and name else None


def address(url: str) -> str:
    """A link out of a post: of an attachment's `aid` only the first field of the base64 is stable (key, time and
    reader's number follow it)."""
    if "aid=" in url and "attachment" in url:
        query = query_of(url)
        aid = query.get("aid", "")
        try:
            number = base64.b64decode(unquote(aid) + "=" * (-len(aid) % 4)).decode("ascii").partition("|")[0]
        except (binascii.Error, ValueError):
            number = ""
        if number.isdigit():
            return with_query(url, {"mod": "attachment", "aid": number})
    if "mod=viewthread" in url or "/thread-" in url:
        return canonical(url)
    return url


def _options(box: LexborNode) -> JsonMap:
    """The labelled fields of a classified thread (分类信息): label -> value."""
    table = box.css_first(".typeoption table")
    if table is None:
        return {}
    fields: dict[str, object] = {}
    for row in table.css("tr"):
        label, value = row.css_first("th"), row.css_first("td")
        if label is not None and value is not None and (name := squeeze(label.text(deep=True)).rstrip(":：")):
            fields[name] = squeeze(value.text(deep=True))
    return fields
