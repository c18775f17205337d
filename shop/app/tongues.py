"""How messages are said in the languages of buyers: by the same catalogs and dictionaries as the pages."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from shop.app.languages import translations
from shop.kernel.languages import Language
from shop.notifications.tongues import HOME, MOST_OF_A_NAME, Tongue, short
from shop.web.gloss import english_of
from shop.web.han import in_hant
from shop.web.units import english_unit
from shop.web.words import MONTHS

HAN = re.compile(r"[\u3400-\u9fff]")


def tongue_of(facts: Mapping[str, Any]) -> Tongue:
    """Return how a message is said, by the language in its facts; without one it is in the town's own."""
    return tongue(Language(facts.get("language", Language.HANS)))


@cache
def tongue(language: Language) -> Tongue:
    """Return how messages are said in a language."""
    if language is Language.HANT:
        return Tongue(language, finished=in_hant)
    if language is Language.EN:
        return Tongue(language, named=_named, counted=_counted, day=_day, said=_said)
    return HOME


def _named(title: str) -> str:
    """Return a name, and what kind of thing it is where the dictionary knows: of one kind there may be several."""
    kind = english_of(title)
    return f"{short(title, MOST_OF_A_NAME)} ({kind})" if kind else title


def _counted(count: int, unit: str) -> str:
    word = english_unit(unit, count)
    return word if count == 1 and word[:1].isdigit() else f"{count} {word}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _said(text: str) -> str:
    """Return words that are known in English, or were typed in it; "" of what is Chinese, which stands on the page."""
    found = str(translations(Language.EN).ugettext(text)) if text else ""
    return "" if HAN.search(found) else found.rstrip(" .")
