"""Ways of paying as buyers read them."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.web.i18n import _

CASH = "cash"
ONLINE_WORDS: Mapping[str, tuple[str, str]] = {
    "demo": (_l("演示付款"), _l("假装付一回，不扣真钱。")),
    "stripe": (_l("网上付款"), _l("银行卡、支付宝、微信，下一页里选。")),
}


def paying_words(gateway: str, *, is_collected: bool) -> tuple[str, str]:
    """Return what a way of paying is called, and a sentence about it.

    Args:
        is_collected: the goods are fetched at the centre, where cash is then paid.
    """
    if gateway == CASH:
        if is_collected:
            return _("到店付现"), _("来取的时候在中心付现金。")
        return _("货到付现"), _("送到门口的时候付现金。")
    name, sentence = ONLINE_WORDS.get(gateway, (_("网上付款"), _("到付款那边的页面去付。")))
    return str(name), str(sentence)
