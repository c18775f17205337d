"""One way in which a thing is sold: for a fixed price a unit, or by what the piece weighs."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from shop.catalog.forms.fields import (
    GRAM,
    JIN,
    among,
    check_price,
    grams_from_text,
    jin_as_typed,
    may_be_empty,
    price_as_typed,
    weight_as_typed,
    weight_up_to,
)
from shop.catalog.models import Pricing
from shop.catalog.rules import MAX_GROSS_G, MAX_STOCK, MAX_STOCK_G, MORE_UNITS, UNITS, Way
from shop.kernel.money import JIN_G, fen_from_text
from shop.web.forms import ShopForm, at_most, between, clean, required

MAX_PIECES = 999
MAX_NAME = 20
WHOLE, CUT = "whole", "cut"


class _ForPiece:
    """Lets a check stand only where one unit has a fixed price; such a field is marked as one that must be filled."""

    field_flags = {"required": True}  # noqa: RUF012 - how WTForms wants it

    def __call__(self, form: Form, field: Field) -> None:
        if form["pricing"].data == Pricing.WEIGHT.value:
            field.errors = []
            raise StopValidation
        if not (field.data or "").strip():
            raise StopValidation(_l("请填价钱。"))
        check_price(form, field)


def _by_weight(form: Form, field: Field) -> None:
    """Let a field stand empty unless the thing is sold by weight."""
    if form["pricing"].data != Pricing.WEIGHT.value:
        field.errors = []
        raise StopValidation
    if not (field.data or "").strip():
        raise StopValidation(_l("按斤卖，要填这一项。"))


def _if_cut(form: Form, field: Field) -> None:
    _by_weight(form, field) if form["counting"].data == CUT else may_be_empty(form, field)


def _weight(form: Form, field: Field) -> None:
    try:
        grams = grams_from_text(field.data or "", form["weight_unit"].data)
    except ValueError:
        raise ValidationError(_l("重量写成 1.5 斤，或者 750 克。")) from None
    if not 1 <= grams <= MAX_GROSS_G:
        raise ValidationError(_l("一份最重 %(n)d 斤，再重就分开卖。", n=MAX_GROSS_G // JIN_G))


TOO_HEAVY = _l("最重 %(n)d 斤。", n=MAX_GROSS_G // JIN_G)


def _range(form: Form, field: Field) -> None:
    """Refuse a range that is none, and a parcel lighter than what lies in it."""
    assert isinstance(form, WayForm)
    if form.least.errors or field.errors:
        return
    most_g = grams_from_text(field.data)
    if grams_from_text(form.least.data or "") > most_g:
        raise ValidationError(_l("最重的不能比最轻的还轻。"))
    if not form.weight.errors and form.gross_g < most_g:
        raise ValidationError(_l("“一份多重”连包装算，不能比最重的还轻。"))


class WayForm(ShopForm):
    """One way in which a thing is sold: for a fixed price a unit, or by what the piece weighs."""

    variant = IntegerField(validators=[may_be_empty], widget=HiddenInput())
    saw_stock = IntegerField(validators=[may_be_empty], widget=HiddenInput())
    name = StringField(
        _l("这一种的名字"), [at_most(MAX_NAME)], filters=[clean], description=_l("有好几种才填，比如：大只、礼盒")
    )
    unit = RadioField(
        _l("按什么卖"),
        [required(_l("请选按什么卖。")), among(UNITS + MORE_UNITS, _l("请选按什么卖。"))],
        choices=[(unit, unit) for unit in UNITS],
        validate_choice=False,
    )
    pieces = IntegerField(
        _l("一份里有几个"),
        [between(1, MAX_PIECES, _l("请填 1 到 %(n)d。", n=MAX_PIECES))],
        default=1,
        description=_l("一盒 30 枚就填 30；论斤论件就填 1"),
    )
    price = StringField(_l("一份多少钱"), [_ForPiece()], filters=[clean])
    weight = StringField(
        _l("一份多重"),
        [required(_l("请填重量。")), _weight],
        filters=[clean],
        description=_l("连包装一起称，算运费用"),
    )
    weight_unit = RadioField(
        _l("斤还是克"),
        [required(_l("请选斤或者克。")), among((JIN, GRAM), _l("请选斤或者克。"))],
        choices=[(JIN, _l("斤")), (GRAM, _l("克"))],
        default=JIN,
        validate_choice=False,
    )
    quantity = IntegerField(
        _l("现在有几份"), [between(0, MAX_STOCK, _l("请填 0 到 %(n)d 份。", n=MAX_STOCK))], default=1
    )
    pricing = RadioField(
        _l("怎么算钱"),
        [may_be_empty, among(tuple(Pricing), _l("请选怎么算钱。"))],
        choices=[(Pricing.PIECE.value, _l("一份一个价")), (Pricing.WEIGHT.value, _l("按斤称重"))],
        default=Pricing.PIECE.value,
        validate_choice=False,
        description=_l("鸡、腊肉这些一只一块不一样重的，可以按斤：买的人先按最重的付，到中心称了，多的退给他"),
    )
    per_jin = StringField(_l("一斤多少钱"), [_by_weight, check_price], filters=[clean])
    least = StringField(_l("最轻的一份几斤"), [_by_weight, weight_up_to(MAX_GROSS_G, TOO_HEAVY)], filters=[clean])
    most = StringField(
        _l("最重的一份几斤"), [_by_weight, weight_up_to(MAX_GROSS_G, TOO_HEAVY), _range], filters=[clean]
    )
    counting = RadioField(
        _l("现货怎么数"),
        [may_be_empty, among((WHOLE, CUT), _l("请选怎么数。"))],
        choices=[(WHOLE, _l("论份数")), (CUT, _l("割着卖，论斤数"))],
        default=WHOLE,
        validate_choice=False,
    )
    stock_jin = StringField(
        _l("一共还有几斤"),
        [_if_cut, weight_up_to(MAX_STOCK_G, _l("最多 %(n)d 斤。", n=MAX_STOCK_G // JIN_G))],
        filters=[clean],
        description=_l("割着卖才填"),
    )
    net = StringField(
        _l("光是货多重"),
        [may_be_empty, weight_up_to(MAX_GROSS_G, TOO_HEAVY)],
        filters=[clean],
        description=_l("不算包装；填了，店里就写得出一斤合多少钱"),
    )
    gone = SelectMultipleField(_l("还卖吗"), choices=[("gone", _l("这一种不卖了"))], validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill the form; a unit from the centre's longer list is offered where it is used."""
        super().__init__(*args, **kwargs)
        is_weighed = self.pricing.data == Pricing.WEIGHT.value
        self.price.flags.required = not is_weighed
        for field in (self.per_jin, self.least, self.most):
            field.flags.required = is_weighed
        if self.unit.data in MORE_UNITS:
            self.unit.choices = [(unit, unit) for unit in (*UNITS, self.unit.data)]

    @property
    def gross_g(self) -> int:
        """What a form in order says one unit weighs in a parcel."""
        return grams_from_text(self.weight.data or "", self.weight_unit.data)

    @property
    def is_blank(self) -> bool:
        """Nothing was said of this way, or that it is sold no more."""
        said = (self.name, self.price, self.per_jin, self.weight)
        return bool(self.gone.data) or not any(field.data for field in said)

    def way(self) -> Way:
        """Return what a form in order says."""
        is_weighed = self.pricing.data == Pricing.WEIGHT.value
        is_cut = is_weighed and self.counting.data == CUT
        return Way(
            unit=self.unit.data,
            gross_g=self.gross_g,
            price_fen=0 if is_weighed else fen_from_text(self.price.data or ""),
            pieces=self.pieces.data or 1,
            stock=grams_from_text(self.stock_jin.data or "") if is_cut else self.quantity.data or 0,
            name=self.name.data or "",
            net_g=grams_from_text(self.net.data) if self.net.data else None,
            per_500g_fen=fen_from_text(self.per_jin.data or "") if is_weighed else None,
            least_g=grams_from_text(self.least.data or "") if is_weighed else None,
            most_g=grams_from_text(self.most.data or "") if is_weighed else None,
            is_cut=is_cut,
            saw_stock=self.saw_stock.data,
            variant_id=self.variant.data,
        )


def way_as_typed(way: Way) -> dict[str, Any]:
    """Return a way as one would type it into a `WayForm`."""
    weight, weight_unit = weight_as_typed(way.gross_g)
    typed: dict[str, Any] = {
        "variant": way.variant_id,
        "saw_stock": way.stock,
        "name": way.name,
        "unit": way.unit,
        "pieces": way.pieces,
        "weight": weight,
        "weight_unit": weight_unit,
        "net": "" if way.net_g is None else jin_as_typed(way.net_g),
        "pricing": way.pricing.value,
        "counting": CUT if way.is_cut else WHOLE,
    }
    if way.per_500g_fen is None:
        typed["price"] = price_as_typed(way.price_fen)
    else:
        typed["per_jin"] = price_as_typed(way.per_500g_fen)
        typed["least"], typed["most"] = jin_as_typed(way.least_g or 0), jin_as_typed(way.most_g or 0)
    typed |= {"stock_jin": jin_as_typed(way.stock)} if way.is_cut else {"quantity": way.stock}
    return typed
