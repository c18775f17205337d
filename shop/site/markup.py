"""From Markdown to the few elements that a page of rules needs; whatever else was typed stays text or goes."""

from functools import cache

import nh3
from markdown_it import MarkdownIt

TAGS = frozenset("p br hr h2 h3 h4 h5 h6 ul ol li strong em s blockquote a table thead tbody tr th td".split())  # noqa: SIM905
SCHEMES = frozenset({"https", "http", "tel", "mailto"})
HIGHEST, DEEPEST = 2, 6
HEADINGS = ("heading_open", "heading_close")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def html_of(text: str, highest: int = HIGHEST) -> str:
    """Return a text as HTML that is safe to show: no scripts, styles, pictures or HTML of its own.

    Its highest headings come right below the page's own, whichever their writer began with.

    Args:
        highest: level of its highest headings.
    """
    parser = _parser()
    tokens = parser.parse(text)
    lowest = min((int(token.tag[1]) for token in tokens if token.type in HEADINGS), default=HIGHEST)
    for token in tokens:
        if token.type in HEADINGS:
            token.tag = f"h{min(DEEPEST, int(token.tag[1]) - lowest + highest)}"
    drawn = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(
        drawn, tags=set(TAGS), attributes={"a": {"href"}, "ol": {"start"}}, url_schemes=set(SCHEMES), link_rel=None
    )
