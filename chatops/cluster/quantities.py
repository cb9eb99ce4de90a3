"""Kubernetes quantities as numbers, and numbers as kubectl writes them. It knows no object."""

import re

_SUFFIXES = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
    "Ei": 2.0**60,
}
_FORM = re.compile(r"([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))(?:[eE]([+-]?\d{1,2})|([a-zA-Z]{0,2}))")

_KI, _MI, _GI, _TI = 2.0**10, 2.0**20, 2.0**30, 2.0**40


def quantity(text: object) -> float:
    """`500m` is 0.5, `1Ki` is 1024, `1e3` is 1000; 0 for nothing and for what is no quantity."""
    found = _FORM.fullmatch(str(text).strip()) if text is not None else None
    if found is None or (found[3] or "") not in _SUFFIXES:
        return 0.0
    power = 10.0 ** int(found[2]) if found[2] else 1.0
    return float(found[1]) * _SUFFIXES[found[3] or ""] * power


def cpu_words(cores: float) -> str:
    """Cores: `1.5`, below a tenth of one in thousandths: `40m`."""
    if 0 < cores < 0.1:
        return f"{max(1, round(cores * 1000))}m"
    return f"{cores:.2f}".rstrip("0").rstrip(".")


def size_words(size: float) -> str:
    """Bytes as kubectl top has them, in Mi: `498Mi`; from ten of the next unit on in that: `12Gi`, `1.5Ti`."""
    for unit, name in ((_TI, "Ti"), (_GI, "Gi")):
        if size >= 10 * unit or (name == "Ti" and size >= unit):
            return f"{size / unit:.1f}".removesuffix(".0") + name
    if 0 < size < _MI:
        return f"{max(1, round(size / _KI))}Ki"
    return f"{round(size / _MI)}Mi" if size else "0"


def words_of(resource: str, amount: float) -> str:
    """An amount of `cpu`, or of what is counted in bytes."""
    return cpu_words(amount) if resource == "cpu" else size_words(amount)


def percent(part: float, whole: float) -> int | None:
    """Whole percent, cut as kubectl cuts them; None of nothing."""
    # What is 29 but for the last bit of a float is 29.
    return int(part * 100 / whole + 1e-9) if whole > 0 else None


def share_words(resource: str, part: float, whole: float) -> str:
    """`3.2/8 40%`; the part alone where there is no whole."""
    share = percent(part, whole)
    said = words_of(resource, part)
    return said if share is None else f"{said}/{words_of(resource, whole)} {share}%"
