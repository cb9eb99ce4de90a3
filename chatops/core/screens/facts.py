"""The telling facts of an incident in a few lines: what is broken, how it ended last, what was rolled out."""

from markupsafe import Markup

from chatops.core.actions import ActionState
from chatops.core.incidents.values import Incident
from chatops.core.remedies import FRESH_ROLLOUT
from chatops.core.resources import RESTART, PodView, Rollout, WorkloadView
from chatops.core.screens.base import bold, code, short_path
from chatops.core.screens.fact_names import fact_name
from chatops.core.surveys import Survey
from chatops.core.texts import Tongue, joined, one_line
from chatops.core.victims import suspect_of

MOST_NAMES = 5
MOST_PARTS = 3
ALERT_TEXT = 300
LONG_ALERT_TEXT = 1_000
"""What is longer than the former is a quote that people unfold, up to this."""


def lines(incident: Incident, tongue: Tongue, *, safe: bool) -> list[Markup | str | None]:
    """Impact first, then the one most telling fact; the alert's own words where the cluster told nothing.

    `safe`: whether anything can be suggested; where nothing can, that is said.
    """
    survey = incident.current_survey
    found: list[Markup | str | None] = []
    if survey is None:
        found += [_alert_text(incident), tongue.say("🔎 Looking at the cluster…")]
    elif survey.problem:
        found += [_alert_text(incident), _problem(survey, tongue)]
    else:
        found += _from_survey(incident, survey, tongue)
        if not safe:
            found.append(tongue.say("No remediation button: nothing safe to do from here."))
    found += _several(incident, tongue)
    return [line for line in found if line]


def _from_survey(incident: Incident, survey: Survey, tongue: Tongue) -> list[Markup | str | None]:
    workload, pod = survey.worst_workload, survey.worst_pod
    found: list[Markup | str | None] = []
    if workload:
        found.append(_impact(workload, tongue))
    elif pod:
        found.append(tongue.say("Pod {pod}: {status}", pod=code(pod.ref.path), status=bold(pod.status)))
    if pod:
        found.append(_last_exit(pod, tongue))
    if workload:
        found.append(_rollout(workload, incident, tongue))
    if not (incident.run and incident.run.state is ActionState.SUCCEEDED):
        # After an action of ours it is expected that pods were replaced.
        gone = (code(short_path(ref)) for ref in survey.missing[:2])
        found += [tongue.say("👻 {object} no longer exists", object=name) for name in gone]
    told: list[Markup | str | None] = [line for line in found if line]
    if not workload and not pod:
        told.insert(0, _alert_text(incident))
        if survey.others:
            names = joined([code(short_path(view.ref)) for view in survey.others[:MOST_NAMES]])
            told.append(tongue.say("About {objects}", objects=names))
    elif len(told) < 2:
        told.append(_alert_text(incident))
    if survey.guessed:
        names = joined([code(short_path(ref)) for ref in survey.guessed[:MOST_NAMES]], ", ")
        told.append(tongue.say("❔ The alert names no object: {objects} is a guess by name.", objects=names))
    return told


def _impact(workload: WorkloadView, tongue: Tongue) -> Markup:
    failing = workload.failing_pods
    place = code(workload.ref.path)
    if not failing:
        return tongue.say(
            "{object}: {ready} of {desired} ready.",
            object=place,
            ready=bold(str(workload.ready)),
            desired=workload.desired,
        )
    container = next((pod.failing for pod in failing if pod.failing), None)
    count, restarted = workload.failing_in_all
    restarts = tongue.plural("{n} restart", "{n} restarts", restarted)
    pods = tongue.plural("{n} pod of {total}", "{n} pods of {total}", count, total=max(workload.desired, count))
    if container and container.restarts:
        return tongue.say(
            "Container {container} of {object} keeps crashing: {pods}, {restarts}.",
            container=bold(container.name),
            object=place,
            pods=pods,
            restarts=restarts,
        )
    return tongue.say(
        "{object}: {pods} not working, {status}.", object=place, pods=pods, status=bold(failing[0].status)
    )


def _last_exit(pod: PodView, tongue: Tongue) -> Markup | None:
    failing = pod.failing
    if failing and failing.last_exit:
        ended = failing.last_exit
        words = bold(f"{ended.exit_code} {ended.reason}".strip())
        if ended.at:
            return tongue.say("Last exit: {exit}, {ago}.", exit=words, ago=tongue.ago(ended.at))
        return tongue.say("Last exit: {exit}.", exit=words)
    if failing and failing.state == "waiting" and failing.message:
        return Markup("{}: {}").format(bold(failing.reason), one_line(failing.message, 200))
    return None


def _rollout(workload: WorkloadView, incident: Incident, tongue: Tongue) -> Markup | None:
    rollout = workload.rollout
    if rollout is None or rollout.since is None or rollout.since < incident.started_at - FRESH_ROLLOUT:
        return None
    told = tongue.say(
        "New revision {revision} was rolled out {ago}", revision=rollout.revision, ago=tongue.ago(rollout.since)
    )
    changed = _changed(rollout, tongue)
    return Markup("{} ({}).").format(told, changed) if changed else told + "."


def _changed(rollout: Rollout, tongue: Tongue) -> Markup | None:
    """In what it differs from the revision before: the image says most, and a restart changes nothing that runs."""
    change = next((c for c in rollout.changes if c.before and c.after and c.before != c.after), None)
    if change is not None:
        before, after = short_images(change.before, change.after)
        return tongue.say("image {before} → {after}", before=before, after=after)
    if rollout.parts == (RESTART,):
        return tongue.say("a restart: the template is the same")
    if not rollout.parts:
        return None
    names = joined([one_line(fact_name(part, tongue), 60) for part in rollout.parts[:MOST_PARTS]], ", ")
    more = f" +{len(rollout.parts) - MOST_PARTS}" if len(rollout.parts) > MOST_PARTS else ""
    return tongue.say("template changed: {parts}{more}", parts=names, more=more)


def short_images(before: str, after: str) -> tuple[str, str]:
    """Only the tags where the repository is the same."""
    old_repository, _, old_tag = before.rpartition(":")
    new_repository, _, new_tag = after.rpartition(":")
    if old_repository and old_repository == new_repository:
        return one_line(old_tag, 60), one_line(new_tag, 60)
    return one_line(before, 120), one_line(after, 120)


def _problem(survey: Survey, tongue: Tongue) -> Markup:
    words = tongue.say("⚠️ Kubernetes: {problem}", problem=one_line(problem_words(survey, tongue), 250))
    return Markup("{} {}").format(words, tongue.say("Looking again shortly.") if survey.retry else "").rstrip()


def problem_words(survey: Survey, tongue: Tongue) -> str:
    if survey.problem == "not_configured":
        return tongue.plain("no cluster is configured.")
    if survey.problem in ("unreachable", "timeout"):
        return tongue.plain("the cluster cannot be reached. Actions are off until it answers.")
    return survey.problem_detail or survey.problem


def _alert_text(incident: Incident) -> Markup | None:
    lead = incident.lead
    if lead is None:
        return None
    annotations = lead.annotations
    text = annotations.get("summary") or annotations.get("description") or annotations.get("message", "")
    if not text:
        return None
    told = one_line(text, LONG_ALERT_TEXT)
    if len(told) <= ALERT_TEXT:
        return Markup("{}").format(told)
    return Markup("<blockquote expandable>{}</blockquote>").format(told)


def _several(incident: Incident, tongue: Tongue) -> list[Markup | str | None]:
    """Which objects the alerts of a group are about, and how many Alertmanager left out."""
    found: list[Markup | str | None] = []
    suspects = (suspect_of(episode.alert.labels) for episode in incident.firing)
    names = list(dict.fromkeys(ref.name for ref in suspects if ref and ref.kind != "Cluster"))
    if len(names) > 1:
        shown = joined([code(name) for name in names[:MOST_NAMES]], ", ")
        more = f" +{len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else ""
        found.append(tongue.say("Firing for {names}{more}", names=shown, more=more))
    if incident.truncated:
        found.append(
            tongue.plural(
                "⚠️ {n} alert of this group is not shown: Alertmanager cut the list (max_alerts)",
                "⚠️ {n} alerts of this group are not shown: Alertmanager cut the list (max_alerts)",
                incident.truncated,
            )
        )
    if incident.skipped:
        found.append(
            tongue.plural(
                "⚠️ {n} alert could not be read; an admin can see the raw body",
                "⚠️ {n} alerts could not be read; an admin can see the raw body",
                incident.skipped,
            )
        )
    return found
