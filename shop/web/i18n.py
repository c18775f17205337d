"""Words in the reader's language: the source is 简体中文, `_()` marks every sentence for translation."""

from typing import Any

from flask_babel import gettext


def _(text: str, **values: Any) -> str:
    """Return a sentence in the reader's language, its `%(name)s` filled in."""
    return str(gettext(text, **values))
