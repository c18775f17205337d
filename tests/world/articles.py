"""Articles for a test's town, published by the act that does so."""

from dataclasses import replace
from datetime import date

from shop.kernel.languages import Language
from shop.media.services import receive
from shop.site.articles.models import ArticleKind
from shop.site.articles.rules import Draft, Words
from shop.site.articles.services import publish_new
from tests.pages.selling import jpeg
from tests.world.ground import World
from tests.world.market import HOUSE, STAFF

HANS = Words(
    title="桥头的老茶馆",
    line="赶场日天不亮就开门。",
    text="## 坐下\n一碗茶两块钱，坐到散场。",
    alt="石桥和茶馆",
    place="老街口",
    season="赶场日早上",
    route="出中心往左走三分钟。",
)
ENGLISH = Words(
    title="The teahouse at the bridge",
    line="Open before dawn on market days.",
    text="## Sit down\nA bowl of tea is two yuan.",
    alt="A stone bridge and a teahouse",
    place="Old street",
    season="Market mornings",
    route="Left out of the centre, three minutes.",
)


def picture(world: World, seed: int = 3) -> str:
    """Take in a photo and return its key."""
    raw = jpeg(seed=seed).read()
    return receive(world.edge.transaction, world.house.store, raw, actor=HOUSE, clock=world.clock).key


def draft(kind: ArticleKind = ArticleKind.STORY, photo_key: str | None = None) -> Draft:
    """Return an article of a kind that may be published."""
    is_sight, is_dated = kind is ArticleKind.SIGHT, kind is ArticleKind.ANNOUNCEMENT
    words = HANS if is_sight else replace(HANS, place="", season="", route="")
    first, last = (date(2026, 11, 21), date(2026, 11, 28)) if is_dated else (None, None)
    return Draft(words={Language.HANS: words}, photo_key=photo_key, first_on=first, last_on=last)


def told(world: World, kind: ArticleKind, wanted: Draft | None = None, *, code: str = "") -> str:
    """Publish an article and return its code."""
    shown = wanted or draft(kind, picture(world) if kind in (ArticleKind.STORY, ArticleKind.SIGHT) else None)
    return world.edge.run(lambda session: publish_new(session, kind, shown, code=code, actor=STAFF, clock=world.clock))
