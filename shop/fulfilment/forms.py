"""Forms of the bench: shape only."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField

from shop.fulfilment.rules import MAX_WEIGHT_G
from shop.web.forms import ShopForm, at_most, between, clean, required

MAX_REASON = 60


class ReceiveForm(ShopForm):
    """Why something was turned down; how many of each line stands in number boxes of their own."""

    reason = StringField(
        _l("为什么没收下"),
        [at_most(MAX_REASON)],
        filters=[clean],
        description=_l("都收下就不用写；农户会收到这句话，比如：碎了 2 枚"),
    )


class PackForm(ShopForm):
    """What the scale says."""

    weight_g = IntegerField(
        _l("秤上多重"), [between(1, MAX_WEIGHT_G, _l("请填秤上的克数，1 到 %(n)d 克。", n=MAX_WEIGHT_G))]
    )


class UncollectedForm(ShopForm):
    """Why an order is put back after nobody came for it."""

    reason = StringField(
        _l("怎么回事"),
        [required(_l("请写怎么回事。")), at_most(MAX_REASON)],
        filters=[clean],
        description=_l("比如：打了三次电话都不来"),
    )
