"""Log lines: one JSON object each, for machines to read; they carry codes, never names, phones or addresses."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
"""A mainland mobile number (YD/T 2583): no line of ours holds one, and other people's libraries must not either."""
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
ROOT = Path(__file__).parents[2]


class JsonFormatter(logging.Formatter):
    """Formats a record as `{"time", "level", "process", "event", …}` with the record's extra fields.

    Of an exception it keeps the class and the places it passed, never its text: that may hold a name. So may the
    further lines of a message, where libraries put a traceback.

    Args:
        process: which of the house's processes speaks.
    """

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self.process,
            "logger": record.name,
            "event": record.getMessage().partition("\n")[0],
        }
        for name, value in vars(record).items():
            if name not in STANDARD and name not in line:
                line[name] = _plain(value)
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return PHONE.sub("1**********", json.dumps(line, ensure_ascii=False))


def _plain(value: object) -> object:
    if isinstance(value, int | float | str | None):
        return value
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else type(value).__name__


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def configure(process: str) -> None:
    """Send this process's log lines to standard error: ours from INFO, other people's from WARNING.

    Args:
        process: `up`, `web`, `worker`, `follow`, or the name of a command.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("shop").setLevel(logging.INFO)


class NoAdvice(logging.Filter):
    """Drops what the web server thinks of our number of threads: they wait for slow uploads, not for a processor."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line is worth keeping."""
        return record.levelno >= logging.WARNING and not record.getMessage().startswith("Configur")


def granian_logs(process: str) -> dict[str, Any]:
    """Return the web server's logging configuration: its warnings as our lines, its access log nowhere."""
    return {
        "filters": {"no-advice": {"()": NoAdvice}},
        "formatters": {"json": {"()": JsonFormatter, "process": process}},
        "handlers": {
            "json": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["no-advice"],
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {"_granian": {"handlers": ["json"], "propagate": False}},
    }
