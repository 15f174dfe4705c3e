"""The entries of a link: back as they were, in few bytes, and as links keep them that were written before runs were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.chain import KEY_LENGTH, OPERATIONS, SHORT, TABLES, Entry, ordered, pack, unpack, varint

DIGEST = bytes(range(32))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    table = draw(st.sampled_from(TABLES))
    numbers = st.integers(0, 12) | st.integers(0, 2**40)
    key = draw(st.tuples(*[numbers] * KEY_LENGTH.get(table, 1)))
    return Entry(table, draw(st.sampled_from(OPERATIONS)), key, draw(st.binary(min_size=32, max_size=32)))


@given(st.lists(entries(), max_size=40).map(ordered))
def test_entries_come_back(said: list[Entry]) -> None:
    kept = [Entry(entry.table, entry.operation, entry.key, entry.digest[: SHORT[entry.operation]]) for entry in said]
    assert list(unpack(pack(said))) == kept


def test_rows_that_follow_one_another_cost_their_digests() -> None:
    said = [Entry("captures", "add", (number,), DIGEST) for number in range(100_000, 100_200)]
    assert len(pack(said)) == 200 * SHORT["add"] + 1 + len(varint(100_000)) + len(varint(200))


def test_links_written_before_runs_were_are_read() -> None:
    packed = b"".join(bytes([3]) + varint(number) + DIGEST[:8] for number in (7, 8, 9))
    assert [entry.key for entry in unpack(packed)] == [(7,), (8,), (9,)]


@pytest.mark.parametrize(
    "packed",
    [b"\x83\x07\x03" + DIGEST[:23], b"\x83\x07", b"\x8c\x01\x01\x02" + DIGEST[:16], b"\x7f\x01", b"\xff\x01\x01"],
)
def test_bytes_that_are_no_entries_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|follow one another|no table"):
        list(unpack(packed))
