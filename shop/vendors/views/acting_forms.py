"""Forms of consent and of delegates: shape only."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, FileField, Form, RadioField, SelectMultipleField, StringField
from wtforms.validators import StopValidation

from shop.accounts.forms import typed_phone
from shop.vendors.acts.consents import MAX_NAME
from shop.vendors.acts.models import ConsentScope, ConsentWay
from shop.vendors.views.acting_words import SCOPE_WORDS, WAY_WORDS
from shop.web.forms import ShopForm, at_most, clean, mobile, required


def _day(_form: Form, field: Field) -> None:
    if not isinstance(field.data, date):
        field.errors = []
        raise StopValidation(_l("日子写成 2027-05-31 这样。"))


def _some(_form: Form, field: Field) -> None:
    if not field.data or not set(field.data) <= set(ConsentScope):
        field.errors = []
        raise StopValidation(_l("至少选一样。"))


def _way(_form: Form, field: Field) -> None:
    if field.data not in tuple(ConsentWay):
        field.errors = []
        raise StopValidation(_l("请选是签字还是手印。"))


class ConsentForm(ShopForm):
    """What a vendor agreed to at the counter."""

    scopes = SelectMultipleField(
        _l("同意中心替他做什么"),
        [required(_l("至少选一样。")), _some],
        choices=[(scope.value, words) for scope, words in SCOPE_WORDS.items()],
        validate_choice=False,
        description=_l("收款账号不在里面，谁也不能替"),
    )
    given_by = StringField(_l("谁同意的"), [required(_l("请写名字。")), at_most(MAX_NAME)], filters=[clean])
    given_on = DateField(_l("哪天说的"), [required(_l("请填日子。")), _day])
    until_on = DateField(_l("管到哪天"), [required(_l("请填日子。")), _day], description=_l("最长一年"))
    way = RadioField(
        _l("怎么留的凭据"),
        [required(_l("请选是签字还是手印。")), _way],
        choices=[(way.value, words) for way, words in WAY_WORDS.items()],
        validate_choice=False,
    )
    photo = FileField(_l("拍下同意书"), description=_l("签字、手印要拍清楚。只有中心和本人能看。"))


class HelperCodeForm(ShopForm):
    """The code that was sent to that person and told to the household, and their name if nobody knows it yet."""

    code = StringField(_l("他手机收到的六个数"), [required(_l("请填六个数。")), at_most(12)], filters=[clean])
    name = StringField(_l("他叫什么"), [at_most(MAX_NAME)], filters=[clean])


class HelperForm(ShopForm):
    """A person of the family who shall act for a vendor."""

    phone = StringField(_l("家里人的手机号"), [required(_l("请填手机号。")), mobile()], filters=[typed_phone])
