"""Forms of carriage: why a parcel came back, and what a zone costs."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation, ValidationError

from shop.accounts.forms import AddressForm
from shop.courier.models import EventCode
from shop.courier.queries import Rate
from shop.courier.rules import COMPANY_NAMES, WAYBILL
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


class DoorForm(ShopForm):
    """What the driver photographed at a door."""

    photo = FileField(_l("拍签收"))


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
    version = HiddenField()

    def seen(self) -> int:
        """Return the version of the zone that the page showed; none is older than any."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1

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


MAX_WORDS, MAX_PASTE = 120, 4000
COMPANIES = [("", _l("选一家")), *((code, name) for code, name in COMPANY_NAMES.items() if code)]
COURIERS = {"town": _l("镇上送货"), "manual": _l("到柜台寄"), "kuaidi100": _l("快递100")}
"""Who carries, by the couriers' codes."""
SAYABLE = {
    EventCode.PICKED_UP: _l("交给快递了"),
    EventCode.IN_TRANSIT: _l("在路上"),
    EventCode.OUT_FOR_DELIVERY: _l("正在派送"),
    EventCode.AVAILABLE_FOR_PICKUP: _l("到了驿站或柜子"),
    EventCode.EXCEPTION: _l("路上不顺"),
    EventCode.REFUSED: _l("没人肯收"),
    EventCode.DELIVERED: _l("送到了"),
    EventCode.RETURNING: _l("正在退回"),
    EventCode.RETURNED: _l("退回中心了"),
}
"""What staff hear at a counter or on the telephone."""


def _number(_form: Form, field: Field) -> None:
    if not WAYBILL.fullmatch(field.data or ""):
        raise ValidationError(_l("单号是 6 到 32 位的字母和数字，请看清楚再填。"))


def _day(_form: Form, field: Field) -> None:
    if field.data is None:
        field.errors = []
        raise StopValidation(_l("请选一天。"))


def _chosen(field: DateField) -> date:
    """Return the day of a field that was sent well."""
    if field.data is None:
        raise ValueError("no day")
    return field.data


class CounterForm(ShopForm):
    """A number got at a carrier's counter."""

    company = SelectField(_l("哪家快递"), [required(_l("请选是哪家快递。"))], choices=COMPANIES)
    waybill = StringField(_l("单号"), [required(_l("请填单号。")), _number], filters=[clean])


class SaidForm(ShopForm):
    """What was heard of a consignment."""

    code = SelectField(
        _l("现在怎样"),
        [required(_l("请选一样。"))],
        choices=[("", _l("选一样")), *((code.value, words) for code, words in SAYABLE.items())],
    )
    words = StringField(_l("再说一句"), [at_most(MAX_WORDS)], filters=[clean])


class PastedForm(ShopForm):
    """What was copied from a carrier's page."""

    text = TextAreaField(
        _l("把快递网页上的走向贴进来"), [required(_l("先贴一段。")), at_most(MAX_PASTE)], filters=[clean]
    )


class LookForm(ShopForm):
    """What somebody found out, and when it is expected now."""

    note = StringField(_l("问到什么"), [required(_l("写一句问到了什么。")), at_most(MAX_WORDS)], filters=[clean])
    until = DateField(_l("估计哪天到"), [required(_l("请选一天。")), _day])

    def day(self) -> date:
        """Return the chosen day; call it on a form that was sent well."""
        return _chosen(self.until)


class LetterForm(AddressForm):
    """A document to be sent."""

    key = HiddenField()
    cargo = StringField(
        _l("里面是什么"), [required(_l("请填里面是什么。")), at_most(20)], filters=[clean], default="发票"
    )
    reference = StringField(_l("哪一单的"), [at_most(20)], filters=[clean])
    carrier = RadioField(_l("怎么寄"), [required(_l("请选怎么寄。"))])


class ComingForm(CounterForm):
    """Something on its way to the centre."""

    key = HiddenField()
    sender = StringField(
        _l("谁寄来的"), [required(_l("请填谁寄来的。")), at_most(40)], filters=[clean], default="税务局"
    )
    cargo = StringField(
        _l("里面是什么"), [required(_l("请填里面是什么。")), at_most(20)], filters=[clean], default="空白发票"
    )
    until = DateField(_l("估计哪天到"), [required(_l("请选一天。")), _day])

    def day(self) -> date:
        """Return the chosen day; call it on a form that was sent well."""
        return _chosen(self.until)
