"""What short messages and mails are about, and whether they went, in words."""

from flask_babel import lazy_gettext as _l

from shop.notifications.models import DeliveryState

TEMPLATE_WORDS = {
    "order_placed": _l("下单了"),
    "order_agreed": _l("下单了，交货时付"),
    "collection_ready": _l("可以来取了"),
    "wish_answered": _l("想取消的，回了话"),
    "order_paid": _l("订单已付"),
    "order_cancelled": _l("订单取消"),
    "order_refunded": _l("退款"),
    "order_short": _l("货不够，告诉买的人"),
    "order_rejected": _l("货没收下，告诉买的人"),
    "parcel_sent": _l("包裹发出"),
    "parcel_delivered": _l("包裹送到"),
    "parcel_returned": _l("包裹退回"),
    "lot_recalled": _l("召回，告诉买家"),
    "order_recalled": _l("召回的拿出来了，告诉买家"),
    "vendor_recalled": _l("召回，告诉农户"),
    "letter_returned": _l("信退回"),
    "vendor_asked": _l("叫农户备货"),
    "vendor_rejected": _l("农户的货没收下"),
    "pickup_run": _l("收货车来、改了、不来"),
    "late_payment_refunded": _l("迟付退款"),
    "listing_hidden": _l("货下架了"),
    "acted_for": _l("中心代操作"),
    "consent_ends": _l("代操作的同意书快到期"),
    "still_there": _l("问农户还有没有货"),
    "paper_ends": _l("证快到期"),
    "application_received": _l("申请收到了"),
    "application_fixing": _l("申请有地方要改"),
    "application_approved": _l("申请批了"),
    "application_refused": _l("申请没批"),
    "payout_changed": _l("收钱的方式改了"),
    "vendor_state": _l("农户停卖、又卖、不卖了"),
    "question_asked": _l("有人问农户"),
    "question_answered": _l("问的有了回话"),
    "reset_code": _l("改密码的验证码"),
    "entry_code": _l("登录的验证码"),
    "helper_code": _l("帮家里看摊位的验证码"),
    "card_issued": _l("发了登录卡"),
    "card_stopped": _l("登录卡停了"),
}
SENT_WORDS = {
    DeliveryState.SENDING: _l("正在发"),
    DeliveryState.SENT: _l("已发"),
    DeliveryState.WITHHELD: _l("没发：一小时里收够了"),
    DeliveryState.PUT_OFF: _l("晚点发：一小时里收够了"),
    DeliveryState.DROPPED: _l("没发：轮到时已经不用说了"),
}
