"""The books in words: what an entry is, what an account holds, and whose it is."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.courier.queries import carrier_name
from shop.web.i18n import _
from shop.web.words import GATEWAY_WORDS

ENTRY_WORDS = {
    "captured": _l("买家付款"),
    "refund_asked": _l("要退给买家"),
    "refunded": _l("退到买家了"),
    "refunded_there": _l("在收款渠道那边退的"),
    "fee": _l("收款渠道的手续费"),
    "refund_failed": _l("没退成，转回来"),
    "claim_asked": _l("赔给买家"),
    "claim_failed": _l("没赔成，转回来"),
    "claim_moved": _l("赔的钱改算别人的"),
    "released": _l("送到后分钱"),
    "made_good": _l("没送成，照样算给农户"),
    "handed_in": _l("送货人交来现金"),
    "payout": _l("结账，要付给农户"),
    "payout_paid": _l("付到农户手里了"),
    "payout_failed": _l("没付成，又记回农户名下"),
    "moved": _l("收款渠道、银行、柜台之间"),
}
ACCOUNT_WORDS = {
    "psp": _l("收款渠道里的钱"),
    "held": _l("买家付了、还没分的钱"),
    "seller": _l("欠农户的钱"),
    "refunds_in_transit": _l("正在退给买家的钱"),
    "commission": _l("中心的服务费"),
    "delivery_income": _l("运费收入"),
    "cash": _l("中心收的现金"),
    "courier": _l("送货人手里的现金"),
    "bank": _l("中心银行账上的钱"),
    "payouts_in_transit": _l("正在付给农户的钱"),
    "psp_fee": _l("收款渠道的手续费"),
    "loss": _l("镇上垫的钱"),
    "claims_on": _l("该向快递要的赔款"),
    "claim_loss": _l("中心赔给买家的钱"),
}
"""What each account of the chart holds; the part after the colon names whose it is."""
CAUSE_WORDS = {
    "packing": _l("装箱没装好"),
    "courier": _l("自己的车路上坏的"),
    "town": _l("说不清谁的错"),
}
"""Why the centre itself bears a claim, by the second part of its account."""


def whose(code: str, names: Mapping[str, str]) -> str:
    """Return whose money an account holds, by its code; a vendor's from their names."""
    prefix, _colon, owner = code.partition(":")
    if prefix == "held":
        return _("订单 %(code)s", code=owner)
    if prefix == "seller" or (prefix == "loss" and owner):
        return names.get(owner, owner)
    if prefix == "claims_on":
        return carrier_name(owner, owner)
    if prefix == "claim_loss":
        return str(CAUSE_WORDS[owner])
    if prefix == "psp":
        return str(GATEWAY_WORDS.get(owner, owner))
    return _("镇上")
