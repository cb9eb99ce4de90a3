DROP INDEX incidents_maintained;
ALTER TABLE incidents DROP COLUMN maintenance;
DROP TABLE maintenance;
