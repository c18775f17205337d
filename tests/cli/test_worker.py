"""The worker: what it does about each topic and by the clock."""

from dataclasses import replace

from sqlalchemy import select

from shop.accounts.models import Role, SmsCode
from shop.accounts.services import want_code
from shop.kernel import outbox
from shop.kernel.jobs import all_jobs
from shop.notifications.models import Delivery
from shop.worker import MINUTE_S, PERIODIC, tick
from tests.world import World, market


def test_a_forgotten_password_becomes_one_message_whose_code_only_the_demo_shows(world: World) -> None:
    market.town(world)
    person = market.someone(world, Role.BUYER)
    world.run(lambda session: want_code(session, person.phone, clock=world.clock))
    real = replace(world, house=replace(world.house, settings=replace(world.house.settings, env="production")))
    assert real.deliver() == 1
    phone, text = world.read(lambda session: session.execute(select(Delivery.phone, Delivery.text)).one())
    assert phone == person.phone
    assert "●" in text
    assert world.read(lambda session: session.scalars(select(SmsCode.phone)).all()) == [person.phone]


def runs(world: World) -> dict[str, tuple[int, str | None]]:
    """Return how often each job ran, and its last error."""
    return world.read(lambda session: {job.name: (job.runs, job.error) for job in all_jobs(session)})


def test_every_job_is_expected_and_runs_in_its_turn(world: World) -> None:
    market.town(world)
    tick(world.house)
    assert runs(world) == {job.name: (1, None) for job in PERIODIC}

    world.clock.advance(minutes=1)
    tick(world.house)
    assert runs(world) == {job.name: (1 if job.every_s > MINUTE_S else 2, None) for job in PERIODIC}


def test_what_the_queue_lost_is_handed_over_by_the_clock(world: World, woken: list[int]) -> None:
    market.town(world)
    queue = world.house.queue.huey
    posted = world.run(lambda session: outbox.post(session, "photo.received", {"key": "x"}, clock=world.clock))
    assert woken == [posted], "the hint after the commit went elsewhere, as if it were lost"
    assert queue.pending_count() == 0
    tick(world.house)
    assert queue.pending_count() == 1
