DROP INDEX audit_people;
DROP INDEX audit_person;
DROP INDEX audit_type;
DROP TABLE changes_of;
DROP TABLE listed_vocabulary;
DROP TABLE listed_words;
DROP TABLE listed;
DROP TABLE places;
