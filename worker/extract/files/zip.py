"""ZIP archives: each file inside read by its own reader, under its name. Nothing is ever unpacked to a path.

Names come in UTF-8 (flag or Info-ZIP's extra field), else in GBK as Windows writes them; `zipfile` has made CP437 of
them.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import replace
from importlib import import_module

from worker.extract.files import sniff
from worker.extract.files.containers import Zip, type_of
from worker.extract.files.model import Block, Bomb, FileText, Unreadable

MAX_FILES = 200
"""read inside one archive; the others are named in `unread`"""
MAX_DEPTH = 2
"""archives in archives"""
_UTF8 = 0x800
_UNICODE_PATH = 0x7075
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def read(body: bytes, depth: int = 1) -> FileText:
    """What the files inside say, one after the other. Raises Broken, Encrypted or Bomb."""
    container = Zip(body)
    blocks: list[Block] = []
    unread: list[str] = []
    offered: list[tuple[str, str]] = []
    scans: list[int] = []
    members = [
        info for info in container.infos() if not info.is_dir() and not any(noise in info.filename for noise in _NOISE)
    ]
    for info in sorted(members, key=name_of)[:MAX_FILES]:
        name = name_of(info)
        data = container.read(info)
        try:
            kind = _type(data, name)
            inner = _read(data, kind, depth)
        except Bomb:
            raise
        except Unreadable as why:
            offered.append((name, type(why).__name__.lower()))
            unread.append(f"{name}: {why}")
            continue
        offered.append((name, inner.type))
        offered += [(f"{name}/{deeper}", of) for deeper, of in inner.attachments]
        unread += [f"{name}: {line}" for line in inner.unread]
        if inner.scans:
            scans.append(len(offered))
            unread.append(f"{name}: {inner.scan_why}")
        blocks.append(Block("heading", name, len(offered), level=1))
        blocks += [replace(block, page=len(offered)) for block in inner.blocks]
    if len(members) > MAX_FILES:
        unread.append(f"{len(members) - MAX_FILES} more files")
    return FileText("zip", tuple(blocks), unread=tuple(unread), attachments=tuple(offered), scans=tuple(scans))


def _type(data: bytes, name: str) -> str:
    if sniff.family(data) is None:
        return sniff.is_plain(data, "", name, True) or type_of(data)
    return type_of(data)


def _read(data: bytes, kind: str, depth: int) -> FileText:
    from worker.extract.files.child import READERS
    from worker.extract.files.model import Unsupported

    if kind == "zip":
        if depth >= MAX_DEPTH:
            raise Unsupported("zip inside a zip inside a zip")
        return read(data, depth + 1)
    if kind not in READERS:
        raise Unsupported(kind)
    found: FileText = import_module(READERS[kind]).read(data)
    return found


def name_of(info: zipfile.ZipInfo) -> str:
    """A member's name as its maker meant it, without anything that climbs out of a folder."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        name = _unicode_path(info) or _from_cp437(name)
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return (
        "/".join("".join(character for character in part if character.isprintable()) for part in parts)[:300] or "file"
    )


def _from_cp437(name: str) -> str:
    try:
        data = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return name


def _unicode_path(info: zipfile.ZipInfo) -> str:
    """The name in Info-ZIP's Unicode Path Extra Field (APPNOTE 4.6.9), '' where there is none."""
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<HH", extra, at)
        if tag == _UNICODE_PATH and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return ""
