"""`python -m tests.simulation --seeds 500` runs many seeds; `--seed 123` runs one and tells its story."""

import argparse
import sys
import time
from collections import Counter

from tests.simulation.occurrences import EXPECTED, occurrences
from tests.simulation.rules import ALWAYS, AT_REST
from tests.simulation.story import run

LAST_EVENTS = 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="only this one, with everything that happens in it")
    parser.add_argument("--seeds", type=int, default=500, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    asked = parser.parse_args()
    one = asked.seed is not None
    seeds = [asked.seed] if one else range(asked.first, asked.first + asked.seeds)
    failed, steps, virtual, begun = [], 0, 0.0, time.process_time()
    happened: Counter[str] = Counter()
    for seed in seeds:
        try:
            simulation = run(seed, loud=one)
        except Exception as error:
            failed.append(seed)
            notes = "\n".join(getattr(error, "__notes__", ())).splitlines()
            print(
                f"seed {seed}: {type(error).__name__}: {error}",
                *(notes if one else notes[-LAST_EVENTS:]),
                sep="\n",
                flush=True,
            )
            continue
        steps += simulation.steps
        virtual += simulation.time.seconds
        happened += occurrences(simulation)
        if one:
            print(*simulation.story, sep="\n")
    spent = time.process_time() - begun
    print(
        f"{len(seeds)} seeds, {len(ALWAYS)} rules at every step and {len(AT_REST)} at rest, {steps} steps, "
        f"{virtual / 3600:.1f} h of virtual time in {spent:.0f} s of CPU ({spent / len(seeds) * 1000:.0f} ms a seed)"
    )
    print(", ".join(f"{name} {happened[name]}" for name in EXPECTED))
    if failed:
        print(f"failed: {' '.join(map(str, failed))}; replay one: make simulate SEED={failed[0]}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
