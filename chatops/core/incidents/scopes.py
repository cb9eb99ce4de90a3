"""How much of an incident a silence hides: the scopes there are to choose from, as matchers of its labels.

It knows the incident and its labels, and nothing of what Alertmanager lists.
"""

from collections.abc import Mapping

from chatops.core.incidents.values import Incident
from chatops.core.silences import Choice, Matcher, Scope
from chatops.core.victims import suspect_of

LEAD_LABELS = (
    "alertname",
    "namespace",
    "exported_namespace",
    "deployment",
    "statefulset",
    "daemonset",
    "job_name",
    "cronjob",
    "horizontalpodautoscaler",
    "persistentvolumeclaim",
    "node",
    "pod",
    "exported_pod",
    "service",
)
"""Labels that tell one trouble from another, where the group has none of its own."""

OBJECT_LABELS = (
    ("deployment", "statefulset", "daemonset", "job_name", "cronjob", "horizontalpodautoscaler"),
    ("persistentvolumeclaim",),
    ("pod", "exported_pod"),
    ("node",),
    ("service",),
    ("instance",),
)
"""Labels that name an object, where none has the name of the one the alert is about: the first kind that is there."""

NAMESPACES = ("namespace", "exported_namespace")


def matchers_of(incident: Incident) -> tuple[Matcher, ...]:
    """What a silence of this incident matches: its group's labels, else what tells its leading alert from others.

    `cluster` is added where all its alerts share one, so that the same trouble elsewhere is still heard of. Empty
    where nothing could be matched but everything.
    """
    lead = incident.lead
    chosen = {name: value for name, value in incident.group_labels.items() if value}
    if not chosen and lead:
        chosen = {name: lead.labels[name] for name in LEAD_LABELS if lead.labels.get(name)}
        if "alertname" not in chosen:
            return ()
    clusters = {episode.alert.labels.get("cluster", "") for episode in incident.firing or incident.episodes}
    if len(clusters) == 1 and (cluster := clusters.pop()) and chosen:
        chosen.setdefault("cluster", cluster)
    return _matchers(chosen)


def choices_of(incident: Incident) -> tuple[Choice, ...]:
    """The scopes there are to choose from, the widest first, each once. Empty where nothing could be matched."""
    whole = matchers_of(incident)
    if not whole:
        return ()
    found = [Choice(Scope.GROUP, whole)] if any(incident.group_labels.values()) else []
    labels = incident.lead.labels if incident.lead else {}
    if labels.get("alertname"):
        chosen = {name: labels[name] for name in ("alertname", "cluster", *NAMESPACES) if labels.get(name)}
        found.append(Choice(Scope.ALERT, _matchers(chosen)))
        naming = _naming(labels)
        found.append(Choice(Scope.OBJECT, _matchers({**chosen, **naming}) if naming else whole))
    distinct: dict[tuple[Matcher, ...], Choice] = {}
    for choice in found:
        distinct.setdefault(choice.matchers, choice)
    return tuple(sorted(distinct.values(), key=lambda choice: len(choice.matchers)))


def _naming(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that name the alert's object: those with the name of what it is about before all others.

    A `pod` label often names the exporter that measured, and changes with it.
    """
    suspect = suspect_of(labels)
    every = [name for names in OBJECT_LABELS for name in names]
    if suspect is not None and suspect.name:
        named = {name: labels[name] for name in every if labels.get(name) == suspect.name}
        if named:
            return named
    return next(
        (found for names in OBJECT_LABELS if (found := {name: labels[name] for name in names if labels.get(name)})), {}
    )


def _matchers(chosen: Mapping[str, str]) -> tuple[Matcher, ...]:
    return tuple(Matcher(name, value) for name, value in sorted(chosen.items()))
