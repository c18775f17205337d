"""The pattern page: every component in every state, for whoever builds the next page."""

from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import (
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from shop.fulfilment.marks import bars, square
from shop.kernel.money import yuan
from shop.media.models import Photo
from shop.media.queries import Picture, picture
from shop.web.audience import Audience, blueprint
from shop.web.forms import ShopForm, between, mobile, required
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.plots import Plot, Point, plot
from shop.web.words import WEEKDAY_WORDS

bp = blueprint("patterns", __name__, Audience.STAFF, prefix="/staff/patterns")

SAMPLE_CODE = "XYD-7F3K-20"


class SampleForm(ShopForm):
    """One field of every kind."""

    title = StringField(_l("叫什么"), [required(_l("给它起个名字。"))], description=_l("像平时摆摊那样叫"))
    phone = StringField(_l("手机号码"), [mobile()])
    password = PasswordField(_l("密码"), [required(_l("请填密码。"))])
    pin = PasswordField(_l("4 位数字"), [required(_l("按 4 位数字。"))])
    weight = IntegerField(_l("重量"), [between(1, 30_000, _l("请填 1 到 30000 克。"))])
    story = TextAreaField(_l("说两句"), [required(_l("说说它是怎么来的。"))])
    category = SelectField(_l("放哪一架"), choices=[("eggs", _l("禽蛋")), ("meat", _l("腊味"))])
    village = SelectField(
        _l("哪个村"),
        [required(_l("请选村子。"))],
        choices=[("", _l("请选")), ("a", _l("大湾村"))],
    )
    unit = RadioField(
        _l("按什么卖"),
        [required(_l("请选按什么卖。"))],
        choices=[(unit, unit) for unit in ("枚", "只", "斤", "盒", "瓶")],
        validate_choice=False,
    )
    months = SelectMultipleField(
        _l("哪几个月有"),
        choices=[(str(month), str(month)) for month in range(1, 13)],
        description=_l("一年到头都有，就一个也不用点"),
    )
    deliver = RadioField(
        _l("怎么拿"),
        [required(_l("请选一样。"))],
        choices=[("courier", _l("寄到家")), ("collect", _l("到中心拿"))],
        validate_choice=False,
    )
    photo = FileField(_l("照片"), [required(_l("先拍一张。"))])
    goods_list = FileField(_l("货单文件"), [required(_l("请选一个文件。"))], description=_l("一行一样货"))
    may = SelectMultipleField(_l("怎么导"), choices=[("try", _l("先试一遍")), ("add", _l("没有的就新建"))])
    quantity = IntegerField(_l("几份"), [between(1, 9, _l("最少一份，最多九份。"))], default=1)
    price = StringField(_l("多少钱"), [required(_l("请填价钱。"))])


def _pictures() -> list[Picture | None]:
    newest = select(Photo).order_by(Photo.created_at.desc()).limit(3)
    found: list[Picture | None] = [picture(photo, _("样品")) for photo in reading().scalars(newest)]
    return (found + [None] * 3)[:3]


def _drawn() -> dict[str, Plot]:
    """Return one drawing of each kind."""
    weeks = (31200, 0, 128050, 64000, 90500, 171000, 202450), (28000, 45000, 99000, 64000, 71000, 190000, 150000)
    days = [
        Point(str(words), str(number), now, before)
        for (number, words), now, before in zip(WEEKDAY_WORDS.items(), *weeks, strict=True)
    ]
    year = [
        Point(_("%(n)d月", n=month), str(month), 20 + 7 * month % 60, is_marked=4 <= month <= 10)
        for month in range(1, 13)
    ]
    rates = [replace(point, value=point.value // 2000, before=None) for point in days]
    return {"bars": plot(days, yuan, unit=100), "marked": plot(year, str), "line": plot(rates, str, unit=10)}


@bp.get("")
def show() -> ResponseReturnValue:
    """Show every component."""
    typed = MultiDict({"wrong-phone": "12345", "wrong-weight": "many", "wrong-category": "eggs"})
    wrong = SampleForm(formdata=typed, prefix="wrong-")
    wrong.validate()
    samples = {
        "blank": SampleForm(formdata=None, prefix="blank-"),
        "wrong": wrong,
        "pictures": _pictures(),
        "now": house().clock(),
        "bars": bars(SAMPLE_CODE),
        "square": square(SAMPLE_CODE),
        "drawn": _drawn(),
    }
    return render_template("staff/patterns.html", samples=samples)
