"""What the centre calls things of invoices."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.invoices.models import InvoiceKind, IssuerKind, Medium, RedReason, RequestState, TitleKind
from shop.invoices.queues import Tab

STATE_WORDS: Mapping[RequestState, tuple[str, str]] = {
    RequestState.REQUESTED: (_l("待受理"), "waiting"),
    RequestState.NEEDS_FIXING: (_l("等买家改"), "info"),
    RequestState.ACCEPTED: (_l("待开"), "waiting"),
    RequestState.REJECTED: (_l("不开"), "problem"),
    RequestState.WITHDRAWN: (_l("撤回了"), "info"),
    RequestState.ISSUED: (_l("开好了"), "waiting"),
    RequestState.AVAILABLE: (_l("可以下载"), "done"),
    RequestState.SENT: (_l("寄出了"), "info"),
    RequestState.SIGNED: (_l("签收了"), "done"),
    RequestState.RETURNED: (_l("退回在柜台"), "problem"),
    RequestState.HANDED_OVER: (_l("拿走了"), "done"),
}
TAB_WORDS: Mapping[Tab, str] = {
    Tab.ASKED: _l("待受理"),
    Tab.ISSUING: _l("待开"),
    Tab.POSTING: _l("待寄"),
    Tab.COUNTER: _l("在柜台"),
    Tab.RED: _l("该冲红"),
    Tab.MENDING: _l("等买家改"),
    Tab.OVER: _l("办完的"),
}
ISSUER_WORDS: Mapping[IssuerKind, str] = {
    IssuerKind.CENTRE: _l("中心自己开"),
    IssuerKind.VENDOR: _l("农户、合作社或村集体自己开"),
    IssuerKind.TAX_OFFICE: _l("税务局代开"),
}
KIND_WORDS: Mapping[InvoiceKind, str] = {
    InvoiceKind.ORDINARY: _l("普通发票"),
    InvoiceKind.SPECIAL: _l("增值税专用发票"),
}
MEDIUM_WORDS: Mapping[Medium, str] = {Medium.ELECTRONIC: _l("电子"), Medium.PAPER: _l("纸质")}
TITLE_WORDS: Mapping[TitleKind, str] = {
    TitleKind.PERSON: _l("个人"),
    TitleKind.COMPANY: _l("企业"),
    TitleKind.OFFICE: _l("机关事业单位"),
}
RED_WORDS: Mapping[RedReason, str] = {
    RedReason.ISSUED_WRONG: _l("01 开票有误"),
    RedReason.GOODS_RETURNED: _l("02 销货退回"),
    RedReason.SERVICE_STOPPED: _l("03 服务中止"),
    RedReason.ALLOWANCE: _l("04 销售折让"),
}
NOT_ISSUED = {
    "unsettled": _l("这一单的货还没收齐、没过秤，或者还没付钱。过了秤、付了钱再开。"),
    "nothing": _l("这些货的钱都退了，或者已经开过了，没有可开的。"),
}
WRONG: Mapping[tuple[str, str], str] = {
    ("number", "shape"): _l("数电票的号码是 20 位数字。老发票请把代码也填上。"),
    ("number", "paper"): _l("老发票的号码是 8 位数字。"),
    ("number", "taken"): _l("这个号码已经记过了，请核对是不是记重了。"),
    ("batch", "shape"): _l("发票代码是 10 位或者 12 位数字。数电票没有代码，请空着。"),
    ("issued_on", "future"): _l("开票日期还没到。"),
    ("issued_on", "early"): _l("开票日期太早了，请看清楚。"),
    ("amount", "none"): _l("金额要大于 0。"),
    ("amount", "over"): _l("比能开的多了。最多开买家付了没退的钱，请核对。"),
    ("files", "missing"): _l("电子发票要把文件传上来，买家才拿得到。"),
    ("files", "gone"): _l("文件放久了没有了，请再传一次。"),
    ("files", "taken"): _l("这个文件已经记在另一张发票上了。"),
    ("files", "many"): _l("文件太多了，一张发票最多 6 个。"),
    ("order", "unsettled"): NOT_ISSUED["unsettled"],
    ("order", "nothing"): NOT_ISSUED["nothing"],
}
RED_OVER = _l("比这张发票还剩的多了，请核对。")
