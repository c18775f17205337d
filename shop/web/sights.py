"""What of somebody's was looked at and why, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.accounts.models import Viewed, ViewReason

VIEW_WORDS: Mapping[ViewReason, str] = {
    ViewReason.ASKED: _l("买家来电、来店里问"),
    ViewReason.DELIVERY: _l("送货找不到人、找不到门"),
    ViewReason.CORRECTION: _l("电话或地址有错，要改"),
    ViewReason.REFUND: _l("退钱要跟买家说"),
    ViewReason.COMPLAINT: _l("买家投诉"),
    ViewReason.DEMAND: _l("打电话问农户要货"),
    ViewReason.RUN: _l("送货"),
    ViewReason.WORK: _l("手上的事要看"),
}
VIEWED_WORDS: Mapping[Viewed, str] = {
    Viewed.RECIPIENT: _l("完整的电话和地址"),
    Viewed.HOUSEHOLDS: _l("农户的电话"),
    Viewed.LETTER: _l("信寄给谁"),
    Viewed.PROOF: _l("没收下的货的照片"),
    Viewed.PROMISE: _l("承诺达标合格证的照片"),
    Viewed.CONSENT: _l("代操作的同意书"),
    Viewed.DOOR: _l("送到时拍的照片"),
    Viewed.BOX_PHOTO: _l("箱里的照片"),
    Viewed.SIGNED_LIST: _l("签了字的清单"),
    Viewed.ACCOUNTS: _l("农户收钱的账号"),
    Viewed.RECEIPT: _l("农户领现金的签字"),
    Viewed.CLAIM: _l("售后的照片"),
    Viewed.INVOICE: _l("开专票的地址、电话和账号"),
}
