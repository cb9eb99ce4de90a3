DROP TABLE shown_alone;
