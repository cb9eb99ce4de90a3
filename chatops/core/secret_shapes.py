"""What secrets look like in text, as patterns. It replaces nothing and knows no line but the one it is given.

Every repetition is possessive or bounded, so that no text makes a pattern look at a character more than a few times.
Shapes of tokens come from their issuers' documentation and from what secret scanners agree on.
"""

import re

from chatops.core.masking import SIGN

SIGNED = re.compile(SIGN)

_KEYS = (
    "access", "account", "admin", "aes", "api", "app", "application", "auth", "client", "consumer", "cookie", "crypto",
    "deploy", "enc", "encryption", "hmac", "host", "ingest", "insights", "integration", "jwt", "license", "licence",
    "master", "primary", "private", "root", "rsa", "secondary", "secret", "security", "service", "session", "shared",
    "sign", "signing", "ssh", "ssl", "storage", "subscription", "tls", "webhook", "write",
)  # fmt: skip
_SPOKEN_KEYS = ("access", "account", "api", "encryption", "license", "private", "secret", "signing")
"""What makes a key a secret: `api_key` is one, `cache_key` and `public_key` are not."""


def _behind(words: tuple[str, ...], rest: str) -> str:
    """Right behind one of these words and `rest`: lookbehinds want one width each."""
    widths = sorted({len(word) for word in words})
    return "|".join(f"(?<=(?:{'|'.join(w for w in words if len(w) == width)}){rest})" for width in widths)


_TOKENS = (
    (
        "AWS key",
        "A",
        r"(?:KIA|SIA|3T[A-Z0-9]|BIA)[A-Z2-7]{12,}+(?:[\s,:;|\"'/=]{1,4}[A-Za-z0-9/+]{40}(?![\w/+]))?",
    ),
    ("Google key", "A", r"Iza[\w-]{24,}+"),
    ("Google token", "y", r"a29\.[\w.-]{16,}+"),
    ("Google secret", "G", r"OCSPX-[\w-]{16,}+"),
    ("GitHub token", "g", r"h[pousr]_[A-Za-z0-9]{16,}+|ithub_pat_\w{16,}+"),
    ("GitLab token", "g", r"l(?:pat|ptt|dt|rt|cbt|ft|imt|soat|agent|ffct)-[\w.-]{16,}+"),
    ("Grafana token", "g", r"l(?:sa|c)_[\w=+/]{16,}+"),
    ("Slack token", "x", r"ox[a-z](?:\.xox[a-z])?-[\w-]{10,}+|app-\d-[\w-]{10,}+"),
    ("Slack webhook", "h", r"ooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{8,}+"),
    ("Discord webhook", "d", r"iscord(?:app)?\.com/api/webhooks/\d{5,}+/[\w-]{8,}+"),
    ("Stripe key", "s", r"k_(?:live|test|prod)_[A-Za-z0-9]{8,}+"),
    ("Stripe key", "r", r"k_(?:live|test|prod)_[A-Za-z0-9]{8,}+"),
    ("webhook secret", "w", r"hsec_[A-Za-z0-9+/=]{8,}+"),
    ("Twilio key", "S", r"K[0-9a-f]{32}(?![0-9a-f])"),
    ("Twilio account", "A", r"C[0-9a-f]{32}(?![0-9a-f])"),
    ("SendGrid key", "S", r"G\.[\w-]{10,}+\.[\w-]{10,}+"),
    ("npm token", "n", r"pm_[A-Za-z0-9]{16,}+"),
    ("PyPI token", "p", r"ypi-Ag[\w-]{16,}+"),
    ("DigitalOcean token", "d", r"o[opr]_v1_[0-9a-f]{16,}+"),
    ("Shopify token", "s", r"hp(?:at|ss|ca|pa)_[0-9a-fA-F]{16,}+"),
    ("Vault token", "h", r"v[sbr]\.[\w-]{16,}+"),
    ("Heroku key", "H", r"RKU-[\w-]{16,}+"),
    ("New Relic key", "N", r"RAK-[\w-]{16,}+"),
    ("Postman key", "P", r"MAK-[\w-]{16,}+"),
    ("Square token", "s", r"q0[a-z]{3}-[\w-]{16,}+"),
    ("Square token", "E", r"AAA[\w-]{50,80}(?![\w-])"),
    ("Mailgun key", "k", r"(?<![\w-].)ey-[0-9a-f]{32}"),
    ("API key", "s", r"k-(?:[a-z]{2,8}-)?[\w-]{20,}+"),
    ("Cloudflare key", "v", r"1\.0-[0-9a-f]{24}-[0-9a-f]{64,}+"),
    ("age key", "A", r"GE-SECRET-KEY-1[A-Z0-9]{20,}+"),
    ("Discord token", "MNO", r"[\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,45}(?![\w-])"),
    ("Telegram token", "0-9", r"\d{6,11}:[\w-]{34,36}(?![\w-])"),
    ("docker credentials", "e", r"yJhdXRo[\w+/=-]{16,}+"),
    ("JWT", "e", r"yJ[\w-]{8,}+(?:\.[\w-]*+){0,4}"),
    ("password hash", "$", r"(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{20,}+|argon2[a-z]{0,2}\$[\w$=,+/.-]{10,}+)"),
    ("password hash", "$", r"(?:[156y]|scrypt)\$[\w$=,+/.-]{20,}+"),
)
"""Name, first character (of a class), and the rest."""

TOKEN_NAMES = tuple(name for name, _, _ in _TOKENS)

TOKEN = re.compile(
    "[" + "".join(sorted({first for _, first, _ in _TOKENS})) + r"](?<![A-Za-z0-9].)(?:"
    + "|".join(f"(?<=[{first}])(?:{rest})()" for _, first, rest in _TOKENS)
    + ")"
)  # fmt: skip
"""A secret known by its own shape: the whole match, its name by `lastindex` in TOKEN_NAMES."""

_NOTHING = (
    r"(?!" + SIGN + r"|[|>][+-]?\d?\s*$"
    r"|(?:\*{2,}|•{2,}|[xX]{3,}|\.{3}|…|-+|%[sdvq]|\[[A-Za-z ]{3,20}\])(?=[\s\"'`\\,;&)}\]<]|$)"
    r"|<[^<>\n]{1,60}>|\$\{|\$\(|\{\{"
    r"|(?i:true|false|null|none|nil|undefined|yes|no|on|off|unset|empty|redacted|hidden|masked|filtered)(?![\w@#$%^*!-]))"
)
"""What stands where a secret would, and is none."""

_PROSE = (
    r"(?!(?i:is|was|not|must|should|cannot|can|could|has|have|does|did|will|may|invalid|incorrect|wrong|required|missing"
    r"|expired|rejected|accepted|failed|error|unable|unknown|updated|changed|created|deleted|found|ok|the|an?|for|from"
    r"|in|of|to|by|with|no|secrets?|couldn't|can't|mismatch|authentication|permission|access|request|validation)"
    r"[.,:;]?(?:\s|$))"
)

_QUOTE = r"\\{0,7}[\"'`]"
_ESCAPED = r"\\\\\\[\"']|\\[^\n]|[^\n\\]"
_QUOTED = (
    rf"(?P<quote>{_QUOTE})(?!\s*(?P=quote)){_NOTHING}"
    rf"(?P<quoted>(?:(?!(?P=quote))(?:{_ESCAPED}))++)(?:(?P=quote)|\\?$)"
)
_LISTED = r"(?P<listed>\[\s*\\{0,7}[\"'](?!‹)[^\]{}\n]++\]?)"
_BARE = (
    _NOTHING + r"(?P<bare>(?![\[{][\s\"'\\{}\[\]]|[\[{]$)"
    r"(?:[^\s\"'`<>,;&)}\]\\]|[,;&](?!\s|$|[\"'{\\]|[\w.-]{1,40}[=:])|[)}\]](?![\s,;:)}\].\"'\\]|$)"
    r"|[\"'`](?=\w)|<(?!/)|>|\\(?![\"'nrtu]|$))++)"
)

_EQUALS = r"\s{0,8}+(?>:=|=>|[:=]|%3[aAdD])\s{0,8}+"

_SUFFIX = (
    r"(?![_.-]?(?i:type|name|count|len|length|file|path|dir|url|uri|expir|ttl|at(?![a-z])|age(?![a-z])|policy|enabled"
    r"|required|min(?![a-z])|max(?![a-z])|ref|version|endpoint|limit|usage|used|manager|provider|store|class|format"
    r"|reset|changed|update|rotat|mount|volume|status|review|hint|strength|length|per[_-]|budget|index|generator))"
    r"[sS]?(?:[_.-][\w.-]{0,40}+|(?:[A-Z][a-z0-9]++){1,5}|\d{1,4})?(?![A-Za-z0-9])"
)

_WORD = (
    r"[pPsStTcCkKaAdD](?:(?<=[pP])(?:(?i:ass(?:word|wd|phrase|code)|wd)|(?<=[_-].)(?i:ass)|(?i:ass)(?==))"
    r"|(?<=[sS])(?i:ecret)"
    rf"|(?<=[tT])(?<!nexpected .)(?i:oken)(?![sS]{_QUOTE}?\s{{0,4}}[:=]\s{{0,4}}\d{{1,9}}(?![\w.-]))"
    r"|(?<=[cC])(?i:redential)"
    rf"|(?<=[kK])(?i:ey(?:{_behind(_KEYS, 'key')}|{_behind(_KEYS, '[_.-]key')}"
    rf"|{_behind(_SPOKEN_KEYS, ' key')}))"
    r"|(?<=[aA])(?<=[_\"'].)uth(?=\\{0,7}[\"']|=)"
    r"|(?<=[dD])(?i:ocker(?:config(?:json)?|cfg)))"
)  # fmt: skip

ASSIGNED = re.compile(
    rf"(?:(?P<word>{_WORD}){_SUFFIX}"
    rf"(?:(?:{_QUOTE})?(?:\s{{0,4}}[,}}]\s{{0,4}}{_QUOTE}?(?i:value){_QUOTE}?)?|\"?\]){_EQUALS}(?:\[(?=[^\s\"'\\{{]))?"
    rf"(?:{_QUOTED}|{_LISTED}|{_PROSE}{_BARE})"
    rf"|(?P<told>(?i:password|identified by)\s{{1,4}})'{_NOTHING}(?P<literal>[^'\n]++)'"
    rf"|(?P<element><[\w:.-]{{0,24}}(?i:password|passwd|secret|token|api-?key)>)(?P<inner>(?!‹)[^<\n]++)<)"
)
"""A value under a name that tells. The value is the group named by `lastgroup`."""

FLAG = re.compile(
    rf"(?<![\w-])--?(?=[\w-]{{0,40}}(?i:password|passwd|passphrase|secret|token|api-?key|credential))[\w-]{{2,60}}+"
    rf"(?<!-file)(?<!-path)(?:{_QUOTE}?\s{{0,4}},\s{{0,4}}{_QUOTE}|\s{{1,4}}(?:{_QUOTE})?)(?![-<])"
    rf"{_PROSE}{_BARE}"
)
"""`--password x`, and the two of them quoted in a list of arguments."""

HEADER = re.compile(
    rf"(?:(?i:authorization){_QUOTE}?{_EQUALS}[\[]?{_QUOTE}?"
    r"(?:(?P<scheme>(?i:basic|bearer|token|digest|negotiate|ntlm|apikey|key|bot|splunk|aws4-hmac-sha256)\s{1,4})"
    rf"{_NOTHING}(?P<sent>[^\s\"'\\,\]]++)|{_NOTHING}(?P<bald>(?![A-Za-z]{{1,20}}(?:\s|$))[^\s\"'\\,\]]{{8,}}+))"
    rf"|(?<![\w])(?i:bearer|basic)(?:\s{{1,4}}|:\s{{0,4}}|%20){_NOTHING}"
    r"(?P<token>(?![A-Za-z][a-z-]{0,15}[.,;:)\"']?(?:\s|$|[\"',;)]))[\w.~+/=-]{6,}+)"
    r"|(?i:signature)=(?P<signature>[0-9a-fA-F]{32,}+)|[?&]sig=(?P<sas>(?!‹)[^\s&\"'\\]{16,}+))"
)

COOKIES = re.compile(
    rf"(?P<head>(?i:cookie2?){_QUOTE}?{_EQUALS}[\[]?{_QUOTE}?)(?P<pairs>[^\"'\\\n\]]++)"
    r"|(?P<name>JSESSIONID|PHPSESSID|ASP\.NET_SessionId|connect\.sid)(?P<value>=(?!‹)[^\s;,\"'\\&]++)"
)

COOKIE = re.compile(
    r"(?<![\w.-])(?!(?i:path|domain|expires|max-age|samesite|priority|version)=)([\w.-]{1,80}+=)(?!"
    + SIGN
    + r")([^;\s]++)"
)

ADDRESS = re.compile(
    r"://(?P<user>[^\s:/@?#\"'<>]{0,128}+):(?!\d{1,5}/)" + rf"(?!{SIGN}@|\*+@|\$\{{)" +
    r"(?P<password>(?:[^\s@\"'<>/]{1,256}+@)++|[^\s@\"'<>]{1,256}+@)"
    r"|://(?!\*+@)(?P<alone>[\w-]{20,256}+)@"
)  # fmt: skip
"""A password in an address (`scheme://user:password@host`); its group ends with the `@`."""

STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d) ")
"""Kubernetes' time stamp in front of a log line."""

PEM_BEGIN = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?(?: ?-{4,5})?")
PEM_END = re.compile(r"-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
PEM_BODY = re.compile(r"[A-Za-z0-9+/=]++")
PEM_RUN = re.compile(r"[A-Za-z0-9+/=]{16,}+(?:\\{1,2}[rn][A-Za-z0-9+/=]++)*+")

SECRET_NAME = re.compile(rf"^\s*(?:- )?[\"']?name[\"']?\s*:\s*[\"']?[\w.-]{{0,120}}?{_WORD}{_SUFFIX}[\"']?,?\s*$")
VALUE_LINE = re.compile(r"^(\s*(?:- )?[\"']?value[\"']?\s*:\s*[\"']?)(?!‹)([^\s\"'][^\"']*?)([\"']?,?\s*)$")
BLOCK_OPENS = re.compile(rf"^(\s*(?:- )?)[\"']?[\w.-]{{0,120}}?{_WORD}{_SUFFIX}[\"']?\s*:\s*[|>][+-]?\d?\s*$")
