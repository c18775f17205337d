"""For managers: what staff did, the newest first, with who and why; each kind of act has its words here."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.kernel.audit import EntryFacts, entries
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.goods import page_number
from shop.web.house import reading

bp = blueprint("staff_acts", __name__, Audience.STAFF, prefix="/staff/acts", roles=("manager",))

PER_PAGE = 50

ACT_WORDS = {
    "staff_acting.acting": _l("记了代操作的同意书"),
    "staff_acting.add_helper": _l("添了家里帮忙的人"),
    "staff_acting.remove_helper": _l("去掉家里帮忙的人"),
    "staff_acting.revoke": _l("收回代操作的同意书"),
    "staff_applications.approve": _l("通过开店申请"),
    "staff_applications.refuse": _l("没让开店申请通过"),
    "staff_applications.seen": _l("看过带来的证"),
    "staff_applications.send_back": _l("退回开店申请"),
    "staff_cards.issue": _l("发登录卡"),
    "staff_cards.stop": _l("停登录卡"),
    "staff_catalog.answer_question": _l("替农户回问题"),
    "staff_catalog.approve": _l("换上改过的货"),
    "staff_catalog.decline": _l("没换改过的货"),
    "staff_catalog.edit": _l("替农户改货"),
    "staff_catalog.give_back": _l("退回新货"),
    "staff_catalog.hide_question": _l("隐去问题"),
    "staff_catalog.move_photo": _l("换了照片的次序"),
    "staff_catalog.photos": _l("加了照片"),
    "staff_catalog.publish": _l("让新货上架"),
    "staff_catalog.put_up": _l("把货再上架"),
    "staff_catalog.remove_photo": _l("拿掉照片"),
    "staff_catalog.restore_photo": _l("把照片拿回来"),
    "staff_catalog.suppliers": _l("定了谁家供货"),
    "staff_catalog.take_down": _l("把货取下来"),
    "staff_consignments.again": _l("又叫了一次快递"),
    "staff_consignments.collected": _l("处理好退回的一包"),
    "staff_consignments.counter": _l("记了柜台寄的单号"),
    "staff_consignments.look": _l("问了快递"),
    "staff_consignments.off": _l("不寄了"),
    "staff_consignments.pasted": _l("贴了快递的消息"),
    "staff_consignments.said": _l("记了听到的消息"),
    "staff_counter.hand_back": _l("在柜台退现金"),
    "staff_counter.hand_in": _l("收下送货人的现金"),
    "staff_counter.hand_over": _l("在柜台交货"),
    "staff_courier.reprice": _l("改了运费"),
    "staff_fulfilment.call_off_run": _l("取消收货车"),
    "staff_fulfilment.hear_demand": _l("记了农户的回话"),
    "staff_fulfilment.new_run": _l("排了收货车"),
    "staff_fulfilment.recall": _l("召回一批货"),
    "staff_fulfilment.run": _l("改了收货车"),
    "staff_notifications.retry": _l("叫后台再试"),
    "staff_papers.paper": _l("记下看过的证"),
    "staff_payments.settle": _l("处理对不上的账"),
    "staff_people.change": _l("改了谁管什么"),
    "staff_search.concept": _l("给词添名字"),
    "staff_search.handled": _l("找不到的词标了处理"),
    "staff_search.name": _l("给找不到的词认了名字"),
    "staff_search.new": _l("添了一样词"),
    "staff_search.remove": _l("去掉添的词"),
    "staff_shelves.add": _l("添了一类货架"),
    "staff_shelves.change": _l("改了货架"),
    "staff_town.add_holiday": _l("添了关门的日子"),
    "staff_town.add_village": _l("添了村"),
    "staff_town.edit": _l("改了镇上设置"),
    "staff_town.remove_holiday": _l("去掉关门的日子"),
    "staff_town.village": _l("改了村名"),
    "staff_vendors.leave": _l("公告这家不卖了"),
    "staff_vendors.restore": _l("让这家再卖"),
    "staff_vendors.stay": _l("收回不卖的公告"),
    "staff_vendors.suspend": _l("让这家停卖"),
}
"""What is written down of staff's acts: by the address of the form that was sent."""


@dataclass(frozen=True)
class ActRow:
    """One act; the thing it was done to by its code."""

    at: datetime
    what: str
    code: str
    who: str
    actor: str
    why: str


@bp.get("")
def acts() -> ResponseReturnValue:
    """Show what was done, by everybody or by one person."""
    who, page = request.args.get("who", "").strip()[:40], page_number(request.args.get("page"))
    found = entries(reading(), actor=who, page=page, per_page=PER_PAGE)
    names = actor_names({one.actor for one in found})
    return render_template(
        "staff/acts.html",
        rows=[_row(one, names.get(one.actor, one.actor)) for one in found[:PER_PAGE]],
        who=names.get(who, who),
        newer=url_for("staff_acts.acts", who=who or None, page=page - 1) if page > 1 else None,
        older=url_for("staff_acts.acts", who=who or None, page=page + 1) if len(found) > PER_PAGE else None,
    )


def _row(one: EntryFacts, who: str) -> ActRow:
    _kind, _colon, code = one.thing.partition(":")
    return ActRow(one.at, str(ACT_WORDS[one.act]), code, who, one.actor, one.reason)
