"""What a page's markup asks of a browser that is older than the floor."""

import re
from html.parser import HTMLParser

from tests.house import floor

STATEMENT = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
FILLED = "1"
OURS = ("data-", "aria-")


class _Walk(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag not in floor.HTML_ELEMENTS:
            self.found.append(f"{line}: <{tag}>")
        known = floor.HTML_ATTRIBUTES | {""}
        names = [name.rstrip(FILLED) for name, _ in attrs if not name.startswith(OURS)]
        self.found += [f"{line}: {name}=" for name in names if name not in known]


def _blank(match: re.Match[str]) -> str:
    return " " + "\n" * match.group().count("\n")


def _letter(match: re.Match[str]) -> str:
    """A value may be part of a word (`h{{ level }}`): it is read as the figure of a heading."""
    return FILLED + "\n" * match.group().count("\n")


def beyond(template: str) -> list[str]:
    """Return the elements and attributes of a template that are newer than the floor, each as `line: what`."""
    walk = _Walk()
    walk.feed(VALUE.sub(_letter, STATEMENT.sub(_blank, template)))
    return walk.found
