-- A silence that is about to end is told of once, and can be made to end later.

ALTER TABLE silences ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE silences ADD COLUMN extending_to TEXT;
ALTER TABLE silences ADD COLUMN extended_by_id INTEGER;
ALTER TABLE silences ADD COLUMN extended_by_name TEXT NOT NULL DEFAULT '';
