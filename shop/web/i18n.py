"""Words in the reader's language: the source is 简体中文, `_()` marks every sentence for translation."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from flask_babel import gettext

CATALOGS = Path(__file__).parents[2] / "translations"


class Language(StrEnum):
    """What buyers may read the shop in, by the names the browser knows."""

    HANS = "zh_Hans"
    HANT = "zh_Hant"
    EN = "en"


TRANSLATED = (Language.HANT, Language.EN)
"""Languages with a catalog of their own; the other is the source."""


def _(text: str, **values: Any) -> str:
    """Return a sentence in the reader's language, its `%(name)s` filled in."""
    return str(gettext(text, **values))
