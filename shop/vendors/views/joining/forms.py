"""Forms of joining: shape only; what a name, a licence or an account may be stands in the rules."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import StopValidation

from shop.vendors.joining.models import PayWay, Proof
from shop.vendors.joining.rules import Account, Need, plain_number
from shop.vendors.models import Standing
from shop.vendors.views.joining.words import PAY_WORDS, PROOF_WORDS, STANDING_WORDS, WRONG
from shop.web.forms import ShopForm, clean, required


class _OneOf:
    """Refuses a choice that is not offered."""

    field_flags = {"required": True}  # noqa: RUF012 - as WTForms reads it

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        assert isinstance(field, RadioField)
        if field.data not in {choice[0] for choice in field.choices or ()}:
            field.errors = []
            raise StopValidation(self.message)


def _day(_form: Form, field: Field) -> None:
    if field.raw_data and str(field.raw_data[0]).strip() and not isinstance(field.data, date):
        field.errors = []
        raise StopValidation(_l("日子写成 2027-05-31 这样。"))
    field.errors = []


class WhoForm(ShopForm):
    """What household and person are called."""

    name = StringField(
        _l("您家怎么称呼"),
        [required(WRONG["name", "missing"])],
        filters=[clean],
        description=_l("买家看得到，比如“大湾·周素珍家”"),
    )
    person = StringField(_l("您的名字"), [required(WRONG["person", "missing"])], filters=[clean])


class VillageForm(ShopForm):
    """Where they live; the page gives the choices."""

    village = RadioField(_l("住哪个村"), [_OneOf(WRONG["village", "unknown"])], choices=[], validate_choice=False)


class StandingForm(ShopForm):
    """On what ground they sell."""

    standing = RadioField(
        _l("您属于哪种"),
        [_OneOf(_l("点一种。"))],
        choices=[(standing.value, words[0]) for standing, words in STANDING_WORDS.items()],
        validate_choice=False,
    )

    def chosen(self) -> Standing:
        """Return what was chosen."""
        return Standing(self.standing.data)


class GoodsForm(ShopForm):
    """What they want to sell; the page gives the choices and leaves out what is none."""

    goods = SelectMultipleField(_l("要卖哪些"), choices=[], validate_choice=False)


class PaperForm(ShopForm):
    """One paper: which, its photo, number and last day."""

    proof = RadioField(_l("您有哪一种"), [_OneOf(_l("点一种。"))], choices=[], validate_choice=False)
    photo = FileField(_l("拍一张"))
    number = StringField(_l("证上的号"), filters=[clean])
    until = DateField(_l("到哪天为止"), [_day], description=_l("证上“有效期至”写的那一天"))

    def offer(self, need: Need) -> None:
        """Offer the proofs of a need; where there is one, it is taken."""
        self.proof.choices = [(proof.value, PROOF_WORDS[proof]) for proof in need.proofs]
        if len(need.proofs) == 1:
            self.proof.data = need.proofs[0].value
        for field in (self.number, self.until):
            field.flags.required = True
        if need.proofs == (Proof.REGISTRATION,):
            self.number.label.text = _l("统一社会信用代码")
            self.number.description = _l("执照右上角，18 位")

    def chosen(self) -> Proof:
        """Return which paper it is."""
        return Proof(self.proof.data)


class SendForm(ShopForm):
    """Yes to what the page shows."""

    version = HiddenField()

    def seen(self) -> int:
        """Return the version that the page showed; 0 when it did not say."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class WayForm(ShopForm):
    """How they want to be paid."""

    way = RadioField(
        _l("哪一种方便"),
        [_OneOf(_l("点一种。"))],
        choices=[(way.value, words[0]) for way, words in PAY_WORDS.items()],
        validate_choice=False,
    )

    def chosen(self) -> PayWay:
        """Return what was chosen."""
        return PayWay(self.way.data)


def _agreed(_form: Form, field: Field) -> None:
    if not field.data:
        raise StopValidation(_l("要您点了同意，我们才能记下账号。"))


class AccountForm(ShopForm):
    """An account, and a consent of its own to its being kept. Browsers are asked not to remember the number."""

    holder = StringField(_l("户名"), [required(WRONG["holder", "missing"])], filters=[clean])
    bank = StringField(_l("哪个银行"), filters=[clean], description=_l("比如 农业银行、农商银行"))
    number = StringField(_l("卡号"), [required(_l("写一下账号。"))], filters=[clean])
    agrees = BooleanField(_l("我同意中心记下这个账号，只用来给我打钱"), [_agreed])

    def ask_for(self, way: PayWay) -> None:
        """Ask for what this way needs."""
        self.bank.flags.required = way is PayWay.BANK
        if way is PayWay.WECHAT:
            self.holder.label.text = _l("微信上的名字")
            self.number.label.text = _l("微信号，或绑的手机号")

    def account(self, way: PayWay) -> Account:
        """Return the account as it was typed."""
        number = self.number.data or ""
        number = plain_number(number) if way is PayWay.BANK else "".join(number.split())
        bank = self.bank.data or "" if way is PayWay.BANK else ""
        return Account(way, self.holder.data or "", bank, number)


class PasswordProofForm(ShopForm):
    """The password once more, before something that only its owner may do."""

    password = PasswordField(_l("登录密码"), [required(_l("写一下登录密码。"))])


class CodeProofForm(ShopForm):
    """A code from one's own phone, before something that only its owner may do."""

    code = StringField(_l("短信里的 6 位数字"), [required(_l("写一下短信里的 6 位数字。"))], filters=[clean])
