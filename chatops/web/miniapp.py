"""The Mini App's page: static files, read once, gzipped when first asked for, with type and ETag. It knows no API.

The page names its files under the digest of all of them, so that a browser keeps them for a year and never mixes two
releases; under their plain names they are asked for anew each time.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import bottle

from chatops.web.errors import JsonBottle, refusal
from chatops.web.problem import Problem

FILES = Path(__file__).with_name("miniapp")
INDEX = "index.html"
TELEGRAM = ("https://web.telegram.org", "https://*.telegram.org")
"""Who may show the page in a frame, besides whom the caller names."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_COMMENT = re.compile(rb"(?m)^[ \t]*(?:/\*\*(?:(?!\*/).)*(?:\*/)?|\*(?:/| .*)?|//.*)[ \t]*$")
"""A line of a module that is nothing but a comment."""
_RELEASE = re.compile(r"([0-9a-f]{12})/(.+)")
_ASK_EACH_TIME = "no-cache"
_KEEP = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    content_type: str
    plain: bytes
    tag: str


class MiniApp:
    """The routes under `/app/`. `frame_ancestors` are further origins that may show the page in a frame."""

    def __init__(self, *, frame_ancestors: tuple[str, ...] = (), folder: Path = FILES) -> None:
        found = {
            str(path.relative_to(folder)): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES and path.is_file()
        }
        self.release = _digest(b"".join(name.encode() + b"\0" + content for name, content in found.items()))
        found[INDEX] = found[INDEX].replace(b'="./', f'="./{self.release}/'.encode())
        # Names are looked up, never joined to a folder.
        self._files: Mapping[str, _File] = {name: _file(name, content) for name, content in found.items()}
        self._zipped: dict[str, bytes] = {}
        self._headers = {
            "Content-Security-Policy": _policy((*TELEGRAM, *frame_ancestors)),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Encoding",
        }

    def add_to(self, app: JsonBottle) -> None:
        app.route("/app", "GET", _to_the_folder)
        app.route("/app/", "GET", lambda: self._serve(INDEX))
        app.route("/app/<name:path>", "GET", self._serve)

    def _serve(self, name: str) -> bottle.HTTPResponse:
        of_release = _RELEASE.fullmatch(name)
        if of_release and of_release[1] != self.release:
            # Another release's: mixing the two would fail later, and less clearly.
            return self._not_found()
        name = of_release[2] if of_release else name
        file = self._files.get(name)
        if file is None:
            return self._not_found()
        takes_gzip = _takes_gzip(bottle.request.get_header("Accept-Encoding", ""))
        tag = f'"{file.tag}-gzip"' if takes_gzip else f'"{file.tag}"'
        headers = {**self._headers, "ETag": tag, "Cache-Control": _KEEP if of_release else _ASK_EACH_TIME}
        if tag in re.split(r"\s*,\s*", bottle.request.get_header("If-None-Match", "").replace("W/", "")):
            return bottle.HTTPResponse(b"", 304, headers=headers)
        headers["Content-Type"] = file.content_type
        if not takes_gzip:
            return bottle.HTTPResponse(file.plain, headers=headers)
        if name not in self._zipped:
            # Not at the start, which most often nobody waits for who looks at the page.
            self._zipped[name] = gzip.compress(file.plain, 9, mtime=0)
        headers["Content-Encoding"] = "gzip"
        return bottle.HTTPResponse(self._zipped[name], headers=headers)

    def _not_found(self) -> bottle.HTTPResponse:
        return refusal(Problem(404, "not_found", "the page has no such file", tuple(self._headers.items())))


def _to_the_folder() -> bottle.HTTPResponse:
    # Relative: a proxy may show the service under a path of its own.
    return bottle.HTTPResponse(b"", 308, headers={"Location": "app/"})


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    # A phone need not carry the comments, a tenth of it all. The lines stay, so that errors name the right ones.
    return _COMMENT.sub(b"", content) if path.suffix == ".js" and path.parent.name != "vendor" else content


def _file(name: str, content: bytes) -> _File:
    return _File(_TYPES[Path(name).suffix], content, _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _takes_gzip(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        coding, _, quality = each.replace(" ", "").partition(";")
        if coding in ("gzip", "*"):
            return not re.fullmatch(r"q=0(\.0*)?", quality)
    return False


def _policy(ancestors: tuple[str, ...]) -> str:
    return (
        "default-src 'none'; script-src 'self' https://telegram.org; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {' '.join(ancestors)}"
    )
