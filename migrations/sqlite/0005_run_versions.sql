-- The object's resourceVersion right after a change, for the audit line of its outcome.

ALTER TABLE actions ADD COLUMN after_version TEXT NOT NULL DEFAULT '';
