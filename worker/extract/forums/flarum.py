"""Flarum 0.1 to 2: everything is in the JSON that the page carries for its script.

Seen on 1.8: `<script id="flarum-json-payload">` with `apiDocument`; a discussion's `posts` relation names all its
posts, `included` holds those of this page (20), event posts and single posts of other pages among them. Older releases
call `app.load({...})`. Times carry a zone. A mention that only heads a reply is the header of a quote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.assemble import Pages, board_page, topic_page, wall
from worker.extract.forums.body import Body, Walk, quote_of
from worker.extract.forums.place import MAX_PAGES, query_of, site_of
from worker.extract.forums.posts import Post, Topic
from worker.extract.forums.times import UTC_CLOCK, read_stamp
from worker.extract.model import Extraction, FoundLink, NothingFound, Reading
from worker.extract.sieve import Words
from worker.extract.tree import Tree

PER_PAGE = 20
MARKS = {
    "blockquote": "quote", "pre": "code", ".PostMention": "head", ".Post-poll": "drop poll", ".spoiler": "keep",
    ".spoiler-header": "drop label", ".spoiler summary": "drop label",
    ".fof-upload-file": "file", ".FoFUpload--Download": "file", ".ButtonGroup": "file",
}  # fmt: skip

_NAME = Words("flarum")
_PAYLOAD = re.compile(r'<script id="flarum-json-payload" type="application/json">|(?:flarum\.core\.)?app\.load\(')
_GONE = re.compile(
    r"page you requested could not be found|您(?:请求|访问)的页面(?:不存在|无法找到)|404 Not Found", re.I
)
_CLOSED = re.compile(r"maintenance mode|under maintenance|维护", re.I)
_TOPIC = re.compile(r"/d/(\d+)(?:-[^/?#]*)?(?:/(\d+))?")


class Flarum:
    """Reads Flarum discussions and lists of discussions."""

    name = "flarum"
    revision = 2

    def recognise(self, reading: Reading) -> str | None:
        """By the JSON for the page's script, or by an error page of Flarum's."""
        text = reading.text
        if not reading.holds(_NAME):
            return None
        if _PAYLOAD.search(text) is not None and '"apiDocument"' in text:
            return "flarum: page with its JSON"
        if "flarum-content" in text or "<title>" not in text:
            return None
        return "flarum: error page" if _GONE.search(text) or _CLOSED.search(text) else None

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says. Raises NothingFound where its JSON cannot be read."""
        payload = _payload(reading.text)
        document = payload.get("apiDocument") if payload is not None else None
        if not isinstance(document, Mapping):
            if match := _GONE.search(reading.text):
                return wall(self.name, self.revision, "gone", match[0])
            if match := _CLOSED.search(reading.text):
                return wall(self.name, self.revision, "maintenance", match[0])
            raise NothingFound("a Flarum page whose JSON says nothing")
        data = document.get("data")
        kept = {(str(item.get("type")), str(item.get("id"))): item for item in _maps(document.get("included"))}
        for item in _maps(payload.get("resources") if payload else None):
            kept.setdefault((str(item.get("type")), str(item.get("id"))), item)
        if isinstance(data, Mapping) and data.get("type") == "discussions":
            return self._topic(reading, data, kept)
        if isinstance(data, list):
            return self._list(reading, data, document, kept)
        raise NothingFound("a Flarum page that is neither discussion nor list")

    def _topic(self, reading: Reading, data: JsonMap, kept: Mapping[tuple[str, str], JsonMap]) -> Extraction:
        said, tid = _attributes(data), str(data.get("id"))
        title = str(said.get("title") or "").strip()
        if not title:
            raise NothingFound("a Flarum discussion without title")
        base = root(reading)
        every = [str(item.get("id")) for item in _related(data, "posts")]
        page = query_of(reading.requested_url).get("page", "1")
        asked = int(page) if page.isdigit() else 1
        here = [pid for pid in every if _attributes(kept.get(("posts", pid), {})).get("createdAt") or _timed(kept, pid)]
        wanted = set(every[(asked - 1) * PER_PAGE : asked * PER_PAGE])
        shown = [pid for pid in here if pid in wanted] if wanted else []
        # The link to a next page is there even where that page is empty; the relation names every post.
        counted = max(len(every), _count(said.get("commentCount")) or 0) if len(every) < PER_PAGE else len(every)
        total = max(1, -(-counted // PER_PAGE))
        number = asked if shown else total
        posts = [post for pid in shown if (post := self._post(reading, kept[("posts", pid)], kept)) is not None]
        url = f"{base}/d/{tid}"
        urls = {1: url} | {page: f"{url}?page={page}" for page in range(2, min(total, MAX_PAGES) + 1)}
        tags = [
            kept[("tags", str(tag.get("id")))] for tag in _related(data, "tags") if ("tags", str(tag.get("id"))) in kept
        ]
        board = _board(tags)
        author = _user(data, kept)
        opened = read_stamp(str(said.get("createdAt") or said.get("startTime") or ""), UTC_CLOCK)
        topic = Topic(
            self.name, site_of(f"{base}/"), tid, title, url, board[0], board[1],
            closed=bool(said["isLocked"]) if "isLocked" in said else None, author=author[0], published_at=opened,
            replies=_count(said.get("commentCount")),
        )  # fmt: skip
        match = _TOPIC.search(urlsplit(reading.requested_url).path)
        near = match is not None and match[2] not in (None, "1")
        pages = Pages(number, total, urls, asked)
        return topic_page(self.name, self.revision, topic, posts, pages, "said by the page", whole=not near)

    def _post(self, reading: Reading, item: JsonMap, kept: Mapping[tuple[str, str], JsonMap]) -> Post | None:
        said = _attributes(item)
        if said.get("contentType", "comment") != "comment":
            return None
        html = said.get("contentHtml")
        hidden = bool(said.get("isHidden")) and not html
        body = body_of(reading, str(html)) if isinstance(html, str) else Body()
        author, uid = _user(item, kept)
        return Post(
            str(item.get("id")), body, author, uid, _count(said.get("number")),
            read_stamp(str(said.get("createdAt") or said.get("time") or ""), UTC_CLOCK),
            read_stamp(str(said.get("editedAt") or ""), UTC_CLOCK),
            shielded="hidden" if hidden else None, anchor="",
        )  # fmt: skip

    def _list(
        self, reading: Reading, data: list[object], document: JsonMap, kept: Mapping[tuple[str, str], JsonMap]
    ) -> Extraction:
        base = root(reading)
        boards = [
            FoundLink(f"{base}/t/{said['slug']}", "board", str(said.get("name") or ""))
            for item in (*_maps(data), *kept.values())
            if item.get("type") == "tags"
            and (said := _attributes(item)).get("slug")
            and (
                item in data
                or (said.get("isHidden") and not urlsplit(reading.url).path.rstrip("/").endswith(f"/t/{said['slug']}"))
            )
        ]
        topics = []
        for item in _maps(data):
            if item.get("type") != "discussions":
                continue
            said = _attributes(item)
            last = _user(item, kept, "lastPostedUser")[0]
            when = read_stamp(str(said.get("lastPostedAt") or said.get("lastTime") or ""), UTC_CLOCK)
            activity = " ".join(
                piece
                for piece in (str(said.get("commentCount", "")), f"{when:%Y-%m-%dT%H:%M%z}" if when else "", last or "")
                if piece
            )
            topics.append(
                FoundLink(
                    f"{base}/d/{item.get('id')}",
                    "topic",
                    str(said.get("title") or ""),
                    activity=activity or None,
                    sticky=bool(said.get("isSticky")),
                )
            )
        if not boards and not topics and _related_next(document) is None and "/t/" not in reading.url:
            raise NothingFound("a Flarum list without discussions")
        here = reading.url.partition("#")[0].partition("?")[0]
        page = query_of(reading.url).get("page", "1")
        number = int(page) if page.isdigit() else 1
        more = bool(_related_next(document)) or _next(reading)
        urls = {1: here} if number > 1 else {}
        urls |= {number - 1: f"{here}?page={number - 1}"} if number > 2 else {}
        urls |= {number + 1: f"{here}?page={number + 1}"} if more else {}
        return board_page(
            self.name, self.revision, boards=boards, topics=topics, pages=Pages(number, number + more, urls, number)
        )


EXTRACTOR = Flarum()


def root(reading: Reading) -> str:
    """The forum's root address: what stands before /d/, /t/, /all or /tags."""
    url = reading.url.partition("#")[0].partition("?")[0]
    return re.sub(r"/(?:d/.*|t/.*|all|tags|following|index\.php)?$", "", url)


def body_of(reading: Reading, html: str) -> Body:
    """A post's HTML as body: quotes and code apart."""
    tree = Tree(f"<div>{html}</div>", reading.url)
    return Walk(tree, MARKS, quote=_quote).read_post(tree.parser.body)


def _quote(node: LexborNode, walk: Walk) -> JsonMap:
    body = walk.read(node)
    head = body.quotes.pop(0) if body.quotes and not body.quotes[0].get("text") else {}
    author, pid = head.get("author"), head.get("pid")
    return quote_of(body, author=str(author) if author else None, pid=str(pid) if pid else None)


def _payload(text: str) -> JsonMap | None:
    for match in _PAYLOAD.finditer(text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return None


def _maps(value: object) -> list[JsonMap]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _attributes(item: JsonMap) -> JsonMap:
    said = item.get("attributes")
    return said if isinstance(said, Mapping) else {}


def _related(item: JsonMap, name: str) -> list[JsonMap]:
    relations = item.get("relationships")
    relation = relations.get(name) if isinstance(relations, Mapping) else None
    data = relation.get("data") if isinstance(relation, Mapping) else None
    return [data] if isinstance(data, Mapping) else _maps(data)


def _user(item: JsonMap, kept: Mapping[tuple[str, str], JsonMap], name: str = "user") -> tuple[str | None, str | None]:
    for user in _related(item, name) or (_related(item, "startUser") if name == "user" else []):
        uid = str(user.get("id"))
        said = _attributes(kept.get(("users", uid), {}))
        shown = said.get("displayName") or said.get("username")
        return (str(shown) if shown else None), uid
    return None, None


def _board(tags: Iterable[JsonMap]) -> tuple[str | None, str | None]:
    """The innermost of a discussion's tags: a child before its parent, a primary tag before a secondary one."""
    found: list[tuple[int, str, str]] = []
    for tag in tags:
        said = _attributes(tag)
        rank = 0 if said.get("isChild") else 1 if said.get("position") is not None else 2
        found.append((rank, str(said.get("name") or ""), str(tag.get("id"))))
    return min(found)[1:] if found else (None, None)


def _next(reading: Reading) -> bool:
    """Whether the page for readers without script links a next page."""
    number = query_of(reading.url).get("page", "1")
    page = int(number) + 1 if number.isdigit() else 2
    return re.search(rf"[?&;]page={page}\b", reading.text) is not None


def _timed(kept: Mapping[tuple[str, str], JsonMap], pid: str) -> bool:
    return "time" in _attributes(kept.get(("posts", pid), {}))


def _related_next(document: JsonMap) -> object:
    links = document.get("links")
    return links.get("next") if isinstance(links, Mapping) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else None
