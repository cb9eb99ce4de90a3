ALTER TABLE actions DROP COLUMN after_version;
