-- How often the alerts of an incident ended lately, and what its card owes, as JSON; empty where there is none of it.

ALTER TABLE incidents ADD COLUMN flapping TEXT NOT NULL DEFAULT '';
