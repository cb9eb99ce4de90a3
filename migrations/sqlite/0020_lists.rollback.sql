DROP TABLE changes_of;
DROP TABLE listed_words;
DROP TABLE listed;
DROP TABLE places;
