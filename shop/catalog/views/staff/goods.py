"""All goods, for the centre: finding one, taking it down and putting it up again, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.centre import Event, VersionFacts, all_goods, events, facts_now, kept_versions, pictures_of
from shop.catalog.forms.keeping import TakeDownForm
from shop.catalog.models import HiddenFor, ListingState
from shop.catalog.obstacles import NotLawful
from shop.catalog.own import Present, present
from shop.catalog.queries import shelf_tree
from shop.catalog.services import passages
from shop.catalog.views.staff.face import bp
from shop.catalog.views.telling import compared, obstacle_lines, told
from shop.catalog.views.words import HIDDEN_WORDS, PART_WORDS, REVISION_WORDS, STATE_WORDS
from shop.flows import shelf as flow
from shop.kernel.errors import NotFound
from shop.media.queries import Picture
from shop.web.actors import actor_names
from shop.web.compared import Compared
from shop.web.desk import acted, seen_version
from shop.web.goods import Leaves, leaves, page_number
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.prices import jin
from shop.web.shell import say

MAX_WORDS = 40
ON_SHELF = (ListingState.PUBLISHED, ListingState.PAUSED)


@dataclass(frozen=True)
class Seal:
    """How a listing stands, in a word and its tone."""

    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    """One thing in the list."""

    code: str
    title: str
    vendor: str
    village: str
    shelf: str
    seal: Seal
    waits: bool


@dataclass(frozen=True)
class Search:
    """What was looked for, and what is offered to look for."""

    words: str
    state: str
    states: tuple[tuple[str, str], ...]
    total: int


@dataclass(frozen=True)
class Happening:
    """Something that became of a thing: when, what, who, why."""

    at: datetime
    what: str
    who: str
    why: str


@dataclass(frozen=True)
class Kept:
    """A kept version in the list."""

    number: int
    at: datetime
    who: str


@dataclass(frozen=True)
class Thing:
    """One thing in full."""

    code: str
    title: str
    vendor: str
    seal: Seal
    reason: str
    waits: bool
    facts: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    may_take_down: bool
    may_put_up: bool
    may_edit: bool
    history: tuple[Happening, ...]
    versions: tuple[Kept, ...]
    version: int


@dataclass(frozen=True)
class Version:
    """One kept version, beside the one before it."""

    code: str
    title: str
    number: int
    at: datetime
    who: str
    facts: tuple[tuple[str, str], ...]
    changes: tuple[Compared, ...]
    pictures: tuple[Picture, ...]


@bp.get("/goods")
def goods() -> ResponseReturnValue:
    """Show all goods, or those that were looked for."""
    words = request.args.get("q", "").strip()[:MAX_WORDS]
    wanted = request.args.get("state", "")
    state = ListingState(wanted) if wanted in tuple(ListingState) else None
    page = page_number(request.args.get("page"))
    leaf = all_goods(reading(), words=words, state=state, page=page)
    rows = [
        Row(
            one.code,
            one.title,
            one.vendor_name,
            one.village,
            one.category_name,
            _seal(one.state, one.hidden_for),
            one.has_revision,
        )
        for one in leaf.rows
    ]
    states = tuple((state.value, str(said)) for state, (said, _tone) in STATE_WORDS.items())
    search = Search(words, "" if state is None else state.value, states, leaf.total)
    return render_template("staff/goods.html", rows=rows, search=search, leaves=_leaves(page, leaf.pages))


def _leaves(page: int, pages: int) -> Leaves:
    words, state = request.args.get("q") or None, request.args.get("state") or None
    return leaves(page, pages, lambda number: url_for("staff_catalog.goods", page=number, q=words, state=state))


def _seal(state: ListingState, hidden_for: HiddenFor | None) -> Seal:
    words, tone = STATE_WORDS[state]
    return Seal(str(words if hidden_for is None else HIDDEN_WORDS[hidden_for]), tone)


@bp.get("/goods/<code>")
def thing(code: str) -> ResponseReturnValue:
    """Show one thing in full, with what became of it."""
    return _thing_page(code, TakeDownForm(formdata=None))


def _thing_page(code: str, form: TakeDownForm) -> Response:
    own = present(reading(), code)
    versions = kept_versions(reading(), own.id)
    happened = events(reading(), own.id)
    names = actor_names({one.actor for one in versions} | {one.actor for one in happened})
    page = Thing(
        code=own.code,
        title=own.offer.title,
        vendor=own.vendor_name,
        seal=_seal(own.state, own.hidden_for),
        reason=own.reason,
        waits=own.waiting is not None,
        facts=_facts(own),
        pictures=pictures_of(reading(), {"photos": own.offer.photo_keys, "title": own.offer.title}),
        may_take_down=own.state in ON_SHELF,
        may_put_up=own.hidden_for is HiddenFor.TAKEN_DOWN,
        may_edit=own.state is not ListingState.ARCHIVED,
        history=tuple(_happening(one, names) for one in happened),
        versions=tuple(Kept(one.number, one.at, _who(one.actor, names)) for one in versions),
        version=own.version,
    )
    return make_response(render_template("staff/thing.html", page=page, form=form), 422 if form.errors else 200)


def _shelves() -> dict[str, str]:
    return {shelf.code: shelf.name for shelf in shelf_tree(reading())}


def _said(words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(PART_WORDS[part]), said) for part, said in words.items() if said)


def _facts(own: Present) -> tuple[tuple[str, str], ...]:
    words = told(facts_now(reading(), own.offer, own.vendor_id), _shelves())
    stock = "；".join(
        _("%(n)s 斤", n=jin(way.stock)) if way.is_cut else _("%(n)d 份", n=way.stock) for way in own.offer.ways
    )
    return (*_said(words), (_("现在有"), stock))


def _who(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor) or _("自动")


def _happening(one: Event, names: Mapping[str, str]) -> Happening:
    if one.revision is not None:
        what = _("改动：%(word)s", word=REVISION_WORDS[one.revision])
    elif one.passage is not None:
        before, after = one.passage
        words, _tone = STATE_WORDS[after]
        # A new thing begins as a draft as well; only what was given back is called so.
        is_sent = before in ("", ListingState.DRAFT) and after is ListingState.IN_REVIEW
        what = _("送中心看") if is_sent else f"{STATE_WORDS[ListingState(before or after)][0]} → {words}"
    return Happening(one.at, what, _who(one.actor, names), one.reason)


@bp.post("/goods/<code>/take-down")
def take_down(code: str) -> ResponseReturnValue:
    """Take a thing off the shelf; its household reads why, and is told by a short message."""
    form, actor, clock = TakeDownForm.from_request(), current_actor(), house().clock
    if not form.is_sent_well():
        return _thing_page(code, form)
    reason = form.reason.data or ""
    seen = seen_version()

    def act(session: Session) -> None:
        passages.check_seen(session, code, seen)
        flow.take_down(session, code, reason, actor=actor, clock=clock)

    acted(f"listing:{code}", act, reason=reason, is_counted=False)
    say("good", _("取下来了，农户会收到短信。"))
    return redirect(url_for("staff_catalog.thing", code=code), 303)


@bp.post("/goods/<code>/put-up")
def put_up(code: str) -> ResponseReturnValue:
    """Show again what was taken down."""
    actor, clock, seen = current_actor(), house().clock, seen_version()

    def act(session: Session) -> None:
        passages.check_seen(session, code, seen)
        passages.put_up(session, code, actor=actor, clock=clock)

    try:
        acted(f"listing:{code}", act, is_counted=False)
    except NotLawful as error:
        say("stop", _("还不能上架：%(why)s", why="".join(obstacle_lines(error.obstacles))))
    else:
        say("good", _("又上架了。"))
    return redirect(url_for("staff_catalog.thing", code=code), 303)


@bp.get("/goods/<code>/versions/<int:number>")
def version(code: str, number: int) -> ResponseReturnValue:
    """Show a thing exactly as it was shown once, and what changed by that version."""
    own = present(reading(), code)
    versions = {one.number: one for one in kept_versions(reading(), own.id)}
    if number not in versions:
        raise NotFound("version")
    return render_template("staff/version.html", page=_version(own, versions[number], versions.get(number - 1)))


def _version(own: Present, kept: VersionFacts, before: VersionFacts | None) -> Version:
    shelves = _shelves()
    return Version(
        code=own.code,
        title=str(kept.facts["title"]),
        number=kept.number,
        at=kept.at,
        who=_who(kept.actor, actor_names({kept.actor})),
        facts=_said(told(kept.facts, shelves)),
        changes=() if before is None else compared(before.facts, kept.facts, shelves),
        pictures=pictures_of(reading(), kept.facts),
    )
