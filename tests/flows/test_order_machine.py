"""Orders under random acts of buyers, staff, households, providers and clock, on a real database.

Answers of the providers get lost after they acted; their events come twice, late, out of order, forged or not at all.
After every step stock, books and states must agree, and nothing may be counted that no provider has; at the end, once
everything was heard, every provider's figure must be the books'.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from shop.settings import Settings, StripeSettings
from tests.flows.players import Ground
from tests.flows.random_orders import Orders
from tests.support.clock import SettableClock
from tests.support.databases import Databases
from tests.support.stripe_server import StripeServer

RUNS, STEPS = 50, 30
LEAST_ROUNDS, MOST_ROUNDS = 4, 8
"""What is drawn at random may be rare: after the least there are more rounds only until each act was met.

A step costs about 39 ms of one core, all that is looked at after it included, so that a round takes a minute of a quiet
machine and the whole soak four to eight.
"""
FEW_RUNS, FEW_STEPS = 10, 20
LEAST = 3
"""So often each act must have been carried out in all runs together; what was never done shows nothing."""
ACTS = """
buy; buy late; buy in cash, at the door; buy in cash, to collect; place; pay; pay late; be declined; pay otherwise
cancel; come back; wish; hear; hear again; lose an answer; be told of a lie; be told of another mode
be told of nothing known; refund there
be ready; decline; take in; turn down; weigh light; pack; pack into two; pack two boxes into one; take apart
hand over; deliver; bring back; end apart; collect; leave uncollected; take cash, at the door; take cash, at the counter
hand back; hand in; grant a wish; refuse a wish
give pieces back; give weight back; give an amount back; expire; reconcile; weigh over
"""
ENDS = frozenset({"done", "cancelled", "expired", "revived", "late money back", "refund failed"})
"""What must have come of orders, so often as `FEW_ENDS`."""
FEW_ENDS = 3


def run(ground: Ground, runs: int, steps: int, round_number: int = 0) -> None:
    """Let so many walks go so many steps; the walks of each round are others, and the same every time."""

    @seed(round_number)
    def machine() -> Orders:
        return Orders(ground)

    wanted = settings(
        max_examples=runs,
        stateful_step_count=steps,
        phases=(Phase.generate,),  # a walk that fails is told as it was: to shorten it takes minutes
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=wanted)  # type: ignore[arg-type] # a factory is a documented use


@pytest.fixture
def ground(databases: Databases, settings: Settings, clock: SettableClock) -> Iterator[Ground]:
    """Ground for runs without number, where Stripe is set up as well."""
    with StripeServer(clock).serving() as server:
        stripe = StripeSettings(server.key, server.account.webhook_secret, server.url)
        yield Ground(databases, replace(settings, stripe=stripe), server, Counter())


def test_a_few_random_walks_leave_stock_books_and_orders_true(ground: Ground) -> None:
    run(ground, FEW_RUNS, FEW_STEPS)


@pytest.mark.soak
def test_many_random_walks_leave_stock_books_and_orders_true(ground: Ground) -> None:
    for round_number in range(MOST_ROUNDS):
        if round_number >= LEAST_ROUNDS and not _too_rare(ground):
            break
        run(ground, RUNS, STEPS, round_number)
    assert _too_rare(ground) == {}


def _too_rare(ground: Ground) -> dict[str, int]:
    """Return which acts and ends the walks so far did not meet often enough."""
    acts = [act.strip() for line in ACTS.strip().splitlines() for act in line.split(";")]
    least = {**dict.fromkeys(acts, LEAST), **dict.fromkeys(ENDS, FEW_ENDS)}
    return {what: ground.done[what] for what, times in least.items() if ground.done[what] < times}
