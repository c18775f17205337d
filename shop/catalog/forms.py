"""Forms of the catalogue's villagers and reviewers: shape only, with a sentence for everything that cannot be."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import replace
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, Form, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from shop.catalog.own import Present
from shop.catalog.rules import MAX_GROSS_G, MAX_PRICE_FEN, MAX_STOCK, MAX_STORY, MAX_TITLE, UNITS, Offer, Way
from shop.kernel.money import fen_from_text, yuan
from shop.web.forms import Check, ShopForm, at_most, between, clean, required

JIN_G = 500
JIN, GRAM = "jin", "gram"
TYPED_WEIGHT = re.compile(r"(\d{1,5})(?:\.(\d{1,2}))?", re.ASCII)
MAX_REASON = 100
MAX_PIECES = 999


def grams_from_text(typed: str, unit: str) -> int:
    """Return whole grams of a weight typed in 斤 (at most two decimals) or in grams (whole).

    Raises:
        ValueError: it is no such weight.
    """
    found = TYPED_WEIGHT.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None or (unit == GRAM and found[2]):
        raise ValueError("not a weight")
    if unit == GRAM:
        return int(found[1])
    return int(found[1]) * JIN_G + int((found[2] or "").ljust(2, "0")) * JIN_G // 100


def weight_as_typed(grams: int) -> tuple[str, str]:
    """Return a weight as one would type it, and its unit: 斤 where two decimals say it exactly, otherwise grams."""
    whole, rest = divmod(grams, JIN_G)
    hundredths, left = divmod(rest * 100, JIN_G)
    if left:
        return str(grams), GRAM
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip("."), JIN


def price_as_typed(fen: int) -> str:
    """Return a price as one would type it: 28 or 28.50, without sign and separators."""
    return yuan(fen)[1:].replace(",", "")


def among(known: Container[str], message: str) -> Check:
    """Refuse a choice that was not offered."""

    def check(_form: Form, field: Field) -> None:
        if field.data not in known:
            field.errors = []
            raise StopValidation(message)

    return check


def _price(_form: Form, field: Field) -> None:
    try:
        fen = fen_from_text(field.data or "")
    except ValueError:
        raise ValidationError(_l("价钱写成 28 或 28.5 这样。")) from None
    if not 1 <= fen <= MAX_PRICE_FEN:
        raise ValidationError(_l("价钱要在 0.01 元到 %(n)d 元之间。", n=MAX_PRICE_FEN // 100))


def _weight(form: Form, field: Field) -> None:
    try:
        grams = grams_from_text(field.data or "", form["weight_unit"].data)
    except ValueError:
        raise ValidationError(_l("重量写成 1.5 斤，或者 750 克。")) from None
    if not 1 <= grams <= MAX_GROSS_G:
        raise ValidationError(_l("一份最重 %(n)d 斤，再重就分开卖。", n=MAX_GROSS_G // JIN_G))


def _months(_form: Form, field: Field) -> None:
    if not set(field.data or ()) <= set(MONTHS):
        raise ValidationError(_l("请从 12 个月里选。"))


MONTHS = tuple(str(month) for month in range(1, 13))


class PhotoForm(ShopForm):
    """One photo of a thing."""

    photo = FileField(_l("拍一张"))


class GoodsForm(ShopForm):
    """A thing to sell, as its household says it. Its photos were sent before; their keys travel in the address."""

    title = StringField(
        _l("叫什么"),
        [required(_l("请写货的名字。")), at_most(MAX_TITLE)],
        filters=[clean],
        description=_l("比如：林下土鸡蛋"),
    )
    category = RadioField(_l("是哪一类"), [required(_l("请选一类。"))], validate_choice=False)
    unit = RadioField(
        _l("按什么卖"),
        [required(_l("请选按什么卖。")), among(UNITS, _l("请选按什么卖。"))],
        choices=[(unit, unit) for unit in UNITS],
        validate_choice=False,
    )
    pieces = IntegerField(
        _l("一份里有几个"),
        [between(1, MAX_PIECES, _l("请填 1 到 %(n)d。", n=MAX_PIECES))],
        default=1,
        description=_l("一盒 30 枚就填 30；论斤论件就填 1"),
    )
    price = StringField(_l("一份多少钱"), [required(_l("请填价钱。")), _price], filters=[clean])
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
        _l("现在有几份"), [between(1, MAX_STOCK, _l("请填 1 到 %(n)d 份。", n=MAX_STOCK))], default=1
    )
    months = SelectMultipleField(
        _l("哪几个月有"),
        [_months],
        choices=[(month, month) for month in MONTHS],
        validate_choice=False,
        description=_l("一年到头都有，就一个也不用点"),
    )
    story = TextAreaField(
        _l("说几句"),
        [at_most(MAX_STORY)],
        filters=[clean],
        description=_l("怎么种的、怎么养的，买的人爱看"),
    )

    def offer(self, *, category_id: int, photo_keys: list[str]) -> Offer:
        """Return what a form in order says."""
        months = sorted(int(month) for month in self.months.data or ()) or list(range(1, 13))
        return Offer(
            category_id=category_id,
            title=self.title.data or "",
            ways=[
                Way(
                    unit=self.unit.data,
                    price_fen=fen_from_text(self.price.data or ""),
                    gross_g=grams_from_text(self.weight.data or "", self.weight_unit.data),
                    pieces=self.pieces.data or 1,
                    stock=self.quantity.data or 0,
                )
            ],
            story=self.story.data or "",
            months=months,
            photo_keys=photo_keys,
        )


class OfferForm(GoodsForm):
    """A new thing; its key, made with the page, lets it be offered once."""

    form_key = StringField(validators=[required(_l("这一页太旧了，请重新打开。")), at_most(30)], widget=HiddenInput())

    def offer(self, *, category_id: int, photo_keys: list[str]) -> Offer:
        """Return what a form in order says."""
        return replace(super().offer(category_id=category_id, photo_keys=photo_keys), key=self.form_key.data)


class EditForm(GoodsForm):
    """A thing that was given back, in the version its household saw; there may be none of it just now."""

    version = IntegerField(validators=[between(1, 2**31, _l("这一页太旧了，请重新打开。"))], widget=HiddenInput())
    quantity = IntegerField(
        _l("现在有几份"), [between(0, MAX_STOCK, _l("请填 0 到 %(n)d 份。", n=MAX_STOCK))], default=0
    )

    @classmethod
    def showing(cls, own: Present) -> Self:
        """Return the form filled with the thing as it is."""
        told = own.offer
        way = told.ways[0]
        weight, weight_unit = weight_as_typed(way.gross_g)
        return cls(
            formdata=None,
            title=told.title,
            category=own.category_code,
            unit=way.unit,
            pieces=way.pieces,
            price=price_as_typed(way.price_fen),
            weight=weight,
            weight_unit=weight_unit,
            quantity=way.stock,
            months=[str(month) for month in told.months] if len(told.months) < len(MONTHS) else [],
            story=told.story,
            version=own.version,
        )


class CountForm(ShopForm):
    """How many are free now, and how many the page showed."""

    free = IntegerField(_l("现在有几份"), [between(0, MAX_STOCK, _l("请填 0 到 %(n)d 份。", n=MAX_STOCK))])
    saw_free = IntegerField(validators=[between(0, MAX_STOCK, _l("这一页太旧了，请重新打开。"))], widget=HiddenInput())


class ReviewForm(ShopForm):
    """What a reviewer decides on the version they saw; giving back needs a reason."""

    version = IntegerField(validators=[between(1, 2**31, _l("这一页太旧了，请重新打开。"))], widget=HiddenInput())
    reason = StringField(
        _l("为什么退回"),
        [at_most(MAX_REASON)],
        filters=[clean],
        description=_l("写给农户看，说清要改什么，比如：照片太暗，请白天再拍一张"),
    )
