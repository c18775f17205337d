"""What is drawn over and over on a page from a few facts is drawn once, and shown again wherever the facts are equal.

Nothing can be out of date: everything that a drawing shows is in its key, so other facts are another drawing.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from shop.kernel.languages import Language
from shop.web.i18n import reader
from shop.web.shell import is_elder

MOST = 4096
"""Drawings kept in a process, each of about two kilobytes."""


def init_drawn(app: Flask) -> None:
    """Give components `drawn(macro, …facts)`, which is that macro of these facts.

    The macro may ask for nothing but its facts, the reader's language and whether the face is large: not who reads,
    not what the page is. Its facts are frozen.
    """

    @lru_cache(MOST, typed=True)
    def kept(macro: Callable[..., Markup], _language: Language, _is_elder: bool, *facts: Hashable) -> Markup:
        return macro(*facts)

    def drawn(macro: Callable[..., Markup], *facts: Hashable) -> Markup:
        try:
            hash(facts)
        except TypeError:  # the samples of the pattern page are plain mappings
            return macro(*facts)
        return kept(macro, reader(), is_elder(), *facts)

    app.jinja_env.globals["drawn"] = drawn
