"""Short forms about goods on the shelf: how many there are, and what the centre decides on them."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.widgets import HiddenInput

from shop.catalog.forms.fields import may_be_empty, weight_up_to
from shop.catalog.rules import MAX_STOCK, MAX_STOCK_G
from shop.kernel.money import JIN_G
from shop.web.forms import ShopForm, at_most, between, clean, required

MAX_REASON = 100
TOO_OLD = _l("这一页太旧了，请重新打开。")


class CountForm(ShopForm):
    """How many of one way are free now, and how many the page showed."""

    free = IntegerField(_l("现在有几份"), [between(0, MAX_STOCK, _l("请填 0 到 %(n)d 份。", n=MAX_STOCK))])
    saw_free = IntegerField(validators=[between(0, MAX_STOCK, TOO_OLD)], widget=HiddenInput())
    place = IntegerField(validators=[may_be_empty], default=0, widget=HiddenInput())


class CutCountForm(ShopForm):
    """How much of a thing that is cut to order is free now, in 斤; the page showed grams."""

    free = StringField(
        _l("现在有几斤"),
        [
            required(_l("请填几斤。")),
            weight_up_to(MAX_STOCK_G, _l("最多 %(n)d 斤。", n=MAX_STOCK_G // JIN_G), least_g=0),
        ],
        filters=[clean],
    )
    saw_free = IntegerField(validators=[between(0, MAX_STOCK_G, TOO_OLD)], widget=HiddenInput())
    place = IntegerField(validators=[may_be_empty], default=0, widget=HiddenInput())


class ReviewForm(ShopForm):
    """What a reviewer decides on the version they saw; giving back needs a reason."""

    version = IntegerField(validators=[between(1, 2**31, TOO_OLD)], widget=HiddenInput())
    reason = StringField(
        _l("为什么退回"),
        [at_most(MAX_REASON)],
        filters=[clean],
        description=_l("写给农户看，说清要改什么，比如：照片太暗，请白天再拍一张"),
    )


class TakeDownForm(ShopForm):
    """Why the centre takes a thing off the shelf."""

    reason = StringField(
        _l("为什么取下来"),
        [required(_l("请写为什么取下来，农户会看到。")), at_most(MAX_REASON)],
        filters=[clean],
        description=_l("写给农户看，比如：买家说蛋不新鲜，先停几天"),
    )
