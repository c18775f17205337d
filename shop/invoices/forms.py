"""What a buyer types about an invoice; the same refusals say the same words at the checkout and afterwards."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from shop.invoices.models import InvoiceKind, Medium, TitleKind
from shop.kernel.errors import Invalid
from shop.vendors.joining.rules import plain_number

TITLE_CHOICES = (
    (TitleKind.PERSON.value, _l("个人")),
    (TitleKind.COMPANY.value, _l("公司、个体户、合作社")),
    (TitleKind.OFFICE.value, _l("机关、学校、医院")),
)
KIND_CHOICES = (
    (InvoiceKind.ORDINARY.value, _l("普通发票")),
    (InvoiceKind.SPECIAL.value, _l("增值税专用发票")),
)
MEDIUM_CHOICES = ((Medium.ELECTRONIC.value, _l("电子发票")), (Medium.PAPER.value, _l("纸质，寄给我")))

REFUSED: Mapping[tuple[str, str], Any] = {
    ("title", "missing"): _l("请填发票抬头：个人写名字，单位写全名。"),
    ("title", "shape"): _l("抬头最多 100 个字，用字写。"),
    ("tax_id", "missing"): _l("单位的发票要有税号，照营业执照抄。"),
    ("tax_id", "person"): _l("个人的发票不填税号；是单位的，上面选单位。"),
    ("tax_id", "shape"): _l("税号是 18 位数字和大写字母（老的有 15 位、20 位），照营业执照抄。"),
    ("tax_id", "check"): _l("税号里有一位抄错了，照营业执照再对一遍。"),
    ("kind", "person"): _l("专用发票只开给单位，个人请选普通发票。"),
    ("kind", "issuer"): _l("这一单的货开不了专用发票：农户自产的免税，由税务所代开普通发票。请选普通发票。"),
    ("seat", "missing"): _l("专用发票要填单位的注册地址。"),
    ("seat_phone", "missing"): _l("专用发票要填单位的电话。"),
    ("seat_phone", "shape"): _l("电话写成 028-83881234 这样。"),
    ("bank", "missing"): _l("专用发票要填开户银行。"),
    ("account", "missing"): _l("专用发票要填银行账号。"),
    ("account", "shape"): _l("银行账号是 6 到 34 位数字。"),
    ("street", "missing"): _l("寄到哪里，请把收件人、手机和地址填全。"),
}
"""Why an invoice cannot be made out so, by field and reason."""


def refused_words(refused: Invalid) -> str:
    """Return in words why an invoice cannot be made out so."""
    return str(REFUSED[refused.field, refused.reason])


def typed_tax_id(typed: str | None) -> str | None:
    """Return a typed id as it is kept."""
    return None if typed is None else plain_number(typed)


def put_refusal(fields: Mapping[str, Field], refused: Invalid) -> None:
    """Say why at the field that it is about.

    Args:
        fields: name of what is asked for -> the form's own field for it.
    """
    fields[refused.field].errors = [refused_words(refused)]
