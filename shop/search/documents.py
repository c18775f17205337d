"""What is kept of a listing: lists of terms, one list a field."""

from collections.abc import Iterable, Mapping, Sequence

from shop.catalog.search_feed import SearchDocument
from shop.search.analysis import BOXES, LONGEST, NET_CONTENT, Analyser, Named, grams, normalised, runs, weights
from shop.search.concepts import english_words
from shop.search.lexicon import initials, joined
from shop.search.pinyin import syllables

Terms = Mapping[str, list[str]]

FIELDS = ("c", "cu", "ch", "cm", "ct", "tw", "tg", "ow", "og", "vg", "dw", "py", "pi", "en", "am")
"""c what it is; cu what that is a kind of; ch what else its title names; cm what only describes it; ct what the tags
name; tw, tg words and grams of the title; ow, og of tags and shelf; vg grams of household and village; dw words of the
story; py, pi sounds and initials of all but the story; en English words; am weights in grams."""


SHORT_RUN = 4
"""Characters of a stretch of text that is a name as a whole."""


def terms_of(document: SearchDocument, analyser: Analyser) -> Terms:
    """Return a listing's terms by field, each once."""
    whole = normalised(document.title)
    title = NET_CONTENT.sub(" ", whole)
    others = [normalised(text) for text in (*document.tags, *document.shelf_names)]
    places = [normalised(text) for text in (document.vendor_name, document.village_name, *document.village_aliases)]
    sold = _sold(title, [normalised(tag) for tag in document.tags], analyser)
    terms: dict[str, Iterable[str]] = {
        **sold,
        "tw": _words([title], analyser),
        "tg": _grams([title]),
        "ow": _words(others, analyser),
        "og": _grams(others),
        "vg": _grams(places),
        "dw": _words([normalised(document.story)], analyser),
        "en": _english([title, *others, *map(normalised, document.shelf_names_en)]),
        "am": weights(whole),
    }
    terms["py"], terms["pi"] = _sounds([title, *others, *places], analyser)
    return {field: list(dict.fromkeys(found)) for field, found in terms.items()}


def _sold(title: str, tags: Sequence[str], analyser: Analyser) -> dict[str, Iterable[str]]:
    """Return the concepts of a listing: what is sold, its kinds, and what is named beside it.

    The first stretch of a title that names goods says what is sold; those behind it tell more of it, or what is in it.
    A word for goods of any kind (土特产, 年货) says less than a later one that names them.
    """
    words = [analyser.segments(run.text) for run in runs(title) if run.is_han]
    names = [analyser.named(some) for some in words]
    heads = [run[-1].ids for run in names if run and run[-1].is_head]
    narrow = [ids for ids in heads if any(analyser.concepts.by_id[i].broader for i in ids)]
    of_tags = [run[-1].ids for tag in tags for run in [_named_in(tag, analyser)] if run and run[-1].is_head]
    main = (narrow or heads or of_tags or [()])[0]
    is_box = bool(words) and words[0][-1] in BOXES
    if is_box and not names[0]:
        main = ()
    describing = [i for run in names if run for name in run[:-1] for i in name.ids]
    describing += [i for run in names if run and not run[-1].is_head for i in run[-1].ids]
    kinds = analyser.concepts.broader(main)
    if any(_is_compound(run) and run[-1].ids == main for run in names):
        # 老姜红糖茶 is no tea as people mean it, but something with tea in its name.
        main, kinds = (), []
    elif is_box:
        main, kinds = (), [*main, *kinds]
    beside = [i for ids in heads for i in ids]
    if is_box:
        # 蜂蜜核桃 is a thing of its own, but in a box they are two.
        inside = [part for run in names[1:] for name in run for part in analyser.words(name.word)]
        beside += [i for run in names[1:] for name in run for i in name.ids]
        beside += [i for part in inside for i in analyser.concepts_of_word(part)]
    if any(word in BOXES for some in words for word in some):
        beside += analyser.boxes
    tagged = [i for ids in of_tags for i in ids]
    known: set[str] = set()
    found: dict[str, Iterable[str]] = {}
    further = analyser.concepts.broader(dict.fromkeys((*beside, *tagged)))
    for field, ids in (("c", main), ("cu", kinds), ("ch", beside), ("cm", describing), ("ct", (*tagged, *further))):
        found[field] = [i for i in ids if i not in known]
        known.update(ids)
    return found


def _is_compound(run: Sequence[Named]) -> bool:
    return len(run) > 1 and run[-1].is_head and len(run[-1].word) == 1


def _named_in(text: str, analyser: Analyser) -> list[Named]:
    return [name for run in runs(text) if run.is_han for name in analyser.named(analyser.segments(run.text))]


def _words(texts: Iterable[str], analyser: Analyser) -> list[str]:
    return [word for text in texts for run in runs(text) if run.is_han for word in analyser.words(run.text)]


def _grams(texts: Iterable[str]) -> list[str]:
    return [gram for text in texts for run in runs(text) if run.is_han for gram in grams(run.text)]


def _english(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for run in runs(text) if not run.is_han for word in english_words(run.text)]


def _sounds(texts: Iterable[str], analyser: Analyser) -> tuple[list[str], list[str]]:
    """Return joined pinyin of every word and of up to four neighbouring words, and initials of all names."""
    joins: list[str] = []
    firsts: list[str] = []
    for text in texts:
        for run in runs(text):
            if not run.is_han:
                continue
            words = analyser.segments(run.text)
            spans = [words[i:j] for i in range(len(words)) for j in range(i + 1, min(i + LONGEST, len(words)) + 1)]
            joins += [joined([sound for word in span for sound in syllables(word)]) for span in spans]
            firsts += [initials(syllables(word)) for word in words if len(word) > 1 and word in analyser.known]
            if 1 < len(run.text) <= SHORT_RUN:
                firsts.append(initials([sound for word in words for sound in syllables(word)]))
    return joins, firsts
