"""What the rooms' tests share."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks Stripe itself, unless it is asked for by name: `pytest -m stripe_live`."""
    if "stripe_live" in config.getoption("markexpr"):
        return
    live = [item for item in items if item.get_closest_marker("stripe_live")]
    if live:
        config.hook.pytest_deselected(items=live)
        items[:] = [item for item in items if item not in live]
