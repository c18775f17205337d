"""Two real connections at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support.races import Outcome, at_once

Race = Callable[..., list[Outcome[Any]]]


@pytest.fixture
def race(database_url: str) -> Race:
    """Run acts at the same moment: `race(act, act)`; each gets a `tests.support.races.Racer`."""
    return partial(at_once, database_url)
