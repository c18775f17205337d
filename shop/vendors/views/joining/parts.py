"""The steps of joining, by name and picture: everyone may read them, before one begins."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.vendors.joining.models import Part

PART_WORDS: Mapping[Part, str] = {
    Part.WHO: _l("您是谁"),
    Part.VILLAGE: _l("哪个村"),
    Part.STANDING: _l("卖什么"),
    Part.PAPERS: _l("给中心看的"),
    Part.PAY: _l("钱怎么给您"),
}

PART_PICTURES: Mapping[Part, str] = {part: f"img/join-{part.value}.svg" for part in Part}
