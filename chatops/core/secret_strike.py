"""The close look: what is a secret in the lines that the sieve has found, and what of it lies in the lines around."""

import binascii
import re

from chatops.core import secret_shapes as shapes
from chatops.core.masking import mask
from chatops.core.secret_sieve import TEXT_IN_BASE64
from chatops.core.secret_suspects import suspects

_KINDS = {"pass": "password", "pwd": "password", "toke": "token", "cred": "credential", "key": "key"}
_LONGEST_KEY = 400
"""Lines after the first of a PEM key that may still belong to it."""

_MOST = 500
"""A line of so many secrets is one."""

_ENCODED = re.compile(rf"\b{TEXT_IN_BASE64}[A-Za-z0-9+/_-]*={{0,2}}", re.ASCII)

_STANDARD = str.maketrans("-_", "+/")

_STRANGERS = 8
"""Lines in a row that are not of a key, after which a key without an end is over."""


def strike(masked: list[str], found: list[int]) -> None:
    """Put signs in the place of secrets in the lines of these numbers, ascending, and in those that belong to them."""
    looked_at = {n: _ENCODED.sub(_decoded, masked[n]) for n in found}
    numbers = [found[at] for at in suspects("\n".join(looked_at.values()))]
    for n, line in looked_at.items():
        masked[n] = line
    for n in numbers:
        masked[n] = _line(masked[n])
    done = 0
    for n in numbers:
        if n >= done:
            done = _follow(masked, n, looked_at[n])


def sign(kind: str, secret: str) -> str:
    """What stands in a secret's place."""
    return f"‹{kind} masked, {len(secret)} chars›"


def _line(line: str) -> str:
    if "PRIVATE KEY" in line:
        line = _one_line_keys(line)
    small = line.lower()
    for pattern, words, replaced in _PASSES:
        if any(word in small for word in words) and (pattern is not shapes.ASSIGNED or _ASSIGNS.search(line)):
            line, count = pattern.subn(replaced, line, _MOST)
            if count == _MOST:
                return sign("line", line)
    return line


def _decoded(match: re.Match[str]) -> str:
    """Base64 is no secrecy: what would be masked in the open is masked in it."""
    letters = match[0].rstrip("=").translate(_STANDARD)
    # A last letter alone holds no whole byte.
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    data = binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    if not data[:12].isascii():
        return match[0]
    text = data.decode(errors="replace")
    return match[0] if mask(text) == text else sign("base64", match[0])


def _token(match: re.Match[str]) -> str:
    if "." not in match[0] and match[0].startswith("eyJ") and not match[0].startswith("eyJhdXRo"):
        # JSON in base64 is a token only with its signature.
        return match[0]
    return sign(shapes.TOKEN_NAMES[(match.lastindex or 1) - 1], match[0])


def _address(match: re.Match[str]) -> str:
    group = match.lastgroup or "password"
    if group == "alone":
        return f"://{sign('credential', match[group])}@"
    secret = match[group][:-1]
    return f"://{match['user']}:{sign('password', secret)}@"


def _cookies(match: re.Match[str]) -> str:
    if match["name"]:
        return _without(match, "value", "cookie", skip=1)
    return match["head"] + shapes.COOKIE.sub(lambda pair: pair[1] + sign("cookie", pair[2]), match["pairs"])


def _header(match: re.Match[str]) -> str:
    return _without(match, match.lastgroup or "token", "credential")


def _assigned(match: re.Match[str]) -> str:
    group = match.lastgroup or "bare"
    word = (match["word"] or match["told"] or match["element"] or "").lower()
    kind = next((kind for start, kind in _KINDS.items() if start in word), "secret")
    return _without(match, group, kind)


def _flag(match: re.Match[str]) -> str:
    return _without(match, "bare", "secret")


def _without(match: re.Match[str], group: str, kind: str, *, skip: int = 0) -> str:
    start, end = match.start(group) - match.start() + skip, match.end(group) - match.start()
    return match[0][:start] + sign(kind, match[0][start:end]) + match[0][end:]


def _one_line_keys(line: str) -> str:
    r"""Keys within one line, their line ends written as `\n`."""
    pieces: list[str] = []
    at = 0
    while (begin := shapes.PEM_BEGIN.search(line, at)) is not None:
        end = shapes.PEM_END.search(line, begin.end())
        if end is None:
            break
        inside = line[begin.end() : end.start()]
        kept = not inside or shapes.SIGNED.fullmatch(inside)
        pieces += line[at : begin.end()], inside if kept else sign("private key", inside), end[0]
        at = end.end()
    return "".join([*pieces, line[at:]])


_ASSIGNING = ("pass", "pwd", "secret", "token", "credential", "key", "auth", "docker", "identified")

_ASSIGNS = re.compile(r"[=:'<]|%3")

_PASSES = (
    (shapes.TOKEN, ("",), _token),
    (shapes.ADDRESS, ("@",), _address),
    (shapes.COOKIES, ("cookie", "sessi", ".sid"), _cookies),
    (shapes.HEADER, ("authoriz", "bearer", "basic", "sig=", "signature="), _header),
    (shapes.ASSIGNED, _ASSIGNING, _assigned),
    (shapes.FLAG, ("--", "-p"), _flag),
)
"""Each pattern, what a line in small letters has to have for it, and what is put in place."""


def _follow(masked: list[str], n: int, line: str) -> int:
    """Mask what the secret that line `n` opens or ends has in other lines; the number of the next one to look at."""
    begin, end = shapes.PEM_BEGIN.search(line), shapes.PEM_END.search(line)
    if begin is not None and (end is None or end.start() < begin.start()):
        return _key_below(masked, n)
    if end is not None and begin is None:
        _key_above(masked, n)
    stamp, content = _parted(line)
    if n + 1 < len(masked) and shapes.SECRET_NAME.match(content):
        stamp, content = _parted(masked[n + 1])
        masked[n + 1] = stamp + shapes.VALUE_LINE.sub(lambda v: v[1] + sign("secret", v[2]) + v[3], content)
    elif (opened := shapes.BLOCK_OPENS.match(content)) is not None:
        return _block_below(masked, n, len(opened[1]))
    return n + 1


def _key_below(masked: list[str], n: int) -> int:
    begin = shapes.PEM_BEGIN.search(masked[n])
    if begin is not None:
        masked[n] = masked[n][: begin.end()] + _body(masked[n][begin.end() :], alone=False)
    strangers, at = 0, n + 1
    while at < min(len(masked), n + _LONGEST_KEY) and strangers < _STRANGERS:
        before = masked[at]
        end = shapes.PEM_END.search(before)
        if end is not None:
            masked[at] = _body(before[: end.start()]) + before[end.start() :]
            return at + 1
        if shapes.PEM_BEGIN.search(before) is not None:
            break
        masked[at] = _body(before)
        strangers = strangers + 1 if masked[at] == before else 0
        at += 1
    return at


def _key_above(masked: list[str], n: int) -> None:
    """The key whose beginning was cut off; its last line may be short."""
    end = shapes.PEM_END.search(masked[n])
    if end is not None:
        masked[n] = _body(masked[n][: end.start()], alone=False) + masked[n][end.start() :]
    for at in range(n - 1, max(-1, n - _LONGEST_KEY), -1):
        before = masked[at]
        masked[at] = _body(before)
        if masked[at] == before:
            return


def _body(line: str, *, alone: bool = True) -> str:
    """A line of a PEM key without what is of the key; `alone` says that a short piece by itself counts."""
    stamp, content = _parted(line)
    bare = content.strip()
    if alone and shapes.PEM_BODY.fullmatch(bare):
        return stamp + content.replace(bare, sign("private key", bare))
    return stamp + shapes.PEM_RUN.sub(lambda run: sign("private key", run[0]), content)


def _block_below(masked: list[str], n: int, indent: int) -> int:
    for at in range(n + 1, len(masked)):
        stamp, content = _parted(masked[at])
        bare = content.strip()
        deep = len(content) - len(content.lstrip())
        if bare and deep <= indent:
            return at
        if bare and not shapes.SIGNED.fullmatch(bare):
            masked[at] = stamp + content[:deep] + sign("secret", bare)
    return len(masked)


def _parted(line: str) -> tuple[str, str]:
    """Kubernetes' time stamp, if there is one, and the rest."""
    stamp = shapes.STAMP.match(line)
    return (line[: stamp.end()], line[stamp.end() :]) if stamp else ("", line)
