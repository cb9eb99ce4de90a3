"""The second click: what would change, what it would touch, what may undo it; then do it or leave it."""

from datetime import timedelta

from markupsafe import Markup

from chatops.core import cautions
from chatops.core.actions import ACTIONS, Caution, Change, Danger, Plan, Preview
from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Person
from chatops.core.screens.base import Screen, back_to_card, bold, code, screen
from chatops.core.screens.facts import short_images
from chatops.core.screens.wording import WORDS, filling
from chatops.core.texts import Tongue, joined, mark, one_line

LIFETIME = timedelta(seconds=60)
MOST_CHANGES = 12

REASONS = {
    "fresh_rollout": mark("Suggested because the revision that runs was rolled out shortly before the alert."),
    "previous_revision": mark("Suggested because there is an earlier revision to go back to."),
    "restart_clears": mark("Suggested because a restart clears a bad start or a stale dependency."),
    "more_replicas": mark("Suggested because more replicas share the load."),
    "recreates_pod": mark("Suggested because its owner recreates the pod, on another node if need be."),
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
}


def confirm(
    preview: Preview, tongue: Tongue, *, by: Person, incident_id: int | None, run_id: str, why: str = ""
) -> Screen:
    """`run_id` is chosen here, with the button, so that one confirm is one run however often it is pressed.

    The safe exit stands first and the red button last: it is never under the thumb that just chose.
    """
    plan = preview.plan
    leave = back_to_card(tongue, incident_id)
    question = bold(_question(plan, tongue))
    if preview.refusal:
        return screen([question, "", _caution(preview.refusal, tongue)], [[leave]])
    action = ACTIONS[plan.action]
    lines: list[Markup | str | None] = [question, ""]
    lines += [_change(change) for change in preview.changes[:MOST_CHANGES]]
    if len(preview.changes) > MOST_CHANGES:
        hidden = len(preview.changes) - MOST_CHANGES
        lines.append(tongue.plural("… and {n} more change", "… and {n} more changes", hidden))
    lines += [_caution(caution, tongue) for caution in preview.cautions]
    lines += [
        "",
        tongue.say(REASONS[why]) if why in REASONS else None,
        joined(
            [
                tongue.say("Cluster {name}", name=code(plan.ref.cluster)) if plan.ref.cluster else "",
                tongue.say("as {name}", name=by.name),
                tongue.say("expires in 60 s"),
            ]
        ),
    ]
    do = Button(
        f"{action.icon} {tongue.plain(action.title)}",
        Verb.CONFIRM,
        {**plan.params, "action": plan.action, "run": run_id, "version": plan.resource_version},
        plan.ref,
        incident_id,
        style="primary" if action.danger is Danger.LOW else "danger",
        for_user=by.id,
        lifetime=LIFETIME,
        once=True,
    )
    cancel = Button("✖️ " + tongue.plain("Cancel"), leave.verb, incident_id=incident_id)
    return screen(lines, [[cancel], [do]])


def plan_of(args: dict[str, str]) -> tuple[str, dict[str, str], str]:
    """The action, its parameters and the version seen, back from a confirm button's arguments."""
    params = {name: value for name, value in args.items() if name not in ("action", "run", "version", "why")}
    return args["action"], params, args.get("version", "")


def _question(plan: Plan, tongue: Tongue) -> str:
    words = WORDS.get(plan.action)
    if words is None:
        return plan.action
    return tongue.plain(words.question, **filling(plan.params, object=plan.ref.path, name=plan.ref.name))


def _caution(caution: Caution, tongue: Tongue) -> Markup:
    return tongue.say(CAUTIONS[caution.code], detail=one_line(caution.detail, 300))


def _change(change: Change) -> Markup:
    before, after = short_images(change.before, change.after)
    if not before:
        return Markup("{}: {}").format(one_line(change.what, 80), bold(after))
    if not after:
        return Markup("{}: <s>{}</s>").format(one_line(change.what, 80), before)
    return Markup("{}: {} → {}").format(one_line(change.what, 80), before, bold(after))
