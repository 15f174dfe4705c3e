CREATE VIEW incidents AS
SELECT CAST(i.incident_no AS TEXT) AS incident_id, s.source_id, i.kind, i.url, i.host, UTC(i.opened_at) AS opened_at,
       UTC(i.closed_at) AS closed_at, UTC(i.last_at) AS last_at, i.outcome, i.reason, i.count
FROM incident_log i
LEFT JOIN sources s ON s.source_no = i.source_no;
