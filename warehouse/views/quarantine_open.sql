-- Refusals that still stand, one row per document or input: how many checks it failed in its last run, the first of them, since when it
-- is refused, how often it was tried again, and what was last done about it. A refusal ends when its document or file stands in
-- documents, when a file that was never read has been taken in under its name, or when someone discards it.
CREATE OR REPLACE VIEW quarantine_open AS
WITH entries AS (
    SELECT q.*, coalesce(q.doc_id, q.file_id, q.key, q.reason) AS subject FROM quarantine AS q WHERE q.severity = 'critical'
), acts AS (
    SELECT
        e.subject,
        count(*) FILTER (WHERE a.action = 'retry') AS attempts,
        arg_max(a.action, (a.run_id, a.action_no)) AS last_action,
        max(e.run_id) FILTER (WHERE a.action = 'discard') AS discarded_run_id
    FROM entries AS e
    JOIN quarantine_actions AS a ON a.quarantine_run_id = e.run_id AND a.quarantine_no = e.quarantine_no
    GROUP BY e.subject
)
SELECT
    max(e.run_id) AS run_id,
    arg_min(e.quarantine_no, (-e.run_id, e.quarantine_no)) AS quarantine_no,
    any_value(e.doc_id) AS doc_id,
    any_value(e.file_id) AS file_id,
    arg_min(e.stage, (-e.run_id, e.quarantine_no)) AS stage,
    arg_min(e.severity, (-e.run_id, e.quarantine_no)) AS severity,
    arg_min(e.table_name, (-e.run_id, e.quarantine_no)) AS table_name,
    arg_min(e.key, (-e.run_id, e.quarantine_no)) AS key,
    arg_min(e.check_id, (-e.run_id, e.quarantine_no)) AS check_id,
    arg_min(e.reason, (-e.run_id, e.quarantine_no)) AS reason,
    count(DISTINCT e.check_id) FILTER (WHERE e.run_id = last.run_id) AS reason_count,
    min(e.run_id) AS first_run_id,
    min(r.started_at) AS first_seen,
    any_value(coalesce(acts.attempts, 0)) AS attempts,
    any_value(acts.last_action) AS last_action,
    arg_min(e.replay, (-e.run_id, e.quarantine_no)) AS replay
FROM entries AS e
JOIN (SELECT subject, max(run_id) AS run_id FROM entries GROUP BY subject) AS last USING (subject)
LEFT JOIN runs AS r ON r.run_id = e.run_id
LEFT JOIN acts USING (subject)
WHERE NOT EXISTS (SELECT 1 FROM documents AS d WHERE d.doc_id = e.doc_id)
  AND (e.doc_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM documents AS d WHERE d.file_id = e.file_id))
  AND (coalesce(e.doc_id, e.file_id) IS NOT NULL OR NOT EXISTS (SELECT 1 FROM arrivals AS a WHERE a.uri = e.key AND a.run_id > e.run_id))
  AND (acts.discarded_run_id IS NULL OR last.run_id > acts.discarded_run_id)
GROUP BY e.subject;
