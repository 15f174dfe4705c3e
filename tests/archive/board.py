"""A topic whose posts are written, edited and taken away in the words of a test, a minute each."""

from __future__ import annotations

from archive import Writer
from archive.digest import document_id_of
from archive.records import ChangeKind, Content, Facts, FoundPage, NewCapture, Removal, Revision, SourceRow
from tests.archive.house import SITE, START, decided, later, revision, says

TOPIC = "board|topic/1"


class Board:
    """One topic; everything that happens takes a minute."""

    def __init__(self, writer: Writer, title: str = "The topic", facts: Facts | None = None) -> None:
        self.writer = writer
        self.minute = 0
        with writer.begin() as tx:
            tx.sync_sources([SourceRow("board", SITE, "board", True)], START)
            tx.add_pages([FoundPage("board", SITE + "t", "topic", depth=1)], START)
            page = tx.page_by_url(SITE + "t")
            assert page is not None
            self.page_id = page.page_id
        self._decide(revision(TOPIC, says("", title), kind="topic", facts=facts or Facts(SITE + "t")))

    def post(
        self, number: int, text: str, change: ChangeKind = "new", floor: int | None = None, facts: Facts | None = None,
        content: Content | None = None,
    ) -> str:  # fmt: skip
        """The post's id."""
        facts = facts or Facts(f"{SITE}t#{number}", author=f"user{number}", floor=floor, published_at=later(number))
        said = content or says(text)
        self._decide(revision(post_key(number), said, change, kind="post", facts=facts, parent=TOPIC))
        return document_id_of(post_key(number))

    def take_away(self, *numbers: int) -> None:
        """The posts are gone."""
        self._decide(gone=tuple(Removal(post_key(number)) for number in numbers))

    def _decide(self, *revisions: Revision, gone: tuple[Removal, ...] = ()) -> None:
        self.minute += 1
        with self.writer.begin() as tx:
            new = NewCapture(
                self.page_id, "board", SITE + "t", SITE + "t", later(self.minute), "ok", 200, media_type="text/html"
            )  # fmt: skip
            capture = tx.record_capture(new, f"<p>{self.minute}</p>".encode())
            decided(tx, capture, *revisions, gone=gone)


def post_key(number: int) -> str:
    """The key of a post."""
    return f"board|post/{number}"
