"""Forms of joining: shape only; what a name, a licence or an account may be stands in the rules."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

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
    SubmitField,
)
from wtforms.validators import StopValidation

from shop.kernel.errors import Invalid
from shop.vendors.joining.models import PayWay, Proof
from shop.vendors.joining.rules import (
    LONGEST_BANK,
    LONGEST_NAME,
    LONGEST_PERSON,
    Account,
    Need,
    check_account_number,
    check_name,
    check_number,
    check_until,
    has_until,
    plain_number,
)
from shop.vendors.models import Standing
from shop.vendors.views.joining.words import PAY_WORDS, PROOF_WORDS, STANDING_WORDS, WRONG, WRONG_ACCOUNT
from shop.web.forms import Check, ShopForm, clean, required


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


def obey(check: Callable[[], None], words: Mapping[Any, str], key: Callable[[Invalid], object]) -> None:
    """Say in its words what a rule refuses, so that a form tells all that is wrong with it at once."""
    try:
        check()
    except Invalid as error:
        raise StopValidation(words[key(error)]) from error


def place(error: Invalid) -> object:
    """Return where in `WRONG` the words of a refusal stand."""
    return error.field, error.reason


def _named(name: str, longest: int) -> Check:
    """Refuse what is no name."""

    def check(_form: Form, field: Field) -> None:
        obey(partial(check_name, name, field.data or "", longest), WRONG, place)

    return check


class WhoForm(ShopForm):
    """What household and person are called."""

    name = StringField(
        _l("您家怎么称呼"),
        [required(WRONG["name", "missing"]), _named("name", LONGEST_NAME)],
        filters=[clean],
        description=_l("买家看得到，比如“大湾·周素珍家”"),
    )
    person = StringField(
        _l("您的名字"), [required(WRONG["person", "missing"]), _named("person", LONGEST_PERSON)], filters=[clean]
    )


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


def _seen(form: Form, field: Field) -> None:
    """Refuse a paper that nobody sees."""
    assert isinstance(form, PaperForm)
    if not (form.bring.data or form.has_photo or field.data):
        raise StopValidation(WRONG["photo", "missing"])


def _paper_number(form: Form, _field: Field) -> None:
    """Refuse a number that cannot be; where several papers would do, they are checked alike."""
    assert isinstance(form, PaperForm)
    if not form.bring.data:
        obey(partial(check_number, form.need.proofs[0], form.plain()), WRONG, place)


def _paper_until(form: Form, field: Field) -> None:
    """Refuse a last day that cannot be."""
    assert isinstance(form, PaperForm)
    field.errors = []
    if form.bring.data or not has_until(form.need.proofs[0]):
        return
    if field.data is None and field.raw_data and field.raw_data[0].strip():
        raise StopValidation(_l("日子写成 2027-05-31 这样。"))
    obey(partial(check_until, field.data, form.today), WRONG, place)


class PaperForm(ShopForm):
    """One paper: which, its photo, number and last day; or the word that it will be brought."""

    proof = RadioField(_l("您有哪一种"), [_OneOf(_l("点一种。"))], choices=[], validate_choice=False)
    photo = FileField(_l("拍一张"), [_seen])
    number = StringField(_l("证上的号"), [_paper_number], filters=[clean])
    until = DateField(_l("到哪天为止"), [_paper_until], description=_l("证上“有效期至”写的那一天"))
    bring = SubmitField(_l("现在没有，带到中心去"))

    def offer(self, need: Need, today: date, *, has_photo: bool) -> None:
        """Offer the proofs of a need on a town day; where there is one, it is taken.

        Args:
            has_photo: there is one already, which stays when no other is sent.
        """
        self.need, self.today, self.has_photo = need, today, has_photo
        if has_photo:
            self.photo.label.text = _l("换一张照片")
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

    def plain(self) -> str:
        """Return the number as it is checked and kept."""
        number = self.number.data or ""
        return plain_number(number) if self.need.proofs == (Proof.REGISTRATION,) else number


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


def _bank(form: Form, field: Field) -> None:
    """Refuse what is no bank's name, where a bank is asked for."""
    assert isinstance(form, AccountForm)
    if form.way is PayWay.BANK:
        _named("bank", LONGEST_BANK)(form, field)


def _account_number(form: Form, _field: Field) -> None:
    """Refuse an account that money cannot be sent to."""
    assert isinstance(form, AccountForm)
    account = form.account()
    check = partial(check_account_number, account.way, account.number)
    obey(check, WRONG_ACCOUNT, lambda error: (account.way, error.reason))


class AccountForm(ShopForm):
    """An account, and a consent of its own to its being kept. Browsers are asked not to remember the number."""

    holder = StringField(
        _l("户名"), [required(WRONG["holder", "missing"]), _named("holder", LONGEST_PERSON)], filters=[clean]
    )
    bank = StringField(_l("哪个银行"), [_bank], filters=[clean], description=_l("比如 农业银行、农商银行"))
    number = StringField(_l("卡号"), [required(_l("写一下账号。")), _account_number], filters=[clean])
    agrees = BooleanField(_l("您的同意"), [_agreed])

    def ask_for(self, way: PayWay) -> None:
        """Ask for what this way needs."""
        self.way = way
        self.bank.flags.required = way is PayWay.BANK
        if way is PayWay.WECHAT:
            self.holder.label.text = _l("微信上的名字")
            self.number.label.text = _l("微信号，或绑的手机号")

    def account(self) -> Account:
        """Return the account as it was typed."""
        bank = self.bank.data or "" if self.way is PayWay.BANK else ""
        number = self.number.data or ""
        number = plain_number(number) if self.way is PayWay.BANK else "".join(number.split())
        return Account(self.way, self.holder.data or "", bank, number)


class PasswordProofForm(ShopForm):
    """The password once more, before something that only its owner may do."""

    password = PasswordField(_l("登录密码"), [required(_l("写一下登录密码。"))])


class CodeProofForm(ShopForm):
    """A code from one's own phone, before something that only its owner may do."""

    code = StringField(_l("短信里的 6 位数字"), [required(_l("写一下短信里的 6 位数字。"))], filters=[clean])
