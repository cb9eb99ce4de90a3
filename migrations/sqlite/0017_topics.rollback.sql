DROP TABLE asides;
DROP TABLE topics;
DROP INDEX cards_pinned;
ALTER TABLE cards DROP COLUMN pinned;
ALTER TABLE cards DROP COLUMN thread_id;
DROP TABLE chat_settings;
