"""Laws of the templates: they compile, import what exists, speak through gettext, and hold nothing inline."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes

from tests.house.source import TEMPLATES, files, name, report

CHINESE = re.compile(r"[\u3400-\u9fff]")
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
INLINE = re.compile(
    r"<style|<script(?! type=\"application/ld\+json\">)(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", re.IGNORECASE
)
"""Data for machines is no script: browsers do not run it."""
PAGES = list(files(".html", under=TEMPLATES))
EVERY = [*PAGES, *files(".txt", under=TEMPLATES)]
EACH = pytest.mark.parametrize("path", EVERY, ids=name)
EACH_PAGE = pytest.mark.parametrize("path", PAGES, ids=name)  # a text message is registered word for word, untranslated

environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
    autoescape=True,
)


@cache
def parsed(path: Path) -> nodes.Template:
    return environment.parse(path.read_text("utf-8"), name(path))


@cache
def _own_names(path: Path) -> frozenset[str]:
    tree = parsed(path)
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    return frozenset(macros | {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"})


@EACH
def test_every_import_exists_and_is_used(path: Path) -> None:
    tree = parsed(path)
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    for statement in tree.find_all((nodes.FromImport, nodes.Import, nodes.Extends, nodes.Include)):
        source = statement.template  # type: ignore[attr-defined]
        if not isinstance(source, nodes.Const):
            continue
        target = TEMPLATES / source.value
        assert target.is_file(), f"{name(path)}:{statement.lineno} there is no templates/{source.value}"
        if isinstance(statement, nodes.FromImport):
            pairs = [pair if isinstance(pair, tuple) else (pair, pair) for pair in statement.names]
            missing = [theirs for theirs, _ours in pairs if theirs not in _own_names(target)]
            assert not missing, f"{name(path)}:{statement.lineno} {source.value} has no {', '.join(missing)}"
            idle = [ours for _theirs, ours in pairs if ours not in used]
            assert not idle, f"{name(path)}:{statement.lineno} imports {', '.join(idle)} and never uses it"


def _spoken(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield every node that is not an argument of gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in GETTEXT:
        return
    yield node
    for child in node.iter_child_nodes():
        yield from _spoken(child)


@EACH_PAGE
def test_every_chinese_word_passes_through_gettext(path: Path) -> None:
    found = []
    for node in _spoken(parsed(path)):
        text = node.data if isinstance(node, nodes.TemplateData) else getattr(node, "value", "")
        if isinstance(text, str) and isinstance(node, nodes.TemplateData | nodes.Const) and CHINESE.search(text):
            words = " ".join(text.split())
            found.append(f"{name(path)}:{node.lineno} {words[:60]}")
    assert not found, report(found, "Wrap the words in {{ _('…') }}:")


@EACH_PAGE
def test_nothing_inline_that_the_security_policy_forbids(path: Path) -> None:
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    found = [f"{name(path)}:{number} {line.strip()[:80]}" for number, line in lines if INLINE.search(line)]
    assert not found, report(found, "Put styles into static/css, scripts into static/js bound by data- attributes:")


@EACH
def test_nothing_is_declared_safe_outside_the_components(path: Path) -> None:
    if "components" in path.parts:
        return
    filters = [node for node in parsed(path).find_all(nodes.Filter) if node.name == "safe"]
    found = [f"{name(path)}:{node.lineno}" for node in filters]
    assert not found, report(found, "Return Markup from one reviewed place instead of |safe:")


def test_every_macro_is_used_somewhere() -> None:
    used: set[tuple[str, str]] = set()
    for path in EVERY:
        tree = parsed(path)
        own = name(path).removeprefix("templates/")
        used |= {(own, node.name) for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        for statement in tree.find_all(nodes.FromImport):
            if isinstance(statement.template, nodes.Const):
                pairs = [pair[0] if isinstance(pair, tuple) else pair for pair in statement.names]
                used |= {(statement.template.value, macro) for macro in pairs}
    macros = [
        (name(path).removeprefix("templates/"), macro.name)
        for path in files(".html", under=TEMPLATES / "components")
        for macro in parsed(path).find_all(nodes.Macro)
    ]
    found = [f"{file}: {macro}" for file, macro in macros if (file, macro) not in used]
    assert not found, report(found, "Use the macro on a page, show it on the pattern page, or take it out:")
