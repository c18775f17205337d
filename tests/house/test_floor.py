"""Law of the floor: no style sheet, script or template uses what Chromium 86 or Safari 14.0 lacks."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.house import floor, floor_css, floor_html, floor_js
from tests.house.source import ROOT, TEMPLATES, files, name, report

STATIC = ROOT / "static"
WHAT_TO_DO = "Old phones lack this; take what tests/house/floor.toml knows, or look it up and add it there:"
DATA = re.compile(r"data-([a-z][a-z0-9-]*)")
EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
FIELDS = re.compile(r"\.elements\.(\w+)")


def _in_script(attribute: str) -> str:
    """Return a data- attribute's name as a script reads it."""
    first, *rest = attribute.split("-")
    return first + "".join(part.capitalize() for part in rest)


@cache
def _given() -> frozenset[str]:
    """Return the names that the house's own pages and scripts give to one another."""
    pages = {_in_script(found) for path in files(".html", under=TEMPLATES) for found in DATA.findall(path.read_text())}
    scripts = [path.read_text("utf-8") for path in files(".js", under=STATIC)]
    shared = {found for text in scripts for pattern in (EXPORTED, FIELDS) for found in pattern.findall(text)}
    return frozenset(pages | shared)


def _allowed(path: Path, what: str) -> bool:
    return (path.name, what) in floor.BEYOND


def test_style_sheets_stand_on_the_floor() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in files(".css", under=STATIC)
        for line in floor_css.beyond(path.read_text("utf-8"))
    ]
    assert not found, report(found, WHAT_TO_DO)


def test_scripts_stand_on_the_floor() -> None:
    found = [
        f"{name(path)}:{use}"
        for path in files(".js", under=STATIC)
        for use in floor_js.beyond(path.read_text("utf-8"), _given())
        if not _allowed(path, use.name)
    ]
    assert not found, report(found, WHAT_TO_DO)


def test_templates_stand_on_the_floor() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in files(".html", under=TEMPLATES)
        for line in floor_html.beyond(path.read_text("utf-8"))
        if not _allowed(path, line.partition(" ")[2])
    ]
    assert not found, report(found, WHAT_TO_DO)


def test_every_exception_is_still_needed() -> None:
    used = {
        (path.name, use.name)
        for path in files(".js", under=STATIC)
        for use in floor_js.beyond(path.read_text("utf-8"), _given())
    }
    used |= {
        (path.name, line.partition(" ")[2])
        for path in files(".html", under=TEMPLATES)
        for line in floor_html.beyond(path.read_text("utf-8"))
    }
    idle = [f"{file} {what}" for file, what in floor.BEYOND if (file, what) not in used]
    assert not idle, report(idle, "Take the exception out of tests/house/floor.toml:")


@pytest.mark.parametrize(
    ("css", "what"),
    [
        ("@layer base { p { color: red } }", "@layer"),
        ("@container (min-width: 1px) { p { color: red } }", "@container"),
        ("@media (width >= 40em) { p { color: red } }", "@media with >"),
        ("@media (update: slow) { p { color: red } }", "@media update"),
        ("@supports not (display: grid) { p { color: red } }", "@supports not"),
        ("p:has(a), b { color: red }", ":has()"),
        ("p:is(.a, .b) { color: red }", ":is()"),
        ("a:focus-visible, a:hover { color: red }", ":focus-visible"),
        ("p { a { color: red } }", "a rule inside a rule"),
        ("p { inset: 0 }", "inset"),
        ("p { aspect-ratio: 4 / 3 }", "aspect-ratio"),
        ("p { margin-inline: 1px }", "margin-inline"),
        ("p { color: color-mix(in srgb, red, blue) }", "color-mix() in color"),
        ("p { height: 100dvh }", "dvh in height"),
        ("p { overflow-wrap: anywhere }", "anywhere in overflow-wrap"),
        ("p { user-select: none }", "user-select without -webkit-user-select"),
        ("p { display: flex; gap: 1px }", "gap outside a grid"),
        (".a { display: grid } .b { gap: 1px }", "gap outside a grid"),
        (".a { display: grid } .a, .b { column-gap: 1px }", "gap outside a grid"),
    ],
)
def test_a_style_sheet_beyond_the_floor_is_seen(css: str, what: str) -> None:
    assert any(what in line for line in floor_css.beyond(css)), floor_css.beyond(css)


@pytest.mark.parametrize(
    "css",
    [
        "p { height: 100vh; height: 100dvh }",
        "p { color: var(--a); color: color-mix(in srgb, var(--a), var(--b)) }",
        "@supports selector(:has(*)) { p:has(a) { inset: 0 } }",
        "@supports (aspect-ratio: 1) { p { aspect-ratio: 1 } }",
        "a:focus:not(:focus-visible) { outline: none }",
        ".a { display: grid } @media (min-width: 1px) { .a { gap: 1px } }",
        ".a { columns: 2; column-gap: 1px }",
        "p { -webkit-user-select: none; user-select: none }",
        "p { text-wrap: balance } p { --any: fit }",
    ],
)
def test_a_style_sheet_with_a_way_for_old_phones_is_let_through(css: str) -> None:
    assert floor_css.beyond(css) == []


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("a ??= 1; let a;", "syntax ??="),
        ("let a; a ||= 1;", "syntax ||="),
        ("class A { #own = 1; }", "syntax private_property_identifier"),
        ("class A { own = 1; }", "syntax field_definition"),
        ("class A { static { console.error(1); } }", "syntax class_static_block"),
        ("await fetch('/');", "await outside of a function"),
        ("const a = 10n;", "a big integer"),
        ("const a = /(?<=b)c/;", "looks behind"),
        ("const a = /b/v;", "flags v"),
        ("structuredClone(document);", "global structuredClone"),
        ("new Temporal();", "global Temporal"),
        ("const a = [1]; a.at(-1);", "method at"),
        ("const a = [1]; a.toSorted();", "method toSorted"),
        ("class A { at(b) { return b; } } new A().at(1);", "method at"),
        ("document.startViewTransition();", "method startViewTransition"),
        ("navigator.userAgentData.mobile;", "member userAgentData"),
        ("form.requestSubmit(); const form = document;", "method requestSubmit"),
        ("function (", "cannot be read"),
        ("let told = 1; export function told() { return 1; }", "declared twice: told"),
    ],
)
def test_a_script_beyond_the_floor_is_seen(script: str, what: str) -> None:
    found = [str(use) for use in floor_js.beyond(script)]
    assert any(what in line for line in found), found


def test_a_script_of_the_floor_is_let_through() -> None:
    script = """
        import { other as mine } from "./shop.js";
        export const kept = { one: 1, ...mine };
        export async function go({ a, b: [c] }, ...rest) {
          for (const [key, value] of Object.entries(kept)) rest.push(`${key}${value?.one ?? a}`);
          try { await fetch(c); } catch (error) { return error.message; }
          return kept.one ** 2 + document.body.dataset.words.length + 1_000;
        }
    """
    assert floor_js.beyond(script, frozenset({"words"})) == []


@pytest.mark.parametrize(
    "html", ["<search></search>", "<p popover>", "<div {{ x }} inert>", "<input {% if a %} is='b'{% endif %}>"]
)
def test_a_template_beyond_the_floor_is_seen(html: str) -> None:
    assert floor_html.beyond(html)


def test_a_template_of_the_floor_is_let_through() -> None:
    assert floor_html.beyond('{# <search> #}<h{{ level }} {{ data }} class="{{ "a>b" }}" data-x aria-label="y">') == []
