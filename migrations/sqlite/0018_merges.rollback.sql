ALTER TABLE incidents DROP COLUMN merged_into;
DROP INDEX merges_pending;
DROP TABLE merges;
