-- `nature` of a change: null where nothing was compared (new, gone, moved) and in lines older than this.

CREATE VIEW change_log AS
SELECT h.seq, UTC(h.at) AS at, h.kind, s.source_id, d.document_id, h.document_kind, h.title, h.url, h.version,
       h.previous_version, h.cause, CAST(h.capture_no AS TEXT) AS capture_id, COALESCE(h.fields, '{}') AS fields, h.nature
FROM changes h
JOIN documents d ON d.document_no = h.document_no
JOIN sources s ON s.source_no = d.source_no;
