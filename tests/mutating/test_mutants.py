"""A slice of `make mutants`: a few mistakes in each module that guards, each of which its tests notice."""

from pathlib import Path

import pytest

from tests.mutating.mutants import mutants
from tests.mutating.run import GUARDS, ROOT, noticed

EACH = 2

SOURCE = "def f(a, b):\n    return not a < 1 and (b if a == True else b + 2)\n"


def test_each_kind_of_mistake_is_made_once() -> None:
    made = [mutant.source.split("return ")[1].strip() for mutant in mutants(SOURCE)]
    assert sorted(made) == sorted(
        [
            "not a < 1 or (b if a == True else b + 2)",
            "not not a < 1 and (b if a == True else b + 2)",
            "not a < 1 and (b + 2 if a == True else b)",
            "not a <= 1 and (b if a == True else b + 2)",
            "not a < 2 and (b if a == True else b + 2)",
            "not a < 1 and (b if a != True else b + 2)",
            "not a < 1 and (b if a == False else b + 2)",
            "not a < 1 and (b if a == True else b - 2)",
            "not a < 1 and (b if a == True else b + 3)",
        ]
    )


@pytest.mark.parametrize("module", GUARDS)
def test_p6_mistakes_are_noticed(module: str) -> None:
    """P6: from the middle of the module, where the decisions are."""
    source = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text()
    made = list(mutants(source))
    for mutant in made[len(made) // 2 :][:EACH]:
        assert noticed(module, mutant, GUARDS[module]), mutant.what


def test_p6_the_module_itself_is_not_found_wanting() -> None:
    """P6: what is noticed is the mistake, and not that a copy was made."""
    from tests.mutating.mutants import Mutant

    module = "chatops.core.safeguards"
    source = (ROOT / "chatops" / "core" / "safeguards.py").read_text()
    assert not noticed(module, Mutant("none", source), GUARDS[module])
