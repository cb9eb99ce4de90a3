"""Secrets in text, replaced by a sign that says what stood there. It knows no cluster and no screen.

A cheap pass over the whole text finds the lines that may hold a secret; only those are looked at closely. Escape
sequences have to be gone before: a colour in the middle of a token hides it.
"""

from collections.abc import Sequence

from chatops.core.secret_sieve import sifted

SIGN = r"‹[^‹›\n]{1,40} masked, \d+ chars›"
"""What stands in a secret's place, as a pattern; nothing takes it for a secret."""


def mask(text: str) -> str:
    """The text with every secret in it replaced by `‹what masked, n chars›`; as many lines as before.

    Masking twice changes nothing.
    """
    return "\n".join(mask_lines(text.split("\n")))


def mask_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Each line masked, one for one; what spreads over several of them (PEM keys, YAML blocks) is followed."""
    masked = list(lines)
    whole = "\n".join(lines)
    if whole.count("\n") != max(0, len(masked) - 1):
        # A line end inside a line would put every later one off.
        return tuple(mask(line) if "\n" in line else mask_lines([line])[0] for line in masked)
    found = sifted(whole)
    if found:
        # Here, since its patterns take long to make, and most text has nothing for them.
        from chatops.core.secret_strike import strike

        strike(masked, found)
    return tuple(masked)
