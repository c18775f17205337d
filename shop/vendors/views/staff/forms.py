"""Forms of judging applications and of deciding who sells: shape only."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, IntegerField, SelectMultipleField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from shop.vendors.joining.models import Part
from shop.vendors.joining.rules import LONGEST_NUMBER, LONGEST_REASON
from shop.vendors.views.joining.words import PART_WORDS
from shop.web.forms import ShopForm, at_most, between, clean, required

HIGHEST = 2**31 - 1


def _until(_form: Form, field: Field) -> None:
    if field.raw_data and str(field.raw_data[0]).strip() and not isinstance(field.data, date):
        field.errors = []
        raise StopValidation(_l("日子写成 2027-05-31 这样。"))
    if not field.raw_data or not str(field.raw_data[0]).strip():
        field.errors = []


def _some(_form: Form, field: Field) -> None:
    if not field.data or not set(field.data) <= set(Part):
        field.errors = []
        raise StopValidation(_l("至少选一处。"))


class ApproveForm(ShopForm):
    """The version of an application that its reviewer saw."""

    version = IntegerField(validators=[between(1, HIGHEST, _l("请重新打开这一页。"))], widget=HiddenInput())


class SendBackForm(ApproveForm):
    """Which parts are to be mended, and why."""

    parts = SelectMultipleField(
        _l("哪里要改"),
        [required(_l("至少选一处。")), _some],
        choices=[(part.value, words) for part, words in PART_WORDS.items()],
        validate_choice=False,
    )
    reason = StringField(
        _l("要改什么"),
        [required(_l("写清楚要改什么，申请的人照着改。")), at_most(LONGEST_REASON)],
        filters=[clean],
        description=_l("前 14 个字进短信，全文在申请页上"),
    )


class RefuseForm(ApproveForm):
    """Why it is refused."""

    reason = StringField(
        _l("为什么不行"),
        [required(_l("写清楚为什么不行。")), at_most(LONGEST_REASON)],
        filters=[clean],
        description=_l("前 20 个字进短信，全文在申请页上"),
    )


class SeenForm(ShopForm):
    """A paper that was brought to the counter, as it was read there."""

    number = StringField(_l("证上的号"), [at_most(LONGEST_NUMBER)], filters=[clean])
    until = DateField(_l("到哪天为止"), [_until])


class ReasonForm(ShopForm):
    """Why a vendor shall not sell, for now or for good."""

    reason = StringField(
        _l("为什么"),
        [required(_l("写清楚为什么，他家的页面上看得到。")), at_most(LONGEST_REASON)],
        filters=[clean],
    )
