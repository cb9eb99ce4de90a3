"""A waitress connection that judges a request by its head, answers a refusal before the body, speaks problem+json.

Waitress reads a whole body before any application sees the request. A stranger must not make us read 16 MiB, so the
judgement is made here, between the last header and the first byte of the body. Knows no route and no token.
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, Task
from waitress.utilities import Error

from chatops.web.problem import CONTENT_TYPE, Problem, code_of

MAX_DISCARDED = 64 * 1024 * 1024
"""Bytes of a refused body that are thrown away before the connection is cut."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body; `headers` as in WSGI: upper case, underscores, repeated ones joined by `, `."""

    method: str
    path: str
    headers: Mapping[str, str]
    has_body: bool
    query: str = ""


Judge = Callable[[Head], Problem | None]
"""Says no to a request before its body is read. Runs in the server's I/O thread: must not wait."""
Witness = Callable[[Head, int], None]
"""Is told every request that was answered without the application, and the status."""


class _Refusal(Error):
    """A Problem in the shape waitress carries errors in."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def _problem_of(error: Error) -> Problem:
    if isinstance(error, _Refusal):
        return error.problem
    return Problem(error.code, code_of(error.code), str(error.body))


class _ProblemTask(ErrorTask):
    def execute(self) -> None:
        # The stubs call the request an Error; it is the parser, whose `error` is one.
        problem = _problem_of(self.request.error)  # type: ignore[attr-defined]
        body = problem.body()
        self.status = f"{problem.status} {problem.title}"
        self.response_headers = [*self.response_headers, ("Content-Type", CONTENT_TYPE), *problem.headers]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):
    judge: Judge | None = None
    witness: Witness | None = None

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self._judged = False

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            # `GET http://[bad/` makes urllib raise this, and waitress would drop the connection with a traceback.
            raise ParsingError("Bad URI") from error

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if self.headers_finished and not self._judged and not self.empty:
            self._judged = True
            if not self._unreadable:
                self._be_judged()
        if self.error is None:
            return consumed
        # Without this the 100-continue of a refused request is sent and its body invited after all.
        self.expect_continue = False
        if self.completed and self.witness is not None:
            witness, self.witness = self.witness, None
            witness(self.head(), _problem_of(self.error).status)
        # What follows is the refused body, not another request.
        return len(data)

    @property
    def _unreadable(self) -> bool:
        """The head itself is broken: there is nothing to judge. A body announced too large has a good head."""
        return self.error is not None and self.error.code != 413

    def _be_judged(self) -> None:
        problem = self.judge(self.head()) if self.judge is not None else None
        if problem is not None:
            self.error = _Refusal(problem)
            self.completed = True

    def head(self) -> Head:
        return Head(
            method=str(getattr(self, "command", "")).upper(),
            path=str(getattr(self, "path", "")),
            headers=self.headers,
            has_body=self.chunked or self.content_length > 0,
            query=str(getattr(self, "query", "")),
        )


class Channel(HTTPChannel):
    """Closes a refused connection gently: a close over unread bytes would reset it, and with it the answer.

    When more than half of the connections that may be open are, each is closed with its answer.
    """

    error_task_class = _ProblemTask
    _answered_early = False
    _lingering = False
    _discarded = 0

    def readable(self) -> bool:
        return self._lingering or super().readable()

    def writable(self) -> bool:
        return self.will_close if self._lingering else super().writable()

    def handle_close(self) -> None:
        # `connected` is False once the other side has gone: then nobody is left to be gentle to.
        if self.connected and not self._lingering and self._answered_early and self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            else:
                self._lingering = True
                self.will_close = False
                return
        super().handle_close()

    def handle_read(self) -> None:
        if not self._lingering:
            super().handle_read()
            return
        try:
            self._discarded += len(self.recv(self.adj.recv_bytes))
        except OSError:
            self._discarded = MAX_DISCARDED
        # At the end of the stream `recv` has closed the connection itself.
        if self.socket is not None and self._discarded >= MAX_DISCARDED:
            super().handle_close()

    def answer(self, task: Callable[[Any, Any], Task]) -> None:
        """Do what a worker's thread does for its first request, in the I/O thread, with this task."""
        # On the instance: waitress makes a task of a channel's class, which is all it knows of how a request is served.
        self.task_class = task  # type: ignore[assignment]  # called with the channel first, as a class is
        try:
            self.service()
        finally:
            del self.task_class

    def service(self) -> None:
        if self.requests and 2 * len(self.server.active_channels) > self.adj.connection_limit:  # type: ignore[arg-type]
            # Who keeps an idle connection open keeps one who waits from being heard.
            self.requests[0].headers["CONNECTION"] = "close"  # type: ignore[index]
        self._answered_early = bool(self.requests) and self.requests[0].error is not None
        super().service()


def channel_class(judge: Judge | None, witness: Witness | None) -> type[Channel]:
    """The connection class of one server."""
    # staticmethod: a plain function on a class would be called with the parser as its first argument.
    parser = type(
        "Parser",
        (_Parser,),
        {
            "judge": staticmethod(judge) if judge else None,
            "witness": staticmethod(witness) if witness else None,
        },
    )
    return type("Connection", (Channel,), {"parser_class": parser})
