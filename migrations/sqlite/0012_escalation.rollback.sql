DROP TABLE covers;
DROP INDEX incidents_waiting;
ALTER TABLE incidents DROP COLUMN waits_since;
ALTER TABLE incidents DROP COLUMN escalation;
