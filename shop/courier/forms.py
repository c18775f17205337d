"""Forms of carriage: why a parcel came back, and what a zone costs."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import StopValidation, ValidationError

from shop.courier.queries import Rate
from shop.kernel.money import fen_from_text
from shop.web.forms import ShopForm, at_most, between, clean, required

MAX_NOTE = 60
MAX_FREIGHT_FEN = 100_000
MAX_DAYS = 30

RETURN_REASONS = {
    "nobody": _l("没人在家"),
    "phone": _l("电话打不通"),
    "address": _l("地址不对"),
    "refused": _l("不肯收"),
    "damaged": _l("路上坏了"),
    "other": _l("别的"),
}
"""Why a parcel was not handed over, as drivers say it."""


def _reason(_form: Form, field: Field) -> None:
    if field.data not in RETURN_REASONS:
        field.errors = []
        raise StopValidation(_l("请选为什么没送成。"))


def _note(form: Form, field: Field) -> None:
    if form["reason"].data == "other" and not field.data:
        raise ValidationError(_l("选了“别的”，请写一句。"))


def _freight(_form: Form, field: Field) -> None:
    try:
        fen = fen_from_text(field.data or "")
    except ValueError:
        raise ValidationError(_l("价钱写成 12 或 12.5 这样。")) from None
    if fen > MAX_FREIGHT_FEN:
        raise ValidationError(_l("最多 %(n)d 元。", n=MAX_FREIGHT_FEN // 100))


class ReturnForm(ShopForm):
    """Why a parcel comes back."""

    reason = SelectField(
        _l("为什么没送成"),
        [required(_l("请选为什么没送成。")), _reason],
        choices=[("", _l("选一个")), *(pair for pair in RETURN_REASONS.items())],
        validate_choice=False,
    )
    note = StringField(_l("再说一句"), [at_most(MAX_NOTE), _note], filters=[clean])

    def words(self) -> str:
        """Return the reason of a form in order, as the order's history keeps it."""
        return "，".join(part for part in (str(RETURN_REASONS[self.reason.data]), self.note.data) if part)


class ZoneForm(ShopForm):
    """What a zone costs and how long it takes."""

    first = StringField(_l("首重"), [required(_l("请填首重的价钱。")), _freight], filters=[clean])
    step = StringField(_l("续重"), [required(_l("请填续重的价钱。")), _freight], filters=[clean])
    cold = StringField(_l("冷藏冷冻加"), [required(_l("请填冷藏冷冻箱加多少，不加填 0。")), _freight], filters=[clean])
    days = IntegerField(_l("几天到"), [between(1, MAX_DAYS, _l("请填 1 到 %(n)d 天。", n=MAX_DAYS))])
    door = RadioField(
        _l("货到付现"),
        [required(_l("请选一个。"))],
        choices=[("cash", _l("收：我们自己的人送")), ("none", _l("不收"))],
    )

    @staticmethod
    def typed(zone: Rate) -> dict[str, str | int]:
        """Return a zone's prices as a manager would type them, by field."""
        return {
            "first": _yuan_text(zone.first_fen),
            "step": _yuan_text(zone.step_fen),
            "cold": _yuan_text(zone.cold_fen),
            "days": zone.days,
            "door": "cash" if zone.takes_cash else "none",
        }


def _yuan_text(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
