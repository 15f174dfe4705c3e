"""Undoing Content-Encoding while it streams, never holding more than the cap allows.

httpx's own decoders have no cap (809 bytes of brotli took 2-3 GB), so bodies are read raw and unpacked here. Every
decoder gives its output in pieces of at most PIECE bytes; a bomb is dropped at the first piece beyond the cap.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import ClassVar, Protocol

import brotli

from worker.fetch.putby import PutBy

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 256 * 1024
"""bytes of output asked of a decoder at a time"""
MAX_LAYERS = 4
SLICE = 2048
"""packed bytes of the wire unpacked at a time: one of them may stand for a thousand"""
BOMB_RATIO = 100
"""unpacked bytes per byte on the wire beyond which an oversized body is called a bomb; real pages reach 5 to 40"""
BOMB_SIZE, BOMB_PLAINLY = 4 * 1024 * 1024, 250
"""bytes and ratio beyond which nobody waits for the cap"""
MAX_WINDOW = 8 * 1024 * 1024
"""zstd window, bytes; RFC 8878 section 3.1.1.1.2 recommends decoders to support 8 MB, RFC 9659 limits the web to it"""
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

_NO_ENCODING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit"})
"""tokens some servers send where nothing was encoded"""


class BadEncoding(Exception):
    """The body is not what its Content-Encoding says."""


class Oversized(Exception):
    """The unpacked body passed the cap. `bomb`: it was packed beyond reason."""

    def __init__(self, message: str, bomb: bool) -> None:
        super().__init__(message)
        self.bomb = bomb


class Layer(Protocol):
    """One Content-Encoding being undone."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The output `data` leads to, in pieces."""

    @property
    def finished(self) -> bool:
        """Whether the encoded stream came to its own end."""


class _Zlib:
    """gzip (several members, rubbish after the end ignored) or deflate (with or without the zlib header)."""

    def __init__(self, deflate: bool) -> None:
        self._deflate = deflate
        self._object = None if deflate else zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._ended = False

    @property
    def finished(self) -> bool:
        return self._ended or (self._object is not None and self._object.eof)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._ended:
            if self._object is None:
                zlib_header = data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
                self._object = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
            if self._object.eof:
                if self._deflate or data[:1] != b"\x1f":
                    self._ended = True
                    return
                self._object = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                out = self._object.decompress(data, PIECE)
            except zlib.error as error:
                raise BadEncoding(f"{'deflate' if self._deflate else 'gzip'}: {error}") from error
            data = self._object.unused_data if self._object.eof else self._object.unconsumed_tail
            if out:
                yield out
            elif not self._object.eof and not data:
                return
        while self._object is not None and not self._object.eof:
            out = self._object.decompress(b"", PIECE)
            if not out:
                return
            yield out


class _Brotli:
    def __init__(self) -> None:
        self._object = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        return bool(self._object.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._object.is_finished():
            return
        try:
            out = self._object.process(data, output_buffer_limit=PIECE)
            while out:
                yield out
                if self._object.is_finished() or self._object.can_accept_more_data():
                    return
                out = self._object.process(b"", output_buffer_limit=PIECE)
        except brotli.error as error:
            raise BadEncoding(f"br: {error}") from error


class _Zstd:
    """Several frames; rubbish after the end ignored."""

    _OPTIONS: ClassVar[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: MAX_WINDOW.bit_length() - 1}

    def __init__(self) -> None:
        self._object = zstd.ZstdDecompressor(options=self._OPTIONS)
        self._ended = False

    @property
    def finished(self) -> bool:
        return self._ended or self._object.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._ended:
            if self._object.eof:
                if data[:4] != _ZSTD_MAGIC[: len(data)]:
                    self._ended = True
                    return
                self._object = zstd.ZstdDecompressor(options=self._OPTIONS)
            while True:
                try:
                    out = self._object.decompress(data, PIECE)
                except zstd.ZstdError as error:
                    raise BadEncoding(f"zstd: {error}") from error
                if out:
                    yield out
                data = b""
                if self._object.eof or self._object.needs_input:
                    break
            data = self._object.unused_data if self._object.eof else b""


_LAYERS: dict[str, Callable[[], Layer]] = {
    "gzip": lambda: _Zlib(deflate=False),
    "x-gzip": lambda: _Zlib(deflate=False),
    "deflate": lambda: _Zlib(deflate=True),
    "br": _Brotli,
    "zstd": _Zstd,
}
ACCEPT_ENCODING = "gzip, deflate, br, zstd"


class Unpacker:
    """A body on its way in: `feed` what the wire brings, `body` is what it says.

    Raises BadEncoding for what cannot be undone, Oversized for a body beyond `cap` bytes (or, with `cut`, keeps the
    first `cap` bytes and sets `full`), NoSpace where the disk takes no more of a long one. To be closed.
    """

    def __init__(self, content_encoding: str | None, cap: int, cut: bool = False) -> None:
        names = [name.strip().lower() for name in (content_encoding or "").split(",")]
        names = [name for name in names if name not in _NO_ENCODING]
        if len(names) > MAX_LAYERS:
            raise BadEncoding(f"{len(names)} layers of Content-Encoding; at most {MAX_LAYERS} are undone")
        unknown = [name for name in names if name not in _LAYERS]
        if unknown:
            raise BadEncoding(f"Content-Encoding {unknown[0]!r} is not known")
        self._layers = [_LAYERS[name]() for name in reversed(names)]
        self._cap = cap
        self._cut = cut
        self._kept = PutBy()
        self._wire = 0
        self.full = False

    @property
    def body(self) -> bytes:
        """What has been unpacked so far, brought into memory."""
        return self._kept.whole()

    @property
    def size(self) -> int:
        """Bytes unpacked so far."""
        return self._kept.size

    @property
    def complete(self) -> bool:
        """Whether every layer came to its own end (a cut gzip stream did not)."""
        return self._wire == 0 or all(layer.finished for layer in self._layers)

    def feed(self, data: bytes) -> Iterator[None]:
        """Takes bytes of the wire. Yields after each piece, so that a caller with others to serve can let them in."""
        step = SLICE if self._layers else PIECE
        for at in range(0, len(data), step):
            part = data[at : at + step]
            self._wire += len(part)
            yield from self._take(part)
            if self.full:
                return

    def _take(self, data: bytes) -> Iterator[None]:
        for piece in self._through(data, 0):
            size = self._kept.size + len(piece)
            if size > BOMB_SIZE and self._layers and size > BOMB_PLAINLY * self._wire:
                self.close()
                raise Oversized(f"{self._wire} bytes on the wire unpack to {size} and more", bomb=True)
            if size > self._cap:
                if self._cut:
                    self._kept.add(piece[: self._cap - self._kept.size])
                    self.full = True
                    return
                bomb = bool(self._layers) and size > BOMB_RATIO * self._wire
                packed = f"{self._wire} bytes on the wire unpack to " if self._layers else ""
                message = f"{packed}more than {self._cap} bytes"
                self.close()
                raise Oversized(message, bomb)
            self._kept.add(piece)
            yield

    def close(self) -> None:
        """Forgets the body."""
        self._kept.close()

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._layers):
            if data:
                yield data
            return
        for piece in self._layers[depth].feed(data):
            yield from self._through(piece, depth + 1)
