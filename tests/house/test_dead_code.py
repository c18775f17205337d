"""No dead code: what neither the house nor a template uses is taken out. What only a test uses is dead as well."""

import re
from keyword import iskeyword

from vulture import Vulture
from vulture.core import Item

from shop.kernel.db import Model
from tests.house.source import ROOT, SHOP, TEMPLATES, files, name, report
from tests.support.schema import load_models

load_models()
COLUMNS = {column.name for table in Model.metadata.sorted_tables for column in table.columns}

DECORATORS = ["@*.get", "@*.post", "@*.route", "@*.command", "@*.group", "@app.*", "@compiles", "@event.*", "@main.*"]
CALLED_FROM_OUTSIDE = {
    "app": "wsgi.py: the WSGI server imports it by name",
    "main": "pyproject.toml: the command `shop`",
    "ROOMS": "shop/app/tables.py: keeps the rooms' tables imported",
    "undefined": "set on Jinja's environment",
    "trim_blocks": "set on Jinja's environment",
    "lstrip_blocks": "set on Jinja's environment",
    "permanent": "set on Flask's session",
    "max_content_length": "set on Flask's request",
    "cursor_fetch_strategy": "set on SQLAlchemy's execution context",
    "isolation_level": "set on sqlite3's connection",
    "jinja_environment": "read by Flask",
    "impl": "read by SQLAlchemy's TypeDecorator",
    "cache_ok": "read by SQLAlchemy's TypeDecorator",
    "inherit_cache": "read by SQLAlchemy from a function of ours",
    "process_bind_param": "called by SQLAlchemy's TypeDecorator",
    "process_result_value": "called by SQLAlchemy's TypeDecorator",
    "type_annotation_map": "read by SQLAlchemy's DeclarativeBase",
    "flush": "called by SQLAlchemy's Session",
    "get_id": "called by Flask-Login",
    "choices": "set on a WTForms field",
    "field_flags": "read by WTForms from a validator",
    "MAX_IMAGE_PIXELS": "set on Pillow",
    "DEFAULT_MAX_THREADS": "set on Pillow",
    "session_interface": "set on Flask's application",
    "wsgi_app": "set on Flask's application",
}
DATA_ONLY = ("models.py", "kernel/errors.py", "kernel/jobs.py", "kernel/outbox.py", "kernel/states.py")
"""Columns and the fields of refusals are facts kept for later readers: the database, a log, a person."""


def _names_in_templates() -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in files(".html", ".txt", under=TEMPLATES))
    inside = re.findall(r"\{[{%](.*?)[%}]\}", text, re.DOTALL)
    return {word for word in re.findall(r"[A-Za-z_]\w*", " ".join(inside)) if not iskeyword(word)}


def _is_data(item: Item) -> bool:
    in_tables = item.typ in ("variable", "attribute") and name(item.filename).endswith(DATA_ONLY)
    return in_tables or (item.typ == "attribute" and item.name in COLUMNS)


def test_everything_written_is_used() -> None:
    vulture = Vulture(ignore_names=list(CALLED_FROM_OUTSIDE), ignore_decorators=DECORATORS)
    vulture.scavenge([str(SHOP), str(ROOT / "wsgi.py"), str(ROOT / "migrations" / "env.py")])
    vulture.scan("\n".join(f"_.{word}" for word in sorted(_names_in_templates())), filename="templates.py")
    found = [
        f"{name(item.filename)}:{item.first_lineno} {item.typ} {item.name}"
        for item in vulture.get_unused_code(min_confidence=60)
        if not _is_data(item)
    ]
    assert not found, report(found, "Take it out; if something outside calls it, say so in CALLED_FROM_OUTSIDE:")
