"""A statement on paper, the same for its household and for the centre, and settlements in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from shop.flows.statements import Statement
from shop.kernel.money import yuan
from shop.ledger.payouts.models import PayoutState, PayoutWay, RunState, Wait
from shop.ledger.payouts.queries import StatementFacts
from shop.town.queries import TownFacts, the_town
from shop.vendors.queries import VendorFacts
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.words import account_tail, town_date

RUN_WORDS: Mapping[RunState, tuple[Any, str]] = {
    RunState.DRAFTED: (_l("等人核准"), "waiting"),
    RunState.APPROVED: (_l("核准了，等着付"), "waiting"),
    RunState.EXPORTED: (_l("正在付"), "info"),
    RunState.ENDED: (_l("结清了"), "done"),
}
PAYOUT_WORDS: Mapping[PayoutState, tuple[Any, str]] = {
    PayoutState.DUE: (_l("等着付"), "waiting"),
    PayoutState.EXPORTED: (_l("正在付"), "info"),
    PayoutState.PAID: (_l("付了"), "done"),
    PayoutState.FAILED: (_l("没付成"), "problem"),
}
"""What became of money for a household, and the tone of its seal."""
WAY_WORDS: Mapping[PayoutWay, Any] = {
    PayoutWay.BANK: _l("银行卡"),
    PayoutWay.WECHAT: _l("微信"),
    PayoutWay.CASH: _l("现金"),
}
WAIT_WORDS: Mapping[Wait, Any] = {
    Wait.NOTHING: _l("没有要付的"),
    Wait.OWING: _l("倒欠，从往后卖的里扣"),
    Wait.LITTLE: _l("不够一次付的数，攒到下次"),
    Wait.NO_ACCOUNT: _l("还没说钱怎么给"),
    Wait.NEW_ACCOUNT: _l("收款的账户刚改过，等几天"),
}
OWN_WAIT_WORDS: Mapping[Wait, Any] = {
    Wait.NOTHING: _l("这次没有要付您的。"),
    Wait.OWING: _l("倒欠的从往后卖的钱里扣，不用您拿出来。"),
    Wait.LITTLE: _l("钱不多，攒到下次一起付。"),
    Wait.NO_ACCOUNT: _l("您还没说钱怎么给您。说了就付，也可以来中心拿现金。"),
    Wait.NEW_ACCOUNT: _l("收款的账户刚改过，怕不是您自己改的，过几天再付。急用就来中心拿现金。"),
}
"""The same as a household reads it on its own statement."""


@dataclass(frozen=True)
class StatementPage:
    """A statement as it is printed.

    Attributes:
        sold: words and fen, which sum to what the goods brought the household.
        account: words and fen, which sum to what it is owed.
        outcome: what becomes of that.
        rows: the legs behind the figures, one by one.
    """

    title: str
    period: str
    vendor: VendorFacts
    town: TownFacts
    sold: tuple[tuple[str, int, None], ...]
    earned_fen: int
    account: tuple[tuple[str, int, None], ...]
    closing_fen: int
    to_pay_fen: int
    outcome: str
    rows: tuple[Any, ...]
    back: str


def statement_page(found: Statement, rows: tuple[Any, ...], back: str) -> StatementPage:
    """Return a statement as it is printed, whoever reads it.

    Args:
        rows: its lines as a household reads them.
        back: where the reader came from.
    """
    facts, sums = found.facts, found.facts.sums
    sold = [(_("买家要的"), sums.asked_fen)]
    sold += [
        (words, fen)
        for words, fen in (
            (_("没有的、没收下的"), -sums.missing_fen),
            (_("过秤轻了，退的"), -sums.light_fen),
            (_("中心服务费"), -sums.fee_fen),
            (_("称出来比最多的还重，中心补给您"), sums.over_fen),
            (_("有问题，赔给买家的"), -sums.claims_fen),
            (_("别的退给买家的"), -sums.refunds_fen),
        )
        if fen
    ]
    account = [(_("上次余下的") if sums.before_fen >= 0 else _("上次倒欠的"), sums.before_fen)]
    account += [(_("这次算给您"), sums.earned_fen)]
    account += [
        (words, fen)
        for words, fen in ((_("上次没付成的"), sums.returned_fen), (_("另外付过的"), -sums.paid_fen))
        if fen
    ]
    return StatementPage(
        title=_("%(day)s结的账", day=town_date(facts.pay_on)),
        period=period(facts),
        vendor=found.vendor,
        town=the_town(reading()),
        sold=tuple((words, fen, None) for words, fen in sold),
        earned_fen=sums.earned_fen,
        account=tuple((words, fen, None) for words, fen in account),
        closing_fen=sums.closing_fen,
        to_pay_fen=facts.to_pay_fen,
        outcome=_outcome(facts),
        rows=rows,
        back=back,
    )


def period(facts: StatementFacts) -> str:
    """Return from when until when a statement reckons, in words."""
    until = town_date(facts.until_on)
    if facts.since_on is None:
        return _("到%(until)s", until=until)
    return _("%(since)s到%(until)s", since=town_date(facts.since_on), until=until)


def how_paid(way: PayoutWay, tail: str) -> str:
    """Return how money goes, with the end of the account's number."""
    return _("%(way)s，%(tail)s", way=WAY_WORDS[way], tail=account_tail(tail)) if tail else str(WAY_WORDS[way])


def _outcome(facts: StatementFacts) -> str:
    if facts.wait is not None:
        return str(OWN_WAIT_WORDS[facts.wait])
    assert facts.way is not None, "the table's check says so"
    how = how_paid(facts.way, facts.tail)
    if facts.state is PayoutState.PAID and facts.paid_on is not None:
        return _("%(day)s付给您了（%(how)s）。", day=town_date(facts.paid_on), how=how)
    if facts.state is PayoutState.FAILED:
        return _("没付成：%(why)s。钱还是您的，下次再付。", why=facts.reason)
    return _("%(day)s付给您（%(how)s）。", day=town_date(facts.pay_on), how=how)


def settled_words(facts: StatementFacts) -> str:
    """Return in few words what a settlement came to for its household."""
    if facts.wait is not None or facts.state is None:
        return _("没付，余下 %(fen)s", fen=yuan(facts.carried_fen)) if facts.carried_fen else _("没有要付的")
    return f"{PAYOUT_WORDS[facts.state][0]} {yuan(facts.to_pay_fen)}"
