"""Discourse: JSON (its endpoints, or the store a page carries for its script) and the view without script.

Seen on 2.8 to 3.5: `#data-preloaded` holds `topic_N` with `post_stream` (20 posts a page, `stream` names all); the
plain view writes `.crawler-post#post_N` with microdata. A post is told by its topic and number in both; its own id is
only in the JSON. Numbers keep their gaps where posts went. Times carry a zone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages, address_of, board_page, topic_page, wall
from worker.extract.forums.body import Body, Walk, quote_of, squeeze
from worker.extract.forums.place import MAX_PAGES, query_of, site_of
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.spots import first_of
from worker.extract.forums.times import UTC_CLOCK, read_stamp
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading
from worker.extract.sieve import Words
from worker.extract.tree import Tree

PER_PAGE = 20
ACTIVITY = ("posts_count", "last_posted_at", "last_poster_username")
MARKS = {
    ".quote": "quote", "blockquote": "quote", ".onebox": "drop link preview", "pre": "code", ".emoji": "drop smiley",
    ".meta": "drop label", ".poll": "drop poll", ".attachment": "file", ".spoiler": "keep", ".d-lazyload": "keep",
    ".anchor": "drop label", ".badge": "drop label", ".quote-controls": "drop label", ".math": "keep",
    ".footnote-backref": "drop label", ".lightbox": "keep",
}  # fmt: skip

SIGNS = Words('content="Discourse ', 'id="data-preloaded"', "crawler-post", "data-discourse-", "discourse-assets")
_TOPIC = re.compile(r"/t/(?:[^/?#]+/)?(\d+)(?:/(\d+))?(?:\.json)?(?:[?#]|$)")
_ORIGINAL = re.compile(r"/uploads/.+/original/")
"""a picture links to its full size"""
_ROOT = r"(?:t|c|tags?|latest|top|new|categories|hot)(?:/.*|\.json.*)?$"
_GONE = re.compile(
    r"page doesn.t exist or is private|doesn.t exist or is private|页面不存在或者是一个不公开页面|不存在或者是"
)
_WALL = re.compile(r'class="[^"]*\b(?:static-login|login-required)\b|<body[^>]+class="[^"]*static-login')


class Discourse:
    """Reads Discourse topics and lists, as JSON or as page."""

    name = "discourse"
    revision = 2

    def recognise(self, reading: Reading) -> str | None:
        """By the JSON's own shape, or by the page's marks and what stands there."""
        text = reading.text
        if text[:1] == "{":
            head = text[:200_000]
            return "discourse: JSON" if '"post_stream":' in head or '"topic_list":{' in head else None
        if not reading.holds(SIGNS):
            return None
        if "crawler-post" in text or "&quot;topic_" in text or "topic-list-item" in text or "topic_list" in text:
            return "discourse: page"
        return "discourse: wall" if _GONE.search(text) or _WALL.search(text) else None

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says. Raises NothingFound where neither JSON nor plain view can be read."""
        store = _store(reading)
        topic = next(
            (value for key, value in store.items() if key.startswith("topic_") and "post_stream" in value), None
        )
        if topic is not None:
            return self._json_topic(reading, topic)
        if reading.text[:1] != "{" and reading.tree.first(".crawler-post") is not None:
            return self._plain_topic(reading)
        listed = next((value for key, value in store.items() if key.startswith("topic_list")), None)
        if listed is not None:
            return self._json_list(reading, listed)
        if reading.text[:1] != "{" and reading.tree.first(".topic-list-item a.title, .topic-list a.title") is not None:
            return self._plain_list(reading)
        if match := _GONE.search(reading.text):
            return wall(self.name, self.revision, "gone", match[0])
        if _WALL.search(reading.text):
            return wall(self.name, self.revision, "login-required", "the forum asks to sign in")
        raise NothingFound("a Discourse page without posts or topics")

    def _site(self, reading: Reading) -> str:
        return site_of(address_of(reading), drop=_ROOT)

    def _pages(self, reading: Reading, url: str, number: int, total: int) -> Pages:
        page = query_of(reading.requested_url).get("page", "1")
        urls = {1: url} | {k: f"{url}?page={k}" for k in range(2, min(total, MAX_PAGES) + 1)}
        return Pages(number, total, urls, int(page) if page.isdigit() else 1)

    def _json_topic(self, reading: Reading, said: JsonMap) -> Extraction:
        tid, title = str(said.get("id") or ""), str(said.get("title") or "").strip()
        stream = said.get("post_stream")
        found = _maps(stream.get("posts")) if isinstance(stream, Mapping) else []
        if not tid or not title or not found:
            raise NothingFound("a Discourse topic without number, title or posts")
        every = stream.get("stream") if isinstance(stream, Mapping) else None
        ids = every if isinstance(every, list) else [post.get("id") for post in found]
        first = found[0].get("id")
        number = ids.index(first) // PER_PAGE + 1 if first in ids else 1
        total = max(-(-len(ids) // PER_PAGE), number)
        posts = [post for item in found if (post := self._json_post(reading, tid, item)) is not None]
        match = re.search(r"^(.*?/t/)", reading.url)
        base = match[1] if match else (reading.tree.absolute("/t/") or "/t/")
        url = f"{base}{said.get('slug') or '-'}/{tid}"
        details = said.get("details")
        opener = details.get("created_by") if isinstance(details, Mapping) else None
        topic = Topic(
            self.name, self._site(reading), tid, title, url, _category(said),
            str(said.get("category_id") or "") or None,
            closed=bool(said.get("closed") or said.get("archived")),
            author=str(opener["username"]) if isinstance(opener, Mapping) and opener.get("username") else None,
            published_at=read_stamp(str(said.get("created_at") or ""), UTC_CLOCK),
            replies=_int(said.get("reply_count")),
        )  # fmt: skip
        near = _TOPIC.search(reading.requested_url)
        whole = not (near is not None and near[2] not in (None, "1"))
        return topic_page(
            self.name,
            self.revision,
            topic,
            posts,
            self._pages(reading, url, number, total),
            "said by the page",
            whole=whole,
        )

    def _json_post(self, reading: Reading, tid: str, item: JsonMap) -> Post | None:
        if item.get("post_type") == 3 or not item.get("post_number"):
            return None
        body = _body(reading, str(item.get("cooked") or ""))
        created, updated = (read_stamp(str(item.get(key) or ""), UTC_CLOCK) for key in ("created_at", "updated_at"))
        edited = updated if _int(item.get("version")) not in (None, 1) else None
        away = bool(item.get("user_deleted") or item.get("hidden"))
        return Post(
            str(item.get("id")), body, str(item.get("username") or "") or None, str(item.get("user_id") or "") or None,
            _int(item.get("post_number")), created, edited, shielded=body.text if away else None,
            anchor=f"post_{item.get('post_number')}", identity=f"{tid}/{item.get('post_number')}",
        )  # fmt: skip

    def _plain_topic(self, reading: Reading) -> Extraction:
        tree = reading.tree
        heading = tree.first("#topic-title h1 a, #topic-title h1, h1 a, h1")
        link = tree.first('link[rel="canonical"]')
        declared = tree.absolute(link.attributes.get("href")) if link is not None else None
        match = _TOPIC.search(reading.url) or _TOPIC.search(declared or "")
        title = squeeze(heading.text(deep=True)) if heading is not None else ""
        if match is None or not title:
            raise NothingFound("a Discourse topic without number or title")
        url = re.sub(r"(/t/(?:[^/?#]+/)?\d+).*$", r"\1", declared or reading.url)
        number = (
            int(query_of(reading.url).get("page", "1") or 1) if query_of(reading.url).get("page", "1").isdigit() else 1
        )
        later = tree.first('a[rel="next"], link[rel="next"]')
        total = number + (later is not None)
        posts = [
            post for box in tree.css(".crawler-post") if (post := self._plain_post(reading, match[1], box)) is not None
        ]
        crumbs = tree.css("#topic-title a[href*='/c/'], .topic-category a[href*='/c/']")
        board = re.search(r"/(\d+)(?:\?|$)", crumbs[-1].attributes.get("href") or "") if crumbs else None
        opening = posts[0] if posts and number == 1 else None
        topic = Topic(
            self.name, self._site(reading), match[1], title, url,
            squeeze(crumbs[-1].text(deep=True)) if crumbs else None,
            board[1] if board else None, author=opening.author if opening else None,
            published_at=opening.published_at if opening else None,
        )  # fmt: skip
        pages = self._pages(reading, url, number, total)
        return topic_page(
            self.name, self.revision, topic, posts, pages, "said by the page", whole=match[2] in (None, "1")
        )

    def _plain_post(self, reading: Reading, tid: str, box: LexborNode) -> Post | None:
        number = (box.id or "").removeprefix("post_")
        text = box.css_first(".post[itemprop=text], .post")
        if not number.isdigit() or text is None:
            return None
        who, stamp = first_of(box, ".creator [itemprop=name], .creator"), box.css_first("time[datetime]")
        body = _walk(reading.tree).read_post(text)
        when = read_stamp(stamp.attributes.get("datetime"), UTC_CLOCK) if stamp is not None else None
        author = squeeze(who.text(deep=True)) if who is not None else None
        identity = f"{tid}/{number}"
        return Post(identity, body, author, None, int(number), when, anchor=box.id or "", identity=identity)

    def _json_list(self, reading: Reading, said: JsonMap) -> Extraction:
        listed = said.get("topic_list") if isinstance(said.get("topic_list"), Mapping) else said
        match = re.match(r"(https?://[^/]+)", reading.url)
        base = match[1] if match else ""
        topics = []
        for item in _maps(listed.get("topics") if isinstance(listed, Mapping) else None):
            activity = " ".join(str(item.get(key) or "") for key in ACTIVITY).strip()
            url = f"{base}/t/{item.get('slug') or '-'}/{item.get('id')}"
            topics.append(
                FoundLink(
                    url, "topic", str(item.get("title") or ""), activity=activity, sticky=bool(item.get("pinned"))
                )
            )
        return self._list(reading, topics, bool(isinstance(listed, Mapping) and listed.get("more_topics_url")))

    def _plain_list(self, reading: Reading) -> Extraction:
        topics = []
        for row in reading.tree.css(".topic-list-item, .topic-list tr"):
            link = row.css_first("a.title")
            url = reading.tree.absolute(link.attributes.get("href")) if link is not None else None
            if link is None or url is None:
                continue
            count = row.css_first(".posts, .replies, td.posts")
            cells = row.css("td")
            last = squeeze(cells[-1].text(deep=True)) if len(cells) > 2 else ""
            activity = (
                " ".join(filter(None, (squeeze(count.text(deep=True)) if count is not None else "", last))) or None
            )
            topics.append(FoundLink(url, "topic", squeeze(link.text(deep=True)), activity=activity))
        return self._list(reading, topics, reading.tree.first('a[rel="next"], link[rel="next"]') is not None)

    def _list(self, reading: Reading, topics: list[FoundLink], more: bool) -> Extraction:
        here = address_of(reading).partition("?")[0]
        page = query_of(reading.url).get("page", "0")
        number = (int(page) if page.isdigit() else 0) + 1
        urls = {1: here} if number > 1 else {}
        urls |= {number - 1: f"{here}?page={number - 2}"} if number > 2 else {}
        urls |= {number + 1: f"{here}?page={number}"} if more else {}
        boards = []
        if reading.text[:1] != "{" and not topics:
            for link in reading.tree.css("a[href*='/c/']"):
                if url := reading.tree.absolute(link.attributes.get("href")):
                    boards.append(FoundLink(url, "board", squeeze(link.text(deep=True))))
        return board_page(
            self.name, self.revision, boards=boards, topics=topics, pages=Pages(number, number + more, urls)
        )


EXTRACTOR = Discourse()


def _walk(tree: Tree) -> Walk:
    return Walk(tree, MARKS, quote=_quote, files=_ORIGINAL)


def _body(reading: Reading, html: str) -> Body:
    tree = Tree(f"<div>{html}</div>", reading.url)
    return _walk(tree).read_post(tree.parser.body)


def _quote(node: LexborNode, walk: Walk) -> JsonMap:
    attributes = node.attributes
    title = node.css_first(".title")
    author = attributes.get("data-username")
    if title is not None:
        author = author or squeeze(title.text(deep=True)).rstrip(":：") or None
        title.decompose()
    inner = node.css_first("blockquote") if node.tag != "blockquote" else None
    return quote_of(walk.read(inner or node), author=author, floor=attributes.get("data-post"))


def _store(reading: Reading) -> dict[str, JsonMap]:
    """The JSON documents of a page or of an endpoint's answer, by the names the page's script knows them by."""
    text = reading.text
    try:
        if text[:1] == "{":
            value = json.loads(text)
            name = "topic_0" if "post_stream" in value else "topic_list"
            return {name: value} if isinstance(value, dict) else {}
        node = reading.tree.first("#data-preloaded")
        kept = json.loads(node.attributes.get("data-preloaded") or "{}") if node is not None else {}
        found = {}
        for key, inner in kept.items() if isinstance(kept, dict) else ():
            if key.startswith("topic_") and isinstance(inner, str):
                found[key] = json.loads(inner)
        return {key: value for key, value in found.items() if isinstance(value, dict)}
    except (ValueError, RecursionError):
        return {}


def _maps(value: object) -> list[JsonMap]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _category(said: JsonMap) -> str | None:
    found = said.get("category")
    name = found.get("name") if isinstance(found, Mapping) else None
    return str(name) if name else None
