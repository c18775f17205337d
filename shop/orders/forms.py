"""Forms of basket, checkout and finding an order."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms import ValidationError as Refused

from shop.accounts.addresses.resolver import MAX_TEXT, PARTS
from shop.accounts.forms import AddressForm, typed_phone
from shop.accounts.rules import LONGEST, PostalAddress
from shop.catalog.rules import MAX_STOCK
from shop.invoices.forms import MEDIUM_CHOICES, TITLE_CHOICES, put_refusal, typed_tax_id
from shop.invoices.models import Medium, TitleKind
from shop.invoices.rules import LONGEST_TITLE, Title, title_flaws
from shop.kernel.codes import clean_code
from shop.notifications.rules import EMAIL, LONGEST_EMAIL
from shop.orders.models import Handing
from shop.orders.queries.baskets import MAX_QUANTITY
from shop.web.forms import ASKED, ShopForm, at_most, between, clean, mobile, required
from shop.web.i18n import _

LONGEST_ID = 2**63 - 1
PLACE = ("province", "city", "district", "street")


def _code(typed: str | None) -> str | None:
    return None if typed is None else clean_code(typed)


def _known_handing(_form: Form, field: Field) -> None:
    if field.data not in set(Handing):
        raise Refused(_("选寄到家，还是到中心来取。"))


def _mail_address(_form: Form, field: Field) -> None:
    if field.data and (len(field.data) > LONGEST_EMAIL or not EMAIL.fullmatch(field.data)):
        raise Refused(_("邮箱写成 zhang@example.cn 这样；不用就空着。"))


class QuantityForm(ShopForm):
    """How many of one thing; none takes it out."""

    quantity = IntegerField(_l("几份"), [between(0, MAX_QUANTITY, _l("请填 0 到 999 的数。"))])


class AddForm(ShopForm):
    """One thing from its page into the basket."""

    variant = IntegerField(validators=[between(1, LONGEST_ID, _l("没有这样货。"))])
    quantity = IntegerField(_l("几份"), [between(1, MAX_QUANTITY, _l("请填 1 到 999 的数。"))])


class RecipientForm(AddressForm):
    """To whom and where goods go, typed part by part or pasted in one piece."""

    paste = TextAreaField(_l("整段贴进来"), [at_most(MAX_TEXT)], filters=[clean])

    @property
    def is_collected(self) -> bool:
        """Tell whether no address is needed."""
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether every field that is needed is in order; of what is collected, no address is asked."""
        super().validate(extra_validators)
        for part in ("name", *PLACE[1:]):
            field = getattr(self, part)
            if field.data and not field.errors and not any(char.isalnum() for char in field.data):
                field.errors = [_("请用字写，光有符号送不到。")]
        if self.is_collected:
            for part in PLACE:
                getattr(self, part).errors = []
        return not self.errors

    def address(self) -> PostalAddress:
        """Return what was typed, with an empty place where it is collected; call it on a form that was sent well."""
        told = {part: getattr(self, part).data or "" for part in PARTS}
        return PostalAddress(**told | (dict.fromkeys(PLACE, "") if self.is_collected else {}))


class CollectorForm(RecipientForm):
    """Who comes to collect."""

    @property
    def is_collected(self) -> bool:
        """Tell that no address is needed."""
        return True


class CheckoutForm(RecipientForm):
    """How, to whom and where, and how it is paid; the hidden fields carry what the buyer was shown."""

    handing = RadioField(
        _l("怎么拿货"),
        [ASKED, _known_handing],
        choices=[(Handing.DELIVERY.value, _l("寄到家")), (Handing.COLLECTION.value, _l("到中心来取"))],
        default=Handing.DELIVERY.value,
        validate_choice=False,
    )
    keep = BooleanField(_l("记下这个地址，下次直接选"), default=True)
    note = TextAreaField(_l("给中心的话"), [at_most(200)], filters=[clean])
    invoice_for = RadioField(
        _l("开给谁"), [ASKED], choices=[("", _l("不要发票")), *TITLE_CHOICES], default="", validate_choice=False
    )
    invoice_title = StringField(_l("发票抬头"), [ASKED, at_most(LONGEST_TITLE)], filters=[clean])
    invoice_tax_id = StringField(_l("税号"), [ASKED], filters=[typed_tax_id])
    invoice_medium = RadioField(
        _l("发票怎么给您"), [ASKED], choices=MEDIUM_CHOICES, default=Medium.ELECTRONIC.value, validate_choice=False
    )
    email = StringField(_l("电子邮箱"), [_mail_address], filters=[clean])
    gateway = RadioField(_l("怎么付"), [ASKED], choices=[], validate_choice=False)
    is_confirmed = BooleanField(_l("我知道了，这几样照样要"))
    checkout_key = HiddenField()
    digest = HiddenField()
    was = HiddenField()

    @property
    def is_collected(self) -> bool:
        """Tell whether no address is needed."""
        return bool(self.handing.data == Handing.COLLECTION)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether every field that is needed is in order, those of an invoice too."""
        super().validate(extra_validators)
        self._check_invoice()
        return not self.errors

    def invoice(self) -> Title | None:
        """Return what invoice is wanted, None when none is; it goes where the goods go."""
        if self.invoice_for.data not in set(TitleKind):
            return None
        is_paper = self.invoice_medium.data == Medium.PAPER
        is_sent = is_paper and not self.is_collected
        to = {part: (getattr(self, part).data or "") if is_sent else "" for part in PARTS}
        return Title(
            title_kind=TitleKind(self.invoice_for.data),
            title=self.invoice_title.data or "",
            tax_id=self.invoice_tax_id.data or "",
            medium=Medium.PAPER if is_paper else Medium.ELECTRONIC,
            email=self.email.data or "",
            recipient=to["name"],
            phone=to["phone"],
            province=to["province"],
            city=to["city"],
            district=to["district"],
            street=to["street"],
        )

    def _check_invoice(self) -> None:
        wanted = self.invoice()
        if wanted is None:
            if self.invoice_title.data or self.invoice_tax_id.data:
                self.invoice_for.errors = [_("要发票，就选一下开给个人还是单位；不要，就把抬头和税号清空。")]
            return
        fields = {"title": self.invoice_title, "tax_id": self.invoice_tax_id, "street": self.street}
        for flaw in title_flaws(wanted):
            put_refusal(fields, flaw)


class TakeForm(ShopForm):
    """Who takes goods along from the counter, how they pay; the hidden fields carry what they were shown."""

    variant = IntegerField(validators=[between(1, LONGEST_ID, _l("没有这样货。"))])
    quantity = IntegerField(_l("几份"), [between(1, MAX_QUANTITY, _l("请填 1 到 999 的数。"))])
    name = StringField(_l("怎么称呼您"), [required(_l("请填怎么称呼您。")), at_most(LONGEST["name"])], filters=[clean])
    phone = StringField(_l("手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[typed_phone])
    gateway = RadioField(_l("怎么付"), [ASKED], choices=[], validate_choice=False)
    is_confirmed = BooleanField(_l("我知道了，照样要"))
    checkout_key = HiddenField()
    digest = HiddenField()


class CountedForm(ShopForm):
    """How many of one way of selling lie at the counter, and how many the page showed."""

    variant = IntegerField(validators=[between(1, LONGEST_ID, _l("没有这样货。"))])
    saw = IntegerField(validators=[between(0, MAX_STOCK, _l("这一页太旧了，再数一遍。"))])
    pieces = IntegerField(_l("几份"), [between(0, MAX_STOCK, _l("请填 0 到 9999 的数。"))])


class FindForm(ShopForm):
    """The two things that belong together: an order's code and the phone it was placed with."""

    code = StringField(_l("订单号"), [required(_l("请填订单号。")), at_most(20)], filters=[_code])
    phone = StringField(_l("下单的手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[typed_phone])
