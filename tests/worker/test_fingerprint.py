from __future__ import annotations

import gc
import itertools
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.moving import NEWS, PARAGRAPHS, ROWS, County, Thread, content_of_page, moved, reading_of
from worker.fingerprint import margin_of
from worker.judgement import describe

PAGE = County()
SAME = content_of_page(PAGE.html())
BOARD = "http://bbs.example/thread-1-1-1.html"


@pytest.mark.parametrize(
    "noise",
    [
        {"views": 99871},
        {"clock": "Today is Friday, 29 March 2024 08:01:02"},
        {"token": "00ff00ff00ff00ff"},
        {"build": "deadbeef"},
        {"stamp": 1711700000},
        {"banner": "/banners/museum.jpg", "banner_link": "/museum/index.html"},
        {"weather": "Rain 3 °C"},
        {"seconds": "1.204"},
        {"session": "FFFFFFFFFFFFFFFF0000000000000000"},
        {"email": "99aabbccdd"},
        {"socials": ("youtube.com/county", "facebook.com/county", "twitter.com/county")},
        {"online": 412},
        {"classes": "narrow"},
        {"random_id": "v-1"},
        {"menu": ("Home", "Council", "Services", "Jobs", "Contact", "Maps", "Tenders")},
        {"menu": ("Home", "Services", "Council", "Jobs", "Contact", "Maps", "Tenders", "Test update")},
    ],
    ids=lambda noise: "+".join(noise),
)
def test_noise_makes_no_version(noise: dict[str, object]) -> None:
    assert describe(SAME, content_of_page(replace(PAGE, **noise).html())) == {}  # type: ignore[arg-type]
    assert content_of_page(replace(PAGE, **noise).html()).content_hash == SAME.content_hash  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"title": "Weekly case numbers of the county"}, "title"),
        ({"paragraphs": (PARAGRAPHS[0].replace("Thursday", "Friday"), *PARAGRAPHS[1:])}, "text"),
        ({"paragraphs": PARAGRAPHS[:2]}, "text"),
        ({"rows": (("North Ward", "119", "3"), *ROWS[1:])}, "text"),
        ({"rows": (("North Ward", "118", "4"), *ROWS[1:])}, "text"),
        ({"rows": (ROWS[1], ROWS[0], ROWS[2])}, "text"),
        ({"notice": "The help desk is closed on 3 April because of a staff meeting of the whole office."}, "text"),
        ({"report": "/files/2024/figures-week-12b.pdf"}, "attachments"),
        ({"report_name": "Report of week 12 (corrected)"}, "text"),
        ({"chart": "/charts/cases-week-13.png"}, "images"),
        ({"news": (("Clinic closed over the holidays", NEWS[0][1]), *NEWS[1:])}, "text"),
        ({"news": ((NEWS[0][0], "/news/2024/clinic-hours-corrected.html"), *NEWS[1:])}, "links"),
        ({"news": (("New beds in the harbour hospital", "/news/2024/beds.html"), *NEWS)}, "links"),
        ({"updated": "29 March 2024"}, "text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_every_real_change_is_found_and_named(change: dict[str, object], part: str) -> None:
    now = content_of_page(replace(PAGE, **change).html())  # type: ignore[arg-type]
    assert now.content_hash != SAME.content_hash
    assert part in describe(SAME, now)


def test_two_hundred_visits_of_a_page_that_only_fidgets_change_nothing() -> None:
    hashes = {content_of_page(moved(PAGE, seed).html()).content_hash for seed in range(200)}
    assert hashes == {SAME.content_hash}


def test_a_changed_figure_is_found_among_the_fidgets() -> None:
    page = replace(PAGE, rows=(("North Ward", "118", "3"), ("South Ward", "98", "1"), ROWS[2]))
    now = content_of_page(moved(page, 7).html())
    assert describe(SAME, now)["cells"] == [
        ["South Ward | 97", "South Ward | 0"],
        ["South Ward | 98", "South Ward | 1"],
    ]


def test_two_hundred_visits_of_a_forum_thread_kept_as_a_page_change_nothing() -> None:
    hashes = {content_of_page(Thread(seed).html(), BOARD).content_hash for seed in range(200)}
    assert len(hashes) == 1


def test_an_edited_post_of_a_forum_thread_kept_as_a_page_is_a_change() -> None:
    before = content_of_page(Thread(1).html(), BOARD)
    edited = content_of_page(Thread(2, (*Thread().posts[:2], "谢谢楼上，周六我去看。")).html(), BOARD)
    assert describe(before, edited)["text"] == ["谢谢楼上，周五我去看。", "谢谢楼上，周六我去看。"]


BOXES = """<html><head><title>Ward office</title></head><body><nav><a href="/">Home</a></nav>
<main><h1>Ward office</h1>{body}</main>{beside}<footer>© Office</footer></body></html>"""
BODY = "".join(
    f"<p>The ward office answers questions about rent, schools and taxes, room {n} of the hall.</p>" for n in range(8)
)


def margin(beside: str, body: str = BODY) -> tuple[str, ...]:
    return content_of_page(BOXES.format(body=body, beside=beside)).margin


def test_a_boxed_notice_outside_the_main_text_stands_in_the_margin() -> None:
    assert margin("<div class='alert'>From 1 May the office opens at nine o'clock.</div>") == (
        "From 1 May the office opens at nine o'clock.",
    )


def test_what_is_linked_outside_the_main_text_stands_in_the_margin() -> None:
    assert margin("<aside><a href='/plans/2024'>Site plan of 2024</a></aside>") == (
        "Site plan of 2024",
        "link: county.example/plans/2024",
    )


@pytest.mark.parametrize(
    "beside",
    [
        "<div class='share'><a href='https://www.facebook.com/sharer.php?u=x'>Share</a></div>",
        "<div class='left'><ul>"
        + "".join(f"<li><a href='/{a}'>{a}</a>" for a in ("Taxes", "Schools", "Rent", "Parks"))
        + "</ul></div>",
        "<div id='cookie-notice'><p>This site uses cookies.</p><button>Accept</button></div>",
        "<ol class='breadcrumb'><li><a href='/'>Home</a></li><li>Ward office</li></ol>",
        "<div><a href='/shop'><img src='/img/shop-of-the-week.jpg'></a></div>",
    ],
    ids=["share", "menu", "cookies", "breadcrumb", "linked banner"],
)
def test_furniture_stands_nowhere(beside: str) -> None:
    assert margin(beside) == ()


def test_a_banner_that_says_figures_is_no_furniture() -> None:
    assert margin("<div class='hero-banner'><p>0 active cases, 6,809 tests</p></div>") == (
        "0 active cases, 6,809 tests",
    )


def test_cards_of_links_inside_the_main_part_count() -> None:
    cards = "".join(
        f"<h3><a href='/{name}'>{name}</a></h3>" for name in ("Events", "Tests", "Travel", "Schools", "Work")
    )
    before = content_of_page(BOXES.format(body=BODY + cards, beside=""))
    after = content_of_page(BOXES.format(body=BODY + cards.replace("/Travel", "/Travel-abroad"), beside=""))
    assert "links" in describe(before, after) or "margin" in describe(before, after)


def headlines(first: str, target: str) -> str:
    names = (first, *(f"A headline of some length about matter number {n} of the day" for n in range(9)))
    links = "".join(
        f"<a href='{target if name == first else '/h/' + str(at)}'>{name}</a><br>" for at, name in enumerate(names)
    )
    return (
        f"<html><head><title>THE DAILY LINKS</title></head><body><h1>THE DAILY LINKS</h1><div>{links}</div></body>"
        "</html>"
    )


def test_a_page_of_nothing_but_links_is_a_document_where_the_source_says_so() -> None:
    before = content_of_page(headlines("The bridge is open again after the flood", "/h/bridge"))
    reworded = content_of_page(headlines("The bridge is closed again after the flood", "/h/bridge"))
    elsewhere = content_of_page(headlines("The bridge is open again after the flood", "/h/bridge-2"))
    assert len({before.content_hash, reworded.content_hash, elsewhere.content_hash}) == 3


def test_a_figure_of_404_makes_no_page_missing() -> None:
    page = replace(PAGE, rows=(("North Ward", "404", "404"), *ROWS[1:]))
    assert reading_of(page.html()).outcome == "ok"


def test_a_shell_that_is_still_loading_is_no_content() -> None:
    shell = (
        "<html><head><title>Terms</title></head><body><div id='app'><h1>Terms</h1><p>Loading…</p></div></body></html>"
    )
    assert reading_of(shell).outcome == "empty"


def test_a_page_that_still_loads_a_small_part_is_content() -> None:
    assert reading_of(BOXES.format(body=BODY + "<p>Loading…</p>", beside="")).outcome == "ok"


def test_the_same_page_in_gb18030_and_in_utf8_says_the_same() -> None:
    page = Thread(5).html()
    other = page.replace("utf-8", "gbk").encode("gb18030")
    assert content_of_page(other, BOARD).content_hash == content_of_page(page, BOARD).content_hash


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/\"'=& abdiv href nav1234中。\n"), max_size=400))
def test_no_page_breaks_the_judgement(rubbish: str) -> None:
    page = f"<html><body><p>{PARAGRAPHS[0]}</p>{rubbish}<p>{PARAGRAPHS[1]}</p></body></html>"
    first, second = reading_of(page), reading_of(page)
    assert [seen.content.content_hash for seen in first.seen] == [seen.content.content_hash for seen in second.seen]


def test_ten_times_the_page_takes_about_ten_times_the_time() -> None:
    numbers = itertools.count()
    """no line is seen twice: what is remembered of a small page would make it cheap"""

    def seconds(times: int) -> float:
        rows = "".join(
            f"<tr><td>Ward {n}</td><td>{n * 7}</td></tr><div class='box'>Notice {n} of ward {n}</div>"
            for n in itertools.islice(numbers, 100 * times)
        )
        said = reading_of(
            f"<html><head><title>Wards</title></head><body><h1>Wards</h1><table>{rows}</table></body></html>"
        )
        (seen,) = said.seen
        assert said.reading is not None and said.extraction is not None
        fresh = replace(said.extraction.documents[0], margin=())
        gc.disable()  # as timeit does: the heap of all other tests would be looked through in the longer run only
        begun = time.process_time()
        margin_of(said.reading, fresh)
        describe(seen.content, replace(seen.content, text=seen.content.text.replace("7", "8")))
        spent = time.process_time() - begun
        gc.enable()
        return spent

    small = max(min(seconds(10) for _ in range(3)), 0.005)
    assert min(seconds(100) for _ in range(3)) < 20 * small
