-- How often handling an update crashed, and why it was put aside; such a row is kept for a person to look at.

ALTER TABLE updates ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;

ALTER TABLE updates ADD COLUMN problem TEXT NOT NULL DEFAULT '';
