"""Every hostile document, its versions compared, its body as text and as it looked, and a topic of hostile posts, in a
real Chromium: no script runs, no request goes to another host, nothing stands out of a telephone's window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import open_archive, open_writable
from archive.digest import document_id_of
from archive.records import Content, Facts
from archive.web.topics import ROWS
from tests.archive.board import TOPIC, Board
from tests.archive.shelf import Shelf
from tests.web.showcase import ELSEWHERE, HOSTILE, filled

browser = pytest.importorskip("tests.web.browser", reason="no playwright here: make setup", exc_type=ImportError)
pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.WHERE_TO_GET_IT)

BODY = """<!doctype html><html><head><title>x</title><meta http-equiv="refresh" content="0;url={0}/refresh">
<link rel="stylesheet" href="{0}/a.css"><link rel="preconnect" href="{0}"><link rel="dns-prefetch" href="{0}">
<link rel="prefetch" href="{0}/p"><base href="{0}/"><script>parent.ran = top.ran = window.ran = 1</script>
<style>@import "{0}/b.css"; body {{ background: url({0}/c.png) }} @font-face {{ font-family: q; src: url({0}/f) }}
p {{ font-family: q }}</style></head><body onload="top.ran=1" background="{0}/d.gif"><p>{1}</p>
<img src="{0}/e.gif" onerror="top.ran=1"><iframe src="{0}/f"></iframe><object data="{0}/g"></object>
<form action="{0}/h" id="f"><input autofocus onfocus="top.ran=1"></form><script>document.forms.f.submit()</script>
<svg onload="top.ran=1"><image href="{0}/i.svg"/></svg><video src="{0}/j" poster="{0}/k"></video>
<a href="{0}/l" id="away" ping="{0}/m">away</a><a href="javascript:top.ran=1" id="run">run</a></body></html>"""


@pytest.fixture(scope="module")
def showcase(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("hostile") / "archive.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    with open_writable(url) as writer:
        filled(writer)
        Shelf(writer, "page").say(
            "body", "a hostile body", at=9000, payload=BODY.format(ELSEWHERE, "what it says").encode(), source="page"
        )  # fmt: skip
        _topic(Board(writer, HOSTILE[0], Facts(HOSTILE[1], author=HOSTILE[2], board=HOSTILE[3])))
    return url


def _topic(board: Board) -> None:
    for number, text in enumerate(HOSTILE):
        entries = ({"url": text, "name": text, "alt": text},)
        facts = Facts(
            text, author=text[:300], floor=number, quotes=({"author": text, "text": text},), code=(text,),
            hidden=({"text": text},),
        )  # fmt: skip
        for markdown in (None, f"# {text}\n\n> {text}\n\n[{text}]({text})\n\n| {text} |\n| --- |\n\n![{text}]({text})"):
            name = f"c1:{number}{bool(markdown)}"
            content = Content(name, "", text, attachments=entries, images=entries, markdown=markdown)
            board.post(number, "", "changed" if markdown else "new", facts=facts, content=content)
    board.take_away(*range(0, len(HOSTILE), 5))


@pytest.fixture(scope="module")
def site(showcase: str) -> Iterator[str]:
    with browser.serving(showcase) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.chromium() as opened:
        yield opened


def looked_at(site: str, chromium: Any, addresses: list[str], framed: bool = False) -> None:
    """Opens every address on a telephone, with all that can be opened on it. `framed`: a stored page's own style sheets
    may ask for what the policy then stops."""
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    seen = browser.watched(page, site)
    for address in addresses:
        answer = page.goto(site + address, wait_until="load")
        assert answer.status == 200, address
        page.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")
        assert page.evaluate(browser.RUNS) == [], address
        assert page.evaluate(browser.TOO_WIDE) == [], address
        assert (seen.foreign, [said for said in seen.complaints if not (framed and stopped(said))]) == ([], []), address
    context.close()


def stopped(said: str) -> bool:
    """Whether the browser says that the policy stopped a style sheet from fetching."""
    return "Content Security Policy" in said and ("style-src" in said or "default-src" in said or "img-src" in said)


def test_hostile_documents_are_inert(site: str, chromium: Any) -> None:
    ids = [document_id_of(f"hostile/{number}") for number in range(len(HOSTILE))]
    looked_at(site, chromium, [f"/documents/{known}" for known in ids])
    views = ("inline", "side")
    looked_at(site, chromium, [f"/documents/{known}/compare?view={views[n % 2]}" for n, known in enumerate(ids)])


def test_a_topic_of_hostile_posts_is_inert(showcase: str, site: str, chromium: Any) -> None:
    topic = document_id_of(TOPIC)
    with open_archive(showcase) as archive:
        pages = archive.thread(topic, 1, ROWS).pages
    assert pages > 1
    looked_at(site, chromium, [f"/topics/{topic}?page={number}" for number in range(1, pages + 1)])
    looked_at(site, chromium, [f"/topics/{topic}?at=2024-03-01T09:00", f"/documents/{topic}"])


def test_hostile_bodies_are_inert_as_text_and_as_they_looked(showcase: str, site: str, chromium: Any) -> None:
    with open_archive(showcase) as archive:
        captures = [archive.version(document_id_of(f"hostile/{number}")).capture_id for number in range(len(HOSTILE))]
    looked_at(site, chromium, [f"/captures/{capture}/text" for capture in captures])
    looked_at(site, chromium, [f"/captures/{capture}/look" for capture in captures], framed=True)


def test_a_body_made_to_break_out_of_its_frame_stays_in_it(showcase: str, site: str, chromium: Any) -> None:
    with open_archive(showcase) as archive:
        capture = archive.version(document_id_of("body")).capture_id
    context = chromium.new_context()
    page = context.new_page()
    seen = browser.watched(page, site)
    page.goto(f"{site}/captures/{capture}/look", wait_until="load")
    frame = page.frame_locator("iframe.look")
    assert frame.locator("p").inner_text() == "what it says"
    frame.locator("#away").click(force=True)
    frame.locator("#run").click(force=True)
    page.wait_for_timeout(300)
    assert page.url == f"{site}/captures/{capture}/look"
    assert [one.url for one in page.frames] == [page.url, f"{site}/captures/{capture}/view"]
    assert page.evaluate("window.ran") is None
    assert (seen.foreign, [said for said in seen.complaints if not stopped(said)]) == ([], [])
    context.close()


def test_the_policy_alone_would_hold_it(
    showcase: str, site: str, chromium: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the page not written anew, its own policy would still let nothing run and nobody be asked."""
    monkeypatch.setattr("archive.web.looked.harmless", lambda page: page)
    with open_archive(showcase) as archive:
        capture = archive.version(document_id_of("body")).capture_id
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []

    def noted(route: Any) -> None:
        asked.append(route.request.url)
        route.continue_()

    page.route("**/*", noted)
    page.goto(f"{site}/captures/{capture}/look", wait_until="load")
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    assert [url for url in asked if url.startswith(ELSEWHERE)] == []
    context.close()
