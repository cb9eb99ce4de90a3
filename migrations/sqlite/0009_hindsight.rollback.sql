DROP INDEX incidents_opened;
ALTER TABLE incidents DROP COLUMN said_noise;
ALTER TABLE incidents DROP COLUMN said_real;
ALTER TABLE incidents DROP COLUMN verdicts;
ALTER TABLE incidents DROP COLUMN handed_by;
ALTER TABLE incidents DROP COLUMN handed_at;
ALTER TABLE incidents DROP COLUMN acknowledged_at;
