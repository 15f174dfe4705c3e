"""The tables and views of release 1.

Revision ID: 0001
Revises: none
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

column = sa.Column
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
utc = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
due = sa.text("NOT paused AND state <> 'retired'")
round_ = sa.text("NOT paused AND state = 'active'")


def upgrade() -> None:
    op.create_table(
        "contents",
        column("content_no", number, nullable=False),
        column("content_hash", sa.Text(), nullable=False),
        column("title", sa.Text(), nullable=False),
        column("text", sa.Text(), nullable=False),
        column("fields", sa.Text(), nullable=True),
        column("links", sa.Text(), nullable=True),
        column("images", sa.Text(), nullable=True),
        column("attachments", sa.Text(), nullable=True),
        column("margin", sa.Text(), nullable=True),
        column("markdown", sa.Text(), nullable=True),
        column("evidence", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("content_no", name="pk_contents"),
        sa.UniqueConstraint("content_hash", name="uq_contents_content_hash"),
    )
    op.create_table(
        "labels",
        column("label_no", number, nullable=False),
        column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("label_no", name="pk_labels"),
        sa.UniqueConstraint("label", name="uq_labels_label"),
    )
    op.create_table(
        "links",
        column("link_no", number, autoincrement=False, nullable=False),
        column("at", utc, nullable=False),
        column("last_seq", number, nullable=False),
        column("note", sa.Text(), nullable=True),
        column("entries", sa.LargeBinary(), nullable=False),
        column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("link_no", name="pk_links"),
    )
    op.create_table(
        "payloads",
        column("payload_no", number, nullable=False),
        column("digest", sa.LargeBinary(), nullable=False),
        column("size", number, nullable=False),
        column("codec", sa.SmallInteger(), nullable=False),
        column("base_no", number, nullable=True),
        column("depth", sa.SmallInteger(), nullable=False),
        column("data", sa.LargeBinary(), nullable=True),
        column("seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["base_no"], ["payloads.payload_no"], name="fk_payloads_base_no_payloads"),
        sa.PrimaryKeyConstraint("payload_no", name="pk_payloads"),
        sa.UniqueConstraint("digest", name="uq_payloads_digest"),
    )
    op.create_table(
        "sources",
        column("source_no", number, nullable=False),
        column("source_id", sa.Text(), nullable=False),
        column("url", sa.Text(), nullable=False),
        column("kind", sa.Text(), nullable=False),
        column("enabled", sa.Boolean(), nullable=False),
        column("tags", sa.Text(), nullable=False),
        column("settings", sa.Text(), nullable=False),
        column("added_at", utc, nullable=False),
        sa.PrimaryKeyConstraint("source_no", name="pk_sources"),
        sa.UniqueConstraint("source_id", name="uq_sources_source_id"),
    )
    op.create_table(
        "pages",
        column("page_no", number, nullable=False),
        column("source_no", number, nullable=False),
        column("url", sa.Text(), nullable=False),
        column("urlkey", sa.Text(), nullable=False),
        column("host", sa.Text(), nullable=False),
        column("kind", sa.Text(), nullable=False),
        column("depth", sa.Integer(), nullable=False),
        column("entry", sa.Boolean(), nullable=False),
        column("list_page", sa.Boolean(), nullable=False),
        column("paused", sa.Boolean(), nullable=False),
        column("state", sa.Text(), nullable=False),
        column("rank", sa.Integer(), nullable=False),
        column("activity", sa.Text(), nullable=True),
        column("found_on", number, nullable=True),
        column("found_at", utc, nullable=False),
        column("next_poll_at", utc, nullable=False),
        column("last_poll_at", utc, nullable=True),
        column("last_outcome", sa.Text(), nullable=True),
        column("last_error", sa.Text(), nullable=True),
        column("last_changed_at", utc, nullable=True),
        column("answered_at", utc, nullable=True),
        column("touched_at", utc, nullable=True),
        column("failures", sa.Integer(), nullable=False),
        column("polls_since_full", sa.Integer(), nullable=False),
        column("etag", sa.Text(), nullable=True),
        column("last_modified", sa.Text(), nullable=True),
        column("payload_no", number, nullable=True),
        column("payload_capture_no", number, nullable=True),
        column("headers_base_no", number, nullable=True),
        column("missing_since", utc, nullable=True),
        column("missing_polls", sa.Integer(), nullable=False),
        column("topic_key", sa.Text(), nullable=True),
        column("part", sa.Integer(), nullable=True),
        column("derived_with", sa.Text(), nullable=True),
        column("suspect_hash", sa.Text(), nullable=True),
        column("suspect_since", utc, nullable=True),
        sa.CheckConstraint("state IN ('active', 'gone', 'retired')", name="ck_pages_state"),
        sa.ForeignKeyConstraint(["source_no"], ["sources.source_no"], name="fk_pages_source_no_sources"),
        sa.PrimaryKeyConstraint("page_no", name="pk_pages"),
        sa.UniqueConstraint("urlkey", name="uq_pages_urlkey"),
    )
    op.create_index("ix_pages_due", "pages", ["next_poll_at", "rank"], sqlite_where=due, postgresql_where=due)
    op.create_index("ix_pages_host", "pages", ["host", "next_poll_at"], sqlite_where=due, postgresql_where=due)
    op.create_index(
        "ix_pages_round", "pages", ["source_no", "last_poll_at"], sqlite_where=round_, postgresql_where=round_
    )
    op.create_table(
        "reprints",
        column("content_no", number, nullable=False),
        column("other_no", number, nullable=False),
        column("score", sa.Double(), nullable=False),
        column("found_at", utc, nullable=False),
        sa.ForeignKeyConstraint(["content_no"], ["contents.content_no"], name="fk_reprints_content_no_contents"),
        sa.ForeignKeyConstraint(["other_no"], ["contents.content_no"], name="fk_reprints_other_no_contents"),
        sa.PrimaryKeyConstraint("content_no", "other_no", name="pk_reprints"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reprints_other_no", "reprints", ["other_no"])
    op.create_table(
        "captures",
        column("capture_no", number, nullable=False),
        column("page_no", number, nullable=False),
        column("source_no", number, nullable=False),
        column("fetched_at", utc, nullable=False),
        column("outcome", sa.Text(), nullable=False),
        column("status", sa.SmallInteger(), nullable=True),
        column("payload_no", number, nullable=True),
        column("revisit_of", number, nullable=True),
        column("duration_ms", sa.Integer(), nullable=True),
        column("media_type_no", number, nullable=True),
        column("tls_no", number, nullable=True),
        column("url", sa.Text(), nullable=True),
        column("final_url", sa.Text(), nullable=True),
        column("error", sa.Text(), nullable=True),
        column("headers", sa.LargeBinary(), nullable=True),
        column("headers_base_no", number, nullable=True),
        sa.ForeignKeyConstraint(["media_type_no"], ["labels.label_no"], name="fk_captures_media_type_no_labels"),
        sa.ForeignKeyConstraint(["page_no"], ["pages.page_no"], name="fk_captures_page_no_pages"),
        sa.ForeignKeyConstraint(["payload_no"], ["payloads.payload_no"], name="fk_captures_payload_no_payloads"),
        sa.ForeignKeyConstraint(["source_no"], ["sources.source_no"], name="fk_captures_source_no_sources"),
        sa.ForeignKeyConstraint(["tls_no"], ["labels.label_no"], name="fk_captures_tls_no_labels"),
        sa.PrimaryKeyConstraint("capture_no", name="pk_captures"),
    )
    op.create_index("ix_captures_page_no", "captures", ["page_no"])
    op.create_table(
        "memberships",
        column("source_no", number, nullable=False),
        column("page_no", number, nullable=False),
        column("list_page", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["page_no"], ["pages.page_no"], name="fk_memberships_page_no_pages"),
        sa.ForeignKeyConstraint(["source_no"], ["sources.source_no"], name="fk_memberships_source_no_sources"),
        sa.PrimaryKeyConstraint("source_no", "page_no", name="pk_memberships"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_memberships_page_no", "memberships", ["page_no"])
    op.create_table(
        "parts",
        column("topic_id", sa.Text(), nullable=False),
        column("part", sa.Integer(), nullable=False),
        column("page_no", number, nullable=False),
        column("read_at", utc, nullable=False),
        column("capture_no", number, nullable=False),
        sa.ForeignKeyConstraint(["page_no"], ["pages.page_no"], name="fk_parts_page_no_pages"),
        sa.PrimaryKeyConstraint("topic_id", "part", name="pk_parts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_parts_page_no", "parts", ["page_no"])
    op.create_table(
        "derivations",
        column("capture_no", number, nullable=False),
        column("number", sa.Integer(), nullable=False),
        column("extractor_no", number, nullable=False),
        column("revision", sa.Integer(), nullable=False),
        column("outcome", sa.Text(), nullable=False),
        column("at", utc, nullable=False),
        column("encoding_no", number, nullable=True),
        column("evidence_no", number, nullable=True),
        column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["capture_no"], ["captures.capture_no"], name="fk_derivations_capture_no_captures"),
        sa.ForeignKeyConstraint(["encoding_no"], ["labels.label_no"], name="fk_derivations_encoding_no_labels"),
        sa.ForeignKeyConstraint(["evidence_no"], ["labels.label_no"], name="fk_derivations_evidence_no_labels"),
        sa.ForeignKeyConstraint(["extractor_no"], ["labels.label_no"], name="fk_derivations_extractor_no_labels"),
        sa.PrimaryKeyConstraint("capture_no", "number", name="pk_derivations"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        column("document_no", number, nullable=False),
        column("document_id", sa.Text(), nullable=False),
        column("key", sa.Text(), nullable=False),
        column("kind", sa.Text(), nullable=False),
        column("source_no", number, nullable=False),
        column("parent_no", number, nullable=True),
        column("state", sa.Text(), nullable=False),
        column("first_seen_at", utc, nullable=False),
        column("version", sa.Integer(), nullable=False),
        column("content_no", number, nullable=True),
        column("capture_no", number, nullable=True),
        column("captured_at", utc, nullable=True),
        column("extractor", sa.Text(), nullable=False),
        column("extractor_revision", sa.Integer(), nullable=False),
        column("url", sa.Text(), nullable=False),
        column("author", sa.Text(), nullable=True),
        column("author_id", sa.Text(), nullable=True),
        column("floor", sa.Integer(), nullable=True),
        column("published_at", utc, nullable=True),
        column("edited_at", utc, nullable=True),
        column("platform", sa.Text(), nullable=True),
        column("platform_id", sa.Text(), nullable=True),
        column("board", sa.Text(), nullable=True),
        column("board_key", sa.Text(), nullable=True),
        column("closed", sa.Boolean(), nullable=True),
        column("part", sa.Integer(), nullable=True),
        column("quotes", sa.Text(), nullable=True),
        column("code", sa.Text(), nullable=True),
        column("hidden", sa.Text(), nullable=True),
        column("extra", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('present', 'gone')", name="ck_documents_state"),
        sa.ForeignKeyConstraint(["capture_no"], ["captures.capture_no"], name="fk_documents_capture_no_captures"),
        sa.ForeignKeyConstraint(["content_no"], ["contents.content_no"], name="fk_documents_content_no_contents"),
        sa.ForeignKeyConstraint(["parent_no"], ["documents.document_no"], name="fk_documents_parent_no_documents"),
        sa.ForeignKeyConstraint(["source_no"], ["sources.source_no"], name="fk_documents_source_no_sources"),
        sa.PrimaryKeyConstraint("document_no", name="pk_documents"),
        sa.UniqueConstraint("document_id", name="uq_documents_document_id"),
    )
    op.create_index("ix_documents_content_no", "documents", ["content_no"])
    op.create_index("ix_documents_parent_no", "documents", ["parent_no"])
    op.create_index("ix_documents_source_no_kind", "documents", ["source_no", "kind"])
    op.create_index("ix_documents_url", "documents", ["url"], postgresql_using="hash")
    op.create_table(
        "changes",
        column("seq", number, autoincrement=False, nullable=False),
        column("at", utc, nullable=False),
        column("kind", sa.Text(), nullable=False),
        column("document_no", number, nullable=False),
        column("document_kind", sa.Text(), nullable=False),
        column("title", sa.Text(), nullable=False),
        column("url", sa.Text(), nullable=False),
        column("version", sa.Integer(), nullable=False),
        column("previous_version", sa.Integer(), nullable=True),
        column("cause", sa.Text(), nullable=False),
        column("capture_no", number, nullable=True),
        column("fields", sa.Text(), nullable=True),
        sa.CheckConstraint("cause IN ('source', 'rederived')", name="ck_changes_cause"),
        sa.CheckConstraint("kind IN ('new', 'changed', 'gone', 'back', 'moved')", name="ck_changes_kind"),
        sa.ForeignKeyConstraint(["capture_no"], ["captures.capture_no"], name="fk_changes_capture_no_captures"),
        sa.ForeignKeyConstraint(["document_no"], ["documents.document_no"], name="fk_changes_document_no_documents"),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
    )
    op.create_index("ix_changes_document_no", "changes", ["document_no"])
    op.create_table(
        "sightings",
        column("document_no", number, autoincrement=False, nullable=False),
        column("page_no", number, nullable=True),
        column("capture_no", number, nullable=True),
        column("last_seen_at", utc, nullable=False),
        column("last_checked_at", utc, nullable=False),
        column("missing_since", utc, nullable=True),
        column("missing_polls", sa.Integer(), nullable=False),
        column("missing_counted_at", utc, nullable=True),
        sa.ForeignKeyConstraint(["document_no"], ["documents.document_no"], name="fk_sightings_document_no_documents"),
        sa.ForeignKeyConstraint(["page_no"], ["pages.page_no"], name="fk_sightings_page_no_pages"),
        sa.PrimaryKeyConstraint("document_no", name="pk_sightings"),
    )
    op.create_index("ix_sightings_page_no", "sightings", ["page_no"])
    op.create_table(
        "versions",
        column("document_no", number, nullable=False),
        column("number", sa.Integer(), nullable=False),
        column("content_no", number, nullable=False),
        column("cause", sa.Text(), nullable=False),
        column("returns_to", sa.Integer(), nullable=True),
        column("captured_at", utc, nullable=False),
        column("capture_no", number, nullable=False),
        column("extractor_no", number, nullable=False),
        column("extractor_revision", sa.Integer(), nullable=False),
        column("published_at", utc, nullable=True),
        column("url", sa.Text(), nullable=False),
        sa.CheckConstraint("cause IN ('source', 'rederived')", name="ck_versions_cause"),
        sa.ForeignKeyConstraint(["capture_no"], ["captures.capture_no"], name="fk_versions_capture_no_captures"),
        sa.ForeignKeyConstraint(["content_no"], ["contents.content_no"], name="fk_versions_content_no_contents"),
        sa.ForeignKeyConstraint(["document_no"], ["documents.document_no"], name="fk_versions_document_no_documents"),
        sa.ForeignKeyConstraint(["extractor_no"], ["labels.label_no"], name="fk_versions_extractor_no_labels"),
        sa.PrimaryKeyConstraint("document_no", "number", name="pk_versions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_versions_capture_no", "versions", ["capture_no"])
    op.create_index("ix_versions_content_no", "versions", ["content_no"])
    context.config.attributes["views"].create("0001")
