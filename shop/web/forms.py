"""Forms: shape only. The token is looked at before any form; every message is a sentence in the reader's language."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, Form
from wtforms.validators import StopValidation, ValidationError

from shop.web.i18n import _
from shop.web.words import PHONE

Check = Callable[[Form, Field], None]


class ShopForm(FlaskForm):  # type: ignore[misc]
    """Base of every form."""

    class Meta:
        """The token is not a form's business, see `shop.web.tokens`."""

        csrf = False

    @classmethod
    def from_request(cls, **defaults: Any) -> Self:
        """Return the form filled from the request, or from the defaults when the page is only shown."""
        return cls(**defaults)

    def is_sent_well(self) -> bool:
        """Tell whether the form was posted and every field is in order; otherwise the fields carry their messages."""
        return request.method == "POST" and bool(self.validate())


class EmptyForm(ShopForm):
    """A button: nothing but the press."""


def clean(text: str | None) -> str | None:
    """Return typed text without blanks around it and without invisible control characters."""
    if text is None:
        return None
    return "".join(ch for ch in text if ch >= " " or ch in "\n\t").strip()


class _Required:
    """Refuses an empty field, and marks it in the page as one that must be filled."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.raw_data or not any(str(item).strip() for item in field.raw_data):
            field.errors = []
            raise StopValidation(self.message)


class _Asked:
    """Marks a field that must be filled where it is shown at all; whether it is, the form itself judges."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __call__(self, _form: Form, _field: Field) -> None:
        """Refuse nothing."""


ASKED: Check = _Asked()


def required(message: str) -> Check:
    """Refuse an empty field with this sentence."""
    return _Required(message)


def at_most(characters: int) -> Check:
    """Refuse a longer text, saying how long it may be."""

    def check(_form: Form, field: Field) -> None:
        if field.data and len(field.data) > characters:
            raise ValidationError(_("最多 %(n)d 个字。", n=characters))

    return check


class _Between:
    """Refuses a number outside a range, and an empty field with it."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __init__(self, low: int, high: int, message: str) -> None:
        self.low, self.high, self.message = low, high, message

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data is None or not self.low <= field.data <= self.high:
            field.errors = []
            raise StopValidation(self.message)


def between(low: int, high: int, message: str) -> Check:
    """Refuse a number outside the range; also anything that was not a whole number."""
    return _Between(low, high, message)


def mobile() -> Check:
    """Refuse what is not a mainland mobile number (11 digits beginning with 13 to 19)."""

    def check(_form: Form, field: Field) -> None:
        if not PHONE.fullmatch(field.data or ""):
            raise ValidationError(_("请填 11 位手机号码。"))

    return check
