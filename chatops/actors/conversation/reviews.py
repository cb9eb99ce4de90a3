"""Reviews of a span of time: as a screen, as files, and the one of each week. Each holds what somebody may read."""

from datetime import datetime, tzinfo

from chatops.core.cards import Position
from chatops.core.policy import Policy
from chatops.core.review import Review, Span, review_of
from chatops.core.screens import review, review_files
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue
from chatops.db.places import Readable
from chatops.db.store import Store

WEEKLY = "weekly"
"""Argument of a position: the review that came by itself."""


def drawn(
    position: Position, store: Store, tongue: Tongue, *, now: datetime, policy: Policy, readable: Readable | None
) -> Screen:
    """Without `readable` all incidents count: for a chat that is shown all of them."""
    zone = zone_in(position.chat_id, store, policy)
    told = review_from(store, review.span_of(position.args, now), zone, readable)
    return review.review(told, tongue, zone=zone, weekly=WEEKLY in position.args)


def file_of(
    position: Position, store: Store, tongue: Tongue, *, now: datetime, policy: Policy, readable: Readable
) -> tuple[str, bytes]:
    """Name and content, in the format that the button names."""
    span = review.span_of(position.args, now)
    if position.args.get("format") == "csv":
        # With a mark in front, without which spreadsheets take it for another encoding.
        content = review_files.csv_of(store.statistics.incidents(span, readable)).encode("utf-8-sig")
        return review_files.file_name(span, "csv"), content
    zone = zone_in(position.chat_id, store, policy)
    told = review_from(store, span, zone, readable)
    return review_files.file_name(span, "md"), review_files.markdown_of(told, tongue, zone=zone).encode()


def zone_in(chat_id: int, store: Store, policy: Policy) -> tzinfo:
    """Where the nights and days of the chat are counted: its own zone, or that of the settings."""
    return store.routes.of(chat_id).zone or policy.zone


def review_from(store: Store, span: Span, zone: tzinfo, readable: Readable | None) -> Review:
    read = store.statistics
    rows, tried = read.incidents(span, readable), read.tried(span, readable)
    return review_of(span, rows, tried, before=read.count(span.before, readable), zone=zone)
