"""Pages are read in processes of their own: what bad input does to a parser costs one page, and reading uses another
core.

    Readers.read(payload, source, kind, key)   in the daemon: asks a child, waits in a thread
    answer(body, options)                      in the child: worker.reading.read, as JSON

A page is read in one of two ways:

    USUALLY     side by side: nearly every page takes a third of this
    long pages  one at a time, with memory by their size and at most what their source gives (`max_memory`), and in a
                child that ends with it: what is as large, and what the usual limits were too narrow for, in whatever
                way it failed (where memory is refused, libraries crash and readers raise as often as they say so)

So hostile pages of many hosts together take little more than one long page does, and short pages are not kept waiting.
What takes more memory than that is `error:too-large`, what takes too long or breaks its child `error:parse`, each with
the reason; the payload is kept, and read again by a later revision. Files have children of their own
(`worker.extract.files`), so their bytes are read from here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from worker.decide import Seen
from worker.decode import Decoded
from worker.extract.files import sniff
from worker.extract.model import Extraction
from worker.isolate import Answer, Limits, Pool, pool
from worker.reading import Payload, Read, read
from worker.settings import Source

_MIB = 1024 * 1024
USUALLY = Limits(memory=40 * _MIB, rest=128 * _MIB, seconds=5.0, output=16 * _MIB)
"""of 150 pages recorded from the web one in thirty takes more; the detector of encodings takes 27 MiB of it, once"""
LONG_SECONDS = 60.0
"""by the clock, of a machine that may be busy: what was too slow as a usual page has twelve times as long here"""
TAKES, TAKES_AT_LEAST = 12, 6
"""times its own size that a page mostly, and at least, takes to be read"""
CHILDREN = min(max((os.cpu_count() or 1) - 1, 2), 8)
"""one core stays for the network and the archive; two at least, or one long page keeps all others waiting"""
TASKS = 500
"""pages a child reads: starting one costs as much as reading 50, and by then it remembers some 100 MB of lines"""
MOST_LINKS = 50_000
"""links of one page that are told: as many as a sitemap may hold (sitemaps.org). More would fill the daemon's memory"""
PRELOAD = ("worker.readers", "worker.extract.everything")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a child needs to know beside the bytes."""

    source: Source
    kind: str
    page_key: str | None
    payload: Payload
    """its body empty: that travels by itself"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a child answers: a `Read` without what only `explain` shows."""

    outcome: str
    extractor: str
    revision: int
    why: str
    decoded: Decoded | None
    """without its text"""
    skim: str
    error: str | None
    extraction: Extraction | None
    seen: tuple[Seen, ...]


@lru_cache(maxsize=1)
def _asked() -> TypeAdapter[Asked]:
    return TypeAdapter(Asked)


@lru_cache(maxsize=1)
def _said() -> TypeAdapter[Said]:
    return TypeAdapter(Said)


_long_page = threading.Lock()
"""held while one is read"""


@lru_cache(maxsize=1)
def _waiting() -> ThreadPoolExecutor:
    """Threads that wait for children: of their own, or pages that wait for a long one would take those of the loop."""
    return ThreadPoolExecutor(32, "readers")


async def read_apart(payload: Payload, source: Source, kind: str, page_key: str | None) -> Read:
    """The same as `worker.reading.read`, in a child. Raises RuntimeError when no child can be started."""
    import asyncio  # the children, which import this module as well, have no loop

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_waiting(), read_in_child, payload, source, kind, page_key)


def read_in_child(payload: Payload, source: Source, kind: str, page_key: str | None) -> Read:
    """`read_apart` for callers that may block."""
    if sniff.family(payload.body) is not None:
        return read(payload, source, kind, page_key)
    asked = _asked().dump_python(Asked(source, kind, page_key, replace(payload, body=b"")), mode="json")
    answer = _answered(payload.body, asked, source.max_memory)
    if answer.failure in ("memory", "output"):
        why = f"takes more than max_memory ({source.max_memory // _MIB} MiB) to read"
        kept = f"its {len(payload.body)} bytes are kept"
        return Read("error:too-large", "none", 0, f"the page {why}", error=f"{why}; {kept}")
    if answer.failure is not None:
        why = "took too long to read" if answer.failure == "time" else "broke its reader"
        return Read("error:parse", "none", 0, f"the page {why}", error=f"{why}: {answer.error}")
    said = _said().validate_python(answer.value)
    return Read(
        said.outcome, said.extractor, said.revision, said.why, said.decoded, said.extraction, said.seen, said.error,
        skim=said.skim,
    )  # fmt: skip


def _answered(body: bytes, asked: Mapping[str, object], most: int) -> Answer:
    """What a child says, as a usual page or as a long one."""
    if TAKES_AT_LEAST * len(body) > most:
        return Answer(failure="memory", error="not tried")
    if TAKES * len(body) <= USUALLY.memory:
        answer = _pool().run("worker.readers:answer", body, asked, USUALLY)
        if answer.failure is None:
            return answer
    with _long_page:
        limits = Limits(memory=most, rest=0, seconds=LONG_SECONDS, output=max(most // 6, USUALLY.output))
        return _pool().run("worker.readers:answer", body, asked, limits)


def _pool() -> Pool:
    return pool("readers", CHILDREN, PRELOAD, TASKS)


def warm_up() -> Mapping[str, int]:
    """Starts the first child; the revision of every reader, by name. Blocks until it is ready."""
    answer = _pool().run("worker.readers:ready", b"", {}, replace(USUALLY, seconds=LONG_SECONDS))
    if not isinstance(answer.value, dict):
        raise RuntimeError(f"the process that reads pages did not start: {answer.error}")
    return answer.value


def answer(body: bytes, options: Mapping[str, Any]) -> Any:
    """Runs in the child."""
    asked = _asked().validate_python(options)
    result = read(replace(asked.payload, body=body), asked.source, asked.kind, asked.page_key)
    return _said().dump_python(_wire(result), mode="json")


def ready(body: bytes, options: Mapping[str, Any]) -> dict[str, int]:
    """Runs in the child: the revision of every extractor, by name."""
    from worker.extract import EXTRACTORS

    return {name: extractor.revision for name, extractor in EXTRACTORS.items()}


def _wire(result: Read) -> Said:
    from archive.prepare import prepared  # numpy: in the child only

    extraction = result.extraction
    if extraction is not None:  # the documents travel as `seen`; the frontier asks a topic for its replies
        topics = tuple(document for document in extraction.documents if document.kind == "topic")
        links = extraction.links
        if len(links) > MOST_LINKS:
            why = f"{extraction.why}; the first {MOST_LINKS} of {len(links)} links are followed"
            extraction = replace(extraction, links=links[:MOST_LINKS], why=why)
        extraction = replace(extraction, documents=topics, dropped=(), items=())
    return Said(
        result.outcome, result.extractor, result.revision, result.why,
        replace(result.decoded, text="") if result.decoded else None, result.skim, result.error, extraction,
        tuple(replace(seen, prepared=prepared(seen.content)) for seen in result.seen),
    )  # fmt: skip
