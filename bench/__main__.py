"""`make bench` measures all, `make bench ARGS="ingest dwell"` these. Each subject is a module that runs by itself."""

import subprocess
import sys

from bench.measuring import ROOT, python

SUBJECTS = {
    "ingest": "T1, T2: alerts taken a second",
    "ack": "T3: how long a webhook waits for its 200",
    "dwell": "T4: one alert to Telegram",
    "storm": "T5, T6, T16: a storm seen in a group, and its CPU",
    "beside": "T5, T6: the same beside Alertmanager's own receiver",
    "taps": "T7: taps while a storm comes in",
    "pods": "T8: the pods of a big workload",
    "changes": "T9: changes beside kubectl",
    "starts": "T10: cold start, and recovery after kill -9",
    "footprint": "T11: memory",
    "lists": "T12: lists of incidents",
    "reviews": "a review of a hundred thousand incidents",
    "log": "T13: the audit log",
    "masking": "T14: masking",
    "overhead": "T15: actors",
    "seeds": "T17: the simulation",
}


def main() -> int:
    wanted = sys.argv[1:] or list(SUBJECTS)
    unknown = [name for name in wanted if name not in SUBJECTS]
    if unknown:
        print(
            f"no such subject: {' '.join(unknown)}; there are",
            *(f"  {n:<10} {SUBJECTS[n]}" for n in SUBJECTS),
            sep="\n",
        )
        return 2
    failed = []
    for name in wanted:
        print(f"== {name}: {SUBJECTS[name]}", flush=True)
        # A process each: what one has imported and pinned is nothing to the next.
        if subprocess.run(python("-m", f"bench.{name}"), cwd=ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {' '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
