"""Forms of judging applications and of deciding who sells: shape only."""

from datetime import date
from functools import partial
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, IntegerField, SelectMultipleField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from shop.vendors.joining.models import Part, Proof
from shop.vendors.joining.rules import (
    LONGEST_REASON,
    check_number,
    check_until,
    has_number,
    has_until,
    plain_number,
)
from shop.vendors.views.joining.forms import obey, place
from shop.vendors.views.joining.parts import PART_WORDS
from shop.vendors.views.joining.words import WRONG
from shop.web.forms import ShopForm, at_most, between, clean, required

HIGHEST = 2**31 - 1


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


def _number(form: Form, _field: Field) -> None:
    assert isinstance(form, SeenForm)
    obey(partial(check_number, form.proof, form.plain()), WRONG, place)


def _until(form: Form, field: Field) -> None:
    assert isinstance(form, SeenForm)
    field.errors = []
    if not has_until(form.proof):
        return
    if field.data is None and field.raw_data and field.raw_data[0].strip():
        raise StopValidation(_l("日子写成 2027-05-31 这样。"))
    obey(partial(check_until, field.data, form.today), WRONG, place)


class SeenForm(ShopForm):
    """A paper that was brought to the counter, as it was read there."""

    number = StringField(_l("证上的号"), [_number], filters=[clean])
    until = DateField(_l("到哪天为止"), [_until])

    @classmethod
    def of(cls, proof: Proof, today: date, **words: Any) -> Self:
        """Return the form of one paper on a town day; it asks for what stands on such a paper."""
        form = cls(prefix=proof.value, **words)
        form.proof, form.today = proof, today
        for field, is_asked in ((form.number, has_number(proof)), (form.until, has_until(proof))):
            if is_asked:
                field.flags.required = True
        if not has_number(proof):
            del form.number
        if not has_until(proof):
            del form.until
        return form

    def plain(self) -> str:
        """Return the number as it is checked and kept; empty where none stands on the paper."""
        typed = self.number.data or "" if has_number(self.proof) else ""
        return plain_number(typed) if self.proof is Proof.REGISTRATION else typed

    def last_day(self) -> date | None:
        """Return the last day on which it counts, where it ends."""
        return self.until.data if has_until(self.proof) else None


class ReasonForm(ShopForm):
    """Why a vendor shall not sell, for now or for good."""

    reason = StringField(
        _l("为什么"),
        [required(_l("写清楚为什么，他家的页面上看得到。")), at_most(LONGEST_REASON)],
        filters=[clean],
    )
