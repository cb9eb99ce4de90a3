DROP TABLE silences;
ALTER TABLE incidents DROP COLUMN escalated_at;
