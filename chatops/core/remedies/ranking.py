"""The ranking: candidates from what the objects are, order from their state, then from what helped before."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from chatops.core.actions import ACTIONS
from chatops.core.alerts import Severity
from chatops.core.applicable import View, applicable
from chatops.core.incidents.values import Incident
from chatops.core.remedies.objects import for_object
from chatops.core.remedies.pods import for_pod
from chatops.core.remedies.readings import reading
from chatops.core.remedies.rules import Rule, matching
from chatops.core.remedies.values import Advice, Candidate, Suggestion, Suggestions
from chatops.core.remedies.workloads import for_workload
from chatops.core.resources import Health, PodView, WorkloadView
from chatops.core.surveys import Survey
from chatops.core.topics import topics_of
from chatops.core.victims import clues_of

MOST_REMEDIES = 3

BY_RULE = "rule"
"""The `why` of a suggestion that the operator's own rules brought in without saying why."""


def suggest(incident: Incident, *, now: datetime, advice: Advice | None = None) -> Suggestions:
    """Nothing is suggested before the cluster was seen: a suggestion that cannot work is worse than none.

    An alert of the monitoring pipeline itself (severity `none`, kube-prometheus' convention) suggests nothing ever.
    """
    survey = incident.current_survey
    lead = incident.lead
    if survey is None or survey.problem or (lead and lead.labels.get("severity") == Severity.NONE):
        return Suggestions()
    advice = advice or Advice()
    labels = [episode.alert.labels for episode in incident.firing or incident.episodes]
    topics = topics_of(labels)
    named = {ref.name for clue in clues_of(labels) for ref in clue.candidates if ref.kind == "Pod"}
    pod = _most_telling_pod(survey, named)
    workload = _workload_of(pod, survey) or survey.worst_workload
    found: list[Candidate] = []
    if workload:
        found += for_workload(workload, incident, topics)
    if pod:
        found += for_pod(pod, named=pod.ref.name in named)
    for view in survey.others:
        found += for_object(view, topics)
    possible = [each for each in found if _can_work(each.suggestion, survey, now)]
    ranked = sorted(possible, key=lambda each: -(each.score + advice.experience.swing(each.suggestion.action)))
    ordered = _distinct(each.suggestion for each in ranked)
    ruled = _ruled(ordered, matching(advice.rules, labels), survey, now)
    told = tuple(_with_experience(each, advice) for each in ruled[:MOST_REMEDIES])
    return Suggestions(told, reading(pod, workload, survey, topics))


def _most_telling_pod(survey: Survey, named: Container[str]) -> PodView | None:
    """The worst, or of those that are all well the one that an alert names."""
    worst = survey.worst_pod
    if worst is None or worst.health is Health.BAD:
        return worst
    return next((pod for pod in survey.all_pods if pod.ref.name in named), worst)


def _workload_of(pod: PodView | None, survey: Survey) -> WorkloadView | None:
    return next((w for w in survey.workloads if pod in w.pods), None)


def _views(survey: Survey) -> Iterator[View]:
    yield from survey.workloads
    yield from survey.all_pods
    yield from survey.others


def _can_work(suggestion: Suggestion, survey: Survey, now: datetime) -> bool:
    """Nothing that was seen speaks against it. An object that was only heard of (a tie) is tried when it is chosen."""
    if suggestion.ref.kind not in ACTIONS[suggestion.action].kinds:
        return False
    seen = next((view for view in _views(survey) if view.ref.same_place(suggestion.ref)), None)
    if seen is None:
        return not any(suggestion.action in view.denied for view in _views(survey))
    return ACTIONS[suggestion.action] in applicable(seen, now)


def _distinct(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """One of each action: its best."""
    found: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        found.setdefault(suggestion.action, suggestion)
    return list(found.values())


def _ruled(ordered: list[Suggestion], rules: tuple[Rule, ...], survey: Survey, now: datetime) -> list[Suggestion]:
    """The operator's own rules, one after the other, each over what those before it left."""
    for rule in rules:
        wanted = rule.only or rule.first
        by_action = {suggestion.action: suggestion for suggestion in ordered}
        put = [by_action.get(action) or _brought_in(action, survey, now) for action in wanted]
        first = [replace(each, why=BY_RULE, told=rule.why) if rule.why else each for each in put if each]
        rest = [] if rule.only else [each for each in ordered if each.action not in wanted]
        ordered = [each for each in (*first, *rest) if each.action not in rule.never]
    return ordered


def _brought_in(action: str, survey: Survey, now: datetime) -> Suggestion | None:
    """An action that only a rule wants, on the first object seen that allows it. The preview chooses the rest."""
    view = next((view for view in _views(survey) if ACTIONS[action] in applicable(view, now)), None)
    return Suggestion(action, view.ref, BY_RULE) if view else None


def _with_experience(suggestion: Suggestion, advice: Advice) -> Suggestion:
    helped = advice.experience.told(suggestion.action)
    return replace(suggestion, helped=helped) if helped else suggestion
