"""Memento (RFC 7089): what a page was at a time, asked by a client that others wrote and looked at header by header."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests
from memento_client import MementoClient  # type: ignore[import-untyped]
from requests.adapters import BaseAdapter

from archive import open_writable
from archive.records import Decision, Derivation
from tests.archive.house import SITE, START, fetched, later, watched
from tests.archive.shelf import Shelf
from tests.web.served import Site, served
from tests.web.visitor import visitor

PAGE = SITE + "list.html?id=3&name=%E5%8E%BF"
ROUTES = ("/timegate/", "/timemap/link/", "/timemap/json/")


@pytest.fixture
def travelled(database_url: str) -> str:
    """A page that said three things; between them a refusal, a wall that only reading showed, and the same again."""
    with open_writable(database_url) as writer:
        Shelf(writer, "county")
        page, = watched(writer, "list.html?id=3&name=%E5%8E%BF")
        said: list[tuple[float, str, bytes | None]] = [
            (0, "ok", b"first"), (10, "ok", b"first"), (20, "error:http-5xx", None), (30, "ok", b"please log in"),
            (40, "ok", b"second"), (60.5, "ok", "第三".encode()),
        ]  # fmt: skip
        for minute, outcome, payload in said:
            with writer.begin() as tx:
                path = PAGE.removeprefix(SITE)
                headers = (("Content-Type", "text/html"),)
                capture = tx.record_capture(
                    fetched(page, later(minute), outcome=outcome, path=path, headers=headers), payload
                )
                read = "login-required" if payload == b"please log in" else capture.outcome
                derivation = Derivation(capture.capture_id, "reader", 1, read, later(minute), "utf-8", "strict")
                tx.record_decision(capture, derivation, Decision((), (), ()), later(minute))
    return database_url


class Elsewhere(BaseAdapter):
    """The web of today: whatever is asked there is gone. Nothing leaves this machine."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 404, request.url or "", request
        answer.raw = None
        return answer

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def site(travelled: str) -> Iterator[Site]:
    with served(travelled) as running:
        yield running


@pytest.fixture
def client(site: Site) -> Iterator[MementoClient]:
    with requests.Session() as session:
        session.mount("http://", Elsewhere())
        session.mount(site.address, requests.adapters.HTTPAdapter())
        yield MementoClient(timegate_uri=site.address + "/timegate/", check_native_timegate=False, session=session)


@pytest.mark.parametrize(
    ("asked", "closest", "around"),
    [
        (later(-60), 0, {"first": 0, "next": 40, "last": 60.5}),
        (later(0), 0, {"first": 0, "next": 40, "last": 60.5}),
        (later(39), 0, {"first": 0, "next": 40, "last": 60.5}),
        (later(45), 40, {"first": 0, "prev": 0, "next": 60.5, "last": 60.5}),
        (later(60.5), 60.5, {"first": 0, "prev": 40, "last": 60.5}),
        (later(9999), 60.5, {"first": 0, "prev": 40, "last": 60.5}),
    ],
)
def test_a_client_that_others_wrote_travels_in_time(
    client: MementoClient, site: Site, asked: datetime, closest: float, around: dict[str, float]
) -> None:
    found = client.get_memento_info(PAGE, asked.replace(tzinfo=None))
    assert found["original_uri"] == PAGE
    assert found["timegate_uri"] == f"{site.address}/timegate/{PAGE}"
    mementos = found["mementos"]
    assert mementos["closest"]["http_status_code"] == 200
    said = {name: mementos[name]["datetime"] for name in ("closest", *around)}
    wanted = {name: later(minute).replace(tzinfo=None) for name, minute in {"closest": closest, **around}.items()}
    assert said == wanted
    assert mementos["closest"]["uri"] == [f"{site.address}/memento/{later(closest):%Y%m%d%H%M%S}/{PAGE}"]


def test_the_client_knows_a_memento_for_one(client: MementoClient, site: Site) -> None:
    uri = f"{site.address}/memento/{START:%Y%m%d%H%M%S}/{PAGE}"
    answer = client.session.get(uri)
    assert client.is_memento(uri, answer) and client.is_timegate(f"{site.address}/timegate/{PAGE}")
    assert (answer.content, answer.headers["content-type"]) == (b"first", "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert client.get_original_uri(uri) == PAGE


def test_the_client_is_told_of_an_unknown_page(client: MementoClient) -> None:
    found = client.get_memento_info(SITE + "nowhere", START.replace(tzinfo=None))
    assert "mementos" not in found


def test_a_timegate_redirects_and_says_what_it_goes_by(travelled: str) -> None:
    visit = visitor(travelled)
    answer = visit("/timegate/" + PAGE, headers={"accept-datetime": "Fri, 01 Mar 2024 08:45:00 GMT"})
    assert (answer.status_code, answer.headers["vary"], answer.content) == (302, "accept-datetime", b"")
    assert answer.headers["location"] == f"http://127.0.0.1:8020/memento/20240301084000/{PAGE}"
    assert "memento-datetime" not in answer.headers
    newest = visit("/timegate/" + PAGE)
    assert newest.headers["location"].endswith(f"/memento/20240301090030/{PAGE}")
    for bad in ("yesterday", "2024", "Fri, 41 Mar 2024 08:45:00 GMT"):
        refused = visit("/timegate/" + PAGE, headers={"accept-datetime": bad})
        assert (refused.status_code, "Fri, 01 Mar 2024" in refused.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("POST", "/timegate/" + PAGE, 405), ("GET", "/timemap/cdx/" + PAGE, 404), ("GET", "/feeds/nothing.atom", 404)],
)
def test_a_tool_that_asks_for_what_is_not_served_is_told_so_as_a_problem(
    travelled: str, method: str, address: str, status: int
) -> None:
    answer = visitor(travelled)(address, method=method)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    asked_by_a_person = visitor(travelled)(address, method=method, headers={"accept": "text/html"})
    assert (asked_by_a_person.status_code, "<h1>" in asked_by_a_person.text) == (status, True)


def test_a_timemap_lists_contents_and_nothing_else(travelled: str) -> None:
    visit = visitor(travelled)
    links = visit("/timemap/link/" + PAGE)
    assert links.headers["content-type"] == "application/link-format"
    assert [line.split(";")[0] for line in links.text.splitlines()] == [
        f"<{PAGE}>", f"<http://127.0.0.1:8020/timegate/{PAGE}>", f"<http://127.0.0.1:8020/timemap/link/{PAGE}>",
        *(f"<http://127.0.0.1:8020/memento/{stamp}/{PAGE}>"
          for stamp in ("20240301080000", "20240301084000", "20240301090030")),
    ]  # fmt: skip
    assert 'rel="first memento"; datetime="Fri, 01 Mar 2024 08:00:00 GMT"' in links.text
    assert visit("/timemap/link/" + PAGE, headers={"if-none-match": links.headers["etag"]}).status_code == 304
    said = visit("/timemap/json/" + PAGE).json()
    assert [each["datetime"] for each in said["mementos"]["list"]] == [
        "2024-03-01T08:00:00Z", "2024-03-01T08:40:00Z", "2024-03-01T09:00:30Z",
    ]  # fmt: skip


def test_a_memento_has_the_bytes_its_time_and_its_neighbours(travelled: str) -> None:
    visit = visitor(travelled)
    answer = visit(f"/memento/20240301084000/{PAGE}")
    assert (answer.content, answer.headers["memento-datetime"]) == (b"second", "Fri, 01 Mar 2024 08:40:00 GMT")
    link = answer.headers["link"]
    assert f'<{PAGE}>; rel="original"' in link and 'rel="timegate"' in link and 'rel="timemap"' in link
    assert 'rel="first prev memento"' in link and 'rel="next last memento"' in link
    assert visit(f"/memento/20240301084000/{PAGE}", method="HEAD").headers["memento-datetime"]
    near = visit(f"/memento/20240301085959/{PAGE}")
    assert (near.status_code, near.headers["location"]) == (302, f"http://127.0.0.1:8020/memento/20240301084000/{PAGE}")
    for bad in ("2024", "20241301000000", "2024030108000a"):
        assert visit(f"/memento/{bad}/{PAGE}").status_code == 400
    assert visit(f"/memento/20240301080000/{SITE}nowhere").status_code == 404


@pytest.mark.parametrize(
    "spelling",
    [
        PAGE, PAGE.replace("http://", "http:/"), PAGE.replace("http://", ""), PAGE.replace("county", "COUNTY"),
        SITE + "list.html?name=%E5%8E%BF&id=3",
        "http%3A%2F%2Fcounty.example.org%2Flist.html%3Fid%3D3%26name%3D%25E5%258E%25BF",
    ],
)  # fmt: skip
def test_a_page_is_found_in_whatever_spelling(travelled: str, spelling: str) -> None:
    visit = visitor(travelled)
    for route in ROUTES:
        assert visit(route + spelling).status_code in (200, 302), route
    for nothing in ("", "http://", "http://[x/", "%00", "?x=1"):
        assert visit("/timegate/" + nothing).status_code == 404, nothing


def test_two_contents_in_one_second_are_one_memento(database_url: str) -> None:
    with open_writable(database_url) as writer:
        shelf = Shelf(writer)
        shelf.say("page", "one", at=0, payload=b"one")
        shelf.say("page", "two", at=0.005, payload=b"two")
    visit = visitor(database_url)
    assert len(visit(f"/timemap/json/{SITE}page").json()["mementos"]["list"]) == 1
    assert visit(f"/memento/20240301080000/{SITE}page").content == b"two"


