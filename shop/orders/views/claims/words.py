"""Claims in words: what is wrong, how they stand, and what their buyer is told next."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from shop.desk.models import ClaimKind, ClaimState
from shop.desk.queries import ClaimFacts
from shop.kernel.money import yuan
from shop.orders.views.words import Word
from shop.web.i18n import _, unit_word
from shop.web.units import PIECE

KIND_WORDS: Mapping[ClaimKind, str] = {
    ClaimKind.BROKEN: _l("破了、碎了"),
    ClaimKind.SPOILED: _l("坏了、蔫了"),
    ClaimKind.WRONG: _l("不是我买的"),
    ClaimKind.MISSING: _l("少了"),
    ClaimKind.SHORT_WEIGHT: _l("斤两不够"),
    ClaimKind.RETURN: _l("想退货"),
}
KIND_ICONS: Mapping[ClaimKind, str] = {
    ClaimKind.BROKEN: "crack",
    ClaimKind.SPOILED: "wilt",
    ClaimKind.WRONG: "mixed",
    ClaimKind.MISSING: "gap",
    ClaimKind.SHORT_WEIGHT: "scale",
    ClaimKind.RETURN: "back",
}
STATE_WORDS: Mapping[ClaimState, Word] = {
    ClaimState.OPEN: Word(_l("中心在看"), "waiting"),
    ClaimState.ACCEPTED: Word(_l("正在退钱"), "waiting"),
    ClaimState.DECLINED: Word(_l("没能赔"), "problem"),
    ClaimState.AWAITING_GOODS: Word(_l("等货回来"), "waiting"),
    ClaimState.RECEIVED: Word(_l("货到中心了"), "waiting"),
    ClaimState.PAID: Word(_l("退好了"), "done"),
    ClaimState.WITHDRAWN: Word(_l("自己收回了"), "info"),
}
WRONG: Mapping[tuple[str, str], Any] = {
    ("kind", "not_come"): _l("这样货还没有送到，到了再说。"),
    ("kind", "class"): _l("这样货不能无理由退。有坏的、不对的，选别的一项，拍张照片就行。"),
    ("kind", "late"): _l("过了能找售后的时间。还是想说，请打中心的电话。"),
    ("much", "range"): _l("没有那么多，看看数目。"),
    ("much", "again"): _l("这些已经找过售后了，一样不能赔两回。"),
    ("much", "weight"): _l("这样货没有写斤两，选别的一项，或者打中心的电话。"),
    ("photo", "empty"): _l("请拍一张照片，看得见哪里不好。"),
    ("photo", "many"): _l("照片最多四张。"),
    ("words", "length"): _l("话太长了，最多 300 个字。"),
    ("appeal", "length"): _l("话太长了，最多 300 个字。"),
    ("appeal", "empty"): _l("请写一句，中心好再看一次。"),
}
"""Why a claim is not taken, at which field."""


def much_words(claim: ClaimFacts) -> str:
    """Return how much is claimed, in its own measure: 3 个, 2 盒, 100 克; and what was granted, if that is less."""
    asked = _much(claim, claim.asked)
    if claim.granted is None or claim.granted == claim.asked:
        return asked
    return _("%(asked)s，赔了 %(granted)s", asked=asked, granted=_much(claim, claim.granted))


def _much(claim: ClaimFacts, much: int) -> str:
    if claim.kind is ClaimKind.SHORT_WEIGHT:
        return _("%(n)d 克", n=much)
    return f"{much} {unit_word(piece_unit(claim.line_pieces, claim.unit), much)}"


def piece_unit(pieces: int, unit: str) -> str:
    """Return what a piece of a line is called: of a board of eggs each egg."""
    return PIECE if pieces > 1 else unit


def money_way(*, is_cash: bool) -> str:
    """Return how and when the money reaches its buyer."""
    return _("到中心柜台来领") if is_cash else _("原路退回，两三天到")


def told_words(claim: ClaimFacts, *, is_cash: bool) -> str:
    """Return the one sentence that a claim's page begins with."""
    money = yuan(claim.amount_fen)
    if claim.state is ClaimState.ACCEPTED:
        return _("%(money)s %(way)s。", money=money, way=money_way(is_cash=is_cash))
    if claim.state is ClaimState.PAID:
        return _("%(money)s 退给您了。", money=money)
    if claim.state is ClaimState.OPEN:
        return _("中心的人会看，一天之内回您。")
    if claim.state is ClaimState.AWAITING_GOODS:
        if claim.kind is not ClaimKind.RETURN:  # a person asked for them, to see what is wrong
            return _("请把货送到或寄到中心，看过就定，最多退您 %(money)s。", money=money)
        return _("请把货送到或寄到中心，收到后七天内退您 %(money)s。", money=money)
    if claim.state is ClaimState.RECEIVED:
        is_return = claim.kind is ClaimKind.RETURN
        return _("货收到了，七天内退您钱。") if is_return else _("货收到了，看过就定，七天内回您。")
    if claim.state is ClaimState.WITHDRAWN:
        return _("您自己收回了。还在时间里的话，可以再说一次。")
    return _("原因写在下面。不同意可以再说一次。") if claim.appealed_at is None else _("再看过一次，原因写在下面。")
