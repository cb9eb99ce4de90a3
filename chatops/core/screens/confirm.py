"""The second click: what would change, what it would touch, what may undo it; then do it or leave it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup

from chatops.core import cautions
from chatops.core.actions import ACTIONS, Caution, Change, Danger, Plan, Preview
from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Person
from chatops.core.safeguards import Safeguard, word_of
from chatops.core.screens.actions import by_hand
from chatops.core.screens.base import Screen, back_to_card, bold, code, screen
from chatops.core.screens.facts import short_images
from chatops.core.screens.wording import WORDS, filling
from chatops.core.texts import Tongue, joined, mark, one_line

LIFETIMES = {
    Safeguard.TAP: timedelta(seconds=60),
    Safeguard.WORD: timedelta(minutes=2),
    Safeguard.SECOND: timedelta(minutes=5),
}
"""How long a confirm stands: typing takes longer than a tap, and a second person has to be found."""

_NOT_PARAMS = ("action", "run", "version", "why", "by", "by_name", "typed")

MOST_CHANGES = 12

REASONS = {
    "fresh_rollout": mark("Suggested because the revision that runs was rolled out shortly before the alert."),
    "previous_revision": mark("Suggested because there is an earlier revision to go back to."),
    "rolling_out": mark("Suggested because a rollout is under way and its pods are not well."),
    "paused": mark("Suggested because the rollout is paused: changes wait until it goes on."),
    "restart_clears": mark("Suggested because a restart clears a bad start or a stale dependency."),
    "out_of_memory": mark("Suggested because the container was ended for using more memory than its limit."),
    "about_memory": mark("Suggested because the alert is about memory."),
    "about_cpu": mark("Suggested because the alert is about CPU, and the container has a CPU limit."),
    "more_replicas": mark("Suggested because more replicas share the load."),
    "fewer_replicas": mark("Suggested because fewer replicas would do."),
    "no_room": mark("Suggested because pods wait for room that the cluster does not have."),
    "at_maximum": mark("Suggested because the autoscaler is at its maximum ({told})."),
    "idle_autoscaler": mark("Suggested because the minimum keeps more replicas than the load needs."),
    "recreates_pod": mark("Suggested because its owner recreates the pod, on another node if need be."),
    "stuck_terminating": mark("Suggested because it should be gone by now and is not."),
    "cordoned": mark("Suggested because the node is cordoned: no new pods start there."),
    "keep_new_pods_off": mark("Suggested because it keeps new pods off the node and touches none that runs."),
    "move_pods_off": mark("Suggested because the node's pods are better off elsewhere."),
    "failed_pods": mark("Suggested because failed pods lie around and are of no use."),
    "heaviest": mark("Suggested because {told} takes most of the node and can run elsewhere."),
    "failed_job": mark("Suggested because the job did not complete."),
    "clears_job": mark("Suggested because the alert stays as long as the job is there."),
    "no_more_runs": mark("Suggested because it keeps further runs from failing while you look."),
    "suspended": mark("Suggested because it is suspended."),
    "missed_run": mark("Suggested because a run by hand shows whether it works now."),
    "volume_full": mark("Suggested because the volume can grow."),
    "quota_full": mark("Suggested because the quota is what stops new pods."),
    "waits_for_approval": mark("Suggested because the request waits for approval."),
    "renews": mark("Suggested because renewing asks the issuer again at once."),
    "syncs": mark("Suggested because a sync brings the cluster to what the source says."),
    "rule": mark("Suggested by a rule of your own. {told}"),
    "undo": mark("Takes back the last action."),
}

CAUTIONS = {
    cautions.MANAGED_BY: mark("⚠️ Managed by {detail}: the change will be reverted unless it is made there too."),
    cautions.AUTOSCALER: mark("⚠️ {detail} decides the replica count and may undo this."),
    cautions.OWNERLESS: mark("🔴 Nobody owns this pod: once deleted it stays gone."),
    cautions.TO_ZERO: mark("🔴 No replica would be left: this is an outage."),
    cautions.RECREATE: mark("🔴 Strategy Recreate: every pod stops before the first new one starts."),
    cautions.LAST_REPLICA: mark("🔴 It is the only ready pod of {detail}."),
    cautions.PAUSED: mark("Its rollout is paused, so nothing would happen. Resume it first."),
    cautions.ON_DELETE: mark("Its pods are replaced only when deleted (OnDelete), so a restart would change nothing."),
    cautions.SAME_TEMPLATE: mark("Revision {detail} is what runs already."),
    cautions.NO_REVISION: mark("There is no earlier revision to go back to."),
    cautions.AT_LIMIT: mark("Outside what one step allows ({detail})."),
    cautions.ALREADY: mark("It already has {detail} replicas."),
    cautions.NOT_APPLICABLE: mark("That cannot be done to a {detail}."),
    cautions.BAD_PARAM: mark("The parameter {detail} cannot be read."),
    cautions.EMPTY_DIR: mark("⚠️ What is in its emptyDir volumes is lost: {detail}"),
    cautions.BUDGET_UNASKED: mark(
        "🔴 A deletion asks no disruption budget, and {detail} allows no eviction now (healthy/needed)."
    ),
    cautions.BUDGET: mark("Disruption budget {detail} allows no eviction now (healthy/needed)."),
    cautions.SEVERAL_BUDGETS: mark(
        "🔴 Kubernetes evicts no pod that several disruption budgets select: {detail} (healthy/needed)."
    ),
    cautions.STATIC_POD: mark("It is a static pod: the kubelet of {detail} runs it whatever is done here."),
    cautions.NOT_STUCK: mark(
        "Only for a pod that is Terminating past its grace period, or whose node is not ready or gone."
    ),
    cautions.MAY_RUN_ON: mark("🔴 Kubernetes only forgets the pod: its containers may go on running on {detail}."),
    cautions.TWO_WRITERS: mark("🔴 {detail} starts its successor at once: two of them may write to the same data."),
    cautions.FINALIZERS: mark("⚠️ It goes only when these finalizers are removed: {detail}"),
    cautions.ALL_AT_ONCE: mark("🔴 Every pod may stop before the first new one is ready."),
    cautions.ALREADY_PAUSED: mark("Its rollout is paused already."),
    cautions.NOT_PAUSED: mark("Its rollout is not paused."),
    cautions.NO_LIMIT: mark("Container {detail} has no such limit, so there is nothing to raise."),
    cautions.NOT_MORE: mark("The limit is {detail} already, and here it only goes up."),
    cautions.NO_NODE_SO_BIG: mark("🔴 No node is that large: the largest can give {detail}."),
    cautions.ALREADY_CORDONED: mark("The node is cordoned already."),
    cautions.NOT_CORDONED: mark("The node is not cordoned."),
    cautions.LAST_OPEN_NODE: mark("🔴 No other node takes new pods: whatever restarts stays pending."),
    cautions.NODE_IS_READY: mark("The node is ready: its machine lives and would register again."),
    cautions.PODS_GIVEN_UP: mark("🔴 Pods that are given up and may go on running there: {detail}"),
    cautions.CONTROL_PLANE: mark("It runs the control plane, which is not drained by a button."),
    cautions.BUDGETS_BLOCK: mark("🟠 Disruption budgets that allow no eviction now: {detail} (healthy/needed)"),
    cautions.EMPTY_DIR_PODS: mark("🔴 Pods whose emptyDir data is lost: {detail}"),
    cautions.OWNERLESS_PODS: mark("🟠 Pods that nobody recreates: {detail}"),
    cautions.NONE_LEFT: mark("🔴 Workloads left without a ready pod: {detail}"),
    cautions.NO_ROOM: mark("🔴 Pods that fit on no other node and will stay pending: {detail}"),
    cautions.ROOM_UNKNOWN: mark("⚠️ The other nodes could not be read, so it is not known whether the pods fit there."),
    cautions.NO_FAILED_PODS: mark("There are no failed pods to clean up."),
    cautions.ONLY_SOME: mark("⚠️ Not all at once: {detail}. The rest takes another go."),
    cautions.JOB_PODS_KEPT: mark("ℹ️ Failed pods of Jobs are kept for their logs: {detail}"),
    cautions.GOING: mark("The pod is being deleted already."),
    cautions.DENIED: mark("The cluster would refuse it: {detail}"),
    cautions.STANDS_AT: mark("It stands at {detail} already."),
    cautions.SPARE_ROOM: mark("Pods of this size that still fit: {detail}."),
    cautions.SHORT_ROOM: mark("⚠️ Only {detail} more pods of this size fit: the others would wait for room."),
    cautions.ABOVE_MAX: mark("⚠️ {detail} replicas run: those above the maximum go."),
    cautions.DELETING: mark("It is being deleted already."),
    cautions.JOB_RUNS: mark("The job has not ended yet."),
    cautions.REPEATS: mark("⚠️ Not every job may run twice: what it did, it does again."),
    cautions.CUT_OFF: mark("🔴 It still runs: its work is cut off."),
    cautions.LOGS_GO: mark("🔴 Its pods and their logs go too: save the logs first."),
    cautions.COMES_AGAIN: mark("⚠️ {detail} makes such jobs: another will come."),
    cautions.OVERLAPS: mark("⚠️ A run is under way, and by the policy {detail} no two should be."),
    cautions.RUNS_GO_ON: mark("Runs that have started go on."),
    cautions.ALREADY_SUSPENDED: mark("It is suspended already."),
    cautions.NOT_SUSPENDED: mark("It is not suspended."),
    cautions.MISSED_RUNS: mark("⚠️ A run that was missed meanwhile may start at once."),
    cautions.NOT_BOUND: mark("It has no volume yet (phase {detail})."),
    cautions.NO_EXPANSION: mark("Storage class {detail} does not let volumes grow."),
    cautions.NO_SHRINK: mark("🔴 It cannot be made smaller again."),
    cautions.TEMPLATE_KEEPS: mark("⚠️ {detail} keeps the old size in its template: new replicas get that."),
    cautions.MAY_NEED_RESTART: mark("⚠️ The file system may only grow once its pod restarts."),
    cautions.BELOW_USE: mark("⚠️ {detail} is in use: nothing new fits until that falls."),
    cautions.FOREIGN_SIGNER: mark("Only node certificates are approved here, and this is for {detail}."),
    cautions.DECIDED: mark("It was decided already: {detail}."),
    cautions.NO_NODE: mark("🔴 The requestor {detail} is not a node."),
    cautions.ISSUING: mark("It is being issued already."),
    cautions.SYNCING: mark("An operation runs on it already."),
    cautions.IN_SYNC: mark("It is in sync already."),
    cautions.SUSPENDED: mark("It is suspended, so nothing would happen. Resume it first."),
}


def confirm(
    preview: Preview,
    tongue: Tongue,
    *,
    by: Person,
    incident_id: int | None,
    run_id: str,
    reasons: Mapping[str, str] | None = None,
    guard: Safeguard = Safeguard.TAP,
) -> Screen:
    """`run_id` is chosen here, with the button, so that one confirm is one run however often it is pressed.

    `reasons` are those of the suggestion it came from (`Suggestion.reasons`). The safe exit stands first and the red
    button last: it is never under the thumb that just chose.
    """
    plan = preview.plan
    leave = back_to_card(tongue, incident_id)
    question = bold(question_text(plan, tongue))
    if preview.refusal:
        return screen([question, "", caution_text(preview.refusal, tongue)], [[leave]])
    lines: list[Markup | str | None] = [question, ""]
    lines += [_change(change) for change in preview.changes[:MOST_CHANGES]]
    if len(preview.changes) > MOST_CHANGES:
        hidden = len(preview.changes) - MOST_CHANGES
        lines.append(tongue.plural("… and {n} more change", "… and {n} more changes", hidden))
    lines += [caution_text(caution, tongue) for caution in preview.cautions]
    if lines[-1]:
        lines.append("")
    lines += [*why_lines(reasons or {}, tongue), _how(guard, plan, tongue), _terms(guard, plan, by, tongue)]
    do = doing(guard, plan, tongue, by=by, incident_id=incident_id, run_id=run_id)
    cancel = Button("✖️ " + tongue.plain("Cancel"), leave.verb, incident_id=incident_id)
    if guard is Safeguard.WORD:
        return replace(screen(lines, [[cancel, by_hand(plan.action, plan.ref, plan.params)]]), typed=(do,))
    return screen(lines, [[cancel, by_hand(plan.action, plan.ref, plan.params)], [do]])


def why_lines(reasons: Mapping[str, str], tongue: Tongue) -> list[Markup]:
    """Why it was suggested, and how often it helped before."""
    told = []
    why = reasons.get("why", "")
    if why in REASONS:
        told.append(tongue.say(REASONS[why], told=one_line(reasons.get("told", ""), 200)))
    helped, _, tried = reasons.get("helped", "").partition("/")
    if tried:
        told.append(tongue.say("It helped {helped} of {tried} times for this alert.", helped=helped, tried=tried))
    return told


def _how(guard: Safeguard, plan: Plan, tongue: Tongue) -> Markup | None:
    match guard:
        case Safeguard.WORD:
            word = code(word_of(plan.ref))
            return tongue.say("🔴 This cannot be undone. Reply to this message with {word} to do it.", word=word)
        case Safeguard.SECOND:
            return tongue.say("👥 A protected namespace: somebody else who may act has to approve.")
        case Safeguard.TAP:
            return None


def _terms(guard: Safeguard, plan: Plan, by: Person, tongue: Tongue) -> Markup:
    life = LIFETIMES[guard]
    return joined(
        [
            tongue.say("Cluster {name}", name=code(plan.ref.cluster)) if plan.ref.cluster else "",
            tongue.say("as {name}", name=by.name),
            tongue.say("expires in {span}", span=tongue.span(life)),
        ]
    )


def doing(guard: Safeguard, plan: Plan, tongue: Tongue, *, by: Person, incident_id: int | None, run_id: str) -> Button:
    """The button that does it. A typed one is never shown: it waits for its word."""
    action = ACTIONS[plan.action]
    args = {**plan.params, "action": plan.action, "run": run_id, "version": plan.resource_version}
    text = f"{action.icon} {tongue.plain(action.title)}"
    if guard is Safeguard.SECOND:
        args |= {"by": str(by.id), "by_name": by.name}
        text = "👥 " + tongue.plain("Approve: {action}", action=tongue.plain(action.title))
    if guard is Safeguard.WORD:
        args["typed"] = "1"
    return Button(
        text,
        Verb.APPROVE if guard is Safeguard.SECOND else Verb.CONFIRM,
        args,
        plan.ref,
        incident_id,
        style="primary" if action.danger is Danger.LOW else "danger",
        for_user=None if guard is Safeguard.SECOND else by.id,
        lifetime=LIFETIMES[guard],
        once=True,
    )


def plan_of(args: dict[str, str]) -> tuple[str, dict[str, str], str]:
    """The action, its parameters and the version seen, back from a confirm button's arguments."""
    params = {name: value for name, value in args.items() if name not in _NOT_PARAMS}
    return args["action"], params, args.get("version", "")


def asker_of(args: dict[str, str]) -> Person | None:
    """Who chose what a second person confirms; None for a confirm of one's own."""
    return Person(int(args["by"]), args.get("by_name", "")) if "by" in args else None


def question_text(plan: Plan, tongue: Tongue) -> str:
    words = WORDS.get(plan.action)
    if words is None:
        return plan.action
    return tongue.plain(words.question, **filling(plan.params, object=plan.ref.path, name=plan.ref.name))


def caution_text(caution: Caution, tongue: Tongue) -> Markup:
    return tongue.say(CAUTIONS[caution.code], detail=one_line(caution.detail, 300))


def _change(change: Change) -> Markup:
    before, after = short_images(change.before, change.after)
    if not before:
        return Markup("{}: {}").format(one_line(change.what, 80), bold(after))
    if not after:
        return Markup("{}: <s>{}</s>").format(one_line(change.what, 80), before)
    return Markup("{}: {} → {}").format(one_line(change.what, 80), before, bold(after))
