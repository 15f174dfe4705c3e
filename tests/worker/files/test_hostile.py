"""Hostile files cost one outcome each: named, in time, within the child's memory, and nothing in this process."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

from tests.support.hostile import hostile
from tests.support.letters import reply
from tests.support.pdfs import pdf
from worker.reading import Payload, read
from worker.settings import Source

URL = "http://files.example/x"
NAMED = {"ok", "error:encrypted", "error:damaged", "error:unsupported", "error:bomb"}
EXPECTED = {
    "pdf: password": "error:encrypted",
    "zip: password": "error:encrypted",
    "docx: password": "error:encrypted",
    "doc: password": "error:encrypted",
    "zip: bomb of 400 MB": "error:bomb",
    "zip: 30,000 members": "error:bomb",
    "docx: laughing": "error:bomb",
    "docx: outer entity": "error:bomb",
    "docx: elements nested 100,000 deep": "error:bomb",
    "docx: bomb": "error:bomb",
    "xlsx: bomb": "error:bomb",
    "ofd: laughing": "error:bomb",
    "pdf: stream bomb": "error:bomb",
    "pdf: form bomb": "error:bomb",
    "xlsx: one cell at the far corner": "error:bomb",
    "docx: not XML": "error:damaged",
    "docx: XML cut": "error:damaged",
    "docx: no document": "error:damaged",
    "zip: only the mark": "error:damaged",
    "zip: cut": "error:damaged",
    "pdf: only the mark": "error:damaged",
    "pdf: no pages": "error:damaged",
    "ole: only the mark": "error:damaged",
    "doc: no table": "error:damaged",
    "rtf: cut": "error:damaged",
    "rtf: groups nested 100,000 deep": "error:damaged",
    "ofd: no document": "error:damaged",
    "rar": "error:unsupported",
    "7z": "error:unsupported",
    "picture": "error:unsupported",
    "ole: slides": "error:damaged",
    "ole: message": "error:unsupported",
    "script in PostScript": "error:unsupported",
    "docx: tables nested 100 deep": "ok",
    "docx: styles based on each other": "ok",
    "pdf: 10,000 pages": "ok",
}
SLOWEST_S = 90


def outcome(body: bytes) -> str:
    return read(Payload(body, URL, URL, datetime(2024, 1, 1, tzinfo=UTC)), Source("s", URL), "file").outcome


def test_every_hostile_file_has_a_named_outcome_and_the_next_good_file_is_read() -> None:
    files = hostile()
    good = pdf(reply().sheets())
    assert outcome(good) == "ok"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wrong = {}
    for name, body in files.items():
        begun = time.monotonic()
        found = outcome(body)
        took = time.monotonic() - begun
        if found not in NAMED or found != EXPECTED.get(name, found) or took > SLOWEST_S:
            wrong[name] = (found, round(took, 1))
    assert wrong == {}
    assert outcome(good) == "ok"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
