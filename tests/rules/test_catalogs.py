"""The catalogs of what buyers read: which sentences they are, and how a catalog is brought up to date."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from shop.app.catalogs import catalog_path, is_for_buyers, missing, read_catalog, sentences, update_catalog
from shop.kernel.languages import Language

TEMPLATE = "<p>{{ _('买') }}{{ _('还有 %(left)s', left=3) }}</p>{{ _n('%(n)d 件', 3) }}"


def _source(folder: Path) -> Path:
    for name in ("orders", "staff"):
        path = folder / "templates" / name / "page.html"
        path.parent.mkdir(parents=True)
        path.write_text(TEMPLATE if name == "orders" else "{{ _('管事的话') }}", "utf-8")
    path = folder / "shop" / "orders" / "views.py"
    path.parent.mkdir(parents=True)
    path.write_text('WORDS = (_l("等"), _("买"))\n', "utf-8")
    return folder


def test_only_what_buyers_read_is_a_sentence_for_translation(tmp_path: Path) -> None:
    found = {sentence.text: sentence for sentence in sentences(_source(tmp_path))}
    assert set(found) == {"买", "还有 %(left)s", "%(n)d 件", "等"}
    assert found["买"].places == ("shop/orders/views.py", "templates/orders/page.html")
    assert [text for text, sentence in found.items() if sentence.is_counted] == ["%(n)d 件"]


def test_a_new_file_is_for_buyers_and_a_bench_is_not() -> None:
    assert is_for_buyers("templates/errors/418.html")
    assert is_for_buyers("shop/orders/views/public/new.py")
    assert not is_for_buyers("templates/staff/orders.html")
    assert not is_for_buyers("shop/catalog/views/vendor/home.py")


def test_an_update_keeps_what_is_translated_and_drops_what_is_no_longer_said(tmp_path: Path) -> None:
    wanted = sentences(_source(tmp_path))
    path = catalog_path(Language.EN, tmp_path)
    path.parent.mkdir(parents=True)
    old = Catalog(locale="en")
    old.add("买", "Buy")
    old.add("从前的话", "Gone")
    with path.open("wb") as file:
        write_po(file, old)
    update_catalog(Language.EN, wanted, tmp_path)
    new = read_catalog(Language.EN, tmp_path)
    assert {message.id if isinstance(message.id, str) else message.id[0] for message in new if message.id} == {
        sentence.text for sentence in wanted
    }
    assert new["买"].string == "Buy"
    assert [sentence.text for sentence in missing(Language.EN, wanted, tmp_path)] == ["%(n)d 件", "等", "还有 %(left)s"]
    before = path.read_bytes()
    update_catalog(Language.EN, wanted, tmp_path)
    assert path.read_bytes() == before
