"""Forms of settlement: what became of a payout, why a file is handed out again, money between purses."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, FileField, Form, SelectField, StringField
from wtforms.validators import StopValidation, ValidationError

from shop.flows.payouts.confirming import LONGEST_REASON, LONGEST_REFERENCE
from shop.flows.payouts.purses import LONGEST
from shop.kernel.money import fen_from_text
from shop.web.forms import ShopForm, at_most, clean, required

KINDS = ("xlsx", "csv")
DAY = _l("请选一天，日子写成 2026-11-28 这样。")


def _day(_form: Form, field: Field) -> None:
    if not isinstance(field.data, date):
        field.errors = []
        raise StopValidation(DAY)


def _yuan(_form: Form, field: Field) -> None:
    try:
        fen = fen_from_text(field.data or "")
    except ValueError:
        raise ValidationError(_l("金额写成 12 或 12.5 这样。")) from None
    if fen == 0:
        raise ValidationError(_l("请填比 0 多的数。"))


class PaidForm(ShopForm):
    """That the bank sent it: when, and under which number."""

    paid_on = DateField(_l("哪天付的"), [required(DAY), _day])
    reference = StringField(
        _l("银行的流水号"),
        [required(_l("请抄下银行的流水号，以后好查。")), at_most(LONGEST_REFERENCE)],
        filters=[clean],
    )


class HandedForm(ShopForm):
    """That it was handed over in cash: when, with the vendor's signature."""

    paid_on = DateField(_l("哪天给的"), [required(DAY), _day])
    photo = FileField(_l("拍签过字的单子"), description=_l("只留在中心，看一次记一次。"))


class FailedForm(ShopForm):
    """Why it did not go, as the vendor is told."""

    reason = StringField(
        _l("为什么没付成"),
        [required(_l("请写为什么没付成，农户会看到。")), at_most(LONGEST_REASON)],
        filters=[clean],
        description=_l("比如：银行说户名和卡号对不上"),
    )


class FileForm(ShopForm):
    """Which kind of file, and why again."""

    kind = SelectField(_l("哪一种"), choices=[(kind, kind) for kind in KINDS])
    reason = StringField(_l("为什么再下载一次"), [at_most(LONGEST_REASON)], filters=[clean])


class MoveForm(ShopForm):
    """Money that moved between the house's purses."""

    way = SelectField(_l("从哪里到哪里"), [required(_l("请选一样。"))])
    amount = StringField(_l("多少"), [required(_l("请填多少。")), _yuan], filters=[clean])
    moved_on = DateField(_l("哪天"), [required(DAY), _day])
    reference = StringField(
        _l("流水号"),
        [required(_l("请抄下流水号，同一个号只记一次。")), at_most(LONGEST)],
        filters=[clean],
        description=_l("渠道的出款编号，或者银行回单上的号"),
    )
