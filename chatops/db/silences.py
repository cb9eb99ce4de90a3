"""Silences as rows: one per silence asked for, from the press to its end. An incident shows its latest."""

from collections.abc import Sequence
from typing import Any

from chatops.core.silences import Matcher, Silence
from chatops.db.columns import aware, aware_or_none, clean, from_json, naive, naive_or_none, to_json
from chatops.db.entities import Tables


def write_silence(tables: Tables, incident_id: int, silence: Silence) -> None:
    """Store it as it is, over what was stored of it before."""
    columns = _columns(silence)
    row = tables.Silence.get(key=silence.key)
    if row is None:
        tables.Silence(key=silence.key, incident_id=incident_id, **columns)
    else:
        row.set(**{name: value for name, value in columns.items() if getattr(row, name) != value})


def silences_of(tables: Tables, incident_ids: Sequence[int]) -> dict[int, Silence]:
    """The latest silence of each of these incidents that has one."""
    wanted = list(incident_ids)
    if not wanted:
        return {}
    rows = tables.Silence.select(lambda row: row.incident_id in wanted)
    return {row.incident_id: _silence(row) for row in sorted(rows, key=lambda row: (row.created_at, row.key))}


def _columns(silence: Silence) -> dict[str, Any]:
    return {
        "silence_id": clean(silence.id),
        "instance": silence.instance,
        "matchers": to_json(silence.matchers),
        "by_id": silence.by_id,
        "by_name": clean(silence.by_name),
        "created_at": naive(silence.created_at),
        "ends_at": naive(silence.ends_at),
        "until_resolved": silence.until_resolved,
        "lifting": silence.lifting,
        "lifted_by_id": silence.lifted_by_id,
        "lifted_by_name": clean(silence.lifted_by_name),
        "ended_at": naive_or_none(silence.ended_at),
        "problem": clean(silence.problem),
        "detail": clean(silence.detail),
        "warned": silence.warned,
        "extending_to": naive_or_none(silence.extending_to),
        "extended_by_id": silence.extended_by_id,
        "extended_by_name": clean(silence.extended_by_name),
    }


def _silence(row: Any) -> Silence:
    return Silence(
        key=row.key,
        matchers=from_json(row.matchers, tuple[Matcher, ...]) or (),
        by_id=row.by_id,
        by_name=row.by_name,
        created_at=aware(row.created_at),
        ends_at=aware(row.ends_at),
        until_resolved=row.until_resolved,
        id=row.silence_id,
        instance=row.instance,
        lifting=row.lifting,
        lifted_by_id=row.lifted_by_id,
        lifted_by_name=row.lifted_by_name,
        ended_at=aware_or_none(row.ended_at),
        problem=row.problem,
        detail=row.detail,
        warned=row.warned,
        extending_to=aware_or_none(row.extending_to),
        extended_by_id=row.extended_by_id,
        extended_by_name=row.extended_by_name,
    )
