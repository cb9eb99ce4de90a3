"""What one Alertmanager lists, as a value of core."""

from datetime import UTC, datetime

from chatops.core.plain import plain_line
from chatops.core.roll_call import Listed, ListedGroup, Mute, Roll
from chatops.upstream.alertmanager import AlertGroup, Alertmanager, GroupedAlert

ACTIVE = "active"


def roll_of(one: Alertmanager, now: datetime) -> Roll:
    """Raises Temporary and Permanent."""
    started_at = one.status().started_at
    groups = tuple(_group(group, now) for group in one.groups())
    silences = {}
    if any(alert.silences for group in groups for alert in group.alerts):
        silences = {
            each.id: Mute(plain_line(each.created_by), each.ends_at.astimezone(UTC))
            for each in one.silences()
            if each.status.state == ACTIVE and each.ends_at is not None and each.ends_at.tzinfo is not None
        }
    return Roll(groups, started_at, silences)


def _group(group: AlertGroup, now: datetime) -> ListedGroup:
    return ListedGroup(group.receiver.name, group.labels, tuple(_alert(alert, now) for alert in group.alerts))


def _alert(alert: GroupedAlert, now: datetime) -> Listed:
    starts_at = alert.starts_at if alert.starts_at is not None and alert.starts_at.tzinfo is not None else now
    return Listed(
        alert.fingerprint,
        alert.labels,
        alert.annotations,
        starts_at.astimezone(UTC),
        alert.generator_url,
        muted=alert.status.state != ACTIVE,
        silences=tuple(alert.status.silenced_by or ()),
    )
