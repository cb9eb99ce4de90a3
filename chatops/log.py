"""The log: one record per line, JSON or for reading, with every secret taken out of the finished line.

The libraries' own records come through the same chain. Only the entry points configure it; the rest of the house asks
structlog for a logger.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from chatops.core.redaction import Redaction

# What a terminal or a log collector takes for the end of a line or for a command. JSON escapes the rest.
# Half a surrogate pair cannot be written at all.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_LEAST = {
    # A warning per queued request would drown everything else.
    "waitress.queue": logging.ERROR,
    # A line per statement; what was applied is said once by whoever migrates.
    "yoyo": logging.WARNING,
    # Their debug records hold whole requests and answers.
    "urllib3": logging.WARNING,
    "kubernetes": logging.WARNING,
}


def configure(
    level: str = "info",
    form: Literal["json", "console"] = "json",
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every record of this process to `stream` (standard error). `secrets` never appear in it.

    Call it after the libraries are imported: some bring a way to standard error of their own, which is closed here.
    """
    stream = stream if stream is not None else sys.stderr
    render = _json_line if form == "json" else _Reading(colors=stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _Redacting(render, secrets),
            ],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _own_every_logger(handler, level)
    _own_uncaught_exceptions()


def _own_every_logger(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
    for name, least in _LEAST.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(True)
    # A record that cannot be written would be printed in full, secrets included.
    logging.raiseExceptions = False


def _own_uncaught_exceptions() -> None:
    log = structlog.get_logger("chatops.uncaught")

    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("uncaught_exception", exc_info=(kind, error, trace))

    def other_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread is not None else ""
            details = (args.exc_type, args.exc_value, args.exc_traceback)
            log.critical("uncaught_exception", thread=name, exc_info=details)

    sys.excepthook = main_thread
    threading.excepthook = other_thread


class _Redacting:
    """Renders, then hides secrets in the finished line: nothing that is rendered can get past it."""

    def __init__(self, render: Callable[[EventDict], str], secrets: Iterable[str]) -> None:
        self._render = render
        self._hide = Redaction(secrets).hide

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> str:
        return self._hide(self._render(event))


def _json_line(event: EventDict) -> str:
    first = {name: event.pop(name, "") for name in ("timestamp", "level", "event")}
    ordered = {**first, **event}
    try:
        line = json.dumps(ordered, default=_shown, ensure_ascii=False, skipkeys=True, allow_nan=False)
    except (ValueError, RecursionError):
        # A ring, or a number JSON has no word for.
        line = json.dumps({str(name): _shown(value) for name, value in ordered.items()}, ensure_ascii=False)
    return _escaped(line)


def _shown(value: Any) -> str:
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


class _Reading:
    """For a person at a terminal. A traceback takes more lines, all set in, so that none can pose as a record."""

    def __init__(self, *, colors: bool) -> None:
        self._render = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)

    def __call__(self, event: EventDict) -> str:
        trace = event.pop("exception", "")
        plain: dict[str, Any] = {key: self._one_line(value) for key, value in event.items()}
        line = str(self._render(None, "", plain))
        return "\n    ".join([line, *map(_escaped, str(trace).splitlines())] if trace else [line])

    @staticmethod
    def _one_line(value: Any) -> Any:
        return value if isinstance(value, int | float | None) else _escaped(str(value))


def _escaped(text: str) -> str:
    """Control characters, line ends among them, as visible escapes."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text).replace("\n", "\\n").replace("\t", "\\t")
