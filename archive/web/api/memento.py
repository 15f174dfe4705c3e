"""Memento (RFC 7089) of pages by their URL: what a page was at any time, for tools that travel in time.

    /timegate/URL                       302 to the memento in force at `Accept-Datetime`
    /timemap/link/URL, /timemap/json/URL        all mementos
    /memento/YYYYMMDDhhmmss/URL         the bytes as they were received, sandboxed

A memento is a capture that brought a new content of the page; it is in force until the next one. Two in the same second
are one: the later.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import memento as terms
from archive.errors import NotFound
from archive.export.rows import rfc3339
from archive.web.api.answers import JSON, answer, part_of
from archive.web.api.encoding import encoded
from archive.web.api.of_captures import SANDBOX, content_type
from archive.web.problems import problem
from archive.web.reader import archive_of

if TYPE_CHECKING:
    from archive import Archive

STAMP = "%Y%m%d%H%M%S"
_STAMPED = re.compile(r"\d{14}")
_SCHEME = re.compile(r"(https?):/{1,2}", re.IGNORECASE)
_PLACES = {"timegate": "/timegate/", "link": "/timemap/link/", "json": "/timemap/json/"}


@dataclass(frozen=True, slots=True)
class Travel:
    """The mementos of one page, and where everything about it stands."""

    original: str
    mementos: tuple[terms.Memento, ...]
    """numbers are those of captures"""
    addresses: terms.Addresses
    timemap_json: str

    def at(self, stamp: datetime) -> terms.Memento | None:
        """The memento of exactly that second."""
        return next((memento for memento in self.mementos if memento.at == stamp), None)


def travel(archive: Archive, base: str, url: str) -> Travel:
    """The mementos of the page at a URL, in whatever spelling. `base`: our own address, without a slash at the end.
    Raises NotFound."""
    from archive.listing import mementos_of

    with archive.connect() as connection:
        original, found = mementos_of(connection, url)
    by_second = {at.replace(microsecond=0): number for number, at in found}
    mementos = tuple(terms.Memento(number, at) for at, number in sorted(by_second.items()))
    if not mementos:
        raise NotFound(f"nothing of {original} was ever received as content; /api/v1/captures shows the attempts")
    stamps = {memento.number: memento.at.strftime(STAMP) for memento in mementos}
    shown = _in_address(original)
    addresses = terms.Addresses(
        shown, f"{base}{_PLACES['timegate']}{shown}", f"{base}{_PLACES['link']}{shown}",
        lambda number: f"{base}/memento/{stamps[number]}/{shown}",
    )  # fmt: skip
    return Travel(shown, mementos, addresses, f"{base}{_PLACES['json']}{shown}")


def _in_address(url: str) -> str:
    """A URL as the rest of a path: what would end the path, or stand in no header, is escaped."""
    return quote(url, safe="!$&'()*+,/:;=?@[]~%")


def target(request: Request, prefix: str) -> str:
    """The URL that stands in the address after the prefix, with its query; with a scheme where none was written. Raises
    NotFound for what is none."""
    raw = (request.scope.get("raw_path") or quote(request.url.path).encode()).partition(b"?")[0].decode("latin-1")
    said = raw[len(prefix) :]
    if "://" not in said and "%3a%2f%2f" in said.lower():
        said = unquote(said)
    elif query := request.scope["query_string"].decode("latin-1"):
        said += f"?{query}"
    found = _SCHEME.match(said)
    url = f"{found[1].lower()}://{said[found.end() :]}" if found else f"http://{said}"  # proxies join slashes
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise NotFound(f"{said[:200]!r} is no URL; write {prefix}http://example.org/page")
    return url


Serve = Callable[[Request, "Archive", str], Response]


def _serving(prefix: str, serve: Serve) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        def read() -> Response:
            try:
                return serve(request, archive_of(request), prefix)
            except NotFound as error:
                return problem(request.url.path, 404, str(error))

        return await run_in_threadpool(read)

    return respond


def base_of(request: Request) -> str:
    """Our own address, without a slash at the end."""
    return str(request.base_url).rstrip("/")


def timegate(request: Request, archive: Archive, prefix: str) -> Response:
    """302 to the memento in force at the time asked for."""
    said = request.headers.get("accept-datetime")
    when = None if said is None else terms.accept_datetime(said)
    if said is not None and when is None:
        detail = f"Accept-Datetime {said[:60]!r} is no time; write it as Fri, 01 Mar 2024 08:00:00 GMT"
        refused = problem(request.url.path, 400, detail)
        refused.headers["vary"] = "accept-datetime"
        return refused
    found = travel(archive, base_of(request), target(request, prefix))
    wanted = terms.negotiated(found.mementos, when)
    assert wanted is not None
    headers = terms.timegate_headers(found.mementos, wanted.number, found.addresses)
    return Response(status_code=302, headers={name.lower(): value for name, value in headers.items()})


def timemap_link(request: Request, archive: Archive, prefix: str) -> Response:
    """All mementos, as links."""
    found = travel(archive, base_of(request), target(request, prefix))
    body = terms.timemap(found.mementos, found.addresses).encode("ascii", "xmlcharrefreplace")
    return answer(request, body, terms.LINK_FORMAT)  # no Last-Modified: an import adds mementos of the past


def timemap_json(request: Request, archive: Archive, prefix: str) -> Response:
    """All mementos, as JSON."""
    found = travel(archive, base_of(request), target(request, prefix))
    said = {
        "original_uri": found.original, "timegate_uri": found.addresses.timegate,
        "timemap_uri": {"link_format": found.addresses.timemap, "json_format": found.timemap_json},
        "mementos": {
            "first": _memento(found, found.mementos[:1]), "last": _memento(found, found.mementos[-1:]),
            "list": [_memento(found, (memento,)) for memento in found.mementos],
        },
    }  # fmt: skip
    return answer(request, encoded(said), JSON)


def _memento(found: Travel, one: Sequence[terms.Memento]) -> dict[str, object]:
    memento = one[0]
    return {"datetime": rfc3339(memento.at), "uri": [found.addresses.memento(memento.number)]}


def memento(request: Request, archive: Archive, prefix: str) -> Response:
    """The bytes as they were received then; 302 to the memento in force where there is none of exactly that second."""
    stamp = str(request.path_params["stamp"])
    try:
        when = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) if _STAMPED.fullmatch(stamp) else None
    except ValueError:
        when = None
    if when is None:
        return problem(request.url.path, 400, f"{stamp[:30]!r} is no time; write it as 20240301080000, in UTC")
    found = travel(archive, base_of(request), target(request, f"{prefix}{stamp}/"))
    exact = found.at(when)
    if exact is None:
        nearest = terms.negotiated(found.mementos, when)
        assert nearest is not None
        return Response(status_code=302, headers={"location": found.addresses.memento(nearest.number)})
    capture = archive.capture(exact.number)
    assert capture.payload_digest is not None
    headers = terms.memento_headers(found.mementos, exact.number, found.addresses)
    said = {name.lower(): value for name, value in headers.items()}
    media = content_type(capture, archive.derivation(capture.capture_id))
    said |= {"content-type": media, "content-security-policy": SANDBOX, "x-content-type-options": "nosniff"}
    return part_of(request, archive.payload(capture.payload_digest), tag=capture.payload_digest, headers=said)


ROUTES = [
    Route("/timegate/{url:path}", _serving("/timegate/", timegate), name="timegate"),
    Route("/timemap/link/{url:path}", _serving("/timemap/link/", timemap_link), name="timemap-link"),
    Route("/timemap/json/{url:path}", _serving("/timemap/json/", timemap_json), name="timemap-json"),
    Route("/memento/{stamp}/{url:path}", _serving("/memento/", memento), name="memento"),
]
