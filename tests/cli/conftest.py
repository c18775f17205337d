"""Commands as an operator gives them: in this process, with settings of their own, their words kept."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shop.cli import shop
from shop.cli.troubles import told

REAL_SECRET = "a secret of at least thirty-two characters"


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    status: int
    out: str
    err: str


Give = Callable[..., Answer]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """The data folder; nothing made it yet."""
    return tmp_path / "var"


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], var: Path) -> Iterator[Give]:
    """Give a command: `give("db", "check", SHOP_ENV="production")`; settings last for the whole test."""
    for name in [name for name in os.environ if name.startswith("SHOP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOP_DATA_DIR", str(var))

    def act(*words: str, **settings: str) -> Answer:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        try:
            status = told(lambda: shop(args=list(words), prog_name="shop", standalone_mode=False))
        except SystemExit as end:
            status = int(end.code or 0)
        said = capfd.readouterr()
        return Answer(status, said.out, said.err)

    root, ours = logging.getLogger(), logging.getLogger("shop")
    kept = root.handlers[:], root.level, ours.level
    yield act
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    ours.setLevel(kept[2])
