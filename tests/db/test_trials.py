"""What helped before comes back as it was learned."""

from datetime import timedelta

from chatops.core.remedies import Trial
from chatops.core.remedies.experience import REMEMBERED
from chatops.db.store import Store
from tests.db.building import NOW, body, told

TRIAL = Trial("run-1", "PodCrashLooping", "rollout_undo", NOW)


def learn(store: Store, *trials: Trial) -> None:
    incident = store.incidents.get(1)
    assert incident is not None
    assert store.incidents.apply(incident, now=NOW, trials=trials)


def test_a_trial_is_kept_and_may_turn_out_to_have_helped(store: Store) -> None:
    told(store, body("g", firing=["a"]))
    assert store.trials.of("PodCrashLooping", NOW) == ()
    learn(store, TRIAL)
    assert store.trials.of("PodCrashLooping", NOW) == (TRIAL,)
    helped = Trial(TRIAL.run_id, TRIAL.alert, TRIAL.action, TRIAL.at, helped=True)
    learn(store, helped)
    learn(store, TRIAL)
    assert store.trials.of("PodCrashLooping", NOW) == (helped,)


def test_only_this_alert_and_only_what_is_still_remembered(store: Store) -> None:
    told(store, body("g", firing=["a"]))
    old = Trial("run-0", TRIAL.alert, "drain", NOW - REMEMBERED)
    newer = Trial("run-2", TRIAL.alert, "drain", NOW + timedelta(minutes=1))
    learn(store, old, TRIAL, newer, Trial("run-3", "Another", "drain", NOW))
    assert store.trials.of("PodCrashLooping", NOW) == (newer, TRIAL)
    assert store.trials.of("", NOW) == ()
