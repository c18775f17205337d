"""A founded town that is paid through a stand-in for Stripe."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shop.settings import Settings, StripeSettings
from tests.support.clock import SettableClock
from tests.support.stripe_server import StripeServer
from tests.world import World, market
from tests.world.stripe_shop import Shop


@pytest.fixture
def server(clock: SettableClock) -> Iterator[StripeServer]:
    """The stand-in for Stripe."""
    with StripeServer(clock).serving() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, server: StripeServer) -> Settings:
    """The settings of a demo town with Stripe."""
    return replace(settings, stripe=StripeSettings(server.key, server.account.webhook_secret, server.url))


@pytest.fixture
def shop(world: World, server: StripeServer) -> Shop:
    """A founded town that is paid through Stripe."""
    return Shop(market.market(world), server)
