"""The written rules as everybody reads them: what counts, what is coming and what differs, what counted before."""

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.kernel.clock import town_day
from shop.site.markup import html_of
from shop.site.queries import VersionFacts, rule_page, rule_pages, rule_version
from shop.site.rules import changes
from shop.site.views.words import RULE_WORDS, name_of, rule_named
from shop.web.audience import Audience, blueprint
from shop.web.house import house, reading

bp = blueprint("site", __name__, Audience.PUBLIC, prefix="/rules")


def shown(version: VersionFacts) -> Markup:
    """Return a version's text as safe markup."""
    return Markup(html_of(version.text))  # noqa: S704 - cleaned there, tests/rules/test_site.py


@bp.get("")
def rules() -> ResponseReturnValue:
    """Show which rules there are."""
    found = rule_pages(reading(), town_day(house().clock()))
    rows = [(name_of(rule), *RULE_WORDS[rule], page.current, page.coming) for rule, page in found.items()]
    return render_template("site/rules.html", rows=rows)


@bp.get("/<name>")
def rule(name: str) -> ResponseReturnValue:
    """Show what counts today, and beside it what will count, with what differs."""
    asked = rule_named(name)
    page = rule_page(reading(), asked, town_day(house().clock()))
    coming = page.coming[0] if page.coming else None
    was = page.current.text if page.current else ""
    return render_template(
        "site/rule.html",
        name=name_of(asked),
        title=RULE_WORDS[asked][0],
        page=page,
        text=shown(page.current) if page.current else None,
        coming=coming,
        coming_text=shown(coming) if coming else None,
        changes=changes(was, coming.text) if coming and was else (),
    )


@bp.get("/<name>/<int:number>")
def version(name: str, number: int) -> ResponseReturnValue:
    """Show one version, whether it counts, did, or will."""
    asked, today = rule_named(name), town_day(house().clock())
    found = rule_version(reading(), asked, number)
    page = rule_page(reading(), asked, today)
    return render_template(
        "site/version.html",
        name=name_of(asked),
        title=RULE_WORDS[asked][0],
        found=found,
        text=shown(found),
        is_current=found == page.current,
        is_coming=found.effective_on > today,
    )
