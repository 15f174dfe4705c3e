"""Pages of a PDF as pictures, for people who want to see what was read."""

from __future__ import annotations

import base64
import struct
import zlib

from worker.extract.files.pdf.read import opened

SCALE = 1.25
"""pixels of a point"""


def png_of_pages(body: bytes, count: int) -> dict[str, str]:
    """Number of the page -> its picture as PNG in base 64, for the first `count` pages. Raises as `read`
    does."""
    document = opened(body)
    try:
        found = {}
        for index in range(min(len(document), count)):
            page = document[index]
            pixels = page.render(scale=SCALE, rev_byteorder=True).to_numpy()[:, :, :3]
            high, wide, _ = pixels.shape
            found[str(index + 1)] = base64.b64encode(_png(wide, high, pixels.tobytes())).decode()
            page.close()
        return found
    finally:
        document.close()


def _png(width: int, height: int, colours: bytes) -> bytes:
    """PNG (ISO/IEC 15948) of rows of eight-bit red, green and blue."""
    stride = 3 * width
    rows = b"".join(b"\x00" + colours[row * stride : (row + 1) * stride] for row in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")
