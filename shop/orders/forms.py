"""Forms of basket, checkout and finding an order."""

import re
import unicodedata
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms import ValidationError as Refused

from shop.accounts.addresses.resolver import MAX_TEXT
from shop.accounts.forms import AddressForm, typed_phone
from shop.kernel.codes import clean_code
from shop.notifications.rules import EMAIL, LONGEST_EMAIL
from shop.orders.models import Handing
from shop.orders.queries.baskets import MAX_QUANTITY
from shop.web.forms import ShopForm, at_most, between, clean, mobile, required
from shop.web.i18n import _

LONGEST_ID = 2**63 - 1
PLACE = ("province", "city", "district", "street")
TAX_ID = re.compile(r"[0-9A-Z]{15,20}")
"""Source: GB 32100-2015, 18 characters; older numbers have 15 or 20."""


def _code(typed: str | None) -> str | None:
    return None if typed is None else clean_code(typed)


def _tax_id(typed: str | None) -> str | None:
    return None if typed is None else "".join(unicodedata.normalize("NFKC", clean(typed) or "").upper().split())


class _Chosen:
    """Marks a choice that one of is always made; which there are is known only beside the quote."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __call__(self, _form: Form, _field: Field) -> None:
        """Refuse nothing."""


def _known_handing(_form: Form, field: Field) -> None:
    if field.data not in set(Handing):
        raise Refused(_("选寄到家，还是到中心来取。"))


def _tax_number(_form: Form, field: Field) -> None:
    if field.data and not TAX_ID.fullmatch(field.data):
        raise Refused(_("税号是 15 到 20 位数字和大写字母，照营业执照抄。"))


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


class CheckoutForm(AddressForm):
    """How, to whom and where, and how it is paid; the hidden fields carry what the buyer was shown."""

    handing = RadioField(
        _l("怎么拿货"),
        [_Chosen(), _known_handing],
        choices=[(Handing.DELIVERY.value, _l("寄到家")), (Handing.COLLECTION.value, _l("到中心来取"))],
        default=Handing.DELIVERY.value,
        validate_choice=False,
    )
    paste = TextAreaField(_l("整段贴进来"), [at_most(MAX_TEXT)], filters=[clean])
    keep = BooleanField(_l("记下这个地址，下次直接选"), default=True)
    note = TextAreaField(_l("给中心的话"), [at_most(200)], filters=[clean])
    invoice_title = StringField(_l("发票抬头"), [at_most(100)], filters=[clean])
    invoice_tax_id = StringField(_l("税号"), [_tax_number], filters=[_tax_id])
    email = StringField(_l("电子邮箱"), [_mail_address], filters=[clean])
    gateway = RadioField(_l("怎么付"), [_Chosen()], choices=[], validate_choice=False)
    is_confirmed = BooleanField(_l("我知道了，这几样照样要"))
    checkout_key = HiddenField()
    digest = HiddenField()
    was = HiddenField()

    @property
    def is_collected(self) -> bool:
        """Tell whether no address is needed."""
        return bool(self.handing.data == Handing.COLLECTION)

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
        if self.invoice_tax_id.data and not self.invoice_title.data:
            self.invoice_title.errors = [_("有税号也要写抬头。")]
        return not self.errors


class FindForm(ShopForm):
    """The two things that belong together: an order's code and the phone it was placed with."""

    code = StringField(_l("订单号"), [required(_l("请填订单号。")), at_most(20)], filters=[_code])
    phone = StringField(_l("下单的手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[typed_phone])
