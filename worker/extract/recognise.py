"""Which extractor reads a page: the first of the registry that knows a reason."""

from __future__ import annotations

import worker.extract as registry
from worker.extract.forums.gate import may_be_forum
from worker.extract.model import Extractor, NothingFound, Reading

WITHOUT_FORUMS = frozenset({"page", "feed", "sitemap", "file"})
"""configured kinds of pages never read as a forum (contract section 2: `page` takes any page as one document)"""


def recognise(reading: Reading) -> tuple[Extractor, str]:
    """The extractor for this page and its reason in words. Raises NothingFound where no extractor knows the page."""
    forums = reading.kind not in WITHOUT_FORUMS and may_be_forum(reading)
    for name, extractor in registry.EXTRACTORS.items():
        if not forums and name in registry.FORUMS:
            continue
        if (why := extractor.recognise(reading)) is not None:
            return extractor, why
    raise NothingFound(f"no extractor knows this page ({reading.media_type})")
