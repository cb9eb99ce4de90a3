ALTER TABLE updates DROP COLUMN problem;

ALTER TABLE updates DROP COLUMN attempts;
