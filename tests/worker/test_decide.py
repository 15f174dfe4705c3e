from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.records import Content, Facts, Head, Page, Part
from worker.decide import Known, Seen, decide, judge_missing, judge_page, remove, sweep
from worker.settings import Confirm

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
THRICE = Confirm(polls=3, over=6 * HOUR)


def content(text: str) -> Content:
    return Content(content_hash=f"c1:{text}", title="", text=text)


def post(key: str, text: str, **facts: object) -> Seen:
    return Seen(key, "post", Facts(f"http://f.example/{key}", **facts), content(text), "topic")  # type: ignore[arg-type]


def head_of(seen: Seen, number: int = 1, **more: object) -> Head:
    known = Head(
        key=seen.key, document_id=seen.key, kind=seen.kind, number=number, content_hash=seen.content.content_hash,
        facts=seen.facts, state="present", capture_id=1, captured_at=NOON, extractor="x", extractor_revision=1,
        last_seen_at=NOON, parent_key=seen.parent_key,
    )  # fmt: skip
    return replace(known, **more)  # type: ignore[arg-type]


def known(*heads: tuple[Head, Content], earlier: dict[str, dict[str, int]] | None = None) -> Known:
    return Known(
        {head.key: head for head, _ in heads}, {said.content_hash: said for _, said in heads}, earlier or {}
    )  # fmt: skip


def test_a_document_never_seen_is_new() -> None:
    decision = decide([post("p1", "hello")], known(), NOON)
    assert [(r.key, r.change, r.cause, r.writes_version) for r in decision.revisions] == [("p1", "new", "source", True)]


def test_the_same_again_is_a_sighting_and_nothing_else() -> None:
    seen = post("p1", "hello")
    decision = decide([seen], known((head_of(seen), seen.content)), NOON + HOUR)
    assert decision.revisions == () and decision.removals == ()
    assert [(s.key, s.facts) for s in decision.sightings] == [("p1", None)]


def test_a_rough_time_never_replaces_the_finer_one_it_agrees_with() -> None:
    exact = post("p1", "hello", published_at=NOON - 29 * HOUR)
    rough = post("p1", "hello", published_at=NOON - 48 * HOUR, extra={"rough": 86400.0})
    decision = decide([rough], known((head_of(exact), exact.content)), NOON + HOUR)
    assert [sighting.facts for sighting in decision.sightings] == [None]


def test_a_rough_time_corrects_one_it_contradicts_and_yields_to_a_finer_one() -> None:
    wrong = post("p1", "hello", published_at=NOON - 90 * HOUR)
    rough = post("p1", "hello", published_at=NOON - 48 * HOUR, extra={"rough": 86400.0})
    decision = decide([rough], known((head_of(wrong), wrong.content)), NOON + HOUR)
    assert decision.sightings[0].facts == rough.facts
    exact = post("p1", "hello", published_at=NOON - 29 * HOUR)
    decision = decide([exact], known((head_of(rough), rough.content)), NOON + HOUR)
    assert decision.sightings[0].facts == exact.facts


def test_an_edited_post_gets_a_version_and_its_neighbour_none() -> None:
    one, two = post("p1", "old words"), post("p2", "stays")
    decision = decide(
        [replace(one, content=content("new words")), two],
        known((head_of(one), one.content), (head_of(two), two.content)), NOON + HOUR,
    )  # fmt: skip
    assert [(r.key, r.change) for r in decision.revisions] == [("p1", "changed")]
    assert decision.revisions[0].changed_fields
    assert [s.key for s in decision.sightings] == ["p2"]


def edited(was: Seen, now: Seen) -> bool | None:
    decision = decide([now], known((head_of(was), was.content)), NOON + HOUR)
    nature = decision.revisions[0].nature
    assert nature is not None
    return nature.silent


def test_a_post_is_edited_silently_unless_a_new_or_later_edit_notice_comes_with_it() -> None:
    was, now = post("p1", "old words"), post("p1", "new words")
    marked = replace(now, facts=replace(now.facts, edited_at=NOON))
    assert edited(was, now) is True
    assert edited(was, marked) is False
    again = replace(was, facts=marked.facts)
    assert edited(again, marked) is True
    assert edited(again, replace(marked, facts=replace(marked.facts, edited_at=NOON + HOUR))) is False


def test_a_shielded_post_was_not_edited_silently() -> None:
    was, shielded = post("p1", "words"), post("p1", "", hidden=({"kind": "shielded", "text": "shielded"},))
    assert edited(was, shielded) is None and edited(shielded, was) is None


def test_a_shifted_floor_is_a_fact_not_a_version() -> None:
    was, now = post("p1", "hello", floor=5), post("p1", "hello", floor=4)
    decision = decide([now], known((head_of(was), was.content)), NOON + HOUR)
    assert decision.revisions == ()
    assert decision.sightings[0].facts == now.facts


def test_a_return_to_an_earlier_state_names_it() -> None:
    second = post("p1", "second")
    first = replace(second, content=content("first"))
    decision = decide(
        [first],
        known((head_of(second, 2), second.content), earlier={"p1": {"c1:first": 1, "c1:second": 2}}),
        NOON + HOUR,
    )
    assert decision.revisions[0].returns_to == 1


def test_a_capture_older_than_the_head_changes_nothing() -> None:
    seen = post("p1", "now")
    decision = decide([replace(seen, content=content("then"))], known((head_of(seen), seen.content)), NOON - HOUR)
    assert decision.revisions == () and decision.sightings == ()


def test_a_post_that_was_gone_is_back_without_a_version_when_it_says_the_same() -> None:
    seen = post("p1", "hello")
    decision = decide([seen], known((head_of(seen, state="gone"), seen.content)), NOON + HOUR)
    assert [(r.change, r.writes_version) for r in decision.revisions] == [("back", False)]


def test_a_post_that_is_back_with_other_words_gets_a_version() -> None:
    seen = post("p1", "hello")
    decision = decide(
        [replace(seen, content=content("else"))], known((head_of(seen, state="gone"), seen.content)), NOON + HOUR
    )
    assert [(r.change, r.writes_version) for r in decision.revisions] == [("back", True)]


def test_a_topic_in_another_board_moved_and_keeps_its_version() -> None:
    was = Seen("t", "topic", Facts("http://f.example/t", platform_id="1", board="A", board_key="a"), content("t"))
    now = replace(was, facts=replace(was.facts, board="B", board_key="b"))
    decision = decide([now], known((head_of(was), was.content)), NOON + HOUR)
    assert [(r.change, r.writes_version) for r in decision.revisions] == [("moved", False)]
    assert decision.revisions[0].changed_fields == {"board": ["A", "B"]}


def test_our_own_better_reading_is_never_called_the_pages() -> None:
    seen = post("p1", "hello")
    decision = decide(
        [replace(seen, content=content("hello there"))], known((head_of(seen), seen.content)), NOON, "rederived"
    )
    assert [(r.change, r.cause) for r in decision.revisions] == [("changed", "rederived")]


def test_the_same_document_twice_on_a_page_counts_once() -> None:
    assert len(decide([post("p1", "a"), post("p1", "a")], known(), NOON).revisions) == 1


# --- sweeps --------------------------------------------------------------------------------------------------------


def topic(swept_at: datetime | None) -> Head:
    return head_of(Seen("t", "topic", Facts(""), content("t")), missing_counted_at=swept_at)


def parts(*read_at: datetime) -> list[Part]:
    return [Part("t", number, when, 1, 10 + number) for number, when in enumerate(read_at, 1)]


def test_a_sweep_ends_when_every_part_was_read_since_the_last_one() -> None:
    later = NOON + HOUR
    assert sweep(topic(NOON), parts(later, later), 2, later).ended_at == later


def test_a_part_that_could_not_be_read_keeps_the_sweep_open() -> None:
    assert sweep(topic(NOON), parts(NOON + HOUR, NOON), 2, NOON + HOUR).ended_at is None
    assert sweep(topic(NOON), parts(NOON + HOUR), 2, NOON + HOUR).ended_at is None


def test_a_sweep_ends_with_its_latest_reading_in_whatever_order_the_parts_are_settled() -> None:
    """Part 2 was fetched later and settled first: closed at part 1's time, the next sweep would count it as read."""
    first, second = NOON + HOUR, NOON + 2 * HOUR
    ended = sweep(topic(NOON), parts(first, second), 2, first).ended_at
    assert ended == second
    assert sweep(topic(ended), parts(second + HOUR, second), 2, second + HOUR).ended_at is None


def test_parts_beyond_the_topics_end_do_not_count() -> None:
    assert sweep(topic(NOON), parts(NOON + HOUR, NOON), 1, NOON + HOUR).ended_at is not None


def test_the_first_sweep_knows_nobody_to_miss() -> None:
    assert sweep(topic(None), parts(NOON), 1, NOON).since is None


def test_a_missing_post_is_gone_only_when_confirmed_by_number_and_time() -> None:
    seen = post("p1", "hello")
    first = judge_missing([head_of(seen)], THRICE, NOON)
    assert first.removals == () and first.sightings[0].missing_polls == 1 and not first.sightings[0].seen
    early = judge_missing([head_of(seen, missing_since=NOON, missing_polls=2)], THRICE, NOON + HOUR)
    assert early.removals == ()
    late = judge_missing([head_of(seen, missing_since=NOON, missing_polls=2)], THRICE, NOON + 6 * HOUR)
    assert [removal.key for removal in late.removals] == ["p1"]


def test_a_page_is_gone_only_when_confirmed() -> None:
    page = Page(1, "s", "http://a.example/", "k", "a.example", "page", 0, False, False, NOON)
    first = judge_page(page, THRICE, NOON)
    assert (first.polls, first.confirmed) == (1, False)
    assert judge_page(replace(page, missing_since=NOON, missing_polls=2), THRICE, NOON + 6 * HOUR).confirmed
    assert judge_page(page, Confirm(1, timedelta(0)), NOON).confirmed


def test_with_a_topic_its_posts_go_silently() -> None:
    assert [(r.key, r.logged) for r in remove(["t"], ["p1", "p2"]).removals] == [
        ("t", True),
        ("p1", False),
        ("p2", False),
    ]
