"""Frames written by other zstd libraries, and by earlier Muniments, are read; damaged ones are named."""

from __future__ import annotations

import random

import pytest

from archive import frames, headers
from archive.zstd import ZstdError, compressed, decompressed
from tests.archive.house import START

OLD = "一、各单位应当于三月一日前报送材料。\n二、联系电话 0571-1234。\n".encode() * 3
NEW = OLD.replace("三月".encode(), "四月".encode())
# written with zstandard 0.25 (zstd 1.5.7), which archives were kept with before
ALONE = bytes.fromhex(
    "0000f502003405e4b880e38081e59084e58d95e4bd8de5ba94e5bd93e4ba8ee4b889e69c88e4b880e697a5e5898de68aa5e98081e69d90e6"
    "9699e380820ae4ba8ce38081e88194e7b3bbe794b5e8af9d20303537312d3132333402002a2d104ca35566"
)
AGAINST = bytes.fromhex("000065000018e59b9b020067a046030310")
HEADERS = bytes.fromhex("28b52ffd203dbd0000505b5475652c203032385d0400800b604ca5c8c0e727ae")


def test_frames_of_the_library_used_before_are_read():
    assert frames.decompress(ALONE, len(OLD), ()) == OLD
    assert frames.decompress(AGAINST, len(NEW), [OLD]) == NEW
    assert headers.unpack(HEADERS, None, START) == (("Server", "nginx"), ("Date", "Tue, 02 Jan 2024 08:00:00 GMT"))


@pytest.mark.parametrize("below", [[], [OLD], [b"short"], [OLD, NEW]])
def test_what_is_compressed_comes_back(below):
    for payload in (b"", b"x", NEW, bytes(300_000)):
        frame = frames.compress(payload, below, frames.POLLING)
        assert frames.decompress(frame, len(payload), below) == payload


def test_a_frame_is_small_against_what_the_page_said_before():
    assert len(frames.compress(NEW, [OLD], frames.POLLING)) <= len(AGAINST)


@pytest.mark.parametrize(
    ("frame", "size"), [(ALONE[:-3], len(OLD)), (ALONE, len(OLD) - 1), (ALONE, len(OLD) + 1), (b"\xff" + ALONE, 9)]
)
def test_a_frame_that_is_damaged_or_not_of_its_size_is_refused(frame, size):
    with pytest.raises((ZstdError, ValueError)):
        frames.decompress(frame, size, ())


def test_no_more_is_decoded_than_was_asked_for():
    with pytest.raises(ValueError, match="does not end within 1000 bytes"):
        decompressed(compressed(bytes(50_000_000), 3), most=1000)


def test_a_long_payload_is_found_again_from_its_first_byte_in_the_one_before_it() -> None:
    chance = random.Random(11)
    old = chance.randbytes(5_000_000)
    new = b"edited" + old[:3_000_000] + b"edited" + old[3_000_000:]
    frame = frames.compress(new, [old], frames.POLLING)
    assert len(frame) < 20_000
    assert frames.decompress(frame, len(new), [old]) == new
    assert frames.gives(frame, new, [old])


@pytest.mark.parametrize("wrong", [NEW + b"x", NEW[:-1], b"", NEW[:-3] + b"xyz", NEW * 2])
def test_a_frame_gives_one_payload_and_no_other(wrong: bytes) -> None:
    assert frames.gives(AGAINST, NEW, [OLD]) and frames.gives(ALONE, OLD, ())
    assert not frames.gives(AGAINST, wrong, [OLD])
    with pytest.raises(ZstdError):
        frames.gives(b"\xff" * 40, wrong, ())


def test_a_frame_that_ends_early_gives_nothing() -> None:
    frame = frames.compress(random.Random(3).randbytes(300_000), (), frames.POLLING)
    assert not frames.gives(frame[: len(frame) // 2], random.Random(3).randbytes(300_000), ())
