"""Which databases an archive can be kept in, and what is said where one cannot."""

from __future__ import annotations

import sys

import pytest

from archive import open_archive
from archive.errors import ArchiveError


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("muniment.db", "not a database URL: 'muniment.db'; use sqlite:///muniment.db"),
        ("mysql://root@db/muniment", "no archive can be kept in 'mysql'; use sqlite"),
        ("sqlite://", "an archive needs a file: sqlite:///muniment.db"),
    ],
)
def test_what_cannot_hold_an_archive_is_answered_with_what_can(url: str, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        open_archive(url)


def test_postgres_without_its_driver_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ArchiveError, match=r"muniment\[postgres\].*make postgres"):
        open_archive("postgresql+psycopg://somebody@/muniment")
