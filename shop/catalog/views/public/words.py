"""The rules of a shelf as buyers are told them."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.catalog.models import Climate, ReturnClass
from shop.vendors.models import PaperKind

RETURN_WORDS: Mapping[ReturnClass, str] = {
    ReturnClass.FRESH: _l("鲜货不支持七天无理由退货。收到有坏的、短的，拍张照找中心，照样退钱。"),
    ReturnClass.MADE_TO_ORDER: _l("照您要的现做，不支持七天无理由退货。东西不对、不好，拍张照找中心，照样退钱。"),
    ReturnClass.CONFIRMED_EXCEPTION: _l(
        "没拆封的，签收第二天起七天内可以退，退回的运费您出；拆了封的不退。东西不好，照样退钱。"
    ),
    ReturnClass.STANDARD: _l("签收第二天起七天内，东西完好的可以退，退回的运费您出。东西不好，运费我们出。"),
}
"""Source: Consumer Protection Law, articles 24 and 25; bad goods may always be sent back."""

CLIMATE_WORDS: Mapping[Climate, str | None] = {
    Climate.DRY: None,
    Climate.COOL: _l("怕热，收到放阴凉的地方。"),
    Climate.CHILLED: _l("冷藏着寄，收到就放冰箱冷藏。"),
    Climate.FROZEN: _l("冻着寄，收到就放冰箱冷冻。"),
}

COLLECT_ONLY = _l("活的不邮寄，要到镇上的中心来取。")

PAPER_WORDS: Mapping[PaperKind, str] = {
    PaperKind.WORKSHOP_FILING: _l("食品小作坊备案证 %(number)s"),
    PaperKind.FOOD_LICENCE: _l("食品生产许可证 %(number)s"),
    PaperKind.QUARANTINE: _l("动物检疫合格证明 %(number)s"),
    PaperKind.LIQUOR_LICENCE: _l("酒类生产许可 %(number)s"),
    PaperKind.VOUCHED: _l("中心看过证件，为它作保（%(number)s）"),
}

BLOCKED: Mapping[str, tuple[str, str]] = {
    "gone": (_l("下架了"), _l("这样货刚刚下架。")),
    "harvest_full": (_l("订满了"), _l("这一季能采的都订完了，下一季请早。")),
    "sold_out": (_l("卖完了"), _l("这一批没有了，过些天再来看看。")),
    "being_paid": (_l("有人在付款"), _l("最后这些有人正在付款，没付成会放出来，过一会儿再看。")),
}
"""Why nothing of a thing can be bought: the word on its button, and a sentence."""
