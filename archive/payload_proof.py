"""Payloads proved: each seal, each frame decoded, each digest compared; page by page, so that a frame is decoded
once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from archive.errors import ArchiveError, NotFound
from archive.frames import Decoded
from archive.payloads import closure, decode, frame_of, is_sealed
from archive.schema import captures, pages, payloads
from archive.walk import Walk, raise_unless_damage

_PAGES = select(pages.c.page_no).where(pages.c.page_no > bindparam("after")).order_by(pages.c.page_no).limit(200)
_OF_PAGE = (
    select(payloads)
    .where(payloads.c.payload_no.in_(select(captures.c.payload_no).where(captures.c.page_no == bindparam("page"))))
    .order_by(payloads.c.payload_no)
)
_NUMBERS = select(payloads.c.payload_no).order_by(payloads.c.payload_no)
_ONE = select(payloads).where(payloads.c.payload_no == bindparam("wanted"))


def prove_payloads(walk: Walk) -> None:
    """All payloads of all pages, each decoded once."""
    decoded = Decoded(64 * 1024 * 1024)
    after = 0
    while True:
        with walk.archive.connect() as connection:
            numbers = list(connection.scalars(_PAGES, {"after": after}))
        for number in numbers:
            with walk.archive.connect() as connection:
                _prove_page(walk, connection, number, decoded)
        walk.say("payloads")
        if not numbers or numbers[-1] <= after:  # a damaged table goes on giving what it gave
            break
        after = numbers[-1]


def prove_late_payloads(walk: Walk) -> None:
    """Payloads stored since, and those that no capture of any page leads to."""
    decoded = Decoded(16 * 1024 * 1024)
    with walk.archive.connect() as connection:
        for number in connection.scalars(_NUMBERS).all():
            if number not in walk.seen.proved:
                _prove_payload(walk, connection, number, {}, decoded)


def _prove_page(walk: Walk, connection: Connection, page: int, decoded: Decoded) -> None:
    known = {}
    numbers = []
    try:
        rows = connection.execute(_OF_PAGE, {"page": page}).mappings().all()
    except Exception as error:
        raise_unless_damage(error)
        return  # a row that cannot be read is met again, alone
    for row in rows:
        numbers.append(row["payload_no"])
        try:
            known[row["payload_no"]] = frame_of(row)
        except (ArchiveError, ValueError, TypeError):
            continue  # named when its turn comes
    for number in numbers:
        if number not in walk.seen.proved:
            _prove_payload(walk, connection, number, known, decoded)


def _prove_payload(walk: Walk, connection: Connection, number: int, known: dict[int, Any], decoded: Decoded) -> None:
    walk.seen.proved.add(number)
    walk.seen.checked += 1
    try:
        frame = known.get(number) or frame_of(connection.execute(_ONE, {"wanted": number}).mappings().one())
    except Exception as error:
        raise_unless_damage(error)
        walk.found("payloads", number, _words(error))
        return
    if not is_sealed(frame):
        walk.found("payloads", number, "it is not what was stored: its seal is broken")
        return
    if frame.data is None:
        return  # whether retention removed the bytes is known when all links were read
    try:
        known = known if all(base in known for base in frame.bases) else closure(connection, number, known)
        try:
            decode(known, number, decoded)
        except KeyError:
            decode(closure(connection, number, known), number, decoded)
    except NotFound as error:
        walk.found("payloads", number, f"its bytes cannot be had: {error}")
    except Exception as error:
        raise_unless_damage(error)
        # a broken base is named by itself; what rests on it is lost with it and named as well
        walk.found("payloads", number, _words(error))


def _words(error: Exception) -> str:
    said = str(error)
    return (
        said.partition(": ")[2] or said if said.startswith("payloads ") else f"cannot be read: {type(error).__name__}"
    )
