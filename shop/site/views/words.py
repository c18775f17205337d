"""What the pages of rules are called, and how one of them is found by its address."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from shop.kernel.errors import NotFound
from shop.site.models import Rule

RULE_WORDS: Mapping[Rule, tuple[str, str]] = {
    Rule.TRADE: (_l("交易规则"), _l("下单、付款、送货、取消")),
    Rule.PRIVACY: (_l("隐私"), _l("记下什么、谁能看、留多久")),
    Rule.AFTER_SALE: (_l("售后"), _l("碎了、坏了、少了、想退")),
    Rule.JOINING: (_l("入驻协议"), _l("来卖货的人家和中心怎么约定")),
}
"""Each page's name, and what it is about."""


def rule_named(name: str) -> Rule:
    """Return the rules of an address.

    Raises:
        NotFound: there is no such page.
    """
    try:
        return Rule(name.replace("-", "_"))
    except ValueError as error:
        raise NotFound("rule") from error


def name_of(rule: Rule) -> str:
    """Return how a page of rules stands in addresses."""
    return rule.value.replace("_", "-")
