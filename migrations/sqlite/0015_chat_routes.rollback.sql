DROP TABLE chat_routes;
