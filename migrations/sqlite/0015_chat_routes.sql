-- What each chat is told of, how loudly and when; one row more where ROUTES_FILE says it, which then counts alone.

CREATE TABLE chat_routes (
    chat_id INTEGER NOT NULL,
    from_file INTEGER NOT NULL,
    place INTEGER NOT NULL,
    routes TEXT NOT NULL,
    quiet TEXT NOT NULL,
    zone TEXT NOT NULL,
    PRIMARY KEY (chat_id, from_file)
);
