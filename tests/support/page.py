"""One fetched page, parsed as a browser would parse it: its words, elements and forms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.datastructures import Headers

UNSEEN = {"script", "style", "template", "head"}
SUBMITS = {"submit", "image"}


def squeeze(text: str) -> str:
    """Return text with every run of blanks as one space."""
    return re.sub(r"\s+", " ", text).strip()


def words_of(element: Element) -> str:
    """Return the words inside an element, as a reader sees them."""
    return squeeze("".join(_texts(element)))


def _texts(element: Element) -> Iterator[str]:
    if element.tag in UNSEEN:
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


@dataclass(frozen=True)
class Button:
    """A submit button: what it says and what it sends."""

    label: str
    name: str | None
    value: str


@dataclass(frozen=True)
class Form:
    """A form with what it would send untouched.

    Attributes:
        values: control name -> values sent; a name without a value (an unticked box) has an empty list.
        choices: name -> allowed values, for selects, radios and checkboxes.
    """

    id: str
    method: str
    action: str
    values: Mapping[str, list[str]]
    choices: Mapping[str, set[str]]
    files: frozenset[str]
    buttons: tuple[Button, ...]
    in_main: bool

    def __str__(self) -> str:
        """Return what tells the form from others."""
        labels = " / ".join(button.label for button in self.buttons)
        return f"{self.method.upper()} {self.action} [{labels}]"


@dataclass
class Page:
    """An answer of the application.

    Attributes:
        url: path and query it was fetched from.
        text: the body as sent.
        errors: parse errors of HTML5, with their place.
        statements: SQL statements that the request needed.
    """

    url: str
    status: int
    headers: Headers
    text: str
    statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Parse the body."""
        parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
        self.document: Element = parser.parse(self.text)
        self.errors = [
            f"line {line}, column {column}: {html5lib.constants.E[code] % (facts or {})}"
            for (line, column), code, facts in parser.errors
        ]

    @property
    def is_html(self) -> bool:
        """Tell whether the answer is a page."""
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def language(self) -> str:
        """Language of the page."""
        return self.document.get("lang", "")

    @property
    def title(self) -> str:
        """Title of the page."""
        return squeeze("".join(self.one("title").itertext()))

    @property
    def heading(self) -> str:
        """Words of its `h1`."""
        return words_of(self.one("h1"))

    @property
    def words(self) -> str:
        """Every word a reader sees, in order, blanks squeezed."""
        body = self.document.find("body")
        return "" if body is None else words_of(body)

    @property
    def main(self) -> str:
        """Every word inside `main`: the page without its frame."""
        return words_of(self.one("main"))

    def all(self, tag: str, class_: str | None = None, **attributes: str) -> list[Element]:
        """Return the elements of a tag (`*` for any) with a class and these attributes, in order.

        Underscores at the end of a name are dropped, others become dashes: `for_="x"`, `data_step="1"`.
        """
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.document.iter(None if tag == "*" else tag)
            if all(element.get(name) == value for name, value in wanted.items())
            and (class_ is None or class_ in element.get("class", "").split())
        ]

    def one(self, tag: str, class_: str | None = None, **attributes: str) -> Element:
        """Return the only such element; fails when there is none or more than one."""
        found = self.all(tag, class_, **attributes)
        assert len(found) == 1, (
            f"{self.url}: {len(found)} × <{tag}> {class_ or ''} {attributes or ''}, one was expected"
        )
        return found[0]

    def links(self) -> dict[str, str]:
        """Return where the page leads: words of a link -> address; of links with equal words, the first."""
        found: dict[str, str] = {}
        for link in self.all("a"):
            if link.get("href"):
                found.setdefault(words_of(link), link.get("href", ""))
        return found

    def forms(self) -> list[Form]:
        """Return every form, in order."""
        main = set(map(id, self.document.iterfind(".//main//form")))
        return [self._form(element, in_main=id(element) in main) for element in self.all("form")]

    def form(self, which: str = "") -> Form:
        """Return the form with these words in its id, action or button; without words, the one POST form in `main`."""
        forms = self.forms()
        if which:
            found = [form for form in forms if which in (form.id, form.action) or which in _labels(form)]
            found = found or [form for form in forms if which in form.action or which in " ".join(_labels(form))]
        else:
            found = [form for form in forms if form.in_main and form.method == "post"]
        listing = "\n  ".join(map(str, forms))
        assert len(found) == 1, f"{self.url}: {len(found)} forms match {which!r}; the page has\n  {listing}"
        return found[0]

    def token(self) -> str | None:
        """Return the form token the page carries, if it has any form."""
        tokens = self.all("input", name="csrf_token")
        return tokens[0].get("value") if tokens else None

    def _form(self, element: Element, *, in_main: bool) -> Form:
        values: dict[str, list[str]] = {}
        choices: dict[str, set[str]] = {}
        files: set[str] = set()
        buttons: list[Button] = []
        for control in self._controls(element):
            kind, name = control.get("type", "text"), control.get("name")
            if control.tag == "button" or kind in SUBMITS:
                if control.get("type", "submit") in SUBMITS and control.get("disabled") is None:
                    label = words_of(control) or control.get("value", "")
                    buttons.append(Button(label, name, control.get("value", "")))
            elif name is None or control.get("disabled") is not None:
                continue
            elif kind == "file":
                files.add(name)
            else:
                _take(control, kind, values.setdefault(name, []), choices)
        return Form(
            id=element.get("id", ""),
            method=element.get("method", "get").lower(),
            action=element.get("action", "") or self.url,
            values=values,
            choices=choices,
            files=frozenset(files),
            buttons=tuple(buttons),
            in_main=in_main,
        )

    def _controls(self, form: Element) -> Iterator[Element]:
        inside = set(map(id, form.iter()))
        for element in self.document.iter():
            if element.tag in ("input", "select", "textarea", "button"):
                owner = element.get("form")
                if owner == form.get("id") if owner else id(element) in inside:
                    yield element


def _labels(form: Form) -> list[str]:
    return [button.label for button in form.buttons]


def _take(control: Element, kind: str, sent: list[str], choices: dict[str, set[str]]) -> None:
    name: Any = control.get("name")
    if control.tag == "select":
        options = list(control.iter("option"))
        values = [option.get("value", words_of(option)) for option in options]
        choices.setdefault(name, set()).update(values)
        picked = [value for value, option in zip(values, options, strict=True) if option.get("selected") is not None]
        sent.extend(picked or values[: 1 if control.get("multiple") is None else 0])
    elif kind in ("checkbox", "radio"):
        choices.setdefault(name, set()).add(control.get("value", "on"))
        if control.get("checked") is not None:
            sent.append(control.get("value", "on"))
    elif control.tag == "textarea":
        sent.append((control.text or "").removeprefix("\n"))
    else:
        sent.append(control.get("value", ""))
