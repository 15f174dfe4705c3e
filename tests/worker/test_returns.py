"""Posts that shift, go and come back while other pages of their topic stay the very same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from archive import open_archive
from archive.records import Page
from tests.support.played import Game
from worker.settings import Confirm

Play = Callable[..., Game]


@pytest.fixture
def play(database_url: str) -> Iterator[Play]:
    games: list[Game] = []

    def begin(posts: int, confirm: Confirm) -> Game:
        game = Game(database_url, confirm=confirm)
        games.append(game)
        game.rests(1)
        game.opens(0, 0)
        for words in range(1, posts):
            game.replies(0, words)
        game.passes(10)
        return game

    yield begin
    for game in games:
        game.close()


def told(game: Game) -> list[tuple[str, str, str]]:
    """(kind, document kind, number) of every change but the first sight."""
    with open_archive(game.writer.url) as archive:
        numbers = {document.document_id: str(document.facts.platform_id) for document in archive.documents()}
        changes = [(c.kind, c.document_kind, numbers[c.document_id]) for c in archive.changes_after()]
    return [change for change in changes if change[0] != "new"]


def test_posts_of_page_2_are_back_with_their_topic_though_page_2_never_changed(play: Play) -> None:
    game = play(4, Confirm(1, timedelta(0)))
    game.removes(0)
    first, second = (page for page in game.pages("thread-11-") if page.part in (1, 2))
    game.poll(first)
    assert told(game) == [("gone", "topic", "11")]
    game.returns(0)
    game.poll(game.page(first))
    game.poll(game.page(second))
    assert told(game)[1:] == [
        ("back", "topic", "11"), ("back", "post", "101"), ("back", "post", "102"), ("back", "post", "103"),
        ("back", "post", "104"),
    ]  # fmt: skip
    assert list(game.disagreements(settled=True)) == []


def test_a_page_beyond_the_end_that_shows_the_last_one_takes_no_post_from_it(play: Play) -> None:
    """Page 2 of a topic that has one page left shows page 1; page 1, never changing, goes on to hold its posts."""
    game = play(3, Confirm(2, timedelta(minutes=90)))
    game.deletes(0)
    game.quiets()
    assert told(game) == [("gone", "post", "102")]
    assert list(game.disagreements(settled=True)) == []


def test_a_post_that_moved_up_and_back_is_seen_where_it_stood(play: Play) -> None:
    """It moved to page 1 and back before page 2 was visited: page 2 comes back unchanged, and holds it again."""
    game = play(4, Confirm(2, timedelta(minutes=90)))
    first, second = (page for page in game.pages("thread-11-") if page.part in (1, 2))
    game.deletes(0)
    game.poll(first)
    game.restores(0)
    for _ in range(4):
        game.now += timedelta(hours=1)
        game.poll(game.page(first))
        game.poll(game.page(second))
    assert told(game) == []
    assert list(game.disagreements(settled=True)) == []


def test_a_topic_that_grows_to_as_many_replies_as_before_has_its_second_page_read_again(play: Play) -> None:
    """Page 2 was found to be none and left alone; the same number of replies as before leads there again."""
    game = play(3, Confirm(1, timedelta(0)))
    game.deletes(1)
    game.passes(150)
    assert told(game) == [("gone", "post", "103")]
    game.replies(0, 7)
    game.passes(300)
    assert list(game.disagreements(settled=True)) == []


def test_a_page_that_is_wanted_again_while_it_is_found_to_be_none_is_not_left_alone(play: Play) -> None:
    game = play(3, Confirm(1, timedelta(0)))
    second = game.pages("thread-11-2")[0]
    game.deletes(1)
    answer = game.fetches(second)
    game.replies(0, 7)
    game.replies(0, 8)
    game.poll(game.pages("thread-11-1")[0])
    game.keeps(second, answer)
    game.passes(300)
    assert list(game.disagreements(settled=True)) == []


def test_a_post_that_moved_up_and_back_is_seen_where_it_stood_though_the_fetches_crossed(play: Play) -> None:
    """Page 2 was fetched before the post moved up to page 1 and is read only after page 1 was."""
    game = play(4, Confirm(2, timedelta(minutes=90)))
    first, second = (page for page in game.pages("thread-11-") if page.part in (1, 2))
    before = game.fetches(game.page(second))
    game.now += timedelta(minutes=1)
    game.deletes(0)
    game.poll(game.page(first))
    game.keeps(second, before)
    game.restores(0)
    for _ in range(4):
        game.now += timedelta(hours=1)
        game.poll(game.page(first))
        game.poll(game.page(second))
    assert told(game) == []


def test_a_post_that_slipped_to_a_page_read_before_is_not_gone(play: Play) -> None:
    """Page 1 was read, a post of it taken down, page 2 read: the post that moved up was on neither."""
    game = play(4, Confirm(1, timedelta(0)))
    first, second = (page for page in game.pages("thread-11-") if page.part in (1, 2))
    game.now += timedelta(hours=1)
    game.poll(game.page(first))
    game.deletes(0)
    game.poll(game.page(second))
    assert told(game) == []
    assert game.page(first).next_poll_at <= game.now < game.page(second).next_poll_at
    game.tick()
    assert told(game) == [("gone", "post", "102")]
    game.passes(600)
    assert told(game) == [("gone", "post", "102")]
    assert list(game.disagreements(settled=True)) == []


@pytest.mark.parametrize("swept", [True, False])
def test_a_post_that_stood_again_and_pushed_another_over_the_edge_makes_no_gone(play: Play, swept: bool) -> None:
    """Page 2 was read, a post of page 1 restored, page 1 read: the one it pushed to page 2 was on neither."""
    game = play(4, Confirm(1, timedelta(0)))
    first, second = (page for page in game.pages("thread-11-") if page.part in (1, 2))
    game.deletes(0)
    game.passes(600)
    game.now += timedelta(hours=1)
    if swept:  # the sweep before may still wait for page 2
        game.poll(game.page(second))
    game.poll(game.page(second))
    game.restores(0)
    game.poll(game.page(first))
    game.passes(600)
    assert told(game) == [("gone", "post", "102"), ("back", "post", "102")]
    assert list(game.disagreements(settled=True)) == []


@pytest.mark.parametrize("at", range(7))
def test_a_post_that_was_taken_down_is_missed_after_one_more_reading_at_most(play: Play, at: int) -> None:
    game = play(8, Confirm(1, timedelta(0)))
    game.deletes(at)
    game.now += timedelta(hours=1)
    reread(game)
    assert told(game) == [("gone", "post", str(102 + at))]


def test_a_topic_thinned_out_everywhere_is_judged_after_one_more_reading(play: Play) -> None:
    game = play(12, Confirm(1, timedelta(0)))
    for at in (9, 7, 5, 3, 1):
        game.deletes(at)
    game.now += timedelta(hours=1)
    reread(game)
    assert sorted(told(game)) == [("gone", "post", str(number)) for number in (103, 105, 107, 109, 111)]


def reread(game: Game) -> None:
    """The topic's pages in order, and those due again by then; no other is due after that."""
    pages = game.pages("thread-11-")
    for page in pages:
        game.poll(game.page(page))
    for page in due(game, pages):
        game.poll(page)
    assert due(game, pages) == []


def due(game: Game, pages: list[Page]) -> list[Page]:
    return [page for page in map(game.page, pages) if page.next_poll_at <= game.now and page.state == "active"]
