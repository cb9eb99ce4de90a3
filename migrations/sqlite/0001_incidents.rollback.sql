-- Run from the first statement to the last: what refers before what it refers to.

DROP TABLE settings;
DROP TABLE updates;
DROP TABLE buttons;
DROP TABLE positions;
DROP TABLE cards;
DROP TABLE audit;
DROP TABLE actions;
DROP TABLE alerts;
DROP TABLE mail;
DROP TABLE group_keys;
DROP TABLE incidents;
DROP TABLE inbox;
DROP TABLE chats;
DROP TABLE users;
