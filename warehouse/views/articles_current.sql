-- Articles whose file is still what its name holds, or was when the name vanished: not those of superseded bytes.
-- A content that came under several names stays as long as one of them is not superseded.
CREATE OR REPLACE VIEW articles_current AS
SELECT a.*
FROM articles AS a
SEMI JOIN (
    SELECT d.doc_id
    FROM documents AS d
    SEMI JOIN (SELECT file_id FROM arrivals WHERE state <> 'superseded') AS r ON r.file_id = d.file_id
) AS c ON c.doc_id = a.doc_id;
