"""Reviews of a span of time: as a screen, as files, and the one of each week. Each holds what somebody may read."""

from datetime import datetime

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
    told = review_from(store, review.span_of(position.args, now), policy, readable)
    return review.review(told, tongue, zone=policy.zone, weekly=WEEKLY in position.args)


def file_of(
    position: Position, store: Store, tongue: Tongue, *, now: datetime, policy: Policy, readable: Readable
) -> tuple[str, bytes]:
    """Name and content, in the format that the button names."""
    span = review.span_of(position.args, now)
    if position.args.get("format") == "csv":
        # With a mark in front, without which spreadsheets take it for another encoding.
        content = review_files.csv_of(store.statistics.incidents(span, readable)).encode("utf-8-sig")
        return review_files.file_name(span, "csv"), content
    told = review_from(store, span, policy, readable)
    return review_files.file_name(span, "md"), review_files.markdown_of(told, tongue, zone=policy.zone).encode()


def review_from(store: Store, span: Span, policy: Policy, readable: Readable | None) -> Review:
    read = store.statistics
    rows, tried = read.incidents(span, readable), read.tried(span, readable)
    return review_of(span, rows, tried, before=read.count(span.before, readable), zone=policy.zone)
