"""What consents and their parts are called."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from shop.kernel.clock import TOWN_ZONE, town_day
from shop.vendors.acts.models import ConsentScope, ConsentWay
from shop.vendors.acts.queries import ActFacts
from shop.vendors.models import MemberRole
from shop.web.i18n import _

SCOPE_WORDS: Mapping[ConsentScope, str] = {
    ConsentScope.GOODS: _l("上新货、改货"),
    ConsentScope.STOCK: _l("改数、先不卖、接着卖"),
    ConsentScope.WANTED: _l("答要货"),
    ConsentScope.ALL: _l("摊位上的事都行"),
}
WAY_WORDS: Mapping[ConsentWay, str] = {
    ConsentWay.SIGNATURE: _l("签字"),
    ConsentWay.THUMB: _l("按手印"),
}
MEMBER_WORDS: Mapping[MemberRole, str] = {
    MemberRole.OWNER: _l("当家的"),
    MemberRole.DELEGATE: _l("帮忙的"),
}


def until_when(act: ActFacts, now: datetime) -> str:
    """Return the moment until which an act can be taken back, which is today or tomorrow; "" once it cannot."""
    if act.undo_until is None or not act.may_undo:
        return ""
    clock = f"{act.undo_until.astimezone(TOWN_ZONE):%H:%M}"
    is_today = town_day(act.undo_until) == town_day(now)
    return _("今天 %(clock)s", clock=clock) if is_today else _("明天 %(clock)s", clock=clock)


def why_no_helper(reason: str) -> str:
    """Return why somebody cannot be added to a household."""
    words = {
        "other": _("这个人在帮别家，不能两家都帮。"),
        "many": _("帮忙的人够多了，先去掉一个。"),
        "centre": _("这是中心的人，柜台上不能添。真是家里人，请当家的在自己手机上添。"),
    }
    return words[reason]
