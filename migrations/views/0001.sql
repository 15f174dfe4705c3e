-- The views of release 1, for both databases. UTC(x) is a time for people: RFC 3339 text on SQLite, timestamptz on Postgres.
-- FIELD(x, name) is one value of a JSON object kept as text. Statements end in a semicolon at the end of a line.

CREATE VIEW current_documents AS
SELECT document_id, parent_id, source_id, kind, url, title, text, version, content_hash,
       UTC(published_at) AS published_at, UTC(first_seen_at) AS first_seen_at, UTC(last_seen_at) AS last_seen_at,
       UTC(CASE WHEN answered_at > last_checked_at THEN answered_at ELSE last_checked_at END) AS last_checked_at, state
FROM (
    SELECT d.document_id, p.document_id AS parent_id, s.source_id, d.kind, d.url, c.title, c.text, d.version, c.content_hash,
           d.published_at, d.first_seen_at, d.state, g.last_checked_at, a.answered_at,
           CASE WHEN a.payload_capture_no = g.capture_no AND a.touched_at > g.last_seen_at
                THEN a.touched_at ELSE g.last_seen_at END AS last_seen_at
    FROM documents d
    JOIN contents c ON c.content_no = d.content_no
    JOIN sources s ON s.source_no = d.source_no
    JOIN sightings g ON g.document_no = d.document_no
    LEFT JOIN pages a ON a.page_no = g.page_no
    LEFT JOIN documents p ON p.document_no = d.parent_no
) AS head;

CREATE VIEW document_versions AS
SELECT d.document_id, v.number AS version, s.source_id, v.url, UTC(v.captured_at) AS captured_at, v.cause, v.returns_to,
       c.content_hash, c.title, c.text, COALESCE(c.fields, '{}') AS fields, COALESCE(c.links, '[]') AS links,
       COALESCE(c.images, '[]') AS images, COALESCE(c.attachments, '[]') AS attachments,
       UTC(v.published_at) AS published_at, CAST(v.capture_no AS TEXT) AS capture_id, x.label AS extractor,
       v.extractor_revision
FROM versions v
JOIN documents d ON d.document_no = v.document_no
JOIN contents c ON c.content_no = v.content_no
JOIN sources s ON s.source_no = d.source_no
JOIN labels x ON x.label_no = v.extractor_no;

CREATE VIEW topics AS
SELECT topic_id, source_id, url, platform, platform_id, board, title, author, posts, closed,
       UTC(first_posted_at) AS first_posted_at, UTC(last_posted_at) AS last_posted_at, version, state
FROM (
    SELECT d.document_id AS topic_id, s.source_id, d.url, d.platform, d.platform_id, d.board, c.title, d.author, d.closed,
           d.version, d.state,
           (SELECT count(*) FROM documents q WHERE q.parent_no = d.document_no AND q.kind = 'post' AND q.state = d.state) AS posts,
           COALESCE((SELECT min(q.published_at) FROM documents q WHERE q.parent_no = d.document_no AND q.kind = 'post'),
                    d.published_at) AS first_posted_at,
           COALESCE((SELECT max(q.published_at) FROM documents q WHERE q.parent_no = d.document_no AND q.kind = 'post'),
                    d.published_at) AS last_posted_at
    FROM documents d
    JOIN contents c ON c.content_no = d.content_no
    JOIN sources s ON s.source_no = d.source_no
    WHERE d.kind = 'topic'
) AS topic;

CREATE VIEW topic_posts AS
SELECT t.document_id AS topic_id, t.url AS topic_url, tc.title AS topic_title, d.document_id, d.platform, d.platform_id,
       d.floor, d.author, UTC(d.published_at) AS posted_at, UTC(d.edited_at) AS edited_at, c.text,
       COALESCE(d.quotes, '[]') AS quotes, COALESCE(d.code, '[]') AS code, COALESCE(d.hidden, '[]') AS hidden,
       COALESCE(c.images, '[]') AS images, COALESCE(c.attachments, '[]') AS attachments, d.version, d.state
FROM documents d
JOIN documents t ON t.document_no = d.parent_no
JOIN contents c ON c.content_no = d.content_no
LEFT JOIN contents tc ON tc.content_no = t.content_no
WHERE d.kind = 'post';

CREATE VIEW government_notices AS
SELECT d.document_id, s.source_id, d.url, c.title, c.text, FIELD(c.fields, issuer) AS issuer,
       FIELD(c.fields, document_number) AS document_number, FIELD(c.fields, index_number) AS index_number,
       FIELD(c.fields, written_on) AS written_on, FIELD(c.fields, published_on) AS published_on,
       FIELD(c.fields, subject) AS subject, FIELD(c.fields, validity) AS validity, FIELD(c.fields, origin) AS origin,
       FIELD(c.fields, addressee) AS addressee, FIELD(c.fields, signatory) AS signatory,
       COALESCE(c.attachments, '[]') AS attachments, COALESCE(c.fields, '{}') AS fields, d.version, d.state
FROM documents d
JOIN contents c ON c.content_no = d.content_no
JOIN sources s ON s.source_no = d.source_no
WHERE d.kind = 'notice'
   OR (d.kind = 'file' AND (FIELD(c.fields, document_number) IS NOT NULL OR FIELD(c.fields, addressee) IS NOT NULL
                            OR FIELD(c.fields, signatory) IS NOT NULL));

CREATE VIEW same_content AS
SELECT d.document_id, o.document_id AS other_id, 'duplicate' AS relation, 1.0 AS score,
       UTC(CASE WHEN d.captured_at > o.captured_at THEN d.captured_at ELSE o.captured_at END) AS found_at
FROM documents d
JOIN contents c ON c.content_no = d.content_no
JOIN documents o ON o.content_no = d.content_no AND o.document_no <> d.document_no
WHERE length(c.text) >= 60
UNION ALL
SELECT d.document_id, o.document_id AS other_id, 'reprint' AS relation, r.score, UTC(r.found_at) AS found_at
FROM reprints r
JOIN documents d ON d.content_no = r.content_no
JOIN documents o ON o.content_no = r.other_no AND o.document_no <> d.document_no
UNION ALL
SELECT d.document_id, o.document_id AS other_id, 'reprint' AS relation, r.score, UTC(r.found_at) AS found_at
FROM reprints r
JOIN documents d ON d.content_no = r.other_no
JOIN documents o ON o.content_no = r.content_no AND o.document_no <> d.document_no;

CREATE VIEW capture_log AS
SELECT CAST(k.capture_no AS TEXT) AS capture_id, CAST(k.page_no AS TEXT) AS page_id, s.source_id,
       COALESCE(k.url, a.url) AS url, COALESCE(k.final_url, k.url, a.url) AS final_url, UTC(k.fetched_at) AS fetched_at,
       k.status, COALESCE(r.outcome, k.outcome) AS outcome, COALESCE(k.error, r.error) AS error,
       HEXTEXT(y.digest) AS digest, y.size AS payload_bytes, m.label AS content_type, e.label AS encoding,
       w.label AS encoding_evidence, t.label AS tls, k.duration_ms
FROM captures k
JOIN pages a ON a.page_no = k.page_no
JOIN sources s ON s.source_no = k.source_no
LEFT JOIN payloads y ON y.payload_no = k.payload_no
LEFT JOIN labels m ON m.label_no = k.media_type_no
LEFT JOIN labels t ON t.label_no = k.tls_no
LEFT JOIN derivations r ON r.capture_no = k.capture_no
     AND r.number = (SELECT max(z.number) FROM derivations z WHERE z.capture_no = k.capture_no)
LEFT JOIN labels e ON e.label_no = r.encoding_no
LEFT JOIN labels w ON w.label_no = r.evidence_no;

CREATE VIEW change_log AS
SELECT h.seq, UTC(h.at) AS at, h.kind, s.source_id, d.document_id, h.document_kind, h.title, h.url, h.version,
       h.previous_version, h.cause, CAST(h.capture_no AS TEXT) AS capture_id, COALESCE(h.fields, '{}') AS fields
FROM changes h
JOIN documents d ON d.document_no = h.document_no
JOIN sources s ON s.source_no = d.source_no;

CREATE VIEW page_status AS
SELECT CAST(a.page_no AS TEXT) AS page_id, s.source_id, a.url, a.kind, UTC(a.last_poll_at) AS last_poll_at, a.last_outcome,
       UTC(CASE WHEN a.paused OR a.state = 'retired' THEN NULL ELSE a.next_poll_at END) AS next_poll_at, a.failures,
       (SELECT count(*) FROM sightings g WHERE g.page_no = a.page_no) AS documents
FROM pages a
JOIN sources s ON s.source_no = a.source_no;
