"""What the tests of search pages stand on: a small market with shelves, households and villages, and its index."""

from dataclasses import dataclass

from shop.catalog.models import Category, Listing
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.search.follower import Follower
from shop.search.services import collect_misses
from shop.town.services import add_village
from shop.vendors.models import Standing, Vendor
from shop.vendors.services import add_vendor
from tests.world.market import HOUSE, Market, listing

BACON, SAUSAGE, EGGS, PEARS = "柏枝熏五花腊肉500克", "麻辣香肠500克", "农家土鸡蛋", "高山雪梨"


@dataclass
class Searching:
    """A market that can be searched."""

    at: Market
    meat: Category
    zhang: Vendor

    def follow(self) -> None:
        """Do what the process that keeps the index does all day."""
        house = self.at.world.house
        Follower(self.at.world.edge.engine, house.settings.search_dir).step()
        collect_misses(self.at.world.edge, house.settings.search_dir, clock=self.at.world.clock)

    def sell(self, title: str, category: Category, vendor: Vendor, **told: object) -> Listing:
        """Put a thing on a shelf."""
        shelf = Market(self.at.world, vendor, category)
        return listing(shelf, title=title, **told)  # type: ignore[arg-type]


def searching(at: Market) -> Searching:
    """Fill a market: two shelves, one with a part, two households in two villages, four things."""
    world = at.world
    meat = world.run(
        lambda session: add_category(session, "cured-meat", ShelfRules(name="腊味", name_en="Cured meat"), actor=HOUSE)
    )
    bacon = ShelfRules(name="腊肉腊腿", name_en="Bacon", parent_code="cured-meat")
    part = world.run(lambda session: add_category(session, "bacon", bacon, actor=HOUSE))
    world.run(lambda session: add_village(session, name="九峰村", code="jiufeng", actor=HOUSE))
    zhang = world.run(
        lambda session: add_vendor(
            session,
            code="zhang",
            name="九峰张家",
            person="张德贵",
            phone=world.phone(),
            village_code="jiufeng",
            standing=Standing.SELF_PRODUCED,
            story="",
            since_year=2018,
            actor=HOUSE,
            clock=world.clock,
        )
    )
    made = Searching(at, meat, zhang)
    made.sell(BACON, part, zhang, price_fen=4200)
    made.sell(SAUSAGE, meat, zhang, price_fen=3900, stock=0)
    made.sell(EGGS, at.category, at.vendor, price_fen=6000)
    made.sell(PEARS, at.category, at.vendor, price_fen=1800, months=(8, 9))
    made.follow()
    return made
