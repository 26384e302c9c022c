-- What cleaning took out, by run (and its day), site, action, label and rule: number of edits, their characters, documents touched.
-- Computed at publication, so that a page need not group every edit. Line breaks between paragraphs are not dirt and are left out.
-- run_id is the run that made the rows, which changes when newer code makes them again; arrived_run_id and arrived_on are the run and the
-- day that brought the file, for a course over time.
CREATE OR REPLACE TABLE dirt_daily AS
SELECT
    e.run_id,
    any_value(r.started_at)::DATE AS day,
    d.site,
    e.action,
    e.label,
    e.rule_id,
    count(*) AS edits,
    sum(e.stop - e.start)::BIGINT AS characters,
    count(DISTINCT e.doc_id) AS documents,
    f.run_id AS arrived_run_id,
    any_value(f.first_seen_at)::DATE AS arrived_on
FROM edits AS e
JOIN documents AS d USING (doc_id)
JOIN seed_files AS f USING (file_id)
LEFT JOIN runs AS r ON r.run_id = e.run_id
WHERE e.action <> 'newline'
GROUP BY e.run_id, f.run_id, d.site, e.action, e.label, e.rule_id
ORDER BY e.run_id, f.run_id, d.site, e.action, e.label, e.rule_id;
