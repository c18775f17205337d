"""The demo town's settlements: two people pay last week's, and this week's waits for the second of them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.queries import person_by_phone
from shop.flows.payouts import approving, confirming, drafting, exporting, purses
from shop.flows.payouts.drafting import Terms
from shop.kernel.actor import Actor
from shop.kernel.clock import TOWN_ZONE, Clock, town_day
from shop.kernel.errors import WrongState
from shop.ledger.payouts.queries import payouts_of, run_by_code
from shop.ledger.queries import balance
from shop.ledger.rules import BANK, psp
from shop.vendors.joining.models import PayWay
from shop.vendors.joining.payout import seal, write_payout
from shop.vendors.joining.rules import Account
from shop.vendors.queries import vendor_in_any_state
from shop.web.house import House


def settle_last(house: House, data: Mapping[str, Any], *, actor: Actor) -> None:
    """Let the provider pay out to the bank, and two people of the centre pay households for what was collected so far.

    Args:
        data: as `data/settlements.toml` tells.
        actor: who notes how households are paid.
    """
    for row in data["accounts"]:
        _tell(house, row, actor=actor, clock=_at(house.clock, row["days"], 9))
    first, second = (_person(house, data[who]) for who in ("drafter", "approver"))
    then = _at(house.clock, data["days"], data["hour"])
    with house.edge.reading() as session:
        held = balance(session, psp(data["provider"]))
    came = partial(purses.move, way=(psp(data["provider"]), BANK), amount_fen=held, moved_on=town_day(then()))
    house.edge.run(partial(came, reference=data["reference"], actor=first, clock=then))
    code = house.edge.run(partial(drafting.draft, terms=_terms(house), actor=first, clock=then))
    house.edge.run(partial(approving.approve, code=code, actor=second, clock=then))
    house.edge.run(partial(exporting.export, code=code, actor=first, clock=then))
    with house.edge.reading() as session:
        pay_on, payouts = run_by_code(session, code).pay_on, payouts_of(session, code)
    paid_at = min(datetime.combine(pay_on, time(data["hour"]), TOWN_ZONE), house.clock())
    for number, payout in enumerate(payouts, 1):
        reference = f"{pay_on:%Y%m%d}{number:05d}"
        done = partial(confirming.paid, code=payout.code, paid_on=town_day(paid_at), reference=reference, actor=first)
        house.edge.run(partial(done, clock=lambda: paid_at))


def draft_this_week(house: House, data: Mapping[str, Any]) -> None:
    """Let this week's settlement wait for a second person, where its pay day is not last week's."""
    first = _person(house, data["drafter"])
    with suppress(WrongState):  # around holidays last week's pay day may still be to come
        house.edge.run(partial(drafting.draft, terms=_terms(house), actor=first, clock=house.clock))


def _terms(house: House) -> Terms:
    return Terms(house.settings.least_payout_yuan * 100, house.settings.payout_wait_days)


def _tell(house: House, row: Mapping[str, Any], *, actor: Actor, clock: Clock) -> None:
    sealed = seal(house.vault, Account(PayWay(row["way"]), row["holder"], row.get("bank", ""), row["number"]))

    def act(session: Session) -> None:
        vendor = vendor_in_any_state(session, row["vendor"])
        assert vendor is not None, "the demo has this household"
        write_payout(session, vendor.id, sealed, clock(), actor=actor, clock=clock)

    house.edge.run(act)


def _person(house: House, phone: str) -> Actor:
    with house.edge.reading() as session:
        person = person_by_phone(session, phone)
    assert person is not None, "the demo has this person"
    return Actor(user_id=person.id, label=person.code, roles=person.roles)


def _at(clock: Clock, days: int, hour: int) -> Clock:
    then = datetime.combine(town_day(clock()) - timedelta(days=days), time(hour), TOWN_ZONE)
    return lambda: min(then, clock())
