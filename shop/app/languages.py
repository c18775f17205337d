"""The catalogs at work: read from their sources once a process, and chosen by what each browser asks for."""

from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.support import Translations
from flask import Flask, Response, request
from flask_babel import Babel, ngettext

from shop.app.catalogs import read_catalog
from shop.kernel.languages import Language
from shop.web.han import page_in_hant, page_with_han_marked
from shop.web.i18n import TRANSLATED, is_at_work, language_of, locale_of, reader, said

PAGE_IN = {Language.HANT: page_in_hant, Language.EN: page_with_han_marked}
"""What is done to a finished page, since the town's own words on it are kept in one language alone."""


@cache
def translations(language: Language) -> Translations:
    """Return a language's sentences, compiled; a catalog that cannot be read keeps the house from starting."""
    compiled = BytesIO()
    write_mo(compiled, read_catalog(language))
    compiled.seek(0)
    return Translations(compiled)


def _selected() -> str:
    if is_at_work(request.path):
        return locale_of(Language.HANS)
    return locale_of(language_of(request.cookies, request.headers.get("Accept-Language", "")))


def _put_into(response: Response, language: Language) -> None:
    write = PAGE_IN.get(language)
    if write is not None and response.is_sequence:
        response.set_data(write(response.get_data(as_text=True)))


def init_languages(app: Flask) -> None:
    """Let every answer be in its reader's language, and say so to whoever keeps answers."""
    babel = Babel(app, locale_selector=_selected)
    with app.app_context():
        domain = babel.domain_instance
    for language in TRANSLATED:
        domain.cache[language.value, domain.domain[0]] = translations(language)

    app.jinja_env.install_gettext_callables(said, ngettext, newstyle=True)  # type: ignore[attr-defined]
    # Straight to the words: the short name of its own asks for the long one each time.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]

    @app.after_request
    def tell_language(response: Response) -> Response:
        if response.mimetype == "text/html":
            _put_into(response, reader())
            response.vary.add("Accept-Language")
            response.vary.add("Cookie")
            response.content_language.add(reader().tag)
        return response
