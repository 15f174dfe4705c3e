"""Cursors of consumers: kept between processes, and how far each is behind."""

from __future__ import annotations

from dataclasses import replace

from archive import open_archive, open_writable
from archive.records import Consumer
from archive.verify import verify
from tests.archive.house import START, decided, fetched, later, revision, says, watched


def test_a_consumer_is_read_back_as_it_was_saved_and_forgotten_when_told(database_url: str) -> None:
    whole = Consumer(
        "hook", 7, 9, later(1), 3, START, START, "answers 503\x00", later(2), 41, later(3), 1, "410 Gone",
    )  # fmt: skip
    with open_writable(database_url) as writer:
        with writer.begin() as tx:
            assert tx.consumer("hook") is None
            tx.save_consumer(Consumer("hook", 3))
            tx.save_consumer(whole)
        with writer.begin() as tx:
            kept = tx.consumer("hook")
            assert kept == replace(whole, last_error="answers 503\ufffd")
            assert tx.forget_consumer("hook") and not tx.forget_consumer("hook")


def test_how_far_each_consumer_is_behind(database_url: str) -> None:
    with open_writable(database_url) as writer:
        (page,) = watched(writer, "one")
        for minute in range(3):
            with writer.begin() as tx:
                capture = tx.record_capture(fetched(page, later(minute), path="one"), b"%d" % minute)
                decided(tx, capture, revision("one", says(f"state {minute}"), "changed" if minute else "new"))
        with writer.begin() as tx:
            tx.save_consumer(Consumer("slow", 1))
            tx.save_consumer(Consumer("abreast", 3))
    with open_archive(database_url) as archive:
        abreast, slow = archive.consumers()
        assert (abreast.consumer.name, abreast.waiting, abreast.oldest_waiting_at) == ("abreast", 0, None)
        assert (slow.consumer.name, slow.waiting, slow.newest_seq, slow.oldest_waiting_at) == ("slow", 2, 3, later(1))
        assert verify(archive).damage == ()
