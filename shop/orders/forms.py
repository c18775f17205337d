"""Forms of basket, checkout and finding an order."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, HiddenField, IntegerField, SelectField, StringField, TextAreaField, ValidationError

from shop.accounts.rules import normal_phone
from shop.courier.rules import PROVINCES
from shop.kernel.codes import clean_code
from shop.orders.queries.baskets import MAX_QUANTITY
from shop.web.forms import ShopForm, at_most, between, clean, mobile, required
from shop.web.i18n import _

LONGEST_ID = 2**63 - 1


def _phone(typed: str | None) -> str | None:
    return None if typed is None else normal_phone(clean(typed) or "")


def _code(typed: str | None) -> str | None:
    return None if typed is None else clean_code(typed)


def _known_province(_form: Form, field: Field) -> None:
    if field.data not in PROVINCES:
        raise ValidationError(_("请从单子里选一个省份。"))


class QuantityForm(ShopForm):
    """How many of one thing; none takes it out."""

    quantity = IntegerField(_l("几份"), [between(0, MAX_QUANTITY, _l("请填 0 到 999 的数。"))])


class AddForm(ShopForm):
    """One thing from its page into the basket."""

    variant = IntegerField(validators=[between(1, LONGEST_ID, _l("没有这样货。"))])
    quantity = IntegerField(_l("几份"), [between(1, MAX_QUANTITY, _l("请填 1 到 999 的数。"))])


class CheckoutForm(ShopForm):
    """To whom and where; the hidden fields carry what the buyer was shown from one step to the next."""

    name = StringField(_l("收货人"), [required(_l("请填收货人的名字。")), at_most(30)], filters=[clean])
    phone = StringField(_l("手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[_phone])
    province = SelectField(
        _l("省份"),
        [required(_l("请选省份。")), _known_province],
        choices=[("", _l("选省份")), *((name, name) for name in PROVINCES)],
        validate_choice=False,
    )
    city = StringField(_l("城市"), [required(_l("请填城市。")), at_most(30)], filters=[clean])
    district = StringField(_l("区县"), [required(_l("请填区或县。")), at_most(30)], filters=[clean])
    street = StringField(_l("街道门牌"), [required(_l("请填街道和门牌。")), at_most(120)], filters=[clean])
    note = TextAreaField(_l("给中心的话"), [at_most(200)], filters=[clean])
    checkout_key = HiddenField()
    digest = HiddenField()
    was = HiddenField()


class FindForm(ShopForm):
    """The two things that belong together: an order's code and the phone it was placed with."""

    code = StringField(_l("订单号"), [required(_l("请填订单号。")), at_most(20)], filters=[_code])
    phone = StringField(_l("下单的手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[_phone])
