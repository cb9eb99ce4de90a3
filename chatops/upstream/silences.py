"""One silence as an Alertmanager lists it, as a value of core: its words made safe, and where it hides alerts."""

from datetime import UTC

from chatops.core.plain import plain_line, safe_text
from chatops.core.silences import Matcher, StandingSilence
from chatops.upstream.alertmanager import ListedMatcher, ListedSilence

_EXPIRED, _PENDING = "expired", "pending"
_SIGNS = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
"""By whether it is a pattern, and whether it has to match."""

_NAMESPACES = ("exported_namespace", "namespace")


def standing_silence(listed: ListedSilence, instance: int) -> StandingSilence | None:
    """None for one that has ended, or of which the end is not told."""
    ends_at, starts_at = listed.ends_at, listed.starts_at or listed.ends_at
    if listed.status.state == _EXPIRED or not listed.id or ends_at is None or starts_at is None:
        return None
    if ends_at.tzinfo is None or starts_at.tzinfo is None:
        return None
    exact = {each.name: each.value for each in listed.matchers if not each.is_regex and each.is_equal}
    return StandingSilence(
        listed.id,
        instance,
        tuple(_text(each) for each in listed.matchers),
        plain_line(listed.created_by),
        plain_line(listed.comment),
        starts_at.astimezone(UTC),
        ends_at.astimezone(UTC),
        exact.get("cluster", ""),
        next((exact[name] for name in _NAMESPACES if exact.get(name)), ""),
        listed.status.state == _PENDING,
    )


def _text(each: ListedMatcher) -> str:
    name, _, value = Matcher(each.name, each.value).text.partition('="')
    return safe_text(f'{name}{_SIGNS[each.is_regex, each.is_equal]}"{value}')
