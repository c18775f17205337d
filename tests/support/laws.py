"""What every page of the house must be; each law returns its complaints as sentences."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from xml.etree.ElementTree import Element

from sqlalchemy import Enum

from shop.kernel.db import Model
from shop.web import units
from shop.web.assets import AT_WORK, STATIC
from tests.support.page import UNSEEN, Page, words_of
from tests.support.schema import load_models

UNTRANSLATED = {"code", "pre", "kbd", "samp", "{http://www.w3.org/2000/svg}svg"}
CONTROLS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}")
CLASS = re.compile(r"\.([a-z][\w-]*)")
LEAKS = re.compile(
    r"\{\{|\}\}|\{%|%\(\w+\)[sd]|\bobject at 0x|\bdatetime\.|\b[A-Z]\w+\.[A-Z][A-Z_]+\b|^(?:None|True|False|nan)$"
)


def complaints(page: Page) -> list[str]:
    """Return everything that is wrong with a page."""
    return [complaint for law in LAWS for complaint in law(page)]


def valid_html(page: Page) -> Iterator[str]:
    """HTML5 without parse errors."""
    lines = page.text.split("\n")
    for error in page.errors:
        line = int(error.split(",")[0].removeprefix("line "))
        yield f"invalid HTML, {error}: {lines[line - 1].strip()[:100] if line <= len(lines) else ''}"


def one_heading_and_a_title(page: Page) -> Iterator[str]:
    """One `h1` with words, a title that begins with more than the house's name, a language."""
    headings = page.all("h1")
    if len(headings) != 1 or not words_of(headings[0]):
        yield f"{len(headings)} h1, one with words was expected"
    titles = page.document.findall("head/title")
    if len(titles) != 1 or not (titles[0].text or "").strip(" ·\n"):
        yield "no title"
    elif (titles[0].text or "").strip().startswith("·"):
        yield f"the title says nothing of its own: {(titles[0].text or '').strip()}"
    if not page.language:
        yield "html without lang"


def unique_ids(page: Page) -> Iterator[str]:
    """Every id once, and every reference to one answered."""
    ids = Counter(element.get("id") for element in page.document.iter() if element.get("id") is not None)
    yield from (f"id {name} stands {count} times" for name, count in ids.items() if count > 1)
    for element in page.document.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list"):
            for name in element.get(attribute, "").split():
                if name not in ids:
                    yield f'<{element.tag} {attribute}="{name}"> points at nothing'
        href = element.get("href", "")
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f'the link "{words_of(element)}" points at {href}, which is not on the page'


def labelled_controls(page: Page) -> Iterator[str]:
    """Every control has words that a screen reader can say; every picture has its alt."""
    labels = {label.get("for") for label in page.all("label") if label.get("for") and words_of(label)}
    wrapped = {id(inner) for label in page.all("label") if words_of(label) for inner in label.iter()}
    for tag in sorted(CONTROLS):
        for control in page.all(tag):
            if tag == "input" and control.get("type", "text") in UNLABELLED:
                continue
            spoken = control.get("aria-label") or control.get("aria-labelledby")
            if not (spoken or control.get("id") in labels or id(control) in wrapped):
                yield f"<{tag} name={control.get('name')}> has no label"
    for tag in ("button", "a", "summary"):
        for control in page.all(tag):
            if not _spoken(control):
                yield f"<{tag}> without words: {control.attrib}"
    yield from (f"img without alt: {image.get('src')}" for image in page.all("img") if image.get("alt") is None)


def _spoken(control: Element) -> bool:
    inner = (item.get("aria-label") or item.get("alt") or "" for item in control.iter())
    return bool(words_of(control) or "".join(inner).strip())


def tied_errors(page: Page) -> Iterator[str]:
    """Every sentence about a mistake is heard at the control it is about, which says that it is wrong."""
    tied: dict[str, Element] = {}
    for control in page.document.iter():
        for name in control.get("aria-describedby", "").split():
            tied[name] = control
    for error in page.all("*", "field-error"):
        about = tied.get(error.get("id", ""))
        if about is None and error.get("role") != "alert" and error.get("hidden") is None:
            yield f'the mistake "{words_of(error)}" is tied to no control by aria-describedby'
        if about is not None and about.tag in CONTROLS and about.get("aria-invalid") is None:
            yield f"<{about.tag} name={about.get('name')}> does not say aria-invalid: {words_of(error)}"


def tokens_in_forms(page: Page) -> Iterator[str]:
    """POST forms have a place for the token, GET forms never do (it would stand in addresses and logs).

    A visitor without a session has none; then no form of the page has.
    """
    tokens = set()
    for form in page.forms():
        has = "csrf_token" in form.values
        if form.method == "post":
            tokens.add(bool("".join(form.values.get("csrf_token", []))))
        if form.method == "post" and not has:
            yield f"a POST form without csrf_token: {form}"
        if form.method == "get" and has:
            yield f"a GET form with csrf_token: {form}"
    if len(tokens) > 1:
        yield "some forms have a csrf_token, others have none"


def nothing_inline(page: Page) -> Iterator[str]:
    """Nothing that the content security policy forbids: inline style or script, anything from another host."""
    for element in page.document.iter():
        if element.get("style") is not None:
            yield f'<{element.tag} style="{element.get("style")}">: put it into static/css'
        for name in element.attrib:
            if name.startswith("on"):
                yield f"<{element.tag} {name}>: bind it in static/js by a data- attribute"
        is_data = element.get("type") == "application/ld+json"
        if element.tag == "style" or (element.tag == "script" and not element.get("src") and not is_data):
            yield f"inline <{element.tag}>"
        if element.tag in ("script", "link", "img", "source", "iframe"):
            address = element.get("src") or element.get("href") or ""
            if re.match(r"(?:https?:)?//", address) and element.get("rel") != "canonical":
                yield f"<{element.tag}> from another host: {address}"


def data_for_machines(page: Page) -> Iterator[str]:
    """Every block of data for machines is JSON."""
    for block in page.all("script", type="application/ld+json"):
        try:
            json.loads(block.text or "")
        except ValueError as error:
            yield f"data for machines that is no JSON: {error}"


UNIT_WORDS = {word for words in units.ENGLISH.values() for word in words}
"""Such as "piece" beside a number, which is a stored value as well."""


def words_for_people(page: Page) -> Iterator[str]:
    """No stored values, no Python, and on Chinese pages no English sentences."""
    stored = stored_values() - UNIT_WORDS
    for text in _seen(page.document):
        if text in stored:
            yield f'the stored value "{text}" is shown as it is; give it words in the template'
        for token in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text):
            if token in stored:
                yield f'the stored value "{token}" is shown as it is: {text[:80]}'
        if LEAKS.search(text):
            yield f"something meant for machines is shown: {text[:80]}"
        english = ENGLISH.search(text)
        if english and page.language.startswith("zh"):
            yield f"untranslated: {english.group()[:80]}"


def _seen(element: Element) -> Iterator[str]:
    is_english = element.tag != "html" and element.get("lang", "").startswith("en")
    if is_english or element.tag in UNSEEN | UNTRANSLATED:
        return
    if element.text and element.text.strip():
        yield element.text.strip()
    for child in element:
        yield from _seen(child)
        if child.tail and child.tail.strip():
            yield child.tail.strip()


def styles_of_its_audience(page: Page) -> Iterator[str]:
    """A buyers' page uses no class whose rules stand only in the styles of villagers and staff."""
    if not any((link.get("href") or "").endswith("/shop.css") for link in page.all("link")):
        return
    named = {name for element in page.document.iter() for name in element.get("class", "").split()}
    yield from (f"the class {name} has no rules in shop.css (AT_WORK)" for name in sorted(named & classes_at_work()))


@cache
def classes_at_work() -> frozenset[str]:
    """Return the classes that only the style sheets of villagers and staff speak of."""
    sheets = [STATIC / "css" / name for name in ("base.css", "layout.css")]
    sheets += (STATIC / "css" / "components").glob("*.css")
    at_work, bought = "", ""
    for sheet in sheets:
        if sheet.name in AT_WORK:
            at_work += sheet.read_text()
        else:
            bought += sheet.read_text()
    return frozenset(CLASS.findall(at_work)) - frozenset(CLASS.findall(bought))


@cache
def stored_values() -> frozenset[str]:
    """Return every value a column of choices stores; two letters or fewer may be a unit people read."""
    load_models()
    kinds = [column.type for table in Model.metadata.sorted_tables for column in table.columns]
    return frozenset(value for kind in kinds if isinstance(kind, Enum) for value in kind.enums if len(value) > 2)


LAWS: tuple[Callable[[Page], Iterator[str]], ...] = (
    valid_html,
    one_heading_and_a_title,
    unique_ids,
    labelled_controls,
    tied_errors,
    tokens_in_forms,
    nothing_inline,
    data_for_machines,
    words_for_people,
    styles_of_its_audience,
)
