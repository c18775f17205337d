"""The form of an invoice: to whom, which kind, and how it comes."""

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, RadioField, SelectField, StringField, ValidationError

from shop.accounts.addresses.resolver import PARTS
from shop.accounts.forms import typed_phone
from shop.accounts.rules import LONGEST
from shop.courier.rules import PROVINCES
from shop.invoices.forms import KIND_CHOICES, REFUSED, TITLE_CHOICES, put_refusal, typed_tax_id
from shop.invoices.models import InvoiceKind, Medium, TitleKind
from shop.invoices.queries import TitleFacts
from shop.invoices.rules import LONGEST_TITLE, Title, title_flaws
from shop.kernel.errors import Invalid
from shop.notifications.rules import EMAIL, LONGEST_EMAIL
from shop.orders.models import Handing
from shop.orders.queries.orders import OrderFacts
from shop.vendors.joining.rules import plain_number
from shop.web.forms import ASKED, ShopForm, at_most, clean, required
from shop.web.i18n import _
from shop.web.places import PROVINCE_CHOICES
from shop.web.words import PHONE

ELECTRONIC, POST, COUNTER = "electronic", "post", "counter"
"""How it comes: downloaded, in an envelope, or fetched at the centre's counter."""
WAYS = ((ELECTRONIC, _l("电子发票")), (POST, _l("纸质，寄给我")), (COUNTER, _l("纸质，到中心拿")))
PLACE = {"recipient": "name", "phone": "phone", **{part: part for part in PARTS if part not in ("name", "phone")}}


def _digits(typed: str | None) -> str | None:
    return None if typed is None else plain_number(typed)


class _Chosen:
    """Refuses a choice that the page did not offer; one of them is always made."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __init__(self, choices: Iterable[tuple[str, Any]]) -> None:
        self.offered = {value for value, _words in choices}

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data not in self.offered:
            raise ValidationError(_("选一样。"))


class InvoiceForm(ShopForm):
    """What is wanted; what its kind or its way does not need is left aside, whatever stands there."""

    title_kind = RadioField(
        _l("开给谁"),
        [_Chosen(TITLE_CHOICES)],
        choices=TITLE_CHOICES,
        default=TitleKind.PERSON.value,
        validate_choice=False,
    )
    title = StringField(
        _l("发票抬头"), [required(REFUSED["title", "missing"]), at_most(LONGEST_TITLE)], filters=[clean]
    )
    tax_id = StringField(_l("税号"), [ASKED], filters=[typed_tax_id])
    kind = RadioField(
        _l("哪一种"),
        [_Chosen(KIND_CHOICES)],
        choices=KIND_CHOICES,
        default=InvoiceKind.ORDINARY.value,
        validate_choice=False,
    )
    seat = StringField(_l("单位的注册地址"), [ASKED, at_most(LONGEST["street"])], filters=[clean])
    seat_phone = StringField(_l("单位的电话"), [ASKED], filters=[clean])
    bank = StringField(_l("开户银行"), [ASKED, at_most(60)], filters=[clean])
    account = StringField(_l("银行账号"), [ASKED], filters=[_digits])
    how = RadioField(
        _l("怎么给您"),
        [_Chosen(WAYS)],
        choices=WAYS,
        default=ELECTRONIC,
        validate_choice=False,
    )
    email = StringField(_l("电子邮箱"), filters=[clean])
    recipient = StringField(_l("收件人"), [ASKED, at_most(LONGEST["name"])], filters=[clean])
    phone = StringField(_l("手机号码"), [ASKED], filters=[typed_phone])
    province = SelectField(_l("省份"), [ASKED], choices=PROVINCE_CHOICES, validate_choice=False)
    city = StringField(_l("城市"), [ASKED, at_most(LONGEST["city"])], filters=[clean])
    district = StringField(_l("区县"), [at_most(LONGEST["district"])], filters=[clean])
    street = StringField(_l("街道门牌"), [ASKED, at_most(LONGEST["street"])], filters=[clean])

    def wanted(self, account_before: str) -> Title:
        """Return what is wanted.

        Args:
            account_before: the bank account that was typed earlier, which an empty field means.
        """
        is_sent = self.how.data == POST
        to = {name: (getattr(self, name).data or "") if is_sent else "" for name in PLACE}
        return Title(
            title_kind=TitleKind(self.title_kind.data),
            title=self.title.data or "",
            tax_id=self.tax_id.data or "",
            kind=InvoiceKind(self.kind.data),
            medium=Medium.ELECTRONIC if self.how.data == ELECTRONIC else Medium.PAPER,
            seat=self.seat.data or "",
            seat_phone=self.seat_phone.data or "",
            bank=self.bank.data or "",
            account=self.account.data or account_before,
            email=self.email.data or "",
            recipient=to["recipient"],
            phone=to["phone"],
            province=to["province"],
            city=to["city"],
            district=to["district"],
            street=to["street"],
        )

    def wanted_well(self, account_before: str) -> Title | None:
        """Return what is wanted, or None when it cannot be so; the fields then say why."""
        if not self.is_sent_well():
            return None
        for field, known in (
            (self.title_kind, TitleKind),
            (self.kind, InvoiceKind),
            (self.how, (ELECTRONIC, POST, COUNTER)),
        ):
            if field.data not in {str(one) for one in known}:
                field.errors = [_("选一样。")]
                return None
        self._check_ways()
        wanted = self.wanted(account_before)
        for flaw in title_flaws(wanted):
            self.say(flaw)
        return None if self.errors else wanted

    def _check_ways(self) -> None:
        if self.email.data and (len(self.email.data) > LONGEST_EMAIL or not EMAIL.fullmatch(self.email.data)):
            self.email.errors = [_("邮箱写成 zhang@example.cn 这样；不用就空着。")]
        if self.how.data != POST:
            return
        if not PHONE.fullmatch(self.phone.data or ""):
            self.phone.errors = [_("请填 11 位手机号码。")]
        if self.province.data not in PROVINCES:
            self.province.errors = [_("请选省份。")]
        needed = (
            (self.recipient, _("请填收件人的名字。")),
            (self.city, _("请填城市。")),
            (self.street, _("请填街道和门牌。")),
        )
        for field, words in needed:
            if not any(char.isalnum() for char in field.data or ""):
                field.errors = [words]

    def say(self, refused: Invalid) -> None:
        """Say why it cannot be so at the field that it is about."""
        put_refusal(self._fields, refused)


def known(order: OrderFacts, before: TitleFacts | None) -> dict[str, Any]:
    """Return what the form says before anybody typed: what was wanted last, and the order's own address."""
    to = {name: getattr(order, part) for name, part in PLACE.items()} if order.handing is Handing.DELIVERY else {}
    if before is None:
        return to
    said = {name: getattr(before, name) for name in ("title", "tax_id", "seat", "seat_phone", "bank", "email")}
    if before.street:
        to = {name: getattr(before, name) for name in PLACE}
    paper = POST if before.street else COUNTER
    how = ELECTRONIC if before.medium is Medium.ELECTRONIC else paper
    return {**to, **said, "title_kind": before.title_kind.value, "kind": before.kind.value, "how": how}
