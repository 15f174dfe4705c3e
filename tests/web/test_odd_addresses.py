"""Addresses and headers that nobody means well by, or that a program made: told what is wrong with them, never a bug of
ours. On both databases: a number, a letter or a time may be one that only one of them cannot take."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from archive import open_writable
from archive.digest import document_id_of
from archive.export.atom import page_iri
from archive.records import Content, Facts, FoundPage
from tests.archive.board import TOPIC, Board
from tests.archive.house import SITE, START, fetched, later
from tests.archive.shelf import Shelf
from tests.web.visitor import Visit, visitor

HUGE = "9" * 30
NOTICE, THREAD = f"/documents/{document_id_of('notice')}", f"/topics/{document_id_of(TOPIC)}"
BEYOND = ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2300")
SEARCH = "/api/v1/search?q=a&cursor="


@pytest.fixture
def kept(database_url: str) -> str:
    with open_writable(database_url) as writer:
        shelf = Shelf(writer, "county")
        shelf.say("notice", "The bridge is closed.", at=0, payload=b"one")
        shelf.say("notice", "The bridge is open.", at=5, payload=b"two")
        Board(writer).post(1, "noon")
    return database_url


@pytest.fixture
def visit(kept: str) -> Iterator[Visit]:
    yield visitor(kept)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/changes?path=1", 200), ("/search?path=1&self=2&request=3", 200), (f"/pages/{HUGE}", 404),
        (f"/pages/{'9' * 19}", 404), ("/pages/%C2%B2", 404), ("/pages/-1", 404), ("/pages/1?before=%D9%A1", 400),
        ("/sources/county?after=%C2%B2", 400), (f"/sources/county?after={HUGE}", 400), ("/sources/%00", 404),
        ("/documents/%00", 404), ("/topics/a%00b", 404), (f"{THREAD}?post=%00", 404), (f"{THREAD}?page=9", 400),
        ("/search?q=source:%00", 200), ("/search?q=a%00b", 200), (f"/search?q=a&cursor={HUGE}%2B0", 400),
        ("/search?q=a&cursor=1%2B-5", 400), ("/search?q=a&versions=1&cursor=1_0%2B0", 400),
        (SEARCH + base64.urlsafe_b64encode(f'"{HUGE}+0"'.encode()).decode(), 400), ("/changes?source=%00", 200),
    ],
)  # fmt: skip
def test_a_number_or_letter_that_a_database_cannot_take(visit: Visit, address: str, status: int) -> None:
    assert visit(address).status_code == status


@pytest.mark.parametrize("said", ["{0}", "{x}", "{", "{said.__class__}", "%s"])
@pytest.mark.parametrize(
    "address",
    [f"{NOTICE}?version=", f"{NOTICE}?at=", f"{NOTICE}/compare?view=", f"{THREAD}?page=", "/changes?since=",
     "/changes?kind=", "/changes?before=", "/captures/1/text?line=", "/pages/1?before=", "/search?q=since:"],
)  # fmt: skip
def test_what_an_address_says_is_no_format_of_ours(visit: Visit, address: str, said: str) -> None:
    answer = visit(address + said.replace("%", "%25"))
    assert answer.status_code == 400
    assert said in answer.text


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_refused(kept: str, zone: str, day: str) -> None:
    there = visitor(kept, zone=zone)
    for address in (f"{NOTICE}?at=", f"{THREAD}?at=", "/changes?since=", "/changes?until="):
        answer = there(address + day)
        assert (answer.status_code, day in answer.text) == (400, True), address
    for address in ("/feeds/changes.atom?until=", "/api/v1/changes?since=", f"/api/v1{NOTICE}/at?at="):
        assert there(address + day).status_code < 500, address


@pytest.mark.parametrize("when", BEYOND)
def test_a_header_beyond_the_calendar_is_no_time(visit: Visit, when: str) -> None:
    assert visit(f"/timegate/{SITE}notice", headers={"accept-datetime": when}).status_code == 400
    for address in (f"/timemap/link/{SITE}notice", "/feeds/changes.atom", "/api/v1/captures/1/payload"):
        answer = visit(address, headers={"if-modified-since": when})
        assert answer.status_code in (200, 304), address
    assert visit("/api/v1/captures/1/payload", headers={"if-modified-since": BEYOND[0]}).status_code == 200


@pytest.mark.parametrize(
    "address", [f"/api/v1{NOTICE}/at", f"/timemap/link/{SITE}notice", f"/timemap/json/{SITE}notice"]
)
def test_what_may_change_without_growing_newer_is_known_by_its_tag_alone(visit: Visit, address: str) -> None:
    """A better reading has the time of its capture, an import times of the past: a time would hide both."""
    answer = visit(address)
    assert answer.status_code == 200 and "last-modified" not in answer.headers
    assert visit(address, headers={"if-modified-since": "Fri, 01 Mar 2199 08:00:00 GMT"}).status_code == 200
    assert visit(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_a_url_that_fits_no_header_is_escaped_there(kept: str) -> None:
    url = SITE + '县>"a.html'
    with open_writable(kept) as writer, writer.begin() as tx:
        tx.add_pages([FoundPage("county", url, "page", depth=1)], START)
        page = tx.page_by_url(url)
        assert page is not None
        tx.record_capture(fetched(page.page_id, later(1), path=url.removeprefix(SITE)), b"seen")
    there = visitor(kept)
    shown = SITE + "%E5%8E%BF%3E%22a.html"
    asked = quote(url, safe="")
    for address in ("/timegate/", "/memento/20240301080100/"):
        answer = there(address + asked)
        assert answer.status_code in (200, 302), answer.text
        assert f'<{shown}>; rel="original"' in answer.headers["link"]
    assert f'<{shown}>; rel="original"' in there("/timemap/link/" + asked).text


def test_a_database_server_that_is_not_reached_is_not_called_empty(unused_port: int) -> None:
    """It said that there is no archive yet, and to make one."""
    there = visitor(f"postgresql+psycopg://somebody:hidden@127.0.0.1:{unused_port}/archive")
    answer = there("/api/v1/stats")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "did not answer" in answer.text and "hidden" not in answer.text


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.example/x?y=z&\u53bf#1", "https://a.example/x?y=z&\u53bf#1"), ("http://[::1]/x", "http://[::1]/x"),
        ('http://a.example/"x" {y}|\\<z>', "http://a.example/%22x%22%20%7By%7D%7C%5C%3Cz%3E"), ("http://[::1/", None),
        ("http:///x", None), ("javascript:window.ran=1", None), ("data:text/html,x", None), ("", None),
    ],
)  # fmt: skip
def test_a_feed_links_to_addresses_only(url: str, linked: str | None) -> None:
    assert page_iri(url) == linked


def test_a_feed_links_to_nothing_that_could_run(kept: str) -> None:
    with open_writable(kept) as writer:
        content = Content("c1:odd", "odd", "Where it stands is no page.")
        Shelf(writer, "county").keep("odd", content, at=9, kind="notice", facts=Facts("javascript:window.ran=1"))
    there = visitor(kept)
    for address in ("/feeds/changes.atom", "/feeds/sources/county.atom"):
        feed = there(address).text
        assert "<title>New: odd</title>" in feed and 'href="javascript' not in feed
        assert f'<link rel="alternate" href="{SITE}notice"/>' in feed
