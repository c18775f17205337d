"""What the buyer's pages share: their blueprint, and putting things into the basket."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid
from shop.orders import services
from shop.orders.queries.baskets import MAX_QUANTITY, BasketFacts
from shop.orders.views.browser import Whose, current_basket, follow_sign_in, keep_basket, keep_count, whose
from shop.orders.views.lines import prices_mark
from shop.web.audience import Audience, blueprint
from shop.web.house import edge, house
from shop.web.i18n import _

bp = blueprint("orders", __name__, Audience.PUBLIC)
bp.record_once(follow_sign_in)


def noting(shown: BasketFacts, buyer: Whose) -> Callable[[Session], None]:
    """Return the act that remembers the prices of a basket as its buyer has just seen them."""
    return lambda session: services.note_seen(session, shown, token=buyer.token, user_id=buyer.user_id)


def put(variant_id: int, quantity: int, *, add: bool, shown: str = "") -> str | None:
    """Put something into the basket; return in words why it would not go in, or None.

    Args:
        shown: the `prices_mark` of the page it was changed on: if these are the prices still, they were seen.
    """
    buyer, clock = whose(), house().clock
    current = current_basket() if shown else None
    seen = current if current is not None and prices_mark(current) == shown else None
    if buyer.user_id is None and buyer.token is None:
        buyer = Whose(new_token(), None)

    def act(session: Session) -> BasketFacts:
        if seen is not None:
            noting(seen, buyer)(session)
        return services.put_in_basket(
            session, variant_id, quantity, token=buyer.token, user_id=buyer.user_id, add=add, clock=clock
        )

    try:
        now = edge().run(act)
    except Invalid as refused:
        if refused.reason == "full":
            return _("篮子里最多放 %(n)d 样货，先结一次账吧。", n=services.MAX_LINES)
        return _("一样货最多放 %(n)d 份。", n=MAX_QUANTITY)
    keep_basket(buyer)
    keep_count(now)
    return None
