"""Forms of coming in, and of kept addresses."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from shop.accounts.addresses.resolver import MAX_TEXT, PARTS
from shop.accounts.models import Device
from shop.accounts.rules import (
    ABOUT_BUYERS,
    BENCH_ROLES,
    LONGEST,
    MAX_NAME,
    MAX_PASSWORD,
    MAX_REASON,
    PIN,
    PostalAddress,
    normal_phone,
    normal_pin,
)
from shop.courier.rules import PROVINCES
from shop.web.forms import ShopForm, at_most, clean, mobile, required
from shop.web.i18n import _
from shop.web.places import PROVINCE_CHOICES


def typed_phone(text: str | None) -> str | None:
    """Return a typed number as it is kept."""
    return None if text is None else normal_phone(clean(text) or "")


class PhoneForm(ShopForm):
    """Whose code is wanted."""

    phone = StringField(_l("手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[typed_phone])


def own_or_shared(_form: Form, field: Field) -> None:
    """Refuse what was not offered."""
    if field.data not in tuple(Device):
        raise ValidationError(_("请选一样。"))


class DeviceForm(ShopForm):
    """Whose phone it is: the one question at every way in."""

    device = RadioField(
        _l("这是谁的手机"),
        [required(_l("请选一样。")), own_or_shared],
        validate_choice=False,
        choices=[(Device.OWN.value, _l("我自己的")), (Device.SHARED.value, _l("公用的、借的"))],
        default=Device.OWN.value,
    )

    def whose(self) -> Device:
        """Return the answer; call it on a form that was sent well."""
        return Device(self.device.data)


class ProveForm(ShopForm):
    """Who is signed in shows once more that it is them: by password, or by a code."""

    password = PasswordField(_l("密码"), [at_most(MAX_PASSWORD)])
    code = StringField(_l("验证码"), [at_most(20)], filters=[clean])


class OnRequestForm(ShopForm):
    """How it was known that it is the person themself, where the centre acts for them."""

    reason = StringField(
        _l("怎么认出是本人"), [required(_l("请写怎么认出是本人。")), at_most(MAX_REASON)], filters=[clean]
    )


class NameForm(ShopForm):
    """What a person wants to be called."""

    name = StringField(_l("怎么称呼您"), [required(_l("请填名字。")), at_most(MAX_NAME)], filters=[clean])


class NewPhoneForm(PhoneForm):
    """The number to come in with from now on, and the code that came to it; without one it is sent."""

    code = StringField(_l("验证码"), [at_most(20)], filters=[clean])


class SignInForm(PhoneForm, DeviceForm):
    """Phone and password, and where to go afterwards."""

    password = PasswordField(_l("密码"), [required(_l("请填密码。")), at_most(MAX_PASSWORD)])
    next = HiddenField()


class AskCodeForm(PhoneForm):
    """Where a code to come in with is sent, and where to go afterwards."""

    next = HiddenField()


class CodeForm(PhoneForm, DeviceForm):
    """The code from the phone, and a name where there is no account yet."""

    code = StringField(_l("验证码"), [required(_l("请填短信里的 6 位数字。"))], filters=[clean])
    name = StringField(_l("怎么称呼您"), [at_most(MAX_NAME)], filters=[clean])
    next = HiddenField()


def four_figures(_form: Form, field: Field) -> None:
    """Refuse what is not four figures: it could not open any card, so it costs no try."""
    if not PIN.fullmatch(field.data or ""):
        raise ValidationError(_("按 4 位数字。"))


def typed_pin(text: str | None) -> str | None:
    """Return a typed PIN as it is compared."""
    return None if text is None else normal_pin(clean(text) or "")


class PinForm(DeviceForm):
    """The PIN of a card that was scanned."""

    pin = PasswordField(_l("4 位数字"), [required(_l("按 4 位数字。")), four_figures], filters=[typed_pin])


class IssueForm(ShopForm):
    """The PIN of a new card, as its holder chooses it, twice."""

    pin = PasswordField(_l("选 4 位数字"), [required(_l("按 4 位数字。")), four_figures], filters=[typed_pin])
    again = PasswordField(_l("再按一遍"), [required(_l("再按一遍。"))], filters=[typed_pin])


class ResetForm(PhoneForm, DeviceForm):
    """The code from the phone, and a new password."""

    code = StringField(_l("验证码"), [required(_l("请填短信里的 6 位数字。"))], filters=[clean])
    password = PasswordField(_l("新密码"), [required(_l("请填新密码。"))])


class PasswordForm(ShopForm):
    """The password of today and the one from now on."""

    current = PasswordField(_l("现在的密码"), [required(_l("请填现在的密码。")), at_most(MAX_PASSWORD)])
    password = PasswordField(_l("新密码"), [required(_l("请填新密码。"))])


def known_act(_form: Form, field: Field) -> None:
    """Refuse what gives or takes no role of the centre."""
    word, _sep, role = (field.data or "").partition(":")
    if word not in ("give", "take") or role not in BENCH_ROLES:
        raise ValidationError(_("请选给什么，或者收什么。"))


class RoleForm(ShopForm):
    """One role given (`give:counter`) or taken (`take:counter`), why, and which page it was decided on."""

    act = RadioField(_l("给什么，收什么"), [required(_l("请选给什么，或者收什么。")), known_act], validate_choice=False)
    reason = StringField(_l("为什么"), [required(_l("请写为什么。")), at_most(MAX_REASON)], filters=[clean])
    version = HiddenField()

    def seen(self) -> int:
        """Return the version of the page in front; 0 fits only a person whose roles nobody changed yet."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


class FactorForm(ShopForm):
    """A code of the second factor, and where to go afterwards."""

    factor_code = StringField(_l("验证码"), [required(_l("请填验证器上的 6 位数字。")), at_most(40)], filters=[clean])
    next = HiddenField()


class ResetFactorForm(ShopForm):
    """Why somebody's second factor is taken away."""

    reason = StringField(_l("为什么"), [required(_l("请写为什么。")), at_most(MAX_REASON)], filters=[clean])


def known_reason(_form: Form, field: Field) -> None:
    """Refuse what is not on the short list."""
    if field.data not in ABOUT_BUYERS:
        raise ValidationError(_("请选为什么要看。"))


class ShowForm(ShopForm):
    """Why somebody's full phone and address are wanted. The face that shows it gives the reasons their words."""

    why = RadioField(
        _l("为什么要看"),
        [required(_l("请选为什么要看。")), known_reason],
        choices=[(why.value, why.value) for why in ABOUT_BUYERS],
        validate_choice=False,
    )


class PasteForm(ShopForm):
    """One text with name, phone and address, as a friend sent it."""

    text = TextAreaField(_l("整段贴进来"), [required(_l("先贴一段文字。")), at_most(MAX_TEXT)], filters=[clean])


def known_province(_form: Form, field: Field) -> None:
    """Refuse what is no province that parcels go to."""
    if field.data not in PROVINCES:
        raise ValidationError(_("请从单子里选一个省份。"))


class AddressForm(ShopForm):
    """To whom and where."""

    PARTS: ClassVar[tuple[str, ...]] = PARTS

    name = StringField(_l("收货人"), [required(_l("请填收货人的名字。")), at_most(LONGEST["name"])], filters=[clean])
    phone = StringField(_l("手机号码"), [required(_l("请填手机号码。")), mobile()], filters=[typed_phone])
    province = SelectField(
        _l("省份"),
        [required(_l("请选省份。")), known_province],
        choices=PROVINCE_CHOICES,
        validate_choice=False,
    )
    city = StringField(_l("城市"), [required(_l("请填城市。")), at_most(LONGEST["city"])], filters=[clean])
    district = StringField(_l("区县"), [required(_l("请填区或县。")), at_most(LONGEST["district"])], filters=[clean])
    street = StringField(
        _l("街道门牌"), [required(_l("请填街道和门牌。")), at_most(LONGEST["street"])], filters=[clean]
    )

    def address(self) -> PostalAddress:
        """Return what was typed; call it on a form that was sent well."""
        return PostalAddress(**{part: getattr(self, part).data for part in PARTS})
