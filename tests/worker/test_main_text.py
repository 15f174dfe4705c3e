"""What a reader would call the content of a page: of a forum's topic, who says what."""

from __future__ import annotations

import re

from tests.worker.forums.golden import reading
from worker.extract.general import main_text


def test_every_post_stands_under_its_author_with_its_code_and_a_quoted_post_stands_once() -> None:
    assert main_text(reading("xenforo/thread")).split("\n") == [
        "coil", "Two coils are open.", "Wire gauge?", "coil A: open", "coil B: open",
        "Ohm", "0.2 mm, see the table.",
    ]  # fmt: skip


def test_what_a_post_quotes_from_outside_the_topic_is_content() -> None:
    text = main_text(reading("stackexchange/question"))
    assert "Oil thickens\n" in text, "the answer quotes a manual"
    assert "sinks" not in re.findall(r"\w+", main_text(reading("discourse/plain")).split("jon", 1)[1]), "mira's own"
