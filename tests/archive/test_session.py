"""What a process remembers between its transactions."""

from __future__ import annotations

from archive import open_writable
from archive.session import MOST_LABELS


def test_labels_are_remembered_up_to_a_number_and_known_beyond_it(database_url: str) -> None:
    with open_writable(database_url) as writer:
        with writer.begin() as tx:
            first = tx.session.label("text/html; boundary=0")
        for start in range(0, 2 * MOST_LABELS, MOST_LABELS):
            with writer.begin() as tx:
                for number in range(start, start + MOST_LABELS):
                    tx.session.label(f"text/html; boundary={number}")
        assert len(writer._memory.labels) <= MOST_LABELS
        with writer.begin() as tx:
            assert tx.session.label("text/html; boundary=0") == first
