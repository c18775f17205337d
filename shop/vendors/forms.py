"""The form of a vendor's paper: shape only."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, RadioField, StringField
from wtforms.validators import StopValidation

from shop.vendors.models import PaperKind
from shop.web.forms import ShopForm, at_most, clean, required

MAX_NUMBER = 60
YEARS = range(2000, 2100)
"""Papers end in these; another year was mistyped. One that has ended may be written down: its goods go."""


class _Kind:
    """Refuses what is no kind of paper."""

    field_flags = {"required": True}  # noqa: RUF012 - as WTForms reads it

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data not in tuple(PaperKind):
            field.errors = []
            raise StopValidation(_l("请选是哪种证。"))


def _until(_form: Form, field: Field) -> None:
    if field.raw_data and str(field.raw_data[0]).strip() and not isinstance(field.data, date):
        field.errors = []
        raise StopValidation(_l("日子写成 2027-05-31 这样。"))
    if not field.raw_data or not str(field.raw_data[0]).strip():
        field.errors = []
    elif field.data.year not in YEARS:
        raise StopValidation(_l("看看年份，没有证写的是这一年。"))


class PaperForm(ShopForm):
    """A paper that the centre has seen. The face that shows it gives the kinds their words."""

    kind = RadioField(
        _l("哪种证"), [_Kind()], choices=[(kind.value, kind.value) for kind in PaperKind], validate_choice=False
    )
    number = StringField(_l("证号"), [required(_l("请写证号。")), at_most(MAX_NUMBER)], filters=[clean])
    until = DateField(_l("到哪天为止"), [_until], description=_l("最后管用的那天；没有期限就空着"))
