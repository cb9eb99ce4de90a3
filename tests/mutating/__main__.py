"""`python -m tests.mutating [MODULE...]`: every mutant of what guards, and which of them nobody noticed."""

import sys
from pathlib import Path

from tests.mutating.mutants import mutants
from tests.mutating.run import GUARDS, ROOT, noticed


def main(wanted: list[str]) -> int:
    made = missed = 0
    for module, tests in GUARDS.items():
        if wanted and module not in wanted:
            continue
        source = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text()
        for mutant in mutants(source):
            made += 1
            if not noticed(module, mutant, tests):
                missed += 1
                print(f"not noticed: {module}, {mutant.what}", flush=True)
    print(f"{made} mutants, {made - missed} noticed ({(made - missed) / max(made, 1):.0%})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
