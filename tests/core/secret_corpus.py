"""Made-up secrets of every kind in the texts they turn up in, and lines that hold none.

Every secret is put together at run time from a seeded random and halves of prefixes, so that no scanner takes this
file for a leak.
"""

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

_ALNUM = string.ascii_letters + string.digits
_URLSAFE = _ALNUM + "-_"
_BASE64 = _ALNUM + "+/"
_HEX = "0123456789abcdef"
_CAPITALS = string.ascii_uppercase + "234567"

Made = Callable[[random.Random], str]


class Positive(NamedTuple):
    """`secret` must not be left of `text`, nor any part of it of 6 characters or more."""

    kind: str
    text: str
    secret: str


def _of(rng: random.Random, letters: str, count: int) -> str:
    first = [rng.choice(group) for group in (string.digits, letters) if set(group) <= set(letters) or group == letters]
    return "".join(rng.sample([*first, *(rng.choice(letters) for _ in range(count - len(first)))], count))


def _word(rng: random.Random, count: int) -> str:
    """Starts and ends with a letter or digit, so that no quote or bracket around it is in doubt."""
    return rng.choice(_ALNUM) + _of(rng, _URLSAFE, count - 2) + rng.choice(_ALNUM)


def _b64(rng: random.Random, count: int) -> str:
    return base64.b64encode(rng.randbytes(count)).decode()


def _jwt(rng: random.Random) -> str:
    parts = [{"alg": "RS256", "kid": _of(rng, _HEX, 8)}, {"sub": _word(rng, 12), "iat": rng.randrange(10**9)}]
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*told, _word(rng, 86)])


def _service_account(rng: random.Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"' + _of(rng, _HEX, 8).encode() + b'"}').decode()
    claims = {"iss": "kubernetes/serviceaccount", "sub": f"system:serviceaccount:shop:{_word(rng, 6)}"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
    return f"{head.rstrip('=')}.{body.rstrip('=')}.{_word(rng, 342)}"


SHAPED: dict[str, Made] = {
    "AWS access key id": lambda r: r.choice(["AK", "AS"]) + "IA" + "".join(r.choice(_CAPITALS) for _ in range(16)),
    "GCP API key": lambda r: "AI" + "za" + _of(r, _URLSAFE, 33) + r.choice(_ALNUM) * 2,
    "Google OAuth": lambda r: "GOC" + "SPX-" + _word(r, 28),
    "GitHub": lambda r: "gh" + r.choice("pousr") + "_" + _of(r, _ALNUM, 36),
    "GitHub fine-grained": lambda r: "github" + "_pat_" + _of(r, _ALNUM, 22) + "_" + _of(r, _ALNUM, 59),
    "GitLab": lambda r: "gl" + "pat-" + _word(r, 20),
    "Slack": lambda r: "xo" + r.choice(["xb", "xp", "xa", "xr"]) + "-" + _of(r, string.digits, 12) + "-" + _word(r, 24),
    "Slack webhook": lambda r: "hooks.sl" + "ack.com/services/T" + _of(r, _ALNUM, 8) + "/B" + _of(r, _ALNUM, 24),
    "Stripe": lambda r: r.choice("sr") + "k_" + r.choice(["live", "test"]) + "_" + _of(r, _ALNUM, 24),
    "Twilio": lambda r: "S" + "K" + _of(r, _HEX, 32),
    "SendGrid": lambda r: "S" + "G." + _word(r, 22) + "." + _word(r, 43),
    "npm": lambda r: "np" + "m_" + _of(r, _ALNUM, 36),
    "PyPI": lambda r: "py" + "pi-AgEIcHlwaS5vcmc" + _word(r, 60),
    "Telegram": lambda r: _of(r, string.digits, 10) + ":" + "AA" + _word(r, 33),
    "Discord": lambda r: r.choice("MNO") + _of(r, _ALNUM, 23) + "." + _of(r, _ALNUM, 6) + "." + _word(r, 38),
    "JWT": _jwt,
    "service account token": _service_account,
    "Vault": lambda r: "hv" + "s." + _word(r, 90),
    "New Relic": lambda r: "NR" + "AK-" + _of(r, string.ascii_uppercase + string.digits, 27),
    "Cloudflare origin": lambda r: "v1" + ".0-" + _of(r, _HEX, 24) + "-" + _of(r, _HEX, 146),
    "DigitalOcean": lambda r: "do" + "p_v1_" + _of(r, _HEX, 64),
    "Heroku": lambda r: "HR" + "KU-" + _word(r, 40),
    "Square": lambda r: "sq" + "0atp-" + _word(r, 22),
    "Mailgun": lambda r: "ke" + "y-" + _of(r, _HEX, 32),
    "bcrypt": lambda r: "$2" + "b$12$" + _of(r, _ALNUM + "./", 52) + r.choice(_ALNUM),
    "argon2": lambda r: "$argon" + "2id$v=19$m=65536,t=3,p=4$" + _of(r, _ALNUM, 22) + "$" + _of(r, _ALNUM, 43),
    "docker config": lambda r: base64.b64encode(b'{"auths":{"r.io":{"auth":"%s"}}}' % _b64(r, 24).encode()).decode(),
}
"""Known by their own shape, wherever they stand."""

NAMED: dict[str, tuple[tuple[str, ...], Made]] = {
    "password": (("password", "DB_PASSWORD", "passwd", "pwd", "userPassword", "spring.datasource.password"), None),
    "secret": (("secret", "client_secret", "clientSecret", "APP_SECRET", "JWT_SECRET_KEY"), None),
    "token": (("token", "access_token", "refreshToken", "AUTH_TOKEN", "registry-token"), None),
    "API key": (("api_key", "apiKey", "API-KEY", "x-api-key", "apikey"), None),
    "access key": (("access_key", "accessKey", "SharedAccessKey"), None),
    "private key": (("private_key", "privateKey"), None),
    "credential": (("credential", "credentials", "DB_CREDENTIALS"), None),
    "AWS secret key": (("aws_secret_access_key", "SecretAccessKey"), lambda r: _of(r, _BASE64, 39) + "a"),
    "Azure storage key": (("AccountKey", "AZURE_STORAGE_KEY"), lambda r: _b64(r, 64)),
    "Datadog": (("DD_API_KEY", "dd_app_key", "datadog_api_key"), lambda r: _of(r, _HEX, 32)),
    "New Relic licence": (("NEW_RELIC_LICENSE_KEY", "license_key"), lambda r: _of(r, _HEX, 36) + "NRAL"),
    "Cloudflare": (("CLOUDFLARE_API_TOKEN", "CF_API_KEY", "X-Auth-Key"), lambda r: _word(r, 40)),
    "Heroku UUID": (("HEROKU_API_KEY",), lambda r: "-".join(_of(r, _HEX, n) for n in (8, 4, 4, 4, 12))),
    "Twilio auth": (("TWILIO_AUTH_TOKEN",), lambda r: _of(r, _HEX, 32)),
    "high entropy": (("signing_key", "encryptionKey", "SECRET_KEY_BASE"), lambda r: _b64(r, 48)),
}  # type: ignore[dict-item]  # None stands for the random word below
"""Known by the name in front of them."""

SPELLINGS = (
    "{k}={v}",
    "{k}: {v}",
    '"{k}":"{v}"',
    '"{k}": "{v}",',
    "{k}='{v}'",
    '{k}: "{v}"',
    "level=info {k}={v} caller=main.go:12",
    "config {{{k}:{v} Host:db}} loaded",
    "GET /v1/login?{k}={v}&page=2 200",
    "GET /v1/login?page=2&{k}={v} HTTP/1.1",
    '"payload":"{{\\"{k}\\":\\"{v}\\",\\"n\\":1}}"',
    "{{'{k}': '{v}', 'n': 1}}",
    '- {{"name":"{k}","value":"{v}"}}',
    "{k} := {v}",
    ':{k}=>"{v}"',
    "2026-11-23T08:00:00Z ERROR cannot log in with {k}={v}, giving up",
    "export {k}={v}; ./run",
    "Server=db;User=sa;{k}={v};Timeout=30",
)

AROUND = (
    "{v}",
    "{v} was used",
    "using {v}",
    'msg="used {v}" level=info',
    "{{'value': '{v}'}}",
    '{{"value":"{v}","n":1}}',
    "value: {v}",
    "x={v} y=2",
    "https://api.example.com/{v}",
    "https://api.example.com/?x={v}&y=2",
    "({v})",
    "[{v}, other]",
    "`{v}`",
)


def positives(seed: int = 11) -> Iterator[Positive]:
    """More than 1,000 texts over more than 26 kinds."""
    rng = random.Random(seed)
    for kind, made in SHAPED.items():
        for form in AROUND:
            for _ in range(2):
                secret = made(rng)
                yield Positive(kind, form.format(v=secret), secret)
    for kind, (names, make) in NAMED.items():
        for form in SPELLINGS:
            for name in names[:2] if make else names:
                secret = make(rng) if make else _word(rng, rng.choice([8, 12, 20, 32]))
                yield Positive(kind, form.format(k=name, v=secret), secret)
    for _ in range(12):
        yield from _sent(rng)
        yield from _keys(rng)


def _sent(rng: random.Random) -> Iterator[Positive]:
    """What goes over a wire: headers, cookies, addresses, registries' logins, command lines."""
    secret = _word(rng, 18)
    basic = base64.b64encode(f"user:{secret}".encode()).decode()
    for form in (
        "Authorization: Basic {}",
        "authorization=Basic {}",
        '"Authorization":"Basic {}"',
        "map[Authorization:[Basic {}]]",
    ):
        yield Positive("Basic", form.format(basic), basic)
    for form in (
        "Authorization: Bearer {}",
        "bearer {}",
        'curl -H "Authorization: Bearer {}" x',
        "got Bearer {} from app",
    ):
        yield Positive("Bearer", form.format(secret), secret)
    for scheme in ("https", "postgres", "postgresql+asyncpg", "redis", "rediss", "amqp", "mongodb+srv", "mysql", "ftp"):
        yield Positive("address", f"dial {scheme}://bob:{secret}@db.example.com:5432/shop?x=1 failed", secret)
    yield Positive("address", f"redis://:{secret}@cache:6379/0", secret)
    yield Positive("address", f'{{"url":"amqp://bob:p@{secret}@mq/vhost"}}', secret)
    yield Positive("address", f"bob:x tcp https://{secret}{secret}@git.example.com/a.git", secret)
    yield Positive("cookie", f"Set-Cookie: sid={secret}; Path=/; HttpOnly", secret)
    yield Positive("cookie", f"Cookie: theme=dark; session={secret}; a=b", secret)
    yield Positive("cookie", f'"cookie":"JSESSIONID={secret}"', secret)
    yield Positive("cookie", f"rejected JSESSIONID={secret} of bob", secret)
    for form in (
        '{{"auths":{{"r.io":{{"auth":"{}"}}}}}}',
        '"auth": "{}"',
        "//r.io/:_auth={}",
        '{{\\"auth\\":\\"{}\\"}}',
    ):
        yield Positive("registry auth", form.format(basic), basic)
    for form in (
        "run --db-password {} --verbose",
        "--api-token={} -v",
        '["--password", "{}", "-v"]',
        "--client-secret '{}'",
    ):
        yield Positive("flag", form.format(secret), secret)
    yield Positive("SQL", f"ALTER USER bob WITH PASSWORD '{secret}';", secret)
    yield Positive("XML", f"<password>{secret}</password>", secret)
    yield Positive(
        "Azure SAS", f"https://x.blob.core.windows.net/c?sv=2022&sig={_word(rng, 43)}%3D".replace("%3D", secret), secret
    )
    spaced = f"{secret} with spaces, and=more;"
    yield Positive("password", f'password: "{spaced}"', spaced)
    yield Positive("password", "password: |\n  " + secret + "\n  more-" + secret + "\nuser: bob", secret)
    yield Positive("password", f"- name: DB_PASSWORD\n  value: {secret}\n- name: LEVEL\n  value: info", secret)


def _keys(rng: random.Random) -> Iterator[Positive]:
    """PEM keys over many lines: whole, stamped, in JSON, without their beginning, without their end."""
    kind = rng.choice(["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
    data = _b64(rng, rng.choice([300, 609, 1190]))
    body = [data[at : at + 64] for at in range(0, len(data), 64)]
    begin, end = ("-----" + f"{word} {kind}PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
    lines = [begin, *body, end]
    name = "SSH private key" if kind == "OPENSSH " else "PEM private key"
    yield Positive(name, "\n".join(["starting", *lines, "started"]), "\n".join(body))
    yield Positive(name, "\n".join(f"2026-11-23T08:00:00.000000000Z {line}" for line in lines), "\n".join(body))
    yield Positive(name, "tls.key: |\n" + "\n".join(f"  {line}" for line in lines), "\n".join(body))
    yield Positive(name, "\n".join([*body[1:], end, "started"]), "\n".join(body[1:]))
    yield Positive(name, "\n".join([begin, *body[:-1]]), "\n".join(body[:-1]))
    flat = "\\n".join(lines)
    yield Positive("GCP service account", f'{{"type":"service_account","private_key":"{flat}\\n"}}', "\n".join(body))
    yield Positive("PEM private key", f"loaded {flat} from disk", "\n".join(body))


def leftover(positive: Positive, masked: str) -> str:
    """A piece of the secret of 6 characters or more that is still there; empty when none is."""
    for part in positive.secret.split("\n"):
        for at in range(max(1, len(part) - 5)):
            if part[at : at + 6] in masked:
                return part[at : at + 6]
    return ""


_BENIGN = (
    "GET /api/v1/orders/{n} 200 in {n} ms",
    "order {uuid} placed by customer {n}",
    "commit {sha} by bob",
    "image registry.example.com/shop/web@sha256:{sha}{sha24} pulled",
    "pod checkout-{h10}-{h5} is ready",
    "trace_id={h32} span_id={h16} duration={n}ms",
    '{{"level":"info","ts":"2026-11-23T08:00:{s}Z","trace":"{h32}","msg":"served","status":200}}',
    'resourceVersion: "{n}{n}" generation: {n}',
    "2026-11-23T08:00:{s}.{n}Z INFO  c.e.shop.OrderService - stock of item {n} is {n}",
    "tokenizer: bpe",
    "token=",
    "password: ***",
    "password=<redacted>",
    "DB_PASSWORD_FILE=/run/secrets/db-{n}",
    "secretName: web-tls-{n}",
    'MountVolume.SetUp failed for volume "certs" : secret "web-tls-{n}" not found',
    "SyntaxError: Unexpected token < in JSON at position {n}",
    "unexpected token: identifier, line {n}",
    "used {n} tokens of {n}",
    "max_tokens={n} prompt_tokens={n}",
    'password authentication failed for user "shop{n}"',
    "password: must be at least {n} characters",
    "secret: not found",
    "  at com.example.shop.Checkout.pay(Checkout.java:{n})",
    '  File "/app/shop/pay.py", line {n}, in pay',
    "Caused by: java.net.ConnectException: Connection refused (10.0.{s}.{s}:5432)",
    "main.main()\n\t/src/main.go:{n} +0x{h5}",
    "connecting to https://api.example.com:8443/v1/items/{n}?page={n}&sort=asc",
    "postgres://db.example.com:5432/shop?sslmode=require",
    "mail to bob{n}@example.com queued",
    "https://example.com/users/bob@example.com/orders/{n}",
    "com.example.Cache@{h5} evicted key user:{n}",
    "cache key=user:{n} hit=true",
    "primary key: id, foreign key: order_id",
    "public_key: {h32}",
    "Bearer authentication is required",
    "basic auth enabled",
    "authorization: denied for user {n}",
    "cookie banner shown {n} times",
    'etag "{h32}" matched',
    "md5 {h32} sha1 {sha}",
    "kubelet Started container web-{n}",
    "Readiness probe failed: HTTP probe failed with statuscode: 503",
    "Back-off restarting failed container app in pod web-{h10}-{h5}_shop({uuid})",
    "token expired {n} seconds ago",
    "token_type: bearer",
    "access_token_expires_in={n}",
    "password: null",
    "password: ${{DB_PASSWORD}}",
    "-----BEGIN CERTIFICATE-----",
    "tests passed: {n}, PASS: TestCheckout{n}",
    "уровень=инфо заказ {n} оплачен за {n} мс",
    "signature verified for {uuid}",
    "helm.sh/chart=web-{n}.{s}.{s} app.kubernetes.io/name=web",
    "compass: north, passenger: {n}",
    "keyboard=qwerty monkey: {n}",
    "secretary: alice",
)


def benign(count: int = 1_500, seed: int = 12) -> list[str]:
    """Lines as logs, events and descriptions hold them, none of them secret."""
    rng = random.Random(seed)

    def fill(form: str) -> str:
        return form.format(
            n=rng.randrange(1, 9999),
            s=rng.randrange(10, 60),
            uuid="-".join(_of(rng, _HEX, n) for n in (8, 4, 4, 4, 12)),
            sha=_of(rng, _HEX, 40),
            sha24=_of(rng, _HEX, 24),
            h5=_of(rng, _HEX, 5),
            h10=_of(rng, _HEX, 10),
            h16=_of(rng, _HEX, 16),
            h32=_of(rng, _HEX, 32),
        )

    return [fill(_BENIGN[n % len(_BENIGN)]).replace("\n", " ") for n in range(count)]


_QUIET = _BENIGN[:9]


def benign_text(size: int) -> str:
    """An ordinary log of `size` characters."""
    lines = benign(2_000)
    quiet = [line for n, line in enumerate(lines) if n % len(_BENIGN) < len(_QUIET)]
    block = "\n".join(quiet) + "\n"
    return (block * (size // len(block) + 1))[:size]
