"""A service that says what it is told to: the page's own server, and the API's answers without what is behind them.

For states of the page that a real service reaches seldom. Who signs in with a launch or the code `GOOD` is an admin.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import bottle

from chatops.web.errors import JsonBottle, answer, refusal
from chatops.web.miniapp import MiniApp
from chatops.web.problem import Problem
from chatops.web.server import Server

PREFIX = "/api/v1"


def moment(ago: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(number: int, **changed: Any) -> dict[str, Any]:
    severity = ("critical", "warning", "warning", "info")[number % 4]
    told: dict[str, Any] = {
        "id": number,
        "title": ("Crash loop", "Node not ready", "Volume filling up", "Target down")[number % 4],
        "object": ("checkout", "worker-3", "postgres-data-0", "cart")[number % 4],
        "severity": severity,
        "status": "active",
        "cluster": ("prod-eu1", "stage")[number % 2],
        "namespace": ("shop", "payments", "mail")[number % 3],
        "opened_at": moment(3600 + number * 60),
        "started_at": moment(3630 + number * 60),
        "closed_at": None,
        "taken_by": {"id": 7, "name": "Anna"} if number % 3 == 0 else None,
        "taken_at": moment(3000) if number % 3 == 0 else None,
        "firing": 1 + number % 3,
        "silenced_until": None,
        "reopened": int(number % 5 == 0),
        "running": False,
        "merged_into": None,
        "revision": 1,
    }
    return {**told, **changed}


def ref(kind: str, name: str) -> dict[str, str]:
    return {"kind": kind, "name": name, "namespace": "shop", "uid": f"uid-{name}", "cluster": "prod-eu1"}


def pod(name: str, *, well: bool = True) -> dict[str, Any]:
    state = {"name": "app", "state": "running", "reason": "", "ready": True, "restarts": 0}
    if not well:
        state = {"name": "app", "state": "waiting", "reason": "CrashLoopBackOff", "ready": False, "restarts": 9}
    return {
        "ref": ref("Pod", name),
        "status": "Running" if well else "CrashLoopBackOff",
        "health": "good" if well else "bad",
        "ready": int(well),
        "total": 1,
        "restarts": state["restarts"],
        "node": "worker-2",
        "containers": [state],
    }


OFFER = {
    "action": "rollout_undo",
    "title": "Roll back to 42",
    "icon": "↩️",
    "danger": "disrupt",
    "changes": True,
    "ref": ref("Deployment", "checkout"),
    "params": {"revision": "42"},
    "now": "",
    "why": "Suggested because the revision that runs was rolled out shortly before the alert.",
    "helped": "9/10",
}
LOGS = {**OFFER, "action": "logs_previous", "title": "Crash logs", "icon": "📄", "danger": "read", "changes": False} | {
    "params": {},
    "why": "",
    "helped": "",
}
RESTART = {**OFFER, "action": "rollout_restart", "title": "Restart checkout", "icon": "♻️", "params": {}, "helped": ""}


def detail(number: int) -> dict[str, Any]:
    return {
        **row(number),
        "source": "main",
        "receiver": "oncall",
        "labels": {"alertname": "KubePodCrashLooping", "namespace": "shop"},
        "truncated": 0,
        "reason": "",
        "closed_by": None,
        "acknowledged_at": None,
        "alike": 3,
        "said": ["Container app of checkout keeps crashing: 2 pods, 14 restarts."],
        "alerts": [
            {
                "fingerprint": "f1",
                "name": "KubePodCrashLooping",
                "severity": "critical",
                "labels": {"alertname": "KubePodCrashLooping", "pod": "checkout-7c9d8-x2k4q", "namespace": "shop"},
                "annotations": {"summary": "Pod is crash looping.", "runbook_url": "https://runbooks.example/crash"},
                "starts_at": moment(3600),
                "ends_at": None,
                "generator_url": "https://prometheus.example/graph?g0.expr=up",
            }
        ],
        "objects": {
            "taken_at": moment(20),
            "health": "bad",
            "problem": "",
            "workloads": [
                {
                    "ref": ref("Deployment", "checkout"),
                    "health": "bad",
                    "ready": 3,
                    "desired": 5,
                    "rollout": "rev 43",
                    "managed_by": "",
                    "autoscaler": "HorizontalPodAutoscaler checkout",
                    "pod_count": 2,
                    "pods": [pod("checkout-7c9d8-x2k4q", well=False), pod("checkout-7c9d8-9pqzn")],
                }
            ],
            "pods": [],
            "others": [
                {"ref": ref("HorizontalPodAutoscaler", "checkout"), "health": "warn", "summary": "5/5, at its maximum"}
            ],
            "missing": [ref("Pod", "checkout-old")],
        },
        "run": None,
        "silence": None,
        "suggestions": [OFFER, RESTART, LOGS],
        "can": ["acknowledge", "resolve", "reject", "note", "silence"],
        "reject_reasons": [{"code": "false_alarm", "text": "False alarm"}, {"code": "planned", "text": "Planned work"}],
        "links": [
            {"kind": "runbook", "title": "Runbook", "url": "https://runbooks.example/crash"},
            {"kind": "chat", "title": "", "url": "https://t.me/oncall_bot?start=inc_96"},
        ],
    }


def statistics() -> dict[str, Any]:
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=29 - at) for at in range(30)]
    weeks = [today - timedelta(days=today.weekday() + 7 * (7 - at)) for at in range(8)]
    helped = {"action": "rollout_undo", "title": "Roll back", "tried": 10, "helped": 9}
    times = ("taken_median", "taken_p90", "resolved_median", "resolved_p90")
    return {
        "since": moment(30 * 86400),
        "until": moment(),
        "incidents": 41,
        "before": 50,
        "open": 3,
        "rejected": 2,
        "night": 5,
        "never_taken": 7,
        "healed": 20,
        "acted": 12,
        "closed_by_hand": 4,
        "taken": {"count": 34, "median": 180, "p90": 840},
        "resolved": {"count": 36, "median": 1320, "p90": 6600},
        "severities": {"critical": 6, "warning": 28, "info": 7, "none": 0},
        "noisiest": [
            {"title": "CPU over-commit", "namespace": "", "cluster": "prod-eu1", "times": 11}
            | {"actions": 0, "noise": 4, "fixed_by": None},
            {"title": "Crash loop", "namespace": "shop", "cluster": "prod-eu1", "times": 6}
            | {"actions": 5, "noise": 0, "fixed_by": helped},
        ],
        "helped": [helped],
        "flapping": [],
        "by_day": [
            {"day": str(day), "critical": at % 3 // 2, "warning": at % 4, "info": at % 2, "none": 0}
            for at, day in enumerate(days)
        ],
        "hours": [[(day * 3 + hour) % 7 // 3 for hour in range(24)] for day in range(7)],
        "by_week": [
            {"week": str(week), "count": 3 + at, **{name: 100 * (at + 1) * (n + 1) for n, name in enumerate(times)}}
            for at, week in enumerate(weeks)
        ],
    }


@dataclass
class Canned:
    """What is answered, to be changed by a test. `fails`: the problem by the beginning of method and path."""

    language: str = "en"
    admin: bool = True
    reads: bool = True
    rows: list[dict[str, Any]] = field(default_factory=lambda: [row(n) for n in range(1, 13)])
    closed: list[dict[str, Any]] = field(
        default_factory=lambda: [
            row(n, status=("resolved", "rejected")[n % 4 == 0], closed_at=moment(n * 4000)) for n in range(100, 130)
        ]
    )
    incident: dict[str, Any] = field(default_factory=lambda: detail(96))
    statistics: dict[str, Any] = field(default_factory=statistics)
    preview: dict[str, Any] = field(
        default_factory=lambda: {
            "guard": "tap",
            "word": "",
            "question": "Roll back checkout to revision 42?",
            "changes": [{"what": "image", "before": "checkout:43", "after": "checkout:42"}],
            "cautions": ["🔴 It is the only ready pod of checkout."],
            "refusal": "",
            "kubectl": "kubectl -n shop rollout undo deployment/checkout --to-revision=42",
            "danger": "disrupt",
        }
    )
    lines: list[str] = field(
        default_factory=lambda: [f"2026-11-26T08:5{n % 10} line {n} of the log" for n in range(60)]
    )
    fails: dict[str, Problem] = field(default_factory=dict)
    mark: int = 1
    changed: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        self.__dict__.update(Canned().__dict__)

    def me(self) -> dict[str, Any]:
        grants = [{"role": "admin" if self.admin else "operator", "cluster": "*", "namespace": "*"}]
        rights = {"read": self.reads, "act": self.reads, "decide": self.admin}
        return {"id": 7, "name": "Anna", "language": self.language, "rights": rights, "grants": grants} | {
            "bot": "oncall_bot",
            "via": "session",
            "silences": True,
        }

    def change(self, *rows: dict[str, Any]) -> None:
        """These rows are told by the next /changes."""
        self.mark += 1
        self.changed = list(rows)
        gone = {each["id"] for each in rows}
        kept = [each for each in self.rows if each["id"] not in gone]
        self.rows = [*kept, *(each for each in rows if each["status"] == "active")]


def page_of(canned: Canned) -> JsonBottle:
    """The page and the API's routes over what `canned` says."""
    app = JsonBottle()
    MiniApp().add_to(app)

    def route(method: str, path: str, work: Callable[..., Any], status: int = 200) -> None:
        def guarded(**parts: str) -> bottle.HTTPResponse:
            request = bottle.request
            inner = request.path.removeprefix(PREFIX)
            body = request.json if method in ("POST", "PUT", "PATCH") else dict(request.query)
            canned.asked.append((method, inner, body))
            for begin, problem in canned.fails.items():
                if f"{method} {inner}".startswith(begin):
                    return refusal(problem)
            who = request.get_header("Authorization", "")
            if inner != "/session" and who != "Bearer session-token":
                return refusal(Problem(401, "unauthenticated" if not who else "expired", "sign in"))
            told = work(**parts)
            return told if isinstance(told, bottle.HTTPResponse) else answer(told, status=status)

        app.route(PREFIX + path, method, guarded)

    def session() -> Any:
        known = bottle.request.get_header("Authorization", "").startswith("tma ")
        if not known and (bottle.request.json or {}).get("code") != "GOOD":
            return refusal(Problem(401, "login_link_gone", "the link is used up"))
        return {"token": "session-token", "expires_at": moment(-3600), "me": canned.me()}

    def incidents() -> Any:
        query = bottle.request.query
        found = canned.rows if query.get("status") == "active" else canned.closed
        wanted = set(query.getall("severity"))
        found = [each for each in found if not wanted or each["severity"] in wanted]
        text = query.get("q", "").lower()
        found = [each for each in found if text in f"{each['title']} {each['object']}".lower()]
        rank = ["critical", "warning", "info", "none"].index
        found = sorted(found, key=lambda each: (rank(each["severity"]), bool(each["taken_by"]), -each["id"]))
        at, limit = int(query.get("cursor") or 0), int(query.get("limit") or 50)
        more = str(at + limit) if len(found) > at + limit else None
        return {"incidents": found[at : at + limit], "next": more, "mark": str(canned.mark)}

    def changes() -> Any:
        told = canned.changed if bottle.request.query.get("since") != str(canned.mark) else []
        return {"mark": str(canned.mark), "incidents": told, "more": False, "reset": False}

    def acted(number: str, act: str) -> Any:
        row_of = {**row(int(number)), "taken_by": {"id": 7, "name": "Anna"}}
        if act == "acknowledge":
            canned.incident = {**canned.incident, "taken_by": row_of["taken_by"], "taken_at": moment()}
            canned.incident["can"] = ["release", "resolve", "note"]
        return {"said": f"You did {act} #{number}", "incident": row_of}

    def preview(number: str) -> Any:
        confirm = None if canned.preview["guard"] == "second" or canned.preview["refusal"] else "token-1"
        return {"confirm": confirm, "expires_at": moment(-60), **canned.preview}

    def language() -> Any:
        canned.language = bottle.request.json["language"]
        return canned.me()

    entry = {"id": 1, "at": moment(3500), "type": "opened", "text": "🔥 alerts firing: KubePodCrashLooping"} | {
        "who": "Alertmanager",
        "kind": "alertmanager",
        "user": "",
    }
    denied = {
        **entry,
        "id": 2,
        "type": "denied",
        "text": "⛔ Oleg tried: Drain — denied (role viewer)",
        "kind": "person",
        "who": "Oleg",
        "user": "8",
    }
    audited = [
        {**each, "incident": 96, "object": ref("Node", "worker-3"), "detail": {"why": "role"}, "decision": decision}
        for each, decision in ((denied, "denied"), (entry, "allowed"))
    ]
    took = {"acknowledge": 120, "resolve": None}
    logs = {"pod": ref("Pod", "checkout-7c9d8-x2k4q"), "container": "app", "containers": ["app", "sidecar"]}
    users = [
        {"id": 7, "name": "Anna", "disabled": False, "grants": canned.me()["grants"], "language": "en"},
        {"id": 8, "name": "Oleg", "disabled": True, "grants": [], "language": "ru"},
    ]
    tokens = [{"id": 1, "name": "ci", "scope": "read", "made_at": moment(), "used_at": None}]
    tokens[0]["expires_at"] = moment(-86400)
    route("POST", "/session", session, 201)
    route("DELETE", "/session", lambda: bottle.HTTPResponse(b"", 204))
    route("GET", "/me", canned.me)
    route("PATCH", "/me", language)
    route("GET", "/incidents", incidents)
    route("GET", "/changes", changes)
    route(
        "GET",
        "/places",
        lambda: {"places": [{"cluster": each["cluster"], "namespace": each["namespace"]} for each in canned.rows]},
    )
    route("GET", "/incidents/<number:int>", lambda number: {**canned.incident, "id": number})
    route(
        "GET", "/incidents/<number>/timeline", lambda number: {"entries": [entry, denied], "next": None, "took": took}
    )
    route(
        "GET",
        "/incidents/<number>/export",
        lambda number: bottle.HTTPResponse("# Postmortem\n", headers={"Content-Type": "text/markdown"}),
    )
    route("GET", "/incidents/<number>/offers", lambda number: {"offers": [RESTART], "reports": []})
    route(
        "GET",
        "/incidents/<number>/logs",
        lambda number: {**logs, "previous": False, "fell_back": True, "older": True, "lines": canned.lines},
    )
    route(
        "GET",
        "/incidents/<number>/describe",
        lambda number: {
            "ref": ref("Pod", "x"),
            "health": "bad",
            "facts": [{"name": "image", "value": "checkout:43"}, {"name": "node", "value": "worker-2"}],
            "conditions": [{"good": False, "type": "Ready", "reason": "ContainersNotReady"}],
            "events": [
                {"reason": "BackOff", "message": "restarting failed container", "warning": True, "count": 9}
                | {"last_at": moment(60), "about": "Pod x"}
            ],
            "text": "Name: x\nNode: worker-2\n",
        },
    )
    route("POST", "/incidents/<number>/preview", preview)
    for act in ("acknowledge", "release", "resolve", "reject", "reopen", "note", "silence", "unsilence"):
        route("POST", f"/incidents/<number>/{act}", lambda number, act=act: acted(number, act))
    route(
        "POST",
        "/confirmations/<token>",
        lambda token: {"said": "Rolling back checkout", "run": "r1", "incident": row(96)},
        202,
    )
    route("GET", "/statistics", lambda: canned.statistics)
    route("GET", "/audit", lambda: {"entries": audited, "next": None})
    route("GET", "/users", lambda: {"users": users})
    for act in ("grants", "grants/revoke", "disable", "enable"):
        route("POST", f"/users/<number>/{act}", lambda number: users[1])
    route("GET", "/tokens", lambda: {"tokens": tokens})
    route(
        "POST",
        "/tokens",
        lambda: {"token": "cop_only-once", "made": {**tokens[0], **bottle.request.json, "id": 2}},
        201,
    )
    route("DELETE", "/tokens/<number>", lambda number: bottle.HTTPResponse(b"", 204))
    return app


@contextmanager
def serving(app: JsonBottle) -> Iterator[str]:
    """The address `app` is served on."""
    server = Server(app, name="miniapp-test", host="127.0.0.1", port=0)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
