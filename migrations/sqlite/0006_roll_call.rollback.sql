ALTER TABLE alerts DROP COLUMN listed_at;
