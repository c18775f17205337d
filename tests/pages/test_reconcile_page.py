"""The bench's page about money that does not agree: what stands there, and how a person settles it."""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.flows import reconcile, settle
from shop.payments.gateways.protocol import Snapshot
from shop.payments.models import DemoRefund, PaymentState
from shop.payments.queries import unprocessed_events
from shop.payments.reconciling import open_differences, parked_events, payments_to_review
from shop.web.house import EXTENSION
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import (
    Market,
    captured,
    demo,
    fill_basket,
    listing,
    paid_order,
    place,
    start,
    variant_id,
)

PAGE = "/staff/reconciliation"


def _add(back: DemoRefund, session: Session) -> None:
    session.add(back)


def _compare(at: Market) -> None:
    world = at.world
    reconcile.reconcile_all(world.edge, world.house.gateways, clock=world.clock)


def _differs(at: Market) -> str:
    """Let the provider lose a payment, and return its order's code."""
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    at.world.run(lambda session: session.execute(text("UPDATE demo_charge SET state = 'open'")))
    _compare(at)
    return made.code


def _settle(staff: Pages, note: str, status: int = 200) -> None:
    form = staff.get(PAGE).form("处理好了")
    (name,) = (name for name in form.values if name.endswith("note"))
    words: dict[str, Any] = {name: note}
    staff.submit_form("处理好了", status, **words)


def test_where_all_agrees_the_page_says_so_with_its_last_runs(at: Market, staff: Pages) -> None:
    assert "都对得上" in staff.get(PAGE).main
    paid_order(at, {variant_id(at, listing(at)): 1})
    _compare(at)
    page = staff.get(PAGE).main
    assert "都对得上" in page
    assert "对完了" in page


def test_a_difference_shows_both_amounts_and_ends_with_a_persons_words(at: Market, staff: Pages) -> None:
    code = _differs(at)
    page = staff.get(PAGE).main
    for words in ("我们记了收款，渠道没有", code, "我们的账", "渠道的账", "先别发货"):
        assert words in page
    _settle(staff, "银行查过，第二天到")
    assert at.world.read(open_differences) == []
    page = staff.get(PAGE).main
    assert "都对得上" in page
    assert "银行查过，第二天到" in page


def test_nothing_is_settled_without_words(at: Market, staff: Pages) -> None:
    _differs(at)
    before = footprint(at.world)
    _settle(staff, " ", 422)
    assert len(at.world.read(open_differences)) == 1
    assert footprint(at.world) == before


def test_a_parked_event_waits_with_all_of_its_kind_and_is_settled_with_them(at: Market, staff: Pages) -> None:
    world = at.world
    for kind in ("charge.paid", "charge.updated"):
        event = demo(at).event("demo_unknown", kind, now=world.clock())
        settle.receive_event(world.edge, world.house.gateways, "demo", *event, clock=world.clock)
    page = staff.get(PAGE).main
    assert page.count("渠道说有一笔付款，我们没有这笔") == 1
    assert "charge.paid、charge.updated" in page
    _settle(staff, "是试机的")
    assert world.read(parked_events) == []
    assert world.read(lambda session: unprocessed_events(session, world.house.gateways)) == []
    assert "都对得上" in staff.get(PAGE).main


def test_a_payment_of_another_amount_waits_and_is_not_asked_about_again(at: Market, staff: Pages) -> None:
    world = at.world
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    said = Snapshot(start(at, placed), placed.payment_code, PaymentState.CAPTURED, "CNY", 1, 0)
    world.run(lambda session: settle.apply(session, said, clock=world.clock))
    page = staff.get(PAGE)
    assert "没算作付款" in page.main
    assert "把付来的退给买家，请买家重新付" in page.main
    _settle(staff, "在渠道退了")
    world.run(lambda session: settle.apply(session, said, clock=world.clock))
    assert world.read(payments_to_review) == []


def test_each_refund_made_there_waits_for_its_own_decision(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    ref = captured(at, made.code).provider_ref
    for number in (1, 2):
        back = DemoRefund(ref=f"demo_re_{number}", key=f"by hand {number}", charge_ref=ref, amount_fen=100 * number)
        at.world.run(partial(_add, back))
        _compare(at)
        assert "有人在渠道后台退了款" in staff.get(PAGE).main
        _settle(staff, "和买家说好的")
        assert at.world.read(payments_to_review) == []


def test_what_is_not_there_is_not_settled(at: Market, staff: Pages) -> None:
    _differs(at)
    token = staff.get(PAGE).token()
    for path in ("difference/999", "difference/x", "event/999", "payment/nobody", "order/1"):
        what = path.replace("/", "-")
        answer = staff.client.post(f"{PAGE}/{path}", data={"csrf_token": token, f"{what}-note": "好了"})
        assert answer.status_code == 404, path


def test_a_comparison_that_does_not_come_to_its_end_is_said(at: Market, staff: Pages) -> None:
    _compare(at)
    with at.world.edge.transaction() as session:
        session.execute(text("UPDATE reconciliation SET ended_at = NULL"))
    assert "很久没对账" in staff.get(PAGE).main


def test_a_gateway_that_is_off_while_money_waits_at_it_is_named(at: Market, app: Flask, staff: Pages) -> None:
    start(at, place(at, fill_basket(at, {variant_id(at, listing(at)): 1})))
    assert "停用了" not in staff.get(PAGE).main
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], gateways={})
    page = staff.get(PAGE).main
    assert "演示收款停用了" in page
    assert "还有 1 笔收款、0 笔退款问不到结果" in page
