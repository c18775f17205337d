"""Stories need a real browser: a live server on a port of its own, Chromium, and an end without troubles."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.journeys.large import Large
from tests.support.browser import PHONE, Windows, find_chromium, launched
from tests.support.live import serving
from tests.world import World
from tests.world.market import market


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as a journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the run."""
    path = find_chromium()
    if path is None:
        missing = "No Chromium on this machine, so no journey was made; install one or name it in CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with launched(path) as browser:
        yield browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Address of the application behind a real socket, without a slash at the end."""
    with serving(app) as where:
        yield where


@pytest.fixture
def windows(chromium: Browser, address: str) -> Iterator[Windows]:
    """Opens windows: `windows.open()` a phone, `windows.open(DESK)`; a page's troubles fail the story at its end."""
    made = Windows(chromium, address)
    yield made
    made.close()
    assert not made.troubles, "\n".join(made.troubles)


@pytest.fixture
def phone(windows: Windows) -> Page:
    """A phone in a person's hand."""
    return windows.open()


@pytest.fixture
def person(windows: Windows) -> Callable[[], Page]:
    """Another person with a phone of their own: `other = person()`."""
    return windows.open


@pytest.fixture(
    params=[
        pytest.param((PHONE, False), id="large"),
        pytest.param(((320, 640), True), id="small-elder-large", marks=pytest.mark.soak),
    ]
)
def large(request: pytest.FixtureRequest, world: World, app: Flask, windows: Windows) -> Iterator[Large]:
    """A market, and windows of people who see little and have no mouse."""
    size, is_elder = request.param
    expect.set_options(timeout=30_000)
    yield Large(market(world), app, windows, size, is_elder)
    expect.set_options(timeout=5_000)
