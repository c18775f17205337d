"""Claims in words: what is wrong, where a claim stands, who bears it, and how much of it there is."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.desk.models import Bearer, ClaimKind, ClaimState, HouseholdWord
from shop.web.i18n import _

K, S = ClaimKind, ClaimState

KIND_WORDS: Mapping[ClaimKind, str] = {
    K.BROKEN: _l("破了、压坏了"),
    K.SPOILED: _l("坏了、不新鲜"),
    K.WRONG: _l("发错了"),
    K.MISSING: _l("少了"),
    K.SHORT_WEIGHT: _l("分量不够"),
    K.RETURN: _l("不想要了，要退"),
}
STATE_WORDS: Mapping[ClaimState, tuple[str, str]] = {
    S.OPEN: (_l("中心在看"), "waiting"),
    S.ACCEPTED: (_l("同意赔，钱在退"), "info"),
    S.DECLINED: (_l("没有赔"), "problem"),
    S.AWAITING_GOODS: (_l("等货回来"), "waiting"),
    S.RECEIVED: (_l("货回来了，等退钱"), "waiting"),
    S.PAID: (_l("赔好了"), "done"),
    S.WITHDRAWN: (_l("买家收回了"), "info"),
}
"""Where a claim stands, with the tone of its seal."""
BEARER_WORDS: Mapping[Bearer, str] = {
    Bearer.COURIER: _l("算快递的"),
    Bearer.PACKING: _l("算打包的"),
    Bearer.HOUSEHOLD: _l("算农户的"),
    Bearer.TOWN: _l("算镇上的"),
}
"""Who bears what was lost."""
HOUSEHOLD_WORDS: Mapping[HouseholdWord, str] = {
    HouseholdWord.OURS: _l("是我的"),
    HouseholdWord.NOT_OURS: _l("不是我的，请中心看"),
}
"""What a household says to a claim against its goods."""


def much_words(kind: ClaimKind, much: int, unit: str, line_pieces: int) -> str:
    """Return how much is claimed: grams of weight, else pieces; a unit of one piece by its own name."""
    if kind is K.SHORT_WEIGHT:
        return _("%(n)d 克", n=much)
    return f"{much} {unit}" if line_pieces == 1 else _("%(n)d 个", n=much)
