"""What is kept of a person, in words: each subject, each column, each value."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from shop.accounts.models import Device, How, Role, Viewed, ViewReason
from shop.accounts.views.sign_ins import DEVICE_WORDS, HOW_WORDS
from shop.accounts.views.staff_people import ROLE_WORDS
from shop.catalog.models import ListingState
from shop.courier.models import ShipmentKind, ShipmentState
from shop.desk.models import ClaimKind, ClaimState
from shop.flows.rights.obstacles import Kind, Obstacle
from shop.invoices.models import Medium, RequestState, TitleKind
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.languages import Language
from shop.kernel.money import yuan
from shop.ledger.payouts.models import PayoutState, PayoutWay
from shop.notifications.models import DeliveryState
from shop.orders.models import Handing, OrderState, VendorOrderState
from shop.payments.models import PaymentState, RefundState
from shop.vendors.joining.models import PayWay
from shop.vendors.models import PaperKind, Standing, VendorState
from shop.web.books import ENTRY_WORDS
from shop.web.carriage import SHIPMENT_WORDS
from shop.web.i18n import _
from shop.web.messages import SENT_WORDS
from shop.web.shell import NAMES
from shop.web.sights import VIEW_WORDS, VIEWED_WORDS
from shop.web.words import GATEWAY_WORDS

OBSTACLE_WORDS: Mapping[Kind, str] = {
    Kind.WORK: _l("您在中心做事。先请管理员收回您管的事。"),
    Kind.ORDER: _l("订单 %(code)s 还没办完。"),
    Kind.UNSETTLED: _l("订单 %(code)s 还有钱、货、发票或报的问题没办完。"),
    Kind.SELLING: _l("您家还在这里卖货。先跟中心说不卖了，提前 30 天公告。"),
    Kind.GOODS: _l("还有买家订了您家的货。"),
    Kind.EARNED: _l("中心还欠您家的钱，先结清。"),
}
"""What must end first, in words."""

SUBJECT_WORDS: Mapping[str, tuple[str, str]] = {
    "account": (_l("账户"), _l("名字、手机号码、哪天开的户。密码只留认得出它的一串字，看不出原样。")),
    "roles": (_l("在这里管什么"), _l("买家、农户，或者在中心做事。")),
    "addresses": (_l("收货地址"), _l("您记下来、下次好选的地址。")),
    "sign_ins": (_l("登录记录"), _l("哪天在哪台手机上登录过，退出 30 天后删掉。")),
    "news": (_l("想不想听消息"), _l("您说过的每一次，没说过就是不想。")),
    "orders": (_l("订单"), _l("买了什么、寄给谁。交易记录按电子商务法至少留三年，收货人到期先删。")),
    "lines": (_l("订单里的货"), _l("每样货多少、多少钱、谁家的。")),
    "payments": (_l("付款"), _l("付了多少、用的什么。银行卡号不经过我们。")),
    "refunds": (_l("退款"), _l("退了多少、退好没有。")),
    "invoices": (_l("发票"), _l("抬头、税号、寄到哪里。开出来的发票按会计的规矩留着。")),
    "claims": (_l("报过的问题"), _l("哪样货怎么了、怎么定的、退了多少。照片到期先删。")),
    "consignments": (_l("包裹和信"), _l("谁送、单号、送到哪里。")),
    "questions": (_l("问过的问题"), _l("您在货的页面上问的。")),
    "messages": (_l("短信和邮件"), _l("发给您的每一条。")),
    "looks": (_l("谁看过"), _l("中心的人看您完整的电话、地址或照片，每次都记下来，留三年。")),
    "household": (_l("摊位"), _l("人家、名字、电话、村、凭什么卖。")),
    "standings": (_l("摊位的变动"), _l("哪天开始卖、停卖、不卖了。")),
    "papers": (_l("证件"), _l("证号和有效期。")),
    "payout": (_l("收款账户"), _l("怎么拿钱。账号加了密，这里只有末四位。")),
    "consents": (_l("代操作的同意书"), _l("您同意中心替您办的事。")),
    "goods": (_l("卖的货"), _l("上过架的每一样。")),
    "sold": (_l("卖出去的"), _l("每一单里您家的货，没有买家是谁。")),
    "money": (_l("我的钱"), _l("账上每一笔，进来是正，出去是负。")),
    "statements": (_l("结算单"), _l("每次结算怎么算的，跟“我的钱”里一样。")),
    "payouts": (_l("打出来的钱"), _l("每次打了多少、到没到。现金的签字照片不在里面，要看找中心。")),
    "acts": (_l("办过的事"), _l("在摊位页面上做过什么，是不是中心替您做的。")),
}
"""Each subject by its key: its name, and what it is for."""

COLUMN_WORDS: Mapping[str, str] = {
    "name": _l("名字"),
    "phone": _l("手机号码"),
    "created_at": _l("什么时候"),
    "has_password": _l("设了密码"),
    "role": _l("管什么"),
    "province": _l("省"),
    "city": _l("市"),
    "district": _l("区县"),
    "street": _l("门牌"),
    "used_at": _l("上次用"),
    "at": _l("什么时候"),
    "how": _l("用的"),
    "device": _l("谁的手机"),
    "browser": _l("哪台手机"),
    "until": _l("到什么时候"),
    "ended_at": _l("退出"),
    "is_wanted": _l("想听"),
    "code": _l("单号"),
    "placed_at": _l("下单"),
    "state": _l("到哪了"),
    "handing": _l("怎么拿到"),
    "email": _l("邮箱"),
    "language": _l("用的文字"),
    "note": _l("留言"),
    "goods_fen": _l("货款"),
    "freight_fen": _l("运费"),
    "total_fen": _l("一共"),
    "title": _l("货"),
    "quantity": _l("几份"),
    "unit": _l("单位"),
    "price_fen": _l("单价"),
    "rejected": _l("没来的"),
    "weighed_g": _l("称了多少克"),
    "weight_back_fen": _l("轻了退的"),
    "seller": _l("谁家的"),
    "gateway": _l("用什么付"),
    "amount_fen": _l("多少钱"),
    "done_at": _l("退好"),
    "waybill": _l("单号"),
    "carrier": _l("谁送"),
    "kind": _l("是什么"),
    "recipient": _l("收件人"),
    "asked_at": _l("什么时候"),
    "text": _l("内容"),
    "answer": _l("回话"),
    "what": _l("看了什么"),
    "why": _l("为什么"),
    "person": _l("谁"),
    "village": _l("村"),
    "standing": _l("凭什么卖"),
    "story": _l("介绍"),
    "since_year": _l("哪年开始"),
    "leaves_on": _l("哪天起不卖"),
    "licence": _l("执照号"),
    "reason": _l("为什么"),
    "number": _l("号码"),
    "issuer": _l("谁开"),
    "title_kind": _l("抬头是谁"),
    "invoice_title": _l("抬头"),
    "tax_id": _l("税号"),
    "medium": _l("怎么给"),
    "seat": _l("注册地址"),
    "seat_phone": _l("注册电话"),
    "bank": _l("开户行"),
    "issued_on": _l("开票日"),
    "asked": _l("报了多少"),
    "granted": _l("认了多少"),
    "decided_at": _l("哪天定的"),
    "appeal": _l("您的回话"),
    "added_at": _l("记下"),
    "way": _l("怎么拿钱"),
    "tail": _l("末四位"),
    "consent_at": _l("同意留账号"),
    "changed_at": _l("改过"),
    "given_by": _l("谁同意的"),
    "given_on": _l("哪天"),
    "until_on": _l("到哪天"),
    "revoked_at": _l("收回"),
    "due_on": _l("哪天要"),
    "entry": _l("是什么"),
    "pay_on": _l("结算日"),
    "before_fen": _l("上次留下的"),
    "asked_fen": _l("订的货"),
    "missing_fen": _l("没来的货"),
    "light_fen": _l("轻了的"),
    "fee_fen": _l("服务费"),
    "over_fen": _l("重了补的"),
    "claims_fen": _l("报坏退的"),
    "refunds_fen": _l("别的退款"),
    "returned_fen": _l("没打成、转回来的"),
    "paid_fen": _l("另外付过的"),
    "to_pay_fen": _l("这次付"),
    "carried_fen": _l("留到下次"),
    "paid_on": _l("哪天付的"),
    "reference": _l("银行单号"),
    "words": _l("做了什么"),
    "by_staff": _l("中心替办"),
    "undone_at": _l("又撤回"),
}
CARRIER_WORDS = {"town": _l("镇上送货"), "manual": _l("快递"), "kuaidi100": _l("快递")}
STATE_WORDS: Mapping[str, str] = {
    VendorState.APPROVED.value: _l("在卖"),
    VendorState.SUSPENDED.value: _l("停卖"),
    VendorState.LEFT.value: _l("不卖了"),
}
VALUE_WORDS: Mapping[type[StrEnum], Mapping[Any, Any]] = {
    Role: {Role.BUYER: _l("买家"), Role.VENDOR: _l("农户"), **{role: said[0] for role, said in ROLE_WORDS.items()}},
    How: HOW_WORDS,
    Device: DEVICE_WORDS,
    Viewed: VIEWED_WORDS,
    ViewReason: VIEW_WORDS,
    DeliveryState: SENT_WORDS,
    ShipmentState: SHIPMENT_WORDS,
    ShipmentKind: {
        ShipmentKind.GOODS: _l("货"),
        ShipmentKind.DOCUMENT: _l("信"),
        ShipmentKind.INBOUND: _l("寄到中心的"),
    },
    Language: NAMES,
    Handing: {Handing.DELIVERY: _l("送到家"), Handing.COLLECTION: _l("到中心取")},
    OrderState: {
        OrderState.PLACED: _l("等付款"),
        OrderState.AGREED: _l("货到付现"),
        OrderState.PAID: _l("已付款"),
        OrderState.EXPIRED: _l("过时没付"),
        OrderState.CANCELLED: _l("已取消"),
        OrderState.DONE: _l("已送到"),
    },
    PaymentState: {
        PaymentState.CREATED: _l("还没开始"),
        PaymentState.PENDING: _l("等付款"),
        PaymentState.CAPTURED: _l("付好了"),
        PaymentState.VOIDED: _l("作废了"),
    },
    RefundState: {
        RefundState.CREATED: _l("正在退"),
        RefundState.PENDING: _l("正在退"),
        RefundState.SUCCEEDED: _l("退好了"),
        RefundState.FAILED: _l("没退成"),
    },
    VendorOrderState: {
        VendorOrderState.WAITING: _l("等付款，或者在柜台等人拿"),
        VendorOrderState.POOLED: _l("几家合着备"),
        VendorOrderState.SHARED: _l("分到了"),
        VendorOrderState.ASKED: _l("要备货"),
        VendorOrderState.READY: _l("备好了"),
        VendorOrderState.RECEIVED: _l("中心收到了"),
        VendorOrderState.REJECTED: _l("中心没收下"),
        VendorOrderState.PACKED: _l("打好包了"),
        VendorOrderState.SHIPPED: _l("在路上"),
        VendorOrderState.DELIVERED: _l("已送到"),
        VendorOrderState.RETURNED: _l("退回中心了"),
        VendorOrderState.CANCELLED: _l("已取消"),
        VendorOrderState.PASSED_ON: _l("给别家了"),
    },
    VendorState: {VendorState(value): said for value, said in STATE_WORDS.items()},
    Standing: {
        Standing.SELF_PRODUCED: _l("自产自销"),
        Standing.HANDICRAFT: _l("家庭手工"),
        Standing.REGISTERED: _l("办了执照"),
        Standing.COOPERATIVE: _l("合作社"),
        Standing.COLLECTIVE: _l("村集体"),
    },
    PaperKind: {
        PaperKind.WORKSHOP_FILING: _l("小作坊备案证"),
        PaperKind.FOOD_LICENCE: _l("食品生产许可证"),
        PaperKind.QUARANTINE: _l("动物检疫合格证明"),
        PaperKind.LIQUOR_LICENCE: _l("酒类许可证"),
        PaperKind.VOUCHED: _l("中心看过"),
    },
    PayoutState: {
        PayoutState.DUE: _l("等着打"),
        PayoutState.EXPORTED: _l("交给银行了"),
        PayoutState.PAID: _l("付好了"),
        PayoutState.FAILED: _l("没打成"),
    },
    PayoutWay: {PayoutWay.BANK: _l("银行卡"), PayoutWay.WECHAT: _l("微信"), PayoutWay.CASH: _l("现金")},
    PayWay: {PayWay.BANK: _l("银行卡"), PayWay.WECHAT: _l("微信"), PayWay.CASH: _l("现金")},
    ClaimKind: {
        ClaimKind.BROKEN: _l("破了"),
        ClaimKind.SPOILED: _l("坏了"),
        ClaimKind.WRONG: _l("发错了"),
        ClaimKind.MISSING: _l("少了"),
        ClaimKind.SHORT_WEIGHT: _l("斤两不够"),
        ClaimKind.RETURN: _l("退货"),
    },
    ClaimState: {
        ClaimState.OPEN: _l("等中心看"),
        ClaimState.ACCEPTED: _l("认了，正在退钱"),
        ClaimState.DECLINED: _l("没认"),
        ClaimState.AWAITING_GOODS: _l("等货退回来"),
        ClaimState.RECEIVED: _l("货退到了，在看"),
        ClaimState.PAID: _l("退好了"),
        ClaimState.WITHDRAWN: _l("不报了"),
    },
    TitleKind: {
        TitleKind.PERSON: _l("个人"),
        TitleKind.COMPANY: _l("公司"),
        TitleKind.OFFICE: _l("机关、学校"),
    },
    Medium: {Medium.ELECTRONIC: _l("电子"), Medium.PAPER: _l("纸的")},
    RequestState: {
        RequestState.REQUESTED: _l("等受理"),
        RequestState.NEEDS_FIXING: _l("要改"),
        RequestState.ACCEPTED: _l("等开票"),
        RequestState.REJECTED: _l("开不了"),
        RequestState.WITHDRAWN: _l("不要了"),
        RequestState.ISSUED: _l("开好了"),
        RequestState.AVAILABLE: _l("可以下载"),
        RequestState.SENT: _l("寄出了"),
        RequestState.SIGNED: _l("签收了"),
        RequestState.RETURNED: _l("退回柜台"),
        RequestState.HANDED_OVER: _l("在柜台拿走了"),
    },
    ListingState: {
        ListingState.DRAFT: _l("没送审"),
        ListingState.IN_REVIEW: _l("在审"),
        ListingState.PUBLISHED: _l("在架"),
        ListingState.PAUSED: _l("歇着"),
        ListingState.HIDDEN: _l("取下来了"),
        ListingState.ARCHIVED: _l("收起来了"),
    },
}
"""Each stored choice in words, by its kind."""


def obstacle_lines(found: Iterable[Obstacle]) -> list[str]:
    """Return in words what must end before an account can be closed."""
    return [str(OBSTACLE_WORDS[one.kind]) % {"code": one.code} for one in found]


def plain(column: str, value: Any) -> str:
    """Return one value as a person reads it; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, StrEnum):
        return str(VALUE_WORDS[type(value)][value])
    if column.endswith("_fen"):
        return yuan(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(TOWN_ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(NAMED.get(column, {}).get(value, value))


NAMED: Mapping[str, Mapping[Any, Any]] = {
    "gateway": GATEWAY_WORDS,
    "carrier": CARRIER_WORDS,
    "entry": ENTRY_WORDS,
    "state": STATE_WORDS,
}
"""Codes that are no stored choice, by their column."""
