"""Forms of cash: what was taken, and what the driver hands in; and what was done about money that does not agree."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, HiddenField, IntegerField, StringField
from wtforms.validators import ValidationError

from shop.kernel.money import fen_from_text
from shop.payments.reconciling import LONGEST_NOTE
from shop.web.forms import ShopForm, at_most, clean, required

LONGEST_KEY = 40


def _yuan(_form: Form, field: Field) -> None:
    try:
        fen = fen_from_text(field.data or "")
    except ValueError:
        raise ValidationError(_l("金额写成 12 或 12.5 这样。")) from None
    if fen == 0:
        raise ValidationError(_l("请填比 0 多的数。"))


class TakenForm(ShopForm):
    """The amount that somebody was shown and has taken, in fen; without one nothing was due.

    At the counter also how many pieces were shown, which is what is handed over.
    """

    fen = IntegerField()
    pieces = IntegerField()


class HandInForm(ShopForm):
    """What the driver hands in; the key keeps a second click from counting it twice."""

    key = HiddenField(validators=[required(_l("请从柜台那一页再交一次。")), at_most(LONGEST_KEY)])
    amount = StringField(_l("送货人交来"), [required(_l("请填交来多少。")), _yuan], filters=[clean])


class SettledForm(ShopForm):
    """What was done about money that does not agree, in the person's words."""

    note = StringField(
        _l("怎么处理的"),
        [required(_l("请写一句是怎么处理的，以后好查。")), at_most(LONGEST_NOTE)],
        filters=[clean],
        description=_l("比如：打电话问过，是同一个账户里民宿的钱"),
    )
