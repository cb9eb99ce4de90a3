"""The table of docs/licences.md, made of requirements.txt and of what the installed packages say of themselves.

`python -m tests.docs.licences` writes it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "licences.md"
BEGIN, END = "<!-- made by python -m tests.docs.licences -->", "<!-- end -->"

BROUGHT = "# What those bring along."

SPELLED = {
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "GPL2": "GPL-2.0-only",
    "ZPL 2.1": "ZPL-2.1",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "Python Software Foundation License": "PSF-2.0",
    "BSD License": "BSD",
}
"""What packages write, by its SPDX identifier. Which of the BSD licences it is some do not say."""

_LONGEST = 40
"""Characters: what is longer is a licence's text and not its name."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    licence: str
    direct: bool


def packages() -> Iterator[Package]:
    """All that the service runs with, in the order of requirements.txt."""
    direct, _, brought = (ROOT / "requirements.txt").read_text().partition(BROUGHT)
    for text, is_direct in ((direct, True), (brought, False)):
        for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE):
            found = distribution(name)
            yield Package(name, found.version, licence_of(name), is_direct)


def licence_of(name: str) -> str:
    """Its SPDX expression, else the short name it gives its licence, else its classifiers."""
    told = distribution(name).metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    short = str(told.get("License") or "").strip()
    if short and "\n" not in short and len(short) <= _LONGEST and not short.startswith(("=", "Copyright")):
        return SPELLED.get(short, short)
    named = (each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License ::"))
    return " AND ".join(SPELLED.get(each, each) for each in named)


def table() -> str:
    rows = [
        f"| {each.name} | {each.version} | {each.licence} | {'yes' if each.direct else ''} |" for each in packages()
    ]
    return "\n".join(["| package | version | licence | named by the service |", "|---|---|---|---|", *rows])


def main() -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
