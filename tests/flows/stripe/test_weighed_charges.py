"""A thousand weights by chance: what is charged in the end, by the scale, the books, the provider and the buyer's page.

The oracle counts in fractions and shares no arithmetic with the shop. The rule it states: a line costs its grams times
its price for 500 g, a broken fen left to the buyer, and never more than its ceiling; the freight is that of the day of
the order, but for the share of what is turned down, a broken fen of which stays. A household gets that price less the
centre's fee, and whole what its goods cost by weight above their ceiling: the town loses it.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil, floor

import pytest
from sqlalchemy import func, select

from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.flows import bench, delivery
from shop.flows.bench import TakenIn
from shop.kernel.errors import Invalid
from shop.kernel.money import yuan
from shop.ledger.rules import LOSS, REFUNDS_IN_TRANSIT, seller
from shop.ledger.rules import carried as lost
from shop.orders.models import Box, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts
from shop.payments.models import DemoCharge, DemoRefund
from tests.support.pages import Pages
from tests.world.books import account, at_provider, footprint, held_for, provider_account
from tests.world.market import (
    DRIVER,
    PLAN,
    STAFF,
    another_vendor,
    captured,
    fill_basket,
    listing,
    on_shelf,
    order,
    pack,
    pay,
    place,
    send,
    variant_id,
)
from tests.world.stripe_shop import Shop

WORLDS, ORDERS, WEIGHTS = 4, 10, 25
"""Together a thousand weights; in each order one more line is turned down whole, and one is sold by the piece."""


@dataclass(frozen=True)
class Taken:
    """What chance does with a line of an order.

    Attributes:
        down: how many are turned down.
        grams: what the others weigh; None when none is left or it is not sold by weight.
    """

    line: LineFacts
    way: Way
    down: int
    grams: int | None

    @property
    def most_fen(self) -> int:
        """What the pieces that are not turned down were charged at."""
        return ceiling(self.way) * (self.line.quantity - self.down)

    @property
    def goods_fen(self) -> int:
        """What they cost in the end."""
        return self.most_fen if self.grams is None else min(self.most_fen, cost(self.way, self.grams))

    @property
    def over_fen(self) -> int:
        """What they cost by weight above that."""
        return 0 if self.grams is None else max(0, cost(self.way, self.grams) - self.most_fen)

    @property
    def freight_fen(self) -> int:
        """What stays of the line's share of the freight."""
        share = self.line.freight_share_fen
        return share - floor(Fraction(share * self.down, self.line.quantity))


def cost(way: Way, grams: int) -> int:
    """Return what so many grams cost."""
    return floor(Fraction((way.per_500g_fen or 0) * grams, 500))


def ceiling(way: Way) -> int:
    """Return what one piece costs at most."""
    return way.price_fen if way.per_500g_fen is None else cost(way, way.most_g or 0)


def by_chance(chance: random.Random) -> Way:
    """Return a way of selling by weight: cut from a whole, or whole pieces of about a weight."""
    most = chance.randint(150, 3000)
    is_cut = chance.random() < 0.3
    return Way(
        unit="块" if is_cut else "只",
        gross_g=most + chance.randint(0, 500),
        per_500g_fen=chance.randint(137, 9000),
        least_g=chance.randint(most // 3, most),
        most_g=most,
        stock=9_000_000 if is_cut else 9_000,
        is_cut=is_cut,
    )


def weight(chance: random.Random, way: Way, pieces: int) -> int:
    """Return what pieces weigh together: far too light, about right, just at the ceiling, above it."""
    heaviest = (way.most_g or 0) * pieces
    near = heaviest + chance.randint(-2, 2)
    grams = chance.choice((near, *(int(heaviest * chance.uniform(*by)) for by in ((0.27, 0.6), (0.6, 1), (1, 1.95)))))
    return grams if is_believed(way, pieces, grams) else weight(chance, way, pieces)


def is_believed(way: Way, pieces: int, grams: int) -> bool:
    """Tell whether the scale may be right: over a quarter, and not over double, of what was charged."""
    charged = Fraction(ceiling(way) * pieces)
    return charged / 4 < cost(way, grams) <= charged * 2


def shelves(shop: Shop, chance: random.Random) -> dict[int, Way]:
    """Offer goods of three households, dry and chilled; return each variant with its way of selling."""
    cold = on_shelf(shop.at, "meat", climate=Climate.CHILLED)
    others = [another_vendor(shop.world) for _ in range(2)]
    ways = [by_chance(chance) for _ in range(WEIGHTS + 5)] + [Way(unit="盒", price_fen=4805, gross_g=1200, stock=900)]
    made = {}
    for number, way in enumerate(ways):
        at, seller = (shop.at, cold)[number % 2], (None, *others)[number % 3]
        made[variant_id(at, listing(at, title=f"货{number:02d}号", ways=(way,), vendor=seller))] = way
    return made


def bought(shop: Shop, gateway: str, wanted: dict[int, int]) -> OrderFacts:
    """Buy through the checkout and pay at a provider."""
    if gateway == "stripe":
        placed = shop.place(wanted)
        shop.pay(placed)
    else:
        placed = place(shop.at, fill_basket(shop.at, wanted))
        pay(shop.at, placed)
    return order(shop.at, placed.order_code)


def basket(chance: random.Random, ways: dict[int, Way]) -> dict[int, int]:
    """Choose what somebody buys."""
    *weighed, eggs = ways
    return {eggs: 2} | {each: chance.randint(1, 5) for each in chance.sample(weighed, WEIGHTS + 1)}


def decide(chance: random.Random, made: OrderFacts, ways: dict[int, Way]) -> dict[int, Taken]:
    """Decide what the table finds, a line at a time; the first that is weighed is turned down whole."""
    found: dict[int, Taken] = {}
    whole = next(line.id for part in made.parts for line in part.lines if line.per_500g_fen is not None)
    for line in (line for part in made.parts for line in part.lines):
        way = ways[line.variant_id]
        down = line.quantity if line.id == whole else 0
        if not down and chance.random() < 0.2:
            down = chance.randint(0, line.quantity - 1)
        good = line.quantity - down
        is_weighed = good and way.per_500g_fen is not None
        found[line.id] = Taken(line, way, down, weight(chance, way, good) if is_weighed else None)
    return found


def take_in(shop: Shop, part: PartFacts, found: dict[int, Taken], **misread: int) -> TakenIn:
    """Take a part in; the scale may be misread for the first line that is weighed."""
    lines = [found[line.id] for line in part.lines]
    weighed = {one.line.id: one.grams for one in lines if one.grams is not None}
    if misread:
        weighed[next(iter(weighed))] = misread["grams"]
    act = partial(
        bench.receive, part_code=part.code, rejected={one.line.id: one.down for one in lines}, weighed=weighed
    )
    return shop.world.run(partial(act, reason="压坏了", actor=STAFF, clock=shop.world.clock))


def assert_misread_refused(shop: Shop, part: PartFacts, found: dict[int, Taken], chance: random.Random) -> None:
    one = next(found[line.id] for line in part.lines if found[line.id].grams is not None)
    heaviest = (one.way.most_g or 0) * (one.line.quantity - one.down)
    before = footprint(shop.world)
    with pytest.raises(Invalid):
        take_in(shop, part, found, grams=chance.choice((0, -heaviest, heaviest // 5, heaviest * 2 + 500)))
    assert footprint(shop.world) == before


def freight(box: Box, grams: int) -> int:
    """Return what a box costs by the table of the town: the first kilogram, each one begun, and the cold."""
    zone = PLAN.freight[0]
    steps = max(0, ceil(Fraction(grams - zone["first_g"], zone["step_g"])))
    return int(zone["first_fen"] + steps * zone["step_fen"] + (0 if box is Box.AMBIENT else zone["cold_fen"]))


def assert_freight_frozen(made: OrderFacts, ways: dict[int, Way]) -> None:
    """Assert that each box costs what the table says, shared by weight to the fen."""
    for box in {part.box for part in made.parts}:
        lines = [line for part in made.parts if part.box is box for line in part.lines]
        grams = {line.id: ways[line.variant_id].gross_g * line.quantity for line in lines}
        asked = freight(box, sum(grams.values()))
        assert sum(line.freight_share_fen for line in lines) == asked
        for line in lines:
            assert abs(line.freight_share_fen - Fraction(asked * grams[line.id], sum(grams.values()))) < 1


def at_providers(shop: Shop, gateway: str, made: OrderFacts) -> int:
    """Return what is left of an order's money by its provider's own book: captured less given back, in fen."""
    ref = captured(shop.at, made.code).provider_ref
    if gateway == "stripe":
        stripe = shop.stripe
        charge = stripe.charges[stripe.intents[stripe.sessions[ref or ""]["payment_intent"]]["latest_charge"]]
        given = sum(int(one["amount"]) for one in stripe.refunds.values() if one["charge"] == charge["id"])
        assert given == charge["amount_refunded"]
        return int(charge["amount_captured"]) - given
    taken = select(DemoCharge.amount_fen).where(DemoCharge.ref == ref, DemoCharge.state == "paid")
    given_back = select(func.coalesce(func.sum(DemoRefund.amount_fen), 0)).where(DemoRefund.charge_ref == ref)
    return shop.world.read(lambda session: int(session.scalars(taken).one() - session.scalars(given_back).one()))


def assert_charged(shop: Shop, gateway: str, made: OrderFacts, found: dict[int, Taken]) -> None:
    """Assert that line by line and together everybody counts the same money."""
    now = order(shop.at, made.code)
    for line in (line for part in now.parts for line in part.lines):
        one = found[line.id]
        assert (line.rejected, line.weighed_g) == (one.down, one.grams)
        assert line.kept_fen == one.goods_fen <= one.most_fen
        assert line.weight_back_fen == one.most_fen - one.goods_fen >= 0
        assert line.weight_over_fen == one.over_fen
    final = sum(one.goods_fen + one.freight_fen for one in found.values())
    paid = captured(shop.at, made.code)
    assert (
        paid.captured_fen
        == made.total_fen
        == sum(line.goods_fen for p in made.parts for line in p.lines) + (made.freight_fen)
    )
    assert all(refund.amount_fen > 0 for refund in paid.refunds)
    assert paid.captured_fen - paid.refunded_fen == final
    assert at_providers(shop, gateway, made) == final
    assert held_for(shop.world, made.code) == final


def assert_shown(pages: Pages, made: OrderFacts, found: dict[int, Taken]) -> None:
    """Assert that the buyer reads what was paid, what goes back, and what the scale said of each line."""
    with pages.client.session_transaction() as cookie:
        cookie["orders"] = [made.code]  # the browser that placed it
    words = pages.get(f"/orders/{made.code}").main
    back = made.total_fen - sum(one.goods_fen + one.freight_fen for one in found.values())
    assert f"一共 {yuan(made.total_fen)} 其中 {yuan(back)} 退给您。" in words
    for one in found.values():
        if one.grams is not None:
            said = words.split(one.line.title)[1]
            assert f"（{one.grams / 1000:g} 公斤），" in said
            assert told(one) in said


def bring(shop: Shop, made: OrderFacts) -> None:
    """Pack each box in which something is left, and bring it to its buyer."""
    for box in sorted(
        {part.box for part in order(shop.at, made.code).parts if part.state is VendorOrderState.RECEIVED}
    ):
        waybill = send(shop.at, pack(shop.at, made.code, box))
        shop.world.run(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=shop.world.clock))


def net(lines: Iterable[Taken]) -> int:
    """Return what a household gets of a part: the fee is a tenth of what its buyer pays, half a fen counted whole."""
    sold = over = 0
    for one in lines:
        sold, over = sold + one.goods_fen, over + one.over_fen
    return sold - floor(Fraction(sold, 10) + Fraction(1, 2)) + over


def assert_paid(shop: Shop, earned: Counter[str], carried: Counter[str]) -> None:
    """Assert what each household of what was brought has, and what the town has lost by it."""
    assert sum(carried.values()) > 0
    for vendor in {*earned, *carried}:
        assert -account(shop.world, seller(vendor)) == earned[vendor]
        assert account(shop.world, lost(vendor)) == carried[vendor]
    assert account(shop.world, LOSS) == 0


def told(one: Taken) -> str:
    """Return what the buyer reads of the price of a line that was weighed."""
    most, light = yuan(one.most_fen), one.most_fen - one.goods_fen
    if light:
        return f"最多 {most}，按重 {yuan(one.goods_fen)}，退您 {yuan(light)}。"
    return f"比最重的还重，还是最多 {most}，不用补。" if one.over_fen else f"正好 {most}，不用退补。"


@pytest.mark.parametrize("seed", range(WORLDS))
def test_what_is_charged_is_what_it_weighs_at_most_the_ceiling_and_the_frozen_freight(
    shop: Shop, visitor: Callable[[], Pages], seed: int
) -> None:
    chance, read = random.Random(seed), 0
    ways = shelves(shop, chance)
    earned: Counter[str] = Counter()
    carried: Counter[str] = Counter()
    for number in range(ORDERS):
        gateway = ("stripe", "demo")[number % 2]
        made = bought(shop, gateway, basket(chance, ways))
        assert_freight_frozen(made, ways)
        found = decide(chance, made, ways)
        for part in made.parts:
            assert_misread_refused(shop, part, found, chance)
            done = take_in(shop, part, found)
            lines = [found[line.id] for line in part.lines]
            assert done.light_fen == sum(one.most_fen - one.goods_fen for one in lines)
            assert done.over_fen == sum(one.over_fen for one in lines)
        shop.world.deliver()
        assert_charged(shop, gateway, made, found)
        assert_shown(visitor(), made, found)
        if number % 3 == 0:
            bring(shop, made)
            assert held_for(shop.world, made.code) == 0
            assert captured(shop.at, made.code).refunded_fen == made.total_fen - at_providers(shop, gateway, made)
            for part in made.parts:
                lines = [found[line.id] for line in part.lines]
                earned[part.vendor_code] += net(lines)
                carried[part.vendor_code] += sum(one.over_fen for one in lines)
        read += sum(one.grams is not None for one in found.values())
    assert read == ORDERS * WEIGHTS
    assert_paid(shop, earned, carried)
    assert account(shop.world, REFUNDS_IN_TRANSIT) == 0
    assert provider_account(shop.world) == at_provider(shop.world)
    shop.assert_sound()
