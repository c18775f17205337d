"""Forms of the counter about what lies there, and how they are come to."""

from tests.house.ways import Ground, Way
from tests.world.market import pay, variant_id
from tests.world.spot import buy, lay


def count(ground: Ground) -> Way:
    """Count a thing that lies nowhere yet."""
    return Way(f"/staff/counter/stock?code={ground.goods().code}", "记下", lambda: {"pieces": 4})


def unwanted(ground: Ground) -> Way:
    """Let an order go that waits at the counter."""
    which = variant_id(ground.at, ground.goods())
    lay(ground.at, which, 2)
    placed = buy(ground.at, which, 1)
    pay(ground.at, placed)
    return Way(f"/staff/counter?code={placed.order_code}", "/unwanted")
