"""An address pasted in one piece: its parts into the fields of the form, for whoever pasted it to look over."""

from collections.abc import Mapping
from typing import TypeVar

from flask import request

from shop.accounts.addresses import resolve
from shop.courier.rules import PROVINCES
from shop.orders.forms import RecipientForm
from shop.web.i18n import _
from shop.web.places import province_word

F = TypeVar("F", bound=RecipientForm)


def refilled(form: type[F], parts: Mapping[str, str]) -> F:
    """Return the form as it was sent, with these fields filled anew."""
    sent = request.form.copy()
    for name, value in parts.items():
        sent[name] = value
    return form(formdata=sent)


def split_into(form: F, **others: str) -> F | None:
    """Return a form filled from the text that was pasted into this one; what it does not say is marked as missing.

    Args:
        others: fields that are filled besides.

    Returns:
        None when nothing was pasted, or too much: the form says so at its field.
    """
    text = form.paste.data or ""
    if not text or not form.paste.validate(form):
        form.paste.errors = form.paste.errors or [_("先贴一段文字。")]
        return None
    found = resolve(text)
    said = {part: value for part in form.PARTS if (value := getattr(found, part))}
    filled = refilled(type(form), {**said, "paste": "", **others})
    filled.validate()
    if found.province and found.province not in PROVINCES:
        filled.province.errors = [not_reached(found.province)]
    return filled


def is_left_to_split(form: RecipientForm, *, is_untouched: bool) -> bool:
    """Tell whether a text was pasted and nothing else was said: it is what is meant.

    That it is split by a button of its own need nobody see; what stood there before must not be taken instead.

    Args:
        is_untouched: the fields say what the page said, and not what somebody typed.
    """
    return bool(form.paste.data) and is_untouched and not form.is_collected


def not_reached(province: str) -> str:
    """Return in words that parcels do not go to a province."""
    return _("%(province)s现在还寄不到。", province=province_word(province))
