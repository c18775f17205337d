"""What is kept of a listing: lists of terms, one list a field."""

from collections.abc import Iterable, Mapping

from shop.catalog.search_feed import SearchDocument
from shop.search.analysis import LONGEST, NET_CONTENT, Analyser, grams, normalised, runs
from shop.search.concepts import english_words
from shop.search.lexicon import initials, joined
from shop.search.pinyin import syllables

Terms = Mapping[str, list[str]]

FIELDS = ("c", "cu", "cm", "tw", "tg", "ow", "og", "vg", "dw", "py", "pi", "en")
"""c what it is; cu what that is a kind of, and what the tags name; cm what only describes it; tw, tg words and grams
of the title; ow, og of tags and shelf; vg grams of household and village; dw words of the story; py, pi sounds and
initials of all but the story; en English words."""


def terms_of(document: SearchDocument, analyser: Analyser) -> Terms:
    """Return a listing's terms by field, each once."""
    title = NET_CONTENT.sub(" ", normalised(document.title))
    others = [normalised(text) for text in (*document.tags, *document.shelf_names)]
    places = [normalised(text) for text in (document.vendor_name, document.village_name, *document.village_aliases)]
    heads, describing = _heads(title, analyser)
    named = _concepts(map(normalised, document.tags), analyser)
    kinds = [*analyser.concepts.broader(heads), *named, *analyser.concepts.broader(named)]
    terms: dict[str, Iterable[str]] = {
        "c": heads,
        "cu": [i for i in kinds if i not in heads],
        "cm": [i for i in describing if i not in heads],
        "tw": _words([title], analyser),
        "tg": _grams([title]),
        "ow": _words(others, analyser),
        "og": _grams(others),
        "vg": _grams(places),
        "dw": _words([normalised(document.story)], analyser),
        "en": _english([title, *others, *map(normalised, document.shelf_names_en)]),
    }
    terms["py"], terms["pi"] = _sounds([title, *others, *places], analyser)
    return {field: list(dict.fromkeys(found)) for field, found in terms.items()}


def _heads(title: str, analyser: Analyser) -> tuple[list[str], list[str]]:
    """Return what is sold and what only describes it: a Chinese noun phrase ends in its head."""
    heads: list[str] = []
    describing: list[str] = []
    for run in runs(title):
        if run.is_han and (named := analyser.concepts_of(run.text)):
            heads.extend(named[-1])
            describing.extend(i for ids in named[:-1] for i in ids)
    return list(dict.fromkeys(heads)), list(dict.fromkeys(describing))


def _concepts(texts: Iterable[str], analyser: Analyser) -> list[str]:
    return list(dict.fromkeys(i for text in texts for i in _heads(text, analyser)[0]))


def _words(texts: Iterable[str], analyser: Analyser) -> list[str]:
    return [word for text in texts for run in runs(text) if run.is_han for word in analyser.words(run.text)]


def _grams(texts: Iterable[str]) -> list[str]:
    return [gram for text in texts for run in runs(text) if run.is_han for gram in grams(run.text)]


def _english(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for run in runs(text) if not run.is_han for word in english_words(run.text)]


def _sounds(texts: Iterable[str], analyser: Analyser) -> tuple[list[str], list[str]]:
    """Return joined pinyin and initials, of every word and of up to four neighbouring words."""
    joins: list[str] = []
    firsts: list[str] = []
    for text in texts:
        for run in runs(text):
            if not run.is_han:
                continue
            words = analyser.segments(run.text)
            for start in range(len(words)):
                for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                    span = [sound for word in words[start:end] for sound in syllables(word)]
                    joins.append(joined(span))
                    if len(span) > 1:
                        firsts.append(initials(span))
    return joins, firsts
