"""What one process compiles once and every test's own database and application share: SQL, templates, addresses, words.

Each test has engines, an application and an index of its own, and each of those would compile the same statements,
templates, addresses and dictionary anew. What is kept here is the outcome of compiling only, under everything that it
follows from.
"""

from copy import copy
from types import CodeType
from typing import Any, ClassVar

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule, RuleFactory

from shop.search.language import Language
from shop.search.lexicon import Lexicon

_statements: LRUCache[Any, Any] = LRUCache(5_000)


class _Alike:
    """A dialect that equals its like, so that a statement compiled for one engine is found for the next."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Let a new engine use what others compiled."""
        engine.update_execution_options(compiled_cache=_statements)


class Sqlite(_Alike, SQLiteDialect_pysqlite):
    """SQLite as the house speaks it."""

    supports_statement_cache = True


class Postgres(_Alike, PGDialect_psycopg):
    """PostgreSQL as the house speaks it."""

    supports_statement_cache = True


class _Templates(BytecodeCache):
    """Compiled templates by name and source."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


class _Addresses(Map):
    """The addresses of an application; those that follow from equal rules share what finds and builds them.

    Rules are kept as they are given and told apart only when somebody first asks.
    """

    _told: ClassVar[dict[tuple[object, ...], Map]] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        self._given: list[Rule] = []
        super().__init__(*args, **more)

    def add(self, rulefactory: RuleFactory) -> None:
        """Take in a rule."""
        self._given.extend(rulefactory.get_rules(self))
        self._remap = True

    def update(self) -> None:
        """Know every rule that was taken in."""
        with self._remap_lock:
            if not self._remap:
                return
            key = (self.host_matching, *(_made_of(rule) for rule in self._given))
            if key not in self._told:
                self._told[key] = Map([copy(rule) for rule in self._given], host_matching=self.host_matching)
                self._told[key].update()
            same = self._told[key]
            self._matcher, self._rules_by_endpoint = same._matcher, same._rules_by_endpoint
            self._remap = False


def _made_of(rule: Rule) -> tuple[object, ...]:
    """Return everything that a rule not yet bound to a map was made of."""
    facts = {**vars(rule), "methods": frozenset(rule.methods or ()), "defaults": repr(rule.defaults)}
    return tuple((name, value) for name, value in facts.items() if name not in _FILLED_WHEN_BOUND)


_FILLED_WHEN_BOUND = frozenset({"arguments", "_converters", "_trace", "_parts"})


class _Words:
    """What a language knows, by all that it follows from; a language does not change once it is made."""

    def __init__(self) -> None:
        self._known: LRUCache[Any, dict[str, Any]] = LRUCache(8)  # some tens of megabytes each
        self._learn = Language.__init__

    def learn(self, language: Language, lexicon: Lexicon) -> None:
        """Make a language out of a lexicon, or let it know what its like knows."""
        own = tuple((word.text, word.kind) for word in lexicon.own)  # their codes mean nothing to it
        key = (lexicon.rows, own, tuple(lexicon.sounds.items()), tuple(lexicon.readings.items()))
        if key not in self._known:
            self._learn(language, lexicon)
            self._known[key] = dict(vars(language))
        vars(language).update(self._known[key], lexicon=lexicon)


_templates = _Templates()
_words = _Words()


def share_compiled() -> None:
    """Let every engine and application that this process makes from now on share what is compiled."""
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.psycopg", __name__, Postgres.__name__)
    Flask.url_map_class = _Addresses
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _templates}
    pytest.MonkeyPatch().setattr(Language, "__init__", lambda self, lexicon: _words.learn(self, lexicon))
