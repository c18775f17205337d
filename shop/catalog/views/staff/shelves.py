"""The market's shelves: a manager puts them up, names them and says what holds for what lies on them."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.forms.shelves import NewShelfForm, ShelfForm
from shop.catalog.queries import CategoryFacts, categories
from shop.catalog.services.shelves import add_category, change_category
from shop.catalog.views.words import CLIMATE_WORDS, PAPER_GROUNDS, PAPER_WORDS, RETURN_WORDS
from shop.kernel.errors import Invalid, NotFound
from shop.vendors.models import PaperKind
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, made, version_now
from shop.web.house import current_actor, reading
from shop.web.i18n import _
from shop.web.shell import say

bp = blueprint("staff_shelves", __name__, Audience.STAFF, prefix="/staff/shelves", roles=("manager",))


@dataclass(frozen=True)
class Row:
    """A shelf, or a part of one, and its rules in words."""

    code: str
    name: str
    name_en: str
    hint: str
    is_part: bool
    count: int
    rules: tuple[str, ...]


@bp.get("")
def shelves() -> ResponseReturnValue:
    """Show the tree of shelves."""
    return render_template("staff/shelves.html", rows=[_row(shelf) for shelf in _tree(categories(reading()))])


def _tree(found: list[CategoryFacts]) -> list[CategoryFacts]:
    """Return shelves in their order, the parts of each behind it."""
    tops = [shelf for shelf in found if shelf.parent_code is None]
    return [one for top in tops for one in (top, *(part for part in found if part.parent_code == top.code))]


def _row(shelf: CategoryFacts) -> Row:
    papers = _("或").join(str(PAPER_WORDS[PaperKind(kind)]) for kind in shelf.papers)
    rules = (
        _("要证：%(papers)s", papers=papers) if papers else "",
        _("退货：%(words)s", words=RETURN_WORDS[shelf.return_class]),
        str(CLIMATE_WORDS[shelf.climate]),
        _("活的，到中心取") if shelf.is_live else "",
        _("要写标签") if shelf.needs_label else "",
    )
    return Row(
        shelf.code,
        shelf.name,
        shelf.name_en,
        shelf.hint,
        shelf.parent_code is not None,
        shelf.count,
        tuple(rule for rule in rules if rule),
    )


@bp.route("/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Put up a shelf."""
    form, actor = NewShelfForm.from_request(), current_actor()
    _set_choices(form, "")
    if form.is_sent_well():
        code, wanted = form.code.data or "", form.wanted()
        try:
            made(f"shelf:{code}", lambda session: add_category(session, code, wanted, actor=actor))
        except (Invalid, NotFound) as error:
            _tell(form, error)
        else:
            say("good", _("添好了。"))
            return redirect(url_for("staff_shelves.shelves"), 303)
    return _page(form, _("添一类"), url_for("staff_shelves.add"))


@bp.route("/<code>", methods=["GET", "POST"])
def change(code: str) -> ResponseReturnValue:
    """Change a shelf's names and rules."""
    found = next((shelf for shelf in categories(reading()) if shelf.code == code), None)
    if found is None:
        raise NotFound("category")
    sent, actor = ShelfForm.from_request(), current_actor()
    form = sent if sent.is_submitted() else ShelfForm.showing(found)
    _set_choices(form, code)
    if form.is_sent_well():
        wanted = form.wanted()
        try:
            acted(f"shelf:{code}", lambda session: change_category(session, code, wanted, actor=actor))
        except (Invalid, NotFound) as error:
            _tell(form, error)
        else:
            say("good", _("改好了。缺证的货，十分钟里自己下架。"))
            return redirect(url_for("staff_shelves.shelves"), 303)
    return _page(form, found.name, url_for("staff_shelves.change", code=code), version_now(f"shelf:{code}"))


def _set_choices(form: ShelfForm, code: str) -> None:
    tops = [shelf for shelf in categories(reading()) if shelf.parent_code is None and shelf.code != code]
    form.parent.choices = [("", _("不在哪一类下面")), *((shelf.code, shelf.name) for shelf in tops)]
    asked = (kind for kind in PaperKind if kind is not PaperKind.VOUCHED)
    form.papers.choices = [(kind.value, str(PAPER_WORDS[kind])) for kind in asked]
    form.return_class.choices = [(kind.value, str(words)) for kind, words in RETURN_WORDS.items()]
    form.climate.choices = [(kind.value, str(words)) for kind, words in CLIMATE_WORDS.items()]


def _tell(form: ShelfForm, error: Invalid | NotFound) -> None:
    if isinstance(error, Invalid) and error.field == "code" and isinstance(form, NewShelfForm):
        form.code.errors = [_("已经有这个名字了。")]
    else:
        form.parent.errors = [_("只能有两层：下面还有类的，不能再放到别的类下面。")]


def _page(form: ShelfForm, heading: str, action: str, version: int | None = None) -> Response:
    grounds = [str(words) for words in PAPER_GROUNDS.values()]
    page = render_template(
        "staff/shelf.html", form=form, heading=heading, action=action, grounds=grounds, version=version
    )
    return make_response(page, 422 if form.errors else 200)
