"""The world a test starts in. `World` is the ground; each room's builders are functions in a file of the room's name.

A builder takes the world first and walks the room's services, so that no row stands in a state that no act reaches:

    from tests.world import World, catalog

    def test_the_season_page_shows_what_is_ripe(world: World) -> None:
        listing = catalog.listing(world, title="...", state="live")
"""

from tests.world.ground import START, World

__all__ = ["START", "World"]
