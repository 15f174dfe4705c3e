"""Headers: back as they were said, in few bytes however random they are, and as they were kept before."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import headers
from archive.folding import fold, unfold
from archive.headers import base_of, pack, unpack
from archive.zstd import compressed
from tests.archive.house import START, later

Headers = tuple[tuple[str, str], ...]


def answer(chance: random.Random, at: datetime) -> Headers:
    """What a server says that gives every answer a name, a session and a time."""
    return (
        ("Date", format_datetime(at, usegmt=True)),
        ("Content-Type", "text/html; charset=gb2312"),
        ("Set-Cookie", f"session={chance.getrandbits(128):032x}; path=/; HttpOnly"),
        ("ETag", f'W/"{chance.getrandbits(128):032X}"'),
        ("X-Request-Id", str(UUID(int=chance.getrandbits(128)))),
        ("Last-Modified", format_datetime(at - timedelta(seconds=chance.randrange(10**6)), usegmt=True)),
    )


def test_what_is_random_in_headers_costs_little_more_than_it_says() -> None:
    chance = random.Random(1)
    base = base_of(pack(answer(chance, START), None, START)[0] or b"")
    for minutes in range(1, 30):
        said = answer(chance, later(minutes))
        frame, against = pack(said, base, later(minutes))
        assert frame is not None and against and len(frame) < 3 * 16 + 28
        assert unpack(frame, base, later(minutes)) == said


_VALUES = st.one_of(
    st.text(), st.from_regex(r"[0-9a-f]{1,80}", fullmatch=True), st.uuids().map(str),
    st.uuids().map(lambda uuid: str(uuid).upper()), st.datetimes().map(lambda at: format_datetime(at)),
    st.datetimes(timezones=st.just(START.tzinfo)).map(lambda at: format_datetime(at, usegmt=True)),
    st.sampled_from(("Mon, 99 Foo 2024 99:99:99 GMT", "Tue, 01 Mar 2024 08:00:00 GMT", "0000deadBEEF" * 9)),
)  # fmt: skip
_HEADERS = st.lists(st.tuples(st.text(), _VALUES), min_size=1, max_size=8).map(tuple)


@given(_HEADERS, _HEADERS, st.datetimes(timezones=st.just(START.tzinfo)))
def test_any_headers_come_back_as_they_were_said(first: Headers, second: Headers, at: datetime) -> None:
    frame, _ = pack(first, None, START)
    assert frame is not None and unpack(frame, None, START) == first
    base = base_of(frame)
    frame, against = pack(second, base, at)
    assert unpack(frame, base if against else None, at) == second


def test_no_headers_are_kept_as_nothing() -> None:
    assert pack((), None, START) == (None, False) and unpack(None, None, START) == ()


def test_headers_kept_as_zstd_are_read_and_serve_as_a_base() -> None:
    said = answer(random.Random(2), START)
    old = compressed(json.dumps(said, separators=(",", ":")).encode(), 9, headers._USUAL)
    assert unpack(old, None, START) == said
    base = base_of(old)
    more = compressed(json.dumps(said[::-1], separators=(",", ":")).encode(), 9, base)
    assert unpack(more, base, START) == said[::-1]
    frame, against = pack(said, base, later(9))
    assert unpack(frame, base if against else None, later(9)) == said


@pytest.mark.parametrize(
    "folded", [b"abc\x84\x01\x02", b"\xff", b"\xc0123", b"\xc2\x80", b"\xc2" + b"\xff" * 9 + b"\x01"]
)
def test_bytes_that_are_nothing_folded_are_damage(folded: bytes) -> None:
    with pytest.raises(ValueError, match=r"is |cut off"):
        unfold(folded, START)


def test_a_frame_with_something_behind_it_or_cut_off_is_damage() -> None:
    frame, _ = pack(answer(random.Random(3), START), None, START)
    assert frame is not None
    for damaged in (frame + b"x", frame[:-3], b"\x07" + frame):
        with pytest.raises(ValueError):
            unpack(damaged, None, START)


def test_text_without_anything_to_fold_stays_as_it_is() -> None:
    assert fold('["Server","nginx"]', START) == b'["Server","nginx"]'
