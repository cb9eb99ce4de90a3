"""How fast the simulation is: lives of the whole service told a CPU-second, and how much faster than life."""

import os
import subprocess
import sys
import time

from bench.measuring import ROOT, environment, estimate, python

SEEDS, ROUNDS = 10, 3


def lived(first: int) -> tuple[float, float]:
    """Seeds a CPU-second, and virtual seconds a CPU-second."""
    from tests.simulation.story import run

    begun, virtual = time.process_time(), 0.0
    for seed in range(first, first + SEEDS):
        virtual += run(seed).time.seconds
    spent = time.process_time() - begun
    return SEEDS / spent, virtual / spent


def main() -> None:
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The same stories each time: sets have an order of their own in each process.
        subprocess.run(python(__file__), cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"}, check=True)
        return
    print(environment())
    found = [lived(first * SEEDS) for first in range(ROUNDS)]
    print(f"simulation, {SEEDS * ROUNDS} seeds (wanted: 20 seeds a second, 1,000 times as fast as life)")
    print(f"    seeds a CPU-second            {estimate([seeds for seeds, _ in found])}")
    print(f"    times as fast as life         {estimate([faster for _, faster in found])}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
