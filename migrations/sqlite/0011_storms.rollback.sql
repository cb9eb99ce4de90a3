DROP TABLE storm_members;
DROP TABLE storms;
