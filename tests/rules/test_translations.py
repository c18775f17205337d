"""The catalogs are complete: each sentence in both languages, with what is filled in."""

import re
from functools import cache

import pytest

from shop.app.catalogs import Sentence, missing, read_catalog, sentences
from shop.catalog.rules import MORE_UNITS, UNITS
from shop.kernel.languages import Language
from shop.web.han import in_hant
from shop.web.i18n import TRANSLATED
from shop.web.units import ENGLISH

FILLED_IN = re.compile(r"%\(\w+\)[sd]|%%")
CHINESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@cache
def _wanted() -> tuple[Sentence, ...]:
    return sentences()


def _said(language: Language) -> list[tuple[str, str]]:
    """Return (sentence, translation), a pair for each number that the language tells apart."""
    pairs = []
    for message in read_catalog(language):
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[0]
            given = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            pairs += [(source, str(text)) for text in given]
    return pairs


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_of_buyers_is_translated_and_no_other(language: Language) -> None:
    wanted = _wanted()
    lacking = [f"{sentence.text}  ({', '.join(sentence.places)})" for sentence in missing(language, wanted)]
    assert not lacking, "Run `shop words`, then translate:\n  " + "\n  ".join(lacking)
    left = {source for source, _text in _said(language)} - {sentence.text for sentence in wanted}
    assert not left, "Run `shop words`: nobody says these any more:\n  " + "\n  ".join(sorted(left))


def test_every_unit_that_goods_may_be_counted_in_is_known_in_english() -> None:
    assert not set(UNITS + MORE_UNITS) - set(ENGLISH)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_things_filled_in(language: Language) -> None:
    wrong = [pair for pair in _said(language) if set(FILLED_IN.findall(pair[0])) != set(FILLED_IN.findall(pair[1]))]
    assert not wrong


def test_english_has_no_chinese_letter_left() -> None:
    assert not [pair for pair in _said(Language.EN) if CHINESE.search(pair[1])]


def test_traditional_has_no_simplified_letter_left_and_is_not_written_over() -> None:
    assert not [(text, in_hant(text)) for _source, text in _said(Language.HANT) if in_hant(text) != text]
