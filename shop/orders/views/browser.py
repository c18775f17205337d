"""What this browser holds in its signed cookie: whose basket it is, how full, and which orders it may look at."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import session as cookie
from flask.blueprints import BlueprintSetupState
from flask_login import user_logged_in
from sqlalchemy.orm import Session

from shop.kernel.clock import town_day
from shop.kernel.codes import clean_code
from shop.kernel.errors import NotFound
from shop.orders import services
from shop.orders.queries.baskets import BasketFacts, basket
from shop.orders.queries.orders import OrderFacts, order_by_code, order_of_member
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.login import SignedIn
from shop.web.shell import say

TOKEN, COUNT, KNOWN = "basket", "basket_count", "orders"
"""Cookie keys: the visitor's basket, how many pieces are in it, and the codes of orders placed or proved here."""
MOST_KNOWN = 20


@dataclass(frozen=True)
class Whose:
    """Whose basket it is: a member's, or this browser's."""

    token: str | None
    user_id: int | None


def today() -> date:
    """Return the town's present day."""
    return town_day(house().clock())


def whose() -> Whose:
    """Return whose basket this request is about; a visitor who never put anything in has none."""
    user_id = current_actor().user_id
    return Whose(None if user_id is not None else cookie.get(TOKEN), user_id)


def current_basket() -> BasketFacts:
    """Return the basket as it stands now."""
    buyer = whose()
    return basket(reading(), token=buyer.token, user_id=buyer.user_id, today=today())


def keep_basket(buyer: Whose) -> None:
    """Keep a visitor's basket over the closing of the browser."""
    if buyer.token is not None:
        cookie[TOKEN] = buyer.token
        cookie.permanent = True


def keep_count(basket: BasketFacts) -> None:
    """Keep how many pieces there are, so that no page has to ask for the number beside the basket."""
    if cookie.get(COUNT, 0) != basket.count:
        cookie[COUNT] = basket.count


def known_orders() -> list[str]:
    """Return the codes of the orders this browser may look at, newest first."""
    return list(reversed(cookie.get(KNOWN, [])))


def remember_order(code: str) -> None:
    """Let this browser look at an order: it placed it, or proved the phone."""
    others = [kept for kept in cookie.get(KNOWN, []) if kept != code]
    cookie[KNOWN] = [*others, code][-MOST_KNOWN:]
    cookie.permanent = True


def own_order(code: str) -> OrderFacts:
    """Return an order to its signed-in buyer, or to the browser that placed it or proved the phone.

    Raises:
        NotFound: it is another's, which must look the same as none.
    """
    user_id, wanted = current_actor().user_id, clean_code(code)
    if wanted in known_orders():
        return order_by_code(reading(), wanted)
    if user_id is None:
        raise NotFound("order")
    return order_of_member(reading(), wanted, user_id)


def _take_basket_along(_app: Any, user: SignedIn) -> None:
    token, on, clock = cookie.pop(TOKEN, None), today(), house().clock

    def act(session: Session) -> tuple[int, BasketFacts]:
        left_out = 0 if token is None else services.merge_baskets(session, token, user.user_id, clock=clock)
        return left_out, basket(session, token=None, user_id=user.user_id, today=on)

    left_out, merged = edge().run(act)
    keep_count(merged)
    if left_out:
        most = services.MAX_LINES
        say("mind", _("篮子最多放 %(most)d 样货，有 %(n)d 样没放下，结了账再来放。", most=most, n=left_out))


def follow_sign_in(state: BlueprintSetupState) -> None:
    """Pour the browser's basket into the member's own at the moment of signing in, which is always a POST."""
    user_logged_in.connect(_take_basket_along, state.app)
