"""OLE compound files made by hand ([MS-CFB]): a few streams in the root, each padded past the size of small streams."""

from __future__ import annotations

import struct

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """The file."""
    sectors: list[bytes] = []
    chain: list[int] = []

    def put(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\x00") for at in range(0, len(data), 512)]
        sectors.extend(pieces)
        chain.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    entries = []
    for name, data in streams.items():
        data = data.ljust(4096, b"\x00")
        entries.append(_entry(name, 2, put(data), len(data), right=_FREE))
    for place in range(len(entries) - 1):  # a list is a tree too
        entries[place] = _relinked(entries[place], place + 2)
    root = _entry("Root Entry", 5, _END, 0, child=1 if entries else _FREE)
    directory = put(b"".join([root, *entries]).ljust(512, b"\x00"))
    count = 1
    while len(chain) + count > 128 * count:
        count += 1
    fat_at = len(sectors)
    chain += [_FAT] * count
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512 * count, b"\xff")
    sectors += [table[at : at + 512] for at in range(0, len(table), 512)]
    header = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0,
        count, directory, 0, 4096, _END, 0, _END, 0
    )  # fmt: skip
    places = [*range(fat_at, fat_at + count)]
    header += struct.pack("<109I", *places, *[_FREE] * (109 - count))
    return header + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, right: int = _FREE, child: int = _FREE) -> bytes:
    encoded = (name + "\x00").encode("utf-16-le")
    return encoded.ljust(64, b"\x00") + struct.pack(
        "<HBBIII16sIQQIQ", len(encoded), kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size
    )


def _relinked(entry: bytes, right: int) -> bytes:
    return entry[:72] + struct.pack("<I", right) + entry[76:]


def word(
    text: str,
    *,
    encrypted: bool = False,
    narrow: bool = False,
    sprms: tuple[bytes, ...] = (),
    tables: dict[int, tuple[bytes, bytes]] | None = None,
) -> bytes:
    """A Word 97 file of one piece; `\r` ends paragraphs. Without `sprms` (the properties of each paragraph, its style's
    number first) it has no formatted page: no looks, no tables. `tables` go into the table stream by their places in
    the FIB: what it says the length of, and what follows."""
    data = text.encode("cp1252" if narrow else "utf-16-le")
    fib = bytearray(0x400)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", fib, 0x0A, 0x0200 | (0x0100 if encrypted else 0))
    struct.pack_into("<i", fib, 0x4C, len(text))
    clx = b"\x02" + struct.pack("<I", 16) + struct.pack("<ii", 0, len(text))
    clx += struct.pack("<HIH", 0, (0x400 * 2) | 0x40000000 if narrow else 0x400, 0)
    struct.pack_into("<II", fib, 0x01A2, 0, len(clx))
    stream = clx
    for place, (table, behind) in (tables or {}).items():
        struct.pack_into("<II", fib, place, len(stream), len(table))
        stream += table + behind
    main = bytes(fib) + data
    if sprms:
        main = main.ljust(-(-len(main) // 512) * 512, b"\x00")
        ends = [at + 1 for at, character in enumerate(text) if character == "\r"]
        places = [0x400 + at * (1 if narrow else 2) for at in [0, *ends]]
        struct.pack_into("<II", fib, 0x0102, len(stream), 12)
        stream += struct.pack("<III", places[0], places[-1], len(main) // 512)
        main = bytes(fib) + main[0x400:] + _formatted(places, sprms)
    return ole({"WordDocument": main, "1Table": stream})


def _formatted(places: list[int], sprms: tuple[bytes, ...]) -> bytes:
    """A page of the properties of paragraphs ([MS-DOC] 2.9.174)."""
    page, at = bytearray(512), 510
    struct.pack_into(f"<{len(places)}I", page, 0, *places)
    for number, properties in enumerate(sprms):
        held = properties if len(properties) % 2 else properties + b"\x00"
        at -= (len(held) + 1 + 1) // 2 * 2
        page[at] = (len(held) + 1) // 2
        page[at + 1 : at + 1 + len(held)] = held
        page[4 * len(places) + 13 * number] = at // 2
    page[511] = len(sprms)
    return bytes(page)
