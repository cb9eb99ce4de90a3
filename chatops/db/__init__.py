"""The database: the only place that opens a session.

It takes and returns core values and knows no actor and no door.
"""
