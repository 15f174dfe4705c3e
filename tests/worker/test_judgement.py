from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Content
from tests.support.moving import URL, County, reading_of
from tests.support.town import Town
from worker import contenthash
from worker.contenthash import with_hash
from worker.extract import EXTRACTORS
from worker.judgement import agrees, describe, flapping, held, implausible, lines_between, nature_of, sketch
from worker.reading import derived_with, still_current
from worker.settings import Source

NOTICE = with_hash(
    Content(
        "",
        "Water supply",
        "Published 3 May 2024\nThe pipes are new.\nWard | Litres | Hours\nNorth | 120 | 8\nSouth | 95 | 6",
        fields={"published_on": "2024-05-03", "document_number": "12"},
        links=({"url": "http://a.example/plan", "text": "the plan"},),
        images=({"url": "http://a.example/map.png", "alt": ""},),
        attachments=({"url": "http://a.example/f.pdf", "name": "Plan"},),
        margin=("Help desk closed", "link: a.example/desk"),
    )
)


def said(**changed: object) -> dict[str, object]:
    return dict(describe(NOTICE, with_hash(replace(NOTICE, **changed))))  # type: ignore[arg-type]


def text(old: str, new: str) -> str:
    return NOTICE.text.replace(old, new)


def test_nothing_differs_between_equal_contents() -> None:
    assert said() == {}


def test_a_title() -> None:
    assert said(title="Water supplies") == {"title": ["Water supply", "Water supplies"]}


def test_a_sentence_of_the_body_and_how_much_of_it() -> None:
    change = said(text=text("new", "old"))
    assert change["text"] == ["The pipes are new.", "The pipes are old."]
    assert change["share"] == pytest.approx(0.034, abs=0.01)


def test_a_field() -> None:
    assert said(fields={"published_on": "2024-05-03", "document_number": "13"}) == {"document_number": ["12", "13"]}
    assert said(fields={"published_on": "2024-05-03"}) == {"document_number": ["12", None]}


def test_a_table_cell_is_named_with_its_row() -> None:
    change = said(text=text("South | 95", "South | 96"))
    assert change["cells"] == [["South | 95"], ["South | 96"]]
    assert change["text"] == ["South | 95 | 6", "South | 96 | 6"]


def test_a_row_that_came_or_went_is_named_as_one_of_the_table() -> None:
    row = "East | 61 | 4"
    assert said(text=NOTICE.text + f"\n{row}")["cells"] == [[], [row]]
    assert said(text=text("\nSouth | 95 | 6", ""))["cells"] == [["South | 95 | 6"], []]
    assert "cells" not in said(text=NOTICE.text + "\nThe pumps are new, too.")


def test_an_attachment() -> None:
    change = said(attachments=({"url": "http://a.example/g.pdf", "name": "Plan"},))
    assert change == {"attachments": [["Plan <a.example/f.pdf>"], ["Plan <a.example/g.pdf>"]]}


def test_a_link_and_an_image() -> None:
    assert said(links=()) == {"links": [["a.example/plan"], []]}
    image = {"url": "http://a.example/map-2.png", "alt": ""}
    assert said(images=(image,)) == {"images": [["a.example/map.png"], ["a.example/map-2.png"]]}


def test_a_line_of_the_margin() -> None:
    assert said(margin=("Help desk open", "link: a.example/desk")) == {
        "margin": [["Help desk closed"], ["Help desk open"]]
    }


def test_only_the_order() -> None:
    swapped = text("North | 120 | 8\nSouth | 95 | 6", "South | 95 | 6\nNorth | 120 | 8")
    assert said(text=swapped)["order_only"] is True
    assert "order_only" not in said(text=swapped.replace("95", "96"))
    assert said(margin=NOTICE.margin[::-1])["order_only"] is True


@pytest.mark.parametrize(
    "changed",
    [
        {"text": text("3 May 2024", "4 May 2024")},
        {"fields": {**NOTICE.fields, "published_on": "2024-05-04"}},
        {"text": text("3 May 2024", "4 May 2024"), "fields": {**NOTICE.fields, "published_on": "2024-05-04"}},
    ],
)
def test_only_dates(changed: dict[str, object]) -> None:
    assert said(**changed)["date_only"] is True


@pytest.mark.parametrize(
    "changed", [{"text": text("120", "121")}, {"text": text("3 May 2024", "3 May 2024 (corrected)")}, {"links": ()}]
)
def test_a_figure_is_no_date(changed: dict[str, object]) -> None:
    assert "date_only" not in said(**changed)


def test_a_silent_edit_changes_the_text_and_not_the_pages_own_date() -> None:
    assert said(text=text("new", "old"))["silent"] is True
    told = said(text=text("new", "old"), fields={**NOTICE.fields, "published_on": "2024-05-04"})
    assert told["silent"] is False
    assert "silent" not in said(text=text("3 May 2024", "4 May 2024"))


def test_the_nature_names_the_parts_in_their_order_and_what_the_page_said_of_it_itself() -> None:
    changed = said(title="Water", text=text("South | 95", "South | 96"), attachments=(), links=(), images=(), margin=())
    nature = nature_of(changed)
    assert nature is not None and nature.silent is True and nature.only is None
    assert nature.parts == ("title", "body", "table", "attachment", "link", "image", "margin")
    assert nature.share == changed["share"]
    told = nature_of(said(text=text("new", "old"), fields={"published_on": "2024-05-04", "document_number": "12"}))
    assert told is not None and told.silent is False and told.parts == ("body", "field")


def test_the_nature_says_where_nothing_but_dates_or_order_differs() -> None:
    dates = nature_of(said(text=text("3 May 2024", "4 May 2024")))
    assert dates is not None and (dates.only, dates.silent, dates.parts) == ("date", None, ("body",))
    turned = text("North | 120 | 8\nSouth | 95 | 6", "South | 95 | 6\nNorth | 120 | 8")
    order = nature_of(said(text=turned))
    assert order is not None and order.only == "order"


def test_a_page_without_a_date_says_nothing_of_itself_and_our_own_reading_is_never_silent() -> None:
    bare = with_hash(replace(NOTICE, fields={}))
    nature = nature_of(describe(bare, with_hash(replace(bare, text=text("new", "old")))))
    assert nature is not None and nature.silent is None and nature.share
    reread = nature_of(said(text=text("new", "old")), "rederived")
    assert reread is not None and reread.silent is None and reread.parts == ("body",)
    assert nature_of({}) is None


def test_everything_but_the_nature_of_a_change_is_a_pair() -> None:
    change = said(title="x", text="y", fields={}, links=(), images=(), attachments=(), margin=())
    pairs = {name for name, value in change.items() if isinstance(value, list)}
    assert pairs == {
        *("title", "text", "cells", "published_on", "document_number", "links", "images", "attachments", "margin")
    }
    assert all(len(change[name]) == 2 for name in pairs)  # type: ignore[arg-type]


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_lines_between_account_for_every_line(old: list[str], new: list[str]) -> None:
    removed, added = lines_between("\n".join(old), "\n".join(new))
    left, right = "\n".join(old).split("\n"), "\n".join(new).split("\n")
    assert sorted(left + added) == sorted(right + removed)


def content(text: str, title: str = "Water supply") -> Content:
    return with_hash(Content("", title, text))


LONG = content("The pipes are new and the water is back in all wards. " * 40)
WALL = content("The service is busy at the moment. Please come back later.", "Busy")


def test_a_capture_far_shorter_than_usual_is_doubted() -> None:
    assert implausible(LONG, WALL)
    assert implausible(LONG, content("The pipes are new."))


def test_a_capture_about_as_long_is_not() -> None:
    whole_sentences = LONG.text[: LONG.text.rindex(". ", 0, 1200) + 1]
    assert implausible(LONG, content(whole_sentences)) is None
    assert implausible(WALL, LONG) is None


@pytest.mark.parametrize(
    ("shown", "doubted"),
    [
        (LONG.text[:1200], True),
        (LONG.text[:1200] + "\ufffd", True),
        ("全县农村公路养护管理办法自三月起施行，各乡镇应当按期报送计划。" * 9 + "全县农村公路养护", True),
        ("全县农村公路养护管理办法自三月起施行，各乡镇应当按期报送计划。" * 9, False),
        ("全县农村公路养护管理办法自三月起施行，各乡镇应当按期报送计划。" * 9 + "全县公路", False),
    ],
)
def test_a_capture_that_breaks_off_within_a_sentence_is_doubted(shown: str, doubted: bool) -> None:
    whole = (
        LONG
        if shown.startswith("The")
        else content("全县农村公路养护管理办法自三月起施行，各乡镇应当按期报送计划。" * 12)
    )
    assert (implausible(whole, content(shown)) is not None) is doubted
    assert implausible(whole, content(shown), sketch(content(shown))) is None


def test_a_short_document_may_shrink_as_it_likes() -> None:
    assert implausible(WALL, content("Gone.")) is None


def test_a_second_capture_that_looks_the_same_confirms() -> None:
    assert implausible(LONG, WALL, sketch(WALL)) is None
    today, tomorrow = content("Cases: 118. " * 12), content("Cases: 131. " * 12)
    assert implausible(LONG, tomorrow, sketch(today)) is None


def test_a_second_capture_that_looks_otherwise_does_not() -> None:
    assert implausible(LONG, WALL, sketch(content("The pipes are new.")))
    assert not agrees("rubbish", WALL) and not agrees(None, WALL) and not agrees("", WALL)


PAGE = County(paragraphs=County().paragraphs * 4)


def versions(here: Any) -> list[tuple[object, ...]]:
    return here.ask("SELECT version, returns_to FROM document_versions ORDER BY version")  # type: ignore[no-any-return]


def test_a_wall_in_a_pages_place_makes_no_version_and_its_bytes_are_kept(town: Town, watch: Callable[..., Any]) -> None:
    here = watch("/figures.html", kind="page")
    wall = "<html><head><title>Busy</title></head><body><h1>Busy</h1><p>We take a short rest.</p></body></html>"
    for body in (PAGE.html(), wall, PAGE.html()):
        town.says("/figures.html", body)
        here.poll()
    assert versions(here) == [(1, None)]
    assert here.ask("SELECT count(DISTINCT digest) FROM capture_log") == [(2,)]


def test_a_page_that_really_shrank_gets_its_version_with_the_second_capture(
    town: Town, watch: Callable[..., Any]
) -> None:
    here = watch("/figures.html", kind="page")
    short = "<html><head><title>Moved</title></head><body><h1>Moved</h1><p>The figures moved.</p></body></html>"
    for body in (PAGE.html(), short, short):
        town.says("/figures.html", body)
        here.poll()
    assert versions(here) == [(1, None), (2, None)]


def test_a_confirmed_change_is_dated_by_the_capture_that_was_the_first_to_show_it(
    town: Town, watch: Callable[..., Any]
) -> None:
    here = watch("/figures.html", kind="page")
    short = "<html><head><title>Moved</title></head><body><h1>Moved</h1><p>They moved, step {}.</p></body></html>"
    for body in (PAGE.html(), short.format(1), short.format(2), short.format(2)):
        town.says("/figures.html", body)
        here.poll()
    assert versions(here) == [(1, None), (2, None), (3, None)]
    captures = here.ask("SELECT capture_id FROM capture_log ORDER BY fetched_at")
    assert here.ask("SELECT capture_id FROM document_versions ORDER BY version") == captures[:3]


def test_a_return_shares_the_earlier_content_and_names_it(town: Town, watch: Callable[..., Any]) -> None:
    here = watch("/figures.html", kind="page")
    edited = replace(PAGE, notice="The help desk is open again.")
    for page in (PAGE, edited, PAGE):
        town.says("/figures.html", page.html())
        here.poll()
    assert versions(here) == [(1, None), (2, None), (3, 1)]
    [(contents,)] = here.ask("SELECT count(DISTINCT content_hash) FROM document_versions")
    assert contents == 2


def test_a_page_that_serves_two_variants_in_turn_does_not_flap(town: Town, watch: Callable[..., Any]) -> None:
    here = watch("/figures.html", kind="page")
    other = replace(PAGE, notice="Le bureau est ouvert le lundi et le mardi.")
    for visit in range(14):
        town.says("/figures.html", (other if visit % 2 else PAGE).html())
        here.poll()
    assert versions(here) == [(1, None), (2, None), (3, 1)]


def test_a_page_that_returned_and_stays_is_believed(town: Town, watch: Callable[..., Any]) -> None:
    here = watch("/figures.html", kind="page")
    other = replace(PAGE, notice="Le bureau est ouvert le lundi et le mardi.")
    for page in (PAGE, other, PAGE, other, other):
        town.says("/figures.html", page.html())
        here.poll()
    assert versions(here) == [(1, None), (2, None), (3, 1), (4, 2)]


def test_the_more_often_a_page_returned_the_steadier_it_must_be() -> None:
    assert flapping(0, WALL) is None
    assert flapping(1, WALL) and flapping(1, WALL, held(WALL, None)) is None
    assert flapping(2, WALL, held(WALL, None)) and flapping(2, WALL, held(WALL, held(WALL, None))) is None
    assert flapping(2, WALL, held(LONG, held(LONG, None)))


def test_a_better_judgement_makes_every_payload_worth_reading_again(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("s", URL, kind="page")
    before = reading_of(PAGE.html())
    revisions = {before.extractor: EXTRACTORS[before.extractor].revision}
    assert still_current(derived_with(before, source), source, revisions)
    monkeypatch.setattr(contenthash, "JUDGEMENT", contenthash.JUDGEMENT + 1)
    assert not still_current(derived_with(before, source), source, revisions)
    after = reading_of(PAGE.html())
    assert after.revision != before.revision
    assert still_current(derived_with(after, source), source, revisions)


_LINES = st.lists(st.sampled_from(["", " ", "\u200b", "a", "a  b", "甲", "甲 乙", "b甲", "。", "x\u200b"]), max_size=6)


@given(start=_LINES, was=_LINES, now=_LINES, end=_LINES)
def test_a_text_differs_where_it_does_as_it_counts_whatever_both_share(
    start: list[str], was: list[str], now: list[str], end: list[str]
) -> None:
    old, new = "\n".join([*start, *was, *end]), "\n".join([*start, *now, *end])
    assert ("text" in said_of(old, new)) == (contenthash.canonical(old) != contenthash.canonical(new))


def said_of(old: str, new: str) -> dict[str, object]:
    return dict(describe(replace(NOTICE, text=old), replace(NOTICE, text=new)))
