"""One payload into what it says: decode -> recognise -> extract -> normalise -> content hash. Pure and CPU-bound.

The same code reads a page just fetched, a stored capture again (`rederive`), a file given to `explain`, and the
histories that benchmarks play. It raises nothing for a bad page: what went wrong is the outcome.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from archive.records import CONTENT_OUTCOMES
from worker import logs
from worker.contenthash import content_of, judged_revision
from worker.decide import Seen
from worker.decode import Decoded, decode
from worker.extract.files import sniff
from worker.extract.frames import with_framed_files
from worker.extract.model import Extracted, Extraction, NothingFound, Reading
from worker.extract.recognise import recognise
from worker.fetch.outcome import body_outcome
from worker.fingerprint import judged
from worker.normalise import normalise, prune
from worker.settings import Source
from worker.skim import skim

BINARY = "binary"
"""the encoding of a body that is no text; its reader takes the bytes"""


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes to read, with what is known of how they came."""

    body: bytes
    url: str
    """final URL"""
    requested_url: str
    fetched_at: datetime
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = 200
    media_type: str | None = None
    moved: bool = False
    """the page answered with a permanent redirect to `url`"""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading one payload gave. `outcome` `ok` and `seen` hold what may become versions."""

    outcome: str
    extractor: str
    revision: int
    why: str
    decoded: Decoded | None = None
    extraction: Extraction | None = None
    seen: tuple[Seen, ...] = ()
    error: str | None = None
    reading: Reading | None = None
    """for `explain`; not there where the page was read in another process"""
    skim: str = ""
    """of a page read as one document: another payload with the same skim says the same"""

    @property
    def signature(self) -> str:
        """Extractor and revision, as `derived_with` keeps them."""
        return f"{self.extractor}/{self.revision}"


def read(
    payload: Payload, source: Source, kind: str, page_key: str | None = None, skimmed: str | None = None
) -> Read:  # fmt: skip
    """What one payload says, read as a page of this `kind` of this source.

    `page_key` is the identity of the page's own document; documents that the extractor could only name by URL get it,
    so that a moved address keeps its document. `skimmed` is the body's skim where the caller knows it.
    """
    reading, decoded = reading_of(payload, source, kind)
    try:
        if reading.encoding != BINARY and (said := body_outcome(reading.text, payload.status or 200)) is not None:
            return Read(said[0], "outcome", 1, said[1], decoded, reading=reading)
        prune(reading)
        extractor, why = recognise(reading)
        try:
            extraction = with_framed_files(reading, extractor(reading))
        except NothingFound as nothing:
            return Read(
                "error:parse", extractor.name, extractor.revision, why, decoded, error=str(nothing), reading=reading
            )
        if extraction.outcome == "ok":
            extraction = judged(reading, normalise(extraction, source.ignore))
        if extraction.outcome != "ok":
            return Read(
                extraction.outcome, extraction.extractor, judged_revision(extraction.revision), extraction.why or why,
                decoded, extraction, error=extraction.why if extraction.outcome.startswith("error:") else None,
                reading=reading,
            )  # fmt: skip
        seen = tuple(_seen(document, page_key, payload) for document in extraction.documents)
        if kind != "page" or source.read or reading.encoding == BINARY:
            skimmed = ""
        elif skimmed is None:
            skimmed = skim(reading.body)
        return Read(
            "ok", extraction.extractor, judged_revision(extraction.revision), extraction.why or why, decoded,
            extraction, seen,
            reading=reading, skim=skimmed,
        )  # fmt: skip
    except NothingFound as unknown:
        return Read("error:unsupported", "none", 0, str(unknown), decoded, error=str(unknown), reading=reading)
    except MemoryError:
        raise  # the limit of the process that reads: it says so, and another process reads the next page
    except Exception as error:
        # one page's reading failed in an unforeseen way: its own outcome, and a line to mend it by
        logs.get("reading").error("reading failed", url=payload.url, error=repr(error), exc_info=error)
        return Read("error:parse", "none", 0, "the reader failed", decoded, error=repr(error), reading=reading)


def reading_of(payload: Payload, source: Source, kind: str) -> tuple[Reading, Decoded]:
    """The payload decoded, with its evidence, ready for an extractor."""
    headers = {name.lower(): value for name, value in payload.headers}
    if (binary := sniff.family(payload.body)) is not None:
        decoded = Decoded("", BINARY, f"the bytes of a {binary} file", None, 0)
    else:
        decoded = decode(payload.body, headers.get("content-type") or payload.media_type)
    media_type = (headers.get("content-type") or payload.media_type or "text/html").partition(";")[0].strip().lower()
    reading = Reading(
        url=payload.url, requested_url=payload.requested_url, text=decoded.text, encoding=decoded.encoding,
        evidence=decoded.evidence, headers=headers, served_at=served_at(headers, payload.fetched_at),
        media_type=media_type, zone=ZoneInfo(source.zone) if source.zone else None, body=payload.body, kind=kind,
        read=source.read, ignore=source.ignore, keep_list=source.keep_list,
    )  # fmt: skip
    return reading, decoded


def served_at(headers: dict[str, str], fetched_at: datetime) -> datetime:
    """The server's clock (the Date header, RFC 9110 section 6.6.1), else ours."""
    try:
        said = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return fetched_at
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)


def _seen(document: Extracted, page_key: str | None, payload: Payload) -> Seen:
    facts, key = document.facts, document.key
    if page_key is not None and key.startswith("page|"):
        key = page_key
        if payload.moved and payload.url != payload.requested_url:
            facts = replace(facts, url=payload.url, extra={**facts.extra, "moved_from": payload.requested_url})
    return Seen(key, document.kind, facts, content_of(document), document.parent_key)


def settings_digest(source: Source) -> str:
    """What of a source's settings decides how its pages are read and which links they lead to."""
    deciding = (source.kind, source.follow, sorted(source.read.items()), source.ignore, source.keep_list, source.zone)
    return hashlib.sha256(json.dumps(deciding, default=str).encode()).hexdigest()[:12]


def derived_with(read_result: Read, source: Source) -> str:
    """How a page's last payload was read, and for a page read as one document its skim; while this stays the same, the
    same payload, or another one with this skim, need not be read again."""
    said = f"{read_result.signature}|{settings_digest(source)}"
    return f"{said}|{read_result.skim}" if read_result.skim else said


def still_current(signature: str | None, source: Source, revisions: Mapping[str, int]) -> bool:
    """Whether a payload read with `signature` would be read the same today, by readers of these `revisions`."""
    if signature is None:
        return False
    extractor, _, rest = signature.partition("|")
    name, _, revision = extractor.rpartition("/")
    now = revisions.get(name)
    as_read = now is not None and str(judged_revision(now)) == revision
    return as_read and rest.partition("|")[0] == settings_digest(source)


def says_the_same(signature: str | None, body: bytes) -> bool:
    """Whether a payload cannot say anything else than the one read with `signature`: only its tokens and clocks
    differ."""
    return signature is not None and signature.count("|") == 2 and signature.rpartition("|")[2] == skim(body)


def is_content(outcome: str) -> bool:
    """Whether versions may be made of a capture with this outcome."""
    return outcome in CONTENT_OUTCOMES


def document_keys(reads: Sequence[Read]) -> tuple[str, ...]:
    """Keys of all documents of several readings, each once, in order."""
    return tuple(dict.fromkeys(seen.key for read_result in reads for seen in read_result.seen))
