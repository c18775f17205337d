"""The same goods in SQLite's own full-text tables, to compare with."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from rjieba import Jieba

from shop.search.analysis import normalised
from tests.bench.goods import Row

PAGE = 24
TRIGRAM = 3
TEXTS = ("title", "description", "vendor", "village", "category")


class FullText:
    """FTS5 twice: of words cut as ours are, and of trigrams."""

    def __init__(self, path: Path, rows: Sequence[Row]) -> None:
        self._jieba = Jieba()
        self._db = sqlite3.connect(path)
        self._db.executescript(
            """
            CREATE TABLE goods (id INTEGER PRIMARY KEY, text TEXT, category TEXT, village TEXT, price INT, stock INT);
            CREATE INDEX goods_village ON goods (village);
            CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize='unicode61');
            CREATE VIRTUAL TABLE trigrams USING fts5 (text, content='', tokenize='trigram');
            """
        )
        for number, row in enumerate(rows, 1):
            text = normalised(" ".join([*(row[name] for name in TEXTS), *row["tags"]]))
            facts = (number, text, row["category"], row["village"], row["price_fen"], row["stock"])
            self._db.execute("INSERT INTO goods VALUES (?, ?, ?, ?, ?, ?)", facts)
            self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, self._cut(text)))
            self._db.execute("INSERT INTO trigrams (rowid, text) VALUES (?, ?)", (number, text))
        self._db.commit()

    def _cut(self, text: str) -> str:
        return " ".join(self._jieba.cut_for_search(text, False))

    def _matching(self, text: str) -> str:
        return " ".join(f'"{word}"' for word in self._cut(normalised(text)).split())

    def words(self, text: str) -> list[int]:
        """Return the best of what holds every word."""
        wanted = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
        return [i for (i,) in self._db.execute(wanted, (self._matching(text), PAGE))]

    def beginning(self, text: str) -> list[int]:
        """Return the best of what holds a word that begins so."""
        wanted = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
        return [i for (i,) in self._db.execute(wanted, (f'"{normalised(text)}"*', PAGE))]

    def trigrams(self, text: str) -> list[int]:
        """Return the best of what holds every part of a text, by LIKE where a part is too short."""
        parts = normalised(text).split()
        if min(map(len, parts)) >= TRIGRAM:
            wanted = "SELECT rowid FROM trigrams WHERE trigrams MATCH ? ORDER BY rank LIMIT ?"
            return [i for (i,) in self._db.execute(wanted, (" ".join(f'"{part}"' for part in parts), PAGE))]
        wanted = f"SELECT id FROM goods WHERE {' AND '.join(['text LIKE ?'] * len(parts))} LIMIT ?"
        return [i for (i,) in self._db.execute(wanted, (*(f"%{part}%" for part in parts), PAGE))]

    def filtered(self, text: str) -> tuple[list[int], list[tuple[str, int]], list[tuple[str, int]]]:
        """Return the best of what holds every word, is in stock and dear or cheap enough, with two counts."""
        found = (
            "FROM words JOIN goods ON goods.id = words.rowid"
            " WHERE words MATCH ? AND goods.stock > 0 AND goods.price <= 15000"
        )
        match = (self._matching(text),)
        ids = self._db.execute(f"SELECT words.rowid {found} ORDER BY words.rank LIMIT {PAGE}", match)
        counts = [
            self._db.execute(f"SELECT {name}, count(*) {found} GROUP BY {name}", match).fetchall()
            for name in ("category", "village")
        ]
        return [i for (i,) in ids], counts[0], counts[1]
