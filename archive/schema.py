"""The tables. Written here and in `migrations/`, which tests prove equal; nobody downstream reads them, but the views.

    what is only ever added       payloads captures derivations contents versions changes links
    what also moves               documents (head and facts), each state of it in the chain
    what the next poll needs      sources pages memberships parts sightings: no evidence, not in the chain
    what operators watch          incident_log heartbeat verifications: no evidence either
    who was told how far          consumers: no evidence either
    what can be made again        search bands: from contents, at any time

Numbers (`..._no`) are internal; what leaves the archive is `document_id`, the same everywhere. Small repeated strings
are kept once in `labels`. JSON is text on both databases.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

from archive.columns import metadata as metadata
from archive.columns import needed as _needed
from archive.columns import never_twice as _never_twice
from archive.columns import one_of as _one_of
from archive.database import Number, UtcDateTime
from archive.watched import heartbeat as heartbeat
from archive.watched import incident_log as incident_log
from archive.watched import verifications as verifications

REVISION = "0013"
"""the migration this code was written for"""

# --- what the next poll needs --------------------------------------------------------------------------------------

labels = Table(
    "labels", metadata,
    Column("label_no", Number, primary_key=True),
    _needed("label", Text),
    UniqueConstraint("label"),
)  # fmt: skip

sources = Table(
    "sources", metadata,
    Column("source_no", Number, primary_key=True),
    _needed("source_id", Text),
    _needed("url", Text),
    _needed("kind", Text),
    _needed("enabled", Boolean),
    _needed("tags", Text),
    _needed("settings", Text),
    _needed("added_at", UtcDateTime),
    UniqueConstraint("source_id"),
)  # fmt: skip

pages = Table(
    "pages", metadata,
    Column("page_no", Number, primary_key=True),
    _needed("source_no", Number, ForeignKey(sources.c.source_no)),
    _needed("url", Text),
    _needed("urlkey", Text),
    _needed("host", Text),
    _needed("kind", Text),
    _needed("depth", Integer),
    _needed("entry", Boolean),
    _needed("list_page", Boolean),
    _needed("paused", Boolean),
    _needed("state", Text),
    _needed("rank", Integer),
    Column("activity", Text),
    Column("found_on", Number),
    _needed("found_at", UtcDateTime),
    _needed("next_poll_at", UtcDateTime),
    Column("last_poll_at", UtcDateTime),
    Column("last_outcome", Text),
    Column("last_error", Text),
    Column("last_changed_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("touched_at", UtcDateTime),
    _needed("failures", Integer),
    _needed("polls_since_full", Integer),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("payload_no", Number),
    Column("payload_capture_no", Number),
    Column("headers_base_no", Number),
    Column("missing_since", UtcDateTime),
    _needed("missing_polls", Integer),
    Column("topic_key", Text),
    Column("part", Integer),
    Column("derived_with", Text),
    Column("suspect_hash", Text),
    Column("suspect_since", UtcDateTime),
    UniqueConstraint("urlkey"),
    _one_of("state", "active", "gone", "retired"),
)  # fmt: skip

VIEWS = (
    "current_documents", "document_versions", "topics", "topic_posts", "government_notices", "same_content",
    "capture_log", "change_log", "page_status", "incidents",
)  # fmt: skip
"""what others read (contract section 3); their SQL stands in `migrations/views/`"""

DUE = text("NOT paused AND state <> 'retired'")
"""predicate of the indexes that serve the tick; queries must say it word for word, or SQLite does not use them"""
LEFT_OUT = ""
"""`activity` of a page that its topic no longer had: whatever leads there next makes it due, as many replies or not"""
ROUND = text("NOT paused AND state = 'active'")
"""what a round asks of pages"""
FAILING = text("NOT paused AND state = 'active' AND NOT entry AND failures >= 2")
"""pages that fail lastingly: one failure is an accident"""

Index("ix_pages_due", pages.c.next_poll_at, pages.c.rank, sqlite_where=DUE, postgresql_where=DUE)
Index("ix_pages_host", pages.c.host, pages.c.next_poll_at, pages.c.rank, sqlite_where=DUE, postgresql_where=DUE)
Index("ix_pages_round", pages.c.source_no, pages.c.last_poll_at)
Index("ix_pages_failing", pages.c.source_no, pages.c.last_outcome, sqlite_where=FAILING, postgresql_where=FAILING)

memberships = Table(
    "memberships", metadata,
    _needed("source_no", Number, ForeignKey(sources.c.source_no)),
    _needed("page_no", Number, ForeignKey(pages.c.page_no)),
    _needed("list_page", Boolean),
    PrimaryKeyConstraint("source_no", "page_no"),
    Index("ix_memberships_page_no", "page_no"),
    sqlite_with_rowid=False,
)  # fmt: skip

parts = Table(
    "parts", metadata,
    _needed("topic_id", Text),
    _needed("part", Integer),
    _needed("page_no", Number, ForeignKey(pages.c.page_no)),
    _needed("read_at", UtcDateTime),
    _needed("capture_no", Number),
    Column("first_read_at", UtcDateTime),
    PrimaryKeyConstraint("topic_id", "part"),
    Index("ix_parts_page_no", "page_no"),
    sqlite_with_rowid=False,
)  # fmt: skip

# --- evidence ------------------------------------------------------------------------------------------------------

payloads = Table(
    "payloads", metadata,
    Column("payload_no", Number, primary_key=True),
    _needed("digest", LargeBinary),
    _needed("size", Number),
    _needed("codec", SmallInteger),
    Column("base_no", Number, ForeignKey("payloads.payload_no")),
    _needed("depth", SmallInteger),
    Column("data", LargeBinary),
    _needed("seal", LargeBinary),
    Column("more_bases", LargeBinary),
    *_never_twice("payloads", "digest"),
)  # fmt: skip

captures = Table(
    "captures", metadata,
    Column("capture_no", Number, primary_key=True),
    _needed("page_no", Number, ForeignKey(pages.c.page_no)),
    _needed("source_no", Number, ForeignKey(sources.c.source_no)),
    _needed("fetched_at", UtcDateTime),
    _needed("outcome", Text),
    Column("status", SmallInteger),
    Column("payload_no", Number, ForeignKey(payloads.c.payload_no)),
    Column("revisit_of", Number),
    Column("duration_ms", Integer),
    Column("media_type_no", Number, ForeignKey(labels.c.label_no)),
    Column("tls_no", Number, ForeignKey(labels.c.label_no)),
    Column("url", Text),
    Column("final_url", Text),
    Column("error", Text),
    Column("headers", LargeBinary),
    Column("headers_base_no", Number),
    Index("ix_captures_page_no", "page_no"),
)  # fmt: skip

derivations = Table(
    "derivations", metadata,
    _needed("capture_no", Number, ForeignKey(captures.c.capture_no)),
    _needed("number", Integer),
    _needed("extractor_no", Number, ForeignKey(labels.c.label_no)),
    _needed("revision", Integer),
    _needed("outcome", Text),
    _needed("at", UtcDateTime),
    Column("encoding_no", Number, ForeignKey(labels.c.label_no)),
    Column("evidence_no", Number, ForeignKey(labels.c.label_no)),
    Column("error", Text),
    PrimaryKeyConstraint("capture_no", "number"),
    sqlite_with_rowid=False,
)  # fmt: skip

# --- documents -----------------------------------------------------------------------------------------------------

contents = Table(
    "contents", metadata,
    Column("content_no", Number, primary_key=True),
    _needed("content_hash", Text),
    _needed("title", Text),
    _needed("text", Text),
    Column("fields", Text),
    Column("links", Text),
    Column("images", Text),
    Column("attachments", Text),
    Column("margin", Text),
    Column("markdown", Text),
    Column("evidence", Text),
    UniqueConstraint("content_hash"),
)  # fmt: skip

documents = Table(
    "documents", metadata,
    Column("document_no", Number, primary_key=True),
    _needed("document_id", Text),
    _needed("key", Text),
    _needed("kind", Text),
    _needed("source_no", Number, ForeignKey(sources.c.source_no)),
    Column("parent_no", Number, ForeignKey("documents.document_no")),
    _needed("state", Text),
    _needed("first_seen_at", UtcDateTime),
    _needed("version", Integer),
    Column("content_no", Number, ForeignKey(contents.c.content_no)),
    Column("capture_no", Number, ForeignKey(captures.c.capture_no)),
    Column("captured_at", UtcDateTime),
    _needed("extractor", Text),
    _needed("extractor_revision", Integer),
    _needed("url", Text),
    Column("author", Text),
    Column("author_id", Text),
    Column("floor", Integer),
    Column("published_at", UtcDateTime),
    Column("edited_at", UtcDateTime),
    Column("platform", Text),
    Column("platform_id", Text),
    Column("board", Text),
    Column("board_key", Text),
    Column("closed", Boolean),
    Column("part", Integer),
    Column("quotes", Text),
    Column("code", Text),
    Column("hidden", Text),
    Column("extra", Text),
    UniqueConstraint("document_id"),
    Index("ix_documents_parent_no", "parent_no"),
    Index("ix_documents_content_no", "content_no"),
    Index("ix_documents_source_no_kind", "source_no", "kind"),
    Index("ix_documents_url", "url", postgresql_using="hash"),
    _one_of("state", "present", "gone"),
)  # fmt: skip

sightings = Table(
    "sightings", metadata,
    Column("document_no", Number, ForeignKey(documents.c.document_no), primary_key=True, autoincrement=False),
    Column("page_no", Number, ForeignKey(pages.c.page_no)),
    Column("capture_no", Number),
    _needed("last_seen_at", UtcDateTime),
    _needed("last_checked_at", UtcDateTime),
    Column("missing_since", UtcDateTime),
    _needed("missing_polls", Integer),
    Column("missing_counted_at", UtcDateTime),
    Index("ix_sightings_page_no", "page_no"),
)  # fmt: skip

versions = Table(
    "versions", metadata,
    _needed("document_no", Number, ForeignKey(documents.c.document_no)),
    _needed("number", Integer),
    _needed("content_no", Number, ForeignKey(contents.c.content_no)),
    _needed("cause", Text),
    Column("returns_to", Integer),
    _needed("captured_at", UtcDateTime),
    _needed("capture_no", Number, ForeignKey(captures.c.capture_no)),
    _needed("extractor_no", Number, ForeignKey(labels.c.label_no)),
    _needed("extractor_revision", Integer),
    Column("published_at", UtcDateTime),
    _needed("url", Text),
    PrimaryKeyConstraint("document_no", "number"),
    Index("ix_versions_content_no", "content_no"),
    Index("ix_versions_capture_no", "capture_no"),
    _one_of("cause", "source", "rederived"),
    sqlite_with_rowid=False,
)  # fmt: skip

SILENT = text("nature LIKE '%\"silent\"\\:true%'")
"""silent edits; queries must say it word for word, or their index is not used"""

changes = Table(
    "changes", metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    _needed("at", UtcDateTime),
    _needed("kind", Text),
    _needed("document_no", Number, ForeignKey(documents.c.document_no)),
    _needed("document_kind", Text),
    _needed("title", Text),
    _needed("url", Text),
    _needed("version", Integer),
    Column("previous_version", Integer),
    _needed("cause", Text),
    Column("capture_no", Number, ForeignKey(captures.c.capture_no)),
    Column("fields", Text),
    Column("nature", Text),
    Index("ix_changes_document_no", "document_no"),
    Index("ix_changes_at", "at", "seq"),
    Index("ix_changes_kind", "kind", "seq"),
    Index("ix_changes_silent", "seq", sqlite_where=SILENT, postgresql_where=SILENT),
    _one_of("kind", "new", "changed", "gone", "back", "moved"),
    _one_of("cause", "source", "rederived"),
)  # fmt: skip

consumers = Table(
    "consumers", metadata,
    Column("name", Text, primary_key=True),
    _needed("seq", Number),
    Column("until_seq", Number),
    Column("next_try_at", UtcDateTime),
    _needed("failures", Integer),
    Column("failing_since", UtcDateTime),
    Column("refused_since", UtcDateTime),
    Column("last_error", Text),
    Column("last_error_at", UtcDateTime),
    _needed("delivered", Number),
    Column("delivered_at", UtcDateTime),
    _needed("set_aside", Number),
    Column("stopped", Text),
)  # fmt: skip

reprints = Table(
    "reprints", metadata,
    _needed("content_no", Number, ForeignKey(contents.c.content_no)),
    _needed("other_no", Number, ForeignKey(contents.c.content_no)),
    _needed("score", Double),
    _needed("found_at", UtcDateTime),
    PrimaryKeyConstraint("content_no", "other_no"),
    Index("ix_reprints_other_no", "other_no"),
    sqlite_with_rowid=False,
)  # fmt: skip

links = Table(
    "links", metadata,
    Column("link_no", Number, primary_key=True, autoincrement=False),
    _needed("at", UtcDateTime),
    _needed("last_seq", Number),
    Column("note", Text),
    _needed("entries", LargeBinary),
    _needed("hash", LargeBinary),
)  # fmt: skip

# --- made from contents, and to be made again at any time: not in the chain ------------------------------------------

FTS5 = (
    "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', detail=none, columnsize=0, "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")"
)
"""on SQLite the index is a table of its own kind, whose rowid is the content's number"""

search = Table(
    "search", metadata,
    Column("content_no", Number, ForeignKey(contents.c.content_no), primary_key=True, autoincrement=False),
    _needed("tokens", TSVECTOR().with_variant(Text, "sqlite")),
    Index("ix_search_tokens", "tokens", postgresql_using="gin").ddl_if(dialect="postgresql"),
    info={"derived": True, "sqlite": FTS5},
)  # fmt: skip

bands = Table(
    "bands", metadata,
    _needed("band", Integer),
    _needed("content_no", Number, ForeignKey(contents.c.content_no)),
    PrimaryKeyConstraint("band", "content_no"),
    info={"derived": True},
    sqlite_with_rowid=False,
)  # fmt: skip
"""32 digests of each document's newest text; texts that share one may be reprints of each other"""


@compiles(CreateTable, "sqlite")
def _create_table(element: CreateTable, compiler: Any, **options: Any) -> str:
    return str(element.element.info.get("sqlite") or compiler.visit_create_table(element, **options))
