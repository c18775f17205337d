"""Parcels that came back, in words: for whoever decides, and for the buyer who reads why."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.desk.returned.models import ReturnCause

C = ReturnCause

CAUSE_WORDS: Mapping[ReturnCause, str] = {
    C.UNREACHED: _l("没人在，电话不通"),
    C.REFUSED: _l("不想要了，货没问题"),
    C.ADDRESS: _l("地址不对"),
    C.LATE: _l("路上太久"),
    C.DAMAGED: _l("路上弄坏了"),
    C.BADLY_PACKED: _l("我们没装好"),
    C.BAD_GOODS: _l("货本来就不好，或者不对"),
    C.UNCOLLECTED: _l("没人来取"),
}
"""Why it came back, as whoever decides says it."""

CAUSE_SAID: Mapping[ReturnCause, str] = {
    C.UNREACHED: _l("送到了没人收，电话也没通"),
    C.REFUSED: _l("到了门口没有收，货没有问题"),
    C.ADDRESS: _l("照订单上的地址送不到"),
    C.LATE: _l("路上耽搁太久，不怪您"),
    C.DAMAGED: _l("路上弄坏了，不怪您"),
    C.BADLY_PACKED: _l("中心没有装好，不怪您"),
    C.BAD_GOODS: _l("货不好，不该发给您"),
    C.UNCOLLECTED: _l("一直没有人来取"),
}
"""The same, as the buyer and the households read it."""
