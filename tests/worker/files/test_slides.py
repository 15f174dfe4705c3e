"""Slides of PowerPoint 97: in the order shown, in their newest form, without what an audience does not read."""

from __future__ import annotations

import struct

import pytest

from tests.support.ole import ole
from worker.extract.files.containers import type_of
from worker.extract.files.model import Broken, Encrypted, FileText
from worker.extract.files.slides.ppt import read


def record(kind: int, data: bytes = b"", instance: int = 0, holds: bool = False) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if holds else 0), kind, len(data)) + data


def text(kind: int, words: str) -> bytes:
    return record(0x0F9F, struct.pack("<I", kind)) + record(0x0FA0, words.encode("utf-16-le"))


def box(held: bytes, placeholder: int = 0) -> bytes:
    client = record(0xF011, record(0x0BC3, struct.pack("<IBBH", 0, placeholder, 0, 0)), holds=True)
    return record(0xF004, (client if placeholder else b"") + record(0xF00D, held, holds=True), holds=True)


def outline(number: int) -> bytes:
    return record(0x0F9E, struct.pack("<I", number))


def slide(*boxes: bytes, hidden: bool = False) -> bytes:
    show = record(0x03F9, struct.pack("<IIBBH", 0, 0, 0, 0, 4 if hidden else 0))
    shapes = record(0xF002, record(0xF003, b"".join(boxes), holds=True), holds=True)
    return record(0x03EE, show + record(0x040C, shapes, holds=True), holds=True)


def slides(
    listed: list[tuple[int, bytes]], objects: dict[int, bytes], older: dict[int, bytes] | None = None, token: int = 0
) -> bytes:
    """A file whose document lists slides by their numbers, with the texts of its outline; `older` was saved first."""
    entries = b"".join(record(0x03F3, struct.pack("<IIIII", number, 0, 0, 0, 0)) + texts for number, texts in listed)
    document = record(0x03E8, record(0x0FF0, entries, holds=True), holds=True)
    stream, before = b"", 0
    for edition in ([older] if older else []) + [{1: document, **objects}]:
        offsets = {}
        for number, data in edition.items():
            offsets[number] = len(stream)
            stream += data
        directory = len(stream)
        stream += record(0x1772, b"".join(struct.pack("<II", number | 1 << 20, at) for number, at in offsets.items()))
        edit = len(stream)
        stream += record(0x0FF5, struct.pack("<IIIIIIHH", 0, 0, before, directory, 1, 9, 0, 0))
        before = edit
    user = record(0x0FF6, struct.pack("<III", 20, token or 0xE391C05F, before))
    return ole({"Current User": user, "PowerPoint Document": stream})


def lines(file: FileText) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in file.blocks]


def test_slides_are_read_in_the_order_shown_and_in_their_newest_form() -> None:
    body = slides(
        [(3, text(0, "年度工作汇报")), (2, text(0, "第二页") + text(1, "第一项\r第二项"))],
        {3: slide(box(outline(0)), box(text(4, "市水利局")), box(text(4, "*"), 8), box(text(4, "2026年"), 7))},
        older={2: slide(box(outline(0))), 3: slide(box(text(4, "旧稿")))},
    )
    assert type_of(body) == "ppt"
    file = read(body)
    assert lines(file) == [
        ("heading", "年度工作汇报"),
        ("paragraph", "市水利局"),
        ("heading", "第二页"),
        ("paragraph", "第一项"),
        ("paragraph", "第二项"),
    ]
    assert [item.what for item in file.furniture] == ["page number", "date"]


def test_hidden_and_missing_slides_are_named() -> None:
    file = read(
        slides(
            [(2, b""), (3, b""), (4, b"")],
            {2: slide(box(text(4, "看得见"))), 3: slide(box(text(4, "藏")), hidden=True)},
        )
    )
    assert lines(file) == [("paragraph", "看得见")]
    assert file.unread == ("slide 2: hidden", "slide 3: damaged")


def test_slides_under_a_password_and_broken_ones_are_told_apart() -> None:
    with pytest.raises(Encrypted):
        read(slides([(2, b"")], {2: slide()}, token=0xF3D1C4DF))
    with pytest.raises(Broken):
        read(ole({"Current User": record(0x0FF6, struct.pack("<III", 20, 0, 0)), "PowerPoint Document": bytes(50)}))


def test_edits_in_a_circle_and_containers_without_end_are_left() -> None:
    nest = b"".join(record(0xF003, b"", holds=True)[:4] + struct.pack("<I", 1 << 20) for _ in range(2000))
    circle = record(0x0FF5, struct.pack("<IIIIIIHH", 0, 0, 0, 0, 1, 9, 0, 0))
    body = bytearray(circle * 2)
    struct.pack_into("<I", body, 8 + 8, len(circle))
    struct.pack_into("<I", body, len(circle) + 8 + 8, 0)
    user = record(0x0FF6, struct.pack("<III", 20, 0, len(circle)))
    with pytest.raises(Broken):
        read(ole({"Current User": user, "PowerPoint Document": bytes(body) + nest}))
    file = read(slides([(2, text(1, "话"))], {2: slide(nest)}))
    assert lines(file) == [("paragraph", "话")]
