"""Logs that never hold a token, a message body, a name or a Telegram id."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_LONG_NUMBER = re.compile(r"(?<![\w-])-?\d{6,}(?![\w-])")
_URL_SECRET = re.compile(r"://[^/@\s]+@")


def redact(text: str) -> str:
    """Hide tokens, passwords in addresses, and numbers long enough to be somebody."""
    text = _TOKEN.sub("[token]", text)
    text = _URL_SECRET.sub("://[secret]@", text)
    return _LONG_NUMBER.sub("[number]", text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record = logging.makeLogRecord(record.__dict__)
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info:
            # the kind and place of a fault, never its message: that may quote what was written
            kind = record.exc_info[0]
            # asyncio repeats it below its first line
            record.msg = record.msg.partition("\n")[0]
            record.msg += f" [{kind.__name__ if kind else 'fault'}{_place(record.exc_info[2])}]"
            record.exc_info, record.exc_text = None, None
        return super().format(record)


def _place(traceback: Any) -> str:
    last = None
    while traceback is not None:
        last, traceback = traceback, traceback.tb_next
    if last is None:
        return ""
    code = last.tb_frame.f_code
    return f" at {code.co_filename.rsplit('/', 1)[-1]}:{last.tb_lineno}"


def _redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


class _Printer(structlog.PrintLogger):
    """A log that cannot be written (a closed pipe, a full disk) stops nobody's message."""

    def msg(self, message: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def set_up(level: int = logging.INFO) -> None:
    """Configure structlog and the standard loggers of the libraries."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "apscheduler", "aiohttp.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # the libraries quote exceptions, and those may quote words; our worker names each kind
    for name in (
        "telegram",
        "telegram.ext",
        "aiogram",
        "aiogram.event",
        "aiogram.dispatcher",
        "aiogram_dialog",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact_event,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Printer(sys.stderr),
        cache_logger_on_first_use=False,
    )
