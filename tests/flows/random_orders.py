"""The machine of random orders: its rules are what anybody may do, its invariants what must hold after each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.flows.giving import Amount, Pieces, Weight
from shop.kernel.codes import new_token
from shop.kernel.errors import NotFound, ShopError
from shop.ledger.rules import CASH_CENTRE, COURIER_TOWN, REFUNDS_IN_TRANSIT, psp
from shop.orders.models import Handing, OrderHistory
from shop.payments.models import Refund, RefundState
from shop.payments.queries import PaymentFacts
from shop.payments.reconciling import open_differences
from tests.flows import truths
from tests.flows.players import ONLINE, Event, Ground, Players, captured_online
from tests.flows.sketches import (
    Fits,
    S,
    Sketch,
    V,
    any_order,
    at,
    in_state,
    is_complete,
    is_early,
    is_expected,
    is_here,
    is_weighed,
    sketches,
    when,
)
from tests.world import market as builders
from tests.world.books import account, assert_sound, at_provider

PIECES = 10
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=PIECES)

WHICH = st.integers(0, 9_999)
WANTED = st.dictionaries(st.integers(0, 2), st.integers(1, 2), min_size=1)
HANDINGS = st.sampled_from(list(Handing))
DOWN = st.sampled_from([0, 0, 0, 1, 2])
GRAMS = st.integers(1100, 1600)
TURNS = st.sampled_from(["", "", "", "", "back", "back", "wish", "wish", "wish", "open", "open"])
LYING = st.sampled_from(["collect", "leave uncollected", "leave uncollected", "take apart"])


class Orders(RuleBasedStateMachine):
    """Every act may be refused; what it leaves behind is looked at either way."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground
        self.world = ground.world()
        self.orders: list[Sketch] = []
        self.events: list[tuple[str, str, Event]] = []

    @initialize()
    def open_town(self) -> None:
        town = builders.market(self.world)
        cold = builders.on_shelf(town, "meat", climate=Climate.CHILLED)
        other = builders.another_vendor(self.world)
        made = [
            builders.listing(town, stock=PIECES),
            builders.listing(cold, title="土鸡", ways=(HEN,)),
            builders.listing(town, title="老腊肉", stock=PIECES // 2, price_fen=6800, vendor=other),
        ]
        self.by = Players(town, self.ground, [builders.variant_id(town, each) for each in made])

    @contextmanager
    def _act(self, name: str) -> Iterator[None]:
        try:
            yield
        except ShopError as refusal:
            self.ground.done[f"{name} refused: {type(refusal).__name__}"] += 1
        else:
            self.ground.done[name] += 1

    def _on(self, which: int, fits: Fits, name: str, act: Callable[[str], Any]) -> None:
        """Do something to an order that it fits; now and then to any other."""
        found = [one for one in self.orders if fits(one)]
        chosen = found if which % 7 else self.orders
        with self._act(name):
            act(chosen[which // 7 % len(chosen)].code)

    # The buyer

    @rule(wanted=WANTED, gateway=st.sampled_from(ONLINE), handing=HANDINGS)
    def place(self, wanted: dict[int, int], gateway: str, handing: Handing) -> None:
        with self._act("place"):
            self.by.place(wanted, gateway, handing)

    @rule(wanted=WANTED, gateway=st.sampled_from(ONLINE), handing=HANDINGS, late=st.sampled_from([False, False, True]))
    def buy(self, wanted: dict[int, int], gateway: str, handing: Handing, late: bool) -> None:
        with self._act("buy late" if late else "buy"):
            placed = self.by.place(wanted, gateway, handing)
            if late:  # the time runs out while they are at the provider's page
                self.by.start(self.by.payments(placed.order_code)[-1])
                self.run_jobs(16)
            self._pay(self.by.payments(placed.order_code)[-1], late=late)
            self.by.hear(gateway, self.events[-1][2])

    @rule(wanted=WANTED, handing=HANDINGS)
    def buy_in_cash(self, wanted: dict[int, int], handing: Handing) -> None:
        with self._act(f"buy in cash, {'at the door' if handing is Handing.DELIVERY else 'to collect'}"):
            self.by.place(wanted, "cash", handing)

    @when(in_state(S.PLACED))
    @rule(which=WHICH, pays=st.booleans())
    def decide(self, which: int, pays: bool) -> None:
        act = partial(self._decide, which=which, pays=pays)
        self._on(which, in_state(S.PLACED), "pay" if pays else "be declined", act)

    @when(in_state(S.EXPIRED, S.CANCELLED))
    @rule(which=WHICH)
    def pay_late(self, which: int) -> None:
        act = partial(self._decide, which=which, late=True)
        self._on(which, in_state(S.EXPIRED, S.CANCELLED), "pay late", act)

    def _decide(self, code: str, which: int, *, pays: bool = True, late: bool = False) -> None:
        online = [one for one in self.by.payments(code) if one.gateway in ONLINE]
        if not online:
            raise NotFound("payment")
        self._pay(online[which % len(online)], pays=pays, late=late)

    def _pay(self, payment: PaymentFacts, *, pays: bool = True, late: bool = False) -> None:
        reference = self.by.start(payment)
        event = self.by.decide(payment.gateway, reference, pays=pays, late=late)
        self.events.append((payment.gateway, reference, event))

    @when(is_early)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self._on(which, is_early, "cancel", self.by.cancel)

    @when(in_state(S.PLACED))
    @rule(which=WHICH)
    def come_back(self, which: int) -> None:
        self._on(which, in_state(S.PLACED), "come back", lambda code: self.by.come_back(self.by.payments(code)[-1]))

    @when(in_state(S.PLACED))
    @rule(which=WHICH)
    def pay_otherwise(self, which: int) -> None:
        self._on(which, in_state(S.PLACED), "pay otherwise", self.by.pay_otherwise)

    @when(is_here)
    @rule(which=WHICH)
    def wish(self, which: int) -> None:
        self._on(which, is_here, "wish", self.by.wish)

    # The providers

    @precondition(lambda self: self.events)
    @rule(which=WHICH, again=st.booleans())
    def tell(self, which: int, again: bool) -> None:
        """An event comes: once more, late or out of order; one that never comes is simply not chosen."""
        # Mostly a young one, for an old one is refused.
        gateway, reference, event = self.events[-1 - which // 2 % min(len(self.events), 2 if which % 2 else 99)]
        with self._act("hear again" if again else "hear"):
            self.by.hear(gateway, self.by.event(gateway, reference) if again else event)

    @precondition(lambda self: self.events)
    @rule(which=WHICH, kind=st.sampled_from(["a lie", "another mode", "nothing known"]))
    def lie(self, which: int, kind: str) -> None:
        """An event comes that nobody signed, of the live mode, or about nothing we know; it must change nothing."""
        gateway, _reference, (body, headers) = self.events[which % len(self.events)]
        session = next(iter(self.by.stripe.sessions), None)
        if kind == "another mode" and session is None:
            kind = "a lie"
        before = self.world.read(truths.money_and_states)
        with self._act("be told"):
            if kind == "a lie":
                self.by.hear(gateway, (body + b" ", headers))
            elif kind == "another mode":
                self.by.hear("stripe", self.by.event("stripe", session or "", livemode=True))
            else:
                self.by.hear("demo", self.by.event("demo", f"demo_{new_token()}"))
        assert self.world.read(truths.money_and_states) == before
        self.ground.done[f"be told of {kind}"] += 1

    @precondition(lambda self: self.events and not self.by.lost)
    @rule(count=st.integers(1, 2))
    def lose_answers(self, count: int) -> None:
        self.by.lost = count
        self.ground.done["lose an answer"] += 1

    @when(lambda one: one.paid_by in ONLINE)
    @rule(which=WHICH, fen=st.integers(1, 9000))
    def give_back_there(self, which: int, fen: int) -> None:
        def act(code: str) -> None:
            self.by.give_back_there(captured_online(self.by.payments(code)), fen)

        self._on(which, lambda one: one.paid_by in ONLINE, "refund there", act)

    # The household

    @when(lambda one: V.ASKED in one.parts)
    @rule(which=WHICH, declines=st.booleans())
    def answer(self, which: int, declines: bool) -> None:
        act = partial(self.by.answer, which=which, declines=declines)
        self._on(which, lambda one: V.ASKED in one.parts, "decline" if declines else "be ready", act)

    # The centre and the driver

    @when(in_state(S.AGREED, S.PAID))
    @rule(which=WHICH, down=DOWN, grams=GRAMS, steps=st.integers(3, 8), turn=TURNS)
    def go_on(self, which: int, down: int, grams: int, steps: int, turn: str) -> None:
        """An order comes some steps nearer to its end: as on a good day, or not quite."""
        found = [one.code for one in self.orders if one.state in (S.AGREED, S.PAID)]
        for _step in range(steps):
            one = next(each for each in self.world.read(sketches) if each.code == found[which % len(found)])
            if turn == "wish" and is_here(one):
                self._rue(one.code, grants=bool(which % 2))
            elif turn == "back" and not is_complete(one) and one.parts & {V.PACKED, V.SHIPPED}:
                self._turn_back(one)
            elif turn == "open" and V.PACKED in one.parts:
                with self._act("take apart"):
                    self.by.take_apart(one.code)
            elif one.state in (S.AGREED, S.PAID):
                self._step(one, down, grams)

    def _rue(self, code: str, *, grants: bool) -> None:
        with self._act("wish"):
            self.by.wish(code)
        with self._act("grant a wish" if grants else "refuse a wish"):
            self.by.answer_wish(code, grants=grants)

    def _turn_back(self, one: Sketch) -> None:
        if one.handing is Handing.COLLECTION:
            with self._act("leave uncollected"):
                self.by.uncollected(one.code)
            return
        if V.PACKED in one.parts:
            with self._act("hand over"):
                self.by.hand_over(one.code)
        with self._act("bring back"):
            self.by.drive(one.code, returns=True)

    def _step(self, one: Sketch, down: int, grams: int) -> None:
        is_collected = one.handing is Handing.COLLECTION
        if is_expected(one):
            self._take_in(one.code, down, grams)
        elif V.RECEIVED in one.parts:
            with self._act("pack"):
                self.by.pack(one.code)
        elif one.state is S.AGREED and (is_collected or V.SHIPPED in one.parts):
            self._take_cash(one)
        elif V.PACKED in one.parts:
            with self._act("collect" if is_collected else "hand over"):
                (self.by.collect if is_collected else self.by.hand_over)(one.code)
        else:
            with self._act("deliver"):
                self.by.drive(one.code, returns=False)

    @when(is_expected)
    @rule(which=WHICH, down=DOWN, grams=GRAMS)
    def take_in(self, which: int, down: int, grams: int) -> None:
        self._on(which, is_expected, "try to take in", lambda code: self._take_in(code, down, grams))

    def _take_in(self, code: str, down: int, grams: int) -> None:
        with self._act("take in"):
            taken = self.by.take_in(code, down, grams)
            moved = {"turn down": taken.rejected_fen, "weigh light": taken.light_fen, "weigh over": taken.over_fen}
            self.ground.done.update(act for act, fen in moved.items() if fen)

    @when(is_complete)
    @rule(which=WHICH)
    def pack(self, which: int) -> None:
        self._on(which, is_complete, "pack", self.by.pack)

    @when(at(Handing.DELIVERY, V.PACKED))
    @rule(which=WHICH)
    def hand_over(self, which: int) -> None:
        self._on(which, at(Handing.DELIVERY, V.PACKED), "hand over", self.by.hand_over)

    @when(at(Handing.DELIVERY, V.SHIPPED))
    @rule(which=WHICH, returns=st.booleans())
    def drive(self, which: int, returns: bool) -> None:
        act = partial(self.by.drive, returns=returns)
        self._on(which, at(Handing.DELIVERY, V.SHIPPED), "bring back" if returns else "deliver", act)

    @when(at(Handing.COLLECTION, V.PACKED))
    @rule(which=WHICH, what=LYING)
    def lie_ready(self, which: int, what: str) -> None:
        by = self.by
        acts = {"collect": by.collect, "leave uncollected": by.uncollected, "take apart": by.take_apart}
        self._on(which, at(Handing.COLLECTION, V.PACKED), what, acts[what])

    @when(lambda one: one.is_wished_off)
    @rule(which=WHICH, grants=st.booleans())
    def answer_wish(self, which: int, grants: bool) -> None:
        act = partial(self.by.answer_wish, grants=grants)
        self._on(which, lambda one: one.is_wished_off, "grant a wish" if grants else "refuse a wish", act)

    @when(in_state(S.AGREED, S.PAID, S.DONE))
    @rule(which=WHICH, fen=st.integers(1, 9000), is_sum=st.booleans())
    def give_back(self, which: int, fen: int, is_sum: bool) -> None:
        def act(code: str) -> None:
            lines = [line for part in self.by.facts(code).parts for line in part.lines]
            self.by.give(code, Amount(fen) if is_sum else Pieces(lines[which % len(lines)].id, 1))

        name = "give an amount back" if is_sum else "give pieces back"
        self._on(which, in_state(S.AGREED, S.PAID, S.DONE), name, act)

    @when(is_weighed)
    @rule(which=WHICH)
    def give_weight_back(self, which: int) -> None:
        def act(code: str) -> None:
            weighed = [line for part in self.by.facts(code).parts for line in part.lines if line.weighed_g]
            if not weighed:
                raise NotFound("line")
            self.by.give(code, Weight(weighed[0].id, (weighed[0].weighed_g or 0) - 40))

        self._on(which, is_weighed, "give weight back", act)

    @when(in_state(S.AGREED))
    @rule(which=WHICH)
    def take_cash(self, which: int) -> None:
        owing = [one for one in self.orders if one.state is S.AGREED]
        self._take_cash(owing[which % len(owing)])

    def _take_cash(self, one: Sketch) -> None:
        with self._act(f"take cash, at the {'counter' if one.handing is Handing.COLLECTION else 'door'}"):
            self.by.take_cash(one.code)

    @when(lambda one: one.paid_by == "cash")
    @rule(which=WHICH)
    def hand_back(self, which: int) -> None:
        with self._act("hand back"):
            self.by.hand_back(which)

    @when(lambda one: one.paid_by == "cash" and one.handing is Handing.DELIVERY)
    @rule()
    def hand_in(self) -> None:
        with self._act("hand in"):
            self.by.hand_in()

    # The clock and the worker

    @rule(minutes=st.sampled_from([0, 1, 4, 16]))
    def run_jobs(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)
        before = self._count(OrderHistory, OrderHistory.to_state == S.EXPIRED)
        self.by.run_jobs()
        self.ground.done["expire"] += self._count(OrderHistory, OrderHistory.to_state == S.EXPIRED) - before

    @when(any_order)
    @rule()
    def deliver_messages(self) -> None:
        self.by.deliver_messages()

    @when(any_order)
    @rule()
    def reconcile(self) -> None:
        with self._act("reconcile"):
            self.by.reconcile()

    # What must hold

    @invariant()
    def stock_and_books_are_sound(self) -> None:
        assert_sound(self.world)
        self.orders = self.world.read(sketches)

    @invariant()
    def nothing_is_counted_that_no_provider_has(self) -> None:
        assert self.world.read(partial(truths.unknown_there, stripe=self.by.stripe)) == []

    @invariant()
    def no_order_is_both_paid_and_unpaid(self) -> None:
        assert [*self.world.read(truths.both_paid_and_unpaid), *self.world.read(truths.carried_otherwise)] == []

    def _count(self, table: Any, *where: Any) -> int:
        wanted = select(func.count()).select_from(table).where(*where)
        return self.world.read(lambda session: session.scalar(wanted) or 0)

    def teardown(self) -> None:
        """Let everything be heard at last: then every provider's figure is the books', and nothing is on its way."""
        self.by.hear_everything()
        self.by.reconcile()
        self.world.deliver()
        assert account(self.world, psp("demo")) == at_provider(self.world)
        assert account(self.world, psp("stripe")) == self.by.stripe.held_fen()
        assert account(self.world, CASH_CENTRE) + account(self.world, COURIER_TOWN) == self.world.read(truths.till)
        assert account(self.world, REFUNDS_IN_TRANSIT) == 0
        assert self._count(Refund, Refund.state.in_((RefundState.CREATED, RefundState.PENDING))) == 0
        assert self.world.read(open_differences) == []
        assert self.world.read(truths.failed_without_reason) == set()
        self.stock_and_books_are_sound()
        self.nothing_is_counted_that_no_provider_has()
        self.no_order_is_both_paid_and_unpaid()
        self.ground.done.update(self.world.read(truths.ends))
        self.ground.leave(self.world)
