"""One page fetched once, or a file read, and what the extractors make of it: behind `check --fetch` and `explain`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.records import FoundPage, Page
from worker.errors import UsageError
from worker.fetch.client import Fetcher
from worker.fetch.model import Fetched, Request
from worker.frontier import admit, belongs
from worker.reading import Payload, Read, is_content, read
from worker.settings import Settings, Source


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking at one page."""

    source: Source
    url: str
    fetched: Fetched | None
    """None for a file"""
    result: Read | None
    """None where nothing came that could be read"""
    followed: tuple[FoundPage, ...] = ()

    @property
    def outcome(self) -> str:
        """Of the exchange or, where reading showed more, of that."""
        if self.result is not None and self.result.outcome != "ok":
            return self.result.outcome
        return self.fetched.outcome if self.fetched is not None else "ok"

    @property
    def good(self) -> bool:
        """Whether the page is content."""
        return is_content(self.outcome)


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of `check --fetch`."""

    source_id: str
    outcome: str
    extractor: str
    documents: int
    links: int
    what: str
    good: bool

    @property
    def cells(self) -> tuple[object, ...]:
        """As the table shows it."""
        return (self.source_id, self.outcome, self.extractor, self.documents, self.links, self.what)


def advice(settings: Settings) -> list[str]:
    """What is no mistake but worth a word."""
    said = []
    if not settings.contact:
        said.append("without contact: the owners of the sites cannot reach you")
    for source in settings.sources:
        if source.politeness.robots == "ignore":
            said.append(f"{source.source_id}: robots.txt is ignored; have you asked the site's owner?")
        if source.tls != "verify":
            said.append(f"{source.source_id}: tls: {source.tls} accepts what a forger could send")
        if source.render == "browser":
            said.append(f"{source.source_id}: render: browser needs the extra: pip install 'muniment[browser]'")
    return said


async def try_sources(settings: Settings) -> list[Tried]:
    """Every enabled source's entry page, fetched once, politely."""
    async with Fetcher(settings.allow_networks, _now) as fetcher:
        enabled = [source for source in settings.sources if source.enabled]
        return list(await asyncio.gather(*(_try(fetcher, source, settings) for source in enabled)))


async def looked_at(url: str, settings: Settings | None, source_id: str | None, kind: str) -> Look:
    """A page, fetched once under the rules of the source it belongs to. Raises UsageError for an unknown source."""
    source = _source_for(url, settings, source_id)
    settings = settings or Settings("", None, "", (source,))
    async with Fetcher(settings.allow_networks, _now) as fetcher:
        return await _look(fetcher, source, url, settings, _kind(kind, source, url))


def looked_into(file: Path, settings: Settings | None, url: str | None, source_id: str | None, kind: str) -> Look:
    """A saved page, read as if it came from `url`. Raises UsageError where there is no such file or source."""
    if not file.is_file():
        raise UsageError(f"no file {file}; a page is named with its https://")
    address = url or file.resolve().as_uri()
    source = _source_for(address, settings, source_id)
    result = read(_payload(file.read_bytes(), address, None), source, _kind(kind, source, address))
    return Look(source, address, None, result, _followed(source, address, result))


async def _try(fetcher: Fetcher, source: Source, settings: Settings) -> Tried:
    look = await _look(fetcher, source, source.url, settings, source.kind)
    extraction = look.result.extraction if look.result else None
    titles = [document.title for document in extraction.documents if document.title] if extraction else []
    what = titles[0] if titles else (look.result.why if look.result else "") or ""
    if not look.good:
        what = (
            (look.result.error or look.result.why if look.result else None)
            or (look.fetched.error if look.fetched else None)
            or what
        )
    return Tried(
        source.source_id, look.outcome, look.result.extractor if look.result else "-",
        len(extraction.documents) if extraction else 0, len(look.followed), what, look.good,
    )  # fmt: skip


async def _look(fetcher: Fetcher, source: Source, url: str, settings: Settings, kind: str) -> Look:
    fetched = await fetcher.fetch(_request(source, url, settings))
    result = None
    if fetched.body:
        result = await asyncio.to_thread(read, _payload(fetched.body, url, fetched), source, kind)
    followed = _followed(source, url, result) if result is not None else ()
    return Look(source, url, fetched, result, followed)


def _request(source: Source, url: str, settings: Settings) -> Request:
    return Request(
        url=url, user_agent=settings.user_agent, headers=source.headers, cookies=source.cookies, proxy=source.proxy,
        deadline=source.deadline, max_size=source.max_size, tls=source.tls, politeness=source.politeness,
        render=source.render, home=source.url,
    )  # fmt: skip


def _payload(body: bytes, url: str, fetched: Fetched | None) -> Payload:
    if fetched is None:
        return Payload(body, url, url, _now())
    return Payload(
        body, fetched.final_url, url, fetched.fetched_at, fetched.headers, fetched.status,
        fetched.header("content-type"), moved=fetched.outcome == "moved",
    )  # fmt: skip


def _source_for(url: str, settings: Settings | None, source_id: str | None) -> Source:
    if source_id is not None:
        from worker.sources.values import near

        found = settings.source(source_id) if settings else None
        if found is None:
            known = [source.source_id for source in settings.sources] if settings else []
            raise UsageError(f'no source "{source_id}";{near(source_id, known)}'.rstrip(";"))
        return found
    for source in settings.sources if settings else ():
        if source.url == url or belongs(source, url):
            return source
    return Source("explain", url)


def _kind(kind: str, source: Source, url: str) -> str:
    return source.kind if kind == "auto" and source.url == url else kind


def _followed(source: Source, url: str, result: Read) -> tuple[FoundPage, ...]:
    if result.extraction is None:
        return ()
    now = _now()
    page = Page(
        page_id=0, source_id=source.source_id, url=url, urlkey="", host="", kind=source.kind, depth=0,
        entry=source.url == url, list_page=False, next_poll_at=now,
    )  # fmt: skip
    return admit(source, page, result.extraction, 0)


def _now() -> datetime:
    return datetime.now(UTC)
