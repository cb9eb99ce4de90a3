ALTER TABLE incidents DROP COLUMN flapping;
