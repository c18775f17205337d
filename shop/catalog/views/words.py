"""What the catalogue's stored values are called."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.catalog.lawful import Ground
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

GROUND_WORDS: Mapping[Ground, str] = {
    Ground.CURE: _l("食品和一般的东西不能说治病、防病、保健的效果（《食品安全法》第七十三条，《广告法》第十七条）。"),
    Ground.ABSOLUTE: _l("不能用「国家级」「最佳」「第一」这样说到顶的话（《广告法》第九条）。"),
    Ground.BANNED: _l("这样的东西法律不许卖，或要有专门的许可，这里不能上架；野生动物人工养的也不行。"),
}
"""What is wrong with words that the law forbids; the words themselves stand before it."""
