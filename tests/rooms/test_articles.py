"""Articles: versions that stay, three languages, days of announcements, who may write them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale
from shop.kernel.languages import Language
from shop.site.articles.models import ArticleKind, ArticleVersion, ArticleWords
from shop.site.articles.queries import ArticleFacts, article, articles, for_robots, front, kept, lines
from shop.site.articles.rules import Draft, Words, slug
from shop.site.articles.services import publish, publish_new
from shop.site.services import Unalterable
from tests.world import World
from tests.world.articles import ENGLISH, HANS, draft, picture, told
from tests.world.market import STAFF, Market, market

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


@pytest.fixture
def at(world: World) -> Market:
    """A founded town with a vendor."""
    return market(world)


def _read(world: World, kind: ArticleKind, code: str, language: Language = Language.HANS) -> ArticleFacts:
    return world.read(lambda session: article(session, kind, code, language, today=TODAY))


def _next(world: World, code: str, wanted: Draft, *, version: int, is_shown: bool = True, actor: Actor = STAFF) -> int:
    return world.edge.run(
        lambda session: publish(
            session, code, wanted, is_shown=is_shown, version=version, actor=actor, clock=world.clock
        )
    )


def _rows(world: World) -> int:
    return world.read(lambda session: session.scalar(select(func.count()).select_from(ArticleVersion))) or 0


def test_the_next_version_is_read_and_the_one_before_stays(at: Market) -> None:
    code = told(at.world, ArticleKind.HELP)
    changed = Draft(words={Language.HANS: replace(HANS, title="新的题目", place="", season="", route="")})
    assert _next(at.world, code, changed, version=1) == 2
    assert _read(at.world, ArticleKind.HELP, code).words.title == "新的题目"
    now = at.world.read(lambda session: kept(session, code))
    assert [(one.number, one.title) for one in now.versions] == [(2, "新的题目"), (1, HANS.title)]


def test_whoever_saw_an_older_version_is_told_and_nothing_is_published(at: Market) -> None:
    code = told(at.world, ArticleKind.HELP)
    _next(at.world, code, draft(ArticleKind.HELP), version=1)
    with pytest.raises(Stale):
        _next(at.world, code, draft(ArticleKind.HELP), version=1)
    assert _rows(at.world) == 2


def test_what_was_withdrawn_nobody_reads_until_it_is_shown_again(at: Market) -> None:
    code = told(at.world, ArticleKind.HELP)
    _next(at.world, code, draft(ArticleKind.HELP), version=1, is_shown=False)
    with pytest.raises(NotFound):
        _read(at.world, ArticleKind.HELP, code)
    assert at.world.read(lambda session: for_robots(session, TODAY)) == []
    [line] = at.world.read(lambda session: lines(session, ArticleKind.HELP, offset=0, limit=9))
    assert not line.is_shown
    _next(at.world, code, draft(ArticleKind.HELP), version=2)
    assert _read(at.world, ArticleKind.HELP, code).words.title == HANS.title


def test_it_is_read_in_the_readers_language_where_it_was_written_in_that(at: Market) -> None:
    plain = told(at.world, ArticleKind.HELP)
    both = told(
        at.world,
        ArticleKind.HELP,
        Draft(words={Language.HANS: HANS, Language.EN: ENGLISH, Language.HANT: Words()}, position=2),
    )
    assert both == "the-teahouse-at-the-bridge"
    english = [_read(at.world, ArticleKind.HELP, code, Language.EN) for code in (plain, both)]
    assert [(one.language, one.words.title) for one in english] == [
        (Language.HANS, HANS.title),
        (Language.EN, ENGLISH.title),
    ]
    assert _read(at.world, ArticleKind.HELP, both, Language.HANT).language is Language.HANS


@pytest.mark.parametrize("actor", [VISITOR, Actor(1, "BUYER"), Actor(2, "M", frozenset({"finance", "driver"}))])
def test_only_staff_write(at: Market, actor: Actor) -> None:
    code = told(at.world, ArticleKind.HELP)
    with pytest.raises(Forbidden):
        _next(at.world, code, draft(ArticleKind.HELP), version=1, actor=actor)
    with pytest.raises(Forbidden):
        at.world.edge.run(
            lambda session: publish_new(
                session, ArticleKind.HELP, draft(ArticleKind.HELP), actor=actor, clock=at.world.clock
            )
        )
    assert _rows(at.world) == 1


def _hans(**changed: str) -> Callable[[Draft], Draft]:
    return lambda one: replace(one, words={Language.HANS: replace(HANS, **changed)})


HALF = {**draft().words, Language.EN: Words(title="T")}
CHANGES: list[tuple[ArticleKind, Callable[[Draft], Draft], str, str]] = [
    (ArticleKind.HELP, lambda one: replace(one, words={}), "zh_Hans.title", "missing"),
    (ArticleKind.HELP, _hans(text=""), "zh_Hans.text", "missing"),
    (ArticleKind.HELP, lambda one: replace(one, words=HALF), "en.line", "missing"),
    (ArticleKind.HELP, _hans(title="长" * 91), "zh_Hans.title", "long"),
    (ArticleKind.HELP, lambda one: replace(one, position=0), "position", "range"),
    (ArticleKind.HELP, lambda one: replace(one, village="nowhere"), "village", "unknown"),
    (ArticleKind.HELP, lambda one: replace(one, vendor="nobody"), "vendor", "unknown"),
    (ArticleKind.HELP, lambda one: replace(one, photo_key="0" * 64), "photo", "unknown"),
    (ArticleKind.STORY, lambda one: replace(one, photo_key=None), "photo", "missing"),
    (ArticleKind.SIGHT, _hans(route=""), "zh_Hans.route", "missing"),
    (ArticleKind.STORY, _hans(alt=""), "zh_Hans.alt", "missing"),
    (ArticleKind.ANNOUNCEMENT, lambda one: replace(one, first_on=None), "first_on", "missing"),
    (ArticleKind.ANNOUNCEMENT, lambda one: replace(one, last_on=None), "last_on", "missing"),
    (ArticleKind.ANNOUNCEMENT, lambda one: replace(one, last_on=TODAY - 9 * DAY), "last_on", "order"),
    (ArticleKind.ANNOUNCEMENT, lambda one: replace(one, last_on=TODAY + 200 * DAY), "last_on", "long"),
]


@pytest.mark.parametrize(("kind", "change", "field", "reason"), CHANGES)
def test_what_may_not_be_published_is_refused_by_its_field(
    at: Market, kind: ArticleKind, change: Callable[[Draft], Draft], field: str, reason: str
) -> None:
    wanted = change(draft(kind, picture(at.world) if kind in (ArticleKind.STORY, ArticleKind.SIGHT) else None))
    with pytest.raises(Invalid) as refused:
        at.world.edge.run(lambda session: publish_new(session, kind, wanted, actor=STAFF, clock=at.world.clock))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert _rows(at.world) == 0


def test_an_address_is_made_of_the_title_once_and_never_taken_twice(at: Market) -> None:
    assert slug("桥头的老茶馆") == "qiao-tou-de-lao-cha-guan"
    assert slug("？") == "page"
    assert len(slug("很长的" * 20)) <= 36
    assert [told(at.world, ArticleKind.HELP) for _ in range(2)] == [
        "qiao-tou-de-lao-cha-guan",
        "qiao-tou-de-lao-cha-guan-2",
    ]
    assert told(at.world, ArticleKind.HELP, code="pay") == "pay"
    for code, reason in (("pay", "taken"), ("Pay!", "shape")):
        with pytest.raises(Invalid) as refused:
            told(at.world, ArticleKind.HELP, code=code)
        assert refused.value.reason == reason


def test_the_front_page_tells_an_announcement_from_its_first_day_to_its_last(at: Market) -> None:
    days = Draft(words=draft().words, first_on=TODAY, last_on=TODAY + DAY)
    code = told(at.world, ArticleKind.ANNOUNCEMENT, days)
    shown = {
        day: [one.code for one in at.world.read(_front(TODAY + day * DAY))[ArticleKind.ANNOUNCEMENT]]
        for day in (-1, 0, 1, 2)
    }
    assert shown == {-1: [], 0: [code], 1: [code], 2: []}
    with pytest.raises(NotFound):
        at.world.read(
            lambda session: article(session, ArticleKind.ANNOUNCEMENT, code, Language.HANS, today=TODAY - DAY)
        )


def _front(today: date) -> Callable[[Session], dict[ArticleKind, list[ArticleFacts]]]:
    return lambda session: dict(front(session, Language.HANS, today=today, each=2))


def test_the_front_page_takes_so_many_of_a_kind_and_lists_keep_their_order(at: Market) -> None:
    key = picture(at.world)
    for position in (3, 1, 2):
        told(at.world, ArticleKind.STORY, replace(draft(photo_key=key), position=position), code=f"n{position}")
    assert [one.code for one in at.world.read(_front(TODAY))[ArticleKind.STORY]] == ["n1", "n2"]
    found = at.world.read(lambda session: articles(session, [ArticleKind.STORY], Language.HANS, today=TODAY))
    assert [one.code for one in found] == ["n1", "n2", "n3"]


@pytest.mark.parametrize("table", [ArticleVersion, ArticleWords])
def test_nothing_published_is_ever_changed_or_taken_away(
    at: Market, table: type[ArticleVersion] | type[ArticleWords]
) -> None:
    told(at.world, ArticleKind.HELP)
    with pytest.raises(Unalterable), at.world.edge.transaction() as session:
        row = session.scalars(select(table)).one()
        setattr(row, "actor" if table is ArticleVersion else "title", "别的")
        session.flush()
    with pytest.raises(Unalterable), at.world.edge.transaction() as session:
        session.delete(session.scalars(select(table)).one())
        session.flush()
