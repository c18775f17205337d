"""Forms of the town's page. What is typed is read by `rules`; here it only gets its shape."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from shop.kernel.errors import Invalid
from shop.kernel.money import yuan
from shop.town.queries import TownFacts
from shop.town.rules import (
    MAX_CLAIM_HOURS,
    MAX_CLAIMS,
    MAX_HOLD,
    MAX_LINE,
    MAX_NAME,
    MAX_NAMES,
    MAX_ROWS,
    MAX_UNPAID,
    MIN_HOLD,
    check_names,
    check_opening,
    months_text,
    opening_text,
    parse_claim_auto,
    parse_cutoff,
    parse_months,
    parse_names,
    parse_opening,
    parse_percent,
    parse_phone,
    percent,
)
from shop.town.services import Wanted
from shop.web.forms import Check, ShopForm, at_most, between, clean, required
from shop.web.words import WEEKDAY_WORDS


def readable(parse: Callable[[str], Any], message: str) -> Check:
    """Refuse a text that the rule cannot read, with this sentence."""

    def check(_form: Form, field: Field) -> None:
        try:
            parse(field.data or "")
        except Invalid:
            raise ValidationError(message) from None

    return check


def day(message: str) -> Check:
    """Refuse what is not a day of the calendar."""

    def check(_form: Form, field: Field) -> None:
        if field.data is None:
            field.errors = []
            raise StopValidation(message)

    return check


def weekday(message: str) -> Check:
    """Refuse what is not the number of a day of the week."""

    def check(_form: Form, field: Field) -> None:
        if field.data not in map(str, WEEKDAY_WORDS):
            field.errors = []
            raise StopValidation(message)

    return check


def _names(typed: str) -> list[str]:
    return check_names("aliases", parse_names(typed))


def _opening(typed: str) -> list[tuple[str, str]]:
    rows = parse_opening(typed)
    check_opening(rows)
    return rows


NAMES_WORDS = _l("最多 %(n)d 个名字，每个不超过 %(k)d 个字。", n=MAX_NAMES, k=MAX_NAME)


class TownForm(ShopForm):
    """The town's own facts, and the version the manager saw."""

    version = HiddenField()
    name = StringField(_l("镇名"), [required(_l("请填镇名。")), at_most(MAX_NAME)], filters=[clean])
    aliases = StringField(
        _l("别的叫法"),
        [readable(_names, NAMES_WORDS)],
        filters=[clean],
        description=_l("老名字、小名，中间用顿号隔开，搜索时也找得到"),
    )
    division = StringField(_l("属于哪里"), [required(_l("请填省、市、镇。")), at_most(MAX_LINE)], filters=[clean])
    slogan = StringField(_l("招牌上的一句话"), [required(_l("请填一句话。")), at_most(MAX_LINE)], filters=[clean])
    centre_name = StringField(_l("中心的名字"), [required(_l("请填中心的名字。")), at_most(MAX_LINE)], filters=[clean])
    centre_address = StringField(
        _l("中心的地址"), [required(_l("请填中心的地址。")), at_most(MAX_LINE)], filters=[clean]
    )
    centre_phone = StringField(
        _l("中心的电话"),
        [required(_l("请填中心的电话。")), readable(parse_phone, _l("电话只写数字，中间可以有短横线。"))],
        filters=[clean],
    )
    opening = TextAreaField(
        _l("开门时间"),
        [
            required(_l("请填开门时间。")),
            readable(_opening, _l("一行一条，先写哪几天，空一格，再写几点到几点；最多 %(n)d 行。", n=MAX_ROWS)),
        ],
        filters=[clean],
        description=_l("一行一条，比如：周一至周六 08:00–18:00"),
    )
    cutoff = StringField(
        _l("当天截单"),
        [required(_l("请填几点截单。")), readable(parse_cutoff, _l("请写成 20:00 这样。"))],
        filters=[clean],
        description=_l("过了这个点下的单，算后天的"),
    )
    fee = StringField(
        _l("中心服务费"),
        [required(_l("请填服务费。")), readable(parse_percent, _l("请填 0 到 100，最多两位小数，比如 10 或 10.5。"))],
        filters=[clean],
        description=_l("只管以后的订单；农户另有约定的按约定"),
    )
    hold_minutes = IntegerField(
        _l("留货等付款"),
        [between(MIN_HOLD, MAX_HOLD, _l("请填 %(low)d 到 %(high)d 分钟。", low=MIN_HOLD, high=MAX_HOLD))],
    )
    most_unpaid = IntegerField(
        _l("没付款的单"),
        [between(1, MAX_UNPAID, _l("请填 1 到 %(high)d 单。", high=MAX_UNPAID))],
        description=_l("一个手机号、一个地址或一部手机最多同时欠几单，免得有人占着货不付"),
    )
    pay_weekday = SelectField(
        _l("给农户付钱的日子"),
        [weekday(_l("请选周几。"))],
        choices=[(str(number), words) for number, words in WEEKDAY_WORDS.items()],
        default="5",
        validate_choice=False,
        description=_l("每周这一天；碰上关门，顺到开门那天"),
    )

    claim_hours = IntegerField(
        _l("鲜货多久内能找售后"),
        [between(1, MAX_CLAIM_HOURS, _l("请填 1 到 %(high)d 小时。", high=MAX_CLAIM_HOURS))],
        description=_l("从签收算起；不是鲜货的一律七天，法律定的"),
    )
    claim_auto = StringField(
        _l("不超过多少直接赔"),
        [readable(parse_claim_auto, _l("请填 0 到 1000 元，填 0 就都由人来看。"))],
        filters=[clean],
        description=_l("一单加起来不超过这么多、有照片，当场就赔，不用等人"),
    )
    claim_most = IntegerField(
        _l("几单找过售后就由人看"),
        [between(1, MAX_CLAIMS, _l("请填 1 到 %(high)d 单。", high=MAX_CLAIMS))],
        description=_l("同一个账号或手机号，九十天里别的单"),
    )

    tourist_months = StringField(
        _l("游客多的月份"),
        [
            required(_l("请填哪几个月游客多。")),
            readable(parse_months, _l("请写成 4-10 或者 4-6、9 这样，不能是全年。")),
        ],
        filters=[clean],
        description=_l("报表里用：看别的月份卖了几成"),
    )

    @staticmethod
    def typed(town: TownFacts) -> dict[str, str]:
        """Return the town's facts as a manager would type them, by field."""
        return {
            "name": town.name,
            "aliases": "、".join(town.aliases),
            "division": town.division,
            "slogan": town.slogan,
            "centre_name": town.centre_name,
            "centre_address": town.centre_address,
            "centre_phone": town.centre_phone,
            "opening": opening_text(town.opening),
            "cutoff": town.cutoff,
            "fee": percent(town.fee_bp),
            "hold_minutes": str(town.hold_minutes),
            "most_unpaid": str(town.most_unpaid),
            "pay_weekday": str(town.pay_weekday),
            "tourist_months": months_text(town.tourist_months),
            "claim_hours": str(town.claim_hours),
            "claim_auto": yuan(town.claim_auto_fen),
            "claim_most": str(town.claim_most),
        }

    def wanted(self) -> Wanted:
        """Return what a form in order asks for."""
        return Wanted(
            name=self.name.data or "",
            aliases=_names(self.aliases.data or ""),
            division=self.division.data or "",
            slogan=self.slogan.data or "",
            centre_name=self.centre_name.data or "",
            centre_address=self.centre_address.data or "",
            centre_phone=self.centre_phone.data or "",
            opening=parse_opening(self.opening.data or ""),
            cutoff=self.cutoff.data or "",
            fee_bp=parse_percent(self.fee.data or ""),
            hold_minutes=self.hold_minutes.data or 0,
            most_unpaid=self.most_unpaid.data or 0,
            pay_weekday=int(self.pay_weekday.data),
            tourist_bits=parse_months(self.tourist_months.data or ""),
            claim_hours=self.claim_hours.data or 0,
            claim_auto_fen=parse_claim_auto(self.claim_auto.data or ""),
            claim_most=self.claim_most.data or 0,
        )


class VillageForm(ShopForm):
    """A village's names."""

    name = StringField(_l("村名"), [required(_l("请填村名。")), at_most(MAX_NAME)], filters=[clean])
    aliases = StringField(
        _l("别的叫法"),
        [readable(_names, NAMES_WORDS)],
        filters=[clean],
        description=_l("并村以前的名字也写上，用顿号隔开"),
    )

    def names(self) -> list[str]:
        """Return the other names of a form in order."""
        return _names(self.aliases.data or "")


class HolidayForm(ShopForm):
    """A day on which the centre is closed."""

    on = DateField(_l("哪一天"), [day(_l("请选一天。"))])
    occasion = StringField(_l("什么日子"), [required(_l("请写是什么日子。")), at_most(MAX_NAME)], filters=[clean])

    def chosen(self) -> date:
        """Return the day of a form in order."""
        assert self.on.data is not None
        return self.on.data
