-- Articles whose file is still what its name holds, or was when the name vanished: not those of superseded bytes.
-- A content that came under several names stays as long as one of them is not superseded.
CREATE OR REPLACE VIEW articles_current AS
SELECT a.*
FROM articles AS a
ANTI JOIN documents_superseded AS s ON s.doc_id = a.doc_id;
