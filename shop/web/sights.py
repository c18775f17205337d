"""Why somebody's full phone and address were looked at, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.accounts.models import ViewReason

VIEW_WORDS: Mapping[ViewReason, str] = {
    ViewReason.ASKED: _l("买家来电、来店里问"),
    ViewReason.DELIVERY: _l("送货找不到人、找不到门"),
    ViewReason.CORRECTION: _l("电话或地址有错，要改"),
    ViewReason.REFUND: _l("退钱要跟买家说"),
    ViewReason.COMPLAINT: _l("买家投诉"),
    ViewReason.DEMAND: _l("打电话问农户要货"),
    ViewReason.RUN: _l("送货"),
}
