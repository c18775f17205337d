"""Forms of the bench: shape only."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, HiddenField, IntegerField, StringField
from wtforms.validators import StopValidation

from shop.fulfilment.pickups.rules import MAX_DRIVER, MAX_NOTE
from shop.fulfilment.rules import MAX_WEIGHT_G
from shop.web.forms import ShopForm, at_most, between, clean, required
from shop.web.i18n import _

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


def _day(_form: Form, field: Field) -> None:
    """Refuse what is not a day of the calendar."""
    if field.data is None:
        field.errors = []
        raise StopValidation(_("请选一天。"))


class RunForm(ShopForm):
    """A pick-up run; at which villages it calls stands in boxes of their own.

    `key` is the code the run gets when it is planned; `version` is what the page of a planned run showed.
    """

    key = HiddenField()
    version = HiddenField()
    runs_on = DateField(_l("哪一天"), [required(_l("请选一天。")), _day])
    driver = StringField(
        _l("谁开车"), [at_most(MAX_DRIVER)], filters=[clean], description=_l("农户会看到，比如：马师傅")
    )
    note = StringField(_l("给司机的话"), [at_most(MAX_NOTE)], filters=[clean], description=_l("只印在收货单上"))
