"""Words in the reader's language: the source is 简体中文, `_()` marks every sentence for translation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from flask import g
from flask_babel import force_locale, get_locale, get_translations
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from shop.kernel.languages import Language
from shop.web.units import english_unit

CATALOGS = Path(__file__).parents[2] / "translations"
LANG = "lang"
"""The cookie that keeps a chosen language."""


TRANSLATED = (Language.HANT, Language.EN)
"""Languages with a catalog of their own; the other is the source."""
HANT_UNITS = {"只": "隻"}
"""Units that alone, without a word before them, could be another character of 繁體 as well."""
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
SIMPLIFIED = frozenset({"hans", "cn", "sg", "my"})
AT_WORK = ("/staff", "/vendor", "/driver", "/card")
"""Whose pages are written in the town's own language alone."""
JOINING = "/join/"
"""What follows on the first page about selling here, which is for everyone."""


def _(text: str, **values: Any) -> str:
    """Return a sentence in the reader's language, its `%(name)s` filled in; the unit of `n` goods too."""
    if "unit" in values:
        values["unit"] = unit_word(values["unit"], values.get("n", 1))
    sentence = said(text)
    return sentence % values if values else sentence


def said(text: str) -> str:
    """Return a sentence in the reader's language as the catalog has it, nothing filled in."""
    # The library looks for the catalog at every sentence, of which a page has hundreds; here one look is enough.
    sentences: NullTranslations
    try:
        sentences = g.sentences
    except AttributeError:
        sentences = g.sentences = get_translations()
    except RuntimeError:  # outside a request
        return text
    return str(sentences.ugettext(text))


def unit_word(unit: str, count: object = 1) -> str:
    """Return a unit of goods as the reader calls it, for so many."""
    if reader() is Language.EN:
        return english_unit(unit, count if isinstance(count, int) else 1)
    return HANT_UNITS.get(unit, unit) if reader() is Language.HANT else unit


def offered(value: str | None) -> Language | None:
    """Return the language of that name, or None when the house has none such."""
    return next((language for language in Language if language.value == value), None)


def language_of(cookies: Mapping[str, str], accept_language: str) -> Language:
    """Return the language a browser reads: the one it has chosen, else the first it asks for that the house has."""
    chosen = offered(cookies.get(LANG))
    if chosen is not None:
        return chosen
    return _first_of(accept_language)


@lru_cache(maxsize=512)
def _first_of(accept_language: str) -> Language:
    wanted = parse_accept_header(accept_language, LanguageAccept)
    known = (_known(tag) for tag, quality in wanted if quality > 0)
    return next((language for language in known if language is not None), Language.HANS)


def _known(tag: str) -> Language | None:
    head, *rest = tag.lower().replace("_", "-").split("-")
    if head == "en":
        return Language.EN
    if head in ("zh", "yue"):
        told = next((part for part in rest if part in TRADITIONAL | SIMPLIFIED), "")
        return Language.HANT if told in TRADITIONAL else Language.HANS
    return None


def is_at_work(path: str) -> bool:
    """Tell whether a page is for those who work here: it is written in the town's own language."""
    return path.startswith(JOINING) or any(path == place or path.startswith(f"{place}/") for place in AT_WORK)


def locale_of(language: Language) -> str:
    """Return a language as the catalogs are asked for it: the source's carries its town's country."""
    return "zh_Hans_CN" if language is Language.HANS else language.value


@contextmanager
def written_in(language: Language) -> Iterator[None]:
    """Let what is made within be in a language, whoever asks for it."""
    with force_locale(locale_of(language)):
        _look_anew()
        try:
            yield
        finally:
            _look_anew()


def _look_anew() -> None:
    """Forget what was looked up for this request."""
    g.pop("reader", None)
    g.pop("sentences", None)


def reader() -> Language:
    """Return the language in which the answer to this request is read; outside a request the town's own."""
    language: Language
    try:
        language = g.reader
    except AttributeError:
        language = g.reader = _reader()
    except RuntimeError:
        return Language.HANS
    return language


def _reader() -> Language:
    locale = get_locale()
    if locale is None:
        return Language.HANS
    if locale.language == "en":
        return Language.EN
    return Language.HANT if locale.script == "Hant" else Language.HANS
