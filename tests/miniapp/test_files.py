"""The page's files: how they are served, what they weigh, and what is held by reading them."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from chatops.web.errors import JsonBottle
from chatops.web.miniapp import FILES, MiniApp

from .canned import serving

OURS = sorted(path for path in FILES.rglob("*.js") if "vendor" not in path.parts)
MOST_KILOBYTES = 100
IMPORT = re.compile(r"""(?:from|import)\s*['"](\.[^'"]+)['"]""")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    app = JsonBottle()
    MiniApp(frame_ancestors=("https://chat.example",)).add_to(app)
    with serving(app) as address:
        yield address


def get(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers={"Accept-Encoding": "identity", **headers}, allow_redirects=False, timeout=20)


def closure(first: str) -> list[str]:
    """The files a module needs before it runs, itself among them."""
    found: list[str] = []
    waiting = [first]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            imports = IMPORT.findall((FILES / name).read_text())
            waiting += [os.path.normpath(Path(name).parent / each) for each in imports]
    return found


class TestServing:
    def test_s16_the_page_runs_its_own_files_and_is_framed_by_telegram_only(self, url: str) -> None:
        """S16: scripts of its own and Telegram's, no cookie, no other origin; only Telegram may put it into a frame."""
        policy = get(f"{url}/app/").headers["Content-Security-Policy"]
        parts = dict(each.strip().split(" ", 1) for each in policy.split(";"))
        assert parts == {
            "default-src": "'none'",
            "script-src": "'self' https://telegram.org",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "connect-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "https://web.telegram.org https://*.telegram.org https://chat.example",
        }
        for path in ("/app/", "/app/app.js", "/app/nothing"):
            answered = get(url + path, Origin="https://evil.example")
            told = {name.lower() for name in answered.headers}
            assert not {"set-cookie", "access-control-allow-origin"} & told
            assert "Content-Security-Policy" in answered.headers
            assert answered.headers["X-Content-Type-Options"] == "nosniff"

    def test_the_page_is_asked_for_each_time_and_its_files_once_a_release(self, url: str) -> None:
        page = get(f"{url}/app/")
        assert page.headers["Cache-Control"] == "no-cache"
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        (script,) = re.findall(r'<script type="module" src="\./([^"]+)"', page.text)
        assert re.fullmatch(r"[0-9a-f]{12}/app\.js", script)
        kept = get(f"{url}/app/{script}")
        assert "immutable" in kept.headers["Cache-Control"]
        assert kept.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert get(f"{url}/app/app.js").headers["Cache-Control"] == "no-cache"

    def test_files_of_another_release_are_not_mixed_in(self, url: str) -> None:
        assert get(f"{url}/app/{'0' * 12}/app.js").status_code == 404

    def test_what_did_not_change_is_not_sent_again(self, url: str) -> None:
        tag = get(f"{url}/app/").headers["ETag"]
        for sent in (tag, f'"other", W/{tag}'):
            again = get(f"{url}/app/", **{"If-None-Match": sent})
            assert (again.status_code, again.content) == (304, b"")
        assert get(f"{url}/app/", **{"If-None-Match": '"other"'}).status_code == 200

    def test_who_takes_gzip_gets_it(self, url: str) -> None:
        plain = get(f"{url}/app/style.css")
        zipped = get(f"{url}/app/style.css", **{"Accept-Encoding": "br, gzip"})
        refused = get(f"{url}/app/style.css", **{"Accept-Encoding": "gzip;q=0"})
        assert "Content-Encoding" not in plain.headers
        assert "Content-Encoding" not in refused.headers
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert zipped.content == plain.content
        assert zipped.headers["ETag"] != plain.headers["ETag"]
        assert zipped.headers["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize(
        "path",
        [
            "../miniapp.py",
            "..%2fminiapp.py",
            "%2e%2e/%2e%2e/settings.py",
            "vendor/../../miniapp.py",
            "/etc/passwd",
            "vendor",
            "vendor/README.md",
            "parts/",
            "index.html%00.js",
        ],
    )
    def test_nothing_but_the_pages_files_is_served(self, url: str, path: str) -> None:
        session = requests.Session()
        asked = requests.Request("GET", url).prepare()
        # Set by hand: requests would make the path harmless before it is sent.
        asked.url = f"{url}/app/{path}"
        answered = session.send(asked, timeout=20)
        assert answered.status_code == 404
        assert answered.headers["Content-Type"] == "application/problem+json"

    def test_the_folder_is_found_without_its_slash(self, url: str) -> None:
        moved = get(f"{url}/app")
        assert moved.status_code == 308
        assert moved.headers["Location"].endswith("app/")


class TestFiles:
    def test_all_of_it_is_light(self, url: str) -> None:
        names = [
            path.relative_to(FILES) for path in FILES.rglob("*") if path.suffix in (".js", ".css", ".html", ".svg")
        ]
        asked = {"Accept-Encoding": "gzip"}
        weights = {
            name: int(requests.head(f"{url}/app/{name}", headers=asked).headers["Content-Length"]) for name in names
        }
        assert sum(weights.values()) < MOST_KILOBYTES * 1024, weights

    def test_comments_are_not_sent_and_nothing_else_is_missing(self, url: str) -> None:
        for path in OURS:
            written = path.read_text().splitlines()
            sent = get(f"{url}/app/{path.relative_to(FILES)}").text.splitlines()
            inside = False
            for line, (before, after) in enumerate(zip(written, sent, strict=True), 1):
                comment = inside or before.strip().startswith(("/**", "//"))
                inside = (inside or before.strip().startswith("/**")) and "*/" not in before
                code = before.partition("*/")[2] if "*/" in before and before.strip().startswith("/**") else ""
                assert after == ("" if comment and not code.strip() else before), f"{path.name}:{line}"

    def test_what_the_first_screen_needs_is_asked_for_at_once(self) -> None:
        page = (FILES / "index.html").read_text()
        preloaded = re.findall(r'rel="modulepreload" href="\./([^"]+)"', page)
        assert sorted(preloaded) == sorted(closure("app.js"))

    def test_every_import_is_there(self) -> None:
        for path in OURS:
            text = path.read_text()
            for found in [*IMPORT.findall(text), *re.findall(r"import\('(\.[^']+)'\)", text)]:
                assert (path.parent / found).resolve().is_file(), f"{path.name} imports {found}"

    def test_the_vendored_files_are_those_the_table_names(self) -> None:
        vendor = FILES / "vendor"
        told = (vendor / "README.md").read_text().split("sha256 as served:")[1].split("sha256 in the package:")[0]
        table = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", told, re.M)}
        there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.glob("*.[jc]s*")}
        assert table == there

    def test_text_never_becomes_markup(self) -> None:
        for path in OURS:
            found = re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text()
            )
            assert found is None, f"{path.name}: {found}"

    def test_the_page_has_no_script_or_style_of_its_own(self) -> None:
        page = (FILES / "index.html").read_text()
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)

    def test_modules_are_of_one_screen_or_few(self) -> None:
        long = [path.name for path in OURS if "words" not in path.parts and len(path.read_text().splitlines()) > 200]
        assert long == []
