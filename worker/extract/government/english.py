"""English labels of authorities, for definition lists and lines `Label: value`: GOV.UK (From, Published, Last
updated), the Federal Register (Agencies, Document Citation, Document Number, Publication Date), and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.extract.government.labels import Labelled
from worker.extract.walk import Walk

FIELDS = {
    "from": "issuer",
    "agency": "issuer",
    "agencies": "issuer",
    "issuing authority": "issuer",
    "department": "issuer",
    "published": "published_on",
    "first published": "published_on",
    "publication date": "published_on",
    "date published": "published_on",
    "date of publication": "published_on",
    "last updated": "modified_on",
    "updated": "modified_on",
    "document number": "document_number",
    "document citation": "citation",
    "citation": "citation",
    "effective date": "effective_on",
    "document type": "category",
    "reference": "index_number",
}
"""label in lower case -> field; seen on gov.uk and federalregister.gov"""
_LABEL = re.compile(r"(?P<label>" + "|".join(sorted(FIELDS, key=len, reverse=True)) + r")\s*:?", re.I)
_LINE = re.compile(
    r"(?P<label>" + "|".join(sorted(FIELDS, key=len, reverse=True)) + r")\s*:\s*(?P<value>\S.{0,200})", re.I
)


def pairs(walk: Walk) -> Iterator[tuple[Labelled, range]]:
    """Pairs of every <dt> that is such a label with the <dd> after it, and of short lines `Label: value` in lists;
    each with the blocks that say it."""
    for block, text in enumerate(walk.texts):
        if len(text) > 220 or not text.isascii():
            continue
        tag = walk.tag[walk.owner[block]]
        if tag in ("dt", "th") and (match := _LABEL.fullmatch(text)):
            values = _values(walk, block)
            if values:
                label = match.group("label")
                found = Labelled(FIELDS[label.lower()], label, ", ".join(values), block)
                yield found, range(block, block + 1 + len(values))
        elif tag in ("li", "dd") and (match := _LINE.fullmatch(text)):
            label = match.group("label")
            yield Labelled(FIELDS[label.lower()], label, match.group("value"), block), range(block, block + 1)


def _values(walk: Walk, block: int) -> list[str]:
    found = []
    for following in range(block + 1, min(block + 6, len(walk.texts))):
        chain = [walk.tag[element] for element in walk.ancestors(walk.owner[following])[:3]]
        if "dt" in chain or "th" in chain or not {"dd", "td"} & set(chain):
            break
        found.append(walk.texts[following])
    return found
