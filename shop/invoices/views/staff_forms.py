"""Forms of the centre about invoices: shape only."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, Form, HiddenField, MultipleFileField, RadioField, StringField
from wtforms.validators import StopValidation, ValidationError

from shop.invoices.models import RedReason
from shop.invoices.recording import LONGEST_REASON
from shop.invoices.views.staff_words import RED_WORDS
from shop.kernel.money import fen_from_text
from shop.web.forms import ShopForm, at_most, clean, required


def _amount(_form: Form, field: Field) -> None:
    try:
        fen_from_text(field.data or "")
    except ValueError:
        raise ValidationError(_l("金额写成 63 或 63.00 这样。")) from None


def _day(_form: Form, field: Field) -> None:
    if field.data is None:
        field.errors = []
        raise StopValidation(_l("请填开票日期。"))


class ReasonForm(ShopForm):
    """Why a request is sent back or not met; its buyer reads it."""

    reason = StringField(
        _l("为什么，买家会收到这句话"),
        [required(_l("请写为什么，买家要看。")), at_most(LONGEST_REASON)],
        filters=[clean],
    )


class PaperForm(ShopForm):
    """The figures of an invoice or a red letter as they stand in the tax office's system."""

    number = StringField(_l("发票号码"), [required(_l("请填发票号码。")), at_most(40)], filters=[clean])
    batch = StringField(_l("发票代码"), [at_most(20)], filters=[clean])
    issued_on = DateField(_l("开票日期"), [required(_l("请填开票日期。")), _day])
    amount = StringField(_l("价税合计"), [required(_l("请填价税合计。")), at_most(20), _amount], filters=[clean])

    def amount_fen(self) -> int:
        """Return the amount in fen; call it on a form that was sent well."""
        return fen_from_text(self.amount.data or "")

    def day(self) -> date:
        """Return the day; call it on a form that was sent well."""
        assert isinstance(self.issued_on.data, date), "the form was sent well"
        return self.issued_on.data


class RecordForm(PaperForm):
    """An invoice that was issued, with its files."""

    files = MultipleFileField(_l("发票文件"))
    sure = BooleanField(_l("看清了，就这样记"))


class RedForm(PaperForm):
    """A red letter that was issued."""

    reason = RadioField(
        _l("为什么冲红"),
        [required(_l("请选为什么冲红。"))],
        choices=[(reason.value, words) for reason, words in RED_WORDS.items()],
        default=RedReason.GOODS_RETURNED.value,
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        """Name what is typed so that nobody copies the figures of the invoice itself."""
        super().__init__(*args, **values)
        self.number.label.text = _l("红字发票的号码")
        self.amount.label.text = _l("冲红多少，写正数")


class EnvelopeForm(ShopForm):
    """How an envelope goes."""

    key = HiddenField()
    carrier = RadioField(_l("怎么寄"), [required(_l("请选怎么寄。"))])
