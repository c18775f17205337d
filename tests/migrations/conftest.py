"""Databases that start without any table."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.support.databases import Databases, engine_for


@pytest.fixture
def empty(databases: Databases) -> Iterator[Engine]:
    """An engine on a database without any table."""
    url = databases.empty()
    engine = engine_for(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def modelled(databases: Databases) -> Iterator[Engine]:
    """An engine on another database without any table, for the models to compare with."""
    url = databases.empty()
    engine = engine_for(url)
    yield engine
    engine.dispose()
    databases.drop(url)
