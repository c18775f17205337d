"""Log lines: machines can read them, and nobody is named in them."""

import json
import logging
from typing import Any

from shop.cli.logs import JsonFormatter, NoAdvice


def line_of(message: str, *args: object, extra: dict[str, Any] | None = None, error: Exception | None = None) -> str:
    """Return the line a logger would write."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.getLogger("shop.test").makeRecord(
        "shop.test", logging.WARNING, "file.py", 1, message, args, info, extra=extra
    )
    return JsonFormatter("web").format(record)


def test_a_line_is_one_object_with_what_was_added() -> None:
    told = json.loads(
        line_of("page failed", extra={"code": "ab12", "at": ["a.py:1", "b.py:2"], "count": 3, "no": None})
    )
    assert told["event"] == "page failed"
    assert (told["level"], told["process"], told["logger"]) == ("warning", "web", "shop.test")
    assert (told["code"], told["at"], told["count"], told["no"]) == ("ab12", ["a.py:1", "b.py:2"], 3, None)
    assert told["time"].endswith("+00:00")


def test_an_exception_keeps_its_place_and_loses_its_words() -> None:
    try:
        int("周素珍 lives at 老街 1 号")
    except ValueError as error:
        line = line_of("job failed", error=error)
    told = json.loads(line)
    assert told["exception"] == "ValueError"
    assert told["at"][-1].startswith("tests/cli/test_logs.py:")
    assert "周素珍" not in line


def test_the_lines_below_the_first_are_left_out_because_libraries_put_tracebacks_there() -> None:
    assert json.loads(line_of("it failed\nTraceback: 周素珍"))["event"] == "it failed"


def test_no_phone_number_leaves_in_a_line() -> None:
    line = line_of("sent to %s", "13800000001", extra={"key": "x13900000002y", "order": "2026112213800000001"})
    assert "13800000001" not in json.loads(line)["event"]
    assert "13900000002" not in line
    assert json.loads(line)["order"] == "2026112213800000001", "a longer number is no phone"


def test_an_object_among_the_extras_is_named_by_its_type_only() -> None:
    assert json.loads(line_of("x", extra={"person": object()}))["person"] == "object"


def test_the_web_servers_advice_and_chatter_are_dropped_and_its_warnings_kept() -> None:
    def kept(level: int, message: str) -> bool:
        return NoAdvice().filter(logging.makeLogRecord({"levelno": level, "msg": message}))

    assert not kept(logging.INFO, "Listening at: http://127.0.0.1:8000")
    assert not kept(logging.WARNING, "Configuration allows spawning up to 16 Python threads")
    assert kept(logging.WARNING, "Killing worker-1 after it refused to gracefully stop")
