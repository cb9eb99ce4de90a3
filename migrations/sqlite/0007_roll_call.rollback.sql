ALTER TABLE incidents DROP COLUMN standing;
ALTER TABLE alerts DROP COLUMN listed_at;
