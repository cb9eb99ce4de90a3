"""Amounts of cores and bytes in few characters, and their shares of a whole. Pure: what is counted it does not know.

There are two forms for bytes. `size_words` is kubectl top's, which is read beside requests that are written in Mi;
`bytes_text` is for what is as large as a disk.
"""

from fractions import Fraction
from math import ceil

Amount = Fraction | int

BAR_LENGTH = 10

_KI, _MI, _GI, _TI = 2**10, 2**20, 2**30, 2**40
_UNITS = (("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10))


def percent(part: Amount | None, whole: Amount | None) -> int | None:
    """`part` of `whole`, cut as kubectl cuts it so that 100 means full; None of nothing, and of what is not known."""
    if part is None or whole is None or whole <= 0:
        return None
    return int(part * 100 / Fraction(whole))


def bar(share: int) -> str:
    """`▰▰▰▰▰▰▰▰▰▱ 91%`."""
    filled = min(BAR_LENGTH, max(0, share * BAR_LENGTH // 100))
    return f"{'▰' * filled}{'▱' * (BAR_LENGTH - filled)} {share}%"


def gibibytes(size: Amount, times: Amount) -> str:
    """`size` bytes times `times` in whole Gi, rounded up, and always more than `size`."""
    return f"{max(ceil(Fraction(size * times, _GI)), int(size // _GI) + 1)}Gi"


def bytes_text(size: Amount) -> str:
    """`17.3Gi`, `512Mi`: one decimal at most, and none where it is 0."""
    for unit, bits in _UNITS:
        if abs(size) >= 2**bits:
            return f"{float(size) / 2**bits:.1f}".removesuffix(".0") + unit
    return str(int(size))


def count_text(value: Amount) -> str:
    """A plain number as Kubernetes writes it: `3`, `1100m`."""
    return str(int(value)) if value == int(value) else f"{int(value * 1000)}m"


def cpu_words(cores: Amount) -> str:
    """Cores: `1.5`, below a tenth of one in thousandths: `40m`."""
    if 0 < cores < Fraction(1, 10):
        return f"{max(1, round(cores * 1000))}m"
    return f"{float(cores):.2f}".rstrip("0").rstrip(".")


def size_words(size: Amount) -> str:
    """Bytes as kubectl top has them, in Mi: `498Mi`; from ten of the next unit on in that: `12Gi`, `1.5Ti`."""
    for unit, name in ((_TI, "Ti"), (_GI, "Gi")):
        if size >= 10 * unit or (name == "Ti" and size >= unit):
            return f"{float(size) / unit:.1f}".removesuffix(".0") + name
    if 0 < size < _MI:
        return f"{max(1, round(Fraction(size, _KI)))}Ki"
    return f"{round(Fraction(size, _MI))}Mi" if size else "0"


def words_of(resource: str, amount: Amount) -> str:
    """An amount of `cpu`, or of what is counted in bytes."""
    return cpu_words(amount) if resource == "cpu" else size_words(amount)


def share_words(resource: str, part: Amount, whole: Amount) -> str:
    """`3.2/8 40%`; the part alone where there is no whole."""
    share = percent(part, whole)
    said = words_of(resource, part)
    return said if share is None else f"{said}/{words_of(resource, whole)} {share}%"
