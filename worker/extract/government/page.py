"""Pages of authorities: recognised by the guideline's tags, a disclosure table, or a document number; read like any
page, with the fields that only authorities print."""

from __future__ import annotations

import re

from worker.extract import general
from worker.extract.metas import GUIDELINE
from worker.extract.model import Extraction, Reading

_GUIDELINE = re.compile(r"<meta\s[^>]*name\s*=\s*[\"']?(\w+)", re.I)
_TABLE = re.compile(
    r"索[\s\u3000]*引[\s\u3000]*号|发[\s\u3000]*文[\s\u3000]*(?:字[\s\u3000]*号|机[\s\u3000]*关)|发布机构|信息类别|组配分类|公开方式|成文日期"
)
_FIRST = "索发信组公成"
"""what those labels begin with: a page in another script is not searched for them"""
_HEAD = 20_000
"""characters in which the tags of the head are looked for"""


class Government:
    """Reads pages that authorities publish."""

    name = "government"
    revision = 6

    def recognise(self, reading: Reading) -> str | None:
        """Two tags of the guideline, or two labels of a disclosure table."""
        if reading.media_type not in ("", "text/html", "application/xhtml+xml"):
            return None
        tags = {match.lower() for match in _GUIDELINE.findall(reading.text[:_HEAD])} & GUIDELINE
        if len(tags) >= 2:
            return "tags of the national guideline: " + ", ".join(sorted(tags))
        if not any(first in reading.text for first in _FIRST):
            return None
        labels = {re.sub(r"\s", "", match) for match in _TABLE.findall(reading.text)}
        return "labels of a disclosure table: " + ", ".join(sorted(labels)) if len(labels) >= 2 else None

    def __call__(self, reading: Reading) -> Extraction:
        """One notice or article with its fields, or the links of a list."""
        return general.read(reading, self.name, self.revision)


EXTRACTOR = Government()
