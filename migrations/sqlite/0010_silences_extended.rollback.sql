ALTER TABLE silences DROP COLUMN extended_by_name;
ALTER TABLE silences DROP COLUMN extended_by_id;
ALTER TABLE silences DROP COLUMN extending_to;
ALTER TABLE silences DROP COLUMN warned;
