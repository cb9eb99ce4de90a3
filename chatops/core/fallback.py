"""What is told by another way while Telegram cannot be reached: when, once per outage, and in which words. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from chatops.core.incidents.values import Incident
from chatops.core.masking import mask
from chatops.core.moments import stamp
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue, one_line

MOST = 50
"""Incidents named in one post, the worst first; the others are counted."""


class News(StrEnum):
    """What there is to tell."""

    BEGAN = "began"
    OVER = "over"


def news(down_since: datetime | None, *, told: bool, waits: bool, after: timedelta, now: datetime) -> News | None:
    """`down_since` is None while Telegram is reached; `told`: that this outage began was said already; `waits`:
    something is to be delivered to somebody.
    """
    if down_since is None:
        return News.OVER if told else None
    # By its distance: a clock that was set back must not keep it from being told.
    long_down = abs(now - down_since) >= after
    return News.BEGAN if long_down and waits and not told else None


def body(news: News, incidents: Sequence[Incident], tongue: Tongue, *, down_for: timedelta) -> dict[str, object]:
    """What is posted: a text for people, and the incidents that wait for software."""
    worst = sorted(incidents, key=lambda each: (each.severity.rank, each.id))
    return {
        "text": _text(news, worst, tongue, down_for),
        "incidents": [
            {
                "number": each.id,
                "title": _title(each, tongue),
                "severity": str(each.severity),
                "status": str(each.status),
                "cluster": one_line(mask(each.cluster), 120),
                "namespace": one_line(mask(each.namespace), 120),
                "opened_at": stamp(each.opened_at),
            }
            for each in worst[:MOST]
        ],
    }


def _text(news: News, incidents: Sequence[Incident], tongue: Tongue, down_for: timedelta) -> str:
    if news is News.OVER:
        return tongue.plain("✅ Telegram can be reached again. What waited is being delivered.")
    head = tongue.plain(
        "⚠️ Telegram cannot be reached for {span}. Incidents that wait there: {count}",
        span=tongue.span(down_for),
        count=len(incidents),
    )
    lines = [f"#{each.id} {each.severity} {_title(each, tongue)}" for each in incidents[:MOST]]
    return "\n".join([head, *lines])


def _title(incident: Incident, tongue: Tongue) -> str:
    return one_line(mask(headline(incident, tongue)), 200)
