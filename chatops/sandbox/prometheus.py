"""A stand-in for what is asked of Prometheus: ranges prepared by expression, scrape targets, its version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

import msgspec

from chatops.sandbox.kubeapi.transport import Transport

Points = Callable[[float], float | None]
"""The value at a unix time; None where there is none."""


class PrometheusServer:
    """Prometheus' API on http://host:port; a context manager.

    `series` are what each expression gives: labels and a function of time. `targets` are active targets as the API
    tells them. An expression that is not prepared gives no series; one in `broken` is refused with these words.
    """

    def __init__(self, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.series: dict[str, list[tuple[dict[str, str], Points]]] = {}
        self.targets: list[dict[str, Any]] = []
        self.broken: dict[str, str] = {}
        self.asked: list[str] = []
        """Every expression asked for."""
        self._transport = Transport(self._application, host=host, port=port)

    @property
    def url(self) -> str:
        return f"http://{self._transport.host}:{self._transport.port}"

    def __enter__(self) -> PrometheusServer:
        self._transport.open()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def _application(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        match environ["PATH_INFO"]:
            case "/api/v1/query_range":
                status, told = self._range(query)
            case "/api/v1/targets":
                status, told = 200, _success({"activeTargets": self.targets, "droppedTargets": []})
            case "/api/v1/status/buildinfo":
                status, told = 200, _success({"version": "2.42.0", "revision": "sandbox"})
            case _:
                status, told = 404, None
        data = b"404 page not found\n" if told is None else msgspec.json.encode(told)
        headers = [("Content-Type", "application/json" if told else "text/plain"), ("Content-Length", str(len(data)))]
        start(f"{status} {'OK' if status == 200 else 'Error'}", headers)
        return [data]

    def _range(self, query: dict[str, str]) -> tuple[int, Any]:
        expression = query.get("query", "")
        self.asked.append(expression)
        if not expression:
            return _bad('invalid parameter "query": unknown position: parse error: no expression found in input')
        if expression in self.broken:
            return _bad(f'invalid parameter "query": {self.broken[expression]}')
        try:
            start, end, step = (float(query[name]) for name in ("start", "end", "step"))
        except (KeyError, ValueError):
            return _bad('invalid parameter "start": cannot parse "" to a valid timestamp')
        if step <= 0:
            return _bad('invalid parameter "step": zero or negative query resolution step widths are not accepted.')
        if (end - start) / step > 11_000:
            return _bad("exceeded maximum resolution of 11,000 points per timeseries.")
        moments = [start + number * step for number in range(int((end - start) / step) + 1)]
        result = []
        for labels, points in self.series.get(expression, []):
            values = [[moment, str(value)] for moment in moments if (value := points(moment)) is not None]
            if values:
                result.append({"metric": labels, "values": values})
        return 200, _success({"resultType": "matrix", "result": result})


def _success(data: Any) -> dict[str, Any]:
    return {"status": "success", "data": data}


def _bad(error: str) -> tuple[int, Any]:
    return 400, {"status": "error", "errorType": "bad_data", "error": error}
