from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.moving import NEWS, PARAGRAPHS, ROWS, County, moved, reading_of
from tests.support.town import Town
from worker import poll
from worker import skim as skimming
from worker.skim import BLOCKS, skim

PAGE = County()


def skimmed(page: County) -> str:
    return skim(page.html().encode())


def test_the_skim_names_its_recipe() -> None:
    assert skimmed(PAGE).startswith("s4:")


@pytest.mark.parametrize(
    "noise",
    [
        {"token": "00ff00ff00ff00ff"},
        {"build": "deadbeef"},
        {"stamp": 1711700000},
        {"session": "FF" * 16},
        {"classes": "narrow"},
        {"random_id": "v-1"},
        {"seconds": "1.204"},
        {"clock": "Today is Friday, 29 March 2024 08:01:02"},
        {"views": 3},
        {"email": "99aabbccdd"},
        {"online": 4},
    ],
    ids=lambda noise: next(iter(noise)),
)
def test_tokens_and_clocks_are_not_in_it(noise: dict[str, Any]) -> None:
    assert skimmed(replace(PAGE, **noise)) == skimmed(PAGE)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Weekly numbers"},
        {"paragraphs": PARAGRAPHS[:2]},
        {"rows": (("North Ward", "119", "3"), *ROWS[1:])},
        {"report": "/files/2024/figures-week-12b.pdf"},
        {"chart": "/charts/cases-week-13.png"},
        {"updated": "29 March 2024"},
        {"news": ((NEWS[0][0], "/news/2024/corrected.html"), *NEWS[1:])},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_a_page_says_is_in_it(change: dict[str, Any]) -> None:
    assert skimmed(replace(PAGE, **change)) != skimmed(PAGE)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_same_skim_means_the_same_content(one: int, other: int) -> None:
    first, second = moved(PAGE, one).html().encode(), moved(PAGE, other).html().encode()
    if skim(first) == skim(second):
        hashes = {seen.content.content_hash for body in (first, second) for seen in reading_of(body).seen}
        assert len(hashes) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"<p>1,204 cases</p>", b"<p>1,205 cases</p>"),
        (b"<p>a</p>\n<p>b</p>", b"<p>b</p>\n<p>a</p>"),
        (b"<p hidden>a</p>", b"<p>a</p>"),
        (b"<p style='display:none'>a</p>", b"<p>a</p>"),
        (b"<p><a\nhref='/a'>x</a></p>", b"<p><a\nhref='/b'>x</a></p>"),
        (
            b"<script>document.write('<a href=\"/a.pdf\">x</a>')</script>",
            b"<script>document.write('<a href=\"/b.pdf\">x</a>')</script>",
        ),
        (
            b'<script type="application/ld+json">{"dateModified":"1"}</script>',
            b'<script type="application/ld+json">{"dateModified":"2"}</script>',
        ),
        (
            b'<SCRIPT TYPE="application/ld+json">{"dateModified":"1"}</SCRIPT>',
            b'<SCRIPT TYPE="application/ld+json">{"dateModified":"2"}</SCRIPT>',
        ),
        (
            b'<script type="application/LD+JSON">{"dateModified":"1"}</script>',
            b'<script type="application/LD+JSON">{"dateModified":"2"}</script>',
        ),
        (b"<!-- <p>never closed a", b"<!-- <p>never closed b"),
        (b"<meta name='PubDate' content='2024-03-01'>", b"<meta name='PubDate' content='2024-03-02'>"),
        (b"<meta name='PubDate' content='2024-03-01'>", b"<meta name='BuildDay' content='2024-03-01'>"),
        (
            b"<META content='11620000MB123456/2026-00012' property='dcterms.identifier'>",
            b"<META content='11620000MB123456/2026-00013' property='dcterms.identifier'>",
        ),
        (
            b"<meta name='PubDate' content='2024-03-01 10:30:00'>",
            b"<meta name='PubDate' content='2024-03-02 10:30:00'>",
        ),
        (b"<time datetime='2024-03-01T10:30:00Z'>March</time>", b"<time datetime='2024-03-02T10:30:00Z'>March</time>"),
        (b"<p>Bids by <b>2024-03-01 10:30:00</b></p>", b"<p>Bids by <b>2024-03-09 10:30:00</b></p>"),
        (b"<p>Bids by\n<b>2024-03-01 10:30:00</b>\n</p>", b"<p>Bids by\n<b>2024-03-09 10:30:00</b>\n</p>"),
        (
            b"<table><tr><td>Bids by</td><td>2024-03-01 10:30:00</td></tr></table>",
            b"<table><tr><td>Bids by</td><td>2024-03-09 10:30:00</td></tr></table>",
        ),
        (
            b"<table>\n<tr><td>Bids by</td>\n<td>\n<p>2024-03-01 10:30:00</p>\n</td></tr></table>",
            b"<table>\n<tr><td>Bids by</td>\n<td>\n<p>2024-03-09 10:30:00</p>\n</td></tr></table>",
        ),
        (
            b"<table><tr><td>Fee</td><td>waived</td></tr><tr><td>Fine</td></tr></table>",
            b"<table><tr><td>Fee</td></tr><tr><td>waived</td><td>Fine</td></tr></table>",
        ),
        (b"<table><tr><td>Fee</td><td></td><td>1</td>", b"<table><tr><td>Fee</td><td>1</td><td></td>"),
        (b"<table><tr><th>Fee</th><td>1</td>", b"<table><tr><td>Fee</td><td>1</td>"),
        (b"<table><tr><td rowspan=2>Fee</td>", b"<table><tr><td>Fee</td>"),
        (b"<p>Keep below <b>25\xc2\xb0C</b></p>", b"<p>Keep below <b>8\xc2\xb0C</b></p>"),
        (
            b"<table>" + b"<tr><td></td></tr>" * 300 + b"<tr><td><p>2024-03-01 10:30:00</p></td></tr>",
            b"<table>" + b"<tr><td></td></tr>" * 300 + b"<tr><td><p>2024-03-09 10:30:00</p></td></tr>",
        ),
    ],
)
def test_what_readers_look_at_makes_another_skim(one: bytes, other: bytes) -> None:
    assert skim(b"<html><body>" + one) != skim(b"<html><body>" + other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"<p>Views: <b>12</b></p>", b"<p>Views: <b>13</b></p>"),
        (b"<div>2024-03-01 10:30:00</div>", b"<div>2024-03-01 10:30:07</div>"),
        (
            b"<table><tr><td>a</td></tr></table>\n<p>Views: 12</p>",
            b"<table><tr><td>a</td></tr></table>\n<p>Views: 13</p>",
        ),
    ],
)
def test_counters_and_clocks_that_stand_alone_are_not_in_it(one: bytes, other: bytes) -> None:
    assert skim(b"<html><body>" + one) == skim(b"<html><body>" + other)


@pytest.mark.parametrize("block", sorted(name.decode() for name in BLOCKS - {b"html", b"body"}))
@pytest.mark.parametrize(
    "around",
    [
        "<div>Bids by</div><{0}>{1}</{0}><p>at the hall</p>",
        "<p>Bids by<{0}>{1}</{0}> at the hall</p>",
        "<div>Bids by <{0}>{1}</{0}></div>",
        "<dl><dt>Bids by</dt><{0}>{1}</{0}></dl>",
    ],
)
def test_a_clock_is_left_out_only_where_readers_leave_it_out(block: str, around: str) -> None:
    def page(time: str) -> bytes:
        words = "".join(f"<p>The council sells {n} old carts to whoever offers most for them.</p>" for n in range(9))
        return f"<html><body><h1>Carts</h1>{words}{around.format(block, time)}</body></html>".encode()

    one, other = page("2024-03-01 10:30:00"), page("2024-03-09 10:30:00")
    if skim(one) == skim(other):
        first, second = (reading_of(body) for body in (one, other))
        assert [seen.content.content_hash for seen in first.seen] == [seen.content.content_hash for seen in second.seen]


@pytest.mark.parametrize("opening", [b"<script ", b'<script type="application/ld+json">'])
def test_scripts_that_never_end_are_passed_over_once(opening: bytes) -> None:
    """The daemon itself skims, and an expression lets no other thread run: each opening looked through the rest of the
    page took hours."""
    page = b"<html><body>ld+json" + opening * 100_000
    assert skim(page + b"a") != skim(page + b"b")


def test_bytes_that_are_no_page_are_skimmed_whole() -> None:
    assert skim(b"%PDF-1.4 a") != skim(b"%PDF-1.4 b")


@given(st.text(min_size=1), st.text(min_size=1))
def test_other_words_make_another_skim(one: str, other: str) -> None:
    def page(words: str) -> bytes:
        return f"<html><body><p>=={words.replace('<', '').replace('>', '')}==</p>".encode("utf-8", "ignore")

    if "".join(one.split()) != "".join(other.split()) and skim(page(one)) == skim(page(other)):
        first, second = (reading_of(page(words)) for words in (one, other))
        assert [seen.content.content_hash for seen in first.seen] == [seen.content.content_hash for seen in second.seen]


def test_a_page_that_only_fidgets_is_read_once(
    town: Town, watch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[str] = []
    read = poll.read_apart
    monkeypatch.setattr(poll, "read_apart", lambda payload, *how: readings.append(payload.url) or read(payload, *how))
    here = watch("/figures.html", kind="page")
    for seed in range(4):
        page = replace(PAGE, token=f"{seed:016x}", views=seed, stamp=1711629045 + seed)
        town.says("/figures.html", page.html())
        here.poll()
    assert len(readings) == 1
    assert len(here.changes()) == 1
    assert here.ask("SELECT count(*) FROM capture_log") == [(4,)]
    [(last_seen, last_fetched)] = here.ask(
        "SELECT last_seen_at, (SELECT max(fetched_at) FROM capture_log) FROM current_documents"
    )
    assert last_seen == last_fetched


def test_a_page_says_the_same_however_it_is_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"<tr><td>{number}</td><td>Ward {number}</td></tr>" for number in range(300))
    boxes = "".join(f"<div><p>Notice {number}</p></div>" for number in range(300))
    lines = "".join(f"<p>Line {number}</p>{end}" for number in range(300) for end in ("\r\n", "\n"))
    page = f"<html><body>\r\n<table>{rows}</table>{boxes}\n{lines}</body></html>".encode()
    parted = skim(page)
    assert len(skimming._parts(page, skimming._SEAMS)) > 100
    monkeypatch.setattr(skimming, "_parts", lambda body, seams: [body])
    assert skim(page) == parted
