"""What carriers' codes and words mean, as tables: what is in none of them is unknown and goes to a person."""

import re
from collections.abc import Mapping

from shop.courier.models import EventCode as E

KUAIDI100: Mapping[str, E] = {
    "101": E.LABEL_CREATED,
    "102": E.AWAITING_PICKUP,
    "1": E.PICKED_UP,
    "103": E.PICKED_UP,
    "0": E.IN_TRANSIT,
    "1002": E.IN_TRANSIT,
    "1003": E.IN_TRANSIT,
    "7": E.IN_TRANSIT,
    "1001": E.AT_DESTINATION,
    "5": E.OUT_FOR_DELIVERY,
    "501": E.AVAILABLE_FOR_PICKUP,
    "3": E.DELIVERED,
    "301": E.DELIVERED,
    "302": E.DELIVERED,
    "303": E.DELIVERED,
    "304": E.DELIVERED,
    "2": E.EXCEPTION,
    "201": E.EXCEPTION,
    "202": E.EXCEPTION,
    "204": E.EXCEPTION,
    "205": E.EXCEPTION,
    "206": E.EXCEPTION,
    "207": E.EXCEPTION,
    "208": E.EXCEPTION,
    "209": E.EXCEPTION,
    "14": E.REFUSED,
    "203": E.REFUSED,
    "6": E.RETURNING,
    "4": E.RETURNED,
    "401": E.CANCELLED,
    "210": E.CANCELLED,
    "8": E.CUSTOMS,
    "10": E.CUSTOMS,
    "11": E.CUSTOMS,
    "12": E.CUSTOMS,
    "13": E.CUSTOMS,
}
"""Kuaidi100's `state` and `statusCode`, by its table of fine states (快递单当前状态, resultv2)."""


def kuaidi100_event(code: str) -> E:
    """Return what a code of Kuaidi100's means.

    A fine code that came into the world after the table is still on the way when it begins with 100, where all of them
    are; any other is unknown. It is never delivered: goods' money hangs on that word.
    """
    known = KUAIDI100.get(code)
    if known is not None:
        return known
    return E.IN_TRANSIT if re.fullmatch(r"100\d", code) else E.UNKNOWN


NOT_YET = re.compile(r"无|未|不|没|失败|拒|退|请.{0,6}签收|待签收|等待|预计|即将|如.{0,8}签收|签收前|签收时|若")
"""Beside 签收 these say that nobody signed, or not yet."""

WORDS: tuple[tuple[str, E], ...] = (
    (r"退回.{0,8}签收|退件.{0,8}签收|退签|已退回(?:到)?(?:寄件|发件|中心)|退件已?(?:送达|签收)", E.RETURNED),
    (r"拒签|拒收|拒绝签收|不肯收", E.REFUSED),
    (r"退回|退件|退运|转退", E.RETURNING),
    (r"销单|已取消|撤单|取消寄件", E.CANCELLED),
    (
        r"无法|未能|失败|异常|滞留|破损|丢失|超区|联系不上|无人接听|地址(?:不详|错误|不清)|电话(?:错误|不通)|延误|未妥投",
        E.EXCEPTION,
    ),
    (r"驿站|快递柜|丰巢|自提|代收点|待取件|取件码", E.AVAILABLE_FOR_PICKUP),
    (r"已签收|签收人|妥投|代签|本人签收|已派送成功|签收", E.DELIVERED),
    (r"派送中|派件|正在派|正在为您派|投递", E.OUT_FOR_DELIVERY),
    (r"到达目的|到达派件", E.AT_DESTINATION),
    (r"已揽收|揽收|揽件|收寄|已收件|已取件", E.PICKED_UP),
    (r"待揽|等待揽", E.AWAITING_PICKUP),
    (r"已下单|接单", E.LABEL_CREATED),
    (r"到达|离开|已发出|发往|运输|转运|中转|干线|装车|下一站|封发|分拣", E.IN_TRANSIT),
)
"""Pasted words, the first that fits: what must not be missed stands above what would hide it."""

SIGNED_AT_LOCKER = re.compile(r"已签收|签收人|代签收|取件成功|已取出|已被取走")


def said_in_words(text: str) -> E:
    """Return what a pasted line says, or unknown: delivered only where nothing in it speaks against it."""
    squeezed = re.sub(r"\s+", "", text)
    is_doubtful = NOT_YET.search(squeezed) is not None
    fits = (code for pattern, code in WORDS if re.search(pattern, squeezed))
    found = next((code for code in fits if code is not E.DELIVERED or not is_doubtful), E.UNKNOWN)
    is_taken = found is E.AVAILABLE_FOR_PICKUP and not is_doubtful and SIGNED_AT_LOCKER.search(squeezed) is not None
    return E.DELIVERED if is_taken else found
