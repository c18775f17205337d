"""The staff's page of words: what people looked for in vain, the dictionary, and how the index stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Field

from shop.kernel.audit import versions_of
from shop.kernel.errors import Invalid, NotFound
from shop.search.follower import Status, status
from shop.search.forms import (
    ConceptForm,
    HandledForm,
    MissForm,
    RemoveForm,
    WordsForm,
    one_code,
    why_not_one,
)
from shop.search.generations import Doubt
from shop.search.habits import Due
from shop.search.models import SearchMiss
from shop.search.services import NameTaken, Words, handle_miss, name_miss, remove_concept, save_concept
from shop.search.views.answering import reader
from shop.search.words import ConceptFacts, Dictionary, MissFacts, OwnFacts, misses
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, made, version_now
from shop.web.forms import clean
from shop.web.goods import Leaves, leaves, page_number
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.words import town_time

bp = blueprint("staff_search", __name__, Audience.STAFF, prefix="/staff/words")

BUILT_FOR_WORDS = {
    Doubt.MISSING: _l("原来没有"),
    Doubt.DAMAGED: _l("文件坏了"),
    Doubt.OUTDATED: _l("程序或词典换了版本"),
    Doubt.OTHER_DATABASE: _l("换了数据库"),
    Doubt.REBOOTED: _l("机器重启过"),
    Doubt.AHEAD: _l("数据库是从备份恢复的"),
    Due.WANTED: _l("有人叫它重建"),
    Due.STAFF_WORDS: _l("加了新词"),
    Due.OWN_WORDS: _l("村名、人家或标签变了"),
    Due.REMOVED: _l("下架的货多了"),
    Due.NIGHTLY: _l("夜里例行"),
}
"""Why a generation of the index was built, or cannot be used."""

INVALID_WORDS = {
    ("chinese", "empty"): _l("至少写一个名字。"),
    ("chinese", "shape"): _l("中文名字要两个到十二个汉字。"),
    ("chinese", "known"): _l("这个名字已经有了。"),
    ("english", "shape"): _l("英文名字只写字母。"),
    ("english", "known"): _l("这个名字已经有了。"),
    ("broader", "unknown"): _l("词典里没有这一样。"),
    ("broader", "cycle"): _l("这样就绕成圈了：它已经是那一样的上一类。"),
}


@dataclass(frozen=True)
class Standing:
    """How the index of this machine stands.

    Attributes:
        trouble: why it cannot be used, or None.
        built: when and why it was built.
    """

    trouble: str | None
    lag: int
    documents: int
    generation: str | None
    built: str | None
    is_in_force: bool


@dataclass(frozen=True)
class MissRow:
    """A search that found nothing, with its form.

    Attributes:
        is_known: the dictionary has this very name: nobody sells it.
        taken: the name belongs to another concept, and that concept's name.
    """

    facts: MissFacts
    form: MissForm
    is_known: bool
    version: int
    taken: tuple[str, str] | None = None


@dataclass(frozen=True)
class WordsPage:
    """The page of words."""

    standing: Standing
    misses: tuple[MissRow, ...]
    total: int
    handled: bool
    pager: Leaves
    asked: str
    found: tuple[ConceptFacts, ...]
    own: tuple[OwnFacts, ...]


@dataclass(frozen=True)
class ConceptPage:
    """One concept, or a new one, with its form.

    Attributes:
        taken: a name that belongs to another concept, and that concept's name.
    """

    concept: ConceptFacts | None
    form: WordsForm
    taken: tuple[str, str] | None
    is_in_force: bool
    action: str
    version: int


@bp.get("")
def words() -> ResponseReturnValue:
    """Show what people looked for in vain, the dictionary, and how the index stands."""
    return _words_page()


def _words_page(wrong: MissRow | None = None) -> ResponseReturnValue:
    dictionary = Dictionary(reading())
    are_handled = request.args.get("handled") == "1"
    found = misses(reading(), page_number(request.args.get("page")), are_handled=are_handled)
    versions = versions_of(reading(), [_thing(facts) for facts in found.rows])
    asked = (clean(request.args.get("q")) or "")[:60]
    page = WordsPage(
        standing=_standing(dictionary),
        misses=tuple(
            wrong if wrong and wrong.facts.id == m.id else _miss_row(m, dictionary, versions) for m in found.rows
        ),
        total=found.total,
        handled=are_handled,
        pager=leaves(
            found.page, found.pages, lambda n: url_for("staff_search.words", page=n, handled=1 if are_handled else None)
        ),
        asked=asked,
        found=dictionary.containing(asked) if asked else (),
        own=dictionary.own(reading()),
    )
    return render_template("staff/words.html", page=page), 422 if wrong else 200


def _standing(dictionary: Dictionary) -> Standing:
    seen = status(house().edge.engine, house().settings.search_dir)
    return Standing(
        trouble=None if seen.healthy else _built_for(seen.reason),
        lag=seen.lag,
        documents=seen.documents,
        generation=seen.generation,
        built=_built(seen),
        is_in_force=dictionary.is_in_force(reader()),
    )


def _built(seen: Status) -> str | None:
    """Return when this generation was begun, which its name tells, and why."""
    if seen.generation is None:
        return None
    at = datetime.fromtimestamp(int(seen.generation.split("-")[1]) // 1_000_000_000, UTC)
    return f"{town_time(at)}（{_built_for(seen.built_for)}）" if seen.built_for else town_time(at)


def _built_for(reason: str) -> str:
    known = {kind.value: words for kind, words in BUILT_FOR_WORDS.items()}
    return str(known[reason])


def _thing(facts: MissFacts) -> str:
    return f"miss:{facts.id}"


def _miss_row(facts: MissFacts, dictionary: Dictionary, versions: Mapping[str, int]) -> MissRow:
    form = MissForm(formdata=None, prefix=f"miss{facts.id}-")
    known = bool(dictionary.named(facts.text))
    return MissRow(facts, form, known, versions[_thing(facts)])


@bp.post("/misses/<int:miss_id>/name")
def name(miss_id: int) -> ResponseReturnValue:
    """Make what people looked for in vain another name of something known."""
    form = MissForm(prefix=f"miss{miss_id}-")
    dictionary = Dictionary(reading())
    facts, version = _miss(miss_id), version_now(f"miss:{miss_id}")
    if not form.is_sent_well():
        return _words_page(MissRow(facts, form, is_known=False, version=version))
    of = form.of.data or ""
    code = one_code(dictionary, of)
    if code is None:
        form.of.errors = [why_not_one(dictionary, of)]
        return _words_page(MissRow(facts, form, is_known=False, version=version))
    actor, may_share, clock = current_actor(), bool(request.form.get("may_share")), house().clock
    taken = _tried(
        partial(acted, f"miss:{miss_id}"),
        lambda session: name_miss(session, miss_id, code, may_share=may_share, actor=actor, clock=clock),
        dictionary,
        {"chinese": form.of, "english": form.of},
    )
    if form.errors or taken:
        return _words_page(MissRow(facts, form, is_known=False, version=version, taken=taken))
    say("good", _("“%(asked)s”算“%(name)s”的名字了，几秒后生效。", asked=facts.text, name=dictionary.name(code)))
    return redirect(url_for("staff_search.words"), 303)


def _miss(miss_id: int) -> MissFacts:
    row = reading().get(SearchMiss, miss_id)
    if row is None:
        raise NotFound("miss")
    return MissFacts(row.id, row.text, row.understood, row.times, row.first_at, row.last_at)


@bp.post("/misses/<int:miss_id>/handled")
def handled(miss_id: int) -> ResponseReturnValue:
    """Mark what people looked for in vain as dealt with, or take the mark back."""
    is_handled, actor = HandledForm().is_handled.data == "1", current_actor()
    acted(f"miss:{miss_id}", lambda session: handle_miss(session, miss_id, is_handled=is_handled, actor=actor))
    return redirect(url_for("staff_search.words", handled=None if is_handled else 1), 303)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Add a concept of the town's own, perhaps from what people looked for in vain."""
    wanted = request.args.get("miss", type=int)
    miss = _miss(wanted) if wanted is not None else None
    form = ConceptForm(chinese=miss.text if miss else "")
    taken = None
    if form.is_sent_well():
        saved, taken = _saved(None, form, miss)
        if saved is not None:
            say("good", _("添好了，几秒后生效。"))
            return redirect(url_for("staff_search.concept", code=saved), 303)
    return _concept_page(None, form, taken, url_for("staff_search.new", miss=wanted))


@bp.route("/concepts/<code>", methods=["GET", "POST"])
def concept(code: str) -> ResponseReturnValue:
    """Show a concept and add names to it."""
    if code not in Dictionary(reading()):
        raise NotFound("concept")
    form = WordsForm()
    taken = None
    if form.is_sent_well():
        saved, taken = _saved(code, form)
        if saved is not None:
            say("good", _("记好了，几秒后生效。"))
            return redirect(url_for("staff_search.concept", code=code), 303)
    return _concept_page(code, form, taken, url_for("staff_search.concept", code=code))


def _concept_page(code: str | None, form: WordsForm, taken: tuple[str, str] | None, action: str) -> ResponseReturnValue:
    dictionary = Dictionary(reading())
    page = ConceptPage(
        concept=dictionary.facts(code) if code is not None else None,
        form=form,
        taken=taken,
        is_in_force=dictionary.is_in_force(reader()),
        action=action,
        version=0 if code is None else version_now(f"concept:{code}"),
    )
    return render_template("staff/concept.html", page=page), 422 if request.method == "POST" else 200


def _saved(
    code: str | None, form: WordsForm, miss: MissFacts | None = None
) -> tuple[str | None, tuple[str, str] | None]:
    """Save what was written, which deals with a miss; return the concept's code, or None and what stands in the way."""
    dictionary = Dictionary(reading())
    broader = form.broader_codes(dictionary)
    if broader is None:
        return None, None
    written = Words(
        chinese=form.chinese_names(),
        english=form.english_names(),
        broader=broader,
        note=form.note.data or "",
        may_share=bool(request.form.get("may_share")),
    )
    actor, clock = current_actor(), house().clock
    fields = {name: form[name] for name in ("chinese", "english", "broader")}
    saved: list[str] = [] if code is None else [code]
    run = partial(made, "concept") if code is None else partial(acted, f"concept:{code}")

    def save(session: Session) -> None:
        saved[:] = [save_concept(session, code, written, actor=actor, clock=clock)]
        if miss is not None:
            handle_miss(session, miss.id, is_handled=True, actor=actor)

    taken = _tried(run, save, dictionary, fields)
    return (saved[0], None) if saved and taken is None and not form.errors else (None, taken)


def _tried(
    run: Callable[[Callable[[Session], None]], None],
    act: Callable[[Session], None],
    dictionary: Dictionary,
    fields: dict[str, Field],
) -> tuple[str, str] | None:
    """Do an act of words: a refusal goes beside its field; return a name that is another's, and whose."""
    try:
        run(act)
    except Invalid as refused:
        fields[refused.field].errors = [str(INVALID_WORDS[refused.field, refused.reason])]
    except NameTaken as refused:
        return refused.name, dictionary.name(refused.code)
    return None


@bp.post("/concepts/<code>/remove")
def remove(code: str) -> ResponseReturnValue:
    """Take back a name that staff added, or everything they added to a concept."""
    taken_back, actor, clock = RemoveForm().name.data or None, current_actor(), house().clock
    try:
        acted(f"concept:{code}", lambda session: remove_concept(session, code, taken_back, actor=actor, clock=clock))
    except Invalid:
        say("stop", _("别的词还归在它下面，先去掉那些。"))
        return redirect(url_for("staff_search.concept", code=code), 303)
    say("good", _("去掉了，几秒后生效。"))
    with edge().reading() as session:  # the page's own read began before the words were taken back
        is_left = code in Dictionary(session)
    return redirect(url_for("staff_search.concept", code=code) if is_left else url_for("staff_search.words"), 303)
