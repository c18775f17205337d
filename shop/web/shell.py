"""What every page's frame shows: the town's name, who is signed in, the basket's count, the way around."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, get_flashed_messages, request, url_for
from flask import flash as flask_flash
from flask import session as cookie

from shop.accounts.models import Device
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.languages import Language
from shop.town.queries import TownFacts
from shop.web.bench import Tab, TabGroup, staff_nav
from shop.web.canonical import canonical
from shop.web.house import current_presence, current_town, house
from shop.web.i18n import _, is_at_work, reader, said
from shop.web.look import ELDER, FACE, look
from shop.web.roles import may_open
from shop.web.ways import safe_path

TONES = ("good", "info", "mind", "stop")
AT_WORK = ("/staff", "/vendor", "/driver", "/hooks", "/healthz", "/readyz", "/api")
"""Where nothing is kept in a phone's memory, and nothing comes from it."""
NAMES = {Language.HANS: "简体", Language.HANT: "繁體", Language.EN: "English"}
"""Each language in its own tongue, so that whoever cannot read the page finds it."""
LANGUAGES = tuple((language.value, name, language.tag) for language, name in NAMES.items())
LOCALES = {Language.HANS: "zh_CN", Language.HANT: "zh_TW", Language.EN: "en_GB"}
"""Each language as Open Graph names it; a place goes with it there."""
CHINESE, ENGLISH = (Language.HANS.value, "中文", Language.HANS.tag), LANGUAGES[-1]
NO_TOWN = TownFacts("山货", (), "", "", "", "", "", (), "20:00", 0, 15, 3, 5, 48, 3000, 2, 0)


@dataclass(frozen=True)
class Shell:
    """The frame of a page."""

    town_name: str
    slogan: str
    centre_name: str
    centre_phone: str
    is_demo: bool
    is_elder: bool
    lang: str
    """The language of this page, as HTML names it."""
    locales: tuple[str, ...]
    """The language of this page as Open Graph names it, then the others it is to be had in."""
    languages: tuple[tuple[str, str, str], ...]
    """(value, name in its own tongue, tag) of what buyers can read."""
    other_tongue: tuple[str, str, str]
    """Of them, the one for whoever cannot read this page."""
    has_languages: bool
    """False on pages at work, which are written in the town's own language alone."""
    worker: str | None
    """Address of what keeps pages in the phone; None on pages at work, and where an operator wants none."""
    is_shared_phone: bool
    """Somebody is signed in on a phone that is not theirs: every page shows the way out."""
    display_name: str
    roles: frozenset[str]
    path: str
    address: str
    """The path with its query, to come back to."""
    canonical: str | None
    """The one address of what is shown, where search engines may keep it."""
    query: str
    """What was searched for, so that the box on top still holds it."""
    year: int
    tabs: tuple[Tab, ...]
    staff_nav: tuple[TabGroup, ...]
    footer_links: tuple[tuple[str, str], ...]
    """(label, address)."""
    notices: tuple[tuple[str, str], ...]
    """(tone, sentence)."""


def say(tone: str, text: str) -> None:
    """Leave a sentence for the next page; tone is good, info, mind or stop."""
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone}")
    flask_flash(text, tone)


def tabs() -> tuple[Tab, ...]:
    """Return the five ways around the storefront."""
    here = request.endpoint or ""
    count = int(cookie.get("basket_count", 0))
    ways = (
        (_("市集"), "catalog.home", "stall", None),
        (_("时令"), "catalog.season", "season", None),
        (_("搜索"), "search.results", "search", None),
        (_("篮子"), "orders.basket", "basket", count or None),
        (_("我的"), "accounts.me", "person", None),
    )
    return tuple(Tab(label, url_for(to), icon, here == to, badge) for label, to, icon, badge in ways)


def is_elder() -> bool:
    """Tell whether this browser wants the large face."""
    return look(request.cookies, FACE) == ELDER


def shell() -> Shell:
    """Return the frame for this request."""
    wired, presence = house(), current_presence()
    person = None if presence is None else presence.person
    town = current_town() or NO_TOWN
    keeps = wired.settings.keeps_pages and not request.path.startswith(AT_WORK)
    is_staff_page = request.path.startswith(("/staff", "/driver"))
    return Shell(
        town_name=town.name,
        slogan=town.slogan,
        centre_name=town.centre_name,
        centre_phone=town.centre_phone,
        is_demo=wired.settings.is_demo,
        is_elder=is_elder(),
        lang=reader().tag,
        locales=_locales(),
        languages=LANGUAGES,
        other_tongue=CHINESE if reader() is Language.EN else ENGLISH,
        has_languages=not is_at_work(request.path),
        worker=url_for("offline.worker") if keeps else None,
        is_shared_phone=presence is not None and presence.device is Device.SHARED,
        display_name=person.name if person else "",
        roles=person.roles if person else frozenset(),
        path=safe_path(request.path),
        address=safe_path(request.full_path.rstrip("?")) if request.method == "GET" else safe_path(request.path),
        canonical=canonical(),
        query=request.args.get("q", "").replace("\0", "")[:60],
        year=_year(wired.clock()),
        tabs=tabs(),
        staff_nav=staff_nav() if is_staff_page else (),
        footer_links=(
            (_("走进%(town)s", town=town.name), url_for("articles.town")),
            (_("怎么来"), url_for("articles.way")),
            (_("帮帮我"), url_for("articles.helps")),
            (_("规则和隐私"), url_for("site.rules")),
            (_("资质公示"), url_for("catalog.standings")),
            (_("查订单"), url_for("orders.find")),
            (_("来这里卖货"), url_for("joining.hall")),
        ),
        notices=_notices(),
    )


def _locales() -> tuple[str, ...]:
    here = LOCALES[reader()]
    return (here, *(locale for locale in LOCALES.values() if locale != here))


def _notices() -> tuple[tuple[str, str], ...]:
    left: list[tuple[str, str]] = list(get_flashed_messages(with_categories=True))  # type: ignore[arg-type]
    # Said on a page of the town's own language, such as a card's, and shown on one that has the reader's.
    return tuple((tone, said(text)) for tone, text in left)


def _year(now: datetime) -> int:
    return now.astimezone(TOWN_ZONE).year


def init_shell(app: Flask) -> None:
    """Give every template its `shell`, and `may_open(endpoint)` to ask before it links to a staff page.

    `is_elder()` is there for the components too, which have no shell.
    """
    app.jinja_env.globals["is_elder"] = is_elder

    @app.context_processor
    def frame() -> dict[str, object]:
        framed = shell()
        return {"shell": framed, "may_open": lambda endpoint: may_open(endpoint, framed.roles)}
