"""Rules that hold once the trouble is over and everything has come to rest."""

from collections import Counter

from chatops.core.screens.toasts import toast
from chatops.core.texts import LANGUAGES, tongue
from tests.simulation.faults import Kind
from tests.simulation.rules import at_rest, hold
from tests.simulation.simulation import ANNA, GROUP, MALLORY, Simulation

CHATS = (GROUP, ANNA[0])
_STANDINGS = (
    "SELECT id, json_extract(known, '$.stale_since') IS NOT NULL, json_extract(known, '$.muted_until') IS NOT NULL, "
    "coalesce(json_extract(known, '$.inhibited'), 0) FROM "
    "(SELECT id, nullif(standing, '') AS known FROM incidents WHERE status = 'active')"
)
SHOWN_BY_DIGEST = (
    "SELECT storm_members.chat_id, incident_id FROM storm_members JOIN storms ON storms.id = storm_id "
    "WHERE message_id <> 0 AND number <= shown"
)
DISK_FAILED = {toast("unwritten", tongue(language)) for language in LANGUAGES}

# Nothing is left


@at_rest
def the_service_runs(sim: Simulation) -> None:
    """The process is there, and no mailbox has mail that nobody reads."""
    hold(sim.process and sim.process.alive)
    waiting = {address: depth for address, depth in sim.process.directory.depths().items() if depth}
    hold(not waiting, waiting)


@at_rest
def every_body_is_routed(sim: Simulation) -> None:
    """No body is left in the inbox that nobody routed, and none was put aside: all of them were in order."""
    found = sim.rows("SELECT id, state, problem FROM inbox WHERE state <> 'routed'")
    hold(not found, found)


@at_rest
def all_mail_is_done(sim: Simulation) -> None:
    """Every incident has worked through its mail."""
    found = sim.rows("SELECT * FROM mail WHERE done_at IS NULL")
    hold(not found, found)


@at_rest
def every_update_is_kept(sim: Simulation) -> None:
    """Every update Telegram ever had is stored."""
    hold([row[0] for row in sim.rows("SELECT id FROM updates ORDER BY id")] == list(sim.telegram.update_ids))


@at_rest
def every_update_is_handled(sim: Simulation) -> None:
    """No update waits for somebody to do what it asks for."""
    found = sim.rows("SELECT id, chat_id FROM updates WHERE done_at IS NULL")
    hold(not found, found)


@at_rest
def nothing_waits_to_be_sent(sim: Simulation) -> None:
    """The TelegramActor has delivered or given up everything."""
    actor = next(each for each in sim.process.actors if each.address == ("telegram",))  # type: ignore[union-attr]  # it runs
    hold(len(actor._pacer) == 0, len(actor._pacer))


# Incidents show what is true


@at_rest
def what_fires_is_in_one_incident(sim: Simulation) -> None:
    """R8: Every alert that fires and is not hidden is told by one incident: one that is open, or closed by a person."""
    query = (
        "SELECT fingerprint, status, closed_by_id FROM alerts JOIN incidents ON incidents.id = incident_id "
        "WHERE ends_at IS NULL"
    )
    found = sim.rows(query)
    # Whose receiver is ours shows by the first webhook that comes; until then nothing of the lists is.
    heard = sim.rows("SELECT 1 FROM incidents WHERE revision > 0")
    firing = [each for each in sim.alerts.known if sim.alerts.fires(each) and not sim.alerts.muted(each)]
    for fingerprint in firing if heard else ():
        mine = [(status, closed_by) for each, status, closed_by in found if each == fingerprint]
        hold(len(mine) == 1 or (mine and sim.alerts.regrouped), (fingerprint, mine))
        hold(all(status == "active" or closed_by for status, closed_by in mine), (fingerprint, mine))


@at_rest
def what_ended_does_not_fire(sim: Simulation) -> None:
    """R6: No incident tells an alert as firing that has ended.

    Except where Alertmanager never listed anything of it, so that nobody can know; then it says so while it is open.
    """
    query = (
        "SELECT incident_id, fingerprint, status <> 'active' OR "
        "json_extract(nullif(standing, ''), '$.stale_since') IS NOT NULL FROM alerts "
        "JOIN incidents ON incidents.id = incident_id WHERE ends_at IS NULL"
    )
    listed = {incident for (incident,) in sim.rows("SELECT incident_id FROM alerts WHERE listed_at IS NOT NULL")}
    for incident, fingerprint, said in sim.rows(query):
        fires = sim.alerts.fires(fingerprint)
        hold(fires or (said and incident not in listed), (incident, fingerprint, said, incident in listed))


@at_rest
def how_it_stands_is_true(sim: Simulation) -> None:
    """A card says that other hands or other alerts hide all its alerts, or that none is listed, exactly when it is so.

    Of a silence of the incident's own it says more, in another place.
    """
    own = {number for (number,) in sim.rows("SELECT incident_id FROM silences WHERE ended_at IS NULL")}
    held: dict[int, list[str]] = {}
    for number, fingerprint in sim.rows("SELECT incident_id, fingerprint FROM alerts WHERE ends_at IS NULL"):
        held.setdefault(number, []).append(fingerprint)
    for number, *told in sim.rows(_STANDINGS):
        listed = [each for each in held.get(number, ()) if sim.alerts.fires(each)]
        hidden = bool(listed) and all(map(sim.alerts.muted, listed))
        silenced = hidden and any(map(sim.alerts.hidden, listed))
        wanted = [not listed, silenced and number not in own, hidden and not silenced]
        hold(told == wanted or number not in held or (number in own and silenced), (number, told, wanted))


@at_rest
def a_wrong_resolve_does_not_last(sim: Simulation) -> None:
    """What a person called resolved is open again when its alerts go on firing longer than the quiet time.

    As far as Alertmanager tells of them: what is hidden is told again when it is not any more.
    """
    query = (
        "SELECT DISTINCT incidents.id, fingerprint FROM incidents JOIN alerts ON incidents.id = incident_id "
        "WHERE ends_at IS NULL AND status = 'resolved'"
    )
    found = [row for row in sim.rows(query) if sim.alerts.fires(row[1]) and not sim.alerts.muted(row[1])]
    hold(not found, found)


# Cards


@at_rest
def every_chat_shows_what_is_open(sim: Simulation) -> None:
    """Each subscribed chat has a card of each active incident, or a digest that stands for it."""
    shown = set(sim.rows("SELECT chat_id, incident_id FROM cards"))
    shown |= set(sim.rows(SHOWN_BY_DIGEST))
    for (number,) in sim.rows("SELECT id FROM incidents WHERE status = 'active' AND revision > 0"):
        for chat in CHATS:
            hold((chat, number) in shown, (chat, number))


@at_rest
def every_card_is_the_newest(sim: Simulation) -> None:
    """Each card shows the incident's newest revision."""
    found = sim.rows("SELECT chat_id, incident_id, revision, wanted FROM cards WHERE revision <> wanted")
    hold(not found, found)


@at_rest
def every_card_reads_right(sim: Simulation) -> None:
    """A card says the incident's number, its state, and who has it, unless somebody reads another screen in it.

    That of an incident which flaps may owe that for 10 minutes, and is known to.
    """
    query = (
        "SELECT cards.chat_id, cards.message_id, cards.incident_id, status, taken_by_name FROM cards "
        "JOIN incidents ON incidents.id = cards.incident_id "
        "LEFT JOIN positions ON positions.chat_id = cards.chat_id AND positions.message_id = cards.message_id "
        "WHERE coalesce(screen, 'card') = 'card' AND NOT instr(flapping, '\"owes\":true') "
        "AND coalesce(positions.incident_id, incidents.id) = incidents.id"
    )
    for chat, number, incident, status, taken_by in sim.rows(query):
        message = sim.telegram.messages[chat][number]
        if message.deleted:
            continue
        html = message.html
        hold(f"#{incident}<" in html, (incident, html))
        hold(("🟢" in html) == (status == "resolved"), (incident, status, html))
        hold(("⚪" in html) == (status == "rejected"), (incident, status, html))
        hold(not taken_by or taken_by in html, (incident, taken_by, html))
        hold(status != "active" or taken_by or "nobody yet" in html, (incident, html))


@at_rest
def one_card_per_chat(sim: Simulation) -> None:
    """R5: A chat gets one card of an incident.

    One more at most for each that was deleted, whose answer was lost, or whose news died with an actor or the disk; and
    what somebody opens out of a digest is a message as often as they do.
    """
    members = set(sim.rows("SELECT chat_id, incident_id FROM storm_members"))
    sent = Counter((m.chat_id, m.card_of) for m in sim.telegram.everything() if m.card_of is not None)
    for (chat, incident), times in sent.items():
        mine = [m for m in sim.telegram.everything() if m.chat_id == chat and m.card_of == incident]
        opened = (chat, incident) in members
        excused = sum(m.deleted or m.lost or (opened and not m.key) for m in mine)
        lost_news = sim.lives - 1 + sum(address in (("chat", chat), ("telegram",)) for _, address in sim.all_deaths)
        hold(times <= 1 + excused + lost_news, (chat, incident, [m.id for m in mine]))


# What was done


@at_rest
def no_run_is_left_running(sim: Simulation) -> None:
    """K9: Every action has an outcome."""
    found = sim.rows("SELECT id, state FROM actions WHERE state IN ('requested', 'performed')")
    hold(not found, found)


@at_rest
def success_is_true(sim: Simulation) -> None:
    """A run that is called succeeded had its effect."""
    made = {effect.run for effect in sim.cluster.effects}
    found = [run for (run,) in sim.rows("SELECT id FROM actions WHERE state = 'succeeded'") if run not in made]
    hold(not found, found)


@at_rest
def failure_at_the_door_is_true(sim: Simulation) -> None:
    """A run that the cluster refused, and that was never called performed, had no effect."""
    made = {effect.run for effect in sim.cluster.effects}
    query = (
        "SELECT id FROM actions WHERE state = 'failed' AND problem <> '' AND NOT EXISTS "
        "(SELECT 1 FROM audit WHERE type = 'action_performed' AND detail LIKE '%' || actions.id || '%')"
    )
    found = [run for (run,) in sim.rows(query) if run in made]
    hold(not found, found)


@at_rest
def what_was_found_is_there(sim: Simulation) -> None:
    """An interrupted run that was found in the cluster had its effect."""
    made = {effect.run for effect in sim.cluster.effects}
    query = "SELECT id FROM actions WHERE state = 'interrupted' AND detail = 'found'"
    found = [run for (run,) in sim.rows(query) if run not in made]
    hold(not found, found)


@at_rest
def an_unknown_outcome_is_called_that(sim: Simulation) -> None:
    """K2: A run whose answer was lost is interrupted, and neither a success nor a failure."""
    states = dict(sim.rows("SELECT id, state FROM actions"))
    hold(all(states[run] == "interrupted" for run in sim.cluster.unknown), states)


@at_rest
def the_log_is_as_it_was_written(sim: Simulation) -> None:
    """The audit log's own verification finds nothing."""
    hold(sim.store.audit.verify() is None, sim.store.audit.verify())


# What people were told


@at_rest
def a_stranger_learns_nothing(sim: Simulation) -> None:
    """Whoever is not known is told that, or that the disk failed, and nothing else, whatever they press."""
    told = {text for tap, texts in sim.telegram.toasts.items() if sim.telegram.by[tap] == MALLORY[0] for text in texts}
    hold(len(told - DISK_FAILED) <= 1, told)


@at_rest
def a_press_is_answered_once(sim: Simulation) -> None:
    """Where nothing died and no disk failed, each press is answered at most once."""
    if sim.lives == 1 and not sim.all_deaths and Kind.DISK not in sim.faults.struck:
        twice = [tap for tap, texts in sim.telegram.toasts.items() if len(texts) > 1]
        hold(not twice, twice)
