"""What the steps of joining are called, and what is said when something in them cannot be."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.vendors.joining.models import PayWay, Proof
from shop.vendors.joining.rules import LONGEST_BANK, LONGEST_NAME, LONGEST_NUMBER, MOST_GOODS, MOST_YEARS, Need
from shop.vendors.models import Standing
from shop.web.i18n import _

STANDING_WORDS: Mapping[Standing, tuple[str, str]] = {
    Standing.SELF_PRODUCED: (_l("自家种的养的"), _l("不用办执照")),
    Standing.HANDICRAFT: (_l("自家手工做的"), _l("不用办执照")),
    Standing.REGISTERED: (_l("有营业执照"), _l("公司、个体户")),
    Standing.COOPERATIVE: (_l("合作社"), _l("农民专业合作社")),
    Standing.COLLECTIVE: (_l("村集体"), _l("村、组的集体经济组织")),
}
STANDING_ICONS: Mapping[Standing, str] = {
    Standing.SELF_PRODUCED: "leaf",
    Standing.HANDICRAFT: "basket",
    Standing.REGISTERED: "stall",
    Standing.COOPERATIVE: "person",
    Standing.COLLECTIVE: "house",
}

PROOF_WORDS: Mapping[Proof, str] = {
    Proof.OWN_WORK: _l("自家的地、圈或手艺"),
    Proof.REGISTRATION: _l("营业执照"),
    Proof.WORKSHOP_FILING: _l("小作坊备案证"),
    Proof.FOOD_LICENCE: _l("食品生产许可证"),
    Proof.QUARANTINE: _l("动物检疫合格证明"),
    Proof.LIQUOR_LICENCE: _l("酒类许可"),
}
PROOF_HINTS: Mapping[Proof, str] = {
    Proof.OWN_WORK: _l("拍一张自家的地、圈舍，或者正在做活的样子。"),
    Proof.REGISTRATION: _l("把整张执照拍进去，字要看得清。"),
    Proof.WORKSHOP_FILING: _l("把整张证拍进去，字要看得清。"),
    Proof.FOOD_LICENCE: _l("把整张证拍进去，字要看得清。"),
    Proof.QUARANTINE: _l("把整张证拍进去，字要看得清。"),
    Proof.LIQUOR_LICENCE: _l("把整张证拍进去，字要看得清。"),
}

PAY_WORDS: Mapping[PayWay, tuple[str, str]] = {
    PayWay.BANK: (_l("打到银行卡"), _l("写卡号")),
    PayWay.WECHAT: (_l("转到微信"), _l("写微信号")),
    PayWay.CASH: (_l("到中心领现金"), _l("什么都不用写")),
}
PAY_ICONS: Mapping[PayWay, str] = {PayWay.BANK: "money", PayWay.WECHAT: "phone", PayWay.CASH: "house"}

WRONG: Mapping[tuple[str, str], str] = {
    ("name", "missing"): _l("写一下您家怎么称呼。"),
    ("name", "long"): _l("最多 %(n)d 个字。", n=LONGEST_NAME),
    ("name", "signs"): _l("只写字就行，不要表情和符号。"),
    ("person", "missing"): _l("写一下您的名字。"),
    ("person", "long"): _l("最多 %(n)d 个字。", n=LONGEST_NAME),
    ("person", "signs"): _l("只写字就行，不要表情和符号。"),
    ("village", "unknown"): _l("点一个村。"),
    ("goods", "missing"): _l("至少点一样。"),
    ("goods", "many"): _l("最多点 %(n)d 样，先挑主要的。", n=MOST_GOODS),
    ("number", "missing"): _l("写一下证上的号。"),
    ("number", "long"): _l("最多 %(n)d 个字。", n=LONGEST_NUMBER),
    ("number", "shape"): _l("执照上的“统一社会信用代码”是 18 位，照着写一遍。"),
    ("number", "check"): _l("有一位写错了，对着执照再看一遍。"),
    ("until", "missing"): _l("写一下证上写的到哪天为止，比如 2027-05-31。"),
    ("until", "ended"): _l("这一天已经过了。看看是不是写错了；真到期了，先去换新证。"),
    ("until", "far"): _l("这一天太远了，没有证能用 %(n)d 年以上，看看年份。", n=MOST_YEARS),
    ("photo", "missing"): _l("还没有照片。点上面的框拍一张，或者点下面的“带到中心”。"),
    ("holder", "missing"): _l("写一下户名。"),
    ("holder", "long"): _l("最多 %(n)d 个字。", n=LONGEST_NAME),
    ("holder", "signs"): _l("只写字就行，不要表情和符号。"),
    ("bank", "missing"): _l("写一下哪个银行。"),
    ("bank", "long"): _l("最多 %(n)d 个字。", n=LONGEST_BANK),
    ("bank", "signs"): _l("只写字就行，不要表情和符号。"),
}
"""By field and reason of a refusal, what is said at the field."""

WRONG_ACCOUNT: Mapping[tuple[PayWay, str], str] = {
    (PayWay.BANK, "missing"): _l("写一下卡号。"),
    (PayWay.BANK, "shape"): _l("银行卡号是 15 到 19 位数字，照着卡写一遍。"),
    (PayWay.BANK, "check"): _l("卡号有一位写错了，对着卡再看一遍。"),
    (PayWay.WECHAT, "missing"): _l("写一下微信号，或者微信绑的手机号。"),
    (PayWay.WECHAT, "shape"): _l("这不像微信号。在微信“我”那一页，名字下面就是。"),
}


def wanted(need: Need) -> str:
    """Return what a need asks for, in words: any one of its proofs."""
    return _("或者").join(str(PROOF_WORDS[proof]) for proof in need.proofs)


def wanted_for(need: Need) -> str:
    """Return for which goods a need asks, in words; empty when the standing asks."""
    return _("卖%(goods)s要", goods="、".join(need.goods)) if need.goods else ""
