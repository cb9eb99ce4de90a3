-- A role holds everywhere: who had grants in some places only is disabled rather than let in everywhere.

DROP TABLE invites;

ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'viewer';

UPDATE users SET role = 'operator'
WHERE id IN (SELECT user_id FROM grants WHERE role = 'operator' AND cluster = '*' AND namespace = '*');

UPDATE users SET role = 'admin'
WHERE id IN (SELECT user_id FROM grants WHERE role = 'admin' AND cluster = '*' AND namespace = '*');

UPDATE users SET disabled = 1
WHERE id NOT IN (SELECT user_id FROM grants WHERE cluster = '*' AND namespace = '*');

DROP TABLE grants;
