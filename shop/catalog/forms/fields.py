"""What goods are typed in: weights, prices, numbers and days that may stay empty, choices that were offered."""

import re
import unicodedata
from collections.abc import Container
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form
from wtforms.validators import StopValidation, ValidationError

from shop.catalog.rules import MAX_PRICE_FEN
from shop.kernel.money import JIN_G, fen_from_text, yuan
from shop.web.forms import Check

JIN, GRAM = "jin", "gram"
TYPED_WEIGHT = re.compile(r"(\d{1,5})(?:\.(\d{1,3}))?\s*(斤|公斤|kg|千克|克|g)?", re.ASCII | re.IGNORECASE)
PHONE_LIKE = re.compile(r"1\d{10}")
MANY_DIGITS = re.compile(r"\d{7}")
UNIT_G = {"斤": JIN_G, "公斤": 1000, "kg": 1000, "千克": 1000, "克": 1, "g": 1}


def grams_from_text(typed: str, unit: str = JIN) -> int:
    """Return whole grams of a weight as people type it: a number of 斤 (or grams), or with its own unit behind it.

    Args:
        unit: what a bare number counts, JIN or GRAM.

    Raises:
        ValueError: it is no weight of whole grams.
    """
    found = TYPED_WEIGHT.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        raise ValueError("not a weight")
    each = UNIT_G[found[3].lower()] if found[3] else (1 if unit == GRAM else JIN_G)
    grams, rest = divmod((int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))) * each, 1000)
    if rest:
        raise ValueError("not a weight of whole grams")
    return grams


def jin_as_typed(grams: int) -> str:
    """Return a weight as one would type it in 斤, exactly: a gram is two thousandths of it."""
    whole, rest = divmod(grams * 1000 // JIN_G, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


def weight_as_typed(grams: int) -> tuple[str, str]:
    """Return a weight as one would type it, and its unit: 斤 where two decimals say it exactly, otherwise grams."""
    return (str(grams), GRAM) if grams * 100 % JIN_G else (jin_as_typed(grams), JIN)


def price_as_typed(fen: int) -> str:
    """Return a price as one would type it: 28 or 28.50, without sign and separators."""
    return yuan(fen)[1:].replace(",", "")


def among(known: Container[str], message: str) -> Check:
    """Refuse a choice that was not offered."""

    def check(_form: Form, field: Field) -> None:
        if field.data not in known:
            field.errors = []
            raise StopValidation(message)

    return check


def all_among(known: Container[str], message: str) -> Check:
    """Refuse several choices of which one was not offered."""

    def check(_form: Form, field: Field) -> None:
        if any(choice not in known for choice in field.data or ()):
            raise ValidationError(message)

    return check


def check_price(_form: Form, field: Field) -> None:
    """Refuse what is no price; of a number far too long, say what is wrong with it."""
    typed, beyond = field.data or "", _l("价钱要在 0.01 元到 %(n)d 元之间。", n=MAX_PRICE_FEN // 100)
    if PHONE_LIKE.fullmatch(typed):
        raise ValidationError(_l("这像是电话号码。请填卖多少钱，比如 28。"))
    if MANY_DIGITS.match(typed):
        raise ValidationError(beyond)
    try:
        fen = fen_from_text(typed)
    except ValueError:
        raise ValidationError(_l("价钱写成 28 或 28.5 这样。")) from None
    if not 1 <= fen <= MAX_PRICE_FEN:
        raise ValidationError(beyond)


def weight_up_to(most_g: int, message: str, *, least_g: int = 1) -> Check:
    """Refuse what is no weight in 斤, and one below the least or above the most, with this sentence."""

    def check(_form: Form, field: Field) -> None:
        try:
            grams = grams_from_text(field.data or "")
        except ValueError:
            raise ValidationError(_l("重量写成 1.5 斤，或者 750 克。")) from None
        if not least_g <= grams <= most_g:
            raise ValidationError(message)

    return check


def may_be_empty(_form: Form, field: Field) -> None:
    """Let an empty field pass, without what a number or a day would say of nothing."""
    if not field.raw_data or not str(field.raw_data[0]).strip():
        field.errors = []
        raise StopValidation


def day(message: str) -> Check:
    """Refuse what is no day of the calendar."""

    def check(_form: Form, field: Field) -> None:
        if not isinstance(field.data, date):
            field.errors = []
            raise StopValidation(message)

    return check
