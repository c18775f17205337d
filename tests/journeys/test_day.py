"""A day of the demo town, played through its pages: thirty orders, nine households, and what goes wrong on such a day.

What was done once in a window for each kind of screen is done again without one, through the same pages and forms.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.demo import load
from shop.flows.payouts.checks import moved_by_hand
from shop.ledger.queries import balances
from shop.orders.models import OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts
from shop.orders.rules import NOT_COMING
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts, payments_of
from shop.settings import Settings, StripeSettings
from tests.journeys.after import finish_the_weeks_before
from tests.journeys.monday import (
    arrive,
    close_the_counter,
    drive,
    hand_everything_over,
    mend_the_booking,
    pack_everything,
    take_everything_in,
)
from tests.journeys.sunday import ask_the_households, buy_a_live_hen, buy_for_cash, buy_two_boxes, clear_the_desks
from tests.journeys.townsfolk import COUNTER, FINANCE, MANAGER, PACKER, PHONE, STAFF, TABLET, Day
from tests.support.browser import Windows
from tests.support.clock import SettableClock
from tests.support.kuaidi_server import KuaidiServer
from tests.support.stripe_server import StripeServer
from tests.world import World, day
from tests.world.books import assert_sound, at_provider
from tests.world.kuaidi import ACCOUNT


@pytest.fixture
def kuaidi(clock: SettableClock) -> Iterator[KuaidiServer]:
    """The stand-in for Kuaidi100."""
    with KuaidiServer(clock).serving() as made:
        yield made


@pytest.fixture
def stripe(clock: SettableClock) -> Iterator[StripeServer]:
    """The stand-in for Stripe."""
    with StripeServer(clock).serving() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, kuaidi: KuaidiServer, stripe: StripeServer) -> Settings:
    """The settings of a demo town that is paid through Stripe as well, and sends by Kuaidi100 first."""
    return replace(
        settings,
        couriers=("kuaidi100", "town", "manual"),
        kuaidi100=replace(ACCOUNT, api=kuaidi.url),
        stripe=StripeSettings(stripe.key, stripe.account.webhook_secret, stripe.url),
    )


@pytest.fixture
def today(
    world: World, app: Flask, windows: Windows, kuaidi: KuaidiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Day:
    """The demo town on a Sunday morning at ten."""
    monkeypatch.setattr(load, "PICTURE_WIDTH", 320)
    load.load(world.house)
    world.deliver()
    return Day(world, app, windows, kuaidi, tmp_path)


def test_a_day_of_the_town(today: Day, stripe: StripeServer) -> None:
    made = {who.name: day.buy(today.world, stripe.account, who) for who in day.BUYINGS}
    made |= {"林晓雨": buy_two_boxes(today), "何秀兰": buy_for_cash(today), "周小禾": buy_a_live_hen(today)}
    today.world.clock.advance(hours=10, minutes=10)  # ten past eight in the evening, after the cut-off
    made["钟强"] = day.buy(today.world, stripe.account, day.LATE)
    assert len(made) == 30
    today.world.tick()  # what several households bring together is shared out among them
    today.work()
    clear_the_desks(today)
    ask_the_households(today)
    today.world.clock.advance(hours=12)  # ten past eight in the morning
    take_everything_in(today, made)
    pack_everything(today, made)
    mend_the_booking(today, made["吴海燕"])
    hand_everything_over(today)
    drive(today, made["吴海燕"])
    arrive(today, made["林晓雨"])
    finish_the_weeks_before(today)
    close_the_counter(today, made)
    assert_everybody_is_done(today, made, stripe)


def assert_everybody_is_done(today: Day, made: dict[str, OrderFacts], stripe: StripeServer) -> None:
    """Assert that every order has ended, that all books agree and nothing is held, and that no queue has anything."""
    world = today.world
    world.clock.advance(minutes=30)
    world.tick()
    today.work()
    assert today.open_orders() == []
    assert_given_back(today, made)
    parts = [part for one in made.values() for part in today.order(one.code).parts]
    assert len({part.vendor_code for part in parts if part.state not in NOT_COMING}) == 9
    assert_sound(world)
    books = {one.code: one.fen for one in world.read(balances)}
    assert sum(books.values()) == 0
    carried = {code for code in books if code.startswith("loss:")}  # what weighed goods cost above their ceiling
    assert sum(books[code] for code in carried) == world.read(over_the_ceiling) > 0
    assert {code for code in books if not code.startswith("seller:")} - carried == {
        "bank",  # like the claim, from the weeks before this day
        "cash:centre",
        "claim_loss:packing",
        "commission",
        "delivery_income",
        "psp:demo",
        "psp:stripe",
        "psp_fee",
    }
    assert all(fen < 0 for code, fen in books.items() if code.startswith("seller:"))
    assert books["psp:demo"] == at_provider(world) + world.read(moved_by_hand)["psp:demo"]
    assert books["psp:stripe"] == stripe.account.held_fen()
    for phone, name in ((STAFF, "staff"), (PACKER, "packer"), (COUNTER, "counter"), (FINANCE, "finance")):
        page = today.window(phone, TABLET)
        page.goto("/staff")
        today.shot(page, f"today-done-{name}")
        expect(page.get_by_role("main")).to_contain_text("都清了")
    money = today.window(FINANCE, TABLET)
    money.goto("/staff/reconciliation")
    today.shot(money, "reconciliation")
    manager = today.window(MANAGER, PHONE)
    manager.goto("/staff")
    today.shot(manager, "today-done-manager")
    expect(manager.get_by_role("main")).to_contain_text("都清了")


def over_the_ceiling(session: Session) -> int:
    """Return what the goods that reached their buyers cost above the most their buyers may be asked for, in fen."""
    over = select(func.sum(OrderLine.weight_over_fen)).join(VendorOrder)
    return int(session.scalar(over.where(VendorOrder.state == VendorOrderState.DELIVERED)) or 0)


def assert_given_back(today: Day, made: dict[str, OrderFacts]) -> None:
    """Assert that five orders got back what is due, each once, and no other anything."""
    eggs, jar = line(made["林晓雨"], "林下散养土鸡蛋 30枚"), line(made["冯丽"], "老坛泡青菜1.5公斤")
    back = {
        "林晓雨": [("short", 4800 + eggs.freight_share_fen // 2)],  # one of two trays, with half their freight
        "吕芳": [("weight", 12_240 - 10_200)],  # ¥34 a 500 g: paid for 1,800 g, weighed 1,500 g
        "苏文静": [("weight", 10_560 - 9_240)],  # ¥44 a 500 g: paid for 1,200 g, weighed 1,050 g
        "冯丽": [("rejected", 3900 + jar.freight_share_fen)],
        "吴海燕": [("returned", 7800)],  # its freight was spent on the way
    }
    for name, one in made.items():
        paid = captured(today, one)
        assert [(refund.reason, refund.amount_fen) for refund in paid.refunds] == back.get(name, []), name
        assert paid.refunded_fen == sum(fen for _why, fen in back.get(name, []))


def line(one: OrderFacts, title: str) -> LineFacts:
    """Return an order's line."""
    return next(line for part in one.parts for line in part.lines if line.title == title)


def captured(today: Day, one: OrderFacts) -> PaymentFacts:
    """Return the payment that paid an order."""
    found = today.world.read(lambda session: payments_of(session, one.code))
    return next(payment for payment in found if payment.state is PaymentState.CAPTURED)
