"""Forms of claims: shape only."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import ValidationError

from shop.courier.rules import WAYBILL
from shop.desk.rules import MAX_WORDS
from shop.web.forms import ShopForm, at_most, between, clean, required

MOST = 1_000_000


class ClaimForm(ShopForm):
    """How much of a line is claimed, with photos."""

    key = HiddenField()
    much = IntegerField(_l("有几个"), [between(1, MOST, _l("请填一个数。"))])
    photo = FileField(_l("拍一张"))
    words = TextAreaField(
        _l("想说的话"),
        [at_most(MAX_WORDS)],
        filters=[clean],
    )

    @classmethod
    def about(cls, label: str, **defaults: Any) -> "ClaimForm":
        """Return the form, whose count is called so."""
        form = cls.from_request(**defaults)
        form.much.label.text = label
        return form


class AnswerForm(ShopForm):
    """What a buyer says to a refusal."""

    appeal = TextAreaField(
        _l("还想说的"),
        [required(_l("请写一句，中心好再看一次。")), at_most(MAX_WORDS)],
        filters=[clean],
    )


def _number(_form: Form, field: Field) -> None:
    if not WAYBILL.fullmatch(field.data or ""):
        raise ValidationError(_l("单号是 6 到 32 位的字母和数字，请看清楚再填。"))


def _joined(typed: str | None) -> str:
    return "".join((typed or "").split())


class SentForm(ShopForm):
    """By which waybill goods come back."""

    waybill = StringField(_l("寄回的快递单号"), [_number], filters=[_joined])
