"""What the catalogue's stored values are called."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.vendors.models import Standing

MONTHS = (
    _l("一月"), _l("二月"), _l("三月"), _l("四月"), _l("五月"), _l("六月"),
    _l("七月"), _l("八月"), _l("九月"), _l("十月"), _l("十一月"), _l("十二月"),
)  # fmt: skip

STANDING_WORDS: Mapping[Standing, str] = {
    Standing.SELF_PRODUCED: _l("农户自产自销"),
    Standing.HANDICRAFT: _l("家庭手工业"),
    Standing.REGISTERED: _l("已登记的经营者"),
    Standing.COOPERATIVE: _l("农民专业合作社"),
    Standing.COLLECTIVE: _l("农村集体经济组织"),
}

STANDING_GROUNDS: Mapping[Standing, str] = {
    Standing.SELF_PRODUCED: _l("个人销售自产农副产品，按《电子商务法》第十条不需要办理市场主体登记。"),
    Standing.HANDICRAFT: _l("个人销售家庭手工业产品，按《电子商务法》第十条不需要办理市场主体登记。"),
    Standing.REGISTERED: _l("已办理市场主体登记。"),
    Standing.COOPERATIVE: _l("已按《农民专业合作社法》登记。"),
    Standing.COLLECTIVE: _l("已按《农村集体经济组织法》登记。"),
}
"""Why each may sell; the E-Commerce Law, article 15, wants the exempt to say so on their page."""
