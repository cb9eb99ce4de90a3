"""What the API tells of things: plain values, whose names are those of its JSON, made of the core's own values.

Texts for people are in the reader's language and no markup: whoever shows them escapes them.
"""
