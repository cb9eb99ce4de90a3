"""How incidents went in a span of time: /statistics."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from chatops.actors.api.desk import Desk
from chatops.core.review import DEFAULT_DAYS, MOST_DAYS, Span, review_of
from chatops.core.shapes.review import Statistics, statistics
from chatops.core.texts import mark
from chatops.web.operations import Operation, Request, refused

NO_ZONE = mark("There is no time zone of this name.")


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """The last `days`, of one namespace where it is named. Days and nights are those of `zone` (IANA's name).

    The answer says from when on it is: no more than the newest 100,000 incidents are looked at.
    """

    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = DEFAULT_DAYS
    namespace: Annotated[str, Meta(max_length=253)] = ""
    zone: Annotated[str, Meta(max_length=60)] = ""


class StatisticsDesk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        return [
            Operation("GET", "/statistics", "How incidents went.", self.statistics, Statistics, query=StatisticsQuery)
        ]

    def statistics(self, request: Request) -> Statistics:
        query, caller, desk = request.query, request.by, self._desk
        zone = desk.policy.zone
        if query.zone:
            try:
                zone = ZoneInfo(query.zone)
            except (ValueError, OSError, KeyError) as error:
                raise refused(400, "no_zone", caller.tongue.plain(NO_ZONE)) from error
        now, readable, read = desk.clock(), desk.readable(caller), desk.store.statistics
        # A year of a large company is more than one answer may read: then it is the newest part of it, and says so.
        span = read.within(Span(now - timedelta(days=query.days), now, query.namespace))
        rows = read.incidents(span, readable)
        told = review_of(span, rows, read.tried(span, readable), before=read.count(span.before, readable), zone=zone)
        return statistics(told, read.charts(span, zone, readable), zone, caller.tongue)
