"""What the catalogue's stored values are called."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.catalog.lawful import Ground
from shop.catalog.models import Climate, HiddenFor, ListingState, ReturnClass, RevisionState
from shop.vendors.models import PaperKind, Standing

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

PAPER_WORDS: Mapping[PaperKind, str] = {
    PaperKind.WORKSHOP_FILING: _l("小作坊备案证"),
    PaperKind.FOOD_LICENCE: _l("食品生产许可证"),
    PaperKind.QUARANTINE: _l("动物检疫合格证明"),
    PaperKind.LIQUOR_LICENCE: _l("酒类许可"),
    PaperKind.VOUCHED: _l("中心担保"),
}

PAPER_GROUNDS: Mapping[PaperKind, str] = {
    PaperKind.WORKSHOP_FILING: _l("家里做的吃食，《四川省食品小作坊、小经营店及摊贩管理条例》要备案。"),
    PaperKind.FOOD_LICENCE: _l("做包装食品，《食品安全法》第三十五条要许可。"),
    PaperKind.QUARANTINE: _l("卖活的和宰好的畜禽，《动物防疫法》第四十九条要检疫。"),
    PaperKind.LIQUOR_LICENCE: _l("酿酒卖酒要许可。"),
    PaperKind.VOUCHED: _l("中心看过证，一段日子里替这家担保。"),
}
"""Why each is asked for; told to the centre, where a paper is added."""

RETURN_WORDS: Mapping[ReturnClass, str] = {
    ReturnClass.FRESH: _l("鲜活易腐，不能"),
    ReturnClass.MADE_TO_ORDER: _l("订做的，不能"),
    ReturnClass.CONFIRMED_EXCEPTION: _l("买的时候要点明，点了就不能"),
    ReturnClass.STANDARD: _l("能，签收第二天起七天"),
}

CLIMATE_WORDS: Mapping[Climate, str] = {
    Climate.DRY: _l("干燥常温"),
    Climate.COOL: _l("阴凉"),
    Climate.CHILLED: _l("冷藏"),
    Climate.FROZEN: _l("冷冻"),
}

STATE_WORDS: Mapping[ListingState, tuple[str, str]] = {
    ListingState.DRAFT: (_l("退回来了"), "problem"),
    ListingState.IN_REVIEW: (_l("中心在看"), "waiting"),
    ListingState.PUBLISHED: (_l("在卖"), "done"),
    ListingState.PAUSED: (_l("歇着"), "info"),
    ListingState.HIDDEN: (_l("下了架"), "problem"),
    ListingState.ARCHIVED: (_l("收起了"), "info"),
}
"""How a listing stands, and the tone of its seal."""

HIDDEN_WORDS: Mapping[HiddenFor, str] = {
    HiddenFor.PAPER_EXPIRED: _l("证到期了"),
    HiddenFor.NOT_CONFIRMED: _l("好久没点“还有货”"),
    HiddenFor.TAKEN_DOWN: _l("中心取下来了"),
}

HIDDEN_ADVICE: Mapping[HiddenFor, str] = {
    HiddenFor.PAPER_EXPIRED: _l("办好新证，带到中心给人看一眼，马上又上架。"),
    HiddenFor.NOT_CONFIRMED: _l("还有货，就点一下“还有货”，马上又上架。"),
    HiddenFor.TAKEN_DOWN: _l("照中心说的改好再送，或者打电话问中心。"),
}
"""What a villager can do about it."""

REVISION_WORDS: Mapping[RevisionState, str] = {
    RevisionState.WAITING: _l("等中心看"),
    RevisionState.APPROVED: _l("准了"),
    RevisionState.DECLINED: _l("没准"),
    RevisionState.WITHDRAWN: _l("换成后来的改动"),
}

PART_WORDS: Mapping[str, str] = {
    "title": _l("名字"),
    "category": _l("哪一类"),
    "village": _l("哪个村出的"),
    "ways": _l("卖法"),
    "price": _l("涨价超过两成"),
    "months": _l("哪几个月有"),
    "harvest": _l("先订后收"),
    "story": _l("说的话"),
    "ingredients": _l("配料"),
    "keep_note": _l("怎么保存"),
    "shelf_days": _l("能放几天"),
    "travel_days": _l("路上能放"),
    "tags": _l("还叫什么"),
    "photos": _l("照片"),
}
"""The parts of a listing, as `shop.catalog.versions.as_shown` names them; `price` is a part that only a review has."""
