"""The questions about a new thing, one form each; every form has one field, `answer`."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField

from shop.catalog.drafts.rules import WHOLES, ReadyWhen
from shop.catalog.forms.fields import among, check_price, day, weight_up_to
from shop.catalog.forms.ways import MAX_PIECES
from shop.catalog.rules import MAX_DAYS, MAX_GROSS_G, MAX_STOCK, MAX_STORY, MAX_TITLE, UNITS
from shop.kernel.money import JIN_G
from shop.web.forms import ShopForm, at_most, between, clean, required

MAX_KEEP_NOTE = 200
FIXED = "fixed"
"""The answer that no piece is weighed."""
FIXED = "fixed"
"""The answer that no piece is weighed."""


class PhotosForm(ShopForm):
    """Photos, taken or chosen; the files themselves are read from the request."""


class NameForm(ShopForm):
    """What the thing is called."""

    answer = StringField(_l("它叫什么"), [required(_l("请写货的名字。")), at_most(MAX_TITLE)], filters=[clean])


class ShelfForm(ShopForm):
    """On which shelf it lies; the view knows which there are."""

    answer = StringField(_l("是哪一类"), [required(_l("请选一类。"))])


class UnitForm(ShopForm):
    """What is counted."""

    answer = StringField(_l("按什么卖"), [among(UNITS, _l("请选按什么卖。"))])


class PiecesForm(ShopForm):
    """How many are in one unit."""

    answer = IntegerField(_l("里面有几个"), [between(1, MAX_PIECES, _l("请填 1 到 %(n)d。", n=MAX_PIECES))], default=1)


class WeighedForm(ShopForm):
    """Whether each piece is put on the scale; the view knows which can be."""

    answer = StringField(_l("怎么算钱"), [among((FIXED, *WHOLES), _l("请选怎么算钱。"))])


class PieceWeightForm(ShopForm):
    """What the lightest, or the heaviest, piece weighs."""

    answer = StringField(
        _l("几斤"),
        [
            required(_l("请填几斤。")),
            weight_up_to(MAX_GROSS_G, _l("最重 %(n)d 斤。", n=MAX_GROSS_G // JIN_G)),
        ],
        filters=[clean],
    )


class WeightForm(ShopForm):
    """What one unit weighs with its packing."""

    answer = StringField(
        _l("一份多重"),
        [
            required(_l("请填一份多重。")),
            weight_up_to(MAX_GROSS_G, _l("一份最重 %(n)d 斤，再重就分开卖。", n=MAX_GROSS_G // JIN_G)),
        ],
        filters=[clean],
    )


class PriceForm(ShopForm):
    """What one unit costs."""

    answer = StringField(_l("卖多少钱"), [required(_l("请填价钱。")), check_price], filters=[clean])


class QuantityForm(ShopForm):
    """How many there are."""

    answer = IntegerField(_l("有多少"), [between(1, MAX_STOCK, _l("请填 1 到 %(n)d 份。", n=MAX_STOCK))], default=1)


class ReadyForm(ShopForm):
    """When it is to be had."""

    answer = StringField(_l("什么时候有"), [among([one.value for one in ReadyWhen], _l("请选什么时候有。"))])


class DayForm(ShopForm):
    """A day; the view knows which days there are."""

    answer = DateField(_l("哪一天"), [day(_l("请选一天，日子写成 2026-11-28 这样。"))])


class CapForm(ShopForm):
    """How many a day, of what is gathered as it is ordered."""

    answer = IntegerField(
        _l("一天最多收几份"), [between(1, MAX_STOCK, _l("请填 1 到 %(n)d 份。", n=MAX_STOCK))], default=10
    )


class IngredientsForm(ShopForm):
    """What is in it."""

    answer = TextAreaField(_l("放了些什么"), [required(_l("请写放了些什么。")), at_most(MAX_STORY)], filters=[clean])


class ShelfDaysForm(ShopForm):
    """How long it keeps."""

    answer = IntegerField(_l("能放几天"), [between(1, MAX_DAYS, _l("请填 1 到 %(n)d 天。", n=MAX_DAYS))], default=30)


class KeepingForm(ShopForm):
    """How it is kept."""

    answer = StringField(_l("怎么保存"), [required(_l("请写怎么保存。")), at_most(MAX_KEEP_NOTE)], filters=[clean])
