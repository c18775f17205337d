"""Law of the pattern page: it shows every component, and every state that a component can draw.

A state is a class: one that a component writes by name, under a condition too, or one that it makes of an argument
(`seal-{{ tone }}`) and that the style sheets know.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from jinja2 import nodes

from shop.accounts.models import Role
from shop.media.services import receive
from tests.house.source import ROOT, TEMPLATES, files, report
from tests.house.test_templates import parsed
from tests.pages.selling import jpeg
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import HOUSE, PASSWORD, market, someone

ATTRIBUTE = re.compile(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"')
"""A class attribute; the words inside an expression stand between single quotes."""
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
ADDED = re.compile(r"' ?([a-z]+(?:-[a-z]+)+)'")
MADE = re.compile(r"([a-z][a-z-]*-)\{\{")
RULED = re.compile(r"\.([a-z][a-z0-9-]*)")
INSIDE = "\0"
IN_ENGLISH = frozenset({"card-gloss", "calendar-gloss"})
"""Drawn for readers of English alone; the pattern page is at work, and so in Chinese."""
COMPONENTS = TEMPLATES / "components"


def _ruled() -> frozenset[str]:
    sheets = files(".css", under=ROOT / "static" / "css")
    return frozenset(word for sheet in sheets for word in RULED.findall(sheet.read_text("utf-8")))


def _named(text: str) -> Iterator[str]:
    for attribute in ATTRIBUTE.findall(text):
        plain = EXPRESSION.sub(lambda found: " " if found[0].startswith("{{ ' ") else INSIDE, attribute)
        yield from (word for word in plain.split() if INSIDE not in word)
        for expression in EXPRESSION.findall(attribute):
            yield from ADDED.findall(expression)


def _made(text: str, ruled: frozenset[str]) -> Iterator[str]:
    prefixes = {prefix for attribute in ATTRIBUTE.findall(text) for prefix in MADE.findall(attribute)}
    for prefix in prefixes:
        yield from (word for word in ruled if re.fullmatch(rf"{prefix}[a-z0-9]+", word))


def _states(path: Path, ruled: frozenset[str], everywhere: frozenset[str]) -> frozenset[str]:
    """Return the classes a component may draw; one that another component writes by name is that one's."""
    text = path.read_text("utf-8")
    named = frozenset(_named(text))
    return named | (frozenset(_made(text, ruled)) - everywhere)


def test_the_pattern_page_shows_every_component_in_every_state(pages: Pages, world: World) -> None:
    market(world)
    take = partial(receive, world.edge.transaction, world.house.store, actor=HOUSE, clock=world.clock)
    for seed in range(3):
        take(jpeg(seed=seed).getvalue())
    pages.sign_in(someone(world, Role.STAFF).phone, PASSWORD)
    page = pages.get("/staff/patterns")
    components = list(files(".html", under=COMPONENTS))
    sections = {element.get("id") for element in page.all("*") if element.get("id")}
    wanted = {
        f"pattern-{path.stem}-{macro.name}"
        for path in components
        for macro in parsed(path).find_all(nodes.Macro)
        if not macro.name.startswith("_")
    }
    missing = sorted(wanted - sections)
    assert not missing, report(missing, "Show the macro on the pattern page, inside an element with this id:")
    drawn = frozenset(word for element in page.all("*") for word in element.get("class", "").split())
    ruled, everywhere = _ruled(), frozenset(word for path in components for word in _named(path.read_text("utf-8")))
    shown = drawn | IN_ENGLISH
    states = {path.stem: _states(path, ruled, everywhere) for path in components}
    unseen = [f"{name}: {word}" for name, words in states.items() for word in sorted(words - shown)]
    assert not unseen, report(unseen, "Show this state of the component on the pattern page:")
    assert not IN_ENGLISH - everywhere, "no component draws these any more: take them off the list"
