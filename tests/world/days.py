"""A day at the centre of any size: orders at every stage of their way, and something waiting at every other desk.

Everything comes about as it does in the house, by its services; `busy` may be called again, and the day grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from shop.accounts.cards import issue_card
from shop.accounts.models import Role, Viewed, ViewReason
from shop.accounts.queries import Person
from shop.accounts.sights import note_view
from shop.catalog.imports import services as imports
from shop.catalog.lots.models import Lot
from shop.catalog.models import ListingState
from shop.catalog.own import present
from shop.catalog.questions.services import ask
from shop.catalog.rules import Way
from shop.catalog.services.listings import revise
from shop.courier.gateways.protocol import Party
from shop.courier.queries import shipments_by_keys
from shop.courier.rules import TOWN
from shop.flows import bench, consigning, delivery, lots, pickups, wishes
from shop.flows.lots import Seen
from shop.fulfilment.pickups.queries import coming_runs
from shop.fulfilment.pickups.rules import PLANNABLE, Call, Plan
from shop.kernel import outbox
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.codes import new_code, new_token
from shop.ledger.payouts.models import RunState
from shop.media.private import receive_private
from shop.orders.models import Handing
from shop.orders.queries.orders import OrderFacts
from shop.orders.services import mark_ready
from shop.payments import reconciling
from shop.payments import services as payments
from shop.payments.gateways.protocol import GatewayEvent
from shop.payments.models import DifferenceKind
from shop.payments.reconciling import Found
from shop.search.services import Words, save_concept
from shop.site.articles.models import ArticleKind
from shop.vendors.joining.models import Proof
from shop.vendors.models import Vendor
from shop.vendors.services import add_member
from tests.support.clock import SettableClock
from tests.world.acting import consent
from tests.world.articles import told
from tests.world.cash import agreed_order
from tests.world.claims import ask as ask_claim
from tests.world.claims import by_hand
from tests.world.invoice_desk import Desk
from tests.world.invoices import want
from tests.world.joining import Hall, one_photo
from tests.world.market import (
    DRIVER,
    HOUSE,
    STAFF,
    TO,
    Market,
    another_vendor,
    delivered_order,
    fill_basket,
    listing,
    order,
    pack,
    pay,
    place,
    receive_all,
    someone,
    variant_id,
)
from tests.world.payouts import earn, settled_on_the_spot, tell_account
from tests.world.spot import buy, lay

STAGES = (
    "asked", "ready", "received", "wished", "short", "packed", "sent", "delivered", "returned", "collected", "agreed",
    "unpaid", "asked", "asked", "asked", "ready", "received", "received", "packed", "sent",
)  # fmt: skip
"""How far each order comes, one after another: a dozen orders come to every end, and most wait for their goods."""
LEAVING = ("sent", "delivered", "returned")
PIECES = 9_999
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)
DESKS = 20
"""Orders for each thing that waits at a desk: a question, a listing, an application, a difference."""


@dataclass
class Day:
    """A day's town, with a pair of goods of two households that every order buys."""

    at: Market
    manager: Person
    variants: tuple[int, int]
    households: tuple[Vendor, Vendor]
    listing: str
    proof_key: str
    concept: str
    consent: str
    import_code: str
    orders: int = 0
    is_applied_for: bool = False
    is_invoiced: bool = False
    invoice: str = ""
    """Code of a request of which the invoice is recorded, with a file."""

    def busy(self, orders: int) -> None:
        """Let so many more orders come in and go as far as their stage, and the desks fill with them."""
        numbers = range(self.orders, self.orders + orders)
        closed = [self._walk(STAGES[number % len(STAGES)]) for number in numbers]
        self.at.world.deliver()
        self._hand_over({parcel: stage for stage, parcel in closed if stage in LEAVING})
        for _number in range(-(-orders // DESKS)):
            self._fill_desks()
        self.orders += orders
        self.at.world.deliver()
        self._give_up(-(-orders // DESKS))
        self._pack_last()
        self._settle()

    def _order(self, stage: str) -> OrderFacts:
        wanted = dict.fromkeys(self.variants, 2)
        to = replace(TO, phone=self.at.world.phone(), street=f"科华路 {self.at.world.number()} 号")
        if stage in ("agreed", "collected"):
            if stage == "collected":
                to = replace(to, handing=Handing.COLLECTION, province="", city="", district="", street="")
            return agreed_order(self.at, wanted, to=to, is_started=False)
        placed = place(self.at, fill_basket(self.at, wanted), to=to)
        if stage != "unpaid":
            pay(self.at, placed)
        return order(self.at, placed.order_code)

    def _walk(self, stage: str) -> tuple[str, str]:
        """Bring an order as far as it comes before it leaves; return its stage and the code of its parcel, if any."""
        made, run, clock = self._order(stage), self.at.world.run, self.at.world.clock
        if stage in ("asked", "agreed", "unpaid"):
            return stage, ""
        if stage == "ready":
            part = made.parts[0]
            run(partial(mark_ready, vendor_id=self.households[0].id, code=part.code, actor=STAFF, clock=clock))
            return stage, ""
        if stage == "short":
            self._receive_short(made)
        receive_all(self.at, made.code)
        if stage == "wished":
            run(partial(wishes.ask_cancel, code=made.code, reason="出门了", clock=clock))
        is_closed = stage in LEAVING or stage in ("packed", "collected")
        return stage, pack(self.at, made.code) if is_closed else ""

    def _receive_short(self, made: OrderFacts) -> None:
        """Take one household's part in, of which a piece is turned down."""
        part = made.parts[0]
        line = part.lines[0].id
        self.at.world.run(
            partial(
                bench.receive,
                part_code=part.code,
                rejected={line: 1},
                weighed={},
                reason="坏了",
                seen={line: Seen(proof_key=self.proof_key)},
                actor=STAFF,
                clock=self.at.world.clock,
            )
        )

    def _hand_over(self, parcels: Mapping[str, str]) -> None:
        """Give parcels to the driver on one list; some reach their buyers, some come back."""
        run, clock = self.at.world.run, self.at.world.clock
        run(partial(bench.hand_over, parcel_codes=list(parcels), actor=STAFF, clock=clock))
        found = self.at.world.read(partial(shipments_by_keys, keys=list(parcels)))
        for parcel, stage in parcels.items():
            waybill = found[parcel].waybill
            if stage == "delivered":
                run(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=clock))
            if stage == "returned":
                run(partial(delivery.bring_back, waybill=waybill, reason="没人在", actor=DRIVER, clock=clock))

    def _pack_last(self) -> None:
        """Close a box whose courier is still to be called, and one that fails: nobody works the queue after this."""
        made = self._order("received")
        receive_all(self.at, made.code)
        pack(self.at, made.code)

    def _settle(self) -> None:
        """Let a settlement be on its way to its households, and the next wait for a second person."""
        for vendor in self.households:
            tell_account(self.at, vendor)
        earn(self.at, self.households[0])
        settled_on_the_spot(self.at, RunState.EXPORTED)
        settled_on_the_spot(self.at, RunState.DRAFTED)

    def _fill_desks(self) -> None:
        """Let one more thing wait at every desk."""
        by_hand(self.at)
        ask_claim(self.at, delivered_order(self.at, {self.variants[0]: 1}))
        world, clock = self.at.world, self.at.world.clock
        vendor = another_vendor(world, f"第{world.number()}家")
        listing(self.at, title=f"新货{world.number()}", vendor=vendor, state=ListingState.IN_REVIEW)
        self._change(listing(self.at, title=f"旧货{world.number()}", vendor=vendor).code)
        world.run(
            partial(ask, listing_code=self.listing, text="放几天还新鲜？", key=new_token(), phone=world.phone(),
                    actor=VISITOR, clock=clock)
        )  # fmt: skip
        self._apply()
        self._holder(vendor)
        self._letters()
        self._money()
        self._weighed()
        self._lying()
        self._lots()
        self._run()
        self._invoices()
        looked_at, why = self._order("asked").code, ViewReason.ASKED
        world.run(partial(note_view, subject=looked_at, what=Viewed.RECIPIENT, why=why, actor=STAFF, clock=clock))

    def _change(self, code: str) -> None:
        """Let a household want something on the shelf changed."""
        now = self.at.world.read(partial(present, code=code))
        other = replace(now.offer, title=f"{now.offer.title}，新名字")
        change = partial(revise, vendor_id=now.vendor_id, code=code, wanted=other, version=now.version, actor=HOUSE)
        self.at.world.run(partial(change, clock=self.at.world.clock))

    def _apply(self) -> None:
        """Let somebody apply who will bring the paper along; only the first sends a photo, which takes a while."""
        hall = Hall(self.at, someone(self.at.world, Role.BUYER))
        if not self.is_applied_for:
            self.is_applied_for = True
            hall.sent()
            return
        code = hall.tell()
        hall.bring(code, Proof.OWN_WORK)
        hall.send(code)

    def _letters(self) -> None:
        world = self.at.world
        to = Party(TO.name, world.phone(), TO.province, TO.city, TO.district, TO.street)
        letter = consigning.Letter(new_code(8), to, "发票", TOWN)
        coming = consigning.Coming(new_code(8), "税务所", "空白发票", "ems", f"EM{world.number():09d}CN", world.clock())
        couriers = world.house.couriers
        world.run(partial(consigning.send_letter, couriers=couriers, letter=letter, actor=STAFF, clock=world.clock))
        world.run(partial(consigning.expect, couriers=couriers, coming=coming, actor=STAFF, clock=world.clock))

    def _invoices(self) -> None:
        """Let a firm want invoices; the first has one, and money back for which it is red-lettered next."""
        made = self._order("received")
        receive_all(self.at, made.code)
        want(self.at, made.code)
        desk = Desk(self.at, made.code)
        if not self.is_invoiced:
            self.is_invoiced = True
            self.invoice = desk.all_recorded()[0]
            self.at.world.clock.advance(seconds=1)
            desk.give_back(100)

    def _lying(self) -> None:
        """Let somebody pay for what lies at the counter, to take it along at once."""
        which = variant_id(self.at, listing(self.at, title=f"柜上{self.at.world.number()}", stock=5))
        lay(self.at, which, 3)
        pay(self.at, buy(self.at, which, 2))

    def _weighed(self) -> None:
        """Let somebody buy a hen, which is weighed when it comes."""
        world = self.at.world
        hens = variant_id(self.at, listing(self.at, title=f"土鸡{world.number()}", ways=(HEN,)))
        pay(self.at, place(self.at, fill_basket(self.at, {hens: 1}), to=replace(TO, phone=world.phone())))

    def _money(self) -> None:
        """Let the provider tell of money nobody knows, and the daily comparison find a difference."""
        world, ref = self.at.world, new_code(12)
        told = GatewayEvent(event_id=ref, kind="charge.paid", provider_ref=ref, is_dispute=True)
        world.run(partial(payments.receive, gateway="demo", event=told, body=b"{}", clock=world.clock))
        found = [Found(DifferenceKind.UNKNOWN_MONEY, ref, None, 0, 1200)]
        run_id = world.run(
            partial(reconciling.begin_run, gateway=f"demo-{ref}", since=world.clock(), clock=world.clock)
        )
        end = partial(reconciling.end_run, run_id=run_id, found=found, compared=1, actor=HOUSE, clock=world.clock)
        world.run(end)

    def _give_up(self, desks: int) -> None:
        """Let the outbox give up what nobody handles."""
        world = self.at.world
        for _desk in range(desks):
            message = world.run(partial(outbox.post, topic="nobody.hears", facts={}, clock=world.clock))
            later = SettableClock(world.clock())
            for _attempt in range(outbox.MAX_ATTEMPTS):
                outbox.deliver(world.edge, {}, message, clock=later)
                later.advance(hours=2)

    def _holder(self, vendor: Vendor) -> None:
        """Give somebody of a household a card."""
        world = self.at.world
        holder = someone(world, Role.VENDOR)
        world.run(partial(add_member, vendor_id=vendor.id, user_id=holder.id, actor=HOUSE))
        world.run(partial(issue_card, user_id=holder.id, token=new_token(), pin="3847", actor=STAFF, clock=world.clock))

    def _lots(self) -> None:
        """Call one more lot back whose buyers nobody has written to."""
        world = self.at.world
        other = variant_id(self.at, listing(self.at, title=f"批次{world.number()}", stock=5))
        made = place(self.at, fill_basket(self.at, {other: 1}), to=replace(TO, phone=world.phone()))
        pay(self.at, made)
        receive_all(self.at, made.order_code)
        last = select(Lot.code, Lot.version).order_by(Lot.id.desc()).limit(1)
        code, version = world.read(lambda session: session.execute(last).one())
        call_back = partial(lots.recall, code=code, reason="有人不舒服", version=version)
        world.run(partial(call_back, actor=STAFF, clock=world.clock))

    def _run(self) -> None:
        """Plan one more run, as far as days can be planned."""
        world = self.at.world
        village = Hall(self.at, self.manager).village()
        planned = len(world.read(partial(coming_runs, since=town_day(world.clock()))))
        plan = Plan(town_day(world.clock()) + timedelta(days=1 + planned), (Call(village, "09:00", "村口"),))
        if planned < PLANNABLE.days:
            world.run(partial(pickups.plan, code=new_code(8), wanted=plan, actor=STAFF, clock=world.clock))


def quiet(at: Market) -> Day:
    """Return a day on which nothing has happened yet: the goods are on the shelves, the manager is there."""
    world, clock = at.world, at.world.clock
    other = another_vendor(world, "罗成富家")
    first = listing(at, title="土鸡蛋", stock=PIECES)
    second = listing(at, title="腊肉", stock=PIECES, vendor=other)
    proof = receive_private(world.edge.transaction, world.house.store, one_photo(), actor=HOUSE, clock=clock)
    concept = world.run(
        lambda session: save_concept(session, None, Words(chinese=("试字一样",)), actor=HOUSE, clock=clock)
    )
    said = consent(at)
    told(world, ArticleKind.STORY)
    wanted = imports.Wanted(new_code(8), "货单.xlsx", "x", is_rehearsal=True, creates=False, vouches=False)
    world.run(partial(imports.start, wanted=wanted, actor=STAFF, clock=clock))
    return Day(
        at, someone(world, Role.MANAGER), (variant_id(at, first), variant_id(at, second)), (at.vendor, other),
        first.code, proof, concept, said, wanted.code,
    )  # fmt: skip
