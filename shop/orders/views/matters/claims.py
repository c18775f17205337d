"""Claims as matters of their buyer: waiting for the centre, for the goods, for the money."""

from collections.abc import Mapping
from datetime import datetime

from flask import url_for

from shop.desk.models import ClaimState
from shop.desk.queries import ClaimFacts
from shop.kernel.money import yuan
from shop.orders.views.claims.words import STATE_WORDS, much_words, told_words
from shop.orders.views.matters.matter import Matter, Turn, bar
from shop.web.carriage import Stage
from shop.web.i18n import _
from shop.web.words import town_date, town_time

S = ClaimState
TURNS: Mapping[ClaimState, Turn] = {
    S.OPEN: Turn.HOUSE,
    S.ACCEPTED: Turn.HOUSE,
    S.RECEIVED: Turn.HOUSE,
    S.AWAITING_GOODS: Turn.BUYER,
    S.DECLINED: Turn.NOBODY,
    S.PAID: Turn.NOBODY,
    S.WITHDRAWN: Turn.NOBODY,
}

DATED = frozenset({S.OPEN, S.AWAITING_GOODS, S.RECEIVED})
"""Where somebody has to do something by a day."""


def of_claim(claim: ClaimFacts, now: datetime) -> Matter:
    """Return a claim as a matter of whoever may see its order; how its money comes is told on its own page."""
    turn = TURNS[claim.state]
    return Matter(
        icon="camera",
        kind=_("售后"),
        title=f"{claim.title} · {much_words(claim)}",
        word=STATE_WORDS[claim.state],
        bar=() if claim.state in (S.DECLINED, S.WITHDRAWN) else _bar(claim.state),
        told=_told(claim, now),
        action=(
            _("看怎么退") if turn is Turn.BUYER else _("看看办到哪里"),
            url_for("claims.claim", code=claim.order_code, claim=claim.code),
        ),
        turn=turn,
        at=claim.asked_at,
    )


def _told(claim: ClaimFacts, now: datetime) -> str:
    money = yuan(claim.amount_fen)
    if claim.state is S.ACCEPTED:
        return _("退您 %(money)s。", money=money)
    if claim.due_at is None or claim.state not in DATED:
        return told_words(claim, is_cash=False)
    if claim.state is S.AWAITING_GOODS:
        day = town_date(claim.due_at)
        return _("请在%(day)s以前送到或寄到中心，收到后七天内退您 %(money)s。", day=day, money=money)
    if now > claim.due_at:
        return _("比说好的晚了，可以打中心的电话催。")
    if claim.state is S.RECEIVED:
        return _("货收到了，最晚%(day)s退您钱。", day=town_date(claim.due_at))
    return _("中心的人会看，%(at)s以前回您。", at=town_time(claim.due_at))


def _bar(state: ClaimState) -> tuple[Stage, ...]:
    if state in (S.AWAITING_GOODS, S.RECEIVED):
        return bar((_("您说了"), _("货回来"), _("看货"), _("退钱")), 1 if state is S.AWAITING_GOODS else 2)
    return bar((_("您说了"), _("中心看"), _("退钱")), 1 if state is S.OPEN else 2, is_over=state is S.PAID)
