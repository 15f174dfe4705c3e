"""A font of boxes for PDFs that name a Chinese, Japanese or Korean font, do not embed it, and find none on this
machine."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

import pypdfium2

from worker.extract.files.pdf.boxfont import box_font

_EAST_ASIAN = frozenset({128, 129, 130, 134, 136})
"""character sets of the Windows API that PDFium asks with: Shift-JIS, Hangul, Johab, GB 2312, Big5"""
_HANDLE = 0xB0F5


@lru_cache(maxsize=1)
def install() -> Any:
    """Puts the font behind those of the system, once a process; the handler must live as long as PDFium."""
    handler = _Fonts()
    handler.setup()
    return handler


@lru_cache(maxsize=1)
def _data() -> bytes:
    return box_font()


class _Fonts(pypdfium2.PdfSysfontBase):  # type: ignore[misc]
    """The system's fonts, and the boxes where it has none."""

    def MapFont(self, _: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any) -> Any:
        """The system's font; for East Asian ones that it has not, ours."""
        found = self.default.MapFont(self.default, weight, italic, charset, pitch, face, exact)
        return _HANDLE if not found and charset in _EAST_ASIAN else found

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:
        """Bytes of a table of the font, all of it for 0; their number alone where the buffer is too small."""
        if font != _HANDLE:
            return int(self.default.GetFontData(self.default, font, table, buffer, size))
        data = _data() if table == 0 else b""
        if buffer and size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    def GetFaceName(self, _: Any, font: Any, buffer: Any, size: int) -> int:
        """Name of the font."""
        if font != _HANDLE:
            return int(self.default.GetFaceName(self.default, font, buffer, size))
        name = b"Boxes\x00"
        if buffer and size >= len(name):
            ctypes.memmove(buffer, name, len(name))
        return len(name)

    def GetFontCharset(self, _: Any, font: Any) -> int:
        """Character set of the font."""
        return 134 if font == _HANDLE else int(self.default.GetFontCharset(self.default, font))

    def DeleteFont(self, _: Any, font: Any) -> None:
        """Gives a font back."""
        if font != _HANDLE:
            self.default.DeleteFont(self.default, font)
