"""A little forum played against the walk, with the truth beside it: what was said, and what must be kept.

    game = Game(database)   the walk over a forum (tests.support.forum) on a clock of its own, without a network
    game.tick()             what is due is polled
    game.disagreements()    what the archive says that was never so

Time is the game's: each fetch and each deed takes a second, so that what was true when a page was fetched is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

import worker.poll
from archive import Committer, open_writable
from archive.records import Page
from tests.support.forum import BOARDS, Forum, Thing, Topic
from worker.daemon.polling import sync
from worker.fetch.model import Fetched, Politeness, Request
from worker.fetch.outcome import judge
from worker.poll import Walk
from worker.reading import Payload, Read, read
from worker.settings import Confirm, Every, Settings, Source

HOST = "http://town.example.org"
SECOND = timedelta(seconds=1)
SAYINGS = (
    "路灯坏了半个月", "已经打了热线", "昨晚又亮了", "菜市场搬到河东去了", "公交改道没人通知", "学校门口要设减速带",
    "垃圾清运改在清晨", "桥头的栏杆松动", "停水三天总算来了", "老街的树都锯了", "河边步道铺好了", "诊所周末不开门",
)  # fmt: skip
WALL = "<html><head><title>请先登录</title></head><body><h1>您需要登录后才可以继续本操作</h1></body></html>"


class Crash(Exception):
    """The process dies between its two commits."""


class Game:
    """The walk over a forum, one deed after the other."""

    def __init__(self, database: str, size: int = 2, confirm: Confirm | None = None) -> None:
        self.forum, self.database = Forum(size), database
        self.now = datetime(2026, 1, 5, tzinfo=UTC)
        confirm = confirm or Confirm(2, timedelta(minutes=90))
        gentle = Politeness(gap=timedelta(0), robots="ignore")
        self.sources = tuple(
            Source(
                f"board-{n}", f"{HOST}/forum-{n}-1.html", kind="board", every=Every(timedelta(hours=1)),
                politeness=gentle, confirm=confirm, full_every=5,
            )
            for n in BOARDS
        )  # fmt: skip
        self.writer = open_writable(database)
        self.committer = Committer(self.writer)
        self.walk = Walk(self.settings, self.fetch, self.committer)
        self.loop = asyncio.new_event_loop()
        self.dying = False
        self.log: list[str] = []
        with self.writer.begin() as tx:
            sync(tx, self.settings, self.now)

    @property
    def settings(self) -> Settings:
        return Settings("sources.yaml", "ops@example.org", self.database, self.sources)

    def close(self) -> None:
        self.committer.close()
        self.writer.close()
        self.loop.close()

    # --- deeds of people ---------------------------------------------------------------------------------------------

    def _moment(self) -> datetime:
        self.now += SECOND
        return self.now

    def opens(self, words: int, board: int) -> None:
        """Somebody opens a topic."""
        number = 11 + len(self.forum.topics)
        topic = self.forum.topics[number] = Topic(number, board=BOARDS[board % 2])
        topic.title.say(self._moment(), f"关于{SAYINGS[words % len(SAYINGS)]}的事（{number}）")
        self._posted(topic, words)

    def replies(self, at: int, words: int) -> None:
        if topic := self._topic(at):
            self._posted(topic, words)

    def _posted(self, topic: Topic, words: int) -> None:
        number = 101 + len(self.forum.posts)
        thing = self.forum.posts[number] = Thing()
        thing.say(self._moment(), self._words(number, words))
        topic.posts.append(number)

    def edits(self, at: int, words: int) -> None:
        if (number := self._post(at)) is not None:
            self.forum.posts[number].say(self._moment(), self._words(number, words))

    def deletes(self, at: int) -> None:
        """A reply is taken down; its followers move up."""
        replies = [number for topic in self._topics() for number in self.forum.standing(topic)[1:]]
        if replies:
            self.forum.posts[replies[at % len(replies)]].say(self._moment(), None)

    def restores(self, at: int) -> None:
        """A reply that was taken down stands again, as it was."""
        away = [n for topic in self._topics() for n in topic.posts if self.forum.posts[n].now is None]
        if away:
            thing = self.forum.posts[away[at % len(away)]]
            thing.say(self._moment(), next(words for _, words in reversed(thing.said) if words is not None))

    def removes(self, at: int) -> None:
        """A whole topic is taken down."""
        if topic := self._topic(at):
            topic.title.say(self._moment(), None)

    def returns(self, at: int) -> None:
        """A topic that was taken down stands again, as it was."""
        away = [topic for topic in self.forum.topics.values() if topic.title.now is None]
        if away:
            title = away[at % len(away)].title
            title.say(self._moment(), next(words for _, words in reversed(title.said) if words is not None))

    def moves(self, at: int) -> None:
        """A topic is moved to the other board."""
        if topic := self._topic(at):
            topic.board = BOARDS[0] if topic.board == BOARDS[1] else BOARDS[1]
            self._moment()

    def fails(self, at: int, how: int) -> None:
        """A page answers badly at its next visit."""
        paths = [f"/forum-{n}-1.html" for n in BOARDS]
        paths += [f"/thread-{topic.number}-{page}-1.html" for topic in self.forum.topics.values() for page in (1, 2, 3)]
        self.forum.failing[paths[at % len(paths)]] = FAILURES[how % len(FAILURES)]

    def rests(self, whether: int) -> None:
        """From now on pages that say the same are the same bytes (or not)."""
        self.forum.moving = not whether % 2

    def _words(self, number: int, words: int) -> str:
        return "，".join(SAYINGS[place % len(SAYINGS)] for place in (words, number, number // len(SAYINGS))) + "。"

    def _topics(self) -> list[Topic]:
        return [topic for topic in self.forum.topics.values() if topic.title.now is not None]

    def _topic(self, at: int) -> Topic | None:
        standing = self._topics()
        return standing[at % len(standing)] if standing else None

    def _post(self, at: int) -> int | None:
        standing = [number for topic in self._topics() for number in self.forum.standing(topic)]
        return standing[at % len(standing)] if standing else None

    # --- what the daemon does ----------------------------------------------------------------------------------------

    async def fetch(self, request: Request) -> Fetched:
        at, path = self._moment(), request.url.removeprefix(HOST)
        failure = self.forum.failing.pop(path, None)
        status, said = self.forum.answer(path)
        body, error = said.encode(), None
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if failure == "timeout":
            return Fetched(request.url, request.url, at, "error:timeout", error="too slow", transient=True)
        if failure == "busy":
            status, body = 503, b"<h1>Busy</h1>"
        elif failure == "wall":
            status, body = 200, WALL.encode()
        elif failure == "vanished":
            status, body = 404, b"<h1>404 Not Found</h1>"
        if not self.forum.moving and status == 200:
            import hashlib

            headers["ETag"] = hashlib.sha256(body).hexdigest()
            if request.etag == headers["ETag"]:
                return Fetched(request.url, request.url, at, "not-modified", 304, tuple(headers.items()))
        lower = {name.lower(): value for name, value in headers.items()}
        outcome, why = judge(status, lower, body.decode(), requested=request.url, final=request.url, permanent=False)
        if failure == "cut":
            outcome, body, error = "truncated", body[: len(body) // 2], "cut"
        elif outcome != "ok":
            error = why
        return Fetched(request.url, request.url, at, outcome, status, tuple(headers.items()), body, error=error)

    def tick(self, most: int = 100) -> int:
        """Polls what is due, at most so many pages; how many were."""
        with self.writer.begin() as tx:
            due = tx.due_pages(self.now, most, most)
        for page in due:
            self.poll(page)
        return len(due)

    def poll(self, page: Page) -> None:
        self.keeps(page, self.fetches(page))

    def fetches(self, page: Page) -> Fetched:
        """The first half of a poll."""
        request = worker.poll.request_for(page, self._source(page), self.settings)
        return self.loop.run_until_complete(self.fetch(request))

    def keeps(self, page: Page, answer: Fetched) -> None:
        """The second half."""
        try:
            with reading_here(self):
                settled = self.loop.run_until_complete(self.walk._keep(page, self._source(page), answer))
            said = settled.outcome + "".join(f" {c.kind}:{c.title or c.url}" for c in settled.changes)
        except Crash:
            said = "crash"
        self.log.append(f"{answer.fetched_at:%d %H:%M:%S} {page.url.removeprefix(HOST)} {said}")

    def _source(self, page: Page) -> Source:
        return next(source for source in self.sources if source.source_id == page.source_id)

    def pages(self, part_of_url: str) -> list[Page]:
        """Pages whose URL holds this, as the archive knows them."""
        rows = self.ask("SELECT page_no, url FROM pages ORDER BY page_no")
        with self.writer.begin() as tx:
            return [tx.page(number) for number, url in rows if part_of_url in url]

    def page(self, known: Page) -> Page:
        """The same page as it is now."""
        with self.writer.begin() as tx:
            return tx.page(known.page_id)

    def overtaken(self) -> None:
        """Two due pages are fetched one after the other and settled the other way round."""
        with self.writer.begin() as tx:
            due = tx.due_pages(self.now, 2, 2)
        fetched = [(page, self.fetches(page)) for page in due]
        for page, answer in reversed(fetched):
            self.keeps(page, answer)

    def passes(self, minutes: int) -> None:
        """Time passes, and what becomes due is polled."""
        end = self.now + timedelta(minutes=minutes)
        while True:
            self.tick()
            with self.writer.begin() as tx:
                after = tx.due_pages(end, 1, 1)
            if not after:
                break
            self.now = max(self.now, after[0].next_poll_at)
        self.now = max(self.now, end)

    def crashes(self) -> None:
        """The process dies while it reads the next page."""
        self.dying = True
        self.tick(1)
        self.dying = False

    def configures(self) -> None:
        """Something of the sources is changed that makes every page be read again."""
        self.sources = tuple(replace(source, ignore=() if source.ignore else (".nothing",)) for source in self.sources)
        self.walk.settings = self.settings
        with self.writer.begin() as tx:
            sync(tx, self.settings, self.now)

    def quiets(self) -> None:
        """Nothing more happens, and every page is visited once in a while."""
        self.forum.failing.clear()
        for _ in range(8):
            self.now += timedelta(hours=13)
            numbers = [number for (number,) in self.ask("SELECT page_no FROM pages WHERE state <> 'retired'")]
            with self.writer.begin() as tx:
                tx.make_due(self.now, page_ids=numbers)
            while self.tick():
                pass

    # --- what the archive says ---------------------------------------------------------------------------------------

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self.writer.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def disagreements(self, settled: bool) -> Iterator[str]:
        """What the archive says that was never so; with `settled` also what it does not say that is so."""
        from archive import open_archive

        with open_archive(self.writer.url) as archive:
            for stranger in archive.documents():
                if stranger.facts.platform_id is None:
                    yield f"a document that is nobody's: {stranger.kind} {stranger.facts.url} {stranger.content.title}"
                    return
            names = {d.document_id: (d.kind, int(d.facts.platform_id or 0)) for d in archive.documents()}
            states = {names[d.document_id]: d.state for d in archive.documents()}
            standing: dict[str, str] = {}
            for change in archive.changes_after():
                kind, number = names[change.document_id]
                who, before = f"{kind} {number}", standing.get(change.document_id)
                allowed = {None: ("new",), "present": ("changed", "gone", "moved", "back"), "gone": ("back",)}[before]
                if change.kind not in allowed or (change.kind == "back" and before == "present" and kind != "post"):
                    yield f"{change.kind} of {who}, which was {before} by the log (seq {change.seq})"
                standing[change.document_id] = "gone" if change.kind == "gone" else "present"
                if change.cause != "source":
                    yield f"{change.kind} of {who} is called our own reading"
                thing = self._thing(kind, number)
                away = thing.missing_between(change.at - timedelta(hours=12), change.at)
                if change.kind == "gone" and not away:
                    yield f"{who} is called gone at {change.at} and never was"
            for document_id, (kind, number) in names.items():
                thing, before = self._thing(kind, number), None
                for version in archive.versions(document_id):
                    said = version.content.title if kind == "topic" else version.content.text
                    if thing.at(version.captured_at) != said:
                        yield f"{kind} {number} never said {said!r} at {version.captured_at}: {thing.said}"
                    if said == before:
                        yield f"{kind} {number} has two versions in a row that say {said!r}"
                    before = said
                if settled:
                    yield from self._now(archive, document_id, kind, number, states)
            if settled:
                known = set(names.values())
                for topic in self._topics():
                    if ("topic", topic.number) not in known:
                        yield f"topic {topic.number} is not known"
                    for number in self.forum.standing(topic):
                        if ("post", number) not in known:
                            yield f"post {number} of topic {topic.number} is not known"

    def _now(self, archive: Any, document_id: str, kind: str, number: int, states: Any) -> Iterator[str]:
        thing = self._thing(kind, number)
        topic = next(t for t in self.forum.topics.values() if t.number == number or number in t.posts)
        there = thing.now is not None and topic.title.now is not None
        state = states[kind, number]
        if there != (state == "present"):
            yield f"{kind} {number} is {'there' if there else 'gone'} and kept as {state}"
        if there:
            content = archive.document(document_id).content
            said = content.title if kind == "topic" else content.text
            if said != thing.now:
                yield f"{kind} {number} says {thing.now!r} and is kept as {said!r}"

    def _thing(self, kind: str, number: int) -> Thing:
        return self.forum.topics[number].title if kind == "topic" else self.forum.posts[number]


FAILURES = ("timeout", "busy", "wall", "vanished", "cut")


@contextmanager
def reading_here(game: Game) -> Iterator[None]:
    """Pages are read in this process: a game has thousands of them."""

    async def here(payload: Payload, source: Source, kind: str, page_key: str | None) -> Read:
        if game.dying:
            raise Crash
        return read(payload, source, kind, page_key)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(worker.poll, "read_apart", here)
        patched.setattr(worker.poll, "warm_up", _revisions)
        yield


def _revisions() -> dict[str, int]:
    from worker.extract import EXTRACTORS

    return {name: extractor.revision for name, extractor in EXTRACTORS.items()}
