"""zstd: Python's own from 3.14 on, its backport before. Dictionaries are raw bytes: what was said before."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZstdDecompressor, ZstdError = zstd.ZstdDecompressor, zstd.ZstdError
MAGIC = b"\x28\xb5\x2f\xfd"
"""what every frame begins with (RFC 8878 section 3.1.1)"""
_SHORTEST = 8
"""bytes: zstd takes no dictionary of fewer"""
FAR = 2 * 1024 * 1024
"""bytes of a dictionary from which levels look no further back than its end, unless they are told to: a page of 30 MB
took 10 MB against itself, and takes 3 KB"""
_AT_A_TIME = 1 << 20
_LARGEST_WINDOW = 30
"""power of two: beyond any payload that is kept"""


def compressed(data: bytes, level: int, dictionary: bytes = b"", sized: bool = True) -> bytes:
    """One frame; `sized` says in it how many bytes it holds."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: level,
        zstd.CompressionParameter.content_size_flag: int(sized),
    }
    if len(dictionary) >= FAR:
        options[zstd.CompressionParameter.enable_long_distance_matching] = 1
        options[zstd.CompressionParameter.window_log] = (max(len(data), len(dictionary)) + FAR).bit_length()
    compressor = zstd.ZstdCompressor(options=options, zstd_dict=_raw(dictionary))
    return compressor.compress(data, compressor.FLUSH_FRAME)


def decompressed(frame: bytes, dictionary: bytes = b"", most: int = -1) -> bytes:
    """What a frame holds; no more than `most` bytes, where that is not negative. Raises ZstdError for a damaged one,
    ValueError for one that does not end there."""
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
    decoder = ZstdDecompressor(options=options, zstd_dict=_raw(dictionary))
    data = decoder.decompress(frame, most)
    if not decoder.eof:
        raise ValueError(f"a frame that does not end within {len(data)} bytes")
    return data


def holds(frame: bytes, dictionary: bytes, data: bytes) -> bool:
    """Whether a frame gives these bytes back, looked at piece by piece. Raises ZstdError for a damaged one."""
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW}
    decoder = ZstdDecompressor(options=options, zstd_dict=_raw(dictionary))
    at, view = 0, memoryview(data)
    while not decoder.eof:
        piece = decoder.decompress(frame, _AT_A_TIME)
        frame = b""
        if view[at : at + len(piece)] != piece or not (piece or decoder.eof):
            return False
        at += len(piece)
    return at == len(data)


def _raw(dictionary: bytes) -> tuple[zstd.ZstdDict, int] | None:
    # as a prefix: neither copied nor digested, and with tables for dictionary and data together (a twentieth smaller)
    return zstd.ZstdDict(dictionary, is_raw=True).as_prefix if len(dictionary) >= _SHORTEST else None
