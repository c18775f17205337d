"""For staff: what the town tells of itself, by kind; writing it, looking at it before it is told, older versions."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.kernel.languages import Language
from shop.site.articles.models import ArticleKind
from shop.site.articles.queries import Kept, Line, count, kept, lines
from shop.site.articles.rules import Draft, Words
from shop.site.articles.services import publish, publish_new
from shop.site.forms import WITHDRAWN
from shop.site.markup import html_of
from shop.site.rules import Change, changes
from shop.site.views.staff_sheet import (
    KIND_WORDS,
    LANGUAGES,
    Sheet,
    compared,
    drafted,
    is_well,
    photo_of,
    refuse,
    sheet,
)
from shop.web.actors import actor_names
from shop.web.articles import PAGES
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.paging import leaf
from shop.web.shell import say

bp = blueprint("staff_articles", __name__, Audience.STAFF, prefix="/staff/articles")

posts_limited = limiter.limit("60 per minute", methods=["POST"])

SHOWN_AS = 3
"""Level of the highest headings of a text that is looked at on a page of the bench."""


@dataclass(frozen=True)
class Row:
    """One article of the list; its seal says whether buyers read it now."""

    line: Line
    seal: tuple[str, str]
    languages: str


@dataclass(frozen=True)
class Look:
    """An article in one language, as it will be read; the text is safe markup."""

    language: str
    lang: str
    words: Words
    text: Markup


def kind_named(name: str) -> ArticleKind:
    """Return the kind of article of an address.

    Raises:
        NotFound: there is no such kind.
    """
    try:
        return ArticleKind(name)
    except ValueError as error:
        raise NotFound("article_kind") from error


def _today() -> date:
    return town_day(house().clock())


@bp.get("")
def articles() -> ResponseReturnValue:
    """Show the articles of one kind, those that buyers read first."""
    kind = kind_named(request.args.get("kind", ArticleKind.ANNOUNCEMENT.value))
    here = leaf(count(reading(), kind), "staff_articles.articles", kind=kind.value)
    found = lines(reading(), kind, offset=here.offset, limit=here.limit)
    return render_template(
        "staff/articles.html",
        kind=kind,
        ways=[
            (words[0], None, url_for("staff_articles.articles", kind=one.value), one is kind)
            for one, words in KIND_WORDS.items()
        ],
        about=KIND_WORDS[kind],
        rows=[Row(line, _seal(line, _today()), _languages(line.languages)) for line in found],
        here=here,
    )


def _languages(written: frozenset[Language]) -> str:
    return _("、").join(LANGUAGES[one] for one in Language if one in written)


def _seal(line: Line, today: date) -> tuple[str, str]:
    if not line.is_shown:
        return _("收起来了"), "sold-out"
    if line.first_on is not None and line.first_on > today:
        return _("还没到日子"), "waiting"
    if line.last_on is not None and line.last_on < today:
        return _("过了日子"), "sold-out"
    return _("大家看得到"), "done"


@bp.route("/new/<kind>", methods=["GET", "POST"])
@posts_limited
def new(kind: str) -> ResponseReturnValue:
    """Write an article: look at it first, then publish it."""
    asked = kind_named(kind)
    typed = sheet(asked, Draft(words={}, position=count(reading(), asked) + 1))
    if _is_asked("publish") and is_well(typed):
        draft, code, actor, clock = drafted(typed), typed.form.code.data or "", current_actor(), house().clock
        try:
            made = acted(
                f"articles:{kind}",
                lambda session: publish_new(session, asked, draft, code=code, actor=actor, clock=clock),
                is_counted=False,
            )
        except Invalid as fault:
            refuse(typed, fault)
        else:
            say("good", _("发出去了，大家现在看得到。") if _is_begun(draft) else _("写好了，到日子自己放出来。"))
            if made is None:
                return redirect(url_for("staff_articles.articles", kind=kind), 303)
            return redirect(url_for("staff_articles.edit", code=made), 303)
    return _page(typed, None)


def _is_begun(draft: Draft) -> bool:
    return draft.first_on is None or draft.first_on <= _today()


@bp.route("/<code>", methods=["GET", "POST"])
@posts_limited
def edit(code: str) -> ResponseReturnValue:
    """Write the next version, beginning from the present one or from an older one; what there was is kept."""
    found = kept(reading(), code)
    number = request.args.get("from", found.number, type=int)
    begun = found if number == found.number else _older(found, number)
    typed = sheet(found.kind, begun.draft, is_shown=begun.is_shown, version=found.number)
    if _is_asked("publish") and is_well(typed):
        try:
            _publish(code, typed)
        except Invalid as fault:
            refuse(typed, fault)
        except Stale:
            return _page(typed, _present(code), is_late=True)
        else:
            shown = typed.form.shown.data != WITHDRAWN
            say("good", _("改好了，大家现在看到的就是这样。") if shown else _("收起来了，大家看不到了。"))
            return redirect(url_for("staff_articles.edit", code=code), 303)
    return _page(typed, found)


def _present(code: str) -> Kept:
    """Return an article as it is now: others may have written since this request began to read."""
    with edge().reading() as session:
        return kept(session, code)


def _publish(code: str, typed: Sheet) -> None:
    draft, is_shown, actor, clock = drafted(typed), typed.form.shown.data != WITHDRAWN, current_actor(), house().clock
    version = int(typed.form.version.data or 0) if (typed.form.version.data or "").isdecimal() else -1
    made = acted(
        f"article:{code}",
        lambda session: publish(session, code, draft, is_shown=is_shown, version=version, actor=actor, clock=clock),
        is_counted=False,
    )
    if made is None and _present(code).draft.photo_key != draft.photo_key:
        raise Stale("article")  # the same words were sent before, with another photo


def _is_asked(action: str) -> bool:
    return request.method == "POST" and request.form.get("action") == action


def _page(typed: Sheet, found: Kept | None, *, is_late: bool = False) -> Response:
    """Answer with the forms: as they were sent, with what would be published, or with what is to be mended."""
    is_looked_at = _is_asked("preview") and is_well(typed)
    if is_late and found is not None:
        typed.form.version.data = str(found.number)
    draft = drafted(typed)
    answer = render_template(
        "staff/article.html",
        typed=typed,
        kind=typed.kind,
        about=KIND_WORDS[typed.kind],
        found=found,
        looks=looks(draft) if is_looked_at else (),
        changes=_changes(found.draft, draft) if found and is_looked_at else (),
        differences=compared(found.draft, draft) if found and is_late else (),
        picture=photo_of(typed),
        versions=_versions(found) if found else [],
        public=_public(found) if found else None,
    )
    return make_response(answer, _status(is_late=is_late, is_wrong=bool(typed.errors)))


def _status(*, is_late: bool, is_wrong: bool) -> int:
    if is_late:
        return 409
    return 422 if is_wrong else 200


def looks(draft: Draft) -> list[Look]:
    """Return an article as it will be read, in each language in which it says anything."""
    lang = {Language.HANS: "zh-Hans", Language.HANT: "zh-Hant", Language.EN: "en"}
    return [
        Look(
            LANGUAGES[one],
            lang[one],
            draft.words[one],
            Markup(html_of(draft.words[one].text, SHOWN_AS)),  # noqa: S704 - cleaned there, tests/rules/test_site.py
        )
        for one in Language
        if one in draft.words
    ]


def _changes(was: Draft, now: Draft) -> tuple[Change, ...]:
    return changes(*(draft.words.get(Language.HANS, Words()).text for draft in (was, now)))


def _versions(found: Kept) -> list[tuple[int, str, bool, datetime, str]]:
    names = actor_names({one.actor for one in found.versions})
    return [
        (one.number, one.title, one.is_shown, one.published_at, names.get(one.actor, _("自动")))
        for one in found.versions
    ]


def _public(found: Kept) -> str | None:
    """Return where buyers read it; None where they do not, or not yet."""
    if not found.is_shown or not _is_begun(found.draft):
        return None
    if found.kind is ArticleKind.WAY:
        return url_for("articles.way", _anchor=found.code)
    return url_for(PAGES[found.kind], code=found.code)


def _older(found: Kept, number: int) -> Kept:
    if not 0 < number <= found.number:
        raise NotFound("article_version")
    return kept(reading(), found.code, number)


@bp.get("/<code>/<int:number>")
def version(code: str, number: int) -> ResponseReturnValue:
    """Show an older version, and what is other than it now."""
    now = kept(reading(), code)
    old = _older(now, number)
    names = actor_names({old.actor})
    return render_template(
        "staff/article_version.html",
        about=KIND_WORDS[now.kind],
        now=now,
        old=old,
        who=names.get(old.actor, _("自动")),
        looks=looks(old.draft),
        picture=old.picture,
        differences=compared(now.draft, old.draft),
        changes=_changes(old.draft, now.draft),
        title=now.draft.words[Language.HANS].title,
    )
