"""Every address of the API, in the order in which the reference shows them."""

from __future__ import annotations

from archive.web.api import of_archive, of_captures, of_changes, of_documents, of_search, of_sources, of_topics
from archive.web.api.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *of_changes.ENDPOINTS, *of_documents.ENDPOINTS, *of_topics.ENDPOINTS, *of_search.ENDPOINTS, *of_captures.ENDPOINTS,
    *of_sources.ENDPOINTS, *of_archive.ENDPOINTS,
)  # fmt: skip
