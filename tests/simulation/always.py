"""Rules that hold after every step."""

from collections import Counter
from datetime import datetime

from tests.simulation.news import Line, News
from tests.simulation.rules import always, hold
from tests.simulation.simulation import MALLORY, VERA

GENESIS = "0" * 64
QUIET = 15 * 60
"""Seconds that repeats of what somebody called resolved say nothing."""
ENDS = ("succeeded", "failed", "interrupted")
OPENING, CLOSING = ("opened", "reopened"), ("alerts_resolved", "resolved", "rejected")
PEOPLE_ONLY = (
    *("acknowledged", "released", "handed_over", "resolved", "rejected", "judged", "action_requested", "escalated"),
)

# The audit log


@always
def the_log_has_no_gaps(news: News) -> None:
    """Lines of the audit log are numbered from 1, one by one."""
    first = len(news.lines) - len(news.fresh)
    hold([line.id for line in news.fresh] == list(range(first + 1, len(news.lines) + 1)), news.fresh)


@always
def the_log_is_a_chain(news: News) -> None:
    """Each line carries the hash of the one before it."""
    for line in news.fresh:
        before = news.lines[line.id - 2].hash if line.id > 1 else GENESIS
        hold(line.previous == before, line)


@always
def the_log_goes_forward(news: News) -> None:
    """No line is of an earlier moment than the one before it."""
    for line in news.fresh:
        hold(line.id == 1 or news.lines[line.id - 2].at <= line.at, line)


@always
def only_people_act(news: News) -> None:
    """What only a person decides is written down as that person's."""
    for line in news.fresh:
        hold(line.type not in PEOPLE_ONLY or line.kind == "person", line)


# Who may


@always
def without_the_right_nothing_changes(news: News) -> None:
    """Of a viewer and of a stranger the log knows only refusals, and what a viewer read."""
    allowed = {str(VERA[0]): {"denied", "looked"}, str(MALLORY[0]): {"denied"}}
    for line in news.fresh:
        hold(line.kind != "person" or line.type in allowed.get(line.who, {line.type}), line)


@always
def a_press_counts_at_most_once(news: News) -> None:
    """Nobody has decided more often than they pressed; the takes of all that a digest stands for are one press."""
    if not news.fresh:
        return
    decided = Counter(line.who for line in news.lines if line.type in PEOPLE_ONLY and not _of_a_digest(news, line))
    for who, times in decided.items():
        hold(times <= news.sim.telegram.presses[int(who)], f"{who} decided {times} times")


def _of_a_digest(news: News, line: Line) -> bool:
    message = news.sim.telegram.messages.get(line.chat or 0, {}).get(line.message or 0)
    return line.type == "acknowledged" and message is not None and message.key.startswith("storm:")


# Incidents


@always
def a_revision_never_goes_back(news: News) -> None:
    """An incident's revision only grows, and no incident vanishes."""
    for number, before in news.before.items():
        now = news.incidents.get(number)
        hold(now and now.revision >= before.revision, (before, now))


@always
def an_incident_opens_once(news: News) -> None:
    """R5: Every incident that is shown was opened, by one line."""
    if not news.fresh:
        return
    opened = Counter(line.incident for line in news.lines if line.type == "opened")
    for row in news.incidents.values():
        hold(opened[row.id] == int(row.revision > 0), row)


@always
def its_state_is_written_down(news: News) -> None:
    """R6: The newest line about an incident's state says what the state is."""
    last = {line.incident: line.type for line in news.lines if line.type in (*OPENING, *CLOSING)}
    for row in news.incidents.values():
        if row.revision:
            newest = last.get(row.id, "")
            told = {"alerts_resolved": "resolved"}.get(newest, newest)
            hold(told == row.status if row.status != "active" else told in OPENING, (row, told))


@always
def it_ends_by_itself_only_when_all_alerts_ended(news: News) -> None:
    """An incident that nobody closed is resolved exactly when none of its alerts fires; a person may reopen it."""
    last = {line.incident: line for line in news.lines if line.type in (*OPENING, *CLOSING)}
    firing = {row[0] for row in news.sim.rows("SELECT DISTINCT incident_id FROM alerts WHERE ends_at IS NULL")}
    for row in news.incidents.values():
        if row.revision and row.closed_by is None:
            fires = row.id in firing or row.truncated > 0
            by_hand = last[row.id].type == "reopened" and last[row.id].kind == "person"
            hold((row.status == "active") == fires or (row.status == "active" and by_hand), row)


@always
def what_a_person_closed_keeps_quiet(news: News) -> None:
    """Repeats reopen nothing that was rejected, and what was resolved by hand only after a quarter of an hour."""
    for line in news.fresh:
        if line.type == "reopened" and line.kind != "person" and not {"fired", "refired"} & line.detail.keys():
            states = (each for each in reversed(news.lines[: line.id - 1]) if each.incident == line.incident)
            closed = next(each for each in states if each.type in CLOSING)
            quiet = datetime.fromisoformat(line.at) - datetime.fromisoformat(closed.at)
            hold(closed.type != "rejected", (line, closed))
            hold(closed.type != "resolved" or quiet.total_seconds() >= QUIET, (line, closed))


@always
def an_alert_is_in_one_open_incident(news: News) -> None:
    """No alert fires in two active incidents, unless they were grouped in another way meanwhile."""
    if news.sim.alerts.regrouped:
        return
    query = (
        "SELECT fingerprint, count(*) FROM alerts JOIN incidents ON incidents.id = incident_id "
        "WHERE ends_at IS NULL AND status = 'active' GROUP BY alerts.source, fingerprint HAVING count(*) > 1"
    )
    found = news.sim.rows(query)
    hold(not found, found)


# Webhooks


@always
def what_was_accepted_stays(news: News) -> None:
    """No body leaves the inbox."""
    hold(news.bodies >= news.bodies_before)


@always
def what_was_answered_200_is_on_disk(news: News) -> None:
    """Every body that an Alertmanager heard a 200 for is in the inbox, to the byte."""
    for peer in news.sim.peers:
        while peer.unchecked:
            number, body = peer.unchecked.pop()
            hold(news.sim.rows("SELECT body FROM inbox WHERE id = ?", number) == [(body,)], number)


@always
def mail_is_of_routed_bodies(news: News) -> None:
    """Nothing is mail that is not routed, or was put aside."""
    found = news.sim.rows("SELECT inbox_id FROM mail JOIN inbox ON id = inbox_id WHERE state = 'new'")
    hold(not found, found)


# Changes in the cluster


@always
def no_change_before_its_line(news: News) -> None:
    """Nothing was asked of the cluster that the log did not have as requested by then."""
    hold(all(effect.audited for effect in news.sim.cluster.asked[-3:]), news.sim.cluster.asked[-3:])


@always
def a_run_is_sent_once(news: News) -> None:
    """K2: No run reaches the cluster twice, whatever became of the first time: an unknown outcome is never repeated."""
    asked = Counter(effect.run for effect in news.sim.cluster.asked)
    hold(max(asked.values(), default=0) <= 1, asked)


@always
def a_run_changes_once(news: News) -> None:
    """No run has its effect twice."""
    made = Counter(effect.run for effect in news.sim.cluster.effects)
    hold(max(made.values(), default=0) <= 1, made)


@always
def only_what_was_seen_is_touched(news: News) -> None:
    """K4: What is changed is the incarnation that the person was shown, never one that took its place."""
    for effect in news.sim.cluster.effects[-3:]:
        shown = news.sim.cluster.previews[effect.run].preview.plan
        hold(effect.uid == shown.ref.uid == effect.plan.ref.uid, effect)


@always
def what_was_shown_is_done(news: News) -> None:
    """The plan that is sent is the one that was shown, with the version that was seen."""
    for effect in news.sim.cluster.asked[-3:]:
        shown = news.sim.cluster.previews.get(effect.run)
        hold(shown is not None and effect.plan == shown.preview.plan, (effect, shown))


@always
def a_run_is_requested_once(news: News) -> None:
    """One run, one request, one confirm."""
    requested = Counter(line.detail["run"] for line in news.lines if line.type == "action_requested")
    hold(max(requested.values(), default=0) <= 1, requested)
    used = news.sim.rows("SELECT count(*) FROM buttons WHERE used_at IS NOT NULL AND verb IN ('confirm', 'approve')")
    hold(len(requested) <= used[0][0], f"{len(requested)} requests, {used[0][0]} confirms used")


@always
def a_run_is_told_in_order(news: News) -> None:
    """Requested, performed, finished, looked up: each once at most, and in this order."""
    if not any(line.type.startswith("action_") for line in news.fresh):
        return
    order = ("action_requested", "action_performed", "action_finished", "action_looked_up")
    told: dict[str, list[int]] = {}
    for line in news.lines:
        if line.type in order:
            told.setdefault(line.detail["run"], []).append(order.index(line.type))
    for run, places in told.items():
        hold(places[0] == 0 and places == sorted(set(places)), (run, places))


@always
def one_run_at_a_time(news: News) -> None:
    """An incident has at most one action that is not over."""
    running = Counter(incident for incident, state in news.runs.values() if state not in ENDS)
    hold(max(running.values(), default=0) <= 1, running)


@always
def what_is_over_stays_over(news: News) -> None:
    """A run that has ended never changes its outcome."""
    for run, (_, state) in news.runs_before.items():
        hold(state not in ENDS or news.runs[run][1] == state, (run, state, news.runs[run]))


# Buttons and cards


@always
def a_button_is_used_in_its_time(news: News) -> None:
    """What is used up was for one press, and was pressed after it was offered and before it expired."""
    query = (
        "SELECT token FROM buttons WHERE used_at IS NOT NULL AND "
        "(NOT once OR used_at < offered_at OR (expires_at IS NOT NULL AND used_at >= expires_at))"
    )
    found = news.sim.rows(query)
    hold(not found, found)


@always
def undo_only_after_success(news: News) -> None:
    """An undo is offered only for an incident with an action that succeeded, or of which some steps were made."""
    query = (
        "SELECT token FROM buttons WHERE verb = 'choose' AND args LIKE '%\"why\":\"undo\"%' AND NOT EXISTS (SELECT 1 "
        "FROM actions WHERE actions.incident_id = buttons.incident_id AND undo <> 'null' AND (state = 'succeeded' OR "
        "(action = 'drain' AND state IN ('interrupted', 'failed'))))"
    )
    found = news.sim.rows(query)
    hold(not found, found)


@always
def a_card_is_never_ahead(news: News) -> None:
    """No card is said to show a revision that is not there yet, and each knows which one is wanted."""
    query = (
        "SELECT cards.* FROM cards JOIN incidents ON incidents.id = incident_id "
        "WHERE cards.revision > incidents.revision OR wanted <> incidents.revision"
    )
    found = news.sim.rows(query)
    hold(not found, found)


@always
def one_card_is_on_record(news: News) -> None:
    """No message is the card of two incidents."""
    found = news.sim.rows("SELECT chat_id, message_id FROM cards GROUP BY 1, 2 HAVING count(*) > 1")
    hold(not found, found)
