"""Forms of coming in."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField

from shop.accounts.rules import MAX_PASSWORD, normal_phone
from shop.web.forms import ShopForm, at_most, clean, mobile, required


def typed_phone(text: str | None) -> str | None:
    """Return a typed number as it is kept."""
    return None if text is None else normal_phone(clean(text) or "")


class PhoneForm(ShopForm):
    """Whose code is wanted."""

    phone = StringField(_l("手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[typed_phone])


class SignInForm(PhoneForm):
    """Phone and password, and where to go afterwards."""

    password = PasswordField(_l("密码"), [required(_l("请填密码。")), at_most(MAX_PASSWORD)])
    next = HiddenField()


class ResetForm(PhoneForm):
    """The code from the phone, and a new password."""

    code = StringField(_l("验证码"), [required(_l("请填短信里的 6 位数字。"))], filters=[clean])
    password = PasswordField(_l("新密码"), [required(_l("请填新密码。"))])


class PasswordForm(ShopForm):
    """The password of today and the one from now on."""

    current = PasswordField(_l("现在的密码"), [required(_l("请填现在的密码。")), at_most(MAX_PASSWORD)])
    password = PasswordField(_l("新密码"), [required(_l("请填新密码。"))])
