"""What buyers of the demo town say of goods that came: one answered at once, one that waits for the centre."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from shop.demo.press import print_picture, read_svg
from shop.desk.models import ClaimKind
from shop.desk.services import Wanted
from shop.flows import claiming
from shop.kernel.actor import VISITOR, system
from shop.kernel.clock import Clock
from shop.kernel.codes import new_token
from shop.media.private import receive_private
from shop.orders.queries.orders import OrderFacts
from shop.web.house import House

WIDTH = 640


def claim(house: House, made: OrderFacts, row: Mapping[str, Any], *, clock: Clock) -> None:
    """Let an order's buyer claim some of its first line.

    Args:
        row: as `data/orders.toml` tells: `kind`, `much`, `words`, and the picture that stands for their photo.
    """
    jpeg = print_picture(read_svg(row["picture"]), width=WIDTH, seed=2)
    key = receive_private(house.edge.transaction, house.store, jpeg, actor=system("demo"), clock=clock)
    wanted = Wanted(made.parts[0].lines[0].id, ClaimKind(row["kind"]), row["much"], row["words"], [key])
    ask = partial(claiming.ask, order_code=made.code, wanted=wanted, key=new_token())
    house.edge.run(partial(ask, actor=VISITOR, clock=clock))
