"""phpBB 3.0 to 3.3, prosilver and the styles made from it.

Selectors seen on 3.0, 3.1, 3.2 and 3.3: posts are `div.post#pN`, their text `.content`, author and time in `p.author`
(`<time datetime>` since 3.3); rows of boards `a.forumtitle`, of topics `a.topictitle`. The footer says the zone
(`All times are UTC+08:00`, with the zone's name in `title` since 3.1). Floors are not shown.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from html import unescape
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages, address_of, board_page, topic_page, wall
from worker.extract.forums.body import Body, Walk, quote_of, squeeze
from worker.extract.forums.place import numbered, query_of, site_of, without
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.times import Clock, clock_zone, label_zone, read_stamp, read_time
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading
from worker.extract.sieve import Words

MARKS = {
    "blockquote": "quote", ".codebox": "code", "pre": "code", ".signature": "drop signature", ".notice": "drop notice",
    ".attachbox": "drop file list", ".inline-attachment": "file", ".file": "file", ".sr-only": "drop label",
    ".poll": "drop poll", ".spoiler": "keep", ".spoilcontent": "keep", ".bbcode-spoiler": "keep",
}  # fmt: skip
HEADING = "h2.topic-title a, h2 a[href*='viewtopic'], h1 a[href*='viewtopic'], h2.topic-title, #page-body h2"
AUTHOR = (
    ".postprofile a.username, .postprofile a.username-coloured, .postprofile .username, "
    ".postprofile .username-coloured, p.author .username, p.author .username-coloured, p.author strong"
)
CRUMBS = ".breadcrumbs a[href*='viewforum'], .navlinks a[href*='viewforum'], .icon-home a[href*='viewforum']"
VOLATILE = ("sid", "hilit", "st", "sk", "sd", "view", "e", "ch", "nomobile")

SIGNS = Words('id="phpbb"', "phpBB Limited", "phpBB Group", ">phpBB<")
OLD = Words('class="forumline"', 'class="bodyline"')
_OWN_FORM = re.compile(r"""action=["'][^"']*(?:ucp|viewforum|viewtopic|posting|memberlist)\.php""")
"""a board of another make may have a board called phpBB"""
_ZONE = re.compile(
    r"(?:<span title=\"([A-Za-z_]+/[A-Za-z_/]+)\">|(?<=[\s>]))((?:UTC|GMT)(?:\s*[+-]\s*\d[^<\[]{0,12})?)([^<]{0,40})"
)
_NOW = re.compile(
    r'<p class="[^"]*\btime\b[^"]*">[^<]*?(\w{3} \w{3} \d\d, \d{4} \d{1,2}:\d\d [ap]m)'
    r"|It is currently ([^<]{10,40})<"
)
_PAGE_OF = re.compile(r"<strong>(\d+)</strong>[^<]{0,12}<strong>(\d+)</strong>")
_WROTE = re.compile(
    r"\s*(?:wrote|schrieb|hat geschrieben|a écrit|escribió|ha scritto|escreveu|schreef|napisał(?:\(a\))?|писал\(а\)"
    r"|написал|写道|寫)?\s*[:：]\s*$",
    re.I,
)
_GONE = re.compile(
    r"does not exist|no longer exists|not be found|existiert nicht|n.existe pas|不存在|has been deleted|no existe"
    r"|non esiste|не существует",
    re.I,
)
_CLOSED = re.compile(
    r"unavailable|disabled|closed|maintenance|offline|nicht verfügbar|deaktiviert|维护|關閉|关闭", re.I
)
_LOGIN = re.compile(r"not authori[sz]ed|registered|log ?in|permission|登录|權限|权限|nicht berechtigt|angemeldet", re.I)
_BANNED = re.compile(r"banned|gesperrt|封禁|禁止", re.I)


class PhpBB:
    """Reads phpBB 3 boards, topics and its message pages."""

    name = "phpbb"
    revision = 1

    def recognise(self, reading: Reading) -> str | None:
        """By the body's id or the footer, with rows, posts, a form or a message that phpBB makes."""
        if not reading.holds(SIGNS) or reading.holds(OLD):
            return None
        kind = self._kind(reading.text)
        return f"phpBB: {kind}" if kind else None

    def _kind(self, text: str) -> str | None:
        if 'class="postbody"' in text and re.search(r'id="p\d+" class="post', text):
            return "topic"
        if 'class="topictitle"' in text or 'class="forumtitle"' in text:
            return "board"
        own = 'id="phpbb"' in text or _OWN_FORM.search(text) is not None
        if own and 'id="message"' in text:
            return "message"
        if own and re.search(r'<input[^>]+name="password"', text):
            return "login" if re.search(r'<input[^>]+name="username"', text) else "password"
        return "board" if "section-viewforum" in text else None

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says. Raises NothingFound where a topic has no number."""
        kind = self._kind(reading.text)
        if kind == "topic":
            return self._topic(reading)
        if kind == "board" and not ("section-search" in reading.text or "/search.php" in reading.url):
            return self._board(reading)
        if kind == "login":
            return wall(self.name, self.revision, "login-required", "the board's sign-in form")
        if kind == "password":
            return wall(self.name, self.revision, "blocked", "the board asks for a password")
        box = reading.tree.first("#message p") or reading.tree.first("#message")
        words = squeeze(box.text(deep=True)) if box is not None else ""
        judged = (("blocked", _BANNED), ("gone", _GONE), ("login-required", _LOGIN), ("maintenance", _CLOSED))
        outcome = next((name for name, pattern in judged if pattern.search(words)), "soft-404")
        return wall(self.name, self.revision, outcome, words or "no list and no posts")

    def _topic(self, reading: Reading) -> Extraction:
        tree = reading.tree
        heading = tree.first(HEADING)
        link = tree.absolute(heading.attributes.get("href")) if heading is not None and heading.tag == "a" else None
        declared = tree.first('link[rel="canonical"]')
        own = tree.absolute(declared.attributes.get("href")) if declared is not None else None
        hidden = tree.first('form input[name="t"]')
        tid = (
            query_of(link or "").get("t") or query_of(reading.url).get("t") or query_of(own or "").get("t")
            or (hidden.attributes.get("value") if hidden is not None else None) or _number(link) or _number(reading.url)
        )  # fmt: skip
        title = squeeze(heading.text(deep=True)) if heading is not None else ""
        if not tid or not title:
            raise NothingFound("a phpBB topic without number or title")
        clock = clock_of(reading)
        here = canonical(address_of(reading))
        asked_by_post = "p" in query_of(here) and "t" not in query_of(here)
        base = own if own and asked_by_post and "t" in query_of(own) else here
        if asked_by_post and base == here:
            base = tree.absolute(f"viewtopic.php?t={tid}") or here
        first = without(base, ("start", "p"))
        pages = _pages(reading, first, here)
        posts = [post for box in tree.css("div.post") if (post := self._post(reading, box, clock)) is not None]
        board, board_id = _board_of(reading)
        first = pages.urls.get(1, first)
        opening = posts[0] if posts and pages.number == 1 else None
        locked = tree.first(".action-bar .fa-lock, .locked-icon, .topic-actions .locked-icon")
        topic = Topic(
            self.name, site_of(reading.url), tid, title, first, board, board_id, closed=locked is not None,
            author=opening.author if opening else None, published_at=opening.published_at if opening else None,
        )  # fmt: skip
        query = query_of(reading.requested_url)
        usual = {"sd": "a", "view": "", "sk": "t", "st": "0"}
        whole = all(query.get(key, value) == value for key, value in usual.items())
        return topic_page(self.name, self.revision, topic, posts, pages, clock.how, whole=whole)

    def _post(self, reading: Reading, box: LexborNode, clock: Clock) -> Post | None:
        pid = (box.id or "").removeprefix("p")
        content = box.css_first(".content")
        if not pid.isdigit() or content is None:
            return None
        name = box.css_first(AUTHOR)
        head = box.css_first("p.author")
        stamp = head.css_first("time[datetime]") if head is not None else None
        if stamp is not None:
            when = read_stamp(stamp.attributes.get("datetime"), clock)
        else:
            words = squeeze(head.text(deep=True)) if head is not None else ""
            when = read_time(words.rpartition("»")[2], clock)
        notice = next((node for node in box.css(".notice") if re.search(r"\d{4}", node.text(deep=True))), None)
        edited = read_time(squeeze(notice.text(deep=True)), clock) if notice is not None else None
        uid = re.search(r"[?&]u=(\d+)", name.attributes.get("href") or "") if name is not None else None
        body = _walk(reading).read_post(content)
        _files(reading, box, body)
        return Post(
            pid, body, squeeze(name.text(deep=True)) if name is not None else None, uid[1] if uid else None,
            published_at=when, edited_at=edited, anchor=f"p{pid}",
        )  # fmt: skip

    def _board(self, reading: Reading) -> Extraction:
        tree = reading.tree
        here = canonical(address_of(reading))
        clock = clock_of(reading)
        boards, topics = [], []
        for link in tree.css("a.forumtitle, a.subforum"):
            url = tree.absolute(link.attributes.get("href"))
            if url and ("viewforum" in url or site_of(url) == site_of(here)) and "mark" not in query_of(url):
                boards.append(FoundLink(canonical(url), "board", squeeze(link.text(deep=True))))
        for link in tree.css("a.topictitle"):
            url = tree.absolute(link.attributes.get("href"))
            if url:
                activity, sticky = _activity(link, clock)
                title = squeeze(link.text(deep=True))
                topics.append(FoundLink(canonical(url), "topic", title, activity=activity, sticky=sticky))
        is_front = "f" not in query_of(here) and not topics
        pages = Pages() if is_front else _pages(reading, without(here, ("start",)), here)
        return board_page(self.name, self.revision, boards=boards, topics=topics, pages=pages)


EXTRACTOR = PhpBB()


def canonical(url: str) -> str:
    """A phpBB address without what never changes the page: session, sorting, highlighting."""
    return without(url, VOLATILE)


def clock_of(reading: Reading) -> Clock:
    """The page's clock by its footer; daylight saving by the zone's name, or as 3.0 says it (`[ DST ]`)."""
    text = reading.text
    for match in _ZONE.finditer(text, max(text.rfind("page-footer"), 0)):
        name, label, rest = match.groups()
        if name:
            try:
                return Clock(ZoneInfo(name), f"zone {name}", reading.served_at)
            except (ValueError, OSError, KeyError):
                pass
        zone: tzinfo | None = label_zone(label)
        if zone is not None:
            if re.search(r"DST|Sommerzeit|heure d.été", rest + text[match.end() : match.end() + 60]):
                zone = timezone((zone.utcoffset(None) or timedelta()) + timedelta(hours=1))
            return Clock(zone, f"label {squeeze(label)}", reading.served_at)
    if (now := _NOW.search(text)) is not None:
        shown = read_time(now[1] or now[2], Clock(UTC, "", reading.served_at))
        if shown is not None and (zone := clock_zone(shown.replace(tzinfo=None), reading.served_at)):
            return Clock(zone, "page clock", reading.served_at)
    return Clock(reading.zone or UTC, "source" if reading.zone else "assumed", reading.served_at)


def _pages(reading: Reading, first: str, here: str) -> Pages:
    tree = reading.tree
    bar = tree.first(".action-bar .pagination, .topic-actions .pagination, .pagination")
    number = total = 1
    examples: dict[int, str] = {}
    if bar is not None and (words := bar.html):
        for link in bar.css("a[href]"):
            label = squeeze(link.text(deep=True))
            url = tree.absolute(unescape(link.attributes.get("href") or ""))
            if label.isdigit() and url:
                examples[int(label)] = canonical(url)
        current = bar.css_first("li.active span, li.active")
        said = _PAGE_OF.search(words)
        if current is not None and (label := squeeze(current.text(deep=True))).isdigit():
            number = int(label)
        elif said is not None:
            number = int(said[1])
        total = max([number, *examples, int(said[2]) if said else 1])
    query = query_of(reading.requested_url)
    start = int(query["start"]) if query.get("start", "").isdigit() else 0
    if examples:
        first = without(next(iter(examples.values())), ("start",))
    examples = {page: url for page, url in examples.items() if page > 1 and "start=" in url}
    if not examples and number > 1 and "start=" in here:
        examples = {number: here}
    starts = {page: query_of(url).get("start", "") for page, url in examples.items()}
    step = next((int(start) // (page - 1) for page, start in starts.items() if start.isdigit()), 0)
    asked = start // step + 1 if step else 1 if not start else 2
    if "p" in query and "t" not in query:
        asked = number
    return Pages(number, total, numbered(examples, total, first), asked)


def _activity(link: LexborNode, clock: Clock) -> tuple[str | None, bool]:
    row = link.parent
    while row is not None and row.tag not in ("li", "tr"):
        row = row.parent
    if row is None:
        return None, False
    sticky = bool(re.search(r"\b(?:sticky|announce|global)", row.attributes.get("class") or ""))
    replies, last = row.css_first("dd.posts"), row.css_first("dd.lastpost")
    count = re.search(r"\d+", replies.text(deep=True)) if replies is not None else None
    if last is None or count is None:
        return None, sticky
    who = last.css_first(".username, .username-coloured")
    stamp = last.css_first("time[datetime]")
    shown = stamp.attributes.get("datetime") if stamp is not None else squeeze(last.text(deep=True))
    when = read_stamp(shown, clock)
    name = squeeze(who.text(deep=True)) if who is not None else ""
    pieces = (count[0], when.strftime("%Y-%m-%dT%H:%M%z") if when else "", name)
    return " ".join(filter(None, pieces)), sticky


def _board_of(reading: Reading) -> tuple[str | None, str | None]:
    crumbs = reading.tree.css(CRUMBS)
    if not crumbs:
        return None, None
    last = crumbs[-1]
    return squeeze(last.text(deep=True)), query_of(reading.tree.absolute(last.attributes.get("href")) or "").get("f")


def _number(url: str | None) -> str | None:
    match = re.search(r"(?:-t|topic-?|t_)(\d+)(?:[-.]|$)", url or "")
    return match[1] if match else None


def _walk(reading: Reading) -> Walk:
    return Walk(reading.tree, MARKS, quote=_quote, address=canonical, file=_file)


def _quote(node: LexborNode, walk: Walk) -> JsonMap:
    cite = node.css_first("cite")
    author = pid = None
    if cite is not None:
        who = cite.css_first("a[href*='viewprofile'], a.username")
        post = cite.css_first("a[data-post-id], a[href*='p=']")
        if post is not None:
            href = walk.address(post.attributes.get("href"))
            pid = post.attributes.get("data-post-id") or query_of(href or "").get("p")
        for extra in cite.css(".responsive-hide, i"):
            extra.decompose()
        author = squeeze(who.text(deep=True)) if who is not None else _WROTE.sub("", squeeze(cite.text(deep=True)))
        cite.decompose()
    return quote_of(walk.read(node), author=author, pid=pid)


def _file(node: LexborNode, walk: Walk) -> JsonMap | None:
    picture = node.css_first("img.postimage, dt.attach-image img, dt img")
    if picture is not None:
        walk.picture(picture.attributes)
        return None
    link = node.css_first("a.postlink[href*='file.php'], a[href*='file.php']")
    url = walk.address(link.attributes.get("href")) if link is not None else None
    return {"url": url, "name": squeeze(link.text(deep=True))} if link is not None and url else None


def _files(reading: Reading, box: LexborNode, body: Body) -> None:
    """Attachments in the list under the text; their counters (`Viewed 7 times`) are nothing."""
    for entry in box.css("dl.attachbox dl.file, dl.attachbox dl.thumbnail"):
        found = _walk(reading).read_file(entry)
        body.images.extend(found.images)
        body.attachments.extend(found.attachments)
