-- Documents that no name holds any more: their file's name holds other bytes by now. A content that came under several names is
-- superseded when all of them hold something else.
CREATE OR REPLACE VIEW documents_superseded AS
SELECT d.*
FROM documents AS d
SEMI JOIN (SELECT file_id FROM arrivals WHERE state = 'superseded') AS s ON s.file_id = d.file_id
WHERE NOT EXISTS (SELECT 1 FROM arrivals AS r WHERE r.file_id = d.file_id AND r.state <> 'superseded');
