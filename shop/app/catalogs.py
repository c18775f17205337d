"""The words buyers read: which of the house's sentences those are, and the catalogs that hold their translations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import SEEK_END, BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from shop.kernel.languages import Language
from shop.web.i18n import CATALOGS, TRANSLATED

ROOT = Path(__file__).parents[2]
NOT_FOR_BUYERS = (
    # The benches of the centre and of the households, and what stands only on them.
    "templates/staff/*",
    "templates/vendor/*",
    "templates/driver/*",
    "templates/notifications/*",
    "templates/layouts/staff.html",
    "templates/catalog/_album.html",
    "templates/town/centre.html",
    "templates/town/edit.html",
    "templates/components/board.html",
    "templates/components/camera.html",
    "templates/components/chart.html",
    "templates/components/compare.html",
    "templates/components/queue.html",
    "templates/components/signature.html",
    "templates/components/tile.html",
    "templates/components/undo.html",
    "templates/components/upload.html",
    # Opening a shop is done in the town's own language; only its first page is for everyone.
    "templates/joining/[!i]*",
    "shop/vendors/*",
    "shop/app/*",
    "shop/cli/*",
    "shop/demo/*",
    "shop/*/staff*",
    "shop/*/vendor*",
    "shop/accounts/views/cards.py",
    "shop/catalog/forms/[!q]*",
    "shop/catalog/imports/*",
    "shop/catalog/views/album.py",
    "shop/catalog/views/importing.py",
    "shop/catalog/views/saying.py",
    "shop/catalog/views/shots.py",
    "shop/catalog/views/telling.py",
    "shop/courier/*",
    "shop/desk/views/*",
    "shop/fulfilment/*",
    "shop/invoices/[!f]*",
    "shop/invoices/fading.py",
    "shop/ledger/*",
    "shop/notifications/*",
    "shop/orders/views/audit*",
    "shop/orders/views/counter*",
    "shop/orders/views/reports/*",
    "shop/payments/forms.py",
    "shop/search/forms.py",
    "shop/site/forms.py",
    "shop/town/*",
    "shop/web/acting.py",
    "shop/web/acts.py",
    "shop/web/ages.py",
    "shop/web/bench.py",
    "shop/web/books.py",
    "shop/web/returned.py",
    "shop/web/second_factor.py",
    "shop/web/sights.py",
)
"""Where sentences stay 简体: everything else in shop/ and templates/ is read by buyers, new files too."""

FOR_BUYERS = ("shop/vendors/views/joining/parts.py",)
"""What buyers read all the same: the first page about selling here names the steps."""

KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"_": None, "_l": None, "_n": (1, 1)}
"""`_n` counts: its one Chinese sentence stands for both forms."""
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


@dataclass(frozen=True)
class Sentence:
    """A sentence of the source.

    Attributes:
        is_counted: it has a twin for one and for many in languages that tell them apart.
        places: the files where it stands, from the project's folder.
    """

    text: str
    is_counted: bool
    places: tuple[str, ...]


def is_for_buyers(path: str) -> bool:
    """Tell whether a file's sentences are read by buyers; the path is relative to the project's folder."""
    return path in FOR_BUYERS or not any(fnmatchcase(path, pattern) for pattern in NOT_FOR_BUYERS)


def _files(root: Path) -> Iterator[tuple[str, Path, str]]:
    for folder, suffix, method in (("shop", "*.py", "python"), ("templates", "*.html", "jinja2.ext:babel_extract")):
        for path in sorted((root / folder).rglob(suffix)):
            yield path.relative_to(root).as_posix(), path, method


def sentences(root: Path = ROOT) -> tuple[Sentence, ...]:
    """Return every sentence buyers can read, in the order of its text."""
    places: dict[str, list[str]] = {}
    counted = set()
    for name, path, method in _files(root):
        if not is_for_buyers(name):
            continue
        options = JINJA if method.startswith("jinja2") else {}
        for _line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, options=options):
            text = message if isinstance(message, str) else message[0]
            if not text:
                continue
            if not isinstance(message, str):
                counted.add(text)
            if name not in places.setdefault(text, []):
                places[text].append(name)
    return tuple(Sentence(text, text in counted, tuple(places[text])) for text in sorted(places))


def catalog_path(language: Language, folder: Path = CATALOGS) -> Path:
    """Return where a language's translations are kept."""
    return folder / language / "LC_MESSAGES" / "messages.po"


def read_catalog(language: Language, folder: Path = CATALOGS) -> Catalog:
    """Return a language's translations; an empty catalog where there is none yet."""
    path = catalog_path(language, folder)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _given(catalog: Catalog, text: str) -> tuple[str, ...]:
    """Return a sentence's translations, one for each number it tells apart; none where it is not in the catalog."""
    kept = catalog.get(text)
    if kept is None or kept.string is None:
        return ()
    return (kept.string,) if isinstance(kept.string, str) else tuple(kept.string)


def update_catalog(language: Language, wanted: Sequence[Sentence], folder: Path = CATALOGS) -> None:
    """Write a language's catalog anew: what is still said keeps its translation, what is new waits empty."""
    old, new = read_catalog(language, folder), Catalog(locale=language)
    for sentence in wanted:
        words = _given(old, sentence.text) or ("",)
        if sentence.is_counted:
            new.add((sentence.text, sentence.text), (words * new.num_plurals)[: new.num_plurals])
        else:
            new.add(sentence.text, words[-1])
    written = BytesIO(HEAD.format(language=language, plural_forms=new.plural_forms).encode())
    written.seek(0, SEEK_END)
    write_po(written, new, width=0, sort_output=True, no_location=True, omit_header=True)
    path = catalog_path(language, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written.getvalue())


def missing(language: Language, wanted: Sequence[Sentence], folder: Path = CATALOGS) -> tuple[Sentence, ...]:
    """Return the sentences without a translation."""
    catalog = read_catalog(language, folder)

    def is_given(sentence: Sentence) -> bool:
        words = _given(catalog, sentence.text)
        return all(words) and len(words) == (catalog.num_plurals if sentence.is_counted else 1)

    return tuple(sentence for sentence in wanted if not is_given(sentence))


def update_catalogs() -> tuple[tuple[Language, tuple[Sentence, ...]], ...]:
    """Write every catalog anew from the source; return what each still lacks."""
    wanted = sentences()
    for language in TRANSLATED:
        update_catalog(language, wanted)
    return tuple((language, missing(language, wanted)) for language in TRANSLATED)
