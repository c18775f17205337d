"""The world a test starts in. `World` is the ground; builders are functions, one file a subject.

A builder walks the house's own services, so that no row stands in a state that no act reaches:

    from tests.world import World, market

    def test_the_front_shows_what_is_published(world: World, pages: Pages) -> None:
        at = market.market(world)
        eggs = market.listing(at, title="土鸡蛋")
"""

from tests.world.ground import START, World

__all__ = ["START", "World"]
